//! Proxmox VE: guests of all installations.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{Guest, GuestKind, ObjectRef, Text},
    insight::capacity::Level,
    inventory::{SourceId, SourceState},
    tui::{
        app::App,
        text::{age, bytes, clean, fit, pad, seconds},
        views::guest_level,
    },
};

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
    let names: Vec<String> = app
        .inventory
        .proxmox
        .iter()
        .map(|(name, state)| format!("{name} {}", state.version))
        .collect();
    let title = if guests.is_empty() {
        "Proxmox".to_owned()
    } else {
        format!(
            "Proxmox · {} · {} LXC {} VM",
            names.join(", ").trim(),
            count(GuestKind::Lxc),
            count(GuestKind::Qemu)
        )
    };
    let mut lines: Vec<PaneLine> = guests
        .iter()
        .map(|(host, guest)| line(app, host, guest, width))
        .collect();
    for right in app
        .inventory
        .proxmox
        .values()
        .flat_map(|state| &state.missing)
    {
        let text = format!(
            " ⊘ no {} on {}: {}",
            right.privilege, right.path, right.hides
        );
        lines.push(PaneLine::plain(Line::styled(
            fit(&text, usize::from(width)),
            app.theme.warning(),
        )));
    }
    let (mark, empty) = state(app);
    Pane {
        title,
        mark,
        lines,
        empty,
    }
}

fn state(app: &App) -> (String, String) {
    let mut installations = app
        .inventory
        .sources
        .iter()
        .filter(|(id, _)| matches!(id, SourceId::Proxmox(_)))
        .peekable();
    if installations.peek().is_none() {
        return (
            String::new(),
            "No Proxmox VE is configured. `redbutton config init` shows how.".into(),
        );
    }
    for (id, status) in installations {
        let name = if let SourceId::Proxmox(name) = id {
            name
        } else {
            continue;
        };
        match &status.state {
            SourceState::Stale { since, why, .. } => {
                return (
                    format!("? stale {}", age(Some(*since), app.now)),
                    format!("? {name}: {}", clean(why)),
                );
            }
            SourceState::Unreachable { why, .. } => {
                return (
                    "? unreachable".into(),
                    format!("? {name} not reached: {}", clean(why)),
                );
            }
            SourceState::Refused { why, advice } => {
                return (
                    "⊘ refused".into(),
                    format!("⊘ {name}: {}. {}", clean(why), clean(advice)),
                );
            }
            SourceState::Connecting => {
                return ("◌ connecting".into(), format!("◌ Waiting for {name}."));
            }
            SourceState::Live(_) | SourceState::Limited { .. } => {}
        }
    }
    (String::new(), "No guests.".into())
}

fn line(app: &App, host: &Text, guest: &Guest, width: u16) -> PaneLine {
    let level = guest_level(guest);
    let (symbol, style) = app.theme.symbol(level);
    let memory = guest.memory_max.map_or_else(|| "-".into(), bytes);
    let tail = match (&*guest.status, &guest.last_change) {
        ("running", _) => {
            let address = guest
                .addresses
                .as_ref()
                .and_then(|all| all.first())
                .map_or("", |address| address);
            format!(
                "{address}  up {}",
                guest.uptime.map_or_else(|| "-".into(), seconds)
            )
        }
        (_, Some(change)) => format!("since {} ({})", age(change.at, app.now), change.task),
        _ => String::new(),
    };
    let rest = usize::from(width).saturating_sub(48);
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(&guest.id.to_string(), 5, false), app.theme.dim()),
        Span::styled(pad(&guest.name, 15, false), app.theme.text()),
        Span::styled(
            pad(&guest.status, 9, false),
            if level == Level::Ok {
                app.theme.dim()
            } else {
                app.theme.level(level)
            },
        ),
        Span::styled(
            pad(
                &guest
                    .cores
                    .map_or_else(|| "-".into(), |cores| format!("{cores:.0}c")),
                4,
                true,
            ),
            app.theme.dim(),
        ),
        Span::styled(pad(&memory, 9, true), app.theme.dim()),
        Span::styled(format!("  {}", fit(&tail, rest)), app.theme.dim()),
    ]);
    PaneLine::about(
        line,
        ObjectRef::new(guest.kind.as_str(), host, &guest.id.to_string()),
    )
}
