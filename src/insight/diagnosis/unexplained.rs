//! What no rule knows: the cluster's own last complaint is quoted, with little confidence, so that a
//! fault is never named without a word of proof.

use super::{Evidence, Inquiry, claim, pod, sign::Sign};
use crate::domain::{Backend, Claim, Event, Meta, Object, ObjectRef, Pod, VolumeSource};

/// Warnings this close to the newest one are of the same time, seconds.
const RECENT: i64 = 1200;

/// Names the last complaint about the subject where nothing better is known.
pub(super) fn subject(look: &mut Inquiry<'_>, object: &Object) {
    if look.findings.iter().any(|found| found.confidence >= 0.3) {
        return;
    }
    let reference = object.reference();
    if let Some(event) = last_warning(look, &reference.kind, object.meta()) {
        note(look, "unexplained", &reference, event);
    } else if look.findings.is_empty() {
        silent(look, object, &reference);
    }
}

/// Names the last complaint about a pod that does not start.
pub(super) fn pod(look: &mut Inquiry<'_>, one: &Pod) {
    let reference = pod::reference(one);
    let Some(event) = last_warning(look, "Pod", &one.meta) else {
        return;
    };
    let id = match &*event.reason {
        "FailedMount" | "FailedAttachVolume" | "FailedMapVolume"
            if on_nfs(look, one, &event.message) =>
        {
            "mount-failed-nfs"
        }
        "FailedMount" | "FailedAttachVolume" | "FailedMapVolume" => "mount-failed",
        _ => "unexplained",
    };
    note(look, id, &reference, event);
}

/// Names the last complaint about a claim for which no volume is made.
pub(super) fn claim(look: &mut Inquiry<'_>, claim: &Claim) {
    let reference = claim::reference(claim);
    let Some(event) = last_warning(look, "PersistentVolumeClaim", &claim.meta) else {
        return;
    };
    let id = match &*event.reason {
        "ProvisioningFailed" => "provisioning-failed",
        _ => "unexplained",
    };
    note(look, id, &reference, event);
}

fn note(look: &mut Inquiry<'_>, id: &str, reference: &ObjectRef, event: &Event) {
    let message = event.message.to_string();
    let facts = [
        ("message", message.as_str()),
        ("reason", &*event.reason),
        ("why", &message),
    ];
    look.find(
        id,
        reference,
        0.45,
        vec![Sign::event(event).evidence()],
        &facts,
    );
}

/// The fullest of the newest warnings about an object: next to the one that tells stand others
/// that only say that something was tried again.
fn last_warning<'a>(
    look: &Inquiry<'a>,
    kind: &str,
    meta: &Meta,
) -> Option<&'a std::sync::Arc<Event>> {
    let warnings = || {
        look.inventory()
            .events_about(kind, meta)
            .into_iter()
            .filter(|event| event.warning && &*event.reason != "BackOff")
    };
    let newest = warnings().filter_map(|event| event.last).max();
    warnings()
        .filter(|event| {
            newest
                .zip(event.last)
                .is_none_or(|(newest, last)| newest.duration_since(last).as_secs() <= RECENT)
        })
        .max_by_key(|event| event.message.len())
}

/// Not even an event: the state itself is all there is to quote.
fn silent(look: &mut Inquiry<'_>, object: &Object, reference: &ObjectRef) {
    let state = super::state::words(&look.case, object);
    let evidence: Vec<Evidence> =
        vec![Sign::field(reference, "field", "status", state.clone()).evidence()];
    look.find(
        "unexplained",
        reference,
        0.2,
        evidence,
        &[("message", &state), ("reason", "")],
    );
}

/// Whether the volume that a message names lies on NFS: by its own source, or by its driver.
fn on_nfs(look: &Inquiry<'_>, pod: &Pod, message: &str) -> bool {
    let Some(name) = message
        .split_once("volume \"")
        .and_then(|(_, rest)| rest.split('"').next())
    else {
        return false;
    };
    let nfs_volume = |volume: &str| {
        look.inventory()
            .volumes
            .find("", volume)
            .is_some_and(|found| match &found.backend {
                Backend::Nfs(..) => true,
                Backend::Csi { driver, .. } => driver.contains("nfs"),
                _ => false,
            })
    };
    nfs_volume(name)
        || pod
            .spec
            .volumes
            .iter()
            .any(|volume| *volume.name == *name && matches!(volume.source, VolumeSource::Nfs(..)))
}
