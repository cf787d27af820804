//! The seed's lab: three blades, the media stack, machines on both kinds of storage. It has run for
//! weeks; then comes a bad hour.

mod everyday;
mod platform;

use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::{
    apps::application,
    argocd, faults, loads,
    objects::{claim, namespace, put, service, stamp, workload},
    provision, simulate,
    world::World,
};

/// Minutes since the bad hour began.
const ONSET: i64 = 42;

/// Builds the scenario as it is some time into the bad hour, with the chosen faults on.
pub fn build(world: &World, wanted: &[String]) {
    let now = Timestamp::now();
    let ago = |span: Span| now.checked_sub(span).unwrap_or(now);
    let long = ago(Span::new().hours(47 * 24));
    calm(world, long);
    everyday::build(world, long, now);
    age(world, now);
    let onset = ago(Span::new().minutes(ONSET));
    latecomers(world, onset);
    git(world, long);
    argocd::git::begin(world);
    for name in wanted {
        faults::set(world, name, true, onset);
    }
    for minutes in (2..=40).rev().step_by(2) {
        simulate::tick(world, ago(Span::new().minutes(minutes)));
    }
    for name in wanted {
        faults::set(world, name, true, ago(Span::new().minutes(5)));
    }
}

/// The lab as it was for weeks: all is well.
fn calm(world: &World, long: Timestamp) {
    platform::build(world, long);
    let names: std::collections::BTreeSet<&str> = loads::workloads()
        .iter()
        .map(|load| load.namespace)
        .chain(["default", "kube-node-lease", "kube-system"])
        .collect();
    for name in names {
        put(world, namespace(name), long);
    }
    for store in loads::claims().iter().filter(|store| !store.is_late()) {
        put(world, claim(store), long);
        provision::bind_by_class(world, store.namespace, store.name, long);
    }
    for load in loads::workloads().iter().filter(|load| !load.is_late()) {
        put(world, workload(load), long);
    }
    makers(world);
    machines(world, long);
    put(world, service("keycloak", "keycloak-db", 5432), long);
    for step in 0..4 {
        let at = long.checked_add(Span::new().minutes(step));
        simulate::tick(world, at.unwrap_or(long));
    }
}

/// Nothing in a lab is equally old; events of weeks ago are forgotten.
fn age(world: &World, now: Timestamp) {
    if let Some(events) = super::kinds::of_kind("Event") {
        for event in world.list(events) {
            let word = |field: &str| event["metadata"][field].as_str().unwrap_or_default();
            world.remove(events, word("namespace"), word("name"));
        }
    }
    for kind in ["Pod", "VirtualMachineInstance"] {
        for object in world.all(kind) {
            let word = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
            // a namespace is deployed as a whole, and its pods come minutes apart
            let hours = 30 + super::world::digest(word("namespace")) % 900;
            let minutes = super::world::digest(word("name")) % 55;
            let span = Span::new()
                .hours(hours.cast_signed())
                .minutes(minutes.cast_signed());
            let since = stamp(now.checked_sub(span).unwrap_or(now));
            world.edit(kind, word("namespace"), word("name"), |held| {
                held["metadata"]["creationTimestamp"] = json!(since);
                begun(&mut held["status"], &since);
            });
        }
    }
}

/// Everything in a status that tells when it began, began then.
fn begun(status: &mut Value, since: &str) {
    match status {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if matches!(
                    name.as_str(),
                    "startTime" | "startedAt" | "lastTransitionTime" | "phaseTransitionTimestamp"
                ) {
                    *value = json!(since);
                } else {
                    begun(value, since);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| begun(item, since)),
        _ => {}
    }
}

/// What was added just before things went wrong.
fn latecomers(world: &World, onset: Timestamp) {
    for store in loads::claims().iter().filter(|store| store.is_late()) {
        put(world, claim(store), onset);
    }
    for load in loads::workloads().iter().filter(|load| load.is_late()) {
        put(world, workload(load), onset);
    }
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
    for (name, cores, memory, os) in [
        ("win2022", 6, "32Gi", "Windows Server 2022"),
        ("rhel9-idm", 2, "16Gi", "Red Hat Enterprise Linux 9.6"),
        ("technitium", 2, "4Gi", "Debian GNU/Linux 13"),
        ("build-runner", 4, "16Gi", "Red Hat Enterprise Linux 9.6"),
    ] {
        let root = format!("{name}-root");
        let disks = json!([{"name": "root", "persistentVolumeClaim": {"claimName": root}}]);
        let domain = json!({"cpu": {"cores": cores, "sockets": 1, "threads": 1}, "memory": {"guest": memory}, "devices": {"disks": [{"name": "root", "disk": {"bus": "virtio"}}], "interfaces": [{"name": "default", "masquerade": {}}]}});
        let spec = json!({"domain": domain, "evictionStrategy": "LiveMigrate", "volumes": disks, "networks": [{"name": "default", "pod": {}}]});
        // its instance comes with its launcher
        put(
            world,
            json!({"kind": "VirtualMachine", "metadata": {"namespace": "vms", "name": name}, "spec": {"runStrategy": "Always", "template": {"metadata": {"labels": {"vm.kubevirt.io/os": os}}, "spec": spec}}, "status": {}}),
            at,
        );
    }
}

fn git(world: &World, at: Timestamp) {
    for app in loads::apps() {
        let mut object = application(
            world.began,
            app.name,
            app.namespace,
            app.path,
            &app.resources,
        );
        if app.is_manual() {
            object["spec"]["syncPolicy"] = json!({"syncOptions": ["CreateNamespace=true"]});
        }
        put(world, object, at);
    }
}
