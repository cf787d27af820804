//! Storage: classes with what hangs on them, claims that are stuck or full, backups.

use ratatui::{style::Style, text::Span};

use super::{Pane, PaneLine, column, spread, tally, titled, whole};
use crate::{
    domain::{Claim, Kind, ObjectRef, Time, VolumeUsage},
    insight::capacity::{ClassUse, Level},
    tui::{
        app::App,
        text::{age, bytes, fit, pad, percent, width as cells},
        views::claim_level,
        widgets::{bar, fresh_mark, fresh_message},
    },
};

/// Cells of a bar.
const BAR: u16 = 10;
/// Claims that are listed though all is well with them.
const FULLEST: usize = 3;

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let inventory = &app.inventory;
    let freshness = inventory.freshness(Kind::Claim);
    let bound = inventory
        .claims
        .iter()
        .filter(|claim| &*claim.phase == "Bound")
        .count();
    let width = usize::from(width);
    let mut lines: Vec<PaneLine> = Vec::new();
    if freshness.has_rows() {
        let classes = &app.derived.classes;
        let columns = Columns::new(classes, width);
        lines.extend(
            classes
                .iter()
                .map(|class| class_line(app, class, &columns, width)),
        );
        lines.extend(stuck(app).map(|claim| stuck_line(app, claim, width)));
        lines.extend(full(app, width));
        lines.extend(backups(app, width));
    }
    Pane {
        title: titled(
            "Storage",
            freshness,
            &format!("{bound}/{} bound", inventory.claims.len()),
        ),
        mark: fresh_mark(freshness, app.now),
        brief: tally(
            &app.theme,
            inventory
                .claims
                .iter()
                .map(|claim| claim_level(inventory, claim)),
        ),
        lines,
        more: 0,
        empty: fresh_message(freshness, "claims", app.now),
    }
}

/// The widths that all lines of classes share.
struct Columns {
    names: usize,
    modes: usize,
    bar: u16,
    amount: usize,
}

impl Columns {
    /// A narrow pane has a short bar or none, then no modes: what is wrong has its room first.
    fn new(classes: &[ClassUse], width: usize) -> Self {
        let names = column(classes.iter().map(|one| &*one.class), 6, 20) + 1;
        let bars = classes.iter().any(|one| one.fill.is_some());
        let amount = if bars { 17 } else { 13 };
        let wrong = classes.iter().map(|one| cells(&pending(one))).max();
        let room = width.saturating_sub(3 + names + amount + wrong.unwrap_or(0));
        let modes = if room >= 8 || !bars && room >= 4 {
            4
        } else {
            0
        };
        let bar = match room.saturating_sub(modes) {
            room @ 4.. if bars => u16::try_from(room).map_or(BAR, |room| room.min(BAR)),
            _ => 0,
        };
        Self {
            names,
            modes,
            bar,
            amount,
        }
    }
}

/// What of a class is not bound.
fn pending(class: &ClassUse) -> String {
    match class.unbound {
        0 => String::new(),
        some => format!("  ▲ {some} pending"),
    }
}

fn class_line(app: &App, class: &ClassUse, columns: &Columns, width: usize) -> PaneLine {
    let theme = &app.theme;
    let bounds = &app.profile.thresholds;
    let level = Level::of(
        class.share(),
        bounds.storage_warning,
        bounds.storage_critical,
    );
    let worst = if class.unbound > 0 {
        level.max(Level::Warning)
    } else {
        level
    };
    let (symbol, style) = theme.symbol(worst);
    let mut left = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(&class.class, columns.names, false), theme.text()),
        Span::styled(pad(&class.modes, columns.modes, false), theme.dim()),
    ];
    match class.fill {
        Some((taken, all)) => {
            if columns.bar > 0 {
                left.extend(bar(
                    theme,
                    columns.bar,
                    class.share(),
                    None,
                    bounds.storage_critical,
                ));
            }
            let text = format!("{} of {}", bytes(taken), bytes(all));
            let text = pad(&text, columns.amount, true);
            left.push(Span::styled(text, theme.level(level)));
        }
        // how much there is nobody says
        None => {
            let cells = usize::from(columns.bar) + columns.amount;
            let text = format!("{} given", bytes(class.given));
            left.push(Span::styled(pad(&text, cells, true), theme.dim()));
        }
    }
    // what is wrong comes first: a narrow pane leaves the rest out
    left.push(Span::styled(pending(class), theme.warning()));
    let claims = match class.claims {
        1 => "1 claim".to_owned(),
        many => format!("{many} claims"),
    };
    let taken: usize = left.iter().map(|span| cells(&span.content)).sum();
    let words = std::iter::once(claims).chain(traits(app, &class.class));
    let words = whole(words, width.saturating_sub(taken + 2));
    left.push(Span::styled(format!("  {words}"), theme.dim()));
    PaneLine::about(
        spread(left, Vec::new(), width),
        ObjectRef::new("StorageClass", "", &class.class),
    )
}

