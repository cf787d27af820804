//! Pods without a node: the scheduler's sentence taken apart, clause by clause, and held against
//! the nodes.

use super::{Evidence, Inquiry, node, pod, provisioner, sign::Sign};
use crate::domain::{Conditions, Kind, Node, ObjectRef, Pod, Truth};

/// One clause of the scheduler's sentence: how many nodes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Nodes; 0 where it speaks of the pod as a whole.
    pub nodes: u32,
    /// Why.
    pub why: String,
}

/// Takes the sentence apart: nodes in all, and its clauses.
pub(super) fn clauses(message: &str) -> (u32, Vec<Clause>) {
    let head = message.split(" preemption: ").next().unwrap_or(message);
    let (total, rest) = match head.split_once(" nodes are available: ") {
        Some((count, rest)) => {
            let total = count
                .rsplit('/')
                .next()
                .and_then(|all| all.trim().parse().ok());
            (total.unwrap_or(0), rest)
        }
        None => (0, head),
    };
    let mut out = Vec::new();
    for sentence in rest.split(". ") {
        for part in split_clauses(sentence.trim_end_matches('.')) {
            let part = part.trim();
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (nodes, why) = part.split_at(digits);
            let why = why.trim();
            if !why.is_empty() && !why.starts_with("no new claims") {
                out.push(Clause {
                    nodes: nodes.parse().unwrap_or(0),
                    why: why.into(),
                });
            }
        }
    }
    (total, out)
}

