//! Pods without a node: each clause of the scheduler's sentence held against the nodes.

use super::{
    Evidence, Inquiry,
    clauses::{clauses, meaning},
    fit::held_against_nodes,
    lvms, machine, node, pod,
    sign::Sign,
};
use crate::domain::{Conditions, Kind, ObjectRef, Pod, Truth};

/// The pod's own sentence: the condition, else the last event.
fn sentence(look: &Inquiry<'_>, one: &Pod) -> Option<Sign> {
    let object = pod::reference(one);
    let event = look
        .inventory()
        .events_about("Pod", &one.meta)
        .into_iter()
        .rfind(|event| &*event.reason == "FailedScheduling");
    if let Some(event) = event {
        return Some(Sign::event(event));
    }
    let condition = one.conditions.as_slice().condition("PodScheduled")?;
    (condition.status == Truth::False && !condition.message.is_empty()).then(|| {
        Sign::field(
            &object,
            "condition:PodScheduled",
            "status.conditions[PodScheduled].message",
            &*condition.message,
        )
    })
}

/// Whether a pod finds no node because nodes are cordoned.
pub(super) fn waits_for_cordoned(look: &Inquiry<'_>) -> bool {
    look.inventory().pods.iter().any(|one| {
        pod::stage(look, one) == pod::Stage::Unscheduled
            && sentence(look, one).is_some_and(|sign| {
                clauses(&sign.text).1.iter().any(|part| {
                    meaning(&part.why).is_some_and(|(cause, _)| cause == "node-cordoned")
                })
            })
    })
}

/// Looks into a pod without a node.
pub(super) fn examine(look: &mut Inquiry<'_>, one: &Pod) {
    let object = pod::reference(one);
    if !one.spec.gates.is_empty() {
        gated(look, one, &object);
        return;
    }
    look.read_events("Pod", &one.meta, |event| {
        event.warning && &*event.reason != "FailedScheduling"
    });
    pod::claims(look, one);
    if one.spec.node_selector.is("kubevirt.io/schedulable", "true") {
        let proof = machine::scheduling_proof(look, one);
        machine::handler(look, &object, proof);
    }
    let before = look.findings.len();
    match sentence(look, one) {
        Some(sign) => read_sentence(look, one, &sign),
        None => nobody_cares(look, one, &object),
    }
    if look.inventory().nodes.is_empty() {
        // what the nodes themselves say may be the deeper cause
        look.unknown("what the nodes say", "no node could be read");
        for found in look.findings.iter_mut().skip(before) {
            found.confidence = found.confidence.min(0.7);
        }
    }
}

fn gated(look: &mut Inquiry<'_>, one: &Pod, object: &ObjectRef) {
    let gates: Vec<&str> = one.spec.gates.iter().map(|gate| &**gate).collect();
    let mut evidence =
        vec![Sign::field(object, "field", "spec.schedulingGates", gates.join(", ")).evidence()];
    if let Some(condition) = one.conditions.as_slice().condition("PodScheduled") {
        evidence.push(
            Sign::field(
                object,
                "condition",
                "status.conditions[PodScheduled].message",
                &*condition.message,
            )
            .evidence(),
        );
    }
    look.find(
        "scheduling-gated",
        object,
        0.96,
        evidence,
        &[("gate", &gates.join(", "))],
    );
}

/// No condition, no event: no scheduler has looked at the pod.
fn nobody_cares(look: &mut Inquiry<'_>, one: &Pod, object: &ObjectRef) {
    let name = if one.spec.scheduler.is_empty() {
        "default-scheduler"
    } else {
        &one.spec.scheduler
    };
    let runs = look.inventory().pods.iter().any(|other| {
        other
            .meta
            .key
            .name
            .contains(name.trim_start_matches("default-"))
            && other.conditions.as_slice().holds("Ready")
    });
    look.check(
        format!("scheduler {name} has looked at the pod"),
        false,
        "neither an event nor a condition of it",
    );
    let custom = name != "default-scheduler";
    if custom || !runs {
        let evidence = vec![Sign::field(object, "field", "spec.schedulerName", name).evidence()];
        look.find(
            "scheduler-not-found",
            object,
            if custom { 0.92 } else { 0.3 },
            evidence,
            &[("scheduler", name)],
        );
    }
}

