//! Volumes of pods, affinity, tolerations, spread.

use super::{Translator, wire};
use crate::domain::{
    Affinity, List, NodeTerm, PodTerm, PodVolume, ProjectedSource, RefVolume, Spread, Toleration,
    VolumeSource,
};

impl Translator {
    pub(crate) fn volume_of_pod(&mut self, wire: &wire::Volume) -> PodVolume {
        PodVolume {
            name: self.text(&wire.name),
            source: wire
                .volume_source
                .as_ref()
                .map(|source| self.volume_source(source))
                .unwrap_or_default(),
        }
    }

    fn volume_source(&mut self, wire: &wire::VolumeSource) -> VolumeSource {
        if let Some(claim) = &wire.persistent_volume_claim {
            VolumeSource::Claim {
                name: self.text(&claim.claim_name),
                read_only: claim.read_only,
            }
        } else if let Some(ephemeral) = &wire.ephemeral {
            let spec = ephemeral
                .volume_claim_template
                .as_ref()
                .and_then(|template| template.spec.as_ref());
            VolumeSource::Ephemeral {
                class: spec
                    .and_then(|spec| spec.storage_class_name.as_deref())
                    .map(|class| self.text(class)),
                size: spec
                    .and_then(|spec| spec.resources.as_ref()?.requests.get("storage"))
                    .map(wire::Quantity::amount)
                    .unwrap_or_default(),
            }
        } else if let Some(secret) = &wire.secret {
            VolumeSource::Secret(self.ref_volume(
                &secret.secret_name,
                secret.optional,
                &secret.items,
            ))
        } else if let Some(map) = &wire.config_map {
            let name = map.local_object_reference.as_ref().map_or("", |r| &r.name);
            VolumeSource::ConfigMap(self.ref_volume(name, map.optional, &map.items))
        } else if let Some(projected) = &wire.projected {
            VolumeSource::Projected(
                projected
                    .sources
                    .iter()
                    .filter_map(|source| self.projected(source))
                    .collect(),
            )
        } else if let Some(empty) = &wire.empty_dir {
            VolumeSource::EmptyDir {
                limit: empty
                    .size_limit
                    .as_ref()
                    .map(wire::Quantity::amount)
                    .unwrap_or_default(),
                medium: self.text(&empty.medium),
            }
        } else if let Some(host) = &wire.host_path {
            VolumeSource::HostPath(self.text(&host.path), self.text(&host.kind))
        } else if let Some(nfs) = &wire.nfs {
            VolumeSource::Nfs(self.text(&nfs.server), self.text(&nfs.path))
        } else if let Some(csi) = &wire.csi {
            let secret = csi
                .node_publish_secret_ref
                .as_ref()
                .map(|secret| self.text(&secret.name));
            VolumeSource::Csi(self.text(&csi.driver), secret)
        } else {
            VolumeSource::Other
        }
    }

    fn ref_volume(&mut self, name: &str, optional: bool, items: &[wire::KeyToPath]) -> RefVolume {
        RefVolume {
            name: self.text(name),
            optional,
            items: items
                .iter()
                .map(|item| (self.text(&item.key), self.text(&item.path)))
                .collect(),
        }
    }

    fn projected(&mut self, wire: &wire::VolumeProjection) -> Option<ProjectedSource> {
        if let Some(secret) = &wire.secret {
            let name = secret
                .local_object_reference
                .as_ref()
                .map_or("", |r| &r.name);
            return Some(ProjectedSource::Secret(self.ref_volume(
                name,
                secret.optional,
                &secret.items,
            )));
        }
        let map = wire.config_map.as_ref()?;
        let name = map.local_object_reference.as_ref().map_or("", |r| &r.name);
        Some(ProjectedSource::ConfigMap(self.ref_volume(
            name,
            map.optional,
            &map.items,
        )))
    }

    pub(crate) fn affinity(&mut self, wire: &wire::Affinity) -> Affinity {
        let node = wire.node_affinity.clone().unwrap_or_default();
        let anti = wire.pod_anti_affinity.clone().unwrap_or_default();
        let with = wire.pod_affinity.clone().unwrap_or_default();
        let required = node
            .required_during_scheduling_ignored_during_execution
            .unwrap_or_default();
        Affinity {
            node_required: required
                .node_selector_terms
                .iter()
                .map(|term| self.node_term(term))
                .collect(),
            node_preferred: node
                .preferred_during_scheduling_ignored_during_execution
                .iter()
                .map(|term| {
                    (
                        term.weight,
                        term.preference
                            .as_ref()
                            .map(|term| self.node_term(term))
                            .unwrap_or_default(),
                    )
                })
                .collect(),
            pod_required: self.pod_terms(&with.required_during_scheduling_ignored_during_execution),
            anti_required: self
                .pod_terms(&anti.required_during_scheduling_ignored_during_execution),
            anti_preferred: anti
                .preferred_during_scheduling_ignored_during_execution
                .iter()
                .map(|term| {
                    (
                        term.weight,
                        term.pod_affinity_term
                            .as_ref()
                            .map(|term| self.pod_term(term))
                            .unwrap_or_default(),
                    )
                })
                .collect(),
        }
    }

    pub(crate) fn node_term(&mut self, wire: &wire::NodeSelectorTerm) -> NodeTerm {
        let mut all = |rules: &[wire::NodeSelectorRequirement]| {
            rules
                .iter()
                .map(|rule| self.requirement(&rule.key, &rule.operator, &rule.values))
                .collect()
        };
        NodeTerm {
            labels: all(&wire.match_expressions),
            fields: all(&wire.match_fields),
        }
    }

    fn pod_terms(&mut self, wire: &[wire::PodAffinityTerm]) -> List<PodTerm> {
        wire.iter().map(|term| self.pod_term(term)).collect()
    }

    fn pod_term(&mut self, wire: &wire::PodAffinityTerm) -> PodTerm {
        PodTerm {
            selector: self.selector(wire.label_selector.as_ref()),
            topology_key: self.text(&wire.topology_key),
            namespaces: self.texts(&wire.namespaces),
        }
    }

    pub(crate) fn toleration(&mut self, wire: &wire::Toleration) -> Toleration {
        Toleration {
            key: self.text(&wire.key),
            operator: self.text(&wire.operator),
            value: self.text(&wire.value),
            effect: self.text(&wire.effect),
            seconds: wire.toleration_seconds,
        }
    }

    pub(crate) fn spread(&mut self, wire: &wire::TopologySpreadConstraint) -> Spread {
        Spread {
            max_skew: wire.max_skew,
            topology_key: self.text(&wire.topology_key),
            when: self.text(&wire.when_unsatisfiable),
            selector: self.selector(wire.label_selector.as_ref()),
        }
    }
}
