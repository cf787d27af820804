//! Pods, controllers, applications.

use super::{Cell, Column, Level, Row, Source, age_cell, row, since_cell};
use crate::{
    domain::{App, Conditions, Health, Phase, Pod, SyncStatus, Workload},
    inventory::Table,
    tui::text::bytes,
};

pub(super) const PODS: [Column; 10] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("READY", 5).right(),
    Column::new("STATUS", 17),
    Column::new("RESTARTS", 8).right(),
    Column::new("CPU", 6).right().from(110),
    Column::new("MEM", 7).right().from(110),
    Column::new("NODE", 14).from(100),
    Column::new("IP", 15).from(140),
    Column::new("AGE", 4).right(),
];

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

pub(super) fn pods(source: &Source<'_>) -> Vec<Row> {
    let inventory = source.inventory;
    if inventory.pods.is_empty() && !inventory.pod_rows.is_empty() {
        return early_pods(source);
    }
    inventory
        .pods
        .iter()
        .map(|pod| {
            let word = pod.status_word();
            let level = pod_level(pod, &word);
            let usage = inventory.pod_usage.get(&pod.meta.key);
            let cpu = usage.map(|usage| usage.cpu().milli());
            let memory = usage.map(|usage| usage.memory().value().unsigned_abs());
            let cells = vec![
                Cell::text(&**pod.meta.namespace()),
                Cell::text(&**pod.meta.name()),
                Cell::text(format!(
                    "{}/{}",
                    pod.ready_count(),
                    pod.spec.containers.len()
                )),
                Cell::text(word).level(level),
                Cell::count(i64::from(pod.restarts())),
                cpu.map_or_else(
                    || Cell::number("-", -1.0),
                    |cpu| Cell::number(format!("{cpu}m"), cpu as f64),
                ),
                memory.map_or_else(
                    || Cell::number("-", -1.0),
                    |memory| Cell::number(bytes(memory), memory as f64),
                ),
                Cell::text(pod.node.as_deref().unwrap_or("-")),
                Cell::text(&*pod.ip),
                age_cell(&pod.meta, source.now),
            ];
            row("Pod", &**pod, level, cells)
        })
        .collect()
}

/// The server's own table, while the objects stream in.
fn early_pods(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .pod_rows
        .iter()
        .map(|pod| {
            let good = matches!(&*pod.status, "Running" | "Completed" | "Succeeded");
            let level = if good { Level::Ok } else { Level::Warning };
            let cells = vec![
                Cell::text(&*pod.pod.namespace),
                Cell::text(&*pod.pod.name),
                Cell::text(&*pod.ready),
                Cell::text(&*pod.status).level(level),
                Cell::text(&*pod.restarts),
                Cell::text("-"),
                Cell::text("-"),
                Cell::text(&*pod.node),
                Cell::text(&*pod.ip),
                Cell::text(&*pod.age),
            ];
            let object = crate::domain::ObjectRef {
                kind: "Pod".into(),
                key: pod.pod.clone(),
            };
            Row {
                object,
                level,
                cells,
                labels: crate::domain::Labels::default(),
            }
        })
        .collect()
}

pub(super) const WORKLOADS: [Column; 7] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("READY", 7).right(),
    Column::new("UPDATED", 7).right(),
    Column::new("AVAILABLE", 9).right(),
    Column::new("IMAGE", 30).from(120),
    Column::new("AGE", 4).right(),
];

pub(super) fn workloads(source: &Source<'_>, table: &Table<Workload>) -> Vec<Row> {
    table
        .iter()
        .map(|one| {
            let level = if one.ready >= one.desired {
                Level::Ok
            } else if one.ready == 0 {
                Level::Critical
            } else {
                Level::Warning
            };
            let image = one
                .template
                .containers
                .first()
                .map_or("", |container| &container.image);
            let cells = vec![
                Cell::text(&**one.meta.namespace()),
                Cell::text(&**one.meta.name()),
                Cell::number(
                    format!("{}/{}", one.ready, one.desired),
                    f64::from(one.ready),
                )
                .level(level),
                Cell::count(i64::from(one.updated)),
                Cell::count(i64::from(one.available)),
                Cell::text(image),
                age_cell(&one.meta, source.now),
            ];
            row(one.kind.kind().as_str(), &**one, level, cells)
        })
        .collect()
}

pub(super) const JOBS: [Column; 6] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("STATUS", 10),
    Column::new("DONE", 6).right(),
    Column::new("FAILED", 6).right(),
    Column::new("AGE", 4).right(),
];

