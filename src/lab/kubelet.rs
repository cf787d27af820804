//! The kubelets of the simulation: they start containers, let them crash and end them.

use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::{
    faults::{Crash, crash_of},
    objects::{event, stamp},
    world::World,
};

/// Seconds between two crashes of a container: twice as long each time, up to the second.
const BACK_OFF: [i64; 2] = [10, 300];
/// Seconds a pod takes to go.
const GOING: i64 = 2;
/// Seconds that a container which fails lasts.
const LASTS: i64 = 4;
/// Seconds after which a kubelet renews its lease.
const RENEW: i64 = 10;

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// One step of all kubelets.
pub fn tick(world: &World, at: Timestamp) {
    for pod in world.some("Pod", has_work) {
        kubelet(world, &pod, at);
    }
    let due = |lease: &Value| {
        let last: Option<Timestamp> = text(lease, "/spec/renewTime").parse().ok();
        last.is_none_or(|last| at.as_second() - last.as_second() >= RENEW)
    };
    for lease in world.some("Lease", due) {
        let (namespace, name) = (
            text(&lease, "/metadata/namespace"),
            text(&lease, "/metadata/name"),
        );
        world.edit("Lease", namespace, name, |held| {
            held["spec"]["renewTime"] = json!(at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string());
        });
    }
}

/// Whether a pod is ready.
pub fn is_ready(pod: &Value) -> bool {
    pod["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|one| one["type"] == "Ready" && one["status"] == "True")
}

/// The fault that a pod's controller suffers from.
fn fault_of(world: &World, pod: &Value) -> Option<String> {
    let namespace = text(pod, "/metadata/namespace");
    let owner = |object: &Value| {
        let owner = &object["metadata"]["ownerReferences"][0];
        world.find(text(owner, "/kind"), namespace, text(owner, "/name"))
    };
    let controller = owner(pod)?;
    // a replica set's faults are its deployment's
    world.fault(&owner(&controller).unwrap_or(controller))
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
    match fault_of(world, pod).and_then(|fault| crash_of(&fault)) {
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

/// An address of the pod network that depends on the name alone.
fn address(name: &str) -> String {
    let own = super::world::digest(name);
    format!("10.128.{}.{}", own % 4, 10 + own / 4 % 240)
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
    let address = address(name);
    let node = world.find("Node", "", text(pod, "/spec/nodeName"));
    let host = node.map_or(Value::Null, |node| {
        node["status"]["addresses"][0]["address"].clone()
    });
    world.edit("Pod", namespace, name, |pod| {
        let last = pod["status"]["containerStatuses"][0]["lastState"].clone();
        let statuses: Vec<Value> = pod["spec"]["containers"].as_array().into_iter().flatten().map(|one| json!({"name": one["name"], "image": one["image"], "imageID": one["image"], "ready": true, "started": true, "restartCount": restarts, "state": {"running": {"startedAt": time}}, "lastState": if last.is_null() { json!({}) } else { last.clone() }})).collect();
        pod["status"] = json!({"phase": "Running", "qosClass": "Burstable", "podIP": address, "podIPs": [{"ip": address}], "hostIP": host, "startTime": time, "conditions": conditions(true, &time), "containerStatuses": statuses});
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
    for one in pod["spec"]["containers"].as_array().into_iter().flatten() {
        let container = text(one, "/name");
        let said = format!("{time} {container} starting\n{time} {container} is ready to serve\n");
        world.set_log(namespace, name, container, false, &said);
    }
}

/// The statuses of a pod's containers while the first one fails: the others run.
fn beside(pod: &Value, failing: Value, since: &str) -> Value {
    let others = pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .skip(1);
    let mut statuses = vec![failing];
    statuses.extend(others.map(|one| json!({"name": one["name"], "image": one["image"], "imageID": one["image"], "ready": true, "started": true, "restartCount": 0, "state": {"running": {"startedAt": since}}, "lastState": {}})));
    json!(statuses)
}

fn fail(world: &World, pod: &Value, crash: &Crash, at: Timestamp) {
    match crash {
        Crash::Exit { code, reason, log } => exit(world, pod, (*code, reason, log), at),
        Crash::Wait {
            reason,
            message,
            event,
        } => wait(world, pod, (reason, message, event), at),
    }
}

/// The container has started and ends, if its back-off is over.
fn exit(world: &World, pod: &Value, (code, reason, log): (i64, &str, &str), at: Timestamp) {
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    let (container, image) = first_container(pod);
    let status = &pod["status"]["containerStatuses"][0];
    let restarts = status["restartCount"].as_i64().unwrap_or(0);
    let pause = BACK_OFF[0]
        .checked_shl(u32::try_from(restarts.clamp(0, 8)).unwrap_or_default())
        .map_or(BACK_OFF[1], |pause| pause.min(BACK_OFF[1]));
    let last: Option<Timestamp> = text(status, "/lastState/terminated/finishedAt")
        .parse()
        .ok();
    let due = last.is_none_or(|last| at.as_second() - last.as_second() >= pause);
    if !due && text(status, "/state/waiting/reason") == "CrashLoopBackOff" {
        return;
    }
    let ended = stamp(at);
    let began = stamp(at.checked_sub(Span::new().seconds(LASTS)).unwrap_or(at));
    let uid = text(pod, "/metadata/uid");
    let since = match text(pod, "/status/startTime") {
        "" => ended.as_str(),
        since => since,
    };
    let message = format!(
        "back-off 5m0s restarting failed container={container} pod={name}_{namespace}({uid})"
    );
    let failing = json!({"name": container, "image": image, "imageID": image, "ready": false, "started": false, "restartCount": restarts + 1, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": message}}, "lastState": {"terminated": {"exitCode": code, "reason": reason, "startedAt": began, "finishedAt": ended}}});
    // not ready since the first time, whatever came after
    let unready = if is_ready(pod) || pod["status"]["conditions"].is_null() {
        conditions(false, &ended)
    } else {
        pod["status"]["conditions"].clone()
    };
    world.edit("Pod", namespace, name, |held| {
        held["status"] = json!({"phase": "Running", "qosClass": "Burstable", "podIP": address(name), "podIPs": [{"ip": address(name)}], "startTime": since, "conditions": unready, "containerStatuses": beside(pod, failing, since)});
    });
    world.set_log(namespace, name, container, true, log);
    world.set_log(namespace, name, container, false, log);
    event(
        world,
        pod,
        true,
        "BackOff",
        &format!(
            "Back-off restarting failed container {container} in pod {name}_{namespace}({uid})"
        ),
        at,
    );
}

/// The container does not start at all.
fn wait(world: &World, pod: &Value, (reason, message, said): (&str, &str, &str), at: Timestamp) {
    let (container, image) = first_container(pod);
    if text(pod, "/status/containerStatuses/0/state/waiting/reason") == reason {
        return;
    }
    let time = stamp(at);
    let message = message.replace("{image}", image);
    let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    let failing = json!({"name": container, "image": image, "imageID": "", "ready": false, "started": false, "restartCount": 0, "state": {"waiting": {"reason": reason, "message": message}}, "lastState": {}});
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    world.edit("Pod", namespace, name, |held| {
        held["status"] = json!({"phase": "Pending", "qosClass": "Burstable", "startTime": time, "conditions": conditions(false, &time), "containerStatuses": beside(pod, failing, &time)});
    });
    event(
        world,
        pod,
        true,
        "Failed",
        &said.replace("{image}", image).replace("{tag}", tag),
        at,
    );
}
