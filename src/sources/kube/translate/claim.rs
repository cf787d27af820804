//! Claims and volumes.

use super::{Translator, meta::conditions, moment, wire};
use crate::domain::{Backend, Claim, ClaimSource, Key, Volume};

impl Translator {
    pub(crate) fn claim(&mut self, wire: wire::PersistentVolumeClaim) -> Claim {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let requests = spec.resources.unwrap_or_default().requests;
        Claim {
            meta: self.meta(wire.metadata),
            class: spec
                .storage_class_name
                .as_deref()
                .map(|class| self.text(class)),
            requested: requests
                .get("storage")
                .map(wire::Quantity::amount)
                .unwrap_or_default(),
            capacity: status
                .capacity
                .get("storage")
                .map(wire::Quantity::amount)
                .unwrap_or_default(),
            modes: self.texts(&spec.access_modes),
            volume_mode: self.text(if spec.volume_mode.is_empty() {
                "Filesystem"
            } else {
                &spec.volume_mode
            }),
            volume: self.text(&spec.volume_name),
            selector: self.selector(spec.selector.as_ref()),
            source: self.claim_source(spec.data_source_ref.as_ref(), spec.data_source.as_ref()),
            phase: self.text(&status.phase),
            conditions: conditions!(self, status.conditions),
            resize_status: self.text(
                status
                    .allocated_resource_statuses
                    .get("storage")
                    .map_or("", |word| word),
            ),
        }
    }

    fn claim_source(
        &mut self,
        newer: Option<&wire::TypedObjectReference>,
        older: Option<&wire::TypedLocalObjectReference>,
    ) -> Option<ClaimSource> {
        let (group, kind, name) = match (newer, older) {
            (Some(source), _) => (&source.api_group, &source.kind, &source.name),
            (None, Some(source)) => (&source.api_group, &source.kind, &source.name),
            (None, None) => return None,
        };
        Some(ClaimSource {
            group: self.text(group),
            kind: self.text(kind),
            name: self.text(name),
        })
    }

    pub(crate) fn volume(&mut self, wire: wire::PersistentVolume) -> Volume {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let affinity = spec
            .node_affinity
            .unwrap_or_default()
            .required
            .unwrap_or_default();
        Volume {
            meta: self.meta(wire.metadata),
            class: self.text(&spec.storage_class_name),
            capacity: spec
                .capacity
                .get("storage")
                .map(wire::Quantity::amount)
                .unwrap_or_default(),
            modes: self.texts(&spec.access_modes),
            volume_mode: self.text(if spec.volume_mode.is_empty() {
                "Filesystem"
            } else {
                &spec.volume_mode
            }),
            reclaim: self.text(&spec.persistent_volume_reclaim_policy),
            claim: spec.claim_ref.as_ref().map(|claim| {
                (
                    Key {
                        namespace: self.text(&claim.namespace),
                        name: self.text(&claim.name),
                    },
                    self.text(&claim.uid),
                )
            }),
            node_affinity: affinity
                .node_selector_terms
                .iter()
                .map(|term| self.node_term(term))
                .collect(),
            backend: self.backend(&spec.persistent_volume_source.unwrap_or_default()),
            phase: self.text(&status.phase),
            reason: self.text(&status.reason),
            message: self.text(&status.message),
            phase_since: moment(status.last_phase_transition_time),
            mount_options: self.texts(&spec.mount_options),
        }
    }

    fn backend(&mut self, wire: &wire::PersistentVolumeSource) -> Backend {
        if let Some(csi) = &wire.csi {
            Backend::Csi {
                driver: self.text(&csi.driver),
                handle: self.text(&csi.volume_handle),
                attributes: self.pairs(&csi.volume_attributes),
                fs: self.text(&csi.fs_type),
            }
        } else if let Some(nfs) = &wire.nfs {
            Backend::Nfs(self.text(&nfs.server), self.text(&nfs.path))
        } else if let Some(local) = &wire.local {
            Backend::Local(self.text(&local.path))
        } else if let Some(host) = &wire.host_path {
            Backend::HostPath(self.text(&host.path))
        } else {
            Backend::Other
        }
    }
}