/// What sets a class apart.
fn traits(app: &App, class: &str) -> impl Iterator<Item = String> {
    let facts = app.profile.storage.get(class);
    let default = app.inventory.default_class();
    let is_default = default.is_some_and(|one| **one.meta.name() == *class);
    [
        (facts.is_some_and(|one| one.local), "local"),
        (facts.is_some_and(|one| one.shared), "shared"),
        (is_default, "default"),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, word)| word.to_owned())
}

/// Claims that are not bound and should be.
fn stuck(app: &App) -> impl Iterator<Item = &Claim> {
    app.inventory
        .claims
        .iter()
        .map(|claim| &**claim)
        .filter(|claim| claim_level(&app.inventory, claim) > Level::Ok)
}

fn stuck_line(app: &App, claim: &Claim, width: usize) -> PaneLine {
    let theme = &app.theme;
    let object = ObjectRef {
        kind: "PersistentVolumeClaim".into(),
        key: claim.meta.key.clone(),
    };
    let (symbol, style) = theme.symbol(claim_level(&app.inventory, claim));
    let class = claim.class_name().map_or("default class", |class| class);
    let left = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(format!("{} ", claim.meta.key), theme.text()),
        Span::styled(format!("{} {class}", claim.phase), theme.dim()),
    ];
    PaneLine::about(
        spread(
            left,
            aged(app, claim.meta.created.time(), theme.dim()),
            width,
        ),
        object,
    )
}

fn aged(app: &App, since: Option<Time>, style: Style) -> Vec<Span<'static>> {
    since.map_or_else(Vec::new, |at| {
        vec![Span::styled(format!("{} ", age(Some(at), app.now)), style)]
    })
}

/// The fullest claims: those over the threshold, or else the three fullest.
fn full(app: &App, width: usize) -> Vec<PaneLine> {
    let bounds = &app.profile.thresholds;
    let share = |usage: &VolumeUsage| usage.share().unwrap_or_default();
    let mut usage: Vec<&VolumeUsage> = app
        .inventory
        .volume_usage
        .values()
        .filter(|usage| usage.share().is_some())
        .collect();
    usage.sort_by(|a, b| share(b).total_cmp(&share(a)));
    let over = usage
        .iter()
        .filter(|usage| share(usage) >= bounds.storage_warning)
        .count();
    usage
        .into_iter()
        .take(over.max(FULLEST))
        .map(|usage| full_line(app, usage, width))
        .collect()
}

fn full_line(app: &App, usage: &VolumeUsage, width: usize) -> PaneLine {
    let theme = &app.theme;
    let bounds = &app.profile.thresholds;
    let share = usage.share();
    let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
    let (symbol, style) = theme.symbol(level);
    let left = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(usage.claim.to_string(), theme.text()),
    ];
    let mut right = bar(theme, BAR, share, None, bounds.storage_critical);
    right.push(Span::styled(
        format!(" {}", percent(share)),
        theme.level(level),
    ));
    right.push(Span::styled(
        format!(" of {:>6} ", bytes(usage.capacity)),
        theme.dim(),
    ));
    PaneLine::about(
        spread(left, right, width),
        ObjectRef {
            kind: "PersistentVolumeClaim".into(),
            key: usage.claim.clone(),
        },
    )
}

/// The newest backup, and how many claims none covers.
fn backups(app: &App, width: usize) -> Option<PaneLine> {
    let theme = &app.theme;
    let backups = app.inventory.custom("Backup")?;
    let missing = app.derived.unprotected.filter(|count| *count > 0);
    let missing = missing.map_or_else(Vec::new, |count| {
        let word = if count == 1 { "claim" } else { "claims" };
        vec![Span::styled(
            format!("▲ {count} {word} without "),
            theme.warning(),
        )]
    });
    let Some(newest) = backups
        .iter()
        .max_by_key(|backup| backup.meta.created.time())
    else {
        let left = vec![Span::styled(" ▲ no backup yet", theme.warning())];
        return Some(PaneLine::plain(spread(left, missing, width)));
    };
    let phase = newest.text("status.phase").unwrap_or("New");
    let at: Option<Time> = newest
        .text("status.completionTimestamp")
        .and_then(|time| time.parse().ok());
    let level = match phase {
        "Completed" | "InProgress" | "New" => Level::Ok,
        _ => Level::Warning,
    };
    let (symbol, style) = theme.symbol(level);
    let ago = at.map_or_else(String::new, |at| format!("{} ago", age(Some(at), app.now)));
    // the age of a backup says that it was completed
    let words = match phase {
        "Completed" => ago,
        phase => format!("{phase} {ago}"),
    };
    let left = vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(
            format!("backup {words} {}", fit(newest.meta.name(), 24)),
            theme.level(level),
        ),
    ];
    Some(PaneLine::about(
        spread(left, missing, width),
        ObjectRef {
            kind: "Backup".into(),
            key: newest.meta.key.clone(),
        },
    ))
}
