//! Live migrations: a running guest goes to another node, its new launcher with it.

use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{answer, objects::stamp, world::World};

const KIND: &str = "VirtualMachineInstanceMigration";
const VMI: &str = "VirtualMachineInstance";

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn is_over(migration: &Value) -> bool {
    matches!(text(migration, "/status/phase"), "Succeeded" | "Failed")
}

/// Why a migration may not be made: KubeVirt's webhook says it.
pub fn objection(world: &World, migration: &Value) -> Option<Response> {
    let (namespace, name) = (
        text(migration, "/metadata/namespace"),
        text(migration, "/spec/vmiName"),
    );
    let deny = |why: &str| {
        let message = format!(
            "admission webhook \"migration-create-validator.kubevirt.io\" denied the request: {why}"
        );
        Some(answer::failure(403, "Forbidden", &message, json!({})))
    };
    let Some(vmi) = world.find(VMI, namespace, name) else {
        return deny(&format!(
            "the VMI \"{name}\" does not exist under the cluster"
        ));
    };
    let fixed = vmi["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["type"] == "LiveMigratable" && one["status"] == "False");
    if let Some(fixed) = fixed {
        return deny(&format!(
            "Cannot migrate VMI, Reason: {}, Message: {}",
            text(fixed, "/reason"),
            text(fixed, "/message")
        ));
    }
    let busy = world.all(KIND).into_iter().find(|other| {
        text(other, "/metadata/namespace") == namespace
            && text(other, "/spec/vmiName") == name
            && !is_over(other)
    });
    busy.and_then(|other| {
        deny(&format!(
            "in-flight migration detected. Active migration job ({}) is currently already in progress for VMI {name}.",
            text(&other, "/metadata/uid")
        ))
    })
}

/// One step of all migrations.
pub fn tick(world: &World, at: Timestamp) {
    for migration in world.all(KIND) {
        if !is_over(&migration) {
            step(world, &migration, at);
        }
    }
}

fn step(world: &World, migration: &Value, at: Timestamp) {
    let (namespace, name) = (
        text(migration, "/metadata/namespace"),
        text(migration, "/metadata/name"),
    );
    let phase = match text(migration, "/status/phase") {
        "" => "Pending",
        "Pending" => "Scheduling",
        "Scheduling" => "TargetReady",
        "TargetReady" => "Running",
        _ if arrive(world, namespace, text(migration, "/spec/vmiName"), at) => "Succeeded",
        _ => "Failed",
    };
    world.edit(KIND, namespace, name, |held| {
        held["status"]["phase"] = json!(phase);
    });
}

/// The guest runs on another node from now on; false where there is none.
fn arrive(world: &World, namespace: &str, name: &str, at: Timestamp) -> bool {
    let Some(vmi) = world.find(VMI, namespace, name) else {
        return false;
    };
    let from = text(&vmi, "/status/nodeName").to_owned();
    let nodes = world.all("Node");
    let target = nodes
        .iter()
        .filter(|node| node["spec"]["unschedulable"] != true)
        .map(|node| text(node, "/metadata/name"))
        .find(|node| *node != from);
    let Some(target) = target else {
        return false;
    };
    let app = format!("virt-launcher-{name}");
    for pod in world.some("Pod", |pod| {
        text(pod, "/metadata/namespace") == namespace
            && text(pod, "/metadata/labels/app") == app
            && pod["metadata"]["deletionTimestamp"].is_null()
    }) {
        world.edit("Pod", namespace, text(&pod, "/metadata/name"), |pod| {
            pod["spec"]["nodeName"] = json!(target);
        });
    }
    let time = stamp(at);
    world.edit(VMI, namespace, name, |vmi| {
        vmi["status"]["nodeName"] = json!(target);
        vmi["status"]["migrationState"] = json!({"sourceNode": from, "targetNode": target, "completed": true, "endTimestamp": time});
    });
    true
}
