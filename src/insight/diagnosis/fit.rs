//! What the nodes themselves say to a clause: who has room, who is pinned, who holds what is wanted.

use super::{Evidence, Inquiry, node, pod, sign::Sign};
use crate::domain::{Node, ObjectRef, Pod};

/// Names and proof that the nodes themselves give for a clause.
pub(super) fn held_against_nodes(
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
