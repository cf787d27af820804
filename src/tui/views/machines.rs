//! Virtual machines of KubeVirt, guests, tasks and storages of Proxmox VE.

use super::{Cell, Column, Level, ObjectRef, Row, Source, row, since_cell};
use crate::{
    domain::{Conditions, Guest, Labels, Truth, Vm, Vmi},
    tui::text::{bytes, seconds},
};

pub(super) const MACHINES: [Column; 10] = [
    Column::new("NAMESPACE", 10).from(90),
    Column::new("NAME", 14).stretch(),
    Column::new("STATUS", 12),
    Column::new("BLADE", 14),
    Column::new("CPU", 4).right(),
    Column::new("MEM", 7).right(),
    Column::new("MIGRATES", 9),
    Column::new("AGENT", 5),
    Column::new("ADDRESS", 15).from(100),
    Column::new("OS", 20).from(130),
];

/// How a machine is doing, as one level.
pub(in crate::tui) fn vm_level(vm: &Vm, vmi: Option<&Vmi>) -> Level {
    match &*vm.status {
        "Running" => {
            let stuck = vmi.is_some_and(|vmi| vmi.conditions.as_slice().fails("LiveMigratable"));
            if stuck { Level::Warning } else { Level::Ok }
        }
        "" | "Stopped" | "Starting" | "Stopping" | "Migrating" | "Provisioning" => Level::Ok,
        "Paused" | "WaitingForVolumeBinding" | "Terminating" => Level::Warning,
        _ => Level::Critical,
    }
}

pub(super) fn machines(source: &Source<'_>) -> Vec<Row> {
    let inventory = source.inventory;
    inventory
        .vms
        .iter()
        .map(|vm| {
            let vmi = inventory.vmis.get(&vm.meta.key);
            let level = vm_level(vm, vmi.map(|vmi| &**vmi));
            let conditions = vmi.map_or(&[] as &[_], |vmi| vmi.conditions.as_slice());
            let word = |kind: &str, yes: &'static str, no: &'static str| match conditions
                .condition(kind)
                .map(|c| c.status)
            {
                Some(Truth::True) => yes,
                Some(_) => no,
                None => "-",
            };
            let memory = vmi.and_then(|vmi| vmi.memory).unwrap_or(vm.spec.memory);
            let cpus = vmi
                .and_then(|vmi| vmi.vcpus)
                .unwrap_or_else(|| vm.spec.vcpus());
            let migrates = word("LiveMigratable", "yes", "no");
            let cells = vec![
                Cell::text(&**vm.meta.namespace()),
                Cell::text(&**vm.meta.name()),
                Cell::text(&*vm.status).level(level),
                Cell::text(vmi.map_or("-", |vmi| &vmi.node)),
                Cell::count(i64::from(cpus)),
                Cell::number(bytes(memory.value().unsigned_abs()), memory.as_f64()),
                Cell::text(migrates).level(if migrates == "no" {
                    Level::Warning
                } else {
                    Level::Ok
                }),
                Cell::text(word("AgentConnected", "●", "✖")),
                Cell::text(
                    vmi.and_then(|vmi| vmi.addresses.first())
                        .map_or("-", |address| address),
                ),
                Cell::text(vmi.map_or("", |vmi| &vmi.guest_os)),
            ];
            row("VirtualMachine", &**vm, level, cells)
        })
        .collect()
}

pub(super) const GUESTS: [Column; 12] = [
    Column::new("HOST", 10).from(90),
    Column::new("ID", 5).right(),
    Column::new("NAME", 14).stretch(),
    Column::new("TYPE", 4),
    Column::new("STATUS", 9),
    Column::new("LOCK", 8).from(110),
    Column::new("CORES", 5).right(),
    Column::new("CPU", 5).right(),
    Column::new("MEM", 15).right(),
    Column::new("ADDRESS", 15).from(100),
    Column::new("BACKUP", 7).right().from(110),
    Column::new("UP", 5).right(),
];

/// How a guest is doing, as one level: a stopped one is a trouble only if it should run.
pub(in crate::tui) fn guest_level(guest: &Guest) -> Level {
    match &*guest.status {
        "running" => Level::Ok,
        "stopped" if guest.onboot == Some(true) => Level::Critical,
        "stopped" => Level::Ok,
        _ => Level::Warning,
    }
}

