//! Metadata, owners, selectors, conditions.

use std::collections::BTreeMap;

use super::{Translator, moment, one_of, wire};
use crate::domain::{
    Condition, Key, Labels, Meta, Owner, Requirement, Said, Selector, Shared, Text, Truth,
};

/// Annotations longer than this are not kept: they are for machines.
const LONGEST_ANNOTATION: usize = 1024;
/// Annotations that only machines read: what was applied, and what the network gave each single pod.
const FOR_MACHINES: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "k8s.ovn.org/pod-networks",
    "k8s.v1.cni.cncf.io/network-status",
    "k8s.v1.cni.cncf.io/networks-status",
    "cni.projectcalico.org/podIP",
    "cni.projectcalico.org/podIPs",
];

impl Translator {
    pub(crate) fn meta(&mut self, wire: Option<wire::ObjectMeta>) -> Meta {
        let wire = wire.unwrap_or_default();
        Meta {
            key: Key {
                namespace: self.text(&wire.namespace),
                // owners, endpoints, events and usage name it too
                name: self.text(&wire.name),
            },
            uid: Text::from(wire.uid.as_str()),
            resource_version: Text::from(wire.resource_version.as_str()),
            generation: wire.generation,
            created: moment(wire.creation_timestamp).into(),
            deleting: moment(wire.deletion_timestamp).into(),
            finalizers: self.texts(&wire.finalizers),
            labels: self.pairs(&wire.labels),
            annotations: self.annotations(&wire.annotations),
            owners: self.owners(&wire.owner_references),
        }
    }

    fn annotations(&mut self, map: &BTreeMap<String, String>) -> Labels {
        let kept = map
            .iter()
            .filter(|(key, value)| {
                value.len() <= LONGEST_ANNOTATION && !FOR_MACHINES.contains(&key.as_str())
            })
            .map(|(key, value)| (self.strings.text(key), self.strings.text(value)))
            .collect();
        self.shared_pairs(kept)
    }

    fn owners(&mut self, wire: &[wire::OwnerReference]) -> Shared<Owner> {
        let owners = wire.iter().map(|owner| self.owner(owner)).collect();
        self.owners
            .get_or_insert_with(&owners, Clone::clone)
            .clone()
    }

    fn owner(&mut self, wire: &wire::OwnerReference) -> Owner {
        Owner {
            kind: self.text(&wire.kind),
            api_version: self.text(&wire.api_version),
            name: self.text(&wire.name),
            uid: self.text(&wire.uid),
            controller: wire.controller.unwrap_or_default(),
        }
    }

    pub(crate) fn selector(&mut self, wire: Option<&wire::LabelSelector>) -> Selector {
        let Some(wire) = wire else {
            return Selector::default();
        };
        Selector {
            labels: self.pairs(&wire.match_labels),
            expressions: wire
                .match_expressions
                .iter()
                .map(|rule| self.requirement(&rule.key, &rule.operator, &rule.values))
                .collect(),
            present: true,
        }
    }

    pub(crate) fn requirement(
        &mut self,
        key: &str,
        operator: &str,
        values: &[String],
    ) -> Requirement {
        Requirement {
            key: self.text(key),
            operator: self.text(operator),
            values: self.texts(values),
        }
    }

    pub(crate) fn condition(
        &mut self,
        kind: &str,
        status: &str,
        reason: &str,
        message: &str,
        since: Option<wire::Time>,
    ) -> Condition {
        let said = Said {
            kind: self.text(kind),
            status: Truth::parse(status),
            reason: self.text(reason),
            message: self.text(message),
        };
        Condition {
            said: one_of(&mut self.said, said),
            since: moment(since).into(),
        }
    }
}

/// Translates a list of conditions of any of the API's equal-looking types.
macro_rules! conditions {
    ($translator:expr, $list:expr) => {
        $list
            .iter()
            .map(|c| {
                $translator.condition(
                    &c.kind,
                    &c.status,
                    &c.reason,
                    &c.message,
                    c.last_transition_time,
                )
            })
            .collect()
    };
}
pub(super) use conditions;
