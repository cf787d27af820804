//! The guided view: causes, checks, proof, what to do, and whether it is over.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

pub(super) use super::text::wrap;
use super::{
    app::App,
    guide_checks::{checks, way},
    guide_proof::{fix, more_proof, proof},
    panes::spread,
    text::{bytes, clean, pad, width as cells},
    theme::Theme,
    widgets::panel,
};
use crate::{
    domain::{Object, ObjectRef},
    insight::{
        capacity::Level,
        diagnosis::{Cause, Diagnosis, Evidence},
        timeline::Suspect,
    },
};

/// From this width on, causes and checks stand beside the proof.
const TWO: u16 = 110;
/// Pieces of evidence that are shown before the fix, where there is room.
const PROOFS: usize = 4;

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
    /// The last answer had no fault, after one with a fault.
    pub over: bool,
    /// Commands that were copied already: the next one follows them.
    pub copied: usize,
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
            copied: 0,
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
        self.copied = 0;
    }

    /// The next command to copy: each press gives the one after, from the top again at the end.
    pub fn next_command(&mut self) -> Option<String> {
        let commands = commands(self.current()?);
        let command = commands.get(self.copied % commands.len().max(1)).cloned();
        self.copied += 1;
        command
    }

    /// The strongest proof that stands in a log.
    pub fn logged(&self) -> Option<&Evidence> {
        let evidence = &self.current()?.evidence;
        evidence.iter().find(|one| one.log.is_some())
    }
}

/// The commands of a cause as they are typed, in the order in which they are shown.
fn commands(cause: &Cause) -> Vec<String> {
    let by_hand = cause
        .fix
        .steps
        .iter()
        .filter_map(|step| step.strip_prefix("Break-glass: "))
        .map(|line| line.split("   #").next().unwrap_or(line).to_owned());
    by_hand.chain(cause.fix.verify.iter().cloned()).collect()
}

/// Draws it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, guide: &mut Guide) {
    let theme = &app.theme;
    let Some(answer) = &guide.answer else {
        let inner = panel(frame, area, theme, &guide.subject.to_string(), "", true);
        frame.render_widget(Line::styled(" ◌ Looking into it.", theme.dim()), inner);
        return;
    };
    if !answer.fault {
        let title = format!("{} · {}", guide.subject.short(), clean(&answer.state));
        return well(frame, area, app, guide, answer, &title);
    }
    let [head, area] = Layout::vertical([Constraint::Length(1), Constraint::Min(5)]).areas(area);
    frame.render_widget(headline(app, guide, answer, usize::from(head.width)), head);
    let wide = area.width >= TWO;
    let (left, right) = if wide {
        let [left, right] =
            Layout::horizontal([Constraint::Fill(2), Constraint::Fill(3)]).areas(area);
        (left, right)
    } else {
        let width = usize::from(area.width.saturating_sub(2));
        let high = causes(theme, guide, answer, width).len().clamp(1, 5);
        let high = u16::try_from(high).unwrap_or(5) + 2;
        let [top, bottom] =
            Layout::vertical([Constraint::Length(high), Constraint::Min(5)]).areas(area);
        (top, bottom)
    };
    let title = format!("Causes · {}", answer.causes.len());
    let inner = panel(frame, left, theme, &title, "", true);
    let width = usize::from(inner.width);
    let mut lines = causes(theme, guide, answer, width);
    if wide {
        lines.extend(beside(app, answer, width));
    }
    frame.render_widget(Paragraph::new(lines), inner);
    let inner = panel(frame, right, theme, "Proof and fix", "", false);
    let size = (usize::from(inner.width), usize::from(inner.height));
    let mut lines = story(app, guide, size);
    if !wide {
        lines.extend(beside(app, answer, size.0));
    }
    let most = lines.len().saturating_sub(size.1);
    guide.offset = guide.offset.min(most);
    let below = most - guide.offset;
    let shown: Vec<Line<'static>> = lines.into_iter().skip(guide.offset).collect();
    frame.render_widget(Paragraph::new(shown), inner);
    if below > 0 {
        let key = app.keys.key(super::keys::Act::Right);
        more(frame, right, theme, &format!(" {below} more, {key} "));
    }
}

/// Words at the end of the lower border.
fn more(frame: &mut Frame<'_>, area: Rect, theme: &Theme, words: &str) {
    let wide = u16::try_from(cells(words)).unwrap_or_default();
    let place = Rect {
        x: area.right().saturating_sub(wide + 2),
        y: area.bottom().saturating_sub(1),
        width: wide.min(area.width),
        height: 1,
    };
    frame.render_widget(Line::styled(words.to_owned(), theme.dim()), place);
}

/// What is looked into, how it is, and when its cause was seen before.
fn headline(app: &App, guide: &Guide, answer: &Diagnosis, width: usize) -> Line<'static> {
    let theme = &app.theme;
    let left = vec![
        Span::styled(" ✖ ", theme.broken()),
        Span::styled(guide.subject.short(), theme.title(Level::Critical)),
        Span::styled(format!("   {}", clean(&answer.state)), theme.warning()),
        Span::styled(format!("   {}", about(app, &guide.subject)), theme.dim()),
    ];
    let seen = guide
        .current()
        .map_or(&[] as &[_], |cause| cause.seen.as_slice());
    let right = seen.iter().find_map(|seen| day(seen)).map(|day| {
        let count = seen.len();
        Span::styled(format!("seen before: {day} ({count}) "), theme.accent())
    });
    spread(left, right.into_iter().collect(), width)
}

