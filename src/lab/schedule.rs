//! The scheduler and the provisioners of the simulation.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    objects::{FAULT, event, put},
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

fn mebi(text: &str) -> i64 {
    text.strip_suffix("Gi").map_or_else(
        || text.trim_end_matches("Mi").parse().unwrap_or(0),
        |gibi| gibi.parse::<i64>().unwrap_or(0) * 1024,
    )
}

/// CPU in millicores and memory in MiB that a pod asks for.
fn request(pod: &Value) -> (i64, i64) {
    pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .fold((0, 0), |(cpu, memory), one| {
            let wanted = &one["resources"]["requests"];
            (
                cpu + milli(wanted["cpu"].as_str().unwrap_or("0")),
                memory + mebi(wanted["memory"].as_str().unwrap_or("0")),
            )
        })
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
    let (namespace, name) = (
        text(pod, "/metadata/namespace"),
        text(pod, "/metadata/name"),
    );
    let nodes = world.all("Node");
    let all = nodes.len();
    let mut why: Vec<(usize, &str)> = Vec::new();
    if unbound(world, pod) {
        refuse(
            world,
            pod,
            &format!(
                "0/{all} nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/{all} nodes are available: {all} Preemption is not helpful for scheduling."
            ),
            at,
        );
        return;
    }
    let others = world.all("Pod");
    let (cpu, memory) = request(pod);
    let mut best: Option<(i64, String)> = None;
    let mut count = |reason: &'static str| match why.iter_mut().find(|(_, held)| *held == reason) {
        Some((count, _)) => *count += 1,
        None => why.push((1, reason)),
    };
    for node in &nodes {
        let node_name = text(node, "/metadata/name");
        if node["spec"]["unschedulable"] == true {
            count("node(s) were unschedulable");
            continue;
        }
        let wanted = pod["spec"]["nodeSelector"].as_object();
        if wanted.is_some_and(|wanted| {
            wanted
                .iter()
                .any(|(key, value)| node["metadata"]["labels"][key] != *value)
        }) {
            count("node(s) didn't match Pod's node affinity/selector");
            continue;
        }
        let used = others
            .iter()
            .filter(|other| {
                text(other, "/spec/nodeName") == node_name
                    && !matches!(text(other, "/status/phase"), "Succeeded" | "Failed")
            })
            .map(request)
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let free = (
            milli(text(node, "/status/allocatable/cpu")) - used.0,
            mebi(text(node, "/status/allocatable/memory")) - used.1,
        );
        if free.0 < cpu {
            count("Insufficient cpu");
        } else if free.1 < memory {
            count("Insufficient memory");
        } else {
            // the emptiest node, by memory
            let share = free.1 - memory;
            if best.as_ref().is_none_or(|(held, _)| share > *held) {
                best = Some((share, node_name.to_owned()));
            }
        }
    }
    match best {
        Some((_, node)) => {
            world.edit("Pod", namespace, name, |pod| {
                pod["spec"]["nodeName"] = json!(node);
                pod["status"]["conditions"] = json!([{"type": "PodScheduled", "status": "True", "lastTransitionTime": super::objects::stamp(at)}]);
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
        None => {
            let clauses: Vec<String> = why
                .iter()
                .map(|(count, reason)| format!("{count} {reason}"))
                .collect();
            refuse(
                world,
                pod,
                &format!(
                    "0/{all} nodes are available: {}. preemption: 0/{all} nodes are available: {all} Preemption is not helpful for scheduling.",
                    clauses.join(", ")
                ),
                at,
            );
        }
    }
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
        pod["status"]["conditions"] = json!([{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message, "lastTransitionTime": super::objects::stamp(at)}]);
    });
    event(world, pod, true, "FailedScheduling", message, at);
}

/// Makes volumes for claims whose driver works; says why not for the others. Lets claims go that
/// are deleted and no longer used.
pub fn claims(world: &World, at: Timestamp) {
    for claim in world.all("PersistentVolumeClaim") {
        let (namespace, name) = (
            text(&claim, "/metadata/namespace"),
            text(&claim, "/metadata/name"),
        );
        if !claim["metadata"]["deletionTimestamp"].is_null() {
            release(world, &claim, namespace, name);
            continue;
        }
        if claim["status"]["phase"] == "Bound" {
            grow(world, &claim);
            continue;
        }
        let Some(class) = world.find("StorageClass", "", text(&claim, "/spec/storageClassName"))
        else {
            continue;
        };
        let driver = text(&class, "/provisioner");
        match text(
            &class,
            &format!("/metadata/annotations/{}", FAULT.replace('/', "~1")),
        ) {
            "" if !made(world, driver) => waits(world, &claim, driver, at),
            "" => bind(world, &claim, driver, at),
            "csi-unreachable" => {
                event(
                    world,
                    &claim,
                    false,
                    "Provisioning",
                    &format!(
                        "External provisioner is provisioning volume for claim \"{namespace}/{name}\""
                    ),
                    at,
                );
                event(
                    world,
                    &claim,
                    true,
                    "ProvisioningFailed",
                    &format!(
                        "failed to provision volume with StorageClass \"{}\": rpc error: code = DeadlineExceeded desc = context deadline exceeded",
                        text(&claim, "/spec/storageClassName")
                    ),
                    at,
                );
            }
            _ => waits(world, &claim, driver, at),
        }
    }
}

