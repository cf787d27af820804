//! Whose changes matter to an object: what is above it, below it, and what it stands on.

use std::collections::BTreeSet;

use crate::{
    domain::{Claim, Key, Kind, Meta, Object, ObjectRef, Pod},
    inventory::Inventory,
};

/// Objects that a family has at the most: an application of a thousand pods needs no longer story.
const MOST: usize = 2000;

/// The object, its controllers and application, what they own, its claims and volumes, and its nodes.
pub(super) fn family(inventory: &Inventory, subject: &ObjectRef) -> BTreeSet<ObjectRef> {
    let mut out = BTreeSet::from([subject.clone()]);
    let Some(object) = inventory.object(subject) else {
        return out;
    };
    above(inventory, &subject.kind, object.meta(), &mut out);
    match &object {
        Object::Pod(pod) => of_pod(inventory, pod, &mut out),
        Object::Claim(claim) => of_claim(inventory, claim, &mut out),
        Object::App(app) => {
            for one in &app.resources {
                let resource = ObjectRef::new(&one.kind, &one.namespace, &one.name);
                below(inventory, &resource, &mut out);
                out.insert(resource);
            }
        }
        Object::Vmi(_) | Object::Vm(_) => {
            let key = &object.meta().key;
            for kind in ["VirtualMachine", "VirtualMachineInstance"] {
                let machine = ObjectRef {
                    kind: kind.into(),
                    key: key.clone(),
                };
                below(inventory, &machine, &mut out);
                out.insert(machine);
            }
        }
        _ => below(inventory, subject, &mut out),
    }
    out
}

/// The controllers of an object and the application above them.
fn above(inventory: &Inventory, kind: &str, meta: &Meta, out: &mut BTreeSet<ObjectRef>) {
    let mut owner = meta.controller().cloned();
    for _ in 0..4 {
        let Some(up) = owner else { break };
        let above = ObjectRef::new(&up.kind, meta.namespace(), &up.name);
        owner = inventory
            .object(&above)
            .and_then(|object| object.meta().controller().cloned());
        out.insert(above);
    }
    if let Some(app) = inventory.app_above(kind, meta) {
        out.insert(reference("Application", &app.meta.key));
    }
}

/// The pods under a controller, with what they stand on.
fn below(inventory: &Inventory, subject: &ObjectRef, out: &mut BTreeSet<ObjectRef>) {
    let mut owners = vec![subject.clone()];
    while let Some(owner) = owners.pop() {
        if out.len() >= MOST {
            return;
        }
        let Some(object) = inventory.object(&owner) else {
            continue;
        };
        if let Object::Claim(claim) = &object {
            of_claim(inventory, claim, out);
            continue;
        }
        let uid = &object.meta().uid;
        for pod in inventory.pods_owned_by(uid) {
            of_pod(inventory, pod, out);
        }
        let namespace = object.meta().namespace();
        let mine = |meta: &Meta| meta.controller().is_some_and(|up| up.uid == *uid);
        let sets = inventory.replica_sets.in_namespace(namespace);
        owners.extend(
            sets.filter(|one| mine(&one.meta))
                .map(|one| reference("ReplicaSet", &one.meta.key)),
        );
        let jobs = inventory.jobs.in_namespace(namespace);
        owners.extend(
            jobs.filter(|one| mine(&one.meta))
                .map(|one| reference("Job", &one.meta.key)),
        );
        out.insert(owner);
    }
}

fn of_pod(inventory: &Inventory, pod: &Pod, out: &mut BTreeSet<ObjectRef>) {
    out.insert(reference("Pod", &pod.meta.key));
    out.extend(
        pod.node
            .as_ref()
            .map(|node| ObjectRef::new("Node", "", node)),
    );
    for name in pod.spec.claims() {
        let claim = ObjectRef::new(Kind::Claim.as_str(), pod.meta.namespace(), name);
        if let Some(Object::Claim(found)) = inventory.object(&claim) {
            of_claim(inventory, &found, out);
        }
        out.insert(claim);
    }
}

/// A claim with its volume and the pods that use it.
fn of_claim(inventory: &Inventory, claim: &Claim, out: &mut BTreeSet<ObjectRef>) {
    let key = &claim.meta.key;
    out.insert(reference(Kind::Claim.as_str(), key));
    if !claim.volume.is_empty() {
        out.insert(ObjectRef::new("PersistentVolume", "", &claim.volume));
    }
    let users = inventory.pods_of_claim(key);
    out.extend(users.map(|pod| reference("Pod", &pod.meta.key)));
}

fn reference(kind: &str, key: &Key) -> ObjectRef {
    ObjectRef {
        kind: kind.into(),
        key: key.clone(),
    }
}
