//! Blades: what is asked for and used of each.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{Kind, ObjectRef},
    insight::capacity::{Blade, Level},
    tui::{
        app::App,
        text::{bytes, pad, percent, width as cells},
        widgets::{bar, fresh_mark, fresh_message},
    },
};

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let freshness = app.inventory.freshness(Kind::Node);
    let blades = &app.derived.blades;
    let names = blades
        .iter()
        .map(|blade| cells(&blade.label))
        .max()
        .unwrap_or(5)
        .clamp(5, 16);
    let mut lines: Vec<PaneLine> = Vec::new();
    if !blades.is_empty() {
        let bar_width = bar_width(width, names);
        let head = format!(
            "{}{}{}",
            " ".repeat(names + 8),
            pad(
                if bar_width < 12 {
                    "cpu"
                } else {
                    "cpu requested/used"
                },
                usize::from(bar_width) + 7,
                false
            ),
            "memory"
        );
        lines.push(PaneLine::plain(Line::styled(head, app.theme.dim())));
    }
    lines.extend(blades.iter().map(|blade| line(app, blade, width, names)));
    if blades.len() > 1 {
        lines.push(PaneLine::plain(sum(app)));
    }
    Pane {
        title: format!("Blades · {}", blades.len()),
        mark: fresh_mark(freshness, app.now),
        lines,
        empty: fresh_message(freshness, "blades", app.now),
    }
}

fn bar_width(width: u16, names: usize) -> u16 {
    let fixed = u16::try_from(names).unwrap_or(16) + 8 + 14;
    (width.saturating_sub(fixed) / 2).clamp(4, 30)
}

fn line(app: &App, blade: &Blade, width: u16, names: usize) -> PaneLine {
    let theme = &app.theme;
    let level = match (blade.ready, blade.cordoned) {
        (false, _) => Level::Critical,
        (_, true) => Level::Warning,
        _ => blade.level.min(Level::Warning),
    };
    let (symbol, style) = theme.symbol(level);
    let bounds = &app.profile.thresholds;
    let bar_width = bar_width(width, names);
    let link = if blade.link_gbit == 0 {
        String::new()
    } else {
        format!("{}G", blade.link_gbit)
    };
    let share_style = |share: Option<f64>| {
        theme.level(Level::of(
            share,
            bounds.blade_warning,
            bounds.blade_critical,
        ))
    };
    let mut spans = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(&blade.label, names, false), theme.text()),
        Span::styled(pad(&link, 4, true), theme.dim()),
        Span::raw(" "),
    ];
    spans.extend(bar(
        theme,
        bar_width,
        blade.cpu.requested_share(),
        blade.cpu.used_share(),
        bounds.blade_critical,
    ));
    spans.push(Span::styled(
        format!(" {}  ", percent(blade.cpu.requested_share())),
        share_style(blade.cpu.requested_share()),
    ));
    spans.extend(bar(
        theme,
        bar_width,
        blade.memory.requested_share(),
        blade.memory.used_share(),
        bounds.blade_critical,
    ));
    spans.push(Span::styled(
        format!(" {}", percent(blade.memory.requested_share())),
        share_style(blade.memory.requested_share()),
    ));
    PaneLine::about(Line::from(spans), ObjectRef::new("Node", "", &blade.node))
}

fn sum(app: &App) -> Line<'static> {
    let cluster = &app.derived.cluster;
    let text = format!(
        "   sum {:.0} cpu, free {:.0}   {} memory, free {}   pods {}/{}",
        cluster.cpu.allocatable.as_f64(),
        cluster.cpu.free().as_f64(),
        bytes(cluster.memory.allocatable.value().unsigned_abs()),
        bytes(cluster.memory.free().value().unsigned_abs()),
        cluster.pods.0,
        cluster.pods.1
    );
    Line::styled(text, app.theme.level(cluster.level))
}
