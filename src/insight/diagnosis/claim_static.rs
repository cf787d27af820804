//! Claims that only an existing volume can satisfy: which volume nearly fits, and why not.

use super::{Evidence, Inquiry, claim::reference, sign::Sign};
use crate::domain::{Claim, Kind, ObjectRef, StorageClass, Volume};

/// Whether a class makes no volumes of its own.
pub(super) fn is_static(class: &StorageClass) -> bool {
    &*class.provisioner == "kubernetes.io/no-provisioner"
}

fn volume_reference(volume: &Volume) -> ObjectRef {
    ObjectRef {
        kind: "PersistentVolume".into(),
        key: volume.meta.key.clone(),
    }
}

/// A volume that the claim nearly could have.
struct Near {
    /// How near, from 0 to 1; as a cause, how sure.
    weight: f64,
    proof: Evidence,
    words: String,
    volume: ObjectRef,
    /// It would fit, and an old claim still has it.
    taken: bool,
}

/// Holds every volume against the claim.
pub(super) fn examine(look: &mut Inquiry<'_>, claim: &Claim, class: Option<&StorageClass>) {
    let object = reference(claim);
    if !look.readable(Kind::Volume) && look.inventory().volumes.is_empty() {
        // without the right to see volumes only the event is left
        fallback(look, claim, &object, 0.6);
        return;
    }
    let wanted = class.map_or_else(
        || claim.class_name().map_or("", |name| name),
        |class| &class.meta.key.name,
    );
    let mut near: Vec<Near> = look
        .inventory()
        .volumes
        .iter()
        .filter_map(|volume| nearness(claim, volume, wanted))
        .collect();
    near.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    for one in near.iter().take(4) {
        look.check("a volume fits", false, one.words.clone());
    }
    if let Some(taken) = near.iter().position(|one| one.taken) {
        already_claimed(look, claim, near.swap_remove(taken));
        return;
    }
    let proofs = near.into_iter().map(|one| one.proof).take(3).collect();
    fallback_with(look, claim, &object, 0.93, proofs);
}

/// How near a volume comes to what a claim wants; `None` where it has nothing to do with it.
fn nearness(claim: &Claim, volume: &Volume, wanted: &str) -> Option<Near> {
    let why = misfits(claim, volume, wanted);
    let place = volume_reference(volume);
    let named = *claim.volume == *volume.meta.key.name;
    let reserved = volume
        .claim
        .as_ref()
        .is_some_and(|(key, _)| *key == claim.meta.key);
    let bound = &*volume.phase == "Bound";
    let left = matches!(&*volume.phase, "Released" | "Failed");
    let selected = !claim.selector.labels.is_empty() && claim.selector.matches(&volume.meta.labels);
    let taken = |weight: f64, path: &str, text: String| Near {
        weight,
        proof: Sign::field(&place, "field", path, text).evidence(),
        words: volume.meta.key.name.to_string(),
        volume: place.clone(),
        taken: true,
    };
    if left && (why.is_empty() || named || reserved || selected) {
        let weight = if why.is_empty() { 0.95 } else { 0.6 };
        return Some(taken(weight, "status.phase", volume.phase.to_string()));
    }
    if bound && named && !reserved {
        let holder = volume
            .claim
            .as_ref()
            .map_or(String::new(), |(key, _)| key.to_string());
        return Some(taken(0.93, "spec.claimRef", holder));
    }
    let (path, first) = why.first().filter(|_| !bound && !left)?;
    let weight = if named || selected || reserved {
        0.4
    } else {
        0.2 / why.len() as f64
    };
    let reasons: Vec<&str> = why.iter().map(|(_, text)| text.as_str()).collect();
    Some(Near {
        weight,
        proof: Sign::field(&place, "field", path, first.clone()).evidence(),
        words: format!("{}: {}", volume.meta.key.name, reasons.join(", ")),
        volume: place,
        taken: false,
    })
}

fn already_claimed(look: &mut Inquiry<'_>, claim: &Claim, near: Near) {
    let mut evidence = vec![near.proof];
    evidence.extend(said(look, claim));
    let name = Evidence {
        quote: near.words.clone(),
        reference: format!("{} metadata.name", near.volume),
        ..evidence[0].clone()
    };
    evidence.push(name);
    look.find(
        "static-pv-already-claimed",
        &near.volume,
        near.weight,
        evidence,
        &[("volume", &near.words), ("claim", &claim.meta.key.name)],
    );
}

fn said(look: &Inquiry<'_>, claim: &Claim) -> Vec<Evidence> {
    look.events("PersistentVolumeClaim", claim)
        .iter()
        .filter(|event| matches!(&*event.reason, "FailedBinding" | "ProvisioningFailed"))
        .map(|event| Sign::event(event).evidence())
        .collect()
}

fn fallback(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef, confidence: f64) {
    fallback_with(look, claim, object, confidence, Vec::new());
}

fn fallback_with(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    object: &ObjectRef,
    confidence: f64,
    near: Vec<Evidence>,
) {
    let mut evidence = said(look, claim);
    let class = claim.class_name().map_or(
        "(not set)",
        |name| if name.is_empty() { "\"\"" } else { name },
    );
    evidence.push(Sign::field(object, "field", "spec.storageClassName", class).evidence());
    evidence.extend(near);
    look.check("a volume fits", false, "none of the available ones");
    look.find(
        "no-matching-static-pv",
        object,
        confidence,
        evidence,
        &[
            ("class", class),
            ("size", &claim.requested.to_string()),
            ("modes", &claim.short_modes()),
        ],
    );
}

/// Why a volume does not fit: field and words.
fn misfits(claim: &Claim, volume: &Volume, class: &str) -> Vec<(String, String)> {
    let mut why = Vec::new();
    let mut add = |field: &str, text: String| why.push((field.to_owned(), text));
    if *volume.class != *class {
        add(
            "spec.storageClassName",
            format!("class is \"{}\", \"{class}\" is wanted", volume.class),
        );
    }
    if volume.capacity < claim.requested {
        add(
            "spec.capacity.storage",
            format!("{} is less than {}", volume.capacity, claim.requested),
        );
    }
    if let Some(mode) = claim.modes.iter().find(|mode| !volume.modes.contains(mode)) {
        add("spec.accessModes", format!("no {mode}"));
    }
    if volume.volume_mode != claim.volume_mode
        && !volume.volume_mode.is_empty()
        && !claim.volume_mode.is_empty()
    {
        add("spec.volumeMode", volume.volume_mode.to_string());
    }
    if claim.selector.present && !claim.selector.matches(&volume.meta.labels) {
        add("metadata.labels", "labels do not match the selector".into());
    }
    if let Some((key, _)) = volume
        .claim
        .as_ref()
        .filter(|(key, _)| *key != claim.meta.key && &*volume.phase == "Available")
    {
        add("spec.claimRef", format!("reserved for {key}"));
    }
    if !claim.volume.is_empty() && *claim.volume != *volume.meta.key.name {
        add("metadata.name", format!("the claim wants {}", claim.volume));
    }
    why
}
