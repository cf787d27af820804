//! What is wrong, worst first.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine};
use crate::{
    domain::{Freshness, Kind},
    insight::{
        capacity::Level,
        incidents::{Severity, Survey},
    },
    tui::{
        app::App,
        text::{age, fit, pad},
    },
};

pub(super) fn pane(app: &App, width: u16) -> Pane {
    match &app.survey {
        Some(survey) => surveyed(app, survey, width),
        None => unsurveyed(app, width),
    }
}

/// Roots with what they hold up.
fn surveyed(app: &App, survey: &Survey, width: u16) -> Pane {
    let broken = survey
        .incidents
        .iter()
        .filter(|one| one.severity == Severity::Critical)
        .count();
    let room = usize::from(width).saturating_sub(9);
    let mut lines = Vec::new();
    for one in &survey.incidents {
        let level = if one.severity == Severity::Critical {
            Level::Critical
        } else {
            Level::Warning
        };
        let (symbol, style) = app.theme.symbol(level);
        let text_style = if level == Level::Critical {
            app.theme.text()
        } else {
            app.theme.warning()
        };
        let line = Line::from(vec![
            Span::styled(format!(" {symbol} "), style),
            Span::styled(pad(&fit(&one.title, room), room, false), text_style),
            Span::styled(pad(&age(one.since, app.now), 5, true), app.theme.dim()),
        ]);
        lines.push(PaneLine::about(line, one.subject.clone()));
        let held = one.holds_up_words();
        let second = if held.is_empty() {
            one.evidence.clone()
        } else {
            format!("holds up {held}")
        };
        if !second.is_empty() {
            let second = fit(&second, usize::from(width).saturating_sub(6));
            lines.push(PaneLine::plain(Line::styled(
                format!("     {second}"),
                app.theme.dim(),
            )));
        }
    }
    Pane {
        title: title(broken, survey.incidents.len() - broken),
        mark: String::new(),
        lines,
        empty: empty(app),
    }
}

fn title(broken: usize, warnings: usize) -> String {
    let word = if warnings == 1 { "warning" } else { "warnings" };
    format!("Incidents · {broken} broken · {warnings} {word}")
}

/// What the cluster itself says, until the first survey is through.
fn unsurveyed(app: &App, width: u16) -> Pane {
    let troubles = &app.derived.troubles;
    let broken = troubles
        .iter()
        .filter(|trouble| trouble.level == Level::Critical)
        .count();
    let room = usize::from(width).saturating_sub(9);
    let mut lines = Vec::new();
    for trouble in troubles {
        let (symbol, style) = app.theme.symbol(trouble.level);
        let text = fit(
            &format!("{} {}", trouble.object.short(), trouble.what),
            room,
        );
        let text_style = if trouble.level == Level::Critical {
            app.theme.text()
        } else {
            app.theme.warning()
        };
        let line = Line::from(vec![
            Span::styled(format!(" {symbol} "), style),
            Span::styled(pad(&text, room, false), text_style),
            Span::styled(pad(&age(trouble.since, app.now), 5, true), app.theme.dim()),
        ]);
        lines.push(PaneLine::about(line, trouble.object.clone()));
        if !trouble.why.is_empty() {
            let why = fit(&trouble.why, usize::from(width).saturating_sub(6));
            lines.push(PaneLine::plain(Line::styled(
                format!("     {why}"),
                app.theme.dim(),
            )));
        }
    }
    Pane {
        title: title(broken, troubles.len() - broken),
        mark: String::new(),
        lines,
        empty: empty(app),
    }
}

/// Nothing wrong is only said when the pods were all seen.
fn empty(app: &App) -> String {
    match app.inventory.freshness(Kind::Pod) {
        Freshness::Live(_) => "● Nothing is wrong.".into(),
        Freshness::Partial(namespaces, _) => format!(
            "● Nothing is wrong in {}. The rest may not be read.",
            namespaces.join(", ")
        ),
        other => crate::tui::widgets::fresh_message(other, "pods", app.now),
    }
}
