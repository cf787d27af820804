//! Blades: what is asked for and used of each, and what the loss of one would mean.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine, column, titled};
use crate::{
    domain::{Conditions, Kind, ObjectRef},
    insight::capacity::{Blade, Level, Share},
    tui::{
        app::App,
        text::{bytes, fit, pad, percent},
        widgets::{bar, fresh_mark, fresh_message},
    },
};

/// Cells of the pods' column, as ` 48/250`.
const PODS: usize = 8;
/// From this width on there is room for the words beside a blade.
const WORDY: u16 = 84;

/// The widths that all lines share.
struct Columns {
    names: usize,
    bar: u16,
    words: usize,
}

impl Columns {
    fn new(app: &App, width: u16) -> Self {
        let blades = &app.derived.blades;
        let names = column(blades.iter().map(|blade| blade.label.as_str()), 5, 16);
        let words = if width >= WORDY { 16 } else { 0 };
        // symbol 3, link 5, two shares of 6 with a gap between them
        let fixed = names + 3 + 5 + 2 * 6 + 1 + PODS + words.max(1);
        let room = usize::from(width).saturating_sub(fixed) / 2;
        Self {
            names,
            bar: u16::try_from(room).unwrap_or(30).clamp(4, 30),
            words,
        }
    }
}

pub(super) fn pane(app: &App, width: u16, most: usize) -> Pane {
    let freshness = app.inventory.freshness(Kind::Node);
    let blades = &app.derived.blades;
    let columns = Columns::new(app, width);
    let mut lines: Vec<PaneLine> = Vec::new();
    if !blades.is_empty() {
        lines.push(PaneLine::plain(head(app, &columns)));
    }
    let shown = blades.iter().take(most);
    lines.extend(shown.map(|blade| line(app, blade, &columns)));
    if blades.len() > 1 {
        lines.push(PaneLine::plain(sum(app, width)));
    }
    lines.extend(loss(app, width));
    Pane {
        title: titled("Blades", freshness, &blades.len().to_string()),
        mark: fresh_mark(freshness, app.now),
        brief: brief(app),
        lines,
        more: blades.len().saturating_sub(most),
        empty: fresh_message(freshness, "blades", app.now),
    }
}

fn brief(app: &App) -> Vec<Span<'static>> {
    let cluster = &app.derived.cluster;
    let mut spans = super::tally(
        &app.theme,
        app.derived.blades.iter().map(|one| standing(app, one).0),
    );
    if !app.derived.blades.is_empty() {
        let words = format!(
            "cpu {}  memory {} asked for",
            percent(cluster.cpu.requested_share()).trim(),
            percent(cluster.memory.requested_share()).trim()
        );
        spans.push(Span::styled(words, app.theme.level(cluster.level)));
    }
    spans
}

/// How a blade is doing, and why where it is not well.
fn standing(app: &App, blade: &Blade) -> (Level, String) {
    let conditions = app
        .inventory
        .nodes
        .find("", &blade.node)
        .map_or(&[] as &[_], |node| node.conditions.as_slice());
    let pressure = [
        "DiskPressure",
        "MemoryPressure",
        "PIDPressure",
        "NetworkUnavailable",
    ]
    .into_iter()
    .find(|kind| conditions.holds(kind));
    let bounds = &app.profile.thresholds;
    let over = |share: &Share| {
        Level::of(
            share.requested_share(),
            bounds.blade_warning,
            bounds.blade_critical,
        ) > Level::Ok
    };
    match (blade.ready, blade.cordoned, pressure) {
        (false, ..) => (Level::Critical, "not ready".into()),
        (_, _, Some(kind)) => (Level::Warning, kind.into()),
        (_, true, _) => (Level::Warning, "cordoned".into()),
        _ if over(&blade.memory) => (Level::Warning, "memory asked for".into()),
        _ if over(&blade.cpu) => (Level::Warning, "cpu asked for".into()),
        _ => (Level::Ok, String::new()),
    }
}

fn head(app: &App, columns: &Columns) -> Line<'static> {
    let measured = app.derived.cluster.cpu.used.is_some();
    let wide = columns.bar >= 12;
    let legend = match (wide, measured) {
        (true, true) => "cpu  ▓ used ▒ asked",
        (true, false) => "cpu  asked for",
        _ => "cpu",
    };
    let text = format!(
        "{}{} {}{}",
        " ".repeat(columns.names + 8),
        pad(legend, usize::from(columns.bar) + 6, false),
        pad("memory", usize::from(columns.bar) + 6, false),
        pad("pods", PODS, true)
    );
    Line::styled(text, app.theme.dim())
}

