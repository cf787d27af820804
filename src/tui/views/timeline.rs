//! What changed, and when: the newest first.

use super::{Cell, Field, Level, Sheet, since_cell};
use crate::{
    insight::timeline::{ChangeKind, TimedChange},
    tui::rows::Asked,
};

fn level(one: &TimedChange) -> Level {
    match one.kind {
        ChangeKind::Restart | ChangeKind::Condition => Level::Critical,
        ChangeKind::Event => Level::Warning,
        _ => Level::Ok,
    }
}

pub(super) static CHANGES: Sheet<TimedChange> = Sheet {
    fields: &[
        Field::<TimedChange>::new("WHEN", |_, one| {
            Cell::text(one.at.strftime("%m-%d %H:%M:%S").to_string())
        })
        .between(14, 14),
        Field::<TimedChange>::since("AGO", |source, one| since_cell(Some(one.at), source.now)),
        Field::<TimedChange>::new("CHANGE", |_, one| {
            Cell::text(one.kind.word()).level(level(one))
        })
        .between(9, 9),
        Field::<TimedChange>::name("OBJECT", |_, one| Cell::text(one.object.short()))
            .between(16, 44),
        Field::<TimedChange>::new("WHAT", |_, one| Cell::text(one.what.as_str())).between(20, 200),
    ],
    each: |source, _, row| source.changes.iter().rev().for_each(row),
    level: |_, one| level(one),
    alone: true,
    worst_first: false,
    asked: Asked {
        object: |one| one.object.clone(),
        same: |a, b| a == b,
        namespace: |one| &one.object.key.namespace,
        labels: |_| None,
    },
};
