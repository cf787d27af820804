//! Claims and volumes.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaim {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PersistentVolumeClaimSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<PersistentVolumeClaimStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaimSpec {
    #[serde(rename = "accessModes", deserialize_with = "null")]
    #[prost(string, repeated, tag = "1")]
    pub access_modes: Vec<String>,
    #[prost(message, optional, tag = "2")]
    pub resources: Option<VolumeResourceRequirements>,
    #[serde(rename = "volumeName", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub volume_name: String,
    #[prost(message, optional, tag = "4")]
    pub selector: Option<LabelSelector>,
    #[serde(rename = "storageClassName")]
    #[prost(string, optional, tag = "5")]
    pub storage_class_name: Option<String>,
    #[serde(rename = "volumeMode", deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub volume_mode: String,
    #[serde(rename = "dataSource")]
    #[prost(message, optional, tag = "7")]
    pub data_source: Option<TypedLocalObjectReference>,
    #[serde(rename = "dataSourceRef")]
    #[prost(message, optional, tag = "8")]
    pub data_source_ref: Option<TypedObjectReference>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeResourceRequirements {
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "2")]
    pub requests: BTreeMap<String, Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct TypedLocalObjectReference {
    #[serde(rename = "apiGroup", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub api_group: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct TypedObjectReference {
    #[serde(rename = "apiGroup", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub api_group: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaimStatus {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub phase: String,
    #[serde(rename = "accessModes", deserialize_with = "null")]
    #[prost(string, repeated, tag = "2")]
    pub access_modes: Vec<String>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "3")]
    pub capacity: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "4")]
    pub conditions: Vec<PersistentVolumeClaimCondition>,
    #[serde(rename = "allocatedResourceStatuses", deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "7")]
    pub allocated_resource_statuses: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeClaimCondition {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(rename = "lastTransitionTime")]
    #[prost(message, optional, tag = "4")]
    pub last_transition_time: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub message: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolume {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PersistentVolumeSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<PersistentVolumeStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeSpec {
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "1")]
    pub capacity: BTreeMap<String, Quantity>,
    #[serde(flatten)]
    #[prost(message, optional, tag = "2")]
    pub persistent_volume_source: Option<PersistentVolumeSource>,
    #[serde(rename = "accessModes", deserialize_with = "null")]
    #[prost(string, repeated, tag = "3")]
    pub access_modes: Vec<String>,
    #[serde(rename = "claimRef")]
    #[prost(message, optional, tag = "4")]
    pub claim_ref: Option<ObjectReference>,
    #[serde(rename = "persistentVolumeReclaimPolicy", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub persistent_volume_reclaim_policy: String,
    #[serde(rename = "storageClassName", deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub storage_class_name: String,
    #[serde(rename = "mountOptions", deserialize_with = "null")]
    #[prost(string, repeated, tag = "7")]
    pub mount_options: Vec<String>,
    #[serde(rename = "volumeMode", deserialize_with = "null")]
    #[prost(string, tag = "8")]
    pub volume_mode: String,
    #[serde(rename = "nodeAffinity")]
    #[prost(message, optional, tag = "9")]
    pub node_affinity: Option<VolumeNodeAffinity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeSource {
    #[serde(rename = "hostPath")]
    #[prost(message, optional, tag = "3")]
    pub host_path: Option<HostPathVolumeSource>,
    #[prost(message, optional, tag = "5")]
    pub nfs: Option<NFSVolumeSource>,
    #[prost(message, optional, tag = "22")]
    pub csi: Option<CSIPersistentVolumeSource>,
    #[prost(message, optional, tag = "20")]
    pub local: Option<LocalVolumeSource>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSIPersistentVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub driver: String,
    #[serde(rename = "volumeHandle", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub volume_handle: String,
    #[serde(rename = "fsType", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub fs_type: String,
    #[serde(rename = "volumeAttributes", deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "5")]
    pub volume_attributes: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LocalVolumeSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ObjectReference {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub namespace: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub uid: String,
    #[serde(rename = "apiVersion", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub api_version: String,
    #[serde(rename = "resourceVersion", deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub resource_version: String,
    #[serde(rename = "fieldPath", deserialize_with = "null")]
    #[prost(string, tag = "7")]
    pub field_path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeNodeAffinity {
    #[prost(message, optional, tag = "1")]
    pub required: Option<NodeSelector>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PersistentVolumeStatus {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub phase: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub message: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub reason: String,
    #[serde(rename = "lastPhaseTransitionTime")]
    #[prost(message, optional, tag = "4")]
    pub last_phase_transition_time: Option<Time>,
}
