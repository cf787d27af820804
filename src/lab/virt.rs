//! KubeVirt: its subresource API, and what its controllers make of it in the simulation.

use axum::{
    body::{Body, Bytes},
    http::{Method, StatusCode},
    response::Response,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Lab, answer,
    api::Role,
    kinds::{Served, of_kind},
    objects::{put, stamp},
    world::World,
};

const VM: &str = "VirtualMachine";
const VMI: &str = "VirtualMachineInstance";

/// Group of the subresources.
pub const GROUP: &str = "subresources.kubevirt.io";

/// What the group lists: resource, kind's word.
pub const SUBRESOURCES: [(&str, &str); 5] = [
    ("virtualmachines/start", VM),
    ("virtualmachines/stop", VM),
    ("virtualmachines/restart", VM),
    ("virtualmachineinstances/pause", VMI),
    ("virtualmachineinstances/unpause", VMI),
];

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A failure about a machine: KubeVirt names the singular where the API server has the plural.
fn failure(code: u16, reason: &str, name: &str, message: &str) -> Response {
    answer::failure(code, reason, message, json!({"name": name}))
}

fn refuse(kind: &Served, name: &str, why: &str) -> Response {
    let word = kind.kind.to_lowercase();
    let message = format!("Operation cannot be fulfilled on {word}.kubevirt.io \"{name}\": {why}");
    failure(409, "Conflict", name, &message)
}

