//! The seed's lab: three blades, the media stack, machines on both kinds of storage.

use jiff::{Span, Timestamp};
use serde_json::json;

use super::{
    apps::application,
    argocd, faults,
    loads::{CLAIMS, LOADS},
    objects::{claim, class, namespace, node, put, service, workload},
    simulate,
    world::World,
};

/// Builds the scenario as it is some hours after its start, with the chosen faults on for some time.
pub fn build(world: &World, wanted: &[String]) {
    let now = Timestamp::now();
    let ago = |span: Span| now.checked_sub(span).unwrap_or(now);
    let long = ago(Span::new().hours(26));
    cluster(world, long);
    storage(world, long);
    let namespaces: std::collections::BTreeSet<&str> = LOADS
        .iter()
        .map(|load| load.namespace)
        .chain(["default", "openshift-adp"])
        .collect();
    for name in namespaces {
        put(world, namespace(name), long);
    }
    for (place, name, class, mode, size, fill) in CLAIMS {
        put(world, claim(place, name, class, mode, size, *fill), long);
    }
    machines(world, long);
    git(world, long);
    // faults are old before the first pod comes, so that nothing heals by accident
    let onset = ago(Span::new().minutes(42));
    for name in wanted {
        faults::set(world, name, true, onset);
    }
    for load in LOADS {
        put(world, workload(load), long);
    }
    makers(world);
    for name in wanted {
        faults::set(world, name, true, onset);
    }
    put(world, service("keycloak", "keycloak-db", 5432), long);
    argocd::git::begin(world);
    for step in 0..6 {
        simulate::tick(world, ago(Span::new().minutes(40 - step)));
    }
    for step in 0..12 {
        simulate::tick(world, ago(Span::new().minutes(30 - step * 2)));
    }
    for name in wanted {
        faults::set(world, name, true, ago(Span::new().minutes(5)));
    }
}

