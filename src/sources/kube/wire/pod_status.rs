//! States of pods.

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodStatus {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub phase: String,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub conditions: Vec<PodCondition>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub message: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reason: String,
    #[serde(rename = "podIP", deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub pod_ip: String,
    #[serde(rename = "containerStatuses", deserialize_with = "null")]
    #[prost(message, repeated, tag = "8")]
    pub container_statuses: Vec<ContainerStatus>,
    #[serde(rename = "initContainerStatuses", deserialize_with = "null")]
    #[prost(message, repeated, tag = "10")]
    pub init_container_statuses: Vec<ContainerStatus>,
    #[serde(rename = "qosClass", deserialize_with = "null")]
    #[prost(string, tag = "9")]
    pub qos_class: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodCondition {
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
pub(crate) struct ContainerStatus {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "2")]
    pub state: Option<ContainerState>,
    #[serde(rename = "lastState")]
    #[prost(message, optional, tag = "3")]
    pub last_state: Option<ContainerState>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub ready: bool,
    #[serde(rename = "restartCount", deserialize_with = "null")]
    #[prost(int32, tag = "5")]
    pub restart_count: i32,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub image: String,
    #[serde(rename = "imageID", deserialize_with = "null")]
    #[prost(string, tag = "7")]
    pub image_id: String,
    #[prost(bool, optional, tag = "9")]
    pub started: Option<bool>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerState {
    #[prost(message, optional, tag = "1")]
    pub waiting: Option<ContainerStateWaiting>,
    #[prost(message, optional, tag = "2")]
    pub running: Option<ContainerStateRunning>,
    #[prost(message, optional, tag = "3")]
    pub terminated: Option<ContainerStateTerminated>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerStateWaiting {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub message: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerStateRunning {
    #[serde(rename = "startedAt")]
    #[prost(message, optional, tag = "1")]
    pub started_at: Option<Time>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerStateTerminated {
    #[serde(rename = "exitCode", deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub exit_code: i32,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "2")]
    pub signal: i32,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub message: String,
    #[serde(rename = "startedAt")]
    #[prost(message, optional, tag = "5")]
    pub started_at: Option<Time>,
    #[serde(rename = "finishedAt")]
    #[prost(message, optional, tag = "6")]
    pub finished_at: Option<Time>,
}
