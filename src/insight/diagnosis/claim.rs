//! Claims: the whole tree from a class that is not there to a volume that cannot be made.

use super::{
    Inquiry, claim_static, consumers, growth, pod, provisioner, sign::Sign, source, unexplained,
};
use crate::domain::{Claim, Kind, ObjectRef, StorageClass};

/// Pods that use a claim may need so long to end before it can go, seconds.
const DELETION_GRACE: i64 = 90;

/// The reference of a claim.
pub(super) fn reference(claim: &Claim) -> ObjectRef {
    ObjectRef {
        kind: "PersistentVolumeClaim".into(),
        key: claim.meta.key.clone(),
    }
}

/// Looks into a claim. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, claim: &Claim) -> bool {
    if let Some(since) = claim.meta.deleting.time() {
        let fresh = look.age(since) < DELETION_GRACE;
        look.check("it goes away in time", fresh, "");
        if !fresh {
            terminating(look, claim);
        }
        return !fresh;
    }
    match &*claim.phase {
        "Bound" => bound(look, claim),
        _ => pending(look, claim),
    }
}

fn is_new(look: &Inquiry<'_>, claim: &Claim) -> bool {
    claim
        .meta
        .created
        .time()
        .is_some_and(|created| look.age(created) < 30)
}

/// A claim that is not bound. Says whether that is a fault.
pub(super) fn pending(look: &mut Inquiry<'_>, claim: &Claim) -> bool {
    let object = reference(claim);
    if &*claim.phase == "Lost" {
        lost(look, claim, &object);
        return true;
    }
    let before = look.findings.len();
    source::examine(look, claim, &object);
    // the newest word counts: what was complained about before a success is over
    look.read_events("PersistentVolumeClaim", &claim.meta, |event| {
        event.warning && &*event.reason != "FailedBinding"
    });
    let Some(class) = class_of(look, claim, &object) else {
        return !is_new(look, claim) || look.findings.len() > before;
    };
    let wanted = class.waits_for_consumer() && claim.volume.is_empty();
    if claim_static::is_static(&class) && wanted && !consumers::any(look, claim) {
        return consumers::consumers(look, claim, &object);
    }
    if claim_static::is_static(&class) || !claim.volume.is_empty() {
        claim_static::examine(look, claim, Some(&class));
        return true;
    }
    if class.waits_for_consumer() && claim.selected_node().is_none() {
        let fault = consumers::consumers(look, claim, &object);
        if look.findings.len() == before || !fault {
            return fault;
        }
    }
    provisioner::examine(look, claim, &class);
    if look.findings.len() == before {
        unexplained::claim(look, claim);
    }
    !is_new(look, claim) || look.findings.len() > before
}

fn lost(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef) {
    let mut evidence: Vec<_> = look
        .events("PersistentVolumeClaim", claim)
        .iter()
        .filter(|event| event.warning)
        .map(|event| Sign::event(event).evidence())
        .collect();
    evidence.push(Sign::field(object, "field", "status.phase", "Lost").evidence());
    let gone = look.inventory().volumes.find("", &claim.volume).is_none();
    look.check(format!("volume {} exists", claim.volume), !gone, "");
    look.find(
        "pv-lost",
        object,
        0.96,
        evidence,
        &[("volume", &claim.volume), ("claim", &claim.meta.key.name)],
    );
}

/// The class, after saying what is wrong with it. `None` ends the inquiry.
fn class_of(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    object: &ObjectRef,
) -> Option<std::sync::Arc<StorageClass>> {
    match claim.class_name().cloned() {
        Some(name) if name.is_empty() => {
            claim_static::examine(look, claim, None);
            None
        }
        Some(name) => {
            let class = look.inventory().classes.find("", &name).cloned();
            if class.is_none() && look.readable(Kind::StorageClass) {
                // a class that exists nowhere may still name static volumes
                let volumes = look
                    .inventory()
                    .volumes
                    .iter()
                    .any(|volume| volume.class == name);
                if volumes {
                    claim_static::examine(look, claim, None);
                } else {
                    no_such_class(look, claim, object, &name);
                }
            }
            if class.is_some() {
                look.check(format!("class {name} exists"), true, "");
            }
            class
        }
        None => {
            let class = look.inventory().default_class().cloned();
            if class.is_none() && look.readable(Kind::StorageClass) {
                let mut evidence: Vec<_> = look
                    .events("PersistentVolumeClaim", claim)
                    .iter()
                    .filter(|event| &*event.reason == "FailedBinding")
                    .map(|event| Sign::event(event).evidence())
                    .collect();
                evidence.push(
                    Sign::field(object, "field", "spec.storageClassName", "(not set)").evidence(),
                );
                look.check(
                    "a default class exists",
                    false,
                    "no class is marked as the default",
                );
                let names: Vec<String> = look
                    .inventory()
                    .classes
                    .iter()
                    .map(|class| class.meta.key.name.to_string())
                    .collect();
                look.find(
                    "no-default-storageclass",
                    object,
                    0.94,
                    evidence,
                    &[("classes", &names.join(", "))],
                );
            }
            class
        }
    }
}

