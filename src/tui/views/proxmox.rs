//! Guests, tasks and storages of Proxmox VE.

use std::sync::Arc;

use super::{Cell, Field, Level, Sheet, Source, since_cell, storage::full};
use crate::{
    domain::{Guest, ObjectRef, PveState, PveStorage, PveTask},
    tui::{
        rows::Asked,
        text::{bytes, seconds},
    },
};

/// One of a list of an installation, without a copy of it.
pub(super) struct OfHost<T: 'static> {
    state: Arc<PveState>,
    list: fn(&PveState) -> &[T],
    at: usize,
}

impl<T> OfHost<T> {
    fn it(&self) -> &T {
        &(self.list)(&self.state)[self.at]
    }

    fn each(source: &Source<'_>, list: fn(&PveState) -> &[T], row: &mut dyn FnMut(&Arc<Self>)) {
        for state in source.inventory.proxmox.values() {
            for at in 0..list(state).len() {
                row(&Arc::new(Self {
                    state: state.clone(),
                    list,
                    at,
                }));
            }
        }
    }
}

fn amount<'a>(value: Option<u64>) -> Cell<'a> {
    value.map_or_else(Cell::no_number, |value| {
        Cell::number(bytes(value), value as f64)
    })
}

fn part_of<'a>(used: Option<u64>, all: Option<u64>) -> Cell<'a> {
    match (used, all) {
        (Some(used), Some(all)) => {
            Cell::number(format!("{}/{}", bytes(used), bytes(all)), used as f64)
        }
        _ => Cell::no_number(),
    }
}

/// How a guest is doing, as one level: a stopped one is a trouble only if it should run.
pub(in crate::tui) fn guest_level(guest: &Guest) -> Level {
    match &*guest.status {
        "running" => Level::Ok,
        "stopped" if guest.onboot == Some(true) => Level::Critical,
        "stopped" => Level::Ok,
        _ => Level::Warning,
    }
}

/// The age of the newest backup, where it could be read.
fn backup<'a>(source: &Source<'_>, guest: &Guest) -> Cell<'a> {
    match &guest.last_backup {
        None => Cell::number("-", f64::MAX),
        Some(None) => Cell::number("none", f64::MAX).level(Level::Warning),
        Some(Some(at)) => {
            let oldest = i64::from(source.profile.backup_max_age_days) * 24;
            let old = source.now.duration_since(*at).as_hours() > oldest;
            let level = if old { Level::Warning } else { Level::Ok };
            since_cell(Some(*at), source.now).level(level)
        }
    }
}

pub(super) static GUESTS: Sheet<OfHost<Guest>> = Sheet {
    fields: &[
        Field::<OfHost<Guest>>::number("ID", |_, one| Cell::count(i64::from(one.it().id)))
            .smallest_first(),
        Field::<OfHost<Guest>>::name("NAME", |_, one| Cell::text(&*one.it().name)),
        Field::<OfHost<Guest>>::new("TYPE", |_, one| Cell::text(one.it().kind.as_str()))
            .between(4, 4),
        Field::<OfHost<Guest>>::new("STATUS", |_, one| {
            Cell::text(&*one.it().status).level(guest_level(one.it()))
        })
        .between(7, 12),
        Field::<OfHost<Guest>>::new("HOST", |_, one| Cell::text(&*one.it().node))
            .middle()
            .between(8, 24)
            .rank(2),
        Field::<OfHost<Guest>>::new("OF", |_, one| Cell::text(&*one.it().host))
            .middle()
            .between(8, 20)
            .rank(5),
        Field::<OfHost<Guest>>::new("LOCK", |_, one| {
            let lock = &*one.it().lock;
            Cell::text(if lock.is_empty() { "-" } else { lock })
        })
        .between(4, 12)
        .rank(4),
        Field::<OfHost<Guest>>::number("CORES", |_, one| {
            one.it().cores.map_or_else(Cell::no_number, |cores| {
                Cell::number(format!("{cores:.0}"), cores)
            })
        })
        .rank(1),
        Field::<OfHost<Guest>>::number("CPU", |_, one| full((one.it().cpu, Level::Ok))).rank(1),
        Field::<OfHost<Guest>>::number("MEM", |_, one| {
            part_of(one.it().memory, one.it().memory_max)
        }),
        Field::<OfHost<Guest>>::number("DISK", |_, one| part_of(one.it().disk, one.it().disk_max))
            .rank(5),
        Field::<OfHost<Guest>>::new("ADDRESS", |_, one| {
            let addresses = one.it().addresses.as_ref();
            Cell::text(
                addresses
                    .and_then(|all| all.first())
                    .map_or("-", |address| address),
            )
        })
        .between(15, 40)
        .rank(3),
        Field::<OfHost<Guest>>::number("BACKUP", |source, one| backup(source, one.it())).rank(2),
        Field::<OfHost<Guest>>::number("UP", |_, one| {
            let up = one.it().uptime.filter(|up| *up > 0);
            up.map_or_else(Cell::no_number, |up| Cell::number(seconds(up), up as f64))
        }),
        Field::<OfHost<Guest>>::new("STARTS", |_, one| {
            Cell::text(match one.it().onboot {
                Some(true) => "with host",
                Some(false) => "by hand",
                None => "-",
            })
        })
        .between(9, 9)
        .rank(6),
        Field::<OfHost<Guest>>::new("TAGS", |_, one| Cell::text(one.it().tags.join(" ")))
            .between(6, 40)
            .rank(7),
    ],
    each: |source, _, row| {
        OfHost::<Guest>::each(source, |state| &state.guests, &mut |one| {
            if !one.it().template {
                row(one);
            }
        });
    },
    level: |_, one| guest_level(one.it()),
    alone: false,
    worst_first: true,
    asked: Asked {
        object: |one| {
            let guest = one.it();
            ObjectRef::new(guest.kind.as_str(), &guest.host, &guest.id.to_string())
        },
        same: |a, b| (a.it().id, &a.it().host) == (b.it().id, &b.it().host),
        namespace: |_| "",
        labels: |_| None,
    },
};

