//! The guided view: causes, checks, proof, what to do, and whether it is over.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{
    app::App,
    text::{clean, fit, pad},
    theme::Theme,
    widgets::panel,
};
use crate::{
    domain::ObjectRef,
    insight::{
        Stand,
        diagnosis::{Cause, CheckResult, Diagnosis, Evidence, Via},
        storage_path,
        timeline::Suspect,
    },
};

/// The state of a guided view.
pub(super) struct Guide {
    /// What was asked about.
    pub subject: ObjectRef,
    /// The answer, once it is there.
    pub answer: Option<Diagnosis>,
    /// Which cause is shown.
    pub cause: usize,
    /// Lines that are scrolled away on the right.
    pub offset: usize,
    /// What changed just before the trouble.
    pub suspect: Option<Suspect>,
    /// Time of the last answer without a fault, after one with a fault.
    pub over: bool,
}

impl Guide {
    /// A view that waits for its answer.
    pub fn new(subject: ObjectRef) -> Self {
        Self {
            subject,
            answer: None,
            cause: 0,
            offset: 0,
            suspect: None,
            over: false,
        }
    }

    /// Takes in an answer; the chosen cause stays as long as it is there.
    pub fn take(&mut self, answer: Diagnosis) {
        let before = self.current().map(|cause| cause.id.clone());
        let was_fault = self.answer.as_ref().is_some_and(|one| one.fault) || self.over;
        self.over = was_fault && !answer.fault;
        self.cause = before
            .and_then(|id| answer.causes.iter().position(|cause| cause.id == id))
            .unwrap_or(0);
        self.answer = Some(answer);
    }

    /// The cause that is shown.
    pub fn current(&self) -> Option<&Cause> {
        self.answer.as_ref()?.causes.get(self.cause)
    }

    /// Goes to another cause.
    pub fn go(&mut self, by: isize) {
        let last = self
            .answer
            .as_ref()
            .map_or(0, |one| one.causes.len().saturating_sub(1));
        self.cause = self.cause.saturating_add_signed(by).min(last);
        self.offset = 0;
    }

    /// The command that a user would copy first.
    pub fn command(&self) -> Option<String> {
        let fix = &self.current()?.fix;
        fix.steps
            .iter()
            .find_map(|step| step.strip_prefix("Break-glass: "))
            .map(|line| line.split("   #").next().unwrap_or(line).to_owned())
            .or_else(|| fix.verify.first().cloned())
    }
}

/// Draws it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, guide: &mut Guide) {
    let theme = &app.theme;
    let Some(answer) = &guide.answer else {
        let inner = panel(frame, area, theme, &guide.subject.to_string(), "", true);
        frame.render_widget(Line::styled(" ◌ Looking into it.", theme.dim()), inner);
        return;
    };
    let title = format!("{} · {}", guide.subject.short(), clean(&answer.state));
    if !answer.fault {
        return well(frame, area, app, guide, answer, &title);
    }
    let (left, right) = if area.width >= 110 {
        let [left, right] =
            Layout::horizontal([Constraint::Percentage(40), Constraint::Percentage(60)])
                .areas(area);
        (left, right)
    } else {
        let causes = u16::try_from(answer.causes.len()).unwrap_or(6).min(4) + 2;
        let [top, bottom] =
            Layout::vertical([Constraint::Length(causes), Constraint::Min(5)]).areas(area);
        (top, bottom)
    };
    let inner = panel(frame, left, theme, &title, "", true);
    let mut lines = causes(theme, guide, answer, usize::from(inner.width));
    if area.width >= 110 {
        lines.push(Line::raw(""));
        lines.extend(checks(theme, answer, usize::from(inner.width)));
        lines.extend(way(app, answer, usize::from(inner.width)));
    }
    frame.render_widget(Paragraph::new(lines), inner);
    let inner = panel(frame, right, theme, "proof and fix", "", false);
    let mut lines = match guide.current() {
        Some(cause) => proof(
            theme,
            cause,
            guide.suspect.as_ref(),
            usize::from(inner.width),
        ),
        None => vec![Line::styled(
            "Something is wrong, and no rule knows why. The checks show what was looked at.",
            theme.warning(),
        )],
    };
    if area.width < 110 {
        lines.push(Line::raw(""));
        lines.extend(checks(theme, answer, usize::from(inner.width)));
        lines.extend(way(app, answer, usize::from(inner.width)));
    }
    let most = lines.len().saturating_sub(usize::from(inner.height));
    guide.offset = guide.offset.min(most);
    let shown: Vec<Line<'static>> = lines.into_iter().skip(guide.offset).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

