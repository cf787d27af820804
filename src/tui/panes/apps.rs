//! Argo CD applications: those that need a look, then the rest as a number.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{App as Application, AppVia, Kind, ObjectRef},
    insight::capacity::Level,
    tui::{
        app::App,
        text::{fit, pad},
        views::{app_level, operation_word},
        widgets::{fresh_mark, fresh_message},
    },
};

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let apps: Vec<_> = app.inventory.apps.iter().collect();
    let freshness = app.inventory.freshness(Kind::App);
    let mut bad: Vec<_> = apps
        .iter()
        .filter(|one| app_level(one) > Level::Ok)
        .collect();
    bad.sort_by_key(|one| std::cmp::Reverse(app_level(one)));
    let healthy = apps.len() - bad.len();
    let mut lines: Vec<PaneLine> = bad.into_iter().map(|one| line(app, one, width)).collect();
    if healthy > 0 {
        let text = format!(" ● {healthy} healthy and synced");
        lines.push(PaneLine::plain(Line::styled(text, app.theme.dim())));
    }
    let via = match apps.first().map(|one| one.via) {
        Some(AppVia::Api) => " · API stream",
        Some(AppVia::Kubernetes) => " · by Kubernetes",
        None => "",
    };
    Pane {
        title: format!("Argo CD{via} · {}", apps.len()),
        mark: fresh_mark(freshness, app.now),
        lines,
        empty: fresh_message(freshness, "applications", app.now),
    }
}

fn line(app: &App, one: &Application, width: u16) -> PaneLine {
    let (symbol, style) = app.theme.symbol(app_level(one));
    let rest = usize::from(width).saturating_sub(45);
    let tail = if let Some(error) = one.error() {
        format!("{} {}", error.kind, error.message)
    } else if operation_word(one) != "-" {
        format!("sync {}", operation_word(one))
    } else if let Some(operation) = one
        .operation
        .as_ref()
        .filter(|operation| operation.self_heals > 2)
    {
        format!("self-heal ×{}", operation.self_heals)
    } else {
        one.health_message.to_string()
    };
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(pad(one.meta.name(), 19, false), app.theme.text()),
        Span::styled(pad(one.sync.as_str(), 10, false), app.theme.dim()),
        Span::styled(
            pad(one.true_health().as_str(), 12, false),
            app.theme.level(app_level(one)),
        ),
        Span::styled(fit(&tail, rest), app.theme.dim()),
    ]);
    PaneLine::about(
        line,
        ObjectRef {
            kind: "Application".into(),
            key: one.meta.key.clone(),
        },
    )
}
