//! Nodes: not ready, under pressure, cordoned, full.

use super::{Evidence, Inquiry, scheduling, sign::Sign};
use crate::domain::{Condition, Conditions, Node, ObjectRef, Pod, Truth};

/// The reference of a node.
fn reference(node: &Node) -> ObjectRef {
    ObjectRef {
        kind: "Node".into(),
        key: node.meta.key.clone(),
    }
}

fn condition_sign(node: &Node, condition: &Condition) -> Sign {
    let text = format!("{}: {}", condition.reason, condition.message);
    let path = format!(
        "status.conditions[{}]={}",
        condition.kind,
        condition.status.as_str()
    );
    Sign::field(
        &reference(node),
        format!("condition:{}", condition.kind),
        &path,
        text,
    )
}

/// Looks at the node a pod runs on.
pub(super) fn under(look: &mut Inquiry<'_>, pod: &Pod) {
    let Some(name) = &pod.node else { return };
    let Some(node) = look.inventory().nodes.find("", name).cloned() else {
        return;
    };
    let ready = node.conditions.as_slice().holds("Ready");
    look.check(format!("node {name} is ready"), ready, "");
    if ready {
        return;
    }
    let mut evidence: Vec<Evidence> = node
        .conditions
        .as_slice()
        .condition("Ready")
        .map(|condition| condition_sign(&node, condition).evidence())
        .into_iter()
        .collect();
    let events = look.inventory().events_about("Pod", &pod.meta);
    evidence.extend(
        events
            .iter()
            .filter(|event| &*event.reason == "NodeNotReady")
            .map(|event| Sign::event(event).evidence()),
    );
    let cause = not_ready_cause(&node);
    look.find(cause, &reference(&node), 0.94, evidence, &[("node", name)]);
}

/// What keeps the nodes that are not ready from being so, where all of them agree.
pub(super) fn common_cause(look: &Inquiry<'_>) -> &'static str {
    let mut causes = look
        .inventory()
        .nodes
        .iter()
        .filter(|node| !node.conditions.as_slice().holds("Ready"))
        .map(|node| not_ready_cause(node));
    match causes.next() {
        Some(first) if causes.all(|cause| cause == first) => first,
        _ => "node-not-ready",
    }
}

/// Whether the kubelet itself is gone, or its network is not set up.
fn not_ready_cause(node: &Node) -> &'static str {
    let message = node
        .conditions
        .as_slice()
        .condition("Ready")
        .map_or("", |ready| &ready.message);
    let network = [
        "NetworkPluginNotReady",
        "cni plugin not initialized",
        "network is not ready",
        "No CNI configuration",
    ];
    if network.iter().any(|word| message.contains(word)) {
        "cni-not-ready"
    } else {
        "node-not-ready"
    }
}

/// Names of the nodes in the state that a cause speaks of, with their own words as proof.
pub(super) fn in_state(look: &Inquiry<'_>, cause: &str, evidence: &mut Vec<Evidence>) -> String {
    let mut names = Vec::new();
    for node in look.inventory().nodes.iter() {
        let conditions = node.conditions.as_slice();
        let proof = match cause {
            "node-cordoned" if node.unschedulable => Some(Sign::field(
                &reference(node),
                "field",
                "spec.unschedulable",
                "true",
            )),
            "node-disk-pressure" => conditions
                .condition("DiskPressure")
                .filter(|one| one.status == Truth::True)
                .map(|one| condition_sign(node, one)),
            "node-not-ready" | "cni-not-ready" => conditions
                .condition("Ready")
                .filter(|one| one.status != Truth::True)
                .map(|one| condition_sign(node, one)),
            _ => None,
        };
        if let Some(proof) = proof {
            names.push(node.meta.key.name.to_string());
            if evidence.len() < 6 {
                evidence.push(proof.evidence());
            }
        }
    }
    names.join(", ")
}

/// Looks into a node. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, node: &Node) -> bool {
    let object = reference(node);
    let name = node.meta.key.name.to_string();
    let conditions = node.conditions.as_slice();
    let mut trouble = false;
    if let Some(ready) = conditions
        .condition("Ready")
        .filter(|one| one.status != Truth::True)
    {
        trouble = true;
        let evidence = vec![condition_sign(node, ready).evidence()];
        look.find(
            not_ready_cause(node),
            &object,
            0.95,
            evidence,
            &[("node", &name)],
        );
    }
    for (kind, cause) in [
        ("DiskPressure", "node-disk-pressure"),
        ("MemoryPressure", "node-memory-pressure"),
        ("PIDPressure", "node-pid-pressure"),
        ("NetworkUnavailable", "cni-not-ready"),
    ] {
        let Some(held) = conditions
            .condition(kind)
            .filter(|one| one.status == Truth::True)
        else {
            look.check(format!("no {kind}"), true, "");
            continue;
        };
        trouble = true;
        look.check(format!("no {kind}"), false, held.message.to_string());
        let mut evidence = vec![condition_sign(node, held).evidence()];
        let events = look.inventory().events_about("Node", &node.meta);
        evidence.extend(
            events
                .iter()
                .rev()
                .filter(|event| event.warning)
                .take(2)
                .map(|event| Sign::event(event).evidence()),
        );
        look.find(cause, &object, 0.93, evidence, &[("node", &name)]);
    }
    // somebody cordoned it on purpose; that is a fault only where pods find no other place
    let missed = node.unschedulable && scheduling::waits_for_cordoned(look);
    look.check(
        "it takes new pods, or nobody misses it",
        !missed,
        if node.unschedulable { "cordoned" } else { "" },
    );
    if missed {
        trouble = true;
        let evidence = vec![Sign::field(&object, "field", "spec.unschedulable", "true").evidence()];
        look.find("node-cordoned", &object, 0.8, evidence, &[("node", &name)]);
    }
    if trouble {
        look.read_events("Node", &node.meta, |event| event.warning);
    }
    trouble
}
