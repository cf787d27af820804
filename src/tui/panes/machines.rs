//! Virtual machines of KubeVirt.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{Conditions, Kind, ObjectRef, Vm},
    tui::{
        app::App,
        text::{bytes, fit, pad},
        views::vm_level,
        widgets::{fresh_mark, fresh_message},
    },
};

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let freshness = app.inventory.freshness(Kind::Vm);
    let mut machines: Vec<_> = app.inventory.vms.iter().collect();
    machines.sort_by_key(|vm| {
        std::cmp::Reverse(vm_level(
            vm,
            app.inventory.vmis.get(&vm.meta.key).map(|vmi| &**vmi),
        ))
    });
    let running = machines
        .iter()
        .filter(|vm| &*vm.status == "Running")
        .count();
    Pane {
        title: format!("Virtual machines · {running}/{} running", machines.len()),
        mark: fresh_mark(freshness, app.now),
        lines: machines
            .into_iter()
            .map(|vm| line(app, vm, width))
            .collect(),
        empty: fresh_message(freshness, "virtual machines", app.now),
    }
}

fn line(app: &App, vm: &Vm, width: u16) -> PaneLine {
    let vmi = app.inventory.vmis.get(&vm.meta.key);
    let level = vm_level(vm, vmi.map(|vmi| &**vmi));
    let (symbol, style) = app.theme.symbol(level);
    let node = vmi.map_or("", |vmi| &vmi.node);
    let node = app
        .profile
        .blades
        .get(node)
        .map_or(node, |blade| blade.label.as_str());
    let conditions = vmi.map_or(&[] as &[_], |vmi| vmi.conditions.as_slice());
    let mut notes = Vec::new();
    if conditions.fails("LiveMigratable") {
        notes.push("can't migrate");
    }
    if vmi.is_some() && !conditions.holds("AgentConnected") {
        notes.push("no agent");
    }
    let address = vmi
        .and_then(|vmi| vmi.addresses.first())
        .map_or("", |address| address);
    let tail = if notes.is_empty() {
        address.to_owned()
    } else {
        notes.join(", ")
    };
    let rest = usize::from(width).saturating_sub(49);
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(vm.meta.name(), 15, false), app.theme.text()),
        Span::styled(pad(&vm.status, 10, false), app.theme.level(level)),
        Span::styled(pad(node, 8, false), app.theme.dim()),
        Span::styled(
            pad(
                &format!(
                    "{}c {}",
                    vm.spec.vcpus(),
                    bytes(vm.spec.memory.value().unsigned_abs())
                ),
                10,
                true,
            ),
            app.theme.dim(),
        ),
        Span::styled(
            format!("  {}", fit(&tail, rest)),
            if notes.is_empty() {
                app.theme.dim()
            } else {
                app.theme.warning()
            },
        ),
    ]);
    PaneLine::about(
        line,
        ObjectRef {
            kind: "VirtualMachine".into(),
            key: vm.meta.key.clone(),
        },
    )
}
