//! Applications of Argo CD.

use super::{Cell, Field, Level, Sheet, labels, name, namespace, since_cell};
use crate::{
    domain::{App, Health, Phase, SyncStatus},
    tui::rows::Asked,
};

pub(super) static APPS: Sheet<App> = Sheet {
    fields: &[
        namespace().rank(2),
        name(),
        Field::<App>::new("OF", |_, app| {
            Cell::text(if app.instance.is_empty() {
                "kubernetes"
            } else {
                &app.instance
            })
        })
        .middle()
        .between(8, 20)
        .rank(5),
        Field::<App>::new("SYNC", |_, app| {
            Cell::text(app.sync.as_str()).level(if app.sync == SyncStatus::Synced {
                Level::Ok
            } else {
                Level::Warning
            })
        })
        .between(9, 9),
        Field::<App>::new("HEALTH", |_, app| {
            Cell::text(app.true_health().as_str()).level(app_level(app))
        })
        .between(8, 11),
        Field::<App>::new("OPERATION", |_, app| Cell::text(operation_word(app)))
            .between(9, 11)
            .rank(1),
        Field::<App>::new("POLICY", |_, app| {
            Cell::text(match app.auto_sync {
                None => "manual",
                Some(auto) if auto.self_heal => "self-heal",
                Some(_) => "auto",
            })
        })
        .between(9, 9)
        .rank(3),
        Field::<App>::new("PROJECT", |_, app| Cell::text(&*app.project))
            .between(8, 20)
            .rank(5),
        Field::<App>::new("PATH", |_, app| Cell::text(app.path()))
            .middle()
            .between(16, 60)
            .rank(4),
        Field::<App>::new("REVISION", |_, app| {
            Cell::text(app.revision.get(..7).unwrap_or(&app.revision))
        })
        .between(8, 8)
        .rank(5),
        Field::<App>::since("SYNCED", |source, app| {
            since_cell(app.history.last().and_then(|last| last.at), source.now)
        }),
        Field::<App>::new("MESSAGE", |_, app| Cell::text(message(app)))
            .between(24, 160)
            .rank(6),
        labels(),
    ],
    each: |source, _, row| source.inventory.apps.iter().for_each(row),
    level: |_, app| app_level(app),
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|app| super::about("Application", app)),
};

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

/// What Argo CD says is the matter.
fn message(app: &App) -> &str {
    let failing = app
        .operation
        .as_ref()
        .filter(|operation| operation.phase != Phase::Succeeded);
    match (app.error(), failing) {
        (Some(error), _) => &error.message,
        (None, Some(operation)) => &operation.message,
        (None, None) => &app.health_message,
    }
}
