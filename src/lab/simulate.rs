//! The controllers and kubelets of the simulation: pods come, start, crash and are replaced.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    argocd,
    faults::{Crash, crash_of},
    objects::{FAULT, event, put, stamp},
    schedule,
    world::{World, letters},
};

/// Seconds between two crashes of a container.
const CRASH_EVERY: i64 = 45;
/// Seconds a pod takes to go.
const GOING: i64 = 2;

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// One step of the world.
pub fn tick(world: &World, at: Timestamp) {
    schedule::claims(world, at);
    super::virt::tick(world, at);
    super::migrate::tick(world, at);
    for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
        for one in world.all(kind) {
            reconcile(world, kind, &one, at);
        }
    }
    schedule::pods(world, at);
    for pod in world.some("Pod", has_work) {
        kubelet(world, &pod, at);
    }
    argocd::controller::tick(world, at);
}

/// Makes and removes pods, so that there are as many as wanted; writes the status.
fn reconcile(world: &World, kind: &str, workload: &Value, at: Timestamp) {
    let (namespace, name) = (
        text(workload, "/metadata/namespace"),
        text(workload, "/metadata/name"),
    );
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
        .filter(|pod| is_ready(pod))
        .count();
    let status = match kind {
        "DaemonSet" => {
            json!({"desiredNumberScheduled": wanted, "currentNumberScheduled": living.len(), "numberReady": ready, "numberAvailable": ready, "updatedNumberScheduled": living.len(), "numberMisscheduled": 0, "observedGeneration": workload["metadata"]["generation"]})
        }
        _ => {
            json!({"replicas": living.len(), "readyReplicas": ready, "availableReplicas": ready, "updatedReplicas": living.len(), "unavailableReplicas": wanted.saturating_sub(ready), "observedGeneration": workload["metadata"]["generation"]})
        }
    };
    world.edit(kind, namespace, name, |held| {
        held["status"] = status.clone()
    });
    if kind == "Deployment" {
        world.edit("ReplicaSet", namespace, text(&owner, "/metadata/name"), |held| {
            held["spec"]["replicas"] = json!(wanted);
            held["status"] = json!({"replicas": living.len(), "readyReplicas": ready, "availableReplicas": ready});
        });
    }
}

