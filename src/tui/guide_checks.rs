//! Of the guided view: what was looked at, and the way of a claim with where on it the claim stands.

use ratatui::text::{Line, Span};

use super::{
    app::App,
    text::{clean, width as cells, wrap},
    theme::Theme,
};
use crate::insight::{
    Stand,
    diagnosis::{CheckResult, Diagnosis},
    storage_path,
};

/// Lines that the detail of a check may take.
const DETAIL_LINES: usize = 3;

/// The checks with what came out: those that failed first, those that could not be run last.
pub(super) fn checks(theme: &Theme, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut checks: Vec<_> = answer.checks.iter().collect();
    checks.sort_by_key(|check| match check.result {
        CheckResult::Fail => 0,
        CheckResult::Pass => 1,
        CheckResult::Unknown | CheckResult::Skipped => 2,
    });
    for check in checks {
        let (mark, style) = match check.result {
            CheckResult::Pass => ("●", theme.good()),
            CheckResult::Fail => ("✖", theme.broken()),
            CheckResult::Unknown => ("?", theme.warning()),
            CheckResult::Skipped => ("-", theme.dim()),
        };
        let passed = check.result == CheckResult::Pass;
        let title_style = if passed { theme.dim() } else { theme.text() };
        let title = clean(&check.title);
        let detail = clean(&check.detail);
        let beside = cells(&title) + cells(&detail) + 6 <= width;
        let mut titles = wrap(&title, width.saturating_sub(4)).into_iter();
        let mut spans = vec![
            Span::styled(format!(" {mark} "), style),
            Span::styled(titles.next().unwrap_or_default(), title_style),
        ];
        if beside {
            spans.push(Span::styled(format!("  {detail}"), theme.dim()));
        }
        lines.push(Line::from(spans));
        lines.extend(titles.map(|text| Line::styled(format!("   {text}"), title_style)));
        if !beside && !detail.is_empty() {
            let rest = wrap(&detail, width.saturating_sub(6));
            lines.extend(
                rest.into_iter()
                    .take(DETAIL_LINES)
                    .map(|text| Line::styled(format!("     {text}"), theme.dim())),
            );
        }
    }
    lines
}

/// The way of a claim, and where on it the claim stands.
pub(super) fn way(app: &App, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let claim = app
        .inventory
        .claims
        .get(&answer.subject.key)
        .filter(|_| &*answer.subject.kind == "PersistentVolumeClaim");
    let Some(claim) = claim else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for stage in storage_path(&app.inventory, claim, answer) {
        let (mark, style, words) = match stage.stand {
            Stand::Passed => ("●", theme.good(), clean(&stage.answer).into_owned()),
            Stand::Stuck => ("✖", theme.broken(), "no ◀ here it stands".into()),
            Stand::Waits => ("◌", theme.accent(), "◀ here it waits".into()),
            Stand::Ahead => ("○", theme.dim(), String::new()),
        };
        let asked = if stage.stand == Stand::Ahead {
            theme.dim()
        } else {
            theme.text()
        };
        let held = matches!(stage.stand, Stand::Stuck | Stand::Waits);
        lines.push(Line::from(vec![
            Span::styled(format!(" {mark} "), style),
            Span::styled(format!("{:<19}", stage.question), asked),
            Span::styled(
                super::text::fit(&words, width.saturating_sub(23)),
                if held { style } else { theme.dim() },
            ),
        ]));
        if held {
            let rest = wrap(&clean(&stage.answer), width.saturating_sub(7));
            lines.extend(rest.into_iter().take(3).enumerate().map(|(at, text)| {
                let branch = if at == 0 { "└─" } else { "  " };
                Line::styled(format!("   {branch} {text}"), theme.text())
            }));
        }
    }
    lines
}
