//! What every object carries: identity, labels, owners.

use std::fmt;

use super::{List, Moment, Shared, Text};

/// Sorted, shared string pairs: labels, annotations, node selectors, class parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels(Shared<(Text, Text)>);

impl Labels {
    /// From pairs in any order; the last of two equal keys wins.
    #[must_use]
    pub fn new(mut pairs: Vec<(Text, Text)>) -> Self {
        pairs.sort();
        Self(pairs.into())
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Text> {
        let at = self
            .0
            .binary_search_by(|(name, _)| (**name).cmp(key))
            .ok()?;
        Some(&self.0[at].1)
    }

    /// Whether `key` is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether `key` is there with `value`.
    #[must_use]
    pub fn is(&self, key: &str, value: &str) -> bool {
        self.get(key).is_some_and(|found| **found == *value)
    }

    /// All pairs by key.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every pair of `wanted` is here too.
    #[must_use]
    pub fn contains(&self, wanted: &Self) -> bool {
        wanted
            .iter()
            .all(|(key, value)| self.get(key) == Some(value))
    }
}

/// The place of an object among those of its kind. Cluster-scoped kinds have an empty namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Namespace; empty for cluster-scoped kinds.
    pub namespace: Text,
    /// Name.
    pub name: Text,
}

impl Key {
    /// The key of a namespaced object (an empty namespace means cluster-scoped).
    #[must_use]
    pub fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: Text::from(namespace),
            name: Text::from(name),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{}", self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}

/// Who owns an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Owner {
    /// Kind, as `ReplicaSet`.
    pub kind: Text,
    /// API group and version, as `apps/v1`.
    pub api_version: Text,
    /// Name, in the same namespace.
    pub name: Text,
    /// Identity.
    pub uid: Text,
    /// Whether it is the managing controller.
    pub controller: bool,
}

/// What every Kubernetes object carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Namespace and name.
    pub key: Key,
    /// Identity; survives no re-creation.
    pub uid: Text,
    /// The version that a precondition names; empty in hand-written dumps.
    pub resource_version: Text,
    /// Generation of the spec, 0 where the kind has none.
    pub generation: i64,
    /// When it was created.
    pub created: Moment,
    /// When deletion was asked for; finalizers may hold it since then.
    pub deleting: Moment,
    /// What must be done before it may go.
    pub finalizers: List<Text>,
    /// Labels.
    pub labels: Labels,
    /// Annotations, without the last applied configuration and without values over 1 KiB.
    pub annotations: Labels,
    /// Owners.
    pub owners: Shared<Owner>,
}

impl Meta {
    /// Namespace; empty for cluster-scoped kinds.
    #[must_use]
    pub const fn namespace(&self) -> &Text {
        &self.key.namespace
    }

    /// Name.
    #[must_use]
    pub const fn name(&self) -> &Text {
        &self.key.name
    }

    /// The managing controller.
    #[must_use]
    pub fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.controller)
    }

    /// The Argo CD application that tracks this object, as the tracking annotation or label names it.
    ///
    /// The annotation is `[namespace_]app:group/kind:namespace/name`.
    #[must_use]
    pub fn tracking_app(&self) -> Option<&str> {
        self.annotations
            .get("argocd.argoproj.io/tracking-id")
            .and_then(|id| id.split(':').next())
            .or_else(|| {
                self.labels
                    .get("argocd.argoproj.io/instance")
                    .map(|app| &**app)
            })
            .filter(|app| !app.is_empty())
    }
}

/// Anything with metadata.
pub trait HasMeta {
    /// Its metadata.
    fn meta(&self) -> &Meta;
}