/// Answers a request to the group: `namespaces/NS/PLURAL/NAME/VERB`.
pub fn handle(lab: &Lab, role: Role, method: &Method, path: &[&str], body: &Bytes) -> Response {
    let ["namespaces", namespace, plural, name, verb] = path else {
        return answer::no_path();
    };
    let listed = SUBRESOURCES
        .iter()
        .find(|(resource, _)| *resource == format!("{plural}/{verb}"));
    let Some(kind) = listed.and_then(|(_, kind)| of_kind(kind)) else {
        return answer::no_path();
    };
    if *method != Method::PUT {
        return answer::failure(405, "MethodNotAllowed", "Method Not Allowed", json!({}));
    }
    if !role.may("update", &format!("{plural}/{verb}"), namespace) {
        let message = format!(
            "{plural}.{GROUP} \"{name}\" is forbidden: User \"{}\" cannot update resource \"{plural}/{verb}\" in API group \"{GROUP}\" in the namespace \"{namespace}\"",
            role.user()
        );
        return failure(403, "Forbidden", name, &message);
    }
    let Some(object) = lab.world.get(kind, namespace, name) else {
        let word = kind.kind.to_lowercase();
        let message = format!("{word}.kubevirt.io \"{name}\" not found");
        return failure(404, "NotFound", name, &message);
    };
    let instance = lab.world.find(VMI, namespace, name);
    if let Some(why) = objection(verb, &object, instance.as_ref()) {
        return refuse(kind, name, why);
    }
    let sent: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let dry = sent["dryRun"]
        .as_array()
        .is_some_and(|list| list.iter().any(|one| one == "All"));
    if !dry {
        act(&lab.world, verb, namespace, name);
    }
    let mut response = Response::new(Body::empty());
    if kind.kind == VM {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    response
}

fn is_paused(instance: &Value) -> bool {
    instance["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|one| one["type"] == "Paused" && one["status"] == "True")
}

/// Why something cannot be done to a machine as it is.
fn objection(verb: &str, object: &Value, instance: Option<&Value>) -> Option<&'static str> {
    let halted = object["spec"]["runStrategy"] == "Halted";
    let running = instance.is_some_and(|one| one["status"]["phase"] == "Running");
    match verb {
        "start" if instance.is_some() || !halted => Some("VM is already running"),
        "stop" if halted => Some("VM is not running"),
        "restart" if halted => Some("Halted does not support manual restart requests"),
        "restart" if instance.is_none() => Some("VM is not running"),
        "pause" | "unpause" if !running => Some("VM is not running"),
        "pause" if instance.is_some_and(is_paused) => Some("VMI is already paused"),
        "unpause" if !instance.is_some_and(is_paused) => Some("VMI is not paused"),
        _ => None,
    }
}

fn act(world: &World, verb: &str, namespace: &str, name: &str) {
    match verb {
        "start" | "stop" => world.edit(VM, namespace, name, |vm| {
            vm["spec"]["runStrategy"] = json!(if verb == "start" { "Always" } else { "Halted" });
        }),
        "restart" => {
            if let Some(kind) = of_kind(VMI) {
                world.remove(kind, namespace, name);
            }
            let now = stamp(Timestamp::now());
            for pod in launchers(world, namespace, name) {
                world.edit("Pod", namespace, text(&pod, "/metadata/name"), |pod| {
                    pod["metadata"]["deletionTimestamp"] = json!(now);
                });
            }
        }
        _ => {
            let pausing = verb == "pause";
            world.edit(VMI, namespace, name, |vmi| {
                if let Some(list) = vmi["status"]["conditions"].as_array_mut() {
                    list.retain(|one| one["type"] != "Paused");
                    if pausing {
                        list.push(json!({"type": "Paused", "status": "True", "reason": "PausedByUser", "message": "VMI was paused by user"}));
                    }
                }
            });
            world.edit(VM, namespace, name, |vm| {
                vm["status"]["printableStatus"] = json!(if pausing { "Paused" } else { "Running" });
            });
        }
    }
}

/// The launcher pods of a machine, those that are going too.
fn launchers(world: &World, namespace: &str, name: &str) -> Vec<Value> {
    let app = format!("virt-launcher-{name}");
    let mut pods = world.all("Pod");
    pods.retain(|pod| {
        text(pod, "/metadata/namespace") == namespace && text(pod, "/metadata/labels/app") == app
    });
    pods
}

/// One step of KubeVirt's controllers.
pub fn tick(world: &World, at: Timestamp) {
    for vm in world.all(VM) {
        machine(world, &vm, at);
    }
}

fn machine(world: &World, vm: &Value, at: Timestamp) {
    let (namespace, name) = (text(vm, "/metadata/namespace"), text(vm, "/metadata/name"));
    let wanted = vm["spec"]["runStrategy"] != "Halted";
    world.edit(
        "Deployment",
        namespace,
        &format!("virt-launcher-{name}"),
        |one| {
            one["spec"]["replicas"] = json!(i32::from(wanted));
        },
    );
    let pods = launchers(world, namespace, name);
    let instance = world.find(VMI, namespace, name);
    let status = match (wanted, &instance) {
        (false, _) if !pods.is_empty() => "Stopping",
        (false, _) => {
            if let Some(kind) = of_kind(VMI) {
                world.remove(kind, namespace, name);
            }
            "Stopped"
        }
        (true, None) => {
            put(world, new_instance(vm), at);
            "Starting"
        }
        (true, Some(one)) if one["status"]["phase"] == "Running" => {
            if is_paused(one) {
                "Paused"
            } else {
                "Running"
            }
        }
        (true, Some(_)) => {
            boot(world, vm, &pods, at);
            "Starting"
        }
    };
    world.edit(VM, namespace, name, |vm| {
        vm["status"]["printableStatus"] = json!(status);
        vm["status"]["ready"] = json!(status == "Running");
        vm["status"]["created"] = json!(status != "Stopped");
    });
}

fn new_instance(vm: &Value) -> Value {
    let meta = &vm["metadata"];
    let owner = json!({"apiVersion": "kubevirt.io/v1", "kind": VM, "name": meta["name"], "uid": meta["uid"], "controller": true, "blockOwnerDeletion": true});
    json!({"kind": VMI, "metadata": {"namespace": meta["namespace"], "name": meta["name"], "ownerReferences": [owner]}, "spec": vm["spec"]["template"]["spec"], "status": {"phase": "Scheduling", "conditions": [{"type": "Ready", "status": "False", "reason": "GuestNotRunning", "message": "Guest VM is not reported as running"}]}})
}

/// The guest runs once its launcher does.
fn boot(world: &World, vm: &Value, pods: &[Value], at: Timestamp) {
    let (namespace, name) = (text(vm, "/metadata/namespace"), text(vm, "/metadata/name"));
    let Some(pod) = pods.iter().find(|pod| {
        pod["metadata"]["deletionTimestamp"].is_null() && pod["status"]["phase"] == "Running"
    }) else {
        return;
    };
    let live = match unshared(world, vm) {
        None => json!({"type": "LiveMigratable", "status": "True"}),
        Some(claim) => {
            json!({"type": "LiveMigratable", "status": "False", "reason": "DisksNotLiveMigratable", "message": format!("cannot migrate VMI: PVC {claim} is not shared, live migration requires that all PVCs must be shared (using ReadWriteMany access mode)")})
        }
    };
    let status = json!({"phase": "Running", "nodeName": pod["spec"]["nodeName"], "guestOSInfo": {"prettyName": vm["spec"]["template"]["metadata"]["labels"]["vm.kubevirt.io/os"]}, "interfaces": [{"name": "default", "ipAddress": pod["status"]["podIP"], "ipAddresses": [pod["status"]["podIP"]]}], "activePods": {text(pod, "/metadata/uid"): pod["spec"]["nodeName"]}, "phaseTransitionTimestamps": [{"phase": "Running", "phaseTransitionTimestamp": stamp(at)}], "conditions": [{"type": "Ready", "status": "True"}, {"type": "AgentConnected", "status": "True"}, live]});
    world.edit(VMI, namespace, name, |vmi| vmi["status"] = status);
}

/// The first claim of a machine that only one node can write to.
fn unshared(world: &World, vm: &Value) -> Option<String> {
    let namespace = text(vm, "/metadata/namespace");
    let volumes = vm["spec"]["template"]["spec"]["volumes"].as_array()?;
    volumes
        .iter()
        .map(|volume| text(volume, "/persistentVolumeClaim/claimName"))
        .filter(|claim| !claim.is_empty())
        .find(|claim| {
            world
                .find("PersistentVolumeClaim", namespace, claim)
                .is_some_and(|held| {
                    !held["spec"]["accessModes"]
                        .as_array()
                        .is_some_and(|modes| modes.iter().any(|mode| mode == "ReadWriteMany"))
                })
        })
        .map(str::to_owned)
}
