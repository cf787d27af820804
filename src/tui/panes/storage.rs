//! Storage: classes with what hangs on them, claims that are full or stuck, backups.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{Kind, ObjectRef, Quantity, StorageClass, Time, VolumeUsage},
    insight::capacity::Level,
    tui::{
        app::App,
        text::{age, bytes, fit, pad},
        views::claim_level,
        widgets::{fresh_mark, fresh_message},
    },
};

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let inventory = &app.inventory;
    let freshness = inventory.freshness(Kind::Claim);
    let bound = inventory
        .claims
        .iter()
        .filter(|claim| &*claim.phase == "Bound")
        .count();
    let mut lines: Vec<PaneLine> = Vec::new();
    if freshness.has_rows() {
        lines.extend(
            inventory
                .classes
                .iter()
                .map(|class| class_line(app, class, width)),
        );
        lines.extend(stuck(app, width));
        lines.extend(full(app, width));
        lines.extend(backups(app));
    }
    Pane {
        title: format!("Storage · {bound}/{} bound", inventory.claims.len()),
        mark: fresh_mark(freshness, app.now),
        lines,
        empty: fresh_message(freshness, "claims", app.now),
    }
}

fn class_line(app: &App, class: &StorageClass, width: u16) -> PaneLine {
    let inventory = &app.inventory;
    let name = class.meta.name();
    let claims: Vec<_> = inventory
        .indexes
        .claims_by_class
        .get(&**name)
        .iter()
        .filter_map(|key| inventory.claims.get(key))
        .collect();
    let size: Quantity = claims.iter().map(|claim| claim.capacity).sum();
    let pending = claims
        .iter()
        .filter(|claim| claim_level(inventory, claim) > Level::Ok)
        .count();
    let kind = match app.profile.storage.get(&**name) {
        Some(facts) if facts.local => "local",
        Some(facts) if facts.shared => "shared",
        _ => "",
    };
    let (symbol, style) = app.theme.symbol(if pending > 0 {
        Level::Warning
    } else {
        Level::Ok
    });
    let default = if class.is_default() { " default" } else { "" };
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(name, 18, false), app.theme.text()),
        Span::styled(
            pad(&format!("{} claims", claims.len()), 11, true),
            app.theme.dim(),
        ),
        Span::styled(
            pad(&bytes(size.value().unsigned_abs()), 8, true),
            app.theme.text(),
        ),
        // what is wrong comes first: a narrow pane cuts the rest
        Span::styled(
            if pending > 0 {
                format!("  ▲ {pending}")
            } else {
                "     ".into()
            },
            app.theme.warning(),
        ),
        Span::styled(
            format!(
                "  {}",
                fit(
                    &format!("{kind}{default}"),
                    usize::from(width).saturating_sub(47)
                )
            ),
            app.theme.dim(),
        ),
    ]);
    PaneLine::about(line, ObjectRef::new("StorageClass", "", name))
}

fn stuck(app: &App, width: u16) -> Vec<PaneLine> {
    let stuck = app
        .inventory
        .claims
        .iter()
        .filter(|claim| claim_level(&app.inventory, claim) > Level::Ok);
    stuck
        .map(|claim| {
            let class = claim.class_name().map_or("(default)", |class| class);
            let text = format!("{} {} {class}", claim.meta.key, claim.phase);
            let line = Line::from(vec![
                Span::styled(" ✖ ", app.theme.broken()),
                Span::styled(
                    pad(
                        &fit(&text, usize::from(width).saturating_sub(10)),
                        usize::from(width).saturating_sub(10),
                        false,
                    ),
                    app.theme.text(),
                ),
                Span::styled(
                    pad(&age(claim.meta.created, app.now), 5, true),
                    app.theme.dim(),
                ),
            ]);
            PaneLine::about(
                line,
                ObjectRef {
                    kind: "PersistentVolumeClaim".into(),
                    key: claim.meta.key.clone(),
                },
            )
        })
        .collect()
}

/// The fullest claims: those over the threshold, or else the three fullest.
fn full(app: &App, width: u16) -> Vec<PaneLine> {
    let bounds = &app.profile.thresholds;
    let mut usage: Vec<&VolumeUsage> = app
        .inventory
        .volume_usage
        .values()
        .filter(|usage| usage.share().is_some())
        .collect();
    usage.sort_by(|a, b| {
        b.share()
            .unwrap_or_default()
            .total_cmp(&a.share().unwrap_or_default())
    });
    let over = usage
        .iter()
        .filter(|usage| usage.share() >= Some(bounds.storage_warning))
        .count();
    usage
        .into_iter()
        .take(over.max(3))
        .map(|usage| {
            let share = usage.share();
            let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
            let (symbol, style) = app.theme.symbol(level);
            let room = usize::from(width).saturating_sub(30).max(10);
            let mut spans = vec![
                Span::styled(format!(" {symbol} "), style),
                Span::styled(pad(&usage.claim.to_string(), room, false), app.theme.text()),
            ];
            spans.extend(crate::tui::widgets::bar(
                &app.theme,
                8,
                share,
                None,
                bounds.storage_critical,
            ));
            spans.push(Span::styled(
                format!(" {}", crate::tui::text::percent(share)),
                app.theme.level(level),
            ));
            spans.push(Span::styled(
                format!(" {:>8}", bytes(usage.capacity)),
                app.theme.dim(),
            ));
            PaneLine::about(
                Line::from(spans),
                ObjectRef {
                    kind: "PersistentVolumeClaim".into(),
                    key: usage.claim.clone(),
                },
            )
        })
        .collect()
}

fn backups(app: &App) -> Option<PaneLine> {
    let backups = app.inventory.custom("Backup")?;
    let newest = backups.iter().max_by_key(|backup| backup.meta.created)?;
    let phase = newest.text("status.phase").unwrap_or("New");
    let at: Option<Time> = newest
        .text("status.completionTimestamp")
        .and_then(|time| time.parse().ok());
    let level = if matches!(phase, "Completed" | "InProgress" | "New") {
        Level::Ok
    } else {
        Level::Warning
    };
    let (symbol, style) = app.theme.symbol(level);
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(
            format!("backup {} {phase} ", super::fit(newest.meta.name(), 24)),
            app.theme.dim(),
        ),
        Span::styled(
            at.map_or_else(String::new, |at| format!("{} ago", age(Some(at), app.now))),
            app.theme.dim(),
        ),
    ]);
    Some(PaneLine::about(
        line,
        ObjectRef {
            kind: "Backup".into(),
            key: newest.meta.key.clone(),
        },
    ))
}
