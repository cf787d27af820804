//! A webhook that nobody answers blocks what it watches: what keeps the workload behind its service
//! from answering is the deeper cause.

use std::sync::Arc;

use super::{Inquiry, sign::Sign, workload};
use crate::domain::Workload;

/// From the webhooks that are blamed so far to the workloads that should answer.
pub(super) fn follow(look: &mut Inquiry<'_>) {
    let blamed: Vec<(String, String)> = look
        .findings
        .iter()
        .filter(|found| &*found.cause == "webhook-unavailable")
        .filter_map(|found| {
            Some((
                found.facts.get("service")?.clone(),
                found.facts.get("service_ns")?.clone(),
            ))
        })
        .collect();
    for (service, namespace) in blamed {
        let Some(service) = look
            .inventory()
            .services
            .find(&namespace, &service)
            .cloned()
        else {
            continue;
        };
        for one in workload::selected_by(look, &namespace, &service.selector) {
            answers(look, &one);
        }
    }
}

/// Looks whether the workload of a webhook answers, and into it where not.
fn answers(look: &mut Inquiry<'_>, one: &Arc<Workload>) {
    let object = workload::reference(one);
    let words = format!("{} wanted, {} ready", one.desired, one.ready);
    look.check(
        format!("{} answers", one.meta.key),
        one.ready > 0,
        words.clone(),
    );
    look.support(
        "webhook-unavailable",
        &[Sign::field(&object, "field", "spec.replicas", words).evidence()],
    );
    if one.ready > 0 || one.desired == 0 {
        return;
    }
    let before = look.findings.len();
    look.descend(&object, |look| {
        workload::examine(look, one);
    });
    look.gives_way("webhook-unavailable", before);
}
