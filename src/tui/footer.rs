//! The line at the bottom: what is typed, what was said, and the next keys.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    app::{App, InputKind, Screen},
    keys::Act,
    text::{clean, fit, seconds},
};
use crate::inventory::{SourceId, SourceState};

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
        frame.render_widget(
            Line::styled(
                format!(
                    " {}",
                    fit(notice, usize::from(area.width).saturating_sub(2))
                ),
                app.theme.warning(),
            ),
            area,
        );
        return;
    }
    let hints: &[(Act, &str)] = match app.stack.last() {
        None => &[
            (Act::Open, "open"),
            (Act::Diagnose, "why"),
            (Act::NextPane, "pane"),
            (Act::Pane(1), "-6 zoom"),
            (Act::Filter, "filter"),
            (Act::Logs, "logs"),
            (Act::Command, "command"),
            (Act::Help, "keys"),
            (Act::Quit, "quit"),
        ],
        Some(Screen::Table(_)) => &[
            (Act::Open, "open"),
            (Act::Diagnose, "why"),
            (Act::Filter, "filter"),
            (Act::Sort, "sort"),
            (Act::Yaml, "yaml"),
            (Act::Logs, "logs"),
            (Act::Change, "change"),
            (Act::Mark, "mark"),
            (Act::Back, "back"),
            (Act::Help, "keys"),
        ],
        Some(Screen::Detail(detail)) if &*detail.object.kind == "Application" => &[
            (Act::Open, "go to"),
            (Act::Diagnose, "why"),
            (Act::Mark, "fold"),
            (Act::Yaml, "yaml"),
            (Act::Change, "change"),
            (Act::Copy, "copy name"),
            (Act::Back, "back"),
            (Act::Help, "keys"),
        ],
        Some(Screen::Detail(_)) => &[
            (Act::Open, "go to"),
            (Act::Diagnose, "why"),
            (Act::Yaml, "yaml"),
            (Act::Logs, "logs"),
            (Act::Copy, "copy name"),
            (Act::Back, "back"),
            (Act::Help, "keys"),
        ],
        Some(Screen::Text(view)) if view.log.is_some() => &[
            (Act::Filter, "search"),
            (Act::SearchNext, "next"),
            (Act::Container, "container"),
            (Act::Previous, "previous"),
            (Act::Follow, "follow"),
            (Act::Wrap, "wrap"),
            (Act::Timestamps, "times"),
            (Act::Save, "save"),
            (Act::Back, "back"),
        ],
        Some(Screen::Guide(_)) => &[
            (Act::Down, "next cause"),
            (Act::Right, "scroll"),
            (Act::Open, "object"),
            (Act::Logs, "log"),
            (Act::Copy, "copy command"),
            (Act::Back, "back"),
        ],
        Some(Screen::Text(_)) => &[
            (Act::Filter, "search"),
            (Act::SearchNext, "next"),
            (Act::Wrap, "wrap"),
            (Act::Save, "save"),
            (Act::Back, "back"),
        ],
    };
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (act, word) in hints {
        let gap = if word.starts_with('-') { "" } else { " " };
        let key = app.keys.key(*act).to_owned();
        let cells = super::text::width(&key) + super::text::width(word) + gap.len();
        if used + cells > usize::from(area.width) {
            break;
        }
        used += cells + 3;
        spans.push(Span::styled(key, app.theme.accent()));
        spans.push(Span::styled(format!("{gap}{word}   "), app.theme.dim()));
    }
    frame.render_widget(Line::from(spans), area);
    if let Some(status) = app.inventory.sources.get(&SourceId::Kube)
        && let SourceState::Stale {
            retry: Some(at), ..
        }
        | SourceState::Unreachable {
            retry: Some(at), ..
        } = &status.state
    {
        let left = at.duration_since(app.now).as_secs().max(0).unsigned_abs();
        frame.render_widget(
            Line::styled(
                format!("next try in {} ", seconds(left)),
                app.theme.warning(),
            )
            .right_aligned(),
            area,
        );
    }
}
