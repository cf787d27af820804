//! metrics.k8s.io and the kubelets' summaries, from what the simulation says is used.

use std::collections::BTreeMap;

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{Lab, answer, api::Role, kinds::served, loads, schedule, world::digest};

/// The share of a claim that is used, percent: the seed's lab knows, of others it depends on the name.
fn fill(namespace: &str, name: &str) -> u64 {
    let known = loads::claims()
        .into_iter()
        .find(|store| store.namespace == namespace && store.name == name);
    known.map_or_else(|| 10 + digest(name) % 50, |store| u64::from(store.fill))
}

/// CPU in millicores and memory in MiB that a container uses now: a share of what it asks for that
/// is its workload's own, and goes up and down a little.
fn used(pod: &Value, container: &Value) -> (u64, u64) {
    let asked = schedule::wanted(container);
    let name = container["name"].as_str().unwrap_or_default();
    let app = pod["metadata"]["labels"]["app"].as_str().unwrap_or(name);
    let own = digest(app);
    let minute = jiff::Timestamp::now().as_second().unsigned_abs() / 15;
    let wave = 94 + digest(&format!("{app}{name}{minute}")) % 13;
    let share = |amount: i64, percent: u64| amount.max(0).unsigned_abs() * percent * wave / 10_000;
    (share(asked.0, 12 + own % 75), share(asked.1, 45 + own % 48))
}

/// The same of all containers of a pod.
fn used_by(pod: &Value) -> (u64, u64) {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    containers
        .map(|one| used(pod, one))
        .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

fn stamp() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// `nodes` and `pods` of metrics.k8s.io.
pub fn metrics(lab: &Lab, role: Role, path: &[&str]) -> Response {
    let (plural, namespace) = match path {
        ["nodes", ..] => ("nodes", ""),
        ["pods", ..] => ("pods", ""),
        ["namespaces", namespace, "pods", ..] => ("pods", *namespace),
        _ => return answer::no_path(),
    };
    let Some(kind) = served("", plural) else {
        return answer::no_path();
    };
    if !role.may("list", plural, namespace) {
        return answer::forbidden(role.user(), "list", kind, namespace, "");
    }
    let items: Vec<Value> = if plural == "nodes" {
        let used = used_by_node(lab);
        lab.world.look(kind, |nodes| {
            nodes
                .filter(|node| path.get(1).is_none_or(|name| node["metadata"]["name"] == *name))
                .map(|node| {
                    let name = &node["metadata"]["name"];
                    let (cpu, memory) = used.get(name.as_str().unwrap_or_default()).copied().unwrap_or_default();
                    json!({"metadata": {"name": name}, "timestamp": stamp(), "window": "15s", "usage": {"cpu": format!("{}m", cpu + 600), "memory": format!("{}Ki", (memory + 2048) * 1024)}})
                })
                .collect()
        })
    } else {
        lab.world.look(kind, |pods| {
            pods.filter(|pod| is_running(pod))
                .filter(|pod| namespace.is_empty() || pod["metadata"]["namespace"] == namespace)
                .map(pod_metrics)
                .collect()
        })
    };
    let kind = if plural == "nodes" {
        "NodeMetricsList"
    } else {
        "PodMetricsList"
    };
    answer::json_answer(
        StatusCode::OK,
        &json!({"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items}),
    )
}

fn is_running(pod: &Value) -> bool {
    pod["status"]["phase"] == "Running"
}

/// CPU and memory of the running pods of each node.
fn used_by_node(lab: &Lab) -> BTreeMap<String, (u64, u64)> {
    let mut used: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    if let Some(kind) = served("", "pods") {
        lab.world.look(kind, |pods| {
            for pod in pods.filter(|pod| is_running(pod)) {
                let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
                let sum = used.entry(node.to_owned()).or_default();
                let (cpu, memory) = used_by(pod);
                sum.0 += cpu;
                sum.1 += memory;
            }
        });
    }
    used
}

fn pod_metrics(pod: &Value) -> Value {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let used: Vec<Value> = containers
        .map(|one| {
            let (cpu, memory) = used(pod, one);
            json!({"name": one["name"], "usage": {"cpu": format!("{cpu}m"), "memory": format!("{}Ki", memory * 1024)}})
        })
        .collect();
    json!({"metadata": {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}, "timestamp": stamp(), "window": "15s", "containers": used})
}

/// The kubelet's summary of a node.
pub fn summary(lab: &Lab, role: Role, node: &str) -> Response {
    let Some(kind) = served("", "nodes") else {
        return answer::no_path();
    };
    if !role.may("get", "nodes", "") {
        return answer::forbidden(role.user(), "get", kind, "", node);
    }
    if lab.world.get(kind, "", node).is_none() {
        return answer::not_found(kind, node);
    }
    let claims = lab.world.all("PersistentVolumeClaim");
    let own = |pod: &Value| pod["spec"]["nodeName"] == node && is_running(pod);
    let pods: Vec<Value> = lab
        .world
        .some("Pod", own)
        .iter()
        .map(|pod| json!({"podRef": {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"], "uid": pod["metadata"]["uid"]}, "containers": [], "volume": volumes(pod, &claims)}))
        .collect();
    let disk = 480_u64 << 30;
    let used = disk / 100 * (31 + digest(node) % 20);
    let fs = json!({"time": stamp(), "availableBytes": disk - used, "capacityBytes": disk, "usedBytes": used, "inodes": 30_000_000, "inodesFree": 29_000_000});
    answer::json_answer(
        StatusCode::OK,
        &json!({"node": {"nodeName": node, "startTime": stamp(), "fs": fs, "runtime": {"imageFs": fs}}, "pods": pods}),
    )
}

fn volumes(pod: &Value, claims: &[Value]) -> Vec<Value> {
    pod["spec"]["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|volume| {
            let name = volume["persistentVolumeClaim"]["claimName"].as_str()?;
            let claim = claims.iter().find(|claim| claim["metadata"]["name"] == name && claim["metadata"]["namespace"] == pod["metadata"]["namespace"])?;
            let size = size(claim["status"]["capacity"]["storage"].as_str()?)?;
            let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
            // whoever runs on a full volume has found room on it
            let runs = pod["status"]["containerStatuses"]
                .as_array()
                .is_some_and(|all| all.iter().all(|one| one["ready"] == true));
            let told = fill(namespace, name).clamp(3, 100);
            let share = if runs && told == 100 { 62 } else { told };
            let used = size / 100 * share;
            Some(json!({"time": stamp(), "name": volume["name"], "capacityBytes": size, "usedBytes": used, "availableBytes": size - used, "inodes": 1_000_000, "inodesFree": 900_000, "inodesUsed": 100_000, "pvcRef": {"name": name, "namespace": pod["metadata"]["namespace"]}}))
        })
        .collect()
}

fn size(text: &str) -> Option<u64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let unit = match &text[digits.len()..] {
        "Ti" => 1_u64 << 40,
        "Gi" => 1 << 30,
        "Mi" => 1 << 20,
        _ => 1,
    };
    Some(digits.parse::<u64>().ok()? * unit)
}
