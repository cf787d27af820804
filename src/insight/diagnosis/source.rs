//! What a claim is to be filled from: another claim, or a snapshot.

use super::{Evidence, Inquiry, claim::failures, sign::Sign};
use crate::domain::{Claim, Kind, ObjectRef};

/// What the claim is to be filled from.
pub(super) fn examine(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef) {
    let Some(source) = &claim.source else { return };
    let namespace = claim.meta.key.namespace.clone();
    let proof = Sign::field(
        object,
        "field",
        "spec.dataSource",
        format!("{} {}", source.kind, source.name),
    )
    .evidence();
    match &*source.kind {
        "PersistentVolumeClaim" => {
            let there = look
                .inventory()
                .claims
                .find(&namespace, &source.name)
                .is_some();
            if look.readable(Kind::Claim) {
                look.check(format!("source claim {} exists", source.name), there, "");
                if !there {
                    let mut evidence = vec![proof];
                    evidence.extend(failures(look, claim));
                    look.find(
                        "clone-source-missing",
                        object,
                        0.95,
                        evidence,
                        &[("source", &source.name)],
                    );
                }
            }
        }
        "VolumeSnapshot" => snapshot(look, claim, object, &source.name, proof),
        _ => {}
    }
}

fn snapshot(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    object: &ObjectRef,
    name: &str,
    proof: Evidence,
) {
    let table = look.inventory().custom("VolumeSnapshot");
    let found = table.and_then(|table| table.find(&claim.meta.key.namespace, name).cloned());
    let Some(found) = found else {
        let said = failures(look, claim);
        let told = said.iter().any(|one| one.quote.contains("not found"));
        if told || table.is_some() {
            let mut evidence = vec![proof];
            evidence.extend(said);
            look.find(
                "snapshot-source-missing",
                object,
                if told { 0.95 } else { 0.8 },
                evidence,
                &[("source", name)],
            );
        }
        return;
    };
    let ready = found
        .at("status.readyToUse")
        .and_then(serde_json::Value::as_bool)
        .unwrap_or(false);
    look.check(format!("snapshot {name} is ready"), ready, "");
    if ready {
        return;
    }
    let snapshot = ObjectRef {
        kind: "VolumeSnapshot".into(),
        key: found.meta.key.clone(),
    };
    let mut evidence = failures(look, claim);
    if let Some(message) = found.text("status.error.message") {
        evidence.insert(
            0,
            Sign::field(&snapshot, "field", "status.error.message", message).evidence(),
        );
    }
    for event in look
        .inventory()
        .events_about("VolumeSnapshot", &found.meta)
        .iter()
        .filter(|event| event.warning)
    {
        evidence.push(Sign::event(event).evidence());
    }
    evidence.push(Sign::field(&snapshot, "field", "status.readyToUse", "false").evidence());
    look.find(
        "snapshot-not-ready",
        &snapshot,
        0.96,
        evidence,
        &[("source", name)],
    );
}