fn well(
    frame: &mut Frame<'_>,
    area: Rect,
    app: &App,
    guide: &Guide,
    answer: &Diagnosis,
    title: &str,
) {
    let theme = &app.theme;
    let inner = panel(frame, area, theme, title, "", true);
    let words = if guide.over {
        "● It is over: what was wrong here is in order again."
    } else if answer.causes.is_empty() {
        "● No fault found."
    } else {
        "● Nothing is broken; it waits as it should."
    };
    let mut lines = vec![
        Line::raw(""),
        Line::styled(format!(" {words}"), theme.good()),
        Line::raw(""),
    ];
    for cause in &answer.causes {
        lines.push(Line::styled(
            format!(" {}", clean(&cause.why)),
            theme.text(),
        ));
    }
    lines.extend(checks(theme, answer, usize::from(inner.width)));
    lines.extend(way(app, answer, usize::from(inner.width)));
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
}

/// A bar that can be read without colour.
fn bar(share: f64) -> String {
    const CELLS: usize = 5;
    let full = (0..CELLS)
        .filter(|at| share * 5.0 > *at as f64 + 0.4)
        .count();
    format!("{}{}", "█".repeat(full), "░".repeat(CELLS - full))
}

fn causes(theme: &Theme, guide: &Guide, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    answer
        .causes
        .iter()
        .enumerate()
        .map(|(at, cause)| {
            let chosen = at == guide.cause;
            let mark = if chosen { "▶" } else { " " };
            let style = if chosen {
                theme.selected()
            } else {
                Style::default()
            };
            let text = fit(&cause.title, width.saturating_sub(16));
            Line::from(vec![
                Span::styled(
                    format!(
                        " {mark} {} {:>3.0} % ",
                        bar(cause.confidence),
                        cause.confidence * 100.0
                    ),
                    theme.accent(),
                ),
                Span::styled(pad(&text, width.saturating_sub(15), false), theme.text()),
            ])
            .patch_style(style)
        })
        .collect()
}

fn checks(theme: &Theme, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(" Checks", theme.accent())];
    for check in &answer.checks {
        let (mark, style) = match check.result {
            CheckResult::Pass => ("●", theme.good()),
            CheckResult::Fail => ("✖", theme.broken()),
            CheckResult::Unknown => ("?", theme.warning()),
            CheckResult::Skipped => ("-", theme.dim()),
        };
        let title = fit(&check.title, width.saturating_sub(5));
        let room = width.saturating_sub(6 + super::text::width(&title));
        let detail = clean(&check.detail);
        let beside = super::text::width(&detail) <= room;
        let mut spans = vec![
            Span::styled(format!(" {mark} "), style),
            Span::styled(title, theme.text()),
        ];
        if beside {
            spans.push(Span::styled(format!("  {detail}"), theme.dim()));
        }
        lines.push(Line::from(spans));
        if !beside {
            let rest = wrap(&detail, width.saturating_sub(6));
            lines.extend(
                rest.into_iter()
                    .take(2)
                    .map(|text| Line::styled(format!("     {text}"), theme.dim())),
            );
        }
    }
    lines
}

/// The way of a claim, and where on it the claim stands.
fn way(app: &App, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let claim = app
        .inventory
        .claims
        .get(&answer.subject.key)
        .filter(|_| &*answer.subject.kind == "PersistentVolumeClaim");
    let Some(claim) = claim else {
        return Vec::new();
    };
    let mut lines = vec![
        Line::raw(""),
        Line::styled(" The way of a claim", theme.accent()),
    ];
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
                fit(&words, width.saturating_sub(23)),
                if held { style } else { theme.dim() },
            ),
        ]));
        if held {
            let rest = wrap(&clean(&stage.answer), width.saturating_sub(7));
            lines.extend(rest.into_iter().take(2).enumerate().map(|(at, text)| {
                let branch = if at == 0 { "└─" } else { "  " };
                Line::styled(format!("   {branch} {text}"), theme.text())
            }));
        }
    }
    lines
}

