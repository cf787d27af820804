//! Pods and their containers.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Pod {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<PodStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodSpec {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub volumes: Vec<Volume>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub containers: Vec<Container>,
    #[serde(rename = "initContainers", deserialize_with = "null")]
    #[prost(message, repeated, tag = "20")]
    pub init_containers: Vec<Container>,
    #[serde(rename = "restartPolicy", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub restart_policy: String,
    #[serde(rename = "terminationGracePeriodSeconds")]
    #[prost(int64, optional, tag = "4")]
    pub termination_grace_period_seconds: Option<i64>,
    #[serde(rename = "nodeSelector", deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "7")]
    pub node_selector: BTreeMap<String, String>,
    #[serde(rename = "serviceAccountName", deserialize_with = "null")]
    #[prost(string, tag = "8")]
    pub service_account_name: String,
    #[serde(rename = "nodeName", deserialize_with = "null")]
    #[prost(string, tag = "10")]
    pub node_name: String,
    #[serde(rename = "hostNetwork", deserialize_with = "null")]
    #[prost(bool, tag = "11")]
    pub host_network: bool,
    #[serde(rename = "hostPID", deserialize_with = "null")]
    #[prost(bool, tag = "12")]
    pub host_pid: bool,
    #[serde(rename = "hostIPC", deserialize_with = "null")]
    #[prost(bool, tag = "13")]
    pub host_ipc: bool,
    #[serde(rename = "securityContext")]
    #[prost(message, optional, tag = "14")]
    pub security_context: Option<PodSecurityContext>,
    #[serde(rename = "imagePullSecrets", deserialize_with = "null")]
    #[prost(message, repeated, tag = "15")]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    #[prost(message, optional, tag = "18")]
    pub affinity: Option<Affinity>,
    #[serde(rename = "schedulerName", deserialize_with = "null")]
    #[prost(string, tag = "19")]
    pub scheduler_name: String,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "22")]
    pub tolerations: Vec<Toleration>,
    #[serde(rename = "priorityClassName", deserialize_with = "null")]
    #[prost(string, tag = "24")]
    pub priority_class_name: String,
    #[prost(int32, optional, tag = "25")]
    pub priority: Option<i32>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "32")]
    pub overhead: BTreeMap<String, Quantity>,
    #[serde(rename = "topologySpreadConstraints", deserialize_with = "null")]
    #[prost(message, repeated, tag = "33")]
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    #[serde(rename = "schedulingGates", deserialize_with = "null")]
    #[prost(message, repeated, tag = "38")]
    pub scheduling_gates: Vec<PodSchedulingGate>,
    #[serde(rename = "runtimeClassName", deserialize_with = "null")]
    #[prost(string, tag = "29")]
    pub runtime_class_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodSchedulingGate {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LocalObjectReference {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Container {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub image: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "3")]
    pub command: Vec<String>,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "4")]
    pub args: Vec<String>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "7")]
    pub env: Vec<EnvVar>,
    #[serde(rename = "envFrom", deserialize_with = "null")]
    #[prost(message, repeated, tag = "19")]
    pub env_from: Vec<EnvFromSource>,
    #[prost(message, optional, tag = "8")]
    pub resources: Option<ResourceRequirements>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "6")]
    pub ports: Vec<ContainerPort>,
    #[serde(rename = "volumeMounts", deserialize_with = "null")]
    #[prost(message, repeated, tag = "9")]
    pub volume_mounts: Vec<VolumeMount>,
    #[serde(rename = "volumeDevices", deserialize_with = "null")]
    #[prost(message, repeated, tag = "21")]
    pub volume_devices: Vec<VolumeDevice>,
    #[serde(rename = "livenessProbe")]
    #[prost(message, optional, tag = "10")]
    pub liveness_probe: Option<Probe>,
    #[serde(rename = "readinessProbe")]
    #[prost(message, optional, tag = "11")]
    pub readiness_probe: Option<Probe>,
    #[serde(rename = "startupProbe")]
    #[prost(message, optional, tag = "22")]
    pub startup_probe: Option<Probe>,
    #[prost(message, optional, tag = "12")]
    pub lifecycle: Option<Lifecycle>,
    #[serde(rename = "securityContext")]
    #[prost(message, optional, tag = "15")]
    pub security_context: Option<SecurityContext>,
    #[serde(rename = "imagePullPolicy", deserialize_with = "null")]
    #[prost(string, tag = "14")]
    pub image_pull_policy: String,
    #[serde(rename = "restartPolicy", deserialize_with = "null")]
    #[prost(string, tag = "24")]
    pub restart_policy: String,
    #[serde(rename = "workingDir", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub working_dir: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EnvVar {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub value: String,
    #[serde(rename = "valueFrom")]
    #[prost(message, optional, tag = "3")]
    pub value_from: Option<EnvVarSource>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EnvVarSource {
    #[serde(rename = "fieldRef")]
    #[prost(message, optional, tag = "1")]
    pub field_ref: Option<ObjectFieldSelector>,
    #[serde(rename = "resourceFieldRef")]
    #[prost(message, optional, tag = "2")]
    pub resource_field_ref: Option<ResourceFieldSelector>,
    #[serde(rename = "configMapKeyRef")]
    #[prost(message, optional, tag = "3")]
    pub config_map_key_ref: Option<ConfigMapKeySelector>,
    #[serde(rename = "secretKeyRef")]
    #[prost(message, optional, tag = "4")]
    pub secret_key_ref: Option<SecretKeySelector>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ObjectFieldSelector {
    #[serde(rename = "fieldPath", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub field_path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceFieldSelector {
    #[serde(rename = "containerName", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub container_name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub resource: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ConfigMapKeySelector {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "3")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SecretKeySelector {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "3")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct EnvFromSource {
    #[serde(rename = "configMapRef")]
    #[prost(message, optional, tag = "2")]
    pub config_map_ref: Option<ConfigMapEnvSource>,
    #[serde(rename = "secretRef")]
    #[prost(message, optional, tag = "3")]
    pub secret_ref: Option<SecretEnvSource>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ConfigMapEnvSource {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "2")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SecretEnvSource {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub local_object_reference: Option<LocalObjectReference>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "2")]
    pub optional: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceRequirements {
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "1")]
    pub limits: BTreeMap<String, Quantity>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, message", tag = "2")]
    pub requests: BTreeMap<String, Quantity>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ContainerPort {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(rename = "hostPort", deserialize_with = "null")]
    #[prost(int32, tag = "2")]
    pub host_port: i32,
    #[serde(rename = "containerPort", deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub container_port: i32,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub protocol: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeMount {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(rename = "readOnly", deserialize_with = "null")]
    #[prost(bool, tag = "2")]
    pub read_only: bool,
    #[serde(rename = "mountPath", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub mount_path: String,
    #[serde(rename = "subPath", deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub sub_path: String,
    #[serde(rename = "mountPropagation", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub mount_propagation: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeDevice {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(rename = "devicePath", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub device_path: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Probe {
    #[serde(flatten)]
    #[prost(message, optional, tag = "1")]
    pub handler: Option<ProbeHandler>,
    #[serde(rename = "initialDelaySeconds", deserialize_with = "null")]
    #[prost(int32, tag = "2")]
    pub initial_delay_seconds: i32,
    #[serde(rename = "timeoutSeconds", deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub timeout_seconds: i32,
    #[serde(rename = "periodSeconds", deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub period_seconds: i32,
    #[serde(rename = "failureThreshold", deserialize_with = "null")]
    #[prost(int32, tag = "6")]
    pub failure_threshold: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ProbeHandler {
    #[prost(message, optional, tag = "1")]
    pub exec: Option<ExecAction>,
    #[serde(rename = "httpGet")]
    #[prost(message, optional, tag = "2")]
    pub http_get: Option<HTTPGetAction>,
    #[serde(rename = "tcpSocket")]
    #[prost(message, optional, tag = "3")]
    pub tcp_socket: Option<TCPSocketAction>,
    #[prost(message, optional, tag = "4")]
    pub grpc: Option<GRPCAction>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ExecAction {
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "1")]
    pub command: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct HTTPGetAction {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub path: String,
    #[prost(message, optional, tag = "2")]
    pub port: Option<IntOrString>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub scheme: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct TCPSocketAction {
    #[prost(message, optional, tag = "1")]
    pub port: Option<IntOrString>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct GRPCAction {
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub port: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Lifecycle {
    #[serde(rename = "postStart")]
    #[prost(message, optional, tag = "1")]
    pub post_start: Option<LifecycleHandler>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LifecycleHandler {
    #[prost(message, optional, tag = "1")]
    pub exec: Option<ExecAction>,
    #[serde(rename = "httpGet")]
    #[prost(message, optional, tag = "2")]
    pub http_get: Option<HTTPGetAction>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SecurityContext {
    #[prost(bool, optional, tag = "2")]
    pub privileged: Option<bool>,
    #[serde(rename = "runAsUser")]
    #[prost(int64, optional, tag = "4")]
    pub run_as_user: Option<i64>,
    #[serde(rename = "runAsGroup")]
    #[prost(int64, optional, tag = "8")]
    pub run_as_group: Option<i64>,
    #[serde(rename = "runAsNonRoot")]
    #[prost(bool, optional, tag = "5")]
    pub run_as_non_root: Option<bool>,
    #[serde(rename = "allowPrivilegeEscalation")]
    #[prost(bool, optional, tag = "7")]
    pub allow_privilege_escalation: Option<bool>,
    #[serde(rename = "readOnlyRootFilesystem")]
    #[prost(bool, optional, tag = "6")]
    pub read_only_root_filesystem: Option<bool>,
    #[prost(message, optional, tag = "1")]
    pub capabilities: Option<Capabilities>,
    #[serde(rename = "seccompProfile")]
    #[prost(message, optional, tag = "11")]
    pub seccomp_profile: Option<SeccompProfile>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Capabilities {
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "1")]
    pub add: Vec<String>,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "2")]
    pub drop: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct SeccompProfile {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PodSecurityContext {
    #[serde(rename = "runAsUser")]
    #[prost(int64, optional, tag = "2")]
    pub run_as_user: Option<i64>,
    #[serde(rename = "runAsGroup")]
    #[prost(int64, optional, tag = "6")]
    pub run_as_group: Option<i64>,
    #[serde(rename = "runAsNonRoot")]
    #[prost(bool, optional, tag = "3")]
    pub run_as_non_root: Option<bool>,
    #[serde(rename = "fsGroup")]
    #[prost(int64, optional, tag = "5")]
    pub fs_group: Option<i64>,
    #[serde(rename = "seccompProfile")]
    #[prost(message, optional, tag = "10")]
    pub seccomp_profile: Option<SeccompProfile>,
}