fn is_ready(pod: &Value) -> bool {
    pod["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|one| one["type"] == "Ready" && one["status"] == "True")
}

/// The replica set of a deployment's present template; older ones go down to nothing.
fn replica_set(world: &World, deployment: &Value, wanted: usize, at: Timestamp) -> Value {
    let (namespace, name) = (
        text(deployment, "/metadata/namespace"),
        text(deployment, "/metadata/name"),
    );
    let template = &deployment["spec"]["template"];
    let hash = letters(template.to_string().bytes().fold(7, |hash: u64, byte| {
        hash.wrapping_mul(31).wrapping_add(u64::from(byte))
    }));
    let own = format!("{name}-{hash}");
    for old in world.all("ReplicaSet") {
        let mine = text(&old, "/metadata/namespace") == namespace
            && text(&old, "/metadata/ownerReferences/0/name") == name;
        if mine && text(&old, "/metadata/name") != own && old["spec"]["replicas"] != 0 {
            world.edit(
                "ReplicaSet",
                namespace,
                text(&old, "/metadata/name"),
                |held| held["spec"]["replicas"] = json!(0),
            );
            for pod in world.all("Pod").iter().filter(|pod| {
                pod["metadata"]["ownerReferences"][0]["uid"] == old["metadata"]["uid"]
            }) {
                world.edit("Pod", namespace, text(pod, "/metadata/name"), |pod| {
                    if pod["metadata"]["deletionTimestamp"].is_null() {
                        pod["metadata"]["deletionTimestamp"] = json!(stamp(at));
                    }
                });
            }
        }
    }
    if let Some(found) = world.find("ReplicaSet", namespace, &own) {
        return found;
    }
    let revision = world
        .all("ReplicaSet")
        .iter()
        .filter(|set| text(set, "/metadata/ownerReferences/0/name") == name)
        .count()
        + 1;
    let set = json!({"kind": "ReplicaSet", "metadata": {"namespace": namespace, "name": own, "labels": template["metadata"]["labels"], "annotations": {"deployment.kubernetes.io/revision": revision.to_string()}, "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": deployment["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}]}, "spec": {"replicas": wanted, "selector": deployment["spec"]["selector"], "template": template}, "status": {}});
    put(world, set, at);
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

fn new_pod(world: &World, kind: &str, workload: &Value, owner: &Value, nth: usize, at: Timestamp) {
    let template = &workload["spec"]["template"];
    let owner_name = text(owner, "/metadata/name");
    let api = if kind == "Deployment" {
        "ReplicaSet"
    } else {
        kind
    };
    let mut meta = json!({"namespace": workload["metadata"]["namespace"], "labels": template["metadata"]["labels"], "annotations": template["metadata"]["annotations"], "ownerReferences": [{"apiVersion": "apps/v1", "kind": api, "name": owner_name, "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}]});
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
    }
    put(
        world,
        json!({"kind": "Pod", "metadata": meta, "spec": spec, "status": {"phase": "Pending", "qosClass": "Burstable"}}),
        at,
    );
}

/// The fault that a pod's controller suffers from.
fn fault_of(world: &World, pod: &Value) -> String {
    let namespace = text(pod, "/metadata/namespace");
    let owner = &pod["metadata"]["ownerReferences"][0];
    let mut object = world.find(
        owner["kind"].as_str().unwrap_or_default(),
        namespace,
        owner["name"].as_str().unwrap_or_default(),
    );
    if let Some(set) = &object
        && set["kind"] == "ReplicaSet"
    {
        object = world.find(
            "Deployment",
            namespace,
            text(set, "/metadata/ownerReferences/0/name"),
        );
    }
    object.map_or_else(String::new, |object| {
        object["metadata"]["annotations"][FAULT]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    })
}

/// Whether the kubelet may have to do something for a pod: one without a controller that is ready has
/// no fault to suffer from.
fn has_work(pod: &Value) -> bool {
    !pod["metadata"]["deletionTimestamp"].is_null()
        || !pod["metadata"]["ownerReferences"].is_null()
        || !is_ready(pod)
}

/// The kubelet: takes up pods, starts containers, lets them crash, ends those that are deleted.
fn kubelet(world: &World, pod: &Value, at: Timestamp) {
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    if let Ok(since) = text(pod, "/metadata/deletionTimestamp").parse::<Timestamp>() {
        if at.as_second() - since.as_second() >= GOING
            && let Some(kind) = super::kinds::of_kind("Pod")
        {
            world.remove(kind, namespace, name);
        }
        return;
    }
    if pod["spec"]["nodeName"].is_null()
        || matches!(text(pod, "/status/phase"), "Succeeded" | "Failed")
    {
        return;
    }
    match crash_of(&fault_of(world, pod)) {
        None => run(world, pod, at),
        Some(crash) => fail(world, pod, crash, at),
    }
}

fn first_container(pod: &Value) -> (&str, &str) {
    (
        text(pod, "/spec/containers/0/name"),
        text(pod, "/spec/containers/0/image"),
    )
}

fn conditions(ready: bool, at: &str) -> Value {
    let word = if ready { "True" } else { "False" };
    let mut ready_condition = json!({"type": "Ready", "status": word, "lastTransitionTime": at});
    if !ready {
        ready_condition["reason"] = json!("ContainersNotReady");
        ready_condition["message"] = json!("containers with unready status");
    }
    json!([{"type": "PodScheduled", "status": "True", "lastTransitionTime": at}, {"type": "Initialized", "status": "True", "lastTransitionTime": at}, {"type": "ContainersReady", "status": word, "lastTransitionTime": at}, ready_condition])
}

fn run(world: &World, pod: &Value, at: Timestamp) {
    if is_ready(pod) {
        return;
    }
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    let time = stamp(at);
    let restarts = pod["status"]["containerStatuses"][0]["restartCount"]
        .as_i64()
        .unwrap_or(0);
    let address = format!(
        "10.128.{}.{}",
        name.len() % 4,
        10 + name.bytes().map(u64::from).sum::<u64>() % 240
    );
    world.edit("Pod", namespace, name, |pod| {
        let last = pod["status"]["containerStatuses"][0]["lastState"].clone();
        let statuses: Vec<Value> = pod["spec"]["containers"].as_array().into_iter().flatten().map(|one| json!({"name": one["name"], "image": one["image"], "imageID": one["image"], "ready": true, "started": true, "restartCount": restarts, "state": {"running": {"startedAt": time}}, "lastState": if last.is_null() { json!({}) } else { last.clone() }})).collect();
        pod["status"] = json!({"phase": "Running", "qosClass": "Burstable", "podIP": address, "podIPs": [{"ip": address}], "hostIP": "172.16.100.102", "startTime": time, "conditions": conditions(true, &time), "containerStatuses": statuses});
    });
    let (container, image) = first_container(pod);
    event(
        world,
        pod,
        false,
        "Pulled",
        &format!("Container image \"{image}\" already present on machine"),
        at,
    );
    event(
        world,
        pod,
        false,
        "Started",
        &format!("Started container {container}"),
        at,
    );
    world.set_log(
        namespace,
        name,
        container,
        false,
        &format!("{time} {container} starting\n{time} {container} is ready to serve\n"),
    );
}

fn fail(world: &World, pod: &Value, crash: &Crash, at: Timestamp) {
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    let (container, image) = first_container(pod);
    let status = &pod["status"]["containerStatuses"][0];
    let last = text(status, "/lastState/terminated/finishedAt")
        .parse::<Timestamp>()
        .ok();
    let waiting = text(status, "/state/waiting/reason").to_owned();
    let due = last.is_none_or(|last| at.as_second() - last.as_second() >= CRASH_EVERY);
    let time = stamp(at);
    match crash {
        Crash::Exit { code, reason, log } => {
            if !due && waiting == "CrashLoopBackOff" {
                return;
            }
            let restarts = status["restartCount"].as_i64().unwrap_or(0) + 1;
            world.edit("Pod", namespace, name, |pod| {
                let message = format!("back-off 5m0s restarting failed container={container} pod={name}_{namespace}({})", text(&pod.clone(), "/metadata/uid"));
                let own = json!({"name": container, "image": image, "imageID": image, "ready": false, "started": false, "restartCount": restarts, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": message}}, "lastState": {"terminated": {"exitCode": code, "reason": reason, "startedAt": time, "finishedAt": time}}});
                pod["status"] = json!({"phase": "Running", "qosClass": "Burstable", "podIP": "10.128.0.9", "startTime": time, "conditions": conditions(false, &time), "containerStatuses": [own]});
            });
            world.set_log(namespace, name, container, true, log);
            world.set_log(namespace, name, container, false, log);
            event(
                world,
                pod,
                true,
                "BackOff",
                &format!(
                    "Back-off restarting failed container {container} in pod {name}_{namespace}({})",
                    text(pod, "/metadata/uid")
                ),
                at,
            );
        }
        Crash::Wait {
            reason,
            message,
            event: said,
        } => {
            if waiting == *reason {
                return;
            }
            let message = message.replace("{image}", image);
            world.edit("Pod", namespace, name, |pod| {
                let own = json!({"name": container, "image": image, "imageID": "", "ready": false, "started": false, "restartCount": 0, "state": {"waiting": {"reason": reason, "message": message}}, "lastState": {}});
                pod["status"] = json!({"phase": "Pending", "qosClass": "Burstable", "startTime": time, "conditions": conditions(false, &time), "containerStatuses": [own]});
            });
            event(
                world,
                pod,
                true,
                "Failed",
                &said.replace("{image}", image),
                at,
            );
        }
    }
}
