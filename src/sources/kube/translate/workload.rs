//! Controllers of pods.

use std::sync::Arc;

use super::{Translator, meta::conditions, moment, wire};
use crate::domain::{
    CronJob, DisruptionBudget, Job, Labels, PodSpec, Revision, Workload, WorkloadKind,
};

/// The annotation in which a Deployment and its ReplicaSets carry their revision.
const REVISION: &str = "deployment.kubernetes.io/revision";

impl Translator {
    fn pod_template(
        &mut self,
        wire: Option<wire::PodTemplateSpec>,
    ) -> (Arc<PodSpec>, Labels, Labels) {
        let wire = wire.unwrap_or_default();
        let meta = wire.metadata.unwrap_or_default();
        let spec = self.pod_spec(wire.spec.unwrap_or_default());
        (
            self.template(spec),
            self.pairs(&meta.labels),
            self.pairs(&meta.annotations),
        )
    }

    pub(crate) fn deployment(&mut self, wire: wire::Deployment) -> Workload {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let (template, template_labels, template_annotations) = self.pod_template(spec.template);
        let meta = self.meta(wire.metadata);
        Workload {
            kind: WorkloadKind::Deployment,
            desired: spec.replicas.unwrap_or(1),
            current: status.replicas,
            updated: status.updated_replicas,
            ready: status.ready_replicas,
            available: status.available_replicas,
            observed_generation: status.observed_generation,
            selector: self.selector(spec.selector.as_ref()),
            template,
            template_labels,
            template_annotations,
            strategy: self.text(spec.strategy.as_ref().map_or("", |strategy| &strategy.kind)),
            paused: spec.paused,
            conditions: conditions!(self, status.conditions),
            revision: meta.annotations.get(REVISION).cloned().unwrap_or_default(),
            meta,
            ..Workload::default()
        }
    }

    pub(crate) fn replica_set(&mut self, wire: wire::ReplicaSet) -> Workload {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let (template, template_labels, template_annotations) = self.pod_template(spec.template);
        let meta = self.meta(wire.metadata);
        Workload {
            kind: WorkloadKind::ReplicaSet,
            desired: spec.replicas.unwrap_or(1),
            current: status.replicas,
            updated: status.replicas,
            ready: status.ready_replicas,
            available: status.available_replicas,
            observed_generation: status.observed_generation,
            selector: self.selector(spec.selector.as_ref()),
            template,
            template_labels,
            template_annotations,
            conditions: conditions!(self, status.conditions),
            revision: meta.annotations.get(REVISION).cloned().unwrap_or_default(),
            meta,
            ..Workload::default()
        }
    }

    pub(crate) fn stateful_set(&mut self, wire: wire::StatefulSet) -> Workload {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let (template, template_labels, template_annotations) = self.pod_template(spec.template);
        let claim_templates = spec
            .volume_claim_templates
            .into_iter()
            .map(|claim| {
                let name = claim.metadata.unwrap_or_default().name;
                let class = claim.spec.unwrap_or_default().storage_class_name;
                (self.text(&name), class.map(|class| self.text(&class)))
            })
            .collect();
        Workload {
            meta: self.meta(wire.metadata),
            kind: WorkloadKind::StatefulSet,
            desired: spec.replicas.unwrap_or(1),
            current: status.replicas,
            updated: status.updated_replicas,
            ready: status.ready_replicas,
            available: status.available_replicas,
            observed_generation: status.observed_generation,
            selector: self.selector(spec.selector.as_ref()),
            template,
            template_labels,
            template_annotations,
            strategy: self.text(
                spec.update_strategy
                    .as_ref()
                    .map_or("", |strategy| &strategy.kind),
            ),
            conditions: conditions!(self, status.conditions),
            revision: self.text(&status.update_revision),
            claim_templates,
            service: self.text(&spec.service_name),
            ..Workload::default()
        }
    }

    pub(crate) fn daemon_set(&mut self, wire: wire::DaemonSet) -> Workload {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let (template, template_labels, template_annotations) = self.pod_template(spec.template);
        Workload {
            meta: self.meta(wire.metadata),
            kind: WorkloadKind::DaemonSet,
            desired: status.desired_number_scheduled,
            current: status.current_number_scheduled,
            updated: status.updated_number_scheduled,
            ready: status.number_ready,
            available: status.number_available,
            observed_generation: status.observed_generation,
            selector: self.selector(spec.selector.as_ref()),
            template,
            template_labels,
            template_annotations,
            strategy: self.text(
                spec.update_strategy
                    .as_ref()
                    .map_or("", |strategy| &strategy.kind),
            ),
            conditions: conditions!(self, status.conditions),
            ..Workload::default()
        }
    }

    pub(crate) fn revision(&mut self, wire: wire::ControllerRevision) -> Revision {
        // the stored form is a patch {"spec":{"template":{...}}} of the owner
        let template = wire.data.as_ref().and_then(|data| {
            let value: serde_json::Value = serde_json::from_slice(&data.raw).ok()?;
            let template: wire::PodTemplateSpec =
                serde_json::from_value(value.get("spec")?.get("template")?.clone()).ok()?;
            Some(self.pod_template(Some(template)).0)
        });
        Revision {
            meta: self.meta(wire.metadata),
            revision: wire.revision,
            template,
        }
    }

    pub(crate) fn job(&mut self, wire: wire::Job) -> Job {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        Job {
            meta: self.meta(wire.metadata),
            template: self.pod_template(spec.template).0,
            selector: self.selector(spec.selector.as_ref()),
            completions: spec.completions.unwrap_or(1),
            parallelism: spec.parallelism.unwrap_or(1),
            backoff_limit: spec.backoff_limit.unwrap_or(6),
            suspended: spec.suspend,
            active: status.active,
            succeeded: status.succeeded,
            failed: status.failed,
            started: moment(status.start_time),
            finished: moment(status.completion_time),
            conditions: conditions!(self, status.conditions),
        }
    }

    pub(crate) fn cron_job(&mut self, wire: wire::CronJob) -> CronJob {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let job = spec
            .job_template
            .unwrap_or_default()
            .spec
            .unwrap_or_default();
        CronJob {
            meta: self.meta(wire.metadata),
            schedule: self.text(&spec.schedule),
            suspended: spec.suspend,
            template: self.pod_template(job.template).0,
            active: i32::try_from(status.active.len()).unwrap_or(i32::MAX),
            last_scheduled: moment(status.last_schedule_time),
            last_success: moment(status.last_successful_time),
        }
    }

    pub(crate) fn budget(&mut self, wire: wire::PodDisruptionBudget) -> DisruptionBudget {
        let status = wire.status.unwrap_or_default();
        DisruptionBudget {
            meta: self.meta(wire.metadata),
            selector: self.selector(wire.spec.unwrap_or_default().selector.as_ref()),
            allowed: status.disruptions_allowed,
            healthy: status.current_healthy,
            desired: status.desired_healthy,
            expected: status.expected_pods,
        }
    }
}
