//! The controllers of the simulation: pods come, are replaced and go.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    argocd, kubelet, loads,
    objects::{event, put, stamp},
    provision, schedule,
    world::{World, template_hash},
};

/// Seconds after which a rollout that does not get on has failed.
const DEADLINE: i64 = 600;

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// One step of the world.
pub fn tick(world: &World, at: Timestamp) {
    schedule::pods(world, at);
    kubelet::tick(world, at);
    super::virt::tick(world, at);
    super::migrate::tick(world, at);
    for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
        for one in world.all(kind) {
            reconcile(world, kind, &one, at);
        }
    }
    // after what the workloads' state is: a provisioner that crashes makes no volume any more
    provision::claims(world, at);
    argocd::controller::tick(world, at);
}

/// Makes and removes pods, so that there are as many as wanted; writes the status.
fn reconcile(world: &World, kind: &str, workload: &Value, at: Timestamp) {
    let namespace = text(workload, "/metadata/namespace");
    let wanted = if kind == "DaemonSet" {
        world.all("Node").len()
    } else {
        usize::try_from(workload["spec"]["replicas"].as_i64().unwrap_or(1)).unwrap_or(0)
    };
    let owner = if kind == "Deployment" {
        replica_set(world, workload, wanted, at)
    } else {
        workload.clone()
    };
    let uid = &owner["metadata"]["uid"];
    let mine = world.some("Pod", |pod| {
        pod["metadata"]["ownerReferences"][0]["uid"] == *uid
    });
    let living: Vec<&Value> = mine
        .iter()
        .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
        .collect();
    for nth in living.len()..wanted {
        new_pod(world, kind, workload, &owner, nth, at);
    }
    for extra in living.iter().skip(wanted) {
        world.edit("Pod", namespace, text(extra, "/metadata/name"), |pod| {
            pod["metadata"]["deletionTimestamp"] = json!(stamp(at))
        });
    }
    let ready = living
        .iter()
        .take(wanted)
        .filter(|pod| kubelet::is_ready(pod))
        .count();
    let count = Count {
        wanted,
        there: living.len(),
        ready,
    };
    write_status(world, kind, workload, &owner, &count, at);
}

/// Writes how many pods there are into a workload's status, and into its replica set's.
fn write_status(
    world: &World,
    kind: &str,
    workload: &Value,
    owner: &Value,
    count: &Count,
    at: Timestamp,
) {
    let (namespace, name) = (
        text(workload, "/metadata/namespace"),
        text(workload, "/metadata/name"),
    );
    let Count {
        wanted,
        there,
        ready,
    } = *count;
    world.edit(kind, namespace, name, |held| {
        let generation = held["metadata"]["generation"].clone();
        held["status"] = match kind {
            "DaemonSet" => {
                json!({"desiredNumberScheduled": wanted, "currentNumberScheduled": there, "numberReady": ready, "numberAvailable": ready, "updatedNumberScheduled": there, "numberMisscheduled": 0, "observedGeneration": generation})
            }
            _ => {
                let mut status = json!({"replicas": there, "readyReplicas": ready, "availableReplicas": ready, "updatedReplicas": there, "unavailableReplicas": wanted.saturating_sub(ready), "observedGeneration": generation});
                if kind == "Deployment" {
                    status["conditions"] = rollout(&held["status"]["conditions"], owner, count, at);
                }
                status
            }
        };
    });
    if kind == "Deployment" {
        world.edit(
            "ReplicaSet",
            namespace,
            text(owner, "/metadata/name"),
            |held| {
                held["spec"]["replicas"] = json!(wanted);
                held["status"] =
                    json!({"replicas": there, "readyReplicas": ready, "availableReplicas": ready});
            },
        );
    }
}

/// Pods of a workload.
struct Count {
    wanted: usize,
    there: usize,
    ready: usize,
}

/// The conditions of a deployment: whether it is available, and how its rollout gets on.
fn rollout(before: &Value, set: &Value, count: &Count, at: Timestamp) -> Value {
    let name = text(set, "/metadata/name");
    let before = |kind: &str| {
        before
            .as_array()
            .into_iter()
            .flatten()
            .find(|one| one["type"] == kind)
    };
    let has = count.ready >= count.wanted;
    let available = if has {
        (
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.".to_owned(),
        )
    } else {
        (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.".to_owned(),
        )
    };
    let done = format!("ReplicaSet \"{name}\" has successfully progressed.");
    let once = before("Progressing").is_some_and(|held| held["message"] == done);
    let begun: Option<Timestamp> = text(set, "/metadata/creationTimestamp").parse().ok();
    let late = begun.is_some_and(|begun| at.as_second() - begun.as_second() > DEADLINE);
    let progressing = if has || once {
        ("True", "NewReplicaSetAvailable", done)
    } else if late {
        (
            "False",
            "ProgressDeadlineExceeded",
            format!("ReplicaSet \"{name}\" has timed out progressing."),
        )
    } else {
        (
            "True",
            "ReplicaSetUpdated",
            format!("ReplicaSet \"{name}\" is progressing."),
        )
    };
    let condition = |kind: &str, (status, reason, message): (&str, &str, String)| {
        let held = before(kind).filter(|held| held["status"] == status);
        let since = held.map_or_else(
            || json!(stamp(at)),
            |held| held["lastTransitionTime"].clone(),
        );
        json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since, "lastUpdateTime": since})
    };
    json!([
        condition("Available", available),
        condition("Progressing", progressing)
    ])
}

