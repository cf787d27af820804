//! The two lines at the top: where, who, how fresh, how well, and the glass.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    app::{App, Opening},
    text::{age, fit},
};
use crate::{
    domain::{Health, SyncStatus},
    insight::{capacity::Level, incidents::Severity},
    inventory::{SourceId, SourceState},
};

pub(super) fn header(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let identity = &app.inventory.identity;
    let mut left = vec![Span::styled(" redbutton ", app.theme.accent())];
    let mut words: Vec<String> = vec![identity.context.to_string()];
    if !identity.openshift.is_empty() {
        words.push(format!("OpenShift {}", identity.openshift));
    }
    if !identity.kubernetes.is_empty() {
        words.push(format!(
            "k8s {}",
            identity.kubernetes.trim_start_matches('v')
        ));
    }
    if !identity.user.is_empty() {
        words.push(format!(
            "{}{}",
            identity.user,
            if identity.admin { " (admin)" } else { "" }
        ));
    }
    words.retain(|word| !word.is_empty());
    let right = sources(app);
    let right_width: usize = right
        .iter()
        .map(|span| super::text::width(&span.content))
        .sum();
    let room = usize::from(area.width).saturating_sub(right_width + 12);
    left.push(Span::styled(
        fit(&words.join(" · "), room),
        app.theme.text(),
    ));
    frame.render_widget(Line::from(left), Rect { height: 1, ..area });
    frame.render_widget(
        Line::from(right).right_aligned(),
        Rect { height: 1, ..area },
    );
    health_line(
        frame,
        Rect {
            y: area.y + 1,
            height: 1,
            ..area
        },
        app,
    );
}

pub(super) fn sources(app: &App) -> Vec<Span<'static>> {
    let theme = &app.theme;
    let mut spans = Vec::new();
    for (id, status) in app
        .inventory
        .sources
        .iter()
        .filter(|(id, _)| !matches!(id, SourceId::Kubelets))
    {
        let (symbol, style, note) = match &status.state {
            SourceState::Live(_) => ("●", theme.good(), String::new()),
            SourceState::Connecting => ("◌", theme.dim(), String::new()),
            SourceState::Stale { since, .. } => (
                "?",
                theme.warning(),
                format!(" {}", age(Some(*since), app.now)),
            ),
            SourceState::Unreachable { retry: None, .. } => ("-", theme.dim(), String::new()),
            SourceState::Unreachable { .. } => ("✖", theme.broken(), String::new()),
            SourceState::Refused { .. } => ("⊘", theme.warning(), String::new()),
            SourceState::Limited { .. } => ("▲", theme.warning(), String::new()),
        };
        spans.push(Span::styled(format!("{} ", id.word()), theme.dim()));
        spans.push(Span::styled(format!("{symbol}{note}  "), style));
    }
    let clock = app.now.strftime("%H:%M ").to_string();
    spans.push(Span::styled(clock, theme.dim()));
    spans
}

pub(super) fn health_line(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let theme = &app.theme;
    let inventory = &app.inventory;
    let (broken, warned) = match &app.survey {
        Some(survey) => {
            let broken = survey
                .incidents
                .iter()
                .filter(|one| one.severity == Severity::Critical)
                .count();
            (broken, survey.incidents.len() - broken)
        }
        None => {
            let broken = app
                .derived
                .troubles
                .iter()
                .filter(|trouble| trouble.level == Level::Critical)
                .count();
            (broken, app.derived.troubles.len() - broken)
        }
    };
    let mut parts: Vec<(String, Style)> = vec![
        (
            format!("✖ {broken} broken"),
            if broken > 0 {
                theme.broken()
            } else {
                theme.dim()
            },
        ),
        (
            format!("▲ {warned} warnings"),
            if warned > 0 {
                theme.warning()
            } else {
                theme.dim()
            },
        ),
    ];
    let mut share = |good: usize, all: usize, what: &str| {
        if all > 0 {
            parts.push((format!("{good}/{all} {what}"), theme.dim()));
        }
    };
    share(
        app.derived.cluster.ready.0,
        app.derived.cluster.ready.1,
        "blades ready",
    );
    share(
        inventory
            .claims
            .iter()
            .filter(|claim| &*claim.phase == "Bound")
            .count(),
        inventory.claims.len(),
        "claims bound",
    );
    let healthy = inventory
        .apps
        .iter()
        .filter(|one| one.true_health() == Health::Healthy && one.sync == SyncStatus::Synced)
        .count();
    share(healthy, inventory.apps.len(), "apps healthy");
    share(
        inventory
            .vms
            .iter()
            .filter(|vm| &*vm.status == "Running")
            .count(),
        inventory.vms.len(),
        "VMs",
    );
    let guests = inventory
        .proxmox
        .values()
        .flat_map(|state| &state.guests)
        .filter(|guest| !guest.template);
    let (mut up, mut all) = (0, 0);
    for guest in guests {
        all += 1;
        up += usize::from(&*guest.status == "running");
    }
    share(up, all, "guests");
    let open = app.glass.open_for(&inventory.identity.context, app.now);
    let (lock, lock_style) = match open {
        Some(left) => (
            format!(" GLASS OPEN {:02}:{:02} ", left / 60, left % 60),
            theme.armed(),
        ),
        None if app.opening == Opening::Dump => ("dump, read-only ".to_owned(), theme.dim()),
        None if app.glass.is_welded() => ("read-only ".to_owned(), theme.dim()),
        None => ("glass closed ".to_owned(), theme.dim()),
    };
    let room = usize::from(area.width).saturating_sub(lock.len() + 2);
    let mut used = 1;
    let mut spans = vec![Span::raw(" ")];
    for (text, style) in parts {
        let cells = super::text::width(&text) + 3;
        if used + cells > room {
            break;
        }
        used += cells;
        spans.push(Span::styled(text, style));
        spans.push(Span::raw("   "));
    }
    frame.render_widget(Line::from(spans), area);
    frame.render_widget(
        Line::from(Span::styled(lock, lock_style)).right_aligned(),
        area,
    );
}
