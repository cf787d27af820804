//! What hangs on an application: its resources with what they made, and how they differ from Git.

use serde_json::{Value, json};

use super::{
    super::{kinds::of_kind, patch::strategic, world::World},
    git::{at, place_of},
};

fn word<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// Whether the lab has such objects; of the others it only knows that Git names them.
fn is_simulated(kind: &str) -> bool {
    of_kind(kind).is_some()
}

/// The health of a resource: none for kinds that have none, `Missing` for what is not there.
pub fn health(kind: &str, object: Option<&Value>) -> Option<Value> {
    let Some(object) = object else {
        return is_simulated(kind).then(|| json!({"status": "Missing"}));
    };
    let status = &object["status"];
    let number = |value: &Value| value.as_i64().unwrap_or(0);
    let (name, word) = (
        object["metadata"]["name"].as_str().unwrap_or_default(),
        match kind {
            "Deployment" | "StatefulSet" | "ReplicaSet" => {
                if number(&status["readyReplicas"]) >= number(&object["spec"]["replicas"]) {
                    "Healthy"
                } else {
                    "Degraded"
                }
            }
            "DaemonSet" => "Healthy",
            "Pod" => {
                let ready = status["containerStatuses"]
                    .as_array()
                    .is_some_and(|all| all.iter().all(|one| one["ready"] == true));
                match (status["phase"].as_str(), ready) {
                    (Some("Succeeded"), _) | (Some("Running"), true) => "Healthy",
                    (Some("Pending"), _) => "Progressing",
                    _ => "Degraded",
                }
            }
            "PersistentVolumeClaim" if status["phase"] == "Bound" => "Healthy",
            "PersistentVolumeClaim" | "Ingress" => "Progressing",
            "VirtualMachine" if status["printableStatus"] == "Running" => "Healthy",
            _ => return None,
        },
    );
    let mut out = json!({"status": word});
    if word == "Degraded" && kind == "Deployment" {
        out["message"] = json!(format!(
            "Deployment \"{name}\" exceeded its progress deadline"
        ));
    }
    Some(out)
}

fn node(object: &Value, group: &str, parents: &Value) -> Value {
    let kind = word(object, "kind");
    let meta = &object["metadata"];
    let mut out = json!({"version": version(kind), "kind": kind, "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"], "resourceVersion": meta["resourceVersion"], "createdAt": meta["creationTimestamp"]});
    if !group.is_empty() {
        out["group"] = json!(group);
    }
    if parents.is_object() {
        out["parentRefs"] = json!([parents]);
    }
    if let Some(health) = health(kind, Some(object)) {
        out["health"] = health;
    }
    if kind == "Pod" {
        out["info"] = pod_info(object);
    }
    out
}

fn pod_info(pod: &Value) -> Value {
    let statuses = pod["status"]["containerStatuses"].as_array();
    let all = statuses.map_or(0, Vec::len);
    let ready = statuses.map_or(0, |list| {
        list.iter().filter(|one| one["ready"] == true).count()
    });
    let reason = statuses
        .into_iter()
        .flatten()
        .find_map(|one| one["state"]["waiting"]["reason"].as_str())
        .or_else(|| pod["status"]["phase"].as_str())
        .unwrap_or("Unknown");
    json!([
        {"name": "Status Reason", "value": reason},
        {"name": "Node", "value": pod["spec"]["nodeName"].as_str().unwrap_or_default()},
        {"name": "Containers", "value": format!("{ready}/{all}")},
    ])
}

/// Version of a kind.
fn version(kind: &str) -> &'static str {
    of_kind(kind).map_or("v1", |served| served.version)
}

/// The core group has no name, and is not named.
fn with_group(out: &mut Value, group: &str) {
    if !group.is_empty() {
        out["group"] = json!(group);
    }
}

