//! Virtual machines of KubeVirt.

use super::{Cell, Field, Level, Sheet, Source, age, labels, name, namespace};
use crate::{
    domain::{Conditions, Truth, Vm, Vmi},
    tui::{rows::Asked, text::bytes},
};

fn running<'a>(source: &Source<'a>, vm: &Vm) -> Option<&'a Vmi> {
    source.inventory.vmis.get(&vm.meta.key).map(|vmi| &**vmi)
}

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

/// What a condition of the running machine says, in one of two words.
fn word(vmi: Option<&Vmi>, kind: &str, yes: &'static str, no: &'static str) -> &'static str {
    let condition = vmi.and_then(|vmi| vmi.conditions.as_slice().condition(kind));
    match condition.map(|condition| condition.status) {
        Some(Truth::True) => yes,
        Some(_) => no,
        None => "-",
    }
}

pub(super) static MACHINES: Sheet<Vm> = Sheet {
    fields: &[
        namespace().rank(2),
        name(),
        Field::<Vm>::new("STATUS", |source, vm| {
            Cell::text(&*vm.status).level(vm_level(vm, running(source, vm)))
        })
        .between(8, 24),
        Field::<Vm>::new("BLADE", |source, vm| {
            Cell::text(running(source, vm).map_or("-", |vmi| &vmi.node))
        })
        .middle()
        .between(8, 40),
        Field::<Vm>::number("CPU", |source, vm| {
            let cpus = running(source, vm).and_then(|vmi| vmi.vcpus);
            Cell::count(i64::from(cpus.unwrap_or_else(|| vm.spec.vcpus())))
        }),
        Field::<Vm>::number("MEM", |source, vm| {
            let memory = running(source, vm).and_then(|vmi| vmi.memory);
            let memory = memory.unwrap_or(vm.spec.memory);
            Cell::number(bytes(memory.value().unsigned_abs()), memory.as_f64())
        }),
        Field::<Vm>::new("MIGRATES", |source, vm| {
            let word = word(running(source, vm), "LiveMigratable", "yes", "no");
            Cell::text(word).level(if word == "no" {
                Level::Warning
            } else {
                Level::Ok
            })
        })
        .between(8, 8)
        .rank(1),
        Field::<Vm>::new("AGENT", |source, vm| {
            Cell::text(word(running(source, vm), "AgentConnected", "●", "✖"))
        })
        .between(5, 5)
        .rank(2),
        Field::<Vm>::new("ADDRESS", |source, vm| {
            let addresses = running(source, vm).map(|vmi| &vmi.addresses);
            Cell::text(
                addresses
                    .and_then(|all| all.first())
                    .map_or("-", |address| address),
            )
        })
        .between(15, 40)
        .rank(3),
        age().rank(4),
        Field::<Vm>::new("OS", |source, vm| {
            Cell::text(running(source, vm).map_or("", |vmi| &vmi.guest_os))
        })
        .between(12, 44)
        .rank(5),
        Field::<Vm>::new("STRATEGY", |_, vm| Cell::text(&*vm.run_strategy))
            .between(8, 16)
            .rank(6),
        Field::<Vm>::new("CAN'T MIGRATE BECAUSE", |source, vm| {
            let vmi = running(source, vm);
            let condition = vmi.and_then(|vmi| {
                let all = vmi.conditions.as_slice();
                all.condition("LiveMigratable")
                    .filter(|condition| condition.status != Truth::True)
            });
            Cell::text(condition.map_or("", |condition| &condition.message))
        })
        .between(24, 160)
        .rank(6),
        labels(),
    ],
    each: |source, _, row| source.inventory.vms.iter().for_each(row),
    level: |source, vm| vm_level(vm, running(source, vm)),
    alone: false,
    worst_first: true,
    asked: Asked::of_object(|vm| super::about("VirtualMachine", vm)),
};