#[allow(clippy::cast_precision_loss)] // sorting only
pub(super) fn guests(source: &Source<'_>) -> Vec<Row> {
    let all = source
        .inventory
        .proxmox
        .iter()
        .flat_map(|(host, state)| state.guests.iter().map(move |guest| (host, guest)));
    all.filter(|(_, guest)| !guest.template)
        .map(|(host, guest)| {
            let level = guest_level(guest);
            let memory = match (guest.memory, guest.memory_max) {
                (Some(used), Some(max)) => format!("{}/{}", bytes(used), bytes(max)),
                _ => "-".into(),
            };
            let address = guest
                .addresses
                .as_ref()
                .and_then(|all| all.first())
                .map_or("-", |address| address);
            let backup = match &guest.last_backup {
                None => Cell::number("-", f64::MAX),
                Some(None) => Cell::number("none", f64::MAX).level(Level::Warning),
                Some(Some(at)) => {
                    let oldest = i64::from(source.profile.backup_max_age_days) * 24;
                    let old = source.now.duration_since(*at).as_hours() > oldest;
                    let level = if old { Level::Warning } else { Level::Ok };
                    since_cell(Some(*at), source.now).level(level)
                }
            };
            let cells = vec![
                Cell::text(&*guest.node),
                Cell::count(i64::from(guest.id)),
                Cell::text(&*guest.name),
                Cell::text(guest.kind.as_str()),
                Cell::text(&*guest.status).level(level),
                Cell::text(if guest.lock.is_empty() {
                    "-"
                } else {
                    &guest.lock
                }),
                guest.cores.map_or_else(
                    || Cell::text("-"),
                    |cores| Cell::number(format!("{cores:.0}"), cores),
                ),
                guest.cpu.map_or_else(
                    || Cell::number("-", -1.0),
                    |cpu| Cell::number(format!("{:.0} %", cpu * 100.0), cpu),
                ),
                Cell::number(memory, guest.memory.unwrap_or_default() as f64),
                Cell::text(address),
                backup,
                guest.uptime.filter(|up| *up > 0).map_or_else(
                    || Cell::number("-", -1.0),
                    |up| Cell::number(seconds(up), up as f64),
                ),
            ];
            let object = ObjectRef::new(guest.kind.as_str(), host, &guest.id.to_string());
            Row {
                object,
                level,
                cells,
                labels: Labels::default(),
            }
        })
        .collect()
}

pub(super) const TASKS: [Column; 6] = [
    Column::new("STARTED", 7).right(),
    Column::new("NODE", 12),
    Column::new("TYPE", 12),
    Column::new("ABOUT", 8),
    Column::new("USER", 20).from(100),
    Column::new("STATUS", 20).stretch(),
];

pub(super) fn tasks(source: &Source<'_>) -> Vec<Row> {
    let all = source
        .inventory
        .proxmox
        .iter()
        .flat_map(|(host, state)| state.tasks.iter().map(move |task| (host, task)));
    all.map(|(host, task)| {
        let level = if task.failed() {
            Level::Critical
        } else {
            Level::Ok
        };
        let status = if task.ended.is_none() {
            "running"
        } else {
            &task.status
        };
        let cells = vec![
            since_cell(task.started, source.now),
            Cell::text(&*task.node),
            Cell::text(&*task.kind),
            Cell::text(&*task.about),
            Cell::text(&*task.user),
            Cell::text(status).level(level),
        ];
        Row {
            object: ObjectRef::new("task", host, &task.upid),
            level,
            cells,
            labels: Labels::default(),
        }
    })
    .collect()
}

pub(super) const STORAGES: [Column; 7] = [
    Column::new("NODE", 12),
    Column::new("STORAGE", 14).stretch(),
    Column::new("TYPE", 8),
    Column::new("USED", 8).right(),
    Column::new("SIZE", 8).right(),
    Column::new("FULL", 5).right(),
    Column::new("STATE", 10),
];

#[allow(clippy::cast_precision_loss)] // sorting only
pub(super) fn storages(source: &Source<'_>) -> Vec<Row> {
    let bounds = &source.profile.thresholds;
    let all = source
        .inventory
        .proxmox
        .iter()
        .flat_map(|(host, state)| state.storages.iter().map(move |one| (host, one)));
    all.map(|(host, one)| {
        let share = one
            .used
            .zip(one.total)
            .filter(|(_, total)| *total > 0)
            .map(|(used, total)| used as f64 / total as f64);
        let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
        let amount = |value: Option<u64>| {
            value.map_or_else(
                || Cell::number("-", -1.0),
                |value| Cell::number(bytes(value), value as f64),
            )
        };
        let cells = vec![
            Cell::text(&*one.node),
            Cell::text(&*one.name),
            Cell::text(&*one.kind),
            amount(one.used),
            amount(one.total),
            share
                .map_or_else(
                    || Cell::number("-", -1.0),
                    |share| Cell::number(format!("{:.0} %", share * 100.0), share),
                )
                .level(level),
            Cell::text(match one.active {
                Some(true) => "active",
                Some(false) => "inactive",
                None => "-",
            }),
        ];
        Row {
            object: ObjectRef::new("storage", host, &one.name),
            level,
            cells,
            labels: Labels::default(),
        }
    })
    .collect()
}