pub(super) static TASKS: Sheet<OfHost<PveTask>> = Sheet {
    fields: &[
        Field::<OfHost<PveTask>>::since("STARTED", |source, one| {
            since_cell(one.it().started, source.now)
        }),
        Field::<OfHost<PveTask>>::new("TYPE", |_, one| Cell::text(&*one.it().kind)).between(8, 20),
        Field::<OfHost<PveTask>>::new("ABOUT", |_, one| Cell::text(&*one.it().about))
            .between(5, 24),
        Field::<OfHost<PveTask>>::new("STATUS", |_, one| {
            Cell::text(if one.it().ended.is_none() {
                "running"
            } else {
                &one.it().status
            })
            .level(task_level(one.it()))
        })
        .between(20, 120),
        Field::<OfHost<PveTask>>::new("NODE", |_, one| Cell::text(&*one.it().node))
            .middle()
            .between(8, 24)
            .rank(1),
        Field::<OfHost<PveTask>>::new("USER", |_, one| Cell::text(&*one.it().user))
            .between(8, 32)
            .rank(2),
        Field::<OfHost<PveTask>>::number("TOOK", |source, one| {
            let (Some(from), to) = (one.it().started, one.it().ended.unwrap_or(source.now)) else {
                return Cell::no_number();
            };
            let took = to.duration_since(from).as_secs().max(0).unsigned_abs();
            Cell::number(seconds(took), took as f64)
        })
        .rank(1),
    ],
    each: |source, _, row| OfHost::each(source, |state| &state.tasks, row),
    level: |_, one| task_level(one.it()),
    alone: false,
    worst_first: true,
    asked: Asked {
        object: |one| ObjectRef::new("task", &one.it().host, &one.it().upid),
        same: |a, b| a.it().upid == b.it().upid,
        namespace: |_| "",
        labels: |_| None,
    },
};

fn task_level(task: &PveTask) -> Level {
    if task.failed() {
        Level::Critical
    } else {
        Level::Ok
    }
}

fn storage_fill(source: &Source<'_>, one: &PveStorage) -> (Option<f64>, Level) {
    let bounds = &source.profile.thresholds;
    let share = one
        .used
        .zip(one.total)
        .filter(|(_, total)| *total > 0)
        .map(|(used, total)| used as f64 / total as f64);
    let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
    (share, level)
}

pub(super) static STORAGES: Sheet<OfHost<PveStorage>> = Sheet {
    fields: &[
        Field::<OfHost<PveStorage>>::new("NODE", |_, one| Cell::text(&*one.it().node))
            .middle()
            .between(8, 24),
        Field::<OfHost<PveStorage>>::name("STORAGE", |_, one| Cell::text(&*one.it().name)),
        Field::<OfHost<PveStorage>>::new("TYPE", |_, one| Cell::text(&*one.it().kind))
            .between(4, 12),
        Field::<OfHost<PveStorage>>::number("USED", |_, one| amount(one.it().used)),
        Field::<OfHost<PveStorage>>::number("SIZE", |_, one| amount(one.it().total)),
        Field::<OfHost<PveStorage>>::number("FULL", |source, one| {
            full(storage_fill(source, one.it()))
        }),
        Field::<OfHost<PveStorage>>::new("STATE", |_, one| {
            Cell::text(match one.it().active {
                Some(true) => "active",
                Some(false) => "inactive",
                None => "-",
            })
        })
        .between(6, 8),
        Field::<OfHost<PveStorage>>::new("SHARED", |_, one| {
            Cell::text(if one.it().shared { "yes" } else { "no" })
        })
        .between(6, 6)
        .rank(2),
        Field::<OfHost<PveStorage>>::new("CONTENT", |_, one| {
            Cell::text(one.it().content.join(" "))
        })
        .between(12, 60)
        .rank(3),
    ],
    each: |source, _, row| OfHost::each(source, |state| &state.storages, row),
    level: |source, one| storage_fill(source, one.it()).1,
    alone: false,
    worst_first: true,
    asked: Asked {
        object: |one| ObjectRef::new("storage", &one.it().host, &one.it().name),
        same: |a, b| (&a.it().host, &a.it().name) == (&b.it().host, &b.it().name),
        namespace: |_| "",
        labels: |_| None,
    },
};
