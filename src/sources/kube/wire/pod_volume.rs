//! Volumes of pods, affinity, tolerations.

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Volume {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(flatten)]
    #[prost(message, optional, tag = "2")]
    pub volume_source: Option<VolumeSource>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeSource {
    #[serde(rename = "hostPath")]
    #[prost(message, optional, tag = "1")]
    pub host_path: Option<HostPathVolumeSource>,
    #[serde(rename = "emptyDir")]
    #[prost(message, optional, tag = "2")]
    pub empty_dir: Option<EmptyDirVolumeSource>,
    #[prost(message, optional, tag = "6")]
    pub secret: Option<SecretVolumeSource>,
    #[prost(message, optional, tag = "7")]
    pub nfs: Option<NFSVolumeSource>,
    #[serde(rename = "persistentVolumeClaim")]
    #[prost(message, optional, tag = "10")]
    pub persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
    #[serde(rename = "configMap")]
    #[prost(message, optional, tag = "19")]
    pub config_map: Option<ConfigMapVolumeSource>,
    #[prost(message, optional, tag = "26")]
    pub projected: Option<ProjectedVolumeSource>,
    #[prost(message, optional, tag = "28")]
    pub csi: Option<CSIVolumeSource>,
    #[prost(message, optional, tag = "29")]
    pub ephemeral: Option<EphemeralVolumeSource>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct HostPathVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub path: String,
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub kind: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EmptyDirVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub medium: String,
    #[serde(rename = "sizeLimit")]
    #[prost(message, optional, tag = "2")]
    pub size_limit: Option<Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SecretVolumeSource {
    #[serde(rename = "secretName", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub secret_name: String,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub items: Vec<KeyToPath>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct KeyToPath {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NFSVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub server: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaimVolumeSource {
    #[serde(rename = "claimName", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub claim_name: String,
    #[serde(rename = "readOnly", deserialize_with = "null")]
    #[prost(bool, tag = "2")]
    pub read_only: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ConfigMapVolumeSource {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub items: Vec<KeyToPath>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ProjectedVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub sources: Vec<VolumeProjection>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeProjection {
    #[prost(message, optional, tag = "1")]
    pub secret: Option<SecretProjection>,
    #[serde(rename = "configMap")]
    #[prost(message, optional, tag = "3")]
    pub config_map: Option<ConfigMapProjection>,
    #[serde(rename = "serviceAccountToken")]
    #[prost(message, optional, tag = "4")]
    pub service_account_token: Option<ServiceAccountTokenProjection>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceAccountTokenProjection {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SecretProjection {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub items: Vec<KeyToPath>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ConfigMapProjection {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub items: Vec<KeyToPath>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSIVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub driver: String,
    #[serde(rename = "nodePublishSecretRef")]
    #[prost(message, optional, tag = "5")]
    pub node_publish_secret_ref: Option<LocalObjectReference>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EphemeralVolumeSource {
    #[serde(rename = "volumeClaimTemplate")]
    #[prost(message, optional, tag = "1")]
    pub volume_claim_template: Option<PersistentVolumeClaimTemplate>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaimTemplate {
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PersistentVolumeClaimSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Affinity {
    #[serde(rename = "nodeAffinity")]
    #[prost(message, optional, tag = "1")]
    pub node_affinity: Option<NodeAffinity>,
    #[serde(rename = "podAffinity")]
    #[prost(message, optional, tag = "2")]
    pub pod_affinity: Option<PodAffinity>,
    #[serde(rename = "podAntiAffinity")]
    #[prost(message, optional, tag = "3")]
    pub pod_anti_affinity: Option<PodAntiAffinity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeAffinity {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    #[prost(message, optional, tag = "1")]
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
    #[serde(
        rename = "preferredDuringSchedulingIgnoredDuringExecution",
        deserialize_with = "null"
    )]
    #[prost(message, repeated, tag = "2")]
    pub preferred_during_scheduling_ignored_during_execution: Vec<PreferredSchedulingTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSelector {
    #[serde(rename = "nodeSelectorTerms", deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSelectorTerm {
    #[serde(rename = "matchExpressions", deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub match_expressions: Vec<NodeSelectorRequirement>,
    #[serde(rename = "matchFields", deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub match_fields: Vec<NodeSelectorRequirement>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSelectorRequirement {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub operator: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "3")]
    pub values: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PreferredSchedulingTerm {
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub weight: i32,
    #[prost(message, optional, tag = "2")]
    pub preference: Option<NodeSelectorTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodAffinity {
    #[serde(
        rename = "requiredDuringSchedulingIgnoredDuringExecution",
        deserialize_with = "null"
    )]
    #[prost(message, repeated, tag = "1")]
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodAntiAffinity {
    #[serde(
        rename = "requiredDuringSchedulingIgnoredDuringExecution",
        deserialize_with = "null"
    )]
    #[prost(message, repeated, tag = "1")]
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
    #[serde(
        rename = "preferredDuringSchedulingIgnoredDuringExecution",
        deserialize_with = "null"
    )]
    #[prost(message, repeated, tag = "2")]
    pub preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodAffinityTerm {
    #[serde(rename = "labelSelector")]
    #[prost(message, optional, tag = "1")]
    pub label_selector: Option<LabelSelector>,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "2")]
    pub namespaces: Vec<String>,
    #[serde(rename = "topologyKey", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub topology_key: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct WeightedPodAffinityTerm {
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub weight: i32,
    #[serde(rename = "podAffinityTerm")]
    #[prost(message, optional, tag = "2")]
    pub pod_affinity_term: Option<PodAffinityTerm>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Toleration {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub operator: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub value: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub effect: String,
    #[serde(rename = "tolerationSeconds")]
    #[prost(int64, optional, tag = "5")]
    pub toleration_seconds: Option<i64>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct TopologySpreadConstraint {
    #[serde(rename = "maxSkew", deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub max_skew: i32,
    #[serde(rename = "topologyKey", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub topology_key: String,
    #[serde(rename = "whenUnsatisfiable", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub when_unsatisfiable: String,
    #[serde(rename = "labelSelector")]
    #[prost(message, optional, tag = "4")]
    pub label_selector: Option<LabelSelector>,
}