fn line(app: &App, blade: &Blade, columns: &Columns) -> PaneLine {
    let theme = &app.theme;
    let (level, why) = standing(app, blade);
    let (symbol, style) = theme.symbol(level);
    let link = match blade.link_gbit {
        0 => String::new(),
        gbit => format!("{gbit}G"),
    };
    let mut spans = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(&blade.label, columns.names, false), theme.text()),
        Span::styled(format!("{} ", pad(&link, 4, true)), theme.dim()),
    ];
    spans.extend(share(app, &blade.cpu, columns.bar));
    spans.push(Span::raw(" "));
    spans.extend(share(app, &blade.memory, columns.bar));
    let (pods, most) = blade.pods;
    let full = Level::of(ratio(pods, most), 0.9, 0.95);
    // where there is no room for the words beside it, what keeps pods away is said in place of them
    let instead = columns.words == 0 && matches!(why.as_str(), "not ready" | "cordoned");
    if instead {
        spans.push(Span::styled(pad(&why, PODS + 1, true), theme.level(level)));
    } else {
        let text = pad(&format!("{pods}/{most}"), PODS, true);
        spans.push(Span::styled(text, theme.level(full)));
        let words = fit(&why, columns.words.saturating_sub(2));
        spans.push(Span::styled(format!("  {words}"), theme.level(level)));
    }
    PaneLine::about(Line::from(spans), ObjectRef::new("Node", "", &blade.node))
}

#[allow(clippy::cast_precision_loss)] // a share
fn ratio(part: usize, all: i64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

/// A bar and its share in figures.
fn share(app: &App, share: &Share, cells: u16) -> Vec<Span<'static>> {
    let bounds = &app.profile.thresholds;
    let asked = share.requested_share();
    let level = Level::of(asked, bounds.blade_warning, bounds.blade_critical);
    let mut spans = bar(
        &app.theme,
        cells,
        asked,
        share.used_share(),
        bounds.blade_critical,
    );
    spans.push(Span::styled(
        format!(" {} ", percent(asked)),
        app.theme.level(level.min(Level::Warning)),
    ));
    spans
}

fn sum(app: &App, width: u16) -> Line<'static> {
    let cluster = &app.derived.cluster;
    let amount = |quantity: crate::domain::Quantity| bytes(quantity.value().unsigned_abs());
    let text = format!(
        "   free {:.0} of {:.0} cpu   {} of {} memory   {} of {} pods",
        cluster.cpu.free().as_f64(),
        cluster.cpu.allocatable.as_f64(),
        amount(cluster.memory.free()),
        amount(cluster.memory.allocatable),
        cluster.pods.1 - i64::try_from(cluster.pods.0).unwrap_or(0),
        cluster.pods.1
    );
    let short = format!(
        "   free {:.0}/{:.0} cpu  {}/{} memory",
        cluster.cpu.free().as_f64(),
        cluster.cpu.allocatable.as_f64(),
        amount(cluster.memory.free()),
        amount(cluster.memory.allocatable),
    );
    let fits = crate::tui::text::width(&text) <= usize::from(width);
    Line::styled(
        if fits { text } else { short },
        app.theme.level(cluster.level.min(Level::Warning)),
    )
}

/// The blade whose loss hurts most.
fn loss(app: &App, width: u16) -> Option<PaneLine> {
    let losses = &app.survey.as_ref()?.losses;
    let worst = losses.iter().max_by_key(|loss| loss.stranded.len())?;
    let label = app
        .derived
        .blades
        .iter()
        .find(|blade| blade.node == worst.node)
        .map_or(&*worst.node, |blade| blade.label.as_str());
    let room = usize::from(width);
    if worst.stranded.is_empty() {
        let text = " ● any one blade may be lost: all that moves fits on the others";
        return Some(PaneLine::plain(Line::styled(
            fit(text, room),
            app.theme.dim(),
        )));
    }
    let text = format!(" ▲ lose {label} → no room for {}", worst.words());
    Some(PaneLine::plain(Line::styled(
        fit(&text, room),
        app.theme.warning(),
    )))
}
