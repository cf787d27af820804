//! metrics.k8s.io and the kubelets' summaries, from what the simulation says is used.

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{Lab, answer, api::Role, kinds::served};

/// Annotation with the CPU a pod uses, millicores.
pub const CPU: &str = "lab.redbutton/cpu";
/// Annotation with the memory a pod uses, MiB.
pub const MEMORY: &str = "lab.redbutton/memory";
/// Annotation with the share of a claim that is used, percent.
pub const FILL: &str = "lab.redbutton/fill";

fn number(object: &Value, name: &str) -> u64 {
    object["metadata"]["annotations"][name]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
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
    let pods = lab.world.all("Pod");
    let running = |pod: &&Value| pod["status"]["phase"] == "Running";
    let items: Vec<Value> = if plural == "nodes" {
        lab.world
            .list(kind)
            .iter()
            .filter(|node| path.get(1).is_none_or(|name| node["metadata"]["name"] == *name))
            .map(|node| {
                let own: Vec<&Value> = pods.iter().filter(running).filter(|pod| pod["spec"]["nodeName"] == node["metadata"]["name"]).collect();
                let cpu: u64 = own.iter().map(|pod| number(pod, CPU)).sum::<u64>() + 600;
                let memory: u64 = own.iter().map(|pod| number(pod, MEMORY)).sum::<u64>() + 2048;
                json!({"metadata": {"name": node["metadata"]["name"]}, "timestamp": stamp(), "window": "15s", "usage": {"cpu": format!("{cpu}m"), "memory": format!("{}Ki", memory * 1024)}})
            })
            .collect()
    } else {
        pods.iter()
            .filter(running)
            .filter(|pod| namespace.is_empty() || pod["metadata"]["namespace"] == namespace)
            .map(|pod| {
                let containers = pod["spec"]["containers"].as_array().map_or(1, Vec::len).max(1) as u64;
                let used: Vec<Value> = pod["spec"]["containers"].as_array().into_iter().flatten().map(|one| json!({"name": one["name"], "usage": {"cpu": format!("{}m", number(pod, CPU) / containers), "memory": format!("{}Ki", number(pod, MEMORY) * 1024 / containers)}})).collect();
                json!({"metadata": {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}, "timestamp": stamp(), "window": "15s", "containers": used})
            })
            .collect()
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

/// The kubelet's summary of a node.
pub fn summary(lab: &Lab, role: Role, node: &str) -> Response {
    let Some(kind) = served("", "nodes") else {
        return answer::no_path();
    };
    if role == Role::NoRights || role == Role::NamespaceViewer {
        return answer::forbidden(role.user(), "get", kind, "", node);
    }
    if lab.world.get(kind, "", node).is_none() {
        return answer::not_found(kind, node);
    }
    let claims = lab.world.all("PersistentVolumeClaim");
    let pods: Vec<Value> = lab
        .world
        .all("Pod")
        .iter()
        .filter(|pod| pod["spec"]["nodeName"] == node && pod["status"]["phase"] == "Running")
        .map(|pod| json!({"podRef": {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"], "uid": pod["metadata"]["uid"]}, "containers": [], "volume": volumes(pod, &claims)}))
        .collect();
    let disk = 480_u64 << 30;
    let full = number(&lab.world.get(kind, "", node).unwrap_or_default(), FILL);
    let used = disk / 100 * full.max(31);
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
            let used = size / 100 * number(claim, FILL).clamp(3, 100);
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