fn cluster(world: &World, at: Timestamp) {
    for (name, address, network) in [
        ("wow-ocp-node2", "172.16.100.102", "10g"),
        ("wow-ocp-node3", "172.16.100.103", "10g"),
        ("wow-ocp-node4", "172.16.100.104", "1g"),
    ] {
        put(world, node(name, address, network), at);
        let drivers = json!([{"name": "topolvm.io", "nodeID": name, "topologyKeys": ["topology.topolvm.io/node"]}, {"name": "org.democratic-csi.truenas-nfs", "nodeID": name}]);
        put(
            world,
            json!({"kind": "CSINode", "metadata": {"name": name}, "spec": {"drivers": drivers}}),
            at,
        );
    }
    put(
        world,
        json!({"kind": "ClusterVersion", "metadata": {"name": "version"}, "spec": {"clusterID": "5f0e0b52-1f0c-4d6b-9c4f-3d2a7e6b8c10", "channel": "stable-4.20"}, "status": {"desired": {"version": "4.20.6"}, "history": [{"state": "Completed", "version": "4.20.6"}], "conditions": [{"type": "Available", "status": "True"}, {"type": "Failing", "status": "False"}, {"type": "Progressing", "status": "False", "message": "Cluster version is 4.20.6"}]}}),
        at,
    );
    for name in [
        "authentication",
        "console",
        "dns",
        "etcd",
        "ingress",
        "kube-apiserver",
        "monitoring",
        "network",
        "storage",
    ] {
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

fn storage(world: &World, at: Timestamp) {
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
    put(
        world,
        json!({"kind": "LVMCluster", "metadata": {"namespace": "openshift-storage", "name": "lvmcluster"}, "spec": {"storage": {"deviceClasses": [{"name": "vg1", "thinPoolConfig": {"name": "thin-pool-1", "sizePercent": 90}}]}}, "status": {"state": "Ready", "ready": true, "conditions": [{"type": "ResourcesAvailable", "status": "True"}, {"type": "VolumeGroupsReady", "status": "True"}]}}),
        at,
    );
    for name in ["wow-ocp-node2", "wow-ocp-node3", "wow-ocp-node4"] {
        put(
            world,
            json!({"kind": "LVMVolumeGroupNodeStatus", "metadata": {"namespace": "openshift-storage", "name": name}, "spec": {"nodeStatus": [{"name": "vg1", "status": "Ready"}]}, "status": {}}),
            at,
        );
    }
    put(
        world,
        json!({"kind": "PersistentVolume", "metadata": {"name": "media-library"}, "spec": {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "11Ti"}, "nfs": {"server": "172.16.160.100", "path": "/mnt/tank/media"}, "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "", "volumeMode": "Filesystem", "claimRef": {"kind": "PersistentVolumeClaim", "namespace": "media", "name": "media-library"}}, "status": {"phase": "Bound"}}),
        at,
    );
    let mut library = claim("media", "media-library", "", "ReadWriteMany", "11Ti", 78);
    library["spec"]["volumeName"] = json!("media-library");
    library["status"] = json!({"phase": "Bound", "accessModes": ["ReadWriteMany"], "capacity": {"storage": "11Ti"}});
    put(world, library, at);
    put(
        world,
        json!({"kind": "BackupStorageLocation", "metadata": {"namespace": "openshift-adp", "name": "default"}, "spec": {"provider": "aws"}, "status": {"phase": "Available"}}),
        at,
    );
    put(
        world,
        json!({"kind": "Backup", "metadata": {"namespace": "openshift-adp", "name": "nightly-media"}, "spec": {"includedNamespaces": ["media", "nautobot"]}, "status": {"phase": "Completed", "completionTimestamp": super::objects::stamp(at), "startTimestamp": super::objects::stamp(at)}}),
        at,
    );
}

/// The containers that make volumes carry the names that real ones have.
fn makers(world: &World) {
    for (name, driver) in [
        ("truenas-nfs", "org.democratic-csi.truenas-nfs"),
        ("truenas-iscsi", "org.democratic-csi.truenas-iscsi"),
    ] {
        world.edit("Deployment", "democratic-csi", &format!("{name}-democratic-csi-controller"), |object| {
            let container = &mut object["spec"]["template"]["spec"]["containers"][0];
            container["name"] = json!("csi-driver");
            container["args"] = json!([format!("--csi-name={driver}"), "--driver-config-file=/config/driver-config-file.yaml", "--server-socket=/csi-data/csi.sock"]);
            let image = "registry.k8s.io/sig-storage/csi-provisioner:v5.3.0";
            if let Some(list) = object["spec"]["template"]["spec"]["containers"].as_array_mut() {
                list.push(json!({"name": "external-provisioner", "image": image, "args": ["--csi-address=/csi-data/csi.sock"], "resources": {}}));
            }
        });
    }
    for name in ["win2022", "rhel9-idm", "technitium"] {
        world.edit(
            "Deployment",
            "vms",
            &format!("virt-launcher-{name}"),
            |object| {
                object["spec"]["template"]["spec"]["nodeSelector"] = json!({"network": "10g"});
            },
        );
    }
    world.edit(
        "DaemonSet",
        "democratic-csi",
        "truenas-nfs-democratic-csi-node",
        |object| {
            object["spec"]["template"]["spec"]["containers"][0]["name"] = json!("csi-driver");
            object["spec"]["template"]["spec"]["containers"][0]["args"] = json!([
                "--csi-name=org.democratic-csi.truenas-nfs",
                "--csi-mode=node"
            ]);
        },
    );
}

fn machines(world: &World, at: Timestamp) {
    for (name, cores, memory, os, address) in [
        ("win2022", 4, "32Gi", "Windows Server 2022", "10.128.1.50"),
        (
            "rhel9-idm",
            4,
            "16Gi",
            "Red Hat Enterprise Linux 9.6",
            "10.128.1.51",
        ),
        (
            "technitium",
            4,
            "48Gi",
            "Debian GNU/Linux 13",
            "10.128.1.52",
        ),
    ] {
        let root = format!("{name}-root");
        let disks = json!([{"name": "root", "persistentVolumeClaim": {"claimName": root}}]);
        let domain = json!({"cpu": {"cores": cores, "sockets": 1, "threads": 1}, "memory": {"guest": memory}, "devices": {"disks": [{"name": "root", "disk": {"bus": "virtio"}}], "interfaces": [{"name": "default", "masquerade": {}}]}});
        let spec = json!({"domain": domain, "evictionStrategy": "LiveMigrate", "volumes": disks, "networks": [{"name": "default", "pod": {}}]});
        put(
            world,
            json!({"kind": "VirtualMachine", "metadata": {"namespace": "vms", "name": name}, "spec": {"runStrategy": "Always", "template": {"metadata": {"labels": {"vm.kubevirt.io/os": os}}, "spec": spec}}, "status": {"printableStatus": "Running", "ready": true, "created": true, "conditions": [{"type": "Ready", "status": "True"}]}}),
            at,
        );
        put(
            world,
            json!({"kind": "VirtualMachineInstance", "metadata": {"namespace": "vms", "name": name, "ownerReferences": [{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "name": name, "uid": name, "controller": true}]}, "spec": spec, "status": {"phase": "Running", "nodeName": "wow-ocp-node3", "guestOSInfo": {"prettyName": os}, "interfaces": [{"name": "default", "ipAddress": address, "ipAddresses": [address]}], "phaseTransitionTimestamps": [{"phase": "Running", "phaseTransitionTimestamp": super::objects::stamp(at)}], "conditions": [{"type": "Ready", "status": "True"}, {"type": "AgentConnected", "status": "True"}, {"type": "LiveMigratable", "status": "True"}]}}),
            at,
        );
    }
}

fn git(world: &World, at: Timestamp) {
    let deployments = |names: &[&'static str]| {
        names
            .iter()
            .map(|name| ("apps", "Deployment", *name))
            .collect::<Vec<_>>()
    };
    let mut media = deployments(&[
        "plex",
        "sonarr",
        "radarr",
        "prowlarr",
        "bazarr",
        "overseerr",
        "riven",
        "rdt-client",
        "tdarr",
    ]);
    media.extend([
        ("", "PersistentVolumeClaim", "overseerr-config"),
        ("", "PersistentVolumeClaim", "riven-data"),
    ]);
    put(
        world,
        application(
            "media-stack",
            "media",
            "apps/media-stack/overlays/prod",
            &media,
        ),
        at,
    );
    let mut nautobot = deployments(&["nautobot", "nautobot-worker"]);
    nautobot.extend([
        ("apps", "StatefulSet", "nautobot-postgres"),
        ("", "PersistentVolumeClaim", "nautobot-media"),
    ]);
    let mut by_hand = application(
        "nautobot",
        "nautobot",
        "apps/nautobot/overlays/prod",
        &nautobot,
    );
    by_hand["spec"]["syncPolicy"] = json!({"syncOptions": ["CreateNamespace=true"]});
    put(world, by_hand, at);
    put(
        world,
        application(
            "keycloak",
            "keycloak",
            "apps/keycloak/overlays/prod",
            &[
                ("apps", "Deployment", "keycloak"),
                ("apps", "StatefulSet", "keycloak-db"),
            ],
        ),
        at,
    );
    put(
        world,
        application(
            "monitoring",
            "monitoring",
            "infrastructure/monitoring",
            &[
                ("apps", "StatefulSet", "prometheus"),
                ("apps", "Deployment", "grafana"),
                ("apps", "DaemonSet", "node-exporter"),
            ],
        ),
        at,
    );
    put(
        world,
        application(
            "external-secrets",
            "external-secrets",
            "infrastructure/operators/external-secrets",
            &[
                ("apps", "Deployment", "external-secrets"),
                ("apps", "Deployment", "bitwarden-cli"),
            ],
        ),
        at,
    );
    put(
        world,
        application(
            "homer",
            "homer",
            "apps/homer/overlays/prod",
            &[
                ("apps", "Deployment", "homer"),
                ("autoscaling", "HorizontalPodAutoscaler", "homer"),
            ],
        ),
        at,
    );
    put(
        world,
        application(
            "aap",
            "aap",
            "apps/aap/overlays/prod",
            &deployments(&["aap-controller", "aap-seeder"]),
        ),
        at,
    );
    put(
        world,
        application(
            "democratic-csi",
            "democratic-csi",
            "infrastructure/storage/democratic-csi",
            &deployments(&[
                "truenas-nfs-democratic-csi-controller",
                "truenas-iscsi-democratic-csi-controller",
            ]),
        ),
        at,
    );
}
