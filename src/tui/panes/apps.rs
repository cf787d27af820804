//! Argo CD applications: those that need a look, then the rest as a number.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine, column, sources, tally, titled};
use crate::{
    domain::{App as Application, AppVia, Freshness, Health, Kind, Object, ObjectRef, SyncStatus},
    insight::capacity::Level,
    inventory::{Inventory, SourceId, SourceState},
    tui::{
        app::App,
        text::{age, fit, pad},
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
    let widths = [
        column(bad.iter().map(|one| called(app, one)), 6, 26) + 1,
        column(bad.iter().map(|one| one.sync.as_str()), 6, 12) + 1,
        column(bad.iter().map(|one| one.true_health().as_str()), 7, 12) + 1,
    ];
    let mut lines = sources::pane_lines(app, sources::argo, width);
    let told = lines.len();
    lines.extend(bad.into_iter().map(|one| line(app, one, widths, width)));
    if healthy > 0 {
        let word = if lines.len() == told {
            " healthy, in sync"
        } else {
            " healthy"
        };
        lines.push(PaneLine::plain(Line::from(vec![
            Span::styled(" ● ", app.theme.good()),
            Span::styled(format!("{healthy}{word}"), app.theme.dim()),
        ])));
    }
    let by_api = apps.iter().filter(|one| one.via == AppVia::Api).count();
    let via = match (by_api, apps.len()) {
        (_, 0) => String::new(),
        (0, _) => " · by Kubernetes".into(),
        (some, all) if some == all => " · API".into(),
        (some, _) => format!(" · {some} by API"),
    };
    Pane {
        title: titled(&format!("Argo CD{via}"), freshness, &apps.len().to_string()),
        mark: fresh_mark(freshness, app.now),
        brief: tally(&app.theme, apps.iter().map(|one| app_level(one))),
        lines,
        more: 0,
        empty: fresh_message(freshness, "applications", app.now),
    }
}

/// How fresh the applications are: as the worst of the configured instances, else as their objects.
pub(in crate::tui) fn freshness(inventory: &Inventory) -> Freshness {
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

/// Its name; where there are several instances of Argo CD, with the one that it is of.
fn called(app: &App, one: &Application) -> String {
    let several = app
        .inventory
        .sources
        .keys()
        .filter(|id| sources::argo(id).is_some())
        .count()
        > 1;
    if several && !one.instance.is_empty() {
        format!("{}/{}", one.instance, one.meta.name())
    } else {
        one.meta.name().to_string()
    }
}

fn line(app: &App, one: &Application, widths: [usize; 3], width: u16) -> PaneLine {
    let [names, syncs, healths] = widths;
    let level = app_level(one);
    let (symbol, style) = app.theme.symbol(level);
    let object = ObjectRef {
        kind: "Application".into(),
        key: one.meta.key.clone(),
    };
    let rest = usize::from(width).saturating_sub(4 + names + syncs + healths);
    let drifted = one.sync != SyncStatus::Synced;
    let ill = one.true_health() != Health::Healthy;
    let line = Line::from(vec![
        Span::styled(format!(" {symbol} "), style),
        Span::styled(
            pad(&fit(&called(app, one), names - 1), names, false),
            app.theme.text(),
        ),
        Span::styled(
            pad(one.sync.as_str(), syncs, false),
            app.theme
                .level(if drifted { Level::Warning } else { Level::Ok }),
        ),
        Span::styled(
            pad(one.true_health().as_str(), healths, false),
            app.theme.level(if ill { level } else { Level::Ok }),
        ),
        Span::styled(fit(&tail(app, one, &object), rest), app.theme.dim()),
    ]);
    PaneLine::about(line, object)
}

/// Why an application needs a look: what of it is ill, or what came of its sync.
fn tail(app: &App, one: &Application, object: &ObjectRef) -> String {
    let operation = one.operation.as_ref();
    if one.error().is_some() || operation_word(one) != "-" {
        let since = operation.and_then(|operation| operation.finished.or(operation.started));
        let ago = since.map_or_else(String::new, |at| format!(" {}", age(Some(at), app.now)));
        let cause = app
            .survey
            .as_ref()
            .and_then(|survey| survey.diagnoses.get(object)?.first())
            .map(|cause| cause.title.clone());
        let why = cause.or_else(|| Some(one.error()?.message.to_string()));
        let word = match (one.error(), operation_word(one)) {
            (Some(error), _) if &*error.kind == "SyncError" => "sync failed".to_owned(),
            (Some(error), _) => in_words(&error.kind),
            (None, word) => format!("sync {}", word.to_lowercase()),
        };
        return format!("{word}{ago}: {}", why.unwrap_or_default())
            .trim_end_matches([' ', ':'])
            .to_owned();
    }
    if let Some(ill) = ill_part(app, one) {
        return ill;
    }
    match app.inventory.self_heals(one) {
        count @ 3.. => format!("self-heal ×{count}"),
        _ => one.health_message.to_string(),
    }
}

/// `ComparisonError` as `comparison error`.
fn in_words(kind: &str) -> String {
    let mut words = String::new();
    for c in kind.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// The part that makes an application ill: by its own health, by the message of Argo CD, or by the
/// workload that is not ready.
fn ill_part(app: &App, one: &Application) -> Option<String> {
    if matches!(one.true_health(), Health::Healthy | Health::Unknown) {
        return None;
    }
    let by_health = || {
        let ill: Vec<_> = one
            .resources
            .iter()
            .filter(|part| matches!(part.health, Some(Health::Degraded | Health::Missing)))
            .collect();
        let first = ill.first()?;
        let more = match ill.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("{} {}{more}", first.kind, first.name))
    };
    let by_message = || {
        let object = one.health_message.strip_prefix("Caused by ")?;
        let (kind, name) = object.split_once(':')?;
        let kind = kind.rsplit('/').next()?;
        let name = name.rsplit('/').next()?;
        Some(format!("{kind} {name}"))
    };
    let by_workload = || {
        one.resources.iter().find_map(|part| {
            let object = ObjectRef::new(&part.kind, &part.namespace, &part.name);
            match app.inventory.object(&object)? {
                Object::Workload(found) if found.ready < found.desired => Some(format!(
                    "{} {} {}/{} ready",
                    part.kind, part.name, found.ready, found.desired
                )),
                _ => None,
            }
        })
    };
    by_health().or_else(by_message).or_else(by_workload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_conditions_are_said_in_words() {
        assert_eq!(in_words("ComparisonError"), "comparison error");
        assert_eq!(
            in_words("OrphanedResourceWarning"),
            "orphaned resource warning"
        );
    }
}
