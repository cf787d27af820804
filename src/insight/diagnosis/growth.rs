//! Claims that are full, or grow.

use super::{Evidence, Inquiry, sign::Sign};
use crate::domain::{Claim, Condition, Conditions, ObjectRef, Truth};

/// A claim whose volume is full.
pub(super) fn full(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef) {
    let Some(usage) = look.inventory().volume_usage.get(&claim.meta.key) else {
        return;
    };
    let share = usage.share().unwrap_or_default();
    let bounds = &look.case.profile.thresholds;
    look.check(
        "the volume has room",
        share < bounds.storage_critical,
        format!("{:.0} % used", share * 100.0),
    );
    if share >= bounds.storage_critical {
        let text = format!("{} of {} bytes used", usage.used, usage.capacity);
        let evidence = vec![Sign::field(object, "field", "kubelet stats/summary", text).evidence()];
        look.find(
            "disk-full",
            object,
            if share >= 0.98 { 0.9 } else { 0.6 },
            evidence,
            &[
                ("claim", &claim.meta.key.name),
                ("share", &format!("{:.0}", share * 100.0)),
            ],
        );
    }
}

/// A claim that asks for more room than it has.
pub(super) fn resize(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef) {
    let conditions = claim.conditions.as_slice();
    let wants_more = !claim.capacity.is_zero() && claim.requested > claim.capacity;
    let (wanted, has) = (claim.requested.to_string(), claim.capacity.to_string());
    let facts = [
        ("wanted", wanted.as_str()),
        ("has", has.as_str()),
        ("claim", &*claim.meta.key.name),
    ];
    let size = Sign::field(
        object,
        "field",
        "spec.resources.requests.storage",
        format!("{wanted} wanted, {has} there"),
    )
    .evidence();
    if let Some(waiting) = conditions
        .condition("FileSystemResizePending")
        .filter(|one| one.status == Truth::True)
    {
        file_system(look, claim, object, waiting, size, &facts);
        return;
    }
    if !wants_more {
        return;
    }
    look.check(
        "the claim has the size it asks for",
        false,
        format!("{wanted} wanted, {has} there"),
    );
    if refused(look, claim, object, &size, &facts) {
        return;
    }
    let outside = look
        .events("PersistentVolumeClaim", claim)
        .into_iter()
        .rfind(|event| &*event.reason == "ExternalExpanding");
    let begun = conditions.condition("Resizing").is_some() || !claim.resize_status.is_empty();
    if !begun {
        let mut evidence = vec![size];
        evidence.extend(outside.map(|event| Sign::event(event).evidence()));
        let confidence = if outside.is_some() { 0.9 } else { 0.5 };
        look.find("resizer-not-running", object, confidence, evidence, &facts);
    }
}

/// The volume has grown, and its file system waits for a pod to be started.
fn file_system(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    object: &ObjectRef,
    waiting: &Condition,
    size: Evidence,
    facts: &[(&str, &str)],
) {
    let path = "status.conditions[FileSystemResizePending]";
    let sign = Sign::field(object, "condition", path, &*waiting.message);
    let mut evidence = vec![sign.evidence(), size];
    evidence.extend(
        look.events("PersistentVolumeClaim", claim)
            .iter()
            .filter(|event| event.reason.contains("Resize"))
            .map(|event| Sign::event(event).evidence()),
    );
    look.check(
        "the file system has grown",
        false,
        waiting.message.to_string(),
    );
    look.find("resize-pending", object, 0.93, evidence, facts);
}

/// Whether an event says that the volume was refused more room; its words tell the cause.
fn refused(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    object: &ObjectRef,
    size: &Evidence,
    facts: &[(&str, &str)],
) -> bool {
    let before = look.findings.len();
    let failed: Vec<_> = look
        .events("PersistentVolumeClaim", claim)
        .into_iter()
        .filter(|event| event.warning && event.reason.contains("Resize"))
        .collect();
    for event in &failed {
        look.read(&Sign::event(event));
    }
    if look.findings.len() == before
        && let Some(event) = failed.last()
    {
        let evidence = vec![Sign::event(event).evidence(), size.clone()];
        look.find("resize-failed", object, 0.9, evidence, facts);
    }
    look.findings.len() > before
}
