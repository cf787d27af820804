//! OpenShift's operators: what they run in their namespaces tells why they are degraded.

use super::{Inquiry, pod, stage::Stage};
use crate::domain::{Custom, ObjectRef};

/// Pods of one operator that are looked into.
const MOST_PODS: usize = 4;

/// Looks into the pods that are unwell in the namespaces an operator speaks of.
pub(super) fn operands(look: &mut Inquiry<'_>, operator: &Custom) {
    let namespaces: Vec<&str> = operator
        .list("status.relatedObjects")
        .iter()
        .filter(|one| one["resource"] == "namespaces")
        .filter_map(|one| one["name"].as_str())
        .collect();
    let reference = ObjectRef::new(&operator.kind, "", &operator.meta.key.name);
    let before = look.findings.len();
    let mut looked = 0;
    for namespace in namespaces {
        let pods: Vec<_> = look
            .inventory()
            .pods
            .in_namespace(namespace)
            .cloned()
            .collect();
        for one in pods {
            if looked == MOST_PODS || matches!(pod::stage(look, &one), Stage::Well | Stage::Young) {
                continue;
            }
            looked += 1;
            look.descend(&pod::reference(&one), |look| {
                pod::examine(look, &one);
            });
        }
    }
    let deeper = look.findings[before..]
        .iter()
        .any(|found| !found.symptom && found.confidence >= 0.5);
    let conditions = operator.conditions.iter().filter(|one| {
        let bad = match &*one.kind {
            "Available" => crate::domain::Truth::False,
            "Degraded" => crate::domain::Truth::True,
            _ => return false,
        };
        one.status == bad
    });
    let mut evidence = Vec::new();
    let mut said = String::new();
    for one in conditions {
        let path = format!("status.conditions[{}].message", one.kind);
        let text = format!("{}: {}", one.reason, one.message);
        if said.is_empty() {
            said.clone_from(&text);
        }
        evidence.push(super::sign::Sign::field(&reference, "field", &path, text).evidence());
    }
    look.find(
        "cluster-operator-degraded",
        &reference,
        if deeper { 0.5 } else { 0.8 },
        evidence,
        &[("message", &said)],
    );
}
