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

/// Holds every volume against the claim.
pub(super) fn examine(look: &mut Inquiry<'_>, claim: &Claim, class: Option<&StorageClass>) {
    let object = reference(claim);
    if !look.readable(Kind::Volume) && look.inventory().volumes.is_empty() {
        // without the right to see volumes only the event is left
        fallback(look, claim, &object, 0.6);
        return;
    }
    let volumes: Vec<_> = look.inventory().volumes.iter().cloned().collect();
    let wanted = class.map_or_else(
        || claim.class_name().map_or("", |name| name),
        |class| &class.meta.key.name,
    );
    let said = said(look, claim);
    let mut near: Vec<(f64, Evidence, String, ObjectRef, bool)> = Vec::new();
    for volume in &volumes {
        let why = misfits(claim, volume, wanted);
        let place = volume_reference(volume);
        let named = *claim.volume == *volume.meta.key.name;
        let reserved = volume
            .claim
            .as_ref()
            .is_some_and(|(key, _)| *key == claim.meta.key);
        let held = matches!(&*volume.phase, "Released" | "Bound" | "Failed");
        let selected =
            !claim.selector.labels.is_empty() && claim.selector.matches(&volume.meta.labels);
        if why.is_empty() && held && &*volume.phase != "Bound" {
            let proof = Sign::field(&place, "field", "status.phase", &*volume.phase).evidence();
            near.push((0.95, proof, volume.meta.key.name.to_string(), place, true));
        } else if held && (named || reserved || selected) && &*volume.phase != "Bound" {
            let proof = Sign::field(&place, "field", "status.phase", &*volume.phase).evidence();
            near.push((
                if why.is_empty() { 0.95 } else { 0.6 },
                proof,
                volume.meta.key.name.to_string(),
                place,
                true,
            ));
        } else if named && &*volume.phase == "Bound" && !reserved {
            let proof = Sign::field(
                &place,
                "field",
                "spec.claimRef",
                volume
                    .claim
                    .as_ref()
                    .map_or(String::new(), |(key, _)| key.to_string()),
            )
            .evidence();
            near.push((0.93, proof, volume.meta.key.name.to_string(), place, true));
        } else if !why.is_empty() && !held {
            let weight = if named || selected || reserved {
                0.4
            } else {
                0.2 / why.len() as f64
            };
            let proof = Sign::field(&place, "field", &why[0].0, why[0].1.clone()).evidence();
            near.push((
                weight,
                proof,
                format!(
                    "{}: {}",
                    volume.meta.key.name,
                    why.iter()
                        .map(|(_, text)| text.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                place,
                false,
            ));
        }
    }
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, _, words, _, _) in near.iter().take(4) {
        look.check("a volume fits", false, words.clone());
    }
    let released: Vec<_> = near.iter().filter(|one| one.4).take(1).cloned().collect();
    if let Some((confidence, proof, name, place, _)) = released.into_iter().next() {
        let mut evidence = vec![proof];
        evidence.extend(said);
        let volume = Evidence {
            quote: name.clone(),
            reference: format!("{place} metadata.name"),
            ..evidence[0].clone()
        };
        evidence.push(volume);
        look.find(
            "static-pv-already-claimed",
            &place,
            confidence,
            evidence,
            &[("volume", &name), ("claim", &claim.meta.key.name)],
        );
        return;
    }
    fallback_with(
        look,
        claim,
        &object,
        0.93,
        near.into_iter().map(|one| one.1).take(3).collect(),
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