/// The replica set of a deployment's present template; older ones go down to nothing.
fn replica_set(world: &World, deployment: &Value, wanted: usize, at: Timestamp) -> Value {
    let (namespace, name) = (
        text(deployment, "/metadata/namespace"),
        text(deployment, "/metadata/name"),
    );
    let template = &deployment["spec"]["template"];
    let hash = template_hash(&template.to_string());
    let own = format!("{name}-{hash}");
    let (mine, others): (Vec<_>, Vec<_>) = world
        .some("ReplicaSet", |set| {
            text(set, "/metadata/namespace") == namespace
                && text(set, "/metadata/ownerReferences/0/name") == name
        })
        .into_iter()
        .partition(|set| text(set, "/metadata/name") == own);
    retire(world, &others, at);
    let revision = others.iter().map(revision_of).max().unwrap_or(0) + 1;
    if let Some(found) = mine.into_iter().next() {
        // gone back to: it is the newest from now on
        if revision_of(&found) < revision {
            number(world, "ReplicaSet", namespace, &own, revision);
            number(world, "Deployment", namespace, name, revision);
        }
        return found;
    }
    let mut labels = template["metadata"]["labels"].clone();
    labels["pod-template-hash"] = json!(hash);
    let mut template = template.clone();
    template["metadata"]["labels"] = labels.clone();
    let selector = json!({"matchLabels": labels});
    let set = json!({"kind": "ReplicaSet", "metadata": {"namespace": namespace, "name": own, "labels": labels, "annotations": {REVISION: revision.to_string()}, "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": deployment["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}]}, "spec": {"replicas": wanted, "selector": selector, "template": template}, "status": {}});
    put(world, set, at);
    number(world, "Deployment", namespace, name, revision);
    event(
        world,
        deployment,
        false,
        "ScalingReplicaSet",
        &format!("Scaled up replica set {own} from 0 to {wanted}"),
        at,
    );
    world
        .find("ReplicaSet", namespace, &own)
        .unwrap_or_default()
}

/// Where a deployment and its replica sets keep the number of the revision.
const REVISION: &str = "deployment.kubernetes.io/revision";

fn revision_of(set: &Value) -> i64 {
    let held = set["metadata"]["annotations"][REVISION].as_str();
    held.and_then(|held| held.parse().ok()).unwrap_or(0)
}

/// Writes the number of a revision at an object.
fn number(world: &World, kind: &str, namespace: &str, name: &str, revision: i64) {
    world.edit(kind, namespace, name, |held| {
        held["metadata"]["annotations"][REVISION] = json!(revision.to_string());
    });
}

/// Older replica sets of a deployment go down to nothing.
fn retire(world: &World, others: &[Value], at: Timestamp) {
    for old in others.iter().filter(|old| old["spec"]["replicas"] != 0) {
        let (namespace, old_name) = (
            text(old, "/metadata/namespace"),
            text(old, "/metadata/name"),
        );
        world.edit("ReplicaSet", namespace, old_name, |held| {
            held["spec"]["replicas"] = json!(0);
        });
        let pods = world.some("Pod", |pod| {
            pod["metadata"]["ownerReferences"][0]["uid"] == old["metadata"]["uid"]
        });
        for pod in pods {
            world.edit("Pod", namespace, text(&pod, "/metadata/name"), |pod| {
                if pod["metadata"]["deletionTimestamp"].is_null() {
                    pod["metadata"]["deletionTimestamp"] = json!(stamp(at));
                }
            });
        }
    }
}

/// Whether the pods of a set are named after their nodes, as a kubelet's own are.
fn is_static(set: &Value) -> bool {
    loads::workloads().iter().any(|load| {
        load.is_static()
            && load.namespace == text(set, "/metadata/namespace")
            && load.name == text(set, "/metadata/name")
    })
}

fn new_pod(world: &World, kind: &str, workload: &Value, owner: &Value, nth: usize, at: Timestamp) {
    // a replica set's template has its hash among the labels
    let template = &owner["spec"]["template"];
    let owner_name = text(owner, "/metadata/name");
    let api = if kind == "Deployment" {
        "ReplicaSet"
    } else {
        kind
    };
    let mut meta = json!({"namespace": workload["metadata"]["namespace"], "labels": template["metadata"]["labels"], "ownerReferences": [{"apiVersion": "apps/v1", "kind": api, "name": owner_name, "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}]});
    if template["metadata"]["annotations"].is_object() {
        meta["annotations"] = template["metadata"]["annotations"].clone();
    }
    if kind == "StatefulSet" {
        meta["name"] = json!(format!("{owner_name}-{nth}"));
    } else {
        meta["generateName"] = json!(format!("{owner_name}-"));
    }
    let mut spec = template["spec"].clone();
    if kind == "DaemonSet" {
        let nodes = world.all("Node");
        spec["nodeName"] = nodes
            .get(nth)
            .map_or(Value::Null, |node| node["metadata"]["name"].clone());
        spec["tolerations"] = json!([{"operator": "Exists"}]);
        if is_static(workload) {
            let node = spec["nodeName"].as_str().unwrap_or_default();
            meta["name"] = json!(format!("{owner_name}-{node}"));
        }
    }
    put(
        world,
        json!({"kind": "Pod", "metadata": meta, "spec": spec, "status": {"phase": "Pending", "qosClass": "Burstable"}}),
        at,
    );
}
