//! What happens when a pod is asked to go.

use super::{Around, budgets, maker, names, services};
use crate::{
    domain::{Conditions, Kind, Pod, VolumeSource},
    redbutton::{Plan, Verb, Weight},
};

/// Adds what becomes of a pod and of those who need it.
pub(super) fn of_pod(plan: &mut Plan, around: &Around<'_>, pod: &Pod) {
    match maker(pod) {
        Some(owner) => plan.fact(Weight::Plain, format!("{owner} makes a new one")),
        None => plan.fact(
            Weight::Loss,
            "nothing recreates this pod: it has no controller",
        ),
    }
    of_budgets(plan, around, pod);
    if has_scratch(pod) {
        plan.fact(Weight::Caution, "its emptyDir volumes are lost");
    }
    if pod.meta.labels.is("kubevirt.io", "virt-launcher") {
        plan.fact(
            Weight::Caution,
            "a virtual machine runs in it: it is shut down or moved with its pod",
        );
    }
    if is_last_ready(around, pod) {
        let behind = services(around, pod.meta.namespace(), &pod.meta.labels);
        let whose = if behind.is_empty() {
            "nothing answers".to_owned()
        } else {
            format!("service {} answers nobody", names(&behind))
        };
        plan.fact(
            Weight::Caution,
            format!("it is the only ready pod: {whose} until the new one is up"),
        );
    }
}

fn of_budgets(plan: &mut Plan, around: &Around<'_>, pod: &Pod) {
    around.needs(plan, Kind::DisruptionBudget, "disruption budgets");
    for budget in budgets(around, pod.meta.namespace(), &pod.meta.labels) {
        let asked = if plan.verb == Verb::DeletePod {
            "is not asked: a delete goes past it"
        } else {
            "refuses it while that is so"
        };
        if budget.allowed < 1 {
            plan.fact(
                Weight::Caution,
                format!(
                    "disruption budget {} allows none to go now ({} of {} healthy) and {asked}",
                    budget.meta.key.name, budget.healthy, budget.expected
                ),
            );
        }
    }
}

/// Whether a pod keeps something in a volume that ends with it.
pub(super) fn has_scratch(pod: &Pod) -> bool {
    pod.spec
        .volumes
        .iter()
        .any(|volume| matches!(volume.source, VolumeSource::EmptyDir { .. }))
}

fn is_last_ready(around: &Around<'_>, pod: &Pod) -> bool {
    let owner = pod.meta.controller().map(|owner| &owner.uid);
    pod.conditions.as_slice().holds("Ready")
        && !around
            .inventory
            .pods
            .in_namespace(pod.meta.namespace())
            .any(|other| {
                other.meta.key != pod.meta.key
                    && other.meta.controller().map(|owner| &owner.uid) == owner
                    && other.conditions.as_slice().holds("Ready")
            })
}