/// Commas part clauses, except inside braces (`{key: value, …}`) and brackets.
fn split_clauses(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            b',' if depth <= 0 => {
                out.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out
}

/// What a clause means, how much it counts, and the names in it.
fn meaning(why: &str) -> Option<(&'static str, f64)> {
    let taint = |key: &str| why.contains("taint") && why.contains(key);
    Some(match why {
        _ if taint("node.kubernetes.io/disk-pressure") => ("node-disk-pressure", 1.0),
        _ if taint("node.kubernetes.io/not-ready") || taint("node.kubernetes.io/unreachable") => {
            ("node-not-ready", 1.0)
        }
        _ if taint("node.kubernetes.io/network-unavailable") => ("cni-not-ready", 1.0),
        _ if taint("node.kubernetes.io/unschedulable") => ("node-cordoned", 1.0),
        _ if taint("node-role.kubernetes.io/control-plane")
            || taint("node-role.kubernetes.io/master") =>
        {
            ("untolerated-taint", 0.55)
        }
        _ if why.contains("taint") => ("untolerated-taint", 1.0),
        _ if why.contains("were unschedulable") => ("node-cordoned", 0.95),
        _ if why.contains("were not ready") => ("node-not-ready", 1.0),
        _ if why.contains("Insufficient devices.kubevirt.io/kvm") => ("kvm-unavailable", 1.0),
        _ if why.contains("Insufficient cpu") => ("insufficient-cpu", 1.0),
        _ if why.contains("Insufficient memory") => ("insufficient-memory", 1.0),
        _ if why.contains("Insufficient ephemeral-storage") => {
            ("insufficient-ephemeral-storage", 1.0)
        }
        _ if why.contains("Too many pods") || why.contains("Insufficient pods") => {
            ("too-many-pods", 1.0)
        }
        _ if why.contains("Insufficient ") => ("insufficient-extended-resource", 1.0),
        _ if why.contains("PersistentVolume's node affinity")
            || why.contains("volume node affinity conflict") =>
        {
            ("pv-node-affinity-conflict", 1.0)
        }
        _ if why.contains("node affinity/selector")
            || why.contains("node selector")
            || why.contains("didn't match Pod's node affinity") =>
        {
            ("node-selector-mismatch", 0.98)
        }
        _ if why.contains("topology spread") => ("topology-spread-conflict", 1.0),
        _ if why.contains("affinity rules") || why.contains("anti-affinity") => {
            ("affinity-conflict", 1.0)
        }
        _ if why.contains("free ports") => ("host-port-conflict", 1.0),
        _ if why.contains("max volume count") => ("max-volume-count", 1.0),
        _ if why.contains("enough free storage") => ("backend-out-of-space", 1.0),
        _ if why.contains("persistent volumes to bind") => ("no-matching-static-pv", 0.9),
        _ if why.contains("ReadWriteOncePod") => ("rwop-in-use", 1.0),
        _ if why.contains("non-existent persistentvolume") => ("pv-lost", 1.0),
        _ if why.contains("persistentvolumeclaim") && why.contains("not found") => {
            ("pvc-missing", 1.0)
        }
        _ if why.contains("unbound immediate PersistentVolumeClaims") => ("unbound-pvc", 1.0),
        _ if why.contains("ephemeral volume controller") => ("unbound-pvc", 0.8),
        _ if why.contains("persistentvolumeclaim") && why.contains("is being deleted") => {
            ("pvc-protection-in-use", 0.8)
        }
        _ => return None,
    })
}

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
    match sentence(look, one) {
        Some(sign) => read_sentence(look, one, &sign),
        None => nobody_cares(look, one, &object),
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
                provisioner::lvms(look, &driver);
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

/// Names and proof that the nodes themselves give for a clause.
fn held_against_nodes(
    look: &Inquiry<'_>,
    one: &Pod,
    cause: &str,
    why: &str,
    evidence: &mut Vec<Evidence>,
) -> Vec<(&'static str, String)> {
    let object = pod::reference(one);
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    match cause {
        "insufficient-cpu" | "insufficient-memory" | "insufficient-ephemeral-storage" => {
            let resource = cause.trim_start_matches("insufficient-");
            facts.extend(resource_facts(look, one, resource, evidence));
        }
        "insufficient-extended-resource" | "kvm-unavailable" => {
            let resource = why.trim_start_matches("Insufficient ").to_owned();
            facts.extend(resource_facts(look, one, &resource, evidence));
            facts.push(("resource", resource));
        }
        "node-selector-mismatch" | "node-cpu-model-incompatible" => {
            let wanted = wanted_labels(one);
            if !wanted.is_empty() {
                evidence.push(
                    Sign::field(&object, "field", "spec.nodeSelector", wanted.clone()).evidence(),
                );
            }
            facts.push(("selector", wanted));
        }
        "untolerated-taint" => {
            let taint = why
                .split_once('{')
                .and_then(|(_, rest)| rest.split_once('}'))
                .map_or(why, |(inside, _)| inside);
            facts.push(("taint", taint.trim_end_matches([' ', ':']).to_owned()));
        }
        "node-cordoned" | "node-not-ready" | "cni-not-ready" | "node-disk-pressure" => {
            let names = node::in_state(look, cause, evidence);
            facts.push(("node", names));
        }
        "pv-node-affinity-conflict" => facts.extend(pinned_volumes(look, one, evidence)),
        "pvc-missing" | "pv-lost" => {
            if let Some(name) = why.split('"').nth(1) {
                facts.push(("claim", name.to_owned()));
            }
        }
        "rwop-in-use" => facts.extend(holder(look, one, evidence)),
        "host-port-conflict" => {
            let ports: Vec<String> = one
                .spec
                .containers
                .iter()
                .flat_map(|one| &one.ports)
                .filter(|port| port.host > 0)
                .map(|port| port.host.to_string())
                .collect();
            evidence.push(
                Sign::field(
                    &object,
                    "field",
                    "spec.containers[].ports[].hostPort",
                    ports.join(", "),
                )
                .evidence(),
            );
            facts.push(("port", ports.join(", ")));
        }
        _ => {}
    }
    facts
}

fn resource_facts(
    look: &Inquiry<'_>,
    one: &Pod,
    resource: &str,
    evidence: &mut Vec<Evidence>,
) -> Vec<(&'static str, String)> {
    let wanted = one.request(resource);
    let object = pod::reference(one);
    evidence.push(
        Sign::field(
            &object,
            "field",
            &format!("spec.containers[].resources.requests.{resource}"),
            wanted.to_string(),
        )
        .evidence(),
    );
    let free = |node: &Node| {
        let used: crate::domain::Quantity = look
            .inventory()
            .pods_on(&node.meta.key.name)
            .filter(|pod| !pod.is_finished())
            .map(|pod| pod.request(resource))
            .sum();
        node.allocatable.of(resource) - used
    };
    let best = look
        .inventory()
        .nodes
        .iter()
        .map(|node| (free(node), node.meta.key.name.to_string()))
        .max();
    let words = |amount| {
        if resource == "cpu" {
            format!("{amount}")
        } else {
            super::bytes(amount)
        }
    };
    let mut facts = vec![("request", words(wanted))];
    if let Some((free, node)) = best {
        facts.push(("free", words(free)));
        facts.push(("best", node));
    }
    facts
}

/// Labels and required affinity of a pod in one line.
fn wanted_labels(one: &Pod) -> String {
    let mut words: Vec<String> = one
        .spec
        .node_selector
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    for term in &one.spec.affinity.node_required {
        for want in term.labels.iter().chain(&term.fields) {
            let values: Vec<&str> = want.values.iter().map(|value| &**value).collect();
            words.push(
                format!("{} {} {}", want.key, want.operator, values.join("|"))
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    words.join(", ")
}

/// Volumes of the pod that are pinned to nodes.
fn pinned_volumes(
    look: &Inquiry<'_>,
    one: &Pod,
    evidence: &mut Vec<Evidence>,
) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    for name in one.spec.claims() {
        let Some(claim) = look.inventory().claims.find(&one.meta.key.namespace, name) else {
            continue;
        };
        let Some(volume) = look.inventory().volumes.find("", &claim.volume) else {
            continue;
        };
        for want in volume
            .node_affinity
            .iter()
            .flat_map(|term| term.labels.iter().chain(&term.fields))
        {
            let values: Vec<&str> = want.values.iter().map(|value| &**value).collect();
            let object = ObjectRef {
                kind: "PersistentVolume".into(),
                key: volume.meta.key.clone(),
            };
            let text = format!("{} {} [{}]", want.key, want.operator, values.join(", "));
            evidence
                .push(Sign::field(&object, "field", "spec.nodeAffinity.required", text).evidence());
            facts.push(("volume", volume.meta.key.name.to_string()));
            facts.push(("pinned", values.join(", ")));
        }
    }
    facts
}

/// The pod that holds a claim which only one may use.
fn holder(
    look: &Inquiry<'_>,
    one: &Pod,
    evidence: &mut Vec<Evidence>,
) -> Vec<(&'static str, String)> {
    for name in one.spec.claims() {
        let key = crate::domain::Key {
            namespace: one.meta.key.namespace.clone(),
            name: name.clone(),
        };
        let other = look.inventory().pods_of_claim(&key).find(|other| {
            other.meta.key != one.meta.key && other.node.is_some() && !other.is_finished()
        });
        if let Some(other) = other {
            let object = pod::reference(other);
            evidence.push(
                Sign::field(
                    &object,
                    "field",
                    "spec.volumes[].persistentVolumeClaim.claimName",
                    &**name,
                )
                .evidence(),
            );
            return vec![
                ("holder", other.meta.key.name.to_string()),
                ("claim", name.to_string()),
            ];
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_schedulers_sentence_apart() {
        let (total, parts) = clauses(
            "0/6 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu, x}, 2 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/6 nodes are available: 6 Preemption is not helpful for scheduling.",
        );
        assert_eq!(total, 6);
        let counts: Vec<u32> = parts.iter().map(|part| part.nodes).collect();
        assert_eq!(counts, [1, 2, 3]);
        assert!(parts[0].why.contains("gpu, x"));
        let (_, parts) = clauses("0/3 nodes are available: persistentvolumeclaim \"x\" not found.");
        assert_eq!(
            parts,
            [Clause {
                nodes: 0,
                why: "persistentvolumeclaim \"x\" not found".into()
            }]
        );
    }

    #[test]
    fn every_known_clause_has_a_meaning() {
        for (why, cause) in [
            (
                "node(s) had untolerated taint {node.kubernetes.io/unreachable: }",
                "node-not-ready",
            ),
            (
                "node(s) had volume node affinity conflict",
                "pv-node-affinity-conflict",
            ),
            (
                "node(s) didn't match pod topology spread constraints (missing required label)",
                "topology-spread-conflict",
            ),
            (
                "node(s) didn't have free ports for the requested pod ports",
                "host-port-conflict",
            ),
            ("node(s) exceed max volume count", "max-volume-count"),
            ("Insufficient devices.kubevirt.io/kvm", "kvm-unavailable"),
            (
                "Insufficient nvidia.com/gpu",
                "insufficient-extended-resource",
            ),
        ] {
            assert_eq!(meaning(why).map(|(cause, _)| cause), Some(cause), "{why}");
        }
    }
}
