//! Kinds that the console reads only in parts: kept as JSON, looked up by path.

use serde_json::Value;

use super::{Condition, HasMeta, List, Meta, Text};

/// An object of a kind that has no struct of its own (OpenShift, LVMS, Velero, cert-manager, …).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Custom {
    /// Identity.
    pub meta: Meta,
    /// API group and version.
    pub api_version: Text,
    /// Kind.
    pub kind: Text,
    /// Its conditions, wherever `status.conditions` has them.
    pub conditions: List<Condition>,
    /// `spec`, `status` and other top-level fields, without metadata.
    pub body: Value,
}

impl HasMeta for Custom {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl Custom {
    /// The value at a dotted path such as `status.phase`; numbers index lists.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Value> {
        path.split('.')
            .try_fold(&self.body, |value, step| match value {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                other => other.get(step),
            })
    }

    /// The text at a dotted path.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The list at a dotted path; empty where there is none.
    #[must_use]
    pub fn list(&self, path: &str) -> &[Value] {
        self.at(path)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }
}