fn no_such_class(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef, name: &str) {
    let mut evidence: Vec<_> = look
        .events("PersistentVolumeClaim", claim)
        .iter()
        .filter(|event| event.message.contains(name) && event.message.contains("not found"))
        .map(|event| Sign::event(event).evidence())
        .collect();
    evidence.push(Sign::field(object, "field", "spec.storageClassName", name).evidence());
    let names: Vec<String> = look
        .inventory()
        .classes
        .iter()
        .map(|class| class.meta.key.name.to_string())
        .collect();
    look.check(
        format!("class {name} exists"),
        false,
        format!("there are {}", names.join(", ")),
    );
    look.find(
        "storageclass-missing",
        object,
        0.95,
        evidence,
        &[("class", name), ("classes", &names.join(", "))],
    );
}

/// What was complained about a claim.
pub(super) fn failures(look: &Inquiry<'_>, claim: &Claim) -> Vec<super::Evidence> {
    look.events("PersistentVolumeClaim", claim)
        .iter()
        .filter(|event| event.warning)
        .map(|event| Sign::event(event).evidence())
        .collect()
}

fn terminating(look: &mut Inquiry<'_>, claim: &Claim) {
    let object = reference(claim);
    let users: Vec<_> = look
        .inventory()
        .pods_of_claim(&claim.meta.key)
        .filter(|one| !one.is_finished())
        .cloned()
        .collect();
    let finalizers: Vec<&str> = claim.meta.finalizers.iter().map(|one| &**one).collect();
    let mut evidence = vec![
        Sign::field(
            &object,
            "field",
            "metadata.finalizers",
            finalizers.join(", "),
        )
        .evidence(),
    ];
    if let Some(since) = claim.meta.deleting.time() {
        evidence.push(
            Sign::field(
                &object,
                "field",
                "metadata.deletionTimestamp",
                since.to_string(),
            )
            .evidence(),
        );
    }
    look.check(
        "no pod uses the claim",
        users.is_empty(),
        format!("{} pods", users.len()),
    );
    let names: Vec<String> = users
        .iter()
        .map(|one| one.meta.key.name.to_string())
        .collect();
    for one in &users {
        evidence.push(
            Sign::field(
                &pod::reference(one),
                "field",
                "spec.volumes[].persistentVolumeClaim.claimName",
                &*claim.meta.key.name,
            )
            .evidence(),
        );
    }
    if users.is_empty() {
        look.find(
            "finalizer-stuck",
            &object,
            0.7,
            evidence,
            &[("finalizer", &finalizers.join(", "))],
        );
    } else {
        look.find(
            "pvc-protection-in-use",
            &pod::reference(&users[0]),
            0.95,
            evidence,
            &[("pods", &names.join(", ")), ("claim", &claim.meta.key.name)],
        );
    }
}

/// A bound claim: growing, or its volume gone, or its pods cannot mount it.
fn bound(look: &mut Inquiry<'_>, claim: &Claim) -> bool {
    let object = reference(claim);
    let before = look.findings.len();
    growth::resize(look, claim, &object);
    if look.inventory().volumes.find("", &claim.volume).is_none()
        && !look.inventory().volumes.is_empty()
        && !claim.volume.is_empty()
    {
        look.check(format!("volume {} exists", claim.volume), false, "");
        let evidence =
            vec![Sign::field(&object, "field", "spec.volumeName", &*claim.volume).evidence()];
        look.find(
            "pv-lost",
            &object,
            0.7,
            evidence,
            &[("volume", &claim.volume), ("claim", &claim.meta.key.name)],
        );
    }
    growth::full(look, claim, &object);
    // what its pods suffer from is theirs: the claim itself is in order
    let waiting = look
        .inventory()
        .pods_of_claim(&claim.meta.key)
        .find(|one| !one.is_finished() && pod::stage(look, one) == pod::Stage::Starting)
        .map(|one| one.meta.key.to_string());
    look.check(
        "its pods can mount it",
        waiting.is_none(),
        waiting.map_or_else(String::new, |name| {
            format!("pod {name} does not start: ask about the pod")
        }),
    );
    look.check("the claim is bound", true, claim.volume.to_string());
    look.findings.len() > before
}