/// The tree: what Git names, and below it what that made.
pub fn resource_tree(world: &World, app: &Value) -> Value {
    let mut nodes = Vec::new();
    let mut parents = Vec::new();
    for resource in app["status"]["resources"].as_array().into_iter().flatten() {
        let (kind, namespace, name) = (
            word(resource, "kind"),
            word(resource, "namespace"),
            word(resource, "name"),
        );
        match world.find(kind, namespace, name) {
            Some(object) => {
                nodes.push(node(&object, word(resource, "group"), &Value::Null));
                parents.push(object);
            }
            None => {
                let mut node = json!({"version": version(kind), "kind": kind, "namespace": namespace, "name": name});
                with_group(&mut node, word(resource, "group"));
                if let Some(health) = health(kind, None) {
                    node["health"] = health;
                }
                nodes.push(node);
            }
        }
    }
    while let Some(parent) = parents.pop() {
        let uid = &parent["metadata"]["uid"];
        for (kind, group) in [("ReplicaSet", "apps"), ("Pod", ""), ("Job", "batch")] {
            let made = world.some(kind, |one| {
                one["metadata"]["ownerReferences"][0]["uid"] == *uid
            });
            for one in made {
                let reference = json!({"kind": parent["kind"], "namespace": parent["metadata"]["namespace"], "name": parent["metadata"]["name"], "uid": uid});
                nodes.push(node(&one, group, &reference));
                parents.push(one);
            }
        }
    }
    listed("nodes", nodes)
}

/// Live and wanted manifests, each as JSON in a text.
pub fn managed_resources(world: &World, app: &Value, asked: &super::Asked) -> Value {
    let commit = world.git.commit(&place_of(app), None);
    let named = commit.map_or_else(Default::default, |commit| commit.items);
    let fights = world.fault(app).as_deref() == Some("self-heal-fight");
    let items = app["status"]["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|resource| {
            ["group", "kind", "namespace", "name"]
                .iter()
                .all(|part| ["", word(resource, part)].contains(&asked.param(part)))
        })
        .map(|resource| {
            let item = named.iter().find(|item| item.at() == at(resource));
            let mut wanted = item.map(|item| item.manifest.clone());
            if !is_simulated(word(resource, "kind")) {
                wanted = Some(Value::Null);
            }
            let live = world.find(
                word(resource, "kind"),
                word(resource, "namespace"),
                word(resource, "name"),
            );
            if fights && word(resource, "kind") == "Deployment" {
                // Git names a number of pods, and an autoscaler names another
                let now = live
                    .as_ref()
                    .and_then(|live| live["spec"]["replicas"].as_i64());
                if let Some(wanted) = &mut wanted {
                    wanted["spec"]["replicas"] = json!(if now == Some(1) { 2 } else { 1 });
                }
            }
            managed(resource, live.as_ref(), wanted.as_ref())
        })
        .collect();
    listed("items", items)
}

/// A list under its name; nothing at all where it is empty.
fn listed(name: &str, all: Vec<Value>) -> Value {
    if all.is_empty() {
        json!({})
    } else {
        json!({name: all})
    }
}

/// One of them: `wanted` is null for kinds that the lab only knows by name, and nothing for what Git
/// does not name.
fn managed(resource: &Value, live: Option<&Value>, wanted: Option<&Value>) -> Value {
    let mut item = json!({"kind": resource["kind"], "namespace": resource["namespace"], "name": resource["name"]});
    with_group(&mut item, word(resource, "group"));
    let plain = json!({"kind": resource["kind"], "metadata": {"name": resource["name"], "namespace": resource["namespace"]}});
    let (live, target) = match (live, wanted) {
        (live, Some(Value::Null)) => {
            let there = live.cloned().unwrap_or(plain);
            (there.clone(), there)
        }
        (live, wanted) => (
            live.cloned().unwrap_or(Value::Null),
            wanted.cloned().unwrap_or(Value::Null),
        ),
    };
    let mut predicted = live.clone();
    if live.is_null() || target.is_null() {
        predicted = target.clone();
    } else {
        strategic(&mut predicted, &target);
    }
    if predicted != live && !target.is_null() {
        item["modified"] = json!(true);
    }
    for (field, state) in [
        ("liveState", &live),
        ("normalizedLiveState", &live),
        ("predictedLiveState", &predicted),
        ("targetState", &target),
    ] {
        item[field] = json!(state.to_string());
    }
    if !live["metadata"]["resourceVersion"].is_null() {
        item["resourceVersion"] = live["metadata"]["resourceVersion"].clone();
    }
    item
}
