//! The line at the bottom: what is typed, what was said, and the next keys.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Clear, Paragraph},
};

use super::{
    app::{App, Screen},
    command_bar::InputKind,
    guide::wrap,
    keys::Act,
    text::{clean, seconds},
};
use crate::inventory::{SourceId, SourceState};

/// Lines that a notice may take.
const MOST_LINES: usize = 6;

pub(super) fn footer(frame: &mut Frame<'_>, area: Rect, app: &App) {
    if let Some(input) = &app.input {
        let mark = match input.kind {
            InputKind::Filter | InputKind::Search => "/",
            InputKind::Command => ":",
        };
        let line = Line::from(vec![
            Span::styled(format!(" {mark}"), app.theme.accent()),
            Span::raw(clean(&input.text).into_owned()),
            Span::styled("▏", app.theme.accent()),
        ]);
        frame.render_widget(line, area);
        return;
    }
    if let Some((notice, at)) = &app.notice
        && app.now.duration_since(*at).as_secs() < 8
    {
        said(frame, area, app, notice);
        return;
    }
    let words = next_try(app);
    let width = usize::from(area.width).saturating_sub(words.len());
    let hints = hints(app.stack.last());
    frame.render_widget(keys(hints, width, app), area);
    frame.render_widget(
        Line::styled(words, app.theme.warning()).right_aligned(),
        area,
    );
}

/// When the cluster is asked again, where it does not answer.
fn next_try(app: &App) -> String {
    let status = app.inventory.sources.get(&SourceId::Kube);
    let (SourceState::Stale {
        retry: Some(at), ..
    }
    | SourceState::Unreachable {
        retry: Some(at), ..
    }) = status.map_or(&SourceState::Connecting, |status| &status.state)
    else {
        return String::new();
    };
    let left = at.duration_since(app.now).as_millis();
    if left > 0 {
        let left = u64::try_from(left).unwrap_or(u64::MAX).div_ceil(1000);
        format!("next try in {} ", seconds(left))
    } else {
        "trying again now ".to_owned()
    }
}

/// What was said: on as many lines as it takes, upwards from the last.
fn said(frame: &mut Frame<'_>, area: Rect, app: &App, notice: &str) {
    let width = usize::from(area.width).saturating_sub(2).max(1);
    let notice = clean(notice);
    let lines: Vec<Line<'_>> = wrap(&notice, width)
        .into_iter()
        .take(MOST_LINES)
        .map(|line| Line::styled(format!(" {line}"), app.theme.warning()))
        .collect();
    let high = u16::try_from(lines.len()).unwrap_or(1).min(area.y + 1);
    let place = Rect {
        y: area.y + 1 - high,
        height: high,
        ..area
    };
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).style(app.theme.text()), place);
}

/// The next keys, as many as there is room for; the last one, which shows them all, always.
fn keys(hints: &[(Act, &str)], width: usize, app: &App) -> Line<'static> {
    let shown = |(act, word): &(Act, &str)| {
        let gap = if word.starts_with('-') { "" } else { " " };
        let key = app.keys.key(*act).to_owned();
        let cells = super::text::width(&key) + super::text::width(word) + gap.len();
        (key, format!("{gap}{word}   "), cells)
    };
    let Some((last, others)) = hints.split_last() else {
        return Line::default();
    };
    let last = shown(last);
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    let mut push = |(key, word, cells): (String, String, usize), room: usize| {
        if used + cells > room {
            return false;
        }
        used += cells + 3;
        spans.push(Span::styled(key, app.theme.accent()));
        spans.push(Span::styled(word, app.theme.dim()));
        true
    };
    let room = width.saturating_sub(last.2 + 3);
    for hint in others {
        if !push(shown(hint), room) {
            break;
        }
    }
    push(last, width);
    Line::from(spans)
}

/// Keys and what they do, most wanted first; the last one is always shown.
type Hints = &'static [(Act, &'static str)];

