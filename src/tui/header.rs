//! The two lines at the top: where, who, how fresh, how well, and the glass.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    app::{App, Opening},
    panes,
    text::{age, fit, width as cells},
};
use crate::{
    domain::{Freshness, Health, Kind, SyncStatus, Time},
    inventory::{SourceId, SourceState},
};

/// Seconds after which it is said how long ago a live source was heard of.
const QUIET_AFTER: i64 = 10;
/// Cells of the program's name.
const NAME: usize = 11;
/// Cells for the namespaces that are all one may see.
const MOST_PLACE: usize = 30;

pub(super) fn header(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let width = usize::from(area.width);
    let least = identity(app).last().map_or(0, |text| cells(text));
    // the sources yield their words before the cluster yields its name
    let right = [sources(app, true), sources(app, false)]
        .into_iter()
        .find(|spans| taken(spans) + NAME + least < width)
        .unwrap_or_else(|| vec![clock(app)]);
    let room = width.saturating_sub(taken(&right) + NAME + 1);
    let words = identity(app);
    let text = words
        .iter()
        .find(|text| cells(text) <= room)
        .or(words.last())
        .map_or_else(String::new, |text| fit(text, room));
    let left = Line::from(vec![
        Span::styled(" redbutton ", app.theme.accent()),
        Span::styled(text, app.theme.text()),
    ]);
    let first = Rect { height: 1, ..area };
    frame.render_widget(left, first);
    frame.render_widget(Line::from(right).right_aligned(), first);
    let second = Rect {
        y: area.y + 1,
        height: 1,
        ..area
    };
    health_line(frame, second, app);
}

fn taken(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| cells(&span.content)).sum()
}

/// Where and who, the fullest words first: what matters least goes first.
fn identity(app: &App) -> Vec<String> {
    let identity = &app.inventory.identity;
    let given = |text: &str, words: String| (!text.is_empty()).then_some(words);
    let context = given(&identity.context, identity.context.to_string());
    let openshift = &identity.openshift;
    let kubernetes = identity.kubernetes.trim_start_matches('v');
    let admin = if identity.admin { " (admin)" } else { "" };
    let user = given(&identity.user, format!("{}{admin}", identity.user));
    let mut version = vec![
        given(openshift, format!("OpenShift {openshift}")),
        given(kubernetes, format!("k8s {kubernetes}")),
    ];
    let mut out = Vec::new();
    loop {
        let mut words = vec![context.clone()];
        words.extend(version.iter().cloned());
        words.push(user.clone());
        let words: Vec<String> = words.into_iter().flatten().collect();
        out.push(words.join(" · "));
        if version.pop().is_none() {
            break;
        }
    }
    out.extend(context);
    out.dedup();
    out
}

/// How each source is doing; without words beside what is well where room is short.
fn sources(app: &App, ages: bool) -> Vec<Span<'static>> {
    let theme = &app.theme;
    let ago = |at: Time| format!(" {}", age(Some(at), app.now));
    let mut spans = Vec::new();
    for (id, status) in app
        .inventory
        .sources
        .iter()
        .filter(|(id, _)| !matches!(id, SourceId::Kubelets))
    {
        let (symbol, style, note) = match &status.state {
            SourceState::Live(at) | SourceState::Limited { at, .. } => {
                let quiet = app.now.duration_since(*at).as_secs() >= QUIET_AFTER;
                // the clock of a dump stands still
                let note = if ages && quiet && *id != SourceId::Dump {
                    ago(*at)
                } else {
                    String::new()
                };
                match status.state {
                    SourceState::Live(_) => ("●", theme.good(), note),
                    _ => ("▲", theme.warning(), note),
                }
            }
            SourceState::Connecting => ("◌", theme.dim(), String::new()),
            SourceState::Stale { since, .. } => ("?", theme.warning(), ago(*since)),
            SourceState::Unreachable { retry: None, .. } => ("-", theme.dim(), String::new()),
            SourceState::Unreachable { .. } => ("✖", theme.broken(), String::new()),
            SourceState::Refused { .. } => ("⊘", theme.warning(), String::new()),
        };
        spans.push(Span::styled(format!("{} ", id.word()), theme.dim()));
        spans.push(Span::styled(format!("{symbol}{note}  "), style));
    }
    spans.push(clock(app));
    spans
}

