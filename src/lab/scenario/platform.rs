//! What was there before any workload: blades, OpenShift itself, storage, backups.

use jiff::{Span, Timestamp};
use serde_json::json;

use super::super::{
    loads::Store,
    objects::{claim, class, node, put, stamp},
    world::World,
};

/// Name, address and links.
const BLADES: [(&str, &str, &str); 3] = [
    ("wow-ocp-node2", "172.16.100.102", "10g"),
    ("wow-ocp-node3", "172.16.100.103", "10g"),
    ("wow-ocp-node4", "172.16.100.104", "1g"),
];

/// Puts all of it in.
pub(super) fn build(world: &World, at: Timestamp) {
    blades(world, at);
    openshift(world, at);
    classes(world, at);
    local_storage(world, at);
    library(world, at);
    backups(world, at);
}

fn blades(world: &World, at: Timestamp) {
    for (name, address, links) in BLADES {
        put(world, node(name, address, links), at);
        put(
            world,
            json!({"kind": "Lease", "metadata": {"namespace": "kube-node-lease", "name": name}, "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": stamp(at)}}),
            at,
        );
        let drivers = json!([{"name": "topolvm.io", "nodeID": name, "topologyKeys": ["topology.topolvm.io/node"]}, {"name": "org.democratic-csi.truenas-nfs", "nodeID": name}]);
        put(
            world,
            json!({"kind": "CSINode", "metadata": {"name": name}, "spec": {"drivers": drivers}}),
            at,
        );
    }
}

/// Operators that a cluster of this size has.
const OPERATORS: [&str; 20] = [
    "authentication",
    "baremetal",
    "cloud-credential",
    "config-operator",
    "console",
    "dns",
    "etcd",
    "image-registry",
    "ingress",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "machine-config",
    "marketplace",
    "monitoring",
    "network",
    "node-tuning",
    "openshift-apiserver",
    "operator-lifecycle-manager",
    "storage",
];

fn openshift(world: &World, at: Timestamp) {
    put(
        world,
        json!({"kind": "ClusterVersion", "metadata": {"name": "version"}, "spec": {"clusterID": "5f0e0b52-1f0c-4d6b-9c4f-3d2a7e6b8c10", "channel": "stable-4.20"}, "status": {"desired": {"version": "4.20.6"}, "history": [{"state": "Completed", "version": "4.20.6"}], "conditions": [{"type": "Available", "status": "True"}, {"type": "Failing", "status": "False"}, {"type": "Progressing", "status": "False", "message": "Cluster version is 4.20.6"}]}}),
        at,
    );
    for name in OPERATORS {
        put(
            world,
            json!({"kind": "ClusterOperator", "metadata": {"name": name}, "spec": {}, "status": {"versions": [{"name": "operator", "version": "4.20.6"}], "conditions": [{"type": "Available", "status": "True"}, {"type": "Degraded", "status": "False"}, {"type": "Progressing", "status": "False"}]}}),
            at,
        );
    }
    put(
        world,
        json!({"kind": "MachineConfigPool", "metadata": {"name": "master"}, "status": {"machineCount": 3, "readyMachineCount": 3, "updatedMachineCount": 3, "degradedMachineCount": 0, "conditions": [{"type": "Updated", "status": "True"}]}}),
        at,
    );
}

fn classes(world: &World, at: Timestamp) {
    put(
        world,
        class(
            "truenas-nfs",
            "org.democratic-csi.truenas-nfs",
            "Immediate",
            true,
        ),
        at,
    );
    put(
        world,
        class(
            "truenas-iscsi",
            "org.democratic-csi.truenas-iscsi",
            "Immediate",
            false,
        ),
        at,
    );
    put(
        world,
        class("lvms-vg1", "topolvm.io", "Immediate", false),
        at,
    );
    for name in [
        "org.democratic-csi.truenas-nfs",
        "org.democratic-csi.truenas-iscsi",
        "topolvm.io",
    ] {
        put(
            world,
            json!({"kind": "CSIDriver", "metadata": {"name": name}, "spec": {"attachRequired": false, "podInfoOnMount": true, "storageCapacity": name == "topolvm.io"}}),
            at,
        );
    }
}

fn local_storage(world: &World, at: Timestamp) {
    put(
        world,
        json!({"kind": "LVMCluster", "metadata": {"namespace": "openshift-storage", "name": "lvmcluster"}, "spec": {"storage": {"deviceClasses": [{"name": "vg1", "thinPoolConfig": {"name": "thin-pool-1", "sizePercent": 90}}]}}, "status": {"state": "Ready", "ready": true, "conditions": [{"type": "ResourcesAvailable", "status": "True"}, {"type": "VolumeGroupsReady", "status": "True"}]}}),
        at,
    );
    for name in BLADES.map(|(name, ..)| name) {
        put(
            world,
            json!({"kind": "LVMVolumeGroupNodeStatus", "metadata": {"namespace": "openshift-storage", "name": name}, "spec": {"nodeStatus": [{"name": "vg1", "status": "Ready"}]}, "status": {}}),
            at,
        );
    }
}

/// The films: a share that is older than the cluster.
fn library(world: &World, at: Timestamp) {
    put(
        world,
        json!({"kind": "PersistentVolume", "metadata": {"name": "media-library"}, "spec": {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "11Ti"}, "nfs": {"server": "172.16.160.100", "path": "/mnt/tank/media"}, "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "", "volumeMode": "Filesystem", "claimRef": {"kind": "PersistentVolumeClaim", "namespace": "media", "name": "media-library"}}, "status": {"phase": "Bound"}}),
        at,
    );
    let mut library = claim(&Store::of_share("media", "media-library", "11Ti"));
    library["spec"]["volumeName"] = json!("media-library");
    library["status"] = json!({"phase": "Bound", "accessModes": ["ReadWriteMany"], "capacity": {"storage": "11Ti"}});
    put(world, library, at);
}

fn backups(world: &World, at: Timestamp) {
    put(
        world,
        json!({"kind": "BackupStorageLocation", "metadata": {"namespace": "openshift-adp", "name": "default"}, "spec": {"provider": "aws"}, "status": {"phase": "Available"}}),
        at,
    );
    let now = Timestamp::now();
    for (name, namespaces, hours) in [
        ("nightly-media", ["media", "immich"], 11),
        ("nightly-apps", ["nautobot", "keycloak"], 10),
    ] {
        let begun = now.checked_sub(Span::new().hours(hours)).unwrap_or(now);
        let ended = begun.checked_add(Span::new().minutes(14)).unwrap_or(begun);
        put(
            world,
            json!({"kind": "Backup", "metadata": {"namespace": "openshift-adp", "name": name}, "spec": {"includedNamespaces": namespaces}, "status": {"phase": "Completed", "completionTimestamp": stamp(ended), "startTimestamp": stamp(begun)}}),
            begun,
        );
    }
}