const OVERVIEW: Hints = &[
    (Act::Open, "open"),
    (Act::Diagnose, "why"),
    (Act::Timeline, "when"),
    (Act::NextPane, "pane"),
    (Act::Pane(1), "-6 zoom"),
    (Act::Filter, "filter"),
    (Act::Command, "command"),
    (Act::Logs, "logs"),
    (Act::Quit, "quit"),
    (Act::Help, "keys"),
];
const TABLE: Hints = &[
    (Act::Open, "open"),
    (Act::Diagnose, "why"),
    (Act::Timeline, "when"),
    (Act::Filter, "filter"),
    (Act::Sort, "sort"),
    (Act::Side, "details"),
    (Act::Yaml, "yaml"),
    (Act::Logs, "logs"),
    (Act::Change, "change"),
    (Act::Mark, "mark"),
    (Act::Back, "back"),
    (Act::Help, "keys"),
];
const OBJECT: Hints = &[
    (Act::Open, "go to"),
    (Act::Diagnose, "why"),
    (Act::Timeline, "when"),
    (Act::Yaml, "yaml"),
    (Act::Logs, "logs"),
    (Act::Change, "change"),
    (Act::Copy, "copy"),
    (Act::Back, "back"),
    (Act::Help, "keys"),
];
const APPLICATION: Hints = &[
    (Act::Open, "go to"),
    (Act::Diagnose, "why"),
    (Act::Timeline, "when"),
    (Act::Mark, "fold"),
    (Act::Yaml, "yaml"),
    (Act::Change, "change"),
    (Act::Copy, "copy"),
    (Act::Back, "back"),
    (Act::Help, "keys"),
];
const GUEST: Hints = &[
    (Act::Open, "go to"),
    (Act::Diagnose, "why"),
    (Act::Timeline, "when"),
    (Act::Change, "change"),
    (Act::Copy, "copy"),
    (Act::Back, "back"),
    (Act::Help, "keys"),
];
const LOG: Hints = &[
    (Act::Filter, "search"),
    (Act::SearchNext, "next"),
    (Act::Container, "container"),
    (Act::Previous, "previous"),
    (Act::Follow, "follow"),
    (Act::Wrap, "wrap"),
    (Act::Timestamps, "times"),
    (Act::Save, "save"),
    (Act::Back, "back"),
];
const OUTPUT: Hints = &[
    (Act::Filter, "search"),
    (Act::SearchNext, "next"),
    (Act::Wrap, "wrap"),
    (Act::Save, "save"),
    (Act::Back, "end it and go back"),
];
const TEXT: Hints = &[
    (Act::Filter, "search"),
    (Act::SearchNext, "next"),
    (Act::Wrap, "wrap"),
    (Act::Save, "save"),
    (Act::Back, "back"),
];
const GUIDE: Hints = &[
    (Act::Container, "copy command"),
    (Act::Open, "object"),
    (Act::Logs, "log at the line"),
    (Act::Down, "next cause"),
    (Act::Right, "scroll"),
    (Act::Change, "change"),
    (Act::Back, "back"),
];

/// What one does next on a screen.
fn hints(top: Option<&Screen>) -> Hints {
    match top {
        None => OVERVIEW,
        Some(Screen::Table(_)) => TABLE,
        Some(Screen::Detail(detail)) => match &*detail.object.kind {
            "Application" => APPLICATION,
            "lxc" | "qemu" | "pve-node" => GUEST,
            _ => OBJECT,
        },
        Some(Screen::Text(view)) if super::typed::is_output(&view.about) => OUTPUT,
        Some(Screen::Text(view)) if super::logs::is_task(&view.about) => TEXT,
        Some(Screen::Text(view)) if view.log.is_some() => LOG,
        Some(Screen::Text(_)) => TEXT,
        Some(Screen::Guide(_)) => GUIDE,
    }
}
