//! Ingresses, policies, endpoints, budgets, and events of the newer group.

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkPolicy {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<NetworkPolicySpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkPolicySpec {
    #[serde(rename = "podSelector")]
    #[prost(message, optional, tag = "1")]
    pub pod_selector: Option<LabelSelector>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub ingress: Vec<NetworkPolicyIngressRule>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "3")]
    pub egress: Vec<NetworkPolicyEgressRule>,
    #[serde(rename = "policyTypes", deserialize_with = "null")]
    #[prost(string, repeated, tag = "4")]
    pub policy_types: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkPolicyIngressRule {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub from: Vec<NetworkPolicyPeer>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkPolicyEgressRule {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub to: Vec<NetworkPolicyPeer>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkPolicyPeer {
    #[serde(rename = "podSelector")]
    #[prost(message, optional, tag = "1")]
    pub pod_selector: Option<LabelSelector>,
    #[serde(rename = "namespaceSelector")]
    #[prost(message, optional, tag = "2")]
    pub namespace_selector: Option<LabelSelector>,
    #[serde(rename = "ipBlock")]
    #[prost(message, optional, tag = "3")]
    pub ip_block: Option<IPBlock>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IPBlock {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub cidr: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Ingress {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<IngressSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<IngressStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressSpec {
    #[serde(rename = "ingressClassName", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub ingress_class_name: String,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub tls: Vec<IngressTLS>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "3")]
    pub rules: Vec<IngressRule>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressTLS {
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "1")]
    pub hosts: Vec<String>,
    #[serde(rename = "secretName", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub secret_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressRule {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub host: String,
    #[serde(flatten)]
    #[prost(message, optional, tag = "2")]
    pub ingress_rule_value: Option<IngressRuleValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressRuleValue {
    #[prost(message, optional, tag = "1")]
    pub http: Option<HTTPIngressRuleValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct HTTPIngressRuleValue {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub paths: Vec<HTTPIngressPath>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct HTTPIngressPath {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub path: String,
    #[prost(message, optional, tag = "2")]
    pub backend: Option<IngressBackend>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressBackend {
    #[prost(message, optional, tag = "4")]
    pub service: Option<IngressServiceBackend>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressServiceBackend {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "2")]
    pub port: Option<ServiceBackendPort>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceBackendPort {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "2")]
    pub number: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressStatus {
    #[serde(rename = "loadBalancer")]
    #[prost(message, optional, tag = "1")]
    pub load_balancer: Option<IngressLoadBalancerStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressLoadBalancerStatus {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub ingress: Vec<IngressLoadBalancerIngress>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IngressLoadBalancerIngress {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub ip: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub hostname: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EndpointSlice {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub endpoints: Vec<Endpoint>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoint {
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "1")]
    pub addresses: Vec<String>,
    #[prost(message, optional, tag = "2")]
    pub conditions: Option<EndpointConditions>,
    #[serde(rename = "targetRef")]
    #[prost(message, optional, tag = "4")]
    pub target_ref: Option<ObjectReference>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EndpointConditions {
    #[prost(bool, optional, tag = "1")]
    pub ready: Option<bool>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodDisruptionBudget {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodDisruptionBudgetSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<PodDisruptionBudgetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodDisruptionBudgetSpec {
    #[prost(message, optional, tag = "2")]
    pub selector: Option<LabelSelector>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodDisruptionBudgetStatus {
    #[serde(rename = "disruptionsAllowed", deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub disruptions_allowed: i32,
    #[serde(rename = "currentHealthy", deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub current_healthy: i32,
    #[serde(rename = "desiredHealthy", deserialize_with = "null")]
    #[prost(int32, tag = "5")]
    pub desired_healthy: i32,
    #[serde(rename = "expectedPods", deserialize_with = "null")]
    #[prost(int32, tag = "6")]
    pub expected_pods: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NewEvent {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[serde(rename = "eventTime")]
    #[prost(message, optional, tag = "2")]
    pub event_time: Option<Time>,
    #[prost(message, optional, tag = "3")]
    pub series: Option<NewEventSeries>,
    #[serde(rename = "reportingController", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reporting_controller: String,
    #[serde(rename = "reportingInstance", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub reporting_instance: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "7")]
    pub reason: String,
    #[prost(message, optional, tag = "8")]
    pub regarding: Option<ObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "10")]
    pub note: String,
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "11")]
    pub kind: String,
    #[serde(rename = "deprecatedSource")]
    #[prost(message, optional, tag = "12")]
    pub deprecated_source: Option<EventSource>,
    #[serde(rename = "deprecatedFirstTimestamp")]
    #[prost(message, optional, tag = "13")]
    pub deprecated_first_timestamp: Option<Time>,
    #[serde(rename = "deprecatedLastTimestamp")]
    #[prost(message, optional, tag = "14")]
    pub deprecated_last_timestamp: Option<Time>,
    #[serde(rename = "deprecatedCount", deserialize_with = "null")]
    #[prost(int32, tag = "15")]
    pub deprecated_count: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct NewEventSeries {
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub count: i32,
    #[serde(rename = "lastObservedTime")]
    #[prost(message, optional, tag = "2")]
    pub last_observed_time: Option<Time>,
}
