//! Claims that wait for their first consumer: is there one, and why does no node take it?

use super::{Inquiry, pod, sign::Sign};
use crate::domain::{Claim, Conditions, ObjectRef, Pod};

/// Whether a pod that has not ended uses the claim.
pub(super) fn any(look: &Inquiry<'_>, claim: &Claim) -> bool {
    look.inventory()
        .pods_of_claim(&claim.meta.key)
        .any(|one| !one.is_finished())
}

/// Who would use a claim that waits for its first consumer. Says whether it is a fault.
pub(super) fn consumers(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef) -> bool {
    let pods: Vec<_> = look
        .inventory()
        .pods_of_claim(&claim.meta.key)
        .filter(|one| !one.is_finished())
        .cloned()
        .collect();
    look.check(
        "a pod uses the claim",
        !pods.is_empty(),
        format!("{} pods", pods.len()),
    );
    if pods.is_empty() {
        let mut evidence: Vec<_> = look
            .events("PersistentVolumeClaim", claim)
            .iter()
            .filter(|event| &*event.reason == "WaitForFirstConsumer")
            .map(|event| Sign::event(event).evidence())
            .collect();
        evidence.push(Sign::field(object, "field", "status.phase", "Pending").evidence());
        look.find("wait-for-first-consumer", object, 0.9, evidence, &[]);
        return false;
    }
    if let Some(bypass) = pods.iter().find(|one| one.node.is_some()) {
        bypassed(look, claim, object, bypass);
        return true;
    }
    let waiting = pods
        .iter()
        .find(|one| pod::stage(look, one) == pod::Stage::Unscheduled);
    let Some(waiting) = waiting else { return false };
    unschedulable(look, claim, object, waiting);
    true
}

/// The pod already has a node though the claim was never bound: no scheduler chose it.
pub(super) fn bypassed(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef, one: &Pod) {
    let node = one.node.as_deref().unwrap_or_default();
    let consumer = pod::reference(one);
    let mut evidence = vec![Sign::field(&consumer, "field", "spec.nodeName", node).evidence()];
    evidence.extend(
        look.events("PersistentVolumeClaim", claim)
            .iter()
            .map(|event| Sign::event(event).evidence())
            .take(2),
    );
    evidence.extend(
        look.events("Pod", one)
            .iter()
            .filter(|event| event.warning)
            .map(|event| Sign::event(event).evidence())
            .take(2),
    );
    let _ = object;
    look.find(
        "wffc-nodename-bypass",
        &consumer,
        0.93,
        evidence,
        &[
            ("pod", &one.meta.key.name),
            ("node", node),
            ("claim", &claim.meta.key.name),
        ],
    );
}

pub(super) fn unschedulable(look: &mut Inquiry<'_>, claim: &Claim, object: &ObjectRef, one: &Pod) {
    let consumer = pod::reference(one);
    if look.has_seen(&consumer) {
        // the inquiry came from the pod: the claim only waits for it
        return;
    }
    let already = look.findings.len();
    look.visit(object);
    look.descend(&consumer, |look| {
        pod::examine(look, one);
    });
    let mut evidence: Vec<_> = look
        .events("Pod", one)
        .iter()
        .rev()
        .filter(|event| &*event.reason == "FailedScheduling")
        .take(1)
        .map(|event| Sign::event(event).evidence())
        .collect();
    if evidence.is_empty()
        && let Some(condition) = one.conditions.as_slice().condition("PodScheduled")
    {
        evidence.push(
            Sign::field(
                &consumer,
                "condition",
                "status.conditions[PodScheduled].message",
                &*condition.message,
            )
            .evidence(),
        );
    }
    evidence.extend(
        look.events("PersistentVolumeClaim", claim)
            .iter()
            .rev()
            .filter(|event| &*event.reason == "WaitForPodScheduled")
            .take(1)
            .map(|event| Sign::event(event).evidence()),
    );
    // a back end that refused the volume shows up as a pod that cannot be scheduled
    let back_end = look.findings[..already]
        .iter()
        .any(|found| !found.symptom && found.confidence > 0.5);
    // no node takes the pod because its own volume cannot be made there: storage is at fault after all
    let storage = look.findings[already..]
        .iter()
        .any(|found| found.confidence > 0.5 && is_storage(&found.cause));
    // what keeps the pod from a node is named too, below its consequence for the claim
    for found in look.findings.iter_mut().skip(already) {
        if let Some(first) = found.evidence.first()
            && evidence.len() < 5
            && !evidence.iter().any(|one| one.quote == first.quote)
        {
            evidence.push(first.clone());
        }
        if found.depth > 0 && !storage {
            found.confidence = found.confidence.min(0.9);
        }
    }
    let confidence = if back_end || storage { 0.5 } else { 0.93 };
    look.find(
        "wait-for-first-consumer-consumer-unschedulable",
        &consumer,
        confidence,
        evidence,
        &[("pod", &one.meta.key.name), ("claim", &claim.meta.key.name)],
    );
}

/// Whether a cause lies with the storage that the claim itself waits for.
fn is_storage(cause: &str) -> bool {
    cause.starts_with("lvm-")
        || cause.starts_with("provisioner-")
        || matches!(
            cause,
            "backend-out-of-space" | "csi-node-plugin-not-running" | "max-volume-count"
        )
}
