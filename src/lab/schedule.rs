//! The scheduler of the simulation.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    objects::{event, stamp},
    world::World,
};

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn milli(text: &str) -> i64 {
    text.strip_suffix('m').map_or_else(
        || text.parse::<i64>().unwrap_or(0) * 1000,
        |milli| milli.parse().unwrap_or(0),
    )
}

/// A size in MiB.
pub fn mebi(text: &str) -> i64 {
    text.strip_suffix("Gi").map_or_else(
        || text.trim_end_matches("Mi").parse().unwrap_or(0),
        |gibi| gibi.parse::<i64>().unwrap_or(0) * 1024,
    )
}

/// CPU in millicores and memory in MiB that a container asks for.
pub fn wanted(container: &Value) -> (i64, i64) {
    let wanted = &container["resources"]["requests"];
    (
        milli(wanted["cpu"].as_str().unwrap_or("0")),
        mebi(wanted["memory"].as_str().unwrap_or("0")),
    )
}

fn sum(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0 + b.0, a.1 + b.1)
}

/// The same of a pod.
fn request(pod: &Value) -> (i64, i64) {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    containers.map(wanted).fold((0, 0), sum)
}

/// Gives pods without a node one, or says why not.
pub fn pods(world: &World, at: Timestamp) {
    let waiting = world.some("Pod", |pod| {
        pod["spec"]["nodeName"].is_null()
            && pod["metadata"]["deletionTimestamp"].is_null()
            && pod["status"]["phase"] == "Pending"
    });
    for pod in waiting {
        place(world, &pod, at);
    }
}

fn place(world: &World, pod: &Value, at: Timestamp) {
    let nodes = world.all("Node");
    let all = nodes.len();
    let nowhere = |why: &str| {
        format!(
            "0/{all} nodes are available: {why}. preemption: 0/{all} nodes are available: {all} Preemption is not helpful for scheduling."
        )
    };
    if unbound(world, pod) {
        let why = "pod has unbound immediate PersistentVolumeClaims";
        return refuse(world, pod, &nowhere(why), at);
    }
    let others = world.some("Pod", |other| {
        !matches!(text(other, "/status/phase"), "Succeeded" | "Failed")
    });
    let mut why: Vec<(usize, &str)> = Vec::new();
    let mut best: Option<((bool, i64), &str)> = None;
    for node in &nodes {
        match room(node, pod, &others) {
            // a preferred node, then the emptiest by memory
            Ok(free) => {
                let score = (is_preferred(node, pod), free);
                if best.is_none_or(|(held, _)| score > held) {
                    best = Some((score, text(node, "/metadata/name")));
                }
            }
            Err(reason) => match why.iter_mut().find(|(_, held)| *held == reason) {
                Some((count, _)) => *count += 1,
                None => why.push((1, reason)),
            },
        }
    }
    if let Some((_, node)) = best {
        return bind(world, pod, node, at);
    }
    let clauses: Vec<String> = why
        .iter()
        .map(|(count, reason)| format!("{count} {reason}"))
        .collect();
    refuse(world, pod, &nowhere(&clauses.join(", ")), at);
}

/// Memory that a node has left with a pod on it, or why it cannot have the pod.
fn room(node: &Value, pod: &Value, others: &[Value]) -> Result<i64, &'static str> {
    if node["spec"]["unschedulable"] == true {
        return Err("node(s) were unschedulable");
    }
    let labels = &node["metadata"]["labels"];
    let selector = pod["spec"]["nodeSelector"].as_object();
    if selector
        .into_iter()
        .flatten()
        .any(|(key, value)| labels[key] != *value)
    {
        return Err("node(s) didn't match Pod's node affinity/selector");
    }
    let own = text(node, "/metadata/name");
    let used = others
        .iter()
        .filter(|other| text(other, "/spec/nodeName") == own)
        .map(request)
        .fold(request(pod), sum);
    if milli(text(node, "/status/allocatable/cpu")) < used.0 {
        return Err("Insufficient cpu");
    }
    let left = mebi(text(node, "/status/allocatable/memory")) - used.1;
    if left < 0 {
        return Err("Insufficient memory");
    }
    Ok(left)
}

/// Whether the pod would rather be on this node than on others.
fn is_preferred(node: &Value, pod: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let terms = pod
        .pointer("/spec/affinity/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution")
        .and_then(Value::as_array);
    terms.into_iter().flatten().any(|term| {
        let rules = term["preference"]["matchExpressions"].as_array();
        rules.into_iter().flatten().all(|rule| {
            let key = rule["key"].as_str().unwrap_or_default();
            rule["operator"] == "In"
                && rule["values"]
                    .as_array()
                    .is_some_and(|values| values.contains(&labels[key]))
        })
    })
}

fn bind(world: &World, pod: &Value, node: &str, at: Timestamp) {
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    world.edit("Pod", namespace, name, |pod| {
        pod["spec"]["nodeName"] = json!(node);
        pod["status"]["conditions"] =
            json!([{"type": "PodScheduled", "status": "True", "lastTransitionTime": stamp(at)}]);
    });
    event(
        world,
        pod,
        false,
        "Scheduled",
        &format!("Successfully assigned {namespace}/{name} to {node}"),
        at,
    );
}

fn unbound(world: &World, pod: &Value) -> bool {
    let namespace = text(pod, "/metadata/namespace");
    pod["spec"]["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|volume| {
            let name = text(volume, "/persistentVolumeClaim/claimName");
            !name.is_empty()
                && world
                    .find("PersistentVolumeClaim", namespace, name)
                    .is_none_or(|claim| claim["status"]["phase"] != "Bound")
        })
}

fn refuse(world: &World, pod: &Value, message: &str, at: Timestamp) {
    let known = pod["status"]["conditions"]
        .as_array()
        .is_some_and(|list| list.iter().any(|one| one["message"] == message));
    if known {
        return;
    }
    world.edit("Pod", text(pod, "/metadata/namespace"), text(pod, "/metadata/name"), |pod| {
        pod["status"]["conditions"] = json!([{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message, "lastTransitionTime": stamp(at)}]);
    });
    event(world, pod, true, "FailedScheduling", message, at);
}
