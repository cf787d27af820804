//! The provisioners of the simulation: they make volumes for claims.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    objects::{event, put},
    schedule::mebi,
    world::World,
};

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
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
        let fault = world.fault(&class).unwrap_or_default();
        match fault.as_str() {
            "" if made(world, driver) => bind(world, &claim, driver, at),
            "csi-unreachable" => fails(world, &claim, at),
            _ => waits(world, &claim, driver, at),
        }
    }
}

/// The driver takes the claim up and does not get through to its back end.
fn fails(world: &World, claim: &Value, at: Timestamp) {
    let (namespace, name) = (
        text(claim, "/metadata/namespace"),
        text(claim, "/metadata/name"),
    );
    event(
        world,
        claim,
        false,
        "Provisioning",
        &format!("External provisioner is provisioning volume for claim \"{namespace}/{name}\""),
        at,
    );
    event(
        world,
        claim,
        true,
        "ProvisioningFailed",
        &format!(
            "failed to provision volume with StorageClass \"{}\": rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            text(claim, "/spec/storageClassName")
        ),
        at,
    );
}

/// Binds a claim whose class has a driver, whether or not anybody works for that driver now.
pub fn bind_by_class(world: &World, namespace: &str, name: &str, at: Timestamp) {
    let Some(claim) = world.find("PersistentVolumeClaim", namespace, name) else {
        return;
    };
    if let Some(class) = world.find("StorageClass", "", text(&claim, "/spec/storageClassName")) {
        bind(world, &claim, text(&class, "/provisioner"), at);
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