fn clock(app: &App) -> Span<'static> {
    let clock = app.now.strftime("%H:%M ").to_string();
    Span::styled(clock, app.theme.dim())
}

fn health_line(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let (lock, lock_style) = lock(app);
    let room = usize::from(area.width).saturating_sub(cells(&lock) + 2);
    // what does not fit is left out from the right, and so are the long words before that
    let long = parts(app, true);
    let length = |parts: &[Part]| parts.iter().map(|(text, _)| cells(text) + 3).sum::<usize>();
    let parts = if length(&long) <= room {
        long
    } else {
        parts(app, false)
    };
    let mut used = 1;
    let mut spans = vec![Span::raw(" ")];
    for (text, style) in parts {
        used += cells(&text);
        if used > room {
            break;
        }
        used += 3;
        spans.push(Span::styled(text, style));
        spans.push(Span::raw("   "));
    }
    frame.render_widget(Line::from(spans), area);
    frame.render_widget(
        Line::from(Span::styled(lock, lock_style)).right_aligned(),
        area,
    );
}

type Part = (String, Style);

/// The glass, and whether anything can be changed at all.
fn lock(app: &App) -> Part {
    let theme = &app.theme;
    match app.glass.open_for(&app.inventory.identity.context, app.now) {
        Some(left) => (
            format!(" ⚠ GLASS OPEN {:02}:{:02} ", left / 60, left % 60),
            theme.armed(),
        ),
        None if app.opening == Opening::Dump => ("dump, read-only ".into(), theme.dim()),
        None if app.glass.is_welded() => ("read-only ".into(), theme.dim()),
        None => ("⊘ glass closed ".into(), theme.dim()),
    }
}

/// What is wrong, and how much of what there is works; what works in full is dim.
fn parts(app: &App, long: bool) -> Vec<Part> {
    let theme = &app.theme;
    let inventory = &app.inventory;
    let counted = |count: Option<usize>, style: Style| match count {
        Some(1..) => style,
        _ => theme.dim(),
    };
    let figure = |count: Option<usize>| count.map_or_else(|| "?".into(), |count| count.to_string());
    let troubles = panes::troubles(app);
    let (broken, warned) = (troubles.map(|one| one.0), troubles.map(|one| one.1));
    let word = match (long, warned) {
        (false, _) => "",
        (true, Some(1)) => " warning",
        (true, _) => " warnings",
    };
    let mut parts = vec![
        (
            format!("✖ {} broken", figure(broken)),
            counted(broken, theme.broken()),
        ),
        (
            format!("▲ {}{word}", figure(warned)),
            counted(warned, theme.warning()),
        ),
    ];
    if let Freshness::Partial(namespaces, _) = inventory.freshness(Kind::Pod) {
        let place = format!("⊘ only {}", namespaces.join(", "));
        parts.push((fit(&place, MOST_PLACE), theme.warning()));
    }
    let mut share = |good: usize, all: usize, short: &str, state: &str| {
        if all > 0 {
            let state = if long { state } else { "" };
            let style = if good < all {
                theme.text()
            } else {
                theme.dim()
            };
            parts.push((format!("{good}/{all} {short}{state}"), style));
        }
    };
    let ready = app.derived.cluster.ready;
    share(ready.0, ready.1, "blades", " ready");
    let bound = inventory.claims.iter().filter(|one| &*one.phase == "Bound");
    share(bound.count(), inventory.claims.len(), "claims", " bound");
    let healthy = inventory
        .apps
        .iter()
        .filter(|one| one.true_health() == Health::Healthy && one.sync == SyncStatus::Synced);
    share(healthy.count(), inventory.apps.len(), "apps", " healthy");
    let running = inventory.vms.iter().filter(|vm| &*vm.status == "Running");
    share(running.count(), inventory.vms.len(), "VMs", "");
    let guests = inventory
        .proxmox
        .values()
        .flat_map(|state| &state.guests)
        .filter(|guest| !guest.template);
    let up = guests.clone().filter(|guest| &*guest.status == "running");
    share(up.count(), guests.count(), "guests", "");
    parts
}
