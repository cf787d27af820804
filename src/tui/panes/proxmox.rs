//! Proxmox VE: hosts and guests of all installations.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine, column, sources, tally};
use crate::{
    domain::{Guest, GuestKind, ObjectRef, PveNode, PveState, PveStorage, Text},
    insight::capacity::Level,
    inventory::SourceState,
    tui::{
        app::App,
        guest_detail::task_words,
        text::{age, bytes, fit, pad, percent, seconds, width as text_width},
        views::guest_level,
        widgets::bar,
    },
};

/// From this width on, there is room for what guests are made of.
const ROOMY: u16 = 62;

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let mut guests: Vec<(&Text, &Guest)> = app
        .inventory
        .proxmox
        .iter()
        .flat_map(|(host, state)| state.guests.iter().map(move |guest| (host, guest)))
        .collect();
    guests.retain(|(_, guest)| !guest.template);
    guests.sort_by_key(|(_, guest)| (std::cmp::Reverse(guest_level(guest)), guest.id));
    let count = |kind: GuestKind| {
        guests
            .iter()
            .filter(|(_, guest)| guest.kind == kind)
            .count()
    };
    let title = match app.inventory.proxmox.len() {
        0 => "Proxmox".to_owned(),
        _ => format!(
            "Proxmox · {} LXC {} VM",
            count(GuestKind::Lxc),
            count(GuestKind::Qemu)
        ),
    };
    let names = column(guests.iter().map(|(_, guest)| &*guest.name), 6, 20);
    let mut lines = sources::pane_lines(app, sources::proxmox, width);
    lines.extend(hosts(app, width));
    lines.extend(
        guests
            .iter()
            .map(|(host, guest)| line(app, host, guest, names, width)),
    );
    let (mark, empty) = state(app);
    Pane {
        title,
        mark,
        brief: tally(
            &app.theme,
            guests.iter().map(|(_, guest)| guest_level(guest)),
        ),
        lines,
        more: 0,
        empty,
    }
}

/// The hosts, each with those of its storages that need a look.
fn hosts(app: &App, width: u16) -> Vec<PaneLine> {
    let states = app.inventory.proxmox.values();
    states
        .flat_map(|state| {
            let hosts = state.nodes.iter();
            let hosts = hosts.map(|node| host_line(app, state, node, width));
            let storages = state.storages.iter();
            hosts.chain(storages.filter_map(|one| storage_line(app, one, width)))
        })
        .collect()
}

/// A host: what of it is in use.
fn host_line(app: &App, state: &PveState, node: &PveNode, width: u16) -> PaneLine {
    let theme = &app.theme;
    let bounds = &app.profile.thresholds;
    let version = if node.version.is_empty() {
        &state.version
    } else {
        &node.version
    };
    let memory = ratio(node.memory, node.memory_max);
    let over = Level::of(memory, bounds.blade_warning, bounds.blade_critical).min(Level::Warning);
    let level = if &*node.status == "online" {
        over
    } else {
        Level::Critical
    };
    let (symbol, style) = theme.symbol(level);
    let object = ObjectRef::new("pve-node", &node.host, &node.name);
    let mut spans = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(
            format!("{} ", fit(&place(app, &node.host, &node.name), 24)),
            theme.text(),
        ),
        Span::styled(format!("{}  ", fit(version, 10)), theme.dim()),
    ];
    if &*node.status != "online" {
        spans.push(Span::styled(node.status.to_string(), theme.level(level)));
        return PaneLine::about(Line::from(spans), object);
    }
    let cells = match width {
        ROOMY.. => 12,
        _ => 5,
    };
    for (word, share) in [("cpu", node.cpu), ("mem", memory)] {
        spans.push(Span::styled(format!("{word} "), theme.dim()));
        spans.extend(bar(theme, cells, share, share, bounds.blade_critical));
        let level = Level::of(share, bounds.blade_warning, bounds.blade_critical);
        spans.push(Span::styled(
            format!(" {}  ", percent(share)),
            theme.level(level.min(Level::Warning)),
        ));
    }
    if let Some(up) = node.uptime.filter(|_| width >= ROOMY) {
        spans.push(Span::styled(format!("up {}", seconds(up)), theme.dim()));
    }
    PaneLine::about(Line::from(spans), object)
}

#[allow(clippy::cast_precision_loss)] // a share
fn ratio(part: Option<u64>, all: Option<u64>) -> Option<f64> {
    let (part, all) = (part?, all?);
    (all > 0).then(|| part as f64 / all as f64)
}

