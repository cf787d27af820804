//! Nodes.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Node {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<NodeSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<NodeStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSpec {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "5")]
    pub taints: Vec<Taint>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub unschedulable: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Taint {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub value: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub effect: String,
    #[serde(rename = "timeAdded")]
    #[prost(message, optional, tag = "4")]
    pub time_added: Option<Time>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeStatus {
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "1")]
    pub capacity: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "2")]
    pub allocatable: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "4")]
    pub conditions: Vec<NodeCondition>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "5")]
    pub addresses: Vec<NodeAddress>,
    #[serde(rename = "nodeInfo")]
    #[prost(message, optional, tag = "7")]
    pub node_info: Option<NodeSystemInfo>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeCondition {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(rename = "lastHeartbeatTime")]
    #[prost(message, optional, tag = "3")]
    pub last_heartbeat_time: Option<Time>,
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
pub(crate) struct NodeAddress {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub address: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NodeSystemInfo {
    #[serde(rename = "machineID", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub machine_id: String,
    #[serde(rename = "kernelVersion", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub kernel_version: String,
    #[serde(rename = "osImage", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub os_image: String,
    #[serde(rename = "containerRuntimeVersion", deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub container_runtime_version: String,
    #[serde(rename = "kubeletVersion", deserialize_with = "null")]
    #[prost(string, tag = "7")]
    pub kubelet_version: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "10")]
    pub architecture: String,
}
