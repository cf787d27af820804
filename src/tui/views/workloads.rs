//! Pods and their controllers.

use super::{Cell, Field, Level, Sheet, View, age, labels, name, namespace, owner, since_cell};
use crate::{
    domain::{
        Conditions, CronJob, DisruptionBudget, Job, ObjectRef, Pod, PodRow, PodSpec, Workload,
    },
    tui::{rows::Asked, text::bytes},
};

pub(super) static PODS: Sheet<Pod> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<Pod>::number("READY", |_, pod| {
            Cell::text(format!(
                "{}/{}",
                pod.ready_count(),
                pod.spec.containers.len()
            ))
        }),
        Field::<Pod>::new("STATUS", |_, pod| {
            let word = pod.status_word();
            let level = pod_level(pod, &word);
            Cell::text(word).level(level)
        })
        .between(16, 40),
        Field::<Pod>::number("RESTARTS", |_, pod| Cell::count(i64::from(pod.restarts()))),
        Field::<Pod>::number("CPU", |source, pod| {
            let usage = source.inventory.usage_of(&pod.meta.key);
            usage.map_or_else(Cell::no_number, |usage| {
                let milli = usage.cpu().milli();
                Cell::number(format!("{milli}m"), milli as f64)
            })
        })
        .rank(2),
        Field::<Pod>::number("MEM", |source, pod| {
            let usage = source.inventory.usage_of(&pod.meta.key);
            usage.map_or_else(Cell::no_number, |usage| {
                let value = usage.memory().value().unsigned_abs();
                Cell::number(bytes(value), value as f64)
            })
        })
        .rank(2),
        Field::<Pod>::new("NODE", |_, pod| {
            Cell::text(pod.node.as_deref().unwrap_or("-"))
        })
        .middle()
        .between(12, 40)
        .rank(3),
        age(),
        Field::<Pod>::new("IP", |_, pod| Cell::text(&*pod.ip))
            .between(15, 40)
            .rank(5),
        owner(),
        Field::<Pod>::new("IMAGE", |_, pod| Cell::text(image(&pod.spec)))
            .middle()
            .between(24, 80)
            .rank(7),
        labels(),
    ],
    each: |source, _, row| source.inventory.pods.iter().for_each(row),
    level: |_, pod| pod_level(pod, &pod.status_word()),
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|pod| super::about("Pod", pod)),
};

/// The image that a pod is known by.
fn image(spec: &PodSpec) -> &str {
    spec.containers
        .first()
        .map_or("", |container| &container.image)
}

fn pod_level(pod: &Pod, word: &str) -> Level {
    match word {
        "Completed" | "Succeeded" => Level::Ok,
        "Running" if pod.conditions.as_slice().holds("Ready") => Level::Ok,
        "Running" | "Pending" | "ContainerCreating" | "PodInitializing" | "Terminating"
        | "NotReady" | "SchedulingGated" => Level::Warning,
        word if word.starts_with("Init:") && !word.contains("Err") && !word.contains("Back") => {
            Level::Warning
        }
        _ => Level::Critical,
    }
}

/// The server's own table, while the objects stream in.
pub(super) static EARLY_PODS: Sheet<PodRow> = Sheet {
    fields: &[
        Field::<PodRow>::new("NAMESPACE", |_, pod| Cell::text(&*pod.pod.namespace)).between(9, 30),
        Field::<PodRow>::name("NAME", |_, pod| Cell::text(&*pod.pod.name)),
        Field::<PodRow>::number("READY", |_, pod| Cell::text(&*pod.ready)),
        Field::<PodRow>::new("STATUS", |_, pod| {
            Cell::text(&*pod.status).level(early_level(pod))
        })
        .between(16, 40),
        Field::<PodRow>::number("RESTARTS", |_, pod| Cell::text(&*pod.restarts)),
        Field::<PodRow>::new("NODE", |_, pod| Cell::text(&*pod.node))
            .middle()
            .between(12, 40)
            .rank(3),
        Field::<PodRow>::since("AGE", |_, pod| Cell::text(&*pod.age)),
        Field::<PodRow>::new("IP", |_, pod| Cell::text(&*pod.ip))
            .between(15, 40)
            .rank(5),
    ],
    each: |source, _, row| {
        for pod in source.inventory.pod_rows.iter() {
            row(&pod.clone().into());
        }
    },
    level: |_, pod| early_level(pod),
    alone: true,
    worst_first: true,
    asked: Asked {
        object: |pod| ObjectRef {
            kind: "Pod".into(),
            key: pod.pod.clone(),
        },
        same: |a, b| a.pod == b.pod,
        namespace: |pod| &pod.pod.namespace,
        labels: |_| None,
    },
};

fn early_level(pod: &PodRow) -> Level {
    if matches!(&*pod.status, "Running" | "Completed" | "Succeeded") {
        Level::Ok
    } else {
        Level::Warning
    }
}

