//! Controllers of pods: what keeps them from making pods, and what their pods suffer from.

use std::sync::Arc;

use super::{Inquiry, pod, provisioner::pods_of, sign::Sign};
use crate::domain::{Conditions, CronJob, Job, Labels, ObjectRef, Truth, Workload, WorkloadKind};

/// Pods of one controller that are looked into.
const MOST_PODS: usize = 4;

/// The reference of a workload.
pub(super) fn reference(workload: &Workload) -> ObjectRef {
    ObjectRef {
        kind: workload.kind.kind().as_str().into(),
        key: workload.meta.key.clone(),
    }
}

/// Workloads whose pods a service selects.
pub(super) fn selected_by(
    look: &Inquiry<'_>,
    namespace: &str,
    selector: &Labels,
) -> Vec<Arc<Workload>> {
    if selector.is_empty() {
        return Vec::new();
    }
    [
        WorkloadKind::Deployment,
        WorkloadKind::StatefulSet,
        WorkloadKind::DaemonSet,
    ]
    .into_iter()
    .flat_map(|kind| look.inventory().workloads(kind).in_namespace(namespace))
    .filter(|one| one.template_labels.contains(selector))
    .cloned()
    .collect()
}

/// Looks into a workload. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, workload: &Arc<Workload>) -> bool {
    let short = workload.ready < workload.desired;
    look.check(
        format!("{} has its pods", workload.meta.key),
        !short,
        format!("{} of {} ready", workload.ready, workload.desired),
    );
    if workload.desired == 0 {
        return false;
    }
    let mut trouble = false;
    let mut looked = 0;
    for one in pods_of(look, workload) {
        match pod::stage(look, &one) {
            pod::Stage::Well | pod::Stage::Young => continue,
            // a pod that ended has long been replaced where all that are wanted are ready
            pod::Stage::Failed if !short => continue,
            _ => {}
        }
        if looked < MOST_PODS {
            looked += 1;
            look.descend(&pod::reference(&one), |look| {
                pod::examine(look, &one);
            });
        }
        trouble = true;
    }
    if short {
        trouble |= creation(look, workload);
    }
    trouble
}

/// What keeps a controller from making pods. Says whether anything does.
pub(super) fn creation(look: &mut Inquiry<'_>, workload: &Workload) -> bool {
    let inventory = look.inventory();
    let kind = workload.kind.kind().as_str();
    let mut hits = refusals(look, kind, &workload.meta);
    let object = reference(workload);
    if let Some(failure) = workload
        .conditions
        .as_slice()
        .condition("ReplicaFailure")
        .filter(|one| one.status == Truth::True)
    {
        hits += look.read(&Sign::field(
            &object,
            format!("event:{}", failure.reason),
            "status.conditions[ReplicaFailure].message",
            &*failure.message,
        ));
    }
    if workload.kind == WorkloadKind::Deployment {
        let sets: Vec<_> = inventory
            .replica_sets
            .in_namespace(&workload.meta.key.namespace)
            .filter(|set| {
                set.desired > 0
                    && set
                        .meta
                        .owners
                        .iter()
                        .any(|owner| owner.name == workload.meta.key.name)
            })
            .cloned()
            .collect();
        for set in sets {
            hits += refusals(look, "ReplicaSet", &set.meta);
            let set_object = reference(&set);
            if let Some(failure) = set
                .conditions
                .as_slice()
                .condition("ReplicaFailure")
                .filter(|one| one.status == Truth::True)
            {
                hits += look.read(&Sign::field(
                    &set_object,
                    format!("event:{}", failure.reason),
                    "status.conditions[ReplicaFailure].message",
                    &*failure.message,
                ));
            }
        }
    }
    hits > 0
}

/// Reads the warnings about a controller that came after its last success.
fn refusals(look: &mut Inquiry<'_>, kind: &str, meta: &crate::domain::Meta) -> usize {
    let made = look
        .inventory()
        .events_about(kind, meta)
        .iter()
        .filter(|event| &*event.reason == "SuccessfulCreate")
        .filter_map(|event| event.last)
        .max();
    look.read_events(kind, meta, |event| {
        event.warning && made.is_none_or(|made| event.last.is_none_or(|last| last >= made))
    })
}

/// Looks into a Job. Says whether it is in trouble.
pub(super) fn job(look: &mut Inquiry<'_>, job: &Arc<Job>) -> bool {
    let object = ObjectRef {
        kind: "Job".into(),
        key: job.meta.key.clone(),
    };
    let failed = job
        .conditions
        .as_slice()
        .condition("Failed")
        .filter(|one| one.status == Truth::True)
        .cloned();
    look.check(
        format!("{} has not failed", job.meta.key),
        failed.is_none(),
        failed
            .as_ref()
            .map_or(String::new(), |one| one.message.to_string()),
    );
    if job.succeeded >= job.completions.max(1) {
        return false;
    }
    let mut trouble = failed.is_some();
    let pods: Vec<_> = look
        .inventory()
        .pods_owned_by(&job.meta.uid)
        .cloned()
        .collect();
    for one in pods.iter().rev().take(MOST_PODS) {
        if matches!(pod::stage(look, one), pod::Stage::Well | pod::Stage::Young) {
            continue;
        }
        trouble = true;
        look.descend(&pod::reference(one), |look| {
            pod::examine(look, one);
        });
    }
    let hits = look.read_events("Job", &job.meta, |event| event.warning);
    if let Some(failed) = failed
        && !look.knows(0.5)
    {
        let sign = Sign::field(
            &object,
            "condition:Failed",
            "status.conditions[Failed]",
            format!("{}: {}", failed.reason, failed.message),
        );
        look.find("job-failed", &object, 0.5, vec![sign.evidence()], &[]);
    }
    trouble || hits > 0
}

/// Looks into a CronJob: its newest run tells how it is. Says whether it is in trouble.
pub(super) fn cron_job(look: &mut Inquiry<'_>, cron: &CronJob) -> bool {
    look.check(
        format!("{} is not suspended", cron.meta.key),
        !cron.suspended,
        "",
    );
    if cron.suspended {
        return false;
    }
    let newest = look
        .inventory()
        .jobs
        .in_namespace(&cron.meta.key.namespace)
        .filter(|job| {
            job.meta
                .owners
                .iter()
                .any(|owner| &*owner.kind == "CronJob" && owner.name == cron.meta.key.name)
        })
        .max_by_key(|job| job.meta.created.time())
        .cloned();
    let mut trouble = false;
    if let Some(newest) = newest {
        let reference = ObjectRef {
            kind: "Job".into(),
            key: newest.meta.key.clone(),
        };
        look.descend(&reference, |look| trouble = job(look, &newest));
    }
    let hits = look.read_events("CronJob", &cron.meta, |event| event.warning);
    trouble || hits > 0
}
