//! Controllers of pods.

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Deployment {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<DeploymentSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<DeploymentStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DeploymentSpec {
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    #[prost(message, optional, tag = "2")]
    pub selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplateSpec>,
    #[prost(message, optional, tag = "4")]
    pub strategy: Option<DeploymentStrategy>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "7")]
    pub paused: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DeploymentStrategy {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DeploymentStatus {
    #[serde(rename = "observedGeneration", deserialize_with = "null")]
    #[prost(int64, tag = "1")]
    pub observed_generation: i64,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "2")]
    pub replicas: i32,
    #[serde(rename = "updatedReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub updated_replicas: i32,
    #[serde(rename = "readyReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "7")]
    pub ready_replicas: i32,
    #[serde(rename = "availableReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub available_replicas: i32,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "6")]
    pub conditions: Vec<DeploymentCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DeploymentCondition {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub message: String,
    #[serde(rename = "lastTransitionTime")]
    #[prost(message, optional, tag = "7")]
    pub last_transition_time: Option<Time>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ReplicaSet {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ReplicaSetSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<ReplicaSetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ReplicaSetSpec {
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    #[prost(message, optional, tag = "2")]
    pub selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplateSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ReplicaSetStatus {
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub replicas: i32,
    #[serde(rename = "readyReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub ready_replicas: i32,
    #[serde(rename = "availableReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "5")]
    pub available_replicas: i32,
    #[serde(rename = "observedGeneration", deserialize_with = "null")]
    #[prost(int64, tag = "3")]
    pub observed_generation: i64,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "6")]
    pub conditions: Vec<ReplicaSetCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ReplicaSetCondition {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(rename = "lastTransitionTime")]
    #[prost(message, optional, tag = "3")]
    pub last_transition_time: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub message: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSet {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<StatefulSetSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<StatefulSetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSetSpec {
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    #[prost(message, optional, tag = "2")]
    pub selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplateSpec>,
    #[serde(rename = "volumeClaimTemplates", deserialize_with = "null")]
    #[prost(message, repeated, tag = "4")]
    pub volume_claim_templates: Vec<PersistentVolumeClaim>,
    #[serde(rename = "serviceName", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub service_name: String,
    #[serde(rename = "updateStrategy")]
    #[prost(message, optional, tag = "7")]
    pub update_strategy: Option<StatefulSetUpdateStrategy>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSetUpdateStrategy {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSetStatus {
    #[serde(rename = "observedGeneration", deserialize_with = "null")]
    #[prost(int64, tag = "1")]
    pub observed_generation: i64,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "2")]
    pub replicas: i32,
    #[serde(rename = "readyReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub ready_replicas: i32,
    #[serde(rename = "currentReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub current_replicas: i32,
    #[serde(rename = "updatedReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "5")]
    pub updated_replicas: i32,
    #[serde(rename = "availableReplicas", deserialize_with = "null")]
    #[prost(int32, tag = "11")]
    pub available_replicas: i32,
    #[serde(rename = "updateRevision", deserialize_with = "null")]
    #[prost(string, tag = "7")]
    pub update_revision: String,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "10")]
    pub conditions: Vec<StatefulSetCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct StatefulSetCondition {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(rename = "lastTransitionTime")]
    #[prost(message, optional, tag = "3")]
    pub last_transition_time: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub message: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DaemonSet {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<DaemonSetSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<DaemonSetStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DaemonSetSpec {
    #[prost(message, optional, tag = "1")]
    pub selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "2")]
    pub template: Option<PodTemplateSpec>,
    #[serde(rename = "updateStrategy")]
    #[prost(message, optional, tag = "3")]
    pub update_strategy: Option<DaemonSetUpdateStrategy>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DaemonSetUpdateStrategy {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DaemonSetStatus {
    #[serde(rename = "currentNumberScheduled", deserialize_with = "null")]
    #[prost(int32, tag = "1")]
    pub current_number_scheduled: i32,
    #[serde(rename = "desiredNumberScheduled", deserialize_with = "null")]
    #[prost(int32, tag = "3")]
    pub desired_number_scheduled: i32,
    #[serde(rename = "numberReady", deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub number_ready: i32,
    #[serde(rename = "observedGeneration", deserialize_with = "null")]
    #[prost(int64, tag = "5")]
    pub observed_generation: i64,
    #[serde(rename = "updatedNumberScheduled", deserialize_with = "null")]
    #[prost(int32, tag = "6")]
    pub updated_number_scheduled: i32,
    #[serde(rename = "numberAvailable", deserialize_with = "null")]
    #[prost(int32, tag = "7")]
    pub number_available: i32,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "10")]
    pub conditions: Vec<DaemonSetCondition>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct DaemonSetCondition {
    #[serde(rename = "type", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(rename = "lastTransitionTime")]
    #[prost(message, optional, tag = "3")]
    pub last_transition_time: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub message: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ControllerRevision {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub data: Option<RawExtension>,
    #[serde(deserialize_with = "null")]
    #[prost(int64, tag = "3")]
    pub revision: i64,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Job {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<JobSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<JobStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct JobSpec {
    #[prost(int32, optional, tag = "1")]
    pub parallelism: Option<i32>,
    #[prost(int32, optional, tag = "2")]
    pub completions: Option<i32>,
    #[serde(rename = "backoffLimit")]
    #[prost(int32, optional, tag = "7")]
    pub backoff_limit: Option<i32>,
    #[prost(message, optional, tag = "4")]
    pub selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "6")]
    pub template: Option<PodTemplateSpec>,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "10")]
    pub suspend: bool,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct JobStatus {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub conditions: Vec<JobCondition>,
    #[serde(rename = "startTime")]
    #[prost(message, optional, tag = "2")]
    pub start_time: Option<Time>,
    #[serde(rename = "completionTime")]
    #[prost(message, optional, tag = "3")]
    pub completion_time: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "4")]
    pub active: i32,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "5")]
    pub succeeded: i32,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "6")]
    pub failed: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct JobCondition {
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
pub(crate) struct CronJob {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<CronJobSpec>,
    #[prost(message, optional, tag = "3")]
    pub status: Option<CronJobStatus>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CronJobSpec {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub schedule: String,
    #[serde(deserialize_with = "null")]
    #[prost(bool, tag = "4")]
    pub suspend: bool,
    #[serde(rename = "jobTemplate")]
    #[prost(message, optional, tag = "5")]
    pub job_template: Option<JobTemplateSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct JobTemplateSpec {
    #[prost(message, optional, tag = "2")]
    pub spec: Option<JobSpec>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct CronJobStatus {
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "1")]
    pub active: Vec<ObjectReference>,
    #[serde(rename = "lastScheduleTime")]
    #[prost(message, optional, tag = "4")]
    pub last_schedule_time: Option<Time>,
    #[serde(rename = "lastSuccessfulTime")]
    #[prost(message, optional, tag = "5")]
    pub last_successful_time: Option<Time>,
}
