//! Objects as the API server would hold them.

use serde_json::{Value, json};

use super::{
    loads::{Load, Store},
    world::World,
};

/// A time in the API's form.
pub fn stamp(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Puts an object in; one that is there already is left alone.
pub fn put(world: &World, object: Value, at: jiff::Timestamp) {
    if world.create(object, &stamp(at)).is_err() {
        tracing::debug!("the lab has this object already");
    }
}

/// A namespace.
pub fn namespace(name: &str) -> Value {
    json!({"kind": "Namespace", "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})
}

/// A blade.
pub fn node(name: &str, address: &str, worker_label: &str) -> Value {
    let condition = |kind: &str, status: &str, reason: &str, message: &str| json!({"type": kind, "status": status, "reason": reason, "message": message, "lastHeartbeatTime": stamp(jiff::Timestamp::now()), "lastTransitionTime": "2026-01-02T08:00:00Z"});
    let size = json!({"cpu": "24", "memory": "131072Mi", "pods": "250", "ephemeral-storage": "480Gi", "devices.kubevirt.io/kvm": "1k"});
    json!({
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": "", "node-role.kubernetes.io/worker": "", "kubevirt.io/schedulable": "true", "network": worker_label}},
        "spec": {},
        "status": {
            "capacity": size, "allocatable": {"cpu": "23500m", "memory": "128000Mi", "pods": "250", "ephemeral-storage": "440Gi", "devices.kubevirt.io/kvm": "1k"},
            "conditions": [condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"), condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"), condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"), condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")],
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "nodeInfo": {"kubeletVersion": "v1.33.5", "osImage": "Red Hat Enterprise Linux CoreOS 9.6.20251125-0", "kernelVersion": "5.14.0-570.60.1.el9_6.x86_64", "containerRuntimeVersion": "cri-o://1.33.5-2", "architecture": "amd64", "operatingSystem": "linux", "machineID": name, "systemUUID": name, "bootID": name, "kubeProxyVersion": "v1.33.5"}
        }
    })
}

/// A storage class.
pub fn class(name: &str, provisioner: &str, binding: &str, default: bool) -> Value {
    json!({"kind": "StorageClass", "metadata": {"name": name, "annotations": {"storageclass.kubernetes.io/is-default-class": default.to_string()}}, "provisioner": provisioner, "reclaimPolicy": "Delete", "volumeBindingMode": binding, "allowVolumeExpansion": true})
}

/// A claim.
pub fn claim(store: &Store) -> Value {
    json!({"kind": "PersistentVolumeClaim", "metadata": {"namespace": store.namespace, "name": store.name, "labels": {"velero.io/backup": "true"}, "finalizers": ["kubernetes.io/pvc-protection"]}, "spec": {"accessModes": [store.mode], "resources": {"requests": {"storage": store.size}}, "storageClassName": store.class, "volumeMode": "Filesystem"}, "status": {"phase": "Pending"}})
}

/// A workload.
pub fn workload(load: &Load) -> Value {
    let labels = json!({"app": load.name});
    let mut spec = json!({"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod_spec(load)}});
    if load.kind != "DaemonSet" {
        spec["replicas"] = json!(load.replicas);
    }
    if load.kind == "Deployment" {
        spec["strategy"] =
            json!({"type": if load.claim.is_none() { "RollingUpdate" } else { "Recreate" }});
    }
    if load.kind == "StatefulSet" {
        spec["serviceName"] = json!(load.name);
    }
    json!({"kind": load.kind, "metadata": {"namespace": load.namespace, "name": load.name, "labels": labels}, "spec": spec, "status": {}})
}

fn pod_spec(load: &Load) -> Value {
    let probe = |path: &str| json!({"httpGet": {"path": path, "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3, "successThreshold": 1});
    let mut container = json!({"name": load.name, "image": load.image, "imagePullPolicy": "IfNotPresent", "resources": {"requests": {"cpu": format!("{}m", load.cpu), "memory": format!("{}Mi", load.memory)}, "limits": {"memory": format!("{}Mi", load.limit)}}, "ports": [{"containerPort": 8080, "protocol": "TCP"}], "livenessProbe": probe("/healthz"), "readinessProbe": probe("/ready")});
    let (mut mounts, mut volumes) = (Vec::new(), Vec::new());
    if let Some((claim, path)) = load.claim {
        mounts.push(json!({"name": "data", "mountPath": path}));
        volumes.push(json!({"name": "data", "persistentVolumeClaim": {"claimName": claim}}));
    }
    if load.has_mounts() {
        mounts.push(json!({"name": "media", "mountPath": "/mnt/media"}));
        volumes.push(json!({"name": "media", "emptyDir": {}}));
        mounts.push(json!({"name": "library", "mountPath": "/mnt/media/local", "readOnly": true}));
        volumes.push(json!({"name": "library", "persistentVolumeClaim": {"claimName": "media-library", "readOnly": true}}));
    }
    container["volumeMounts"] = json!(mounts);
    let mut containers = vec![container];
    if load.has_mounts() {
        containers.extend([
            cloud_mount("zurg", "/mnt/media/__all__"),
            cloud_mount("torbox", "/mnt/media/torrents"),
        ]);
    }
    let mut spec = json!({"containers": containers, "volumes": volumes, "restartPolicy": "Always", "serviceAccountName": load.name, "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30, "securityContext": {}});
    if let Some(links) = load.links() {
        spec["nodeSelector"] = json!({"network": links});
    }
    if load.has_mounts() {
        spec["affinity"] = json!({"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": {"matchExpressions": [{"key": "network", "operator": "In", "values": ["10g"]}]}}]}});
    }
    spec
}

/// A container beside a media application that mounts cloud storage for it.
fn cloud_mount(remote: &str, path: &str) -> Value {
    json!({"name": format!("rclone-{remote}"), "image": "docker.io/rclone/rclone:1.71.2", "imagePullPolicy": "IfNotPresent", "command": ["/bin/sh", "-c"], "args": [format!("rclone mount {remote}: {path} --allow-other --vfs-cache-mode writes")], "securityContext": {"privileged": true}, "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}, "volumeMounts": [{"name": "media", "mountPath": "/mnt/media", "mountPropagation": "Bidirectional"}]})
}

/// A service in front of a workload.
pub fn service(namespace: &str, name: &str, port: u16) -> Value {
    json!({"kind": "Service", "metadata": {"namespace": namespace, "name": name}, "spec": {"type": "ClusterIP", "clusterIP": format!("172.30.{}.{}", name.len(), port % 250), "selector": {"app": name}, "ports": [{"name": "main", "port": port, "targetPort": port, "protocol": "TCP"}]}})
}

/// Seconds until an event that comes over and over is counted up again.
const TOLD_AGAIN: i64 = 15;

/// Who reports an event of this reason.
fn reporter(reason: &str) -> &'static str {
    match reason {
        "Scheduled" | "FailedScheduling" => "default-scheduler",
        "ScalingReplicaSet" => "deployment-controller",
        "ExternalProvisioning" => "persistentvolume-controller",
        "Provisioning" | "ProvisioningFailed" | "ProvisioningSucceeded" => "external-provisioner",
        "VolumeGroupFailed" => "vg-manager",
        "Migrated" => "virt-handler",
        _ => "kubelet",
    }
}

/// Reports an event; one of the same object, reason and message is counted up.
pub fn event(
    world: &World,
    about: &Value,
    warning: bool,
    reason: &str,
    message: &str,
    at: jiff::Timestamp,
) {
    let namespace = about["metadata"]["namespace"]
        .as_str()
        .unwrap_or("default")
        .to_owned();
    let name = about["metadata"]["name"].as_str().unwrap_or_default();
    let digest = message
        .bytes()
        .fold(1_469_598_103_934_665_603_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
        });
    let own = format!("{name}.{:x}", digest ^ (reason.len() as u64) << 8);
    let time = stamp(at);
    if let Some(held) = world.find("Event", &namespace, &own) {
        let last = held["lastTimestamp"]
            .as_str()
            .and_then(|last| last.parse().ok());
        if last.is_some_and(|last: jiff::Timestamp| at.as_second() - last.as_second() < TOLD_AGAIN)
        {
            return;
        }
        world.edit("Event", &namespace, &own, |held| {
            held["count"] = json!(held["count"].as_i64().unwrap_or(1) + 1);
            held["lastTimestamp"] = json!(time);
        });
        return;
    }
    let kind = about["kind"].as_str().unwrap_or_default();
    let component = reporter(reason);
    let object = json!({"kind": kind, "namespace": about["metadata"]["namespace"], "name": name, "uid": about["metadata"]["uid"], "apiVersion": about["apiVersion"], "resourceVersion": about["metadata"]["resourceVersion"]});
    put(
        world,
        json!({"kind": "Event", "metadata": {"namespace": namespace, "name": own}, "involvedObject": object, "reason": reason, "message": message, "type": if warning { "Warning" } else { "Normal" }, "source": {"component": component}, "firstTimestamp": time, "lastTimestamp": time, "count": 1, "reportingComponent": component, "reportingInstance": ""}),
        at,
    );
}
