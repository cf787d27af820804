//! What a fault does to the world beyond its mark, and what its cure undoes.

use jiff::Timestamp;
use serde_json::json;

use super::Fault;
use crate::lab::{
    objects::{event, stamp},
    world::World,
};

/// Does it, or undoes it.
pub(super) fn of(world: &World, name: &str, on: bool, at: Timestamp) {
    match name {
        "csi-unreachable" => unreachable(world, on, at),
        "lvm-leftover" => leftover(world, on, at),
        "node-selector" => selector(world, on),
        "vm-not-migratable" => migratable(world, on, at),
        "db-refused" => world.edit("StatefulSet", "keycloak", "keycloak-db", |set| {
            set["spec"]["replicas"] = json!(i32::from(!on));
        }),
        _ => {}
    }
}

/// Pods of a cured workload start anew.
pub(super) fn restart(world: &World, fault: &Fault) {
    for pod in world.all("Pod") {
        let mine = pod["metadata"]["namespace"] == fault.namespace
            && pod["metadata"]["labels"]["app"] == fault.object;
        if mine {
            world.edit(
                "Pod",
                fault.namespace,
                pod["metadata"]["name"].as_str().unwrap_or_default(),
                |pod| {
                    pod["status"] = json!({"phase": "Pending", "qosClass": "Burstable"});
                },
            );
        }
    }
}

fn unreachable(world: &World, on: bool, at: Timestamp) {
    let controller = world.all("Pod").into_iter().find(|pod| {
        pod["metadata"]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("truenas-nfs-democratic-csi-controller"))
    });
    let Some(pod) = controller else { return };
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let time = stamp(at);
    let log = if on {
        format!(
            "{{\"level\":\"info\",\"message\":\"new request - driver: FreeNASApiDriver method: CreateVolume\",\"timestamp\":\"{time}\"}}\n{{\"level\":\"error\",\"message\":\"handler error - driver: FreeNASApiDriver method: CreateVolume error: AxiosError: connect ETIMEDOUT 172.16.160.100:443\",\"timestamp\":\"{time}\"}}\n"
        )
    } else {
        format!(
            "{{\"level\":\"info\",\"message\":\"new response - driver: FreeNASApiDriver method: Probe\",\"timestamp\":\"{time}\"}}\n"
        )
    };
    let container = pod["spec"]["containers"][0]["name"]
        .as_str()
        .unwrap_or_default();
    world.set_log("democratic-csi", name, container, false, &log);
}

fn leftover(world: &World, on: bool, at: Timestamp) {
    let bad = "failed to create thin pool: thin pool thin-pool-1 already exists in volume group vg1 but was not created by LVMS";
    world.edit(
        "LVMVolumeGroupNodeStatus",
        "openshift-storage",
        "wow-ocp-node4",
        |object| {
            object["spec"]["nodeStatus"] = if on {
                json!([{"name": "vg1", "status": "Failed", "reason": bad}])
            } else {
                json!([{"name": "vg1", "status": "Ready"}])
            };
            object["status"] = if on {
                json!({"message": bad})
            } else {
                json!({})
            };
        },
    );
    world.edit("LVMCluster", "openshift-storage", "lvmcluster", |object| {
        let (state, word, reason, message) = if on { ("Degraded", "False", "VGsDegraded", bad) } else { ("Ready", "True", "ResourcesAvailable", "") };
        object["status"] = json!({"state": state, "ready": !on, "conditions": [{"type": "ResourcesAvailable", "status": "True"}, {"type": "VolumeGroupsReady", "status": word, "reason": reason, "message": message}]});
    });
    if on && let Some(cluster) = world.find("LVMCluster", "openshift-storage", "lvmcluster") {
        event(
            world,
            &cluster,
            true,
            "VolumeGroupFailed",
            &format!("error on node wow-ocp-node4: {bad}"),
            at,
        );
    }
}

fn selector(world: &World, on: bool) {
    world.edit("Deployment", "media", "tdarr", |object| {
        let spec = &mut object["spec"]["template"]["spec"];
        if on {
            spec["nodeSelector"] = json!({"kubernetes.io/hostname": "wow-ocp-node1"});
        } else if let Some(fields) = spec.as_object_mut() {
            fields.remove("nodeSelector");
        }
    });
}

fn migratable(world: &World, on: bool, at: Timestamp) {
    let why = "cannot migrate VMI: PVC win2022-root is not shared, live migration requires that all PVCs must be shared (using ReadWriteMany access mode)";
    let live = if on {
        json!({"type": "LiveMigratable", "status": "False", "reason": "DisksNotLiveMigratable", "message": why})
    } else {
        json!({"type": "LiveMigratable", "status": "True"})
    };
    world.edit("VirtualMachineInstance", "vms", "win2022", |object| {
        object["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}, {"type": "AgentConnected", "status": "True"}, live]);
    });
    world.edit("PersistentVolumeClaim", "vms", "win2022-root", |claim| {
        if !on {
            claim["spec"]["accessModes"] = json!(["ReadWriteMany"]);
        }
    });
    if on && let Some(vmi) = world.find("VirtualMachineInstance", "vms", "win2022") {
        event(
            world,
            &vmi,
            true,
            "Migrated",
            &format!("EvictionStrategy is set but vmi is not migratable; {why}"),
            at,
        );
    }
}
