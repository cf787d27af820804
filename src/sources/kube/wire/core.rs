//! Events, namespaces, quotas, services.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Event {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[serde(rename = "involvedObject")]
    #[prost(message, optional, tag = "2")]
    pub involved_object: Option<ObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub message: String,
    #[prost(message, optional, tag = "5")]
    pub source: Option<EventSource>,
    #[serde(rename = "firstTimestamp")]
    #[prost(message, optional, tag = "6")]
    pub first_timestamp: Option<Time>,
    #[serde(rename = "lastTimestamp")]
    #[prost(message, optional, tag = "7")]
    pub last_timestamp: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "8")]
    pub count: i32,
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "9")]
    pub kind: String,
    #[serde(rename = "eventTime")]
    #[prost(message, optional, tag = "10")]
    pub event_time: Option<Time>,
    #[prost(message, optional, tag = "11")]
    pub series: Option<EventSeries>,
    #[serde(rename = "reportingComponent", deserialize_with = "null")]
    #[prost(string, tag = "14")]
    pub reporting_component: String,
    #[serde(rename = "reportingInstance", deserialize_with = "null")]
    #[prost(string, tag = "15")]
    pub reporting_instance: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EventSource {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub component: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub host: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EventSeries {
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub count: i32,
    #[serde(rename = "lastObservedTime")]
    #[prost(message, optional, tag = "2")]
    pub last_observed_time: Option<Time>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Namespace {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<NamespaceStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NamespaceStatus {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub phase: String,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub conditions: Vec<NamespaceCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NamespaceCondition {
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
pub(crate) struct ResourceQuota {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ResourceQuotaSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<ResourceQuotaStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceQuotaSpec {
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "1")]
    pub hard: BTreeMap<String, Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceQuotaStatus {
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "1")]
    pub hard: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "2")]
    pub used: BTreeMap<String, Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LimitRange {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<LimitRangeSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LimitRangeSpec {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub limits: Vec<LimitRangeItem>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LimitRangeItem {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "2")]
    pub max: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "3")]
    pub min: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "4")]
    pub default: BTreeMap<String, Quantity>,
    #[serde(rename = "defaultRequest", deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "5")]
    pub default_request: BTreeMap<String, Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodTemplateSpec {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Service {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ServiceSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<ServiceStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceSpec {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub ports: Vec<ServicePort>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "2")]
    pub selector: BTreeMap<String, String>,
    #[serde(rename = "clusterIP", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub cluster_ip: String,
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub kind: String,
    #[serde(rename = "externalName", deserialize_with = "null")]
    #[prost(string, tag = "10")]
    pub external_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ServicePort {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub protocol: String,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub port: i32,
    #[serde(rename = "targetPort")]
    #[prost(message, optional, tag = "4")]
    pub target_port: Option<IntOrString>,
    #[serde(rename = "nodePort", deserialize_with = "null")]
    #[prost(int32, tag = "5")]
    pub node_port: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceStatus {
    #[serde(rename = "loadBalancer")]
    #[prost(message, optional, tag = "1")]
    pub load_balancer: Option<LoadBalancerStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LoadBalancerStatus {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub ingress: Vec<LoadBalancerIngress>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LoadBalancerIngress {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub ip: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub hostname: String,
}