/// A storage, where it is nearly full or away.
fn storage_line(app: &App, one: &PveStorage, width: u16) -> Option<PaneLine> {
    let bounds = &app.profile.thresholds;
    let share = ratio(one.used, one.total);
    let level = match one.active {
        Some(false) => Level::Critical,
        _ => Level::of(share, bounds.storage_warning, bounds.storage_critical),
    };
    if level == Level::Ok {
        return None;
    }
    let (symbol, style) = app.theme.symbol(level);
    let words = match (one.active, share) {
        (Some(false), _) => "cannot be reached".to_owned(),
        (_, Some(share)) => format!("{:.0} % full", share * 100.0),
        _ => String::new(),
    };
    let text = format!(
        "storage {} on {}: {words}",
        one.name,
        place(app, &one.host, &one.node)
    );
    let text = fit(&text, usize::from(width).saturating_sub(4));
    Some(PaneLine::plain(Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(text, app.theme.level(level)),
    ])))
}

/// A word for the title, and what stands in place of guests where there are none.
fn state(app: &App) -> (String, String) {
    let states: Vec<&SourceState> = app
        .inventory
        .sources
        .iter()
        .filter(|(id, _)| sources::proxmox(id).is_some())
        .map(|(_, status)| &status.state)
        .collect();
    if states.is_empty() {
        return (
            String::new(),
            "No Proxmox VE is configured. `redbutton config init` shows how.".into(),
        );
    }
    let mark = states.iter().find_map(|state| match state {
        SourceState::Refused { .. } => Some("⊘ refused".to_owned()),
        SourceState::Unreachable { .. } => Some("? unreachable".to_owned()),
        SourceState::Stale { since, .. } => Some(format!("? stale {}", age(Some(*since), app.now))),
        _ => None,
    });
    let waits = states
        .iter()
        .any(|state| matches!(state, SourceState::Connecting));
    let limited = states
        .iter()
        .any(|state| matches!(state, SourceState::Limited { .. }));
    match mark {
        Some(mark) => (mark, String::new()),
        None if waits => ("◌ connecting".into(), "◌ Waiting for Proxmox VE.".into()),
        None if limited => ("⊘ not all".into(), String::new()),
        None => (String::new(), "No guests.".into()),
    }
}

/// The name of an installation before what is in it, where there are several.
fn place(app: &App, host: &str, name: &str) -> String {
    if app.inventory.proxmox.len() > 1 && host != name {
        format!("{host}/{name}")
    } else {
        name.to_owned()
    }
}

fn line(app: &App, host: &Text, guest: &Guest, names: usize, width: u16) -> PaneLine {
    let theme = &app.theme;
    let level = guest_level(guest);
    let (symbol, style) = theme.symbol(level);
    let memory = guest.memory_max.map_or_else(|| "-".into(), bytes);
    let cores = guest
        .cores
        .map_or_else(|| "-".into(), |cores| format!("{cores:.0}c"));
    // where there is little room, where a guest is found matters more than what it is made of
    let made_of = if width < ROOMY {
        String::new()
    } else {
        format!("{}{}", pad(&cores, 4, true), pad(&memory, 8, true))
    };
    let several = app.inventory.proxmox.len() > 1;
    let of = if several {
        pad(&fit(host, 14), 15, false)
    } else {
        String::new()
    };
    let rest = usize::from(width).saturating_sub(names + 20 + made_of.len() + of.len());
    let tail_style = if level == Level::Ok {
        theme.dim()
    } else {
        theme.level(level)
    };
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(&guest.id.to_string(), 5, false), theme.dim()),
        Span::styled(pad(&guest.name, names + 1, false), theme.text()),
        Span::styled(pad(&guest.status, 9, false), theme.level(level)),
        Span::styled(format!("{of}{made_of}"), theme.dim()),
        Span::styled(
            format!("  {}", fit(&tail(app, guest, rest), rest)),
            tail_style,
        ),
    ]);
    PaneLine::about(
        line,
        ObjectRef::new(guest.kind.as_str(), host, &guest.id.to_string()),
    )
}

/// Where a guest is found and for how long it runs; or since when it does not.
fn tail(app: &App, guest: &Guest, room: usize) -> String {
    let address = guest
        .addresses
        .as_ref()
        .and_then(|all| all.first())
        .map_or("", |address| address);
    match (&*guest.status, &guest.last_change) {
        ("running", _) => {
            let up = guest
                .uptime
                .map_or_else(String::new, |up| format!("up {}", seconds(up)));
            let both = format!("{address:<15}  {up}");
            if both.len() <= room {
                both
            } else {
                address.to_owned()
            }
        }
        (_, Some(change)) => {
            let when = format!(
                "{} {} ago",
                task_words(&change.task),
                age(change.at, app.now)
            );
            // who did it is told whole or not at all
            let whole = format!("{when} by {}", change.user);
            if text_width(&whole) <= room {
                whole
            } else {
                when
            }
        }
        _ if guest.onboot == Some(true) => "should run".into(),
        _ => String::new(),
    }
}
