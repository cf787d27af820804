//! Argo CD applications: those that need a look, then the rest as a number.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{App as Application, AppVia, Freshness, Kind, ObjectRef},
    insight::capacity::Level,
    inventory::{Inventory, SourceId, SourceState},
    tui::{
        app::App,
        text::{fit, pad},
        views::{app_level, operation_word},
        widgets::{fresh_mark, fresh_message},
    },
};

pub(super) fn pane(app: &App, width: u16) -> Pane {
    let apps: Vec<_> = app.inventory.apps.iter().collect();
    let freshness = &freshness(&app.inventory);
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
    let by_api = apps.iter().filter(|one| one.via == AppVia::Api).count();
    let via = match (by_api, apps.len()) {
        (_, 0) => String::new(),
        (0, _) => " · by Kubernetes".into(),
        (some, all) if some == all => " · API".into(),
        (some, _) => format!(" · {some} by API"),
    };
    Pane {
        title: format!("Argo CD{via} · {}", apps.len()),
        mark: fresh_mark(freshness, app.now),
        lines,
        empty: fresh_message(freshness, "applications", app.now),
    }
}

/// How fresh the applications are: as the worst of the configured instances, else as their objects.
fn freshness(inventory: &Inventory) -> Freshness {
    let by_kube = inventory.freshness(Kind::App);
    inventory
        .sources
        .iter()
        .filter(|(id, _)| matches!(id, SourceId::Argo(_)))
        .map(|(_, status)| match &status.state {
            SourceState::Connecting => Freshness::Waiting,
            SourceState::Live(at) | SourceState::Limited { at, .. } => Freshness::Live(*at),
            SourceState::Stale { since, why, retry } => Freshness::Stale {
                since: *since,
                why: why.clone(),
                retry: *retry,
            },
            SourceState::Unreachable { why, retry } => Freshness::Unreachable {
                why: why.clone(),
                retry: *retry,
            },
            SourceState::Refused { why, advice } => Freshness::Unreachable {
                why: format!("{why}; {advice}").into(),
                retry: None,
            },
        })
        .max_by_key(|one| match one {
            Freshness::Live(_) => 0,
            Freshness::Waiting => 1,
            Freshness::Stale { .. } => 2,
            _ => 3,
        })
        .unwrap_or_else(|| by_kube.clone())
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
