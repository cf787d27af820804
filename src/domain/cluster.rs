//! Namespaces and what rules them; names of configuration objects.

use super::{HasMeta, Meta, ResourceList, Text};

/// A Namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespace {
    /// Identity.
    pub meta: Meta,
    /// `Active` or `Terminating`.
    pub phase: Text,
    /// Conditions of a namespace that is being deleted.
    pub conditions: super::List<super::Condition>,
}

impl HasMeta for Namespace {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A ResourceQuota.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Identity.
    pub meta: Meta,
    /// Bounds.
    pub hard: ResourceList,
    /// Used so far.
    pub used: ResourceList,
}

impl HasMeta for Quota {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A LimitRange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitRange {
    /// Identity.
    pub meta: Meta,
    /// Its items.
    pub items: Vec<LimitItem>,
}

impl HasMeta for LimitRange {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// One item of a LimitRange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitItem {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    pub kind: Text,
    /// Upper bounds.
    pub max: ResourceList,
    /// Lower bounds.
    pub min: ResourceList,
    /// Default limits.
    pub default: ResourceList,
    /// Default requests.
    pub default_request: ResourceList,
}

/// A ConfigMap or Secret by name and keys; never a Secret's contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigObject {
    /// Identity.
    pub meta: Meta,
    /// Its keys; `None` where only metadata could be read.
    pub keys: Option<Vec<Text>>,
    /// Type of a Secret; empty for a ConfigMap.
    pub kind: Text,
}

impl HasMeta for ConfigObject {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}
