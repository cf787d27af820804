//! Namespaces, quotas, limit ranges, names of configuration objects.

use super::{Translator, meta::conditions, wire};
use crate::domain::{ConfigObject, LimitItem, LimitRange, Namespace, Quota};

impl Translator {
    pub(crate) fn namespace(&mut self, wire: wire::Namespace) -> Namespace {
        let status = wire.status.unwrap_or_default();
        Namespace {
            meta: self.meta(wire.metadata),
            phase: self.text(&status.phase),
            conditions: conditions!(self, status.conditions),
        }
    }

    pub(crate) fn quota(&mut self, wire: wire::ResourceQuota) -> Quota {
        let status = wire.status.unwrap_or_default();
        let hard = wire.spec.unwrap_or_default().hard;
        Quota {
            meta: self.meta(wire.metadata),
            hard: self.resources(if status.hard.is_empty() {
                &hard
            } else {
                &status.hard
            }),
            used: self.resources(&status.used),
        }
    }

    pub(crate) fn limit_range(&mut self, wire: wire::LimitRange) -> LimitRange {
        LimitRange {
            meta: self.meta(wire.metadata),
            items: wire
                .spec
                .unwrap_or_default()
                .limits
                .iter()
                .map(|item| LimitItem {
                    kind: self.text(&item.kind),
                    max: self.resources(&item.max),
                    min: self.resources(&item.min),
                    default: self.resources(&item.default),
                    default_request: self.resources(&item.default_request),
                })
                .collect(),
        }
    }

    /// A ConfigMap or Secret of which only metadata came.
    pub(crate) fn config_object(&mut self, wire: wire::Partial) -> ConfigObject {
        ConfigObject {
            meta: self.meta(wire.metadata),
            ..ConfigObject::default()
        }
    }

    /// A ConfigMap or Secret from a dump: its keys, never its values.
    pub(crate) fn keyed_object(&mut self, wire: wire::Keyed) -> ConfigObject {
        let keys = wire
            .data
            .keys()
            .chain(wire.binary_data.keys())
            .chain(wire.string_data.keys());
        let keys = keys.map(|key| self.strings.text(key)).collect();
        ConfigObject {
            keys: Some(keys),
            kind: self.text(&wire.kind),
            meta: self.meta(wire.metadata),
        }
    }
}