pub(super) static WORKLOADS: Sheet<Workload> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<Workload>::number("READY", |_, one| {
            let text = format!("{}/{}", one.ready, one.desired);
            Cell::number(text, f64::from(one.ready)).level(workload_level(one))
        }),
        Field::<Workload>::number("UPDATED", |_, one| Cell::count(i64::from(one.updated))).rank(1),
        Field::<Workload>::number("AVAILABLE", |_, one| Cell::count(i64::from(one.available)))
            .rank(1),
        age(),
        Field::<Workload>::new("IMAGE", |_, one| Cell::text(image(&one.template)))
            .middle()
            .between(24, 90)
            .rank(3),
        Field::<Workload>::new("STRATEGY", |_, one| Cell::text(&*one.strategy))
            .between(13, 20)
            .rank(5),
        owner(),
        labels(),
    ],
    each: |source, view, row| {
        let inventory = source.inventory;
        let table = match view {
            View::ReplicaSets => &inventory.replica_sets,
            View::StatefulSets => &inventory.stateful_sets,
            View::DaemonSets => &inventory.daemon_sets,
            _ => &inventory.deployments,
        };
        table.iter().for_each(row);
    },
    level: |_, one| workload_level(one),
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|one| super::about(one.kind.kind().as_str(), one)),
};

const fn workload_level(one: &Workload) -> Level {
    if one.ready >= one.desired {
        Level::Ok
    } else if one.ready == 0 {
        Level::Critical
    } else {
        Level::Warning
    }
}

pub(super) static JOBS: Sheet<Job> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<Job>::new("STATUS", |_, job| {
            let (word, level) = job_state(job);
            Cell::text(word).level(level)
        })
        .between(9, 12),
        Field::<Job>::number("DONE", |_, job| {
            Cell::number(
                format!("{}/{}", job.succeeded, job.completions),
                f64::from(job.succeeded),
            )
        }),
        Field::<Job>::number("FAILED", |_, job| Cell::count(i64::from(job.failed))).rank(1),
        Field::<Job>::number("RUNNING", |_, job| Cell::count(i64::from(job.active))).rank(2),
        age(),
        owner(),
        Field::<Job>::new("IMAGE", |_, job| Cell::text(image(&job.template)))
            .middle()
            .between(24, 90)
            .rank(4),
        labels(),
    ],
    each: |source, _, row| source.inventory.jobs.iter().for_each(row),
    level: |_, job| job_state(job).1,
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|job| super::about("Job", job)),
};

fn job_state(job: &Job) -> (&'static str, Level) {
    let conditions = job.conditions.as_slice();
    if conditions.holds("Failed") {
        ("Failed", Level::Critical)
    } else if conditions.holds("Complete") {
        ("Complete", Level::Ok)
    } else if job.suspended {
        ("Suspended", Level::Ok)
    } else {
        ("Running", Level::Ok)
    }
}

pub(super) static CRON_JOBS: Sheet<CronJob> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<CronJob>::new("SCHEDULE", |_, job| Cell::text(&*job.schedule)).between(9, 24),
        Field::<CronJob>::new("STATE", |_, job| {
            Cell::text(if job.suspended { "suspended" } else { "active" })
        })
        .between(9, 9),
        Field::<CronJob>::number("RUNNING", |_, job| Cell::count(i64::from(job.active))).rank(2),
        Field::<CronJob>::since("LAST RUN", |source, job| {
            since_cell(job.last_scheduled, source.now)
        }),
        Field::<CronJob>::since("LAST DONE", |source, job| {
            since_cell(job.last_success, source.now)
        }),
        Field::<CronJob>::new("IMAGE", |_, job| Cell::text(image(&job.template)))
            .middle()
            .between(24, 90)
            .rank(4),
        labels(),
    ],
    each: |source, _, row| source.inventory.cron_jobs.iter().for_each(row),
    level: |_, _| Level::Ok,
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|job| super::about("CronJob", job)),
};

pub(super) static BUDGETS: Sheet<DisruptionBudget> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<DisruptionBudget>::number("MAY GO", |_, one| {
            Cell::count(i64::from(one.allowed)).level(budget_level(one))
        }),
        Field::<DisruptionBudget>::number("HEALTHY", |_, one| Cell::count(i64::from(one.healthy))),
        Field::<DisruptionBudget>::number("DESIRED", |_, one| Cell::count(i64::from(one.desired))),
        Field::<DisruptionBudget>::number("PODS", |_, one| Cell::count(i64::from(one.expected))),
        age(),
        labels(),
    ],
    each: |source, _, row| source.inventory.budgets.iter().for_each(row),
    level: |_, one| budget_level(one),
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|one| super::about("PodDisruptionBudget", one)),
};

const fn budget_level(one: &DisruptionBudget) -> Level {
    if one.allowed == 0 && one.expected > 0 {
        Level::Warning
    } else {
        Level::Ok
    }
}
