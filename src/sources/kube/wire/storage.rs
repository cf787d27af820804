//! Storage classes and the CSI objects.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StorageClass {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub provisioner: String,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "3")]
    pub parameters: BTreeMap<String, String>,
    #[serde(rename = "reclaimPolicy", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reclaim_policy: String,
    #[serde(rename = "mountOptions", deserialize_with = "null")]
    #[prost(string, repeated, tag = "5")]
    pub mount_options: Vec<String>,
    #[serde(rename = "allowVolumeExpansion", deserialize_with = "null")]
    #[prost(bool, tag = "6")]
    pub allow_volume_expansion: bool,
    #[serde(rename = "volumeBindingMode", deserialize_with = "null")]
    #[prost(string, tag = "7")]
    pub volume_binding_mode: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSIDriver {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<CSIDriverSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSIDriverSpec {
    #[serde(rename = "attachRequired")]
    #[prost(bool, optional, tag = "1")]
    pub attach_required: Option<bool>,
    #[serde(rename = "storageCapacity", deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub storage_capacity: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSINode {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<CSINodeSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSINodeSpec {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub drivers: Vec<CSINodeDriver>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSINodeDriver {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "4")]
    pub allocatable: Option<VolumeNodeResources>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeNodeResources {
    #[prost(int32, optional, tag = "1")]
    pub count: Option<i32>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CSIStorageCapacity {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[serde(rename = "nodeTopology")]
    #[prost(message, optional, tag = "2")]
    pub node_topology: Option<LabelSelector>,
    #[serde(rename = "storageClassName", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub storage_class_name: String,
    #[prost(message, optional, tag = "4")]
    pub capacity: Option<Quantity>,
    #[serde(rename = "maximumVolumeSize")]
    #[prost(message, optional, tag = "5")]
    pub maximum_volume_size: Option<Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeAttachment {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<VolumeAttachmentSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<VolumeAttachmentStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeAttachmentSpec {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub attacher: String,
    #[prost(message, optional, tag = "2")]
    pub source: Option<VolumeAttachmentSource>,
    #[serde(rename = "nodeName", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub node_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeAttachmentSource {
    #[serde(rename = "persistentVolumeName", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub persistent_volume_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeAttachmentStatus {
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "1")]
    pub attached: bool,
    #[serde(rename = "attachError")]
    #[prost(message, optional, tag = "3")]
    pub attach_error: Option<VolumeError>,
    #[serde(rename = "detachError")]
    #[prost(message, optional, tag = "4")]
    pub detach_error: Option<VolumeError>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeError {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub message: String,
}
