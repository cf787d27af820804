//! Controllers of pods.

use std::sync::Arc;

use super::{Condition, HasMeta, Labels, List, Meta, PodSpec, Selector, Text, Time};

/// Which kind of controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// Deployment.
    #[default]
    Deployment,
    /// ReplicaSet.
    ReplicaSet,
    /// StatefulSet.
    StatefulSet,
    /// DaemonSet.
    DaemonSet,
}

/// A Deployment, ReplicaSet, StatefulSet or DaemonSet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Identity.
    pub meta: Meta,
    /// Which of the four.
    pub kind: WorkloadKind,
    /// Wanted pods (for a DaemonSet: nodes that should run one).
    pub desired: i32,
    /// Pods there are.
    pub current: i32,
    /// Pods of the newest template.
    pub updated: i32,
    /// Ready pods.
    pub ready: i32,
    /// Available pods.
    pub available: i32,
    /// Generation the controller has seen.
    pub observed_generation: i64,
    /// Which pods are its own.
    pub selector: Selector,
    /// Template.
    pub template: Arc<PodSpec>,
    /// Labels of the template.
    pub template_labels: Labels,
    /// Annotations of the template (restarts, checksums).
    pub template_annotations: Labels,
    /// `RollingUpdate`, `Recreate` or `OnDelete`.
    pub strategy: Text,
    /// Rollout is paused.
    pub paused: bool,
    /// Conditions.
    pub conditions: List<Condition>,
    /// Revision, as the annotation or the status gives it; may be empty.
    pub revision: Text,
    /// Claim templates of a StatefulSet: name and class.
    pub claim_templates: List<(Text, Option<Text>)>,
    /// Headless service of a StatefulSet; may be empty.
    pub service: Text,
}

impl HasMeta for Workload {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A Job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// Identity.
    pub meta: Meta,
    /// Template.
    pub template: Arc<PodSpec>,
    /// Which pods are its own.
    pub selector: Selector,
    /// Wanted successes.
    pub completions: i32,
    /// Wanted at once.
    pub parallelism: i32,
    /// Failures allowed.
    pub backoff_limit: i32,
    /// Held back.
    pub suspended: bool,
    /// Running pods.
    pub active: i32,
    /// Successes.
    pub succeeded: i32,
    /// Failures.
    pub failed: i32,
    /// Start.
    pub started: Option<Time>,
    /// End.
    pub finished: Option<Time>,
    /// Conditions (`Complete`, `Failed`, `Suspended`).
    pub conditions: List<Condition>,
}

impl HasMeta for Job {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A CronJob.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CronJob {
    /// Identity.
    pub meta: Meta,
    /// Schedule in cron's form.
    pub schedule: Text,
    /// Held back.
    pub suspended: bool,
    /// Template of the pods of its jobs.
    pub template: Arc<PodSpec>,
    /// Jobs that run.
    pub active: i32,
    /// Last start.
    pub last_scheduled: Option<Time>,
    /// Last success.
    pub last_success: Option<Time>,
}

impl HasMeta for CronJob {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A PodDisruptionBudget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// Identity.
    pub meta: Meta,
    /// Which pods.
    pub selector: Selector,
    /// Pods that may go now.
    pub allowed: i32,
    /// Healthy pods.
    pub healthy: i32,
    /// Pods that must stay healthy.
    pub desired: i32,
    /// Pods counted.
    pub expected: i32,
}

impl HasMeta for DisruptionBudget {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A ControllerRevision: an old template of a StatefulSet or DaemonSet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Identity.
    pub meta: Meta,
    /// Number.
    pub revision: i64,
    /// Template at that time, where it could be read.
    pub template: Option<Arc<PodSpec>>,
}

impl HasMeta for Revision {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}