fn proof(
    theme: &Theme,
    cause: &Cause,
    suspect: Option<&Suspect>,
    width: usize,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(3);
    let mut lines = Vec::new();
    for text in wrap(&clean(&cause.title), room) {
        lines.push(Line::styled(format!(" {text}"), theme.accent()));
    }
    lines.push(Line::from(vec![
        Span::styled(" fix at ", theme.dim()),
        Span::styled(
            fit(&cause.object.short(), room.saturating_sub(8)),
            theme.text(),
        ),
    ]));
    lines.push(Line::raw(""));
    for evidence in cause.evidence.iter().take(5) {
        lines.extend(quoted(theme, evidence, room));
    }
    lines.push(Line::raw(""));
    if let Some(suspect) = suspect {
        let words = format!(
            "Suspect ({:.0} %): {}, {} before the first symptom",
            suspect.confidence * 100.0,
            suspect.words(),
            super::text::seconds(suspect.before.unsigned_abs())
        );
        for text in wrap(&clean(&words), room).into_iter().take(3) {
            lines.push(Line::styled(format!(" {text}"), theme.warning()));
        }
        lines.push(Line::raw(""));
    }
    for text in wrap(&clean(&cause.why), room) {
        lines.push(Line::styled(format!(" {text}"), theme.dim()));
    }
    lines.push(Line::raw(""));
    let way = match cause.fix.via {
        Via::Git => "Fix, by Git",
        Via::Ansible => "Fix, by playbook",
        Via::BreakGlass => "Fix, by hand",
    };
    lines.push(Line::styled(format!(" {way}"), theme.accent()));
    for (nth, step) in cause.fix.steps.iter().enumerate() {
        let (mark, style) = if step.starts_with("Break-glass") {
            ("!".to_owned(), theme.warning())
        } else {
            (format!("{}", nth + 1), theme.text())
        };
        for (at, text) in wrap(&clean(step), room.saturating_sub(4))
            .into_iter()
            .enumerate()
        {
            let head = if at == 0 {
                format!(" {mark}  ")
            } else {
                "    ".into()
            };
            lines.push(Line::from(vec![
                Span::styled(head, theme.accent()),
                Span::styled(text, style),
            ]));
        }
    }
    if !cause.fix.verify.is_empty() {
        lines.push(Line::styled(" Verify", theme.accent()));
        for line in &cause.fix.verify {
            lines.push(Line::styled(
                format!("    {}", fit(line, room.saturating_sub(4))),
                theme.text(),
            ));
        }
    }
    for seen in &cause.seen {
        lines.push(Line::styled(
            format!(" Seen before: {}", fit(seen, room.saturating_sub(13))),
            theme.dim(),
        ));
    }
    lines
}

/// A quote with its telling phrase highlighted, at most four lines.
fn quoted(theme: &Theme, evidence: &Evidence, room: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(
        format!(" {}", fit(&evidence.reference, room)),
        theme.dim(),
    )];
    let (from, to) = evidence.telling.unwrap_or((0, 0));
    let phrase = evidence
        .quote
        .get(from..to)
        .map(|text| clean(text).into_owned())
        .unwrap_or_default();
    for text in wrap(&clean(&evidence.quote), room.saturating_sub(2))
        .into_iter()
        .take(4)
    {
        let mut spans = vec![Span::styled(" │ ", theme.accent())];
        match text.find(phrase.as_str()).filter(|_| !phrase.is_empty()) {
            Some(at) => {
                spans.push(Span::styled(text[..at].to_owned(), theme.text()));
                spans.push(Span::styled(phrase.clone(), theme.warning()));
                spans.push(Span::styled(
                    text[at + phrase.len()..].to_owned(),
                    theme.text(),
                ));
            }
            None => spans.push(Span::styled(text, theme.text())),
        }
        lines.push(Line::from(spans));
    }
    lines
}

/// Breaks a text at blanks where it can, else anywhere, into lines of so many cells.
pub(super) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if super::text::width(&line) + super::text::width(word.trim_end()) > cells
            && !line.is_empty()
        {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for c in word.chars() {
            if super::text::width(&line) >= cells && c != ' ' {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_loses_nothing_and_keeps_to_the_width() {
        let text = "a rather long sentence with averyveryverylongwordthatmustbecut and an end";
        let lines = wrap(text, 12);
        assert!(
            lines
                .iter()
                .all(|line| super::super::text::width(line) <= 12),
            "{lines:?}"
        );
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