pub(super) fn jobs(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .jobs
        .iter()
        .map(|job| {
            let conditions = job.conditions.as_slice();
            let (word, level) = if conditions.holds("Failed") {
                ("Failed", Level::Critical)
            } else if conditions.holds("Complete") {
                ("Complete", Level::Ok)
            } else if job.suspended {
                ("Suspended", Level::Ok)
            } else {
                ("Running", Level::Ok)
            };
            let cells = vec![
                Cell::text(&**job.meta.namespace()),
                Cell::text(&**job.meta.name()),
                Cell::text(word).level(level),
                Cell::text(format!("{}/{}", job.succeeded, job.completions)),
                Cell::count(i64::from(job.failed)),
                age_cell(&job.meta, source.now),
            ];
            row("Job", &**job, level, cells)
        })
        .collect()
}

pub(super) const CRON_JOBS: [Column; 6] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("SCHEDULE", 14),
    Column::new("STATE", 9),
    Column::new("LAST RUN", 8).right(),
    Column::new("LAST DONE", 9).right(),
];

pub(super) fn cron_jobs(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .cron_jobs
        .iter()
        .map(|job| {
            let state = if job.suspended { "suspended" } else { "active" };
            let cells = vec![
                Cell::text(&**job.meta.namespace()),
                Cell::text(&**job.meta.name()),
                Cell::text(&*job.schedule),
                Cell::text(state),
                since_cell(job.last_scheduled, source.now),
                since_cell(job.last_success, source.now),
            ];
            row("CronJob", &**job, Level::Ok, cells)
        })
        .collect()
}

pub(super) const BUDGETS: [Column; 6] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("MAY GO", 6).right(),
    Column::new("HEALTHY", 7).right(),
    Column::new("DESIRED", 7).right(),
    Column::new("PODS", 5).right(),
];

pub(super) fn budgets(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .budgets
        .iter()
        .map(|one| {
            let level = if one.allowed == 0 && one.expected > 0 {
                Level::Warning
            } else {
                Level::Ok
            };
            let cells = vec![
                Cell::text(&**one.meta.namespace()),
                Cell::text(&**one.meta.name()),
                Cell::count(i64::from(one.allowed)).level(level),
                Cell::count(i64::from(one.healthy)),
                Cell::count(i64::from(one.desired)),
                Cell::count(i64::from(one.expected)),
            ];
            row("PodDisruptionBudget", &**one, level, cells)
        })
        .collect()
}

pub(super) const APPS: [Column; 9] = [
    Column::new("NAMESPACE", 10).from(100),
    Column::new("NAME", 16).stretch(),
    Column::new("SYNC", 9),
    Column::new("HEALTH", 11),
    Column::new("OPERATION", 11),
    Column::new("POLICY", 9).from(100),
    Column::new("PATH", 26).from(120),
    Column::new("REVISION", 8).from(140),
    Column::new("SYNCED", 6).right(),
];

/// How an application is doing, as one level.
pub(in crate::tui) fn app_level(app: &App) -> Level {
    let health = app.true_health();
    if matches!(health, Health::Degraded | Health::Missing)
        || app.error().is_some()
        || app.is_retrying()
    {
        Level::Critical
    } else if health != Health::Healthy || app.sync != SyncStatus::Synced {
        Level::Warning
    } else {
        Level::Ok
    }
}

/// The operation in a word; a sync between two tries fails, whatever its phase says.
pub(in crate::tui) fn operation_word(app: &App) -> &'static str {
    match &app.operation {
        _ if app.is_retrying() => "retrying",
        Some(operation) if operation.phase != Phase::Succeeded => operation.phase.as_str(),
        None if app.operation_filed => "waiting",
        _ => "-",
    }
}

pub(super) fn apps(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .apps
        .iter()
        .map(|app| {
            let level = app_level(app);
            let policy = match app.auto_sync {
                None => "manual",
                Some(auto) if auto.self_heal => "self-heal",
                Some(_) => "auto",
            };
            let cells = vec![
                Cell::text(&**app.meta.namespace()),
                Cell::text(&**app.meta.name()),
                Cell::text(app.sync.as_str()).level(if app.sync == SyncStatus::Synced {
                    Level::Ok
                } else {
                    Level::Warning
                }),
                Cell::text(app.true_health().as_str()).level(level),
                Cell::text(operation_word(app)),
                Cell::text(policy),
                Cell::text(app.path()),
                Cell::text(app.revision.get(..7).unwrap_or(&app.revision)),
                since_cell(app.history.last().and_then(|last| last.at), source.now),
            ];
            row("Application", &**app, level, cells)
        })
        .collect()
}