/// A bound claim that asks for more gets it.
fn grow(world: &World, claim: &Value) {
    let wanted = &claim["spec"]["resources"]["requests"]["storage"];
    let size = |text: &Value| mebi(text.as_str().unwrap_or_default());
    if size(wanted) > size(&claim["status"]["capacity"]["storage"]) {
        let (namespace, name) = (
            text(claim, "/metadata/namespace"),
            text(claim, "/metadata/name"),
        );
        world.edit(
            "PersistentVolume",
            "",
            text(claim, "/spec/volumeName"),
            |held| {
                held["spec"]["capacity"]["storage"] = wanted.clone();
            },
        );
        world.edit("PersistentVolumeClaim", namespace, name, |held| {
            held["status"]["capacity"]["storage"] = wanted.clone();
        });
    }
}

/// Whether somebody makes volumes for a driver.
fn made(world: &World, driver: &str) -> bool {
    let stem = driver.rsplit('.').next().unwrap_or(driver);
    let maker = if driver == "topolvm.io" {
        "lvms-operator".to_owned()
    } else {
        format!("{stem}-democratic-csi-controller")
    };
    world.all("Deployment").iter().any(|one| {
        text(one, "/metadata/name") == maker
            && one["status"]["readyReplicas"].as_i64().unwrap_or(0) > 0
    })
}

fn waits(world: &World, claim: &Value, driver: &str, at: Timestamp) {
    event(
        world,
        claim,
        false,
        "ExternalProvisioning",
        &format!(
            "Waiting for a volume to be created either by the external provisioner '{driver}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
        ),
        at,
    );
}

fn release(world: &World, claim: &Value, namespace: &str, name: &str) {
    let used = world.all("Pod").iter().any(|pod| {
        text(pod, "/metadata/namespace") == namespace
            && pod["spec"]["volumes"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|volume| text(volume, "/persistentVolumeClaim/claimName") == name)
    });
    if used {
        return;
    }
    let volume = text(claim, "/spec/volumeName").to_owned();
    world.edit("PersistentVolumeClaim", namespace, name, |claim| {
        claim["metadata"]["finalizers"] = json!([])
    });
    let retained = world
        .find("PersistentVolume", "", &volume)
        .is_some_and(|held| held["spec"]["persistentVolumeReclaimPolicy"] == "Retain");
    if retained {
        world.edit("PersistentVolume", "", &volume, |held| {
            held["status"]["phase"] = json!("Released")
        });
    } else if let Some(kind) = super::kinds::of_kind("PersistentVolume") {
        world.remove(kind, "", &volume);
    }
}

fn bind(world: &World, claim: &Value, driver: &str, at: Timestamp) {
    let (namespace, name) = (
        text(claim, "/metadata/namespace"),
        text(claim, "/metadata/name"),
    );
    let volume = format!("pvc-{}", text(claim, "/metadata/uid"));
    let size = claim["spec"]["resources"]["requests"]["storage"].clone();
    let mut backend = json!({"driver": driver, "volumeHandle": volume});
    if driver.contains("nfs") {
        backend["volumeAttributes"] = json!({"server": "172.16.160.100", "share": format!("/mnt/tank/k8s/{volume}"), "node_attach_driver": "nfs"});
    }
    put(
        world,
        json!({"kind": "PersistentVolume", "metadata": {"name": volume, "annotations": {"pv.kubernetes.io/provisioned-by": driver}}, "spec": {"accessModes": claim["spec"]["accessModes"], "capacity": {"storage": size}, "claimRef": {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": name, "uid": claim["metadata"]["uid"]}, "csi": backend, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": claim["spec"]["storageClassName"], "volumeMode": "Filesystem"}, "status": {"phase": "Bound"}}),
        at,
    );
    world.edit("PersistentVolumeClaim", namespace, name, |claim| {
        claim["spec"]["volumeName"] = json!(volume);
        claim["status"] = json!({"phase": "Bound", "accessModes": claim["spec"]["accessModes"], "capacity": {"storage": size}});
    });
    event(
        world,
        claim,
        false,
        "ProvisioningSucceeded",
        &format!("Successfully provisioned volume {volume}"),
        at,
    );
}
