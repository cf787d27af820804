//! Claims that are full, or grow.

use super::{Inquiry, sign::Sign};
use crate::domain::{Claim, Conditions, ObjectRef, Truth};

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
        let sign = Sign::field(
            object,
            "condition",
            "status.conditions[FileSystemResizePending]",
            &*waiting.message,
        );
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
        look.find("resize-pending", object, 0.93, evidence, &facts);
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
    let before = look.findings.len();
    let failed: Vec<_> = look
        .events("PersistentVolumeClaim", claim)
        .into_iter()
        .filter(|event| event.warning && event.reason.contains("Resize"))
        .collect();
    for event in &failed {
        look.read(&Sign::event(event));
    }
    if look.findings.len() > before {
        return;
    }
    if let Some(event) = failed.last() {
        look.find(
            "resize-failed",
            object,
            0.9,
            vec![Sign::event(event).evidence(), size],
            &facts,
        );
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
        look.find(
            "resizer-not-running",
            object,
            if outside.is_some() { 0.9 } else { 0.5 },
            evidence,
            &facts,
        );
    }
}