/// What the subject is, in a few words.
fn about(app: &App, subject: &ObjectRef) -> String {
    match app.inventory.object(subject) {
        Some(Object::Claim(claim)) => format!(
            "{} {} {}",
            claim.class_name().map_or("default class", |class| class),
            bytes(claim.requested.value().unsigned_abs()),
            claim.short_modes()
        ),
        Some(Object::Pod(pod)) => pod.node.as_deref().unwrap_or_default().to_owned(),
        Some(Object::App(one)) => one.path().to_owned(),
        _ => String::new(),
    }
}

/// The day of a record that begins with one.
fn day(seen: &str) -> Option<&str> {
    let day = seen.split(' ').next()?;
    let is_day = day.len() == 10
        && day
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_day.then_some(day)
}

/// Proof and fix of the chosen cause: as much proof before the fix as leaves room for it.
fn story(app: &App, guide: &Guide, (width, height): (usize, usize)) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let Some(cause) = guide.current() else {
        let words =
            "Something is wrong, and no rule knows why. The checks show what was looked at.";
        return wrap(words, width.saturating_sub(2))
            .into_iter()
            .map(|text| Line::styled(format!(" {text}"), theme.warning()))
            .collect();
    };
    let below = fix(theme, cause, guide.suspect.as_ref(), guide.copied, width);
    let before = |count: usize| proof(theme, cause, count, width);
    let all = cause.evidence.len().min(PROOFS);
    let count = (1..=all)
        .rev()
        .find(|count| before(*count).len() + below.len() <= height)
        .unwrap_or(1);
    let mut lines = before(count);
    lines.extend(below);
    lines.extend(more_proof(theme, cause, count, width));
    lines
}

/// What was looked at, and where on its way a claim stands.
fn beside(app: &App, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::raw(""), rule(&app.theme, "Checks", width)];
    lines.extend(checks(&app.theme, answer, width));
    let way = way(app, answer, width);
    if !way.is_empty() {
        lines.extend([Line::raw(""), rule(&app.theme, "The way of a claim", width)]);
        lines.extend(way);
    }
    lines
}

/// The head of a section, with a line to the edge.
pub(super) fn rule(theme: &Theme, title: &str, width: usize) -> Line<'static> {
    let rest = width.saturating_sub(cells(title) + 3);
    Line::from(vec![
        Span::styled(format!(" {title} "), theme.accent()),
        Span::styled("─".repeat(rest), theme.border(false)),
    ])
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
    let width = usize::from(inner.width);
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
    ];
    for cause in &answer.causes {
        for text in wrap(&clean(&cause.why), width.saturating_sub(4)) {
            lines.push(Line::styled(format!("   {text}"), theme.text()));
        }
    }
    lines.extend(beside(app, answer, width));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Cells before the title of a cause: mark and confidence.
const CAUSE_HEAD: usize = 9;

fn causes(theme: &Theme, guide: &Guide, answer: &Diagnosis, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (at, cause) in answer.causes.iter().enumerate() {
        let chosen = at == guide.cause;
        let (mark, line_style) = if chosen {
            ("▶", theme.selected())
        } else {
            (" ", Style::default())
        };
        let title_style = if chosen { theme.text() } else { theme.dim() };
        let room = width.saturating_sub(CAUSE_HEAD + 1);
        for (nth, text) in wrap(&clean(&cause.title), room).into_iter().enumerate() {
            let head = if nth == 0 {
                format!(" {mark} {:>3.0} % ", cause.confidence * 100.0)
            } else {
                " ".repeat(CAUSE_HEAD)
            };
            lines.push(
                Line::from(vec![
                    Span::styled(head, theme.accent()),
                    Span::styled(pad(&text, room + 1, false), title_style),
                ])
                .patch_style(line_style),
            );
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::diagnosis::Fix;

    #[test]
    fn a_record_is_known_by_its_day() {
        assert_eq!(day("2026-01-11 annotation too long"), Some("2026-01-11"));
        assert_eq!(day("Prometheus out of disk"), None);
    }

    #[test]
    fn each_press_copies_the_next_command() {
        let mut guide = Guide::new(ObjectRef::new("Pod", "a", "b"));
        assert_eq!(guide.next_command(), None);
        let fix = Fix {
            steps: vec![
                "Change it in Git".into(),
                "Break-glass: oc delete pod b -n a   # it comes back".into(),
            ],
            verify: vec!["oc get pod b -n a".into()],
            ..Fix::default()
        };
        guide.take(Diagnosis {
            subject: guide.subject.clone(),
            state: "Pending".into(),
            fault: true,
            causes: vec![Cause {
                id: "x".into(),
                title: "x".into(),
                confidence: 0.9,
                object: guide.subject.clone(),
                evidence: Vec::new(),
                fix,
                why: String::new(),
                runbook: "x".into(),
                seen: Vec::new(),
            }],
            checks: Vec::new(),
            wanted: Vec::new(),
        });
        let copied: Vec<_> = (0..3).filter_map(|_| guide.next_command()).collect();
        assert_eq!(
            copied,
            [
                "oc delete pod b -n a",
                "oc get pod b -n a",
                "oc delete pod b -n a"
            ]
        );
    }
}
