//! Virtual machines of KubeVirt.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine, column, tally, titled, whole};
use crate::{
    domain::{Conditions, Kind, ObjectRef, Vm, Vmi},
    insight::capacity::Level,
    tui::{
        app::App,
        text::{bytes, pad},
        views::vm_level,
        widgets::{fresh_mark, fresh_message},
    },
};

/// A machine, where it runs, and how it is doing.
struct Machine<'a> {
    vm: &'a Vm,
    vmi: Option<&'a Vmi>,
    level: Level,
    blade: String,
    size: String,
}

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let freshness = app.inventory.freshness(Kind::Vm);
    let mut machines: Vec<Machine<'_>> = app
        .inventory
        .vms
        .iter()
        .map(|vm| machine(app, vm))
        .collect();
    machines.sort_by_key(|one| std::cmp::Reverse(one.level));
    let running = machines
        .iter()
        .filter(|one| &*one.vm.status == "Running")
        .count();
    let widths = [
        column(machines.iter().map(|one| &**one.vm.meta.name()), 4, 24),
        column(machines.iter().map(|one| &*one.vm.status), 7, 14),
        column(machines.iter().map(|one| one.blade.as_str()), 4, 12),
        column(machines.iter().map(|one| one.size.as_str()), 4, 12),
    ];
    let count = match machines.len() {
        0 => "none".to_owned(),
        all => format!("{running}/{all} running"),
    };
    Pane {
        title: titled("Virtual machines", freshness, &count),
        mark: fresh_mark(freshness, app.now),
        brief: tally(&app.theme, machines.iter().map(|one| one.level)),
        lines: machines
            .iter()
            .map(|one| line(app, one, widths, width))
            .collect(),
        more: 0,
        empty: fresh_message(freshness, "virtual machines", app.now),
    }
}

fn machine<'a>(app: &'a App, vm: &'a Vm) -> Machine<'a> {
    let vmi = app.inventory.vmis.get(&vm.meta.key).map(|vmi| &**vmi);
    let node = vmi.map_or("", |vmi| &vmi.node);
    let known = app.profile.blades.get(node);
    Machine {
        vm,
        vmi,
        level: vm_level(vm, vmi),
        blade: known.map_or(node, |blade| blade.label.as_str()).to_owned(),
        size: format!(
            "{}c {}",
            vm.spec.vcpus(),
            bytes(vm.spec.memory.value().unsigned_abs())
        ),
    }
}

/// What is to be known of a machine, what needs a look first.
fn notes(vmi: Option<&Vmi>) -> (Vec<String>, bool) {
    let Some(vmi) = vmi else {
        return (Vec::new(), false);
    };
    let conditions = vmi.conditions.as_slice();
    let mut notes = Vec::new();
    if let Some(state) = vmi.migration.as_ref().filter(|state| !state.completed) {
        notes.push(format!("moves to {}", state.target));
    }
    if conditions.fails("LiveMigratable") {
        let why = conditions
            .condition("LiveMigratable")
            .map(|one| &*one.reason);
        notes.push(match why.and_then(immobile) {
            Some(why) => format!("can't move: {why}"),
            None => "can't move".into(),
        });
    }
    if !conditions.holds("AgentConnected") {
        notes.push("no agent".into());
    }
    let bad = !notes.is_empty();
    notes.extend(vmi.addresses.first().map(|one| one.to_string()));
    if !vmi.guest_os.is_empty() {
        notes.push(vmi.guest_os.to_string());
    }
    (notes, bad)
}

/// KubeVirt's reasons in words.
fn immobile(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "DisksNotLiveMigratable" => "a disk is not shared",
        "InterfaceNotLiveMigratable" => "network binding",
        "HostDeviceNotLiveMigratable" => "a device of its node",
        "HotplugNotLiveMigratable" => "a hotplugged disk",
        "VirtIOFSNotLiveMigratable" => "virtiofs",
        "CPUModeLiveMigratable" | "CPUModeNotLiveMigratable" => "CPU of its node",
        "SEVNotLiveMigratable" | "SecureExecutionNotLiveMigratable" => "encrypted memory",
        _ => return None,
    })
}

fn line(app: &App, one: &Machine<'_>, widths: [usize; 4], width: u16) -> PaneLine {
    let theme = &app.theme;
    let (symbol, style) = theme.symbol(one.level);
    let (notes, bad) = notes(one.vmi);
    let [name, status, blade, size] = widths;
    let rest = usize::from(width).saturating_sub(3 + widths.iter().sum::<usize>() + 5);
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(one.vm.meta.name(), name + 1, false), theme.text()),
        Span::styled(
            pad(&one.vm.status, status + 1, false),
            theme.level(one.level),
        ),
        Span::styled(pad(&one.blade, blade, false), theme.dim()),
        Span::styled(pad(&one.size, size + 1, true), theme.dim()),
        Span::styled(
            format!("  {}", whole(notes.into_iter(), rest)),
            if bad { theme.warning() } else { theme.dim() },
        ),
    ]);
    PaneLine::about(
        line,
        ObjectRef {
            kind: "VirtualMachine".into(),
            key: one.vm.meta.key.clone(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_does_not_run_has_nothing_to_note() {
        assert_eq!(notes(None), (Vec::new(), false));
    }

    #[test]
    fn why_a_machine_cannot_move_is_said_in_words() {
        assert_eq!(
            immobile("DisksNotLiveMigratable"),
            Some("a disk is not shared")
        );
        assert_eq!(immobile("SomethingNew"), None);
    }
}