fn read_sentence(look: &mut Inquiry<'_>, one: &Pod, sign: &Sign) {
    let (total, parts) = clauses(&sign.text);
    if parts.iter().all(|part| meaning(&part.why).is_none()) {
        look.read(sign);
    }
    for part in &parts {
        let Some((cause, weight)) = meaning(&part.why) else {
            continue;
        };
        let share = if total == 0 || part.nodes == 0 {
            1.0
        } else {
            f64::from(part.nodes) / f64::from(total)
        };
        let cause = deeper(look, one, cause);
        let blocked = cause == "backend-out-of-space" && look.blames("lvm-");
        let confidence = (0.58 + 0.36 * share) * if blocked { 0.6 } else { weight };
        let telling = sign
            .text
            .find(&part.why)
            .map(|at| (at, at + part.why.len()));
        let mut evidence = vec![Evidence {
            telling,
            ..sign.evidence()
        }];
        let nodes = format!("{} of {total}", part.nodes);
        let facts = held_against_nodes(look, one, cause, &part.why, &mut evidence);
        let object = object_of(look, one, cause, &part.why);
        let facts: Vec<(&str, &str)> = facts
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut all = vec![("nodes", nodes.as_str()), ("why", part.why.as_str())];
        all.extend(facts);
        look.check(format!("nodes fit: {}", part.why), false, nodes.clone());
        look.find(cause, &object, confidence, evidence, &all);
    }
}

/// What stands behind a clause: a node that is not ready for want of a network, a volume group that
/// offers no space because it was never set up.
fn deeper(look: &mut Inquiry<'_>, one: &Pod, cause: &'static str) -> &'static str {
    match cause {
        "node-not-ready" => node::common_cause(look),
        "node-selector-mismatch" if wants_strange_cpu(look, one) => "node-cpu-model-incompatible",
        "backend-out-of-space" => {
            let drivers: Vec<_> = one
                .spec
                .claims()
                .filter_map(|name| look.inventory().claims.find(&one.meta.key.namespace, name))
                .filter_map(|claim| {
                    let name = claim.class_name();
                    let classes = &look.inventory().classes;
                    name.map_or_else(
                        || look.inventory().default_class(),
                        |name| classes.find("", name),
                    )
                })
                .map(|class| class.provisioner.clone())
                .collect();
            for driver in drivers {
                lvms::examine(look, &driver);
            }
            cause
        }
        _ => cause,
    }
}

/// Whether a machine's pod asks for a processor model or feature that no node has.
fn wants_strange_cpu(look: &Inquiry<'_>, one: &Pod) -> bool {
    one.spec.node_selector.iter().any(|(key, value)| {
        let of_cpu = [
            "cpu-model.node.kubevirt.io/",
            "cpu-feature.node.kubevirt.io/",
            "host-model-cpu.node.kubevirt.io/",
            "cpu-model-migration.node.kubevirt.io/",
        ]
        .iter()
        .any(|prefix| key.starts_with(prefix));
        let nodes = &look.inventory().nodes;
        of_cpu && !nodes.iter().any(|node| node.meta.labels.is(key, value))
    })
}

/// What has to be changed for a clause: mostly the pod's own template, sometimes a node.
fn object_of(look: &Inquiry<'_>, one: &Pod, cause: &str, why: &str) -> ObjectRef {
    let node = look.inventory().nodes.iter().find(|node| match cause {
        "node-cordoned" => node.unschedulable,
        "node-not-ready" | "cni-not-ready" => !node.conditions.as_slice().holds("Ready"),
        "node-disk-pressure" => node.conditions.as_slice().holds("DiskPressure"),
        _ => false,
    });
    if let Some(node) = node {
        return ObjectRef {
            kind: Kind::Node.as_str().into(),
            key: node.meta.key.clone(),
        };
    }
    if cause == "pvc-missing"
        && let Some(name) = why.split('"').nth(1)
    {
        return match look.inventory().claims.find(&one.meta.key.namespace, name) {
            Some(claim) => super::claim::reference(claim),
            None => pod::reference(one),
        };
    }
    pod::reference(one)
}
