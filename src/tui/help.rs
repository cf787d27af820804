//! The help, made from the keymap.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Clear,
};

use super::{
    app::App,
    text::{pad, wrap},
    views::View,
    widgets::panel,
};

/// Cells of a key.
const KEY: usize = 12;
/// Cells of a column of keys.
const COLUMN: u16 = 39;
/// Most columns.
const COLUMNS: u16 = 3;

/// Draws the help over the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let columns = ((area.width.saturating_sub(2)) / COLUMN).clamp(1, COLUMNS);
    let cells = COLUMN.min(area.width.saturating_sub(2));
    let width = columns * cells + 2;
    let keys = keys(app, usize::from(cells));
    let notes = notes(app, usize::from(width.saturating_sub(4)));
    let per_column = keys.len().div_ceil(usize::from(columns));
    let height = u16::try_from(per_column + notes.len() + 3).unwrap_or(u16::MAX);
    let height = height.min(area.height);
    let area = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, area);
    let inner = panel(frame, area, &app.theme, "Keys", "any key closes", true);
    for (at, line) in keys.into_iter().enumerate() {
        let (column, row) = (at / per_column, at % per_column);
        let place = Rect {
            x: inner.x + u16::try_from(column).unwrap_or_default() * cells,
            y: inner.y + u16::try_from(row).unwrap_or_default(),
            width: cells,
            height: 1,
        };
        frame.render_widget(line, place.intersection(inner));
    }
    let first = inner.y + u16::try_from(per_column).unwrap_or_default();
    for (y, line) in (first..inner.bottom()).zip(notes) {
        let place = Rect {
            x: inner.x + 1,
            y,
            width: inner.width.saturating_sub(2),
            height: 1,
        };
        frame.render_widget(line, place);
    }
}

/// Keys that belong together, and what they do.
const GROUPS: [(&[&str], &str); 8] = [
    (
        &["pane-1", "pane-2", "pane-3", "pane-4", "pane-5", "pane-6"],
        "a pane as a table",
    ),
    (&["next-pane", "previous-pane"], "next, previous pane"),
    (&["up", "down"], "up, down"),
    (&["page-up", "page-down"], "a page up, down"),
    (&["top", "bottom"], "to the top, the end"),
    (&["left", "right"], "left, right"),
    (&["sort", "reverse"], "sort by next, reverse"),
    (&["search-next", "search-previous"], "next, previous match"),
];

/// Each key with its meaning, on as many lines as it takes; those that belong together in one.
fn keys(app: &App, cells: usize) -> Vec<Line<'static>> {
    let mut entries: Vec<(String, &str, Option<usize>)> = Vec::new();
    for (key, what, name) in app.keys.help() {
        let group = GROUPS.iter().position(|(names, _)| names.contains(&name));
        let key = short(key);
        let mut same = entries.iter_mut();
        match same.find(|entry| group.is_some() && entry.2 == group) {
            Some((keys, ..)) => keys.push_str(&format!(" {key}")),
            None => {
                let what = group.map_or(what, |at| GROUPS[at].1);
                entries.push((key, what, group));
            }
        }
    }
    let mut lines = Vec::new();
    for (key, what, _) in entries {
        let head = KEY.max(super::text::width(&key) + 1);
        let mut key = Some(Span::styled(pad(&key, head, false), app.theme.accent()));
        for text in wrap(what, cells.saturating_sub(head + 2)) {
            lines.push(Line::from(vec![
                Span::raw(" "),
                key.take().unwrap_or_else(|| Span::raw(" ".repeat(head))),
                Span::styled(text, app.theme.text()),
            ]));
        }
    }
    lines
}

/// A key in the few cells that there are.
fn short(key: &str) -> String {
    key.replace("page", "pg").replace("shift-", "S-")
}

/// What is typed rather than pressed.
fn notes(app: &App, width: usize) -> Vec<Line<'static>> {
    let words: Vec<&str> = View::words().collect();
    let notes = [
        ("/", "word  !word  column:value  -l label=value".to_owned()),
        (
            ":",
            "ns NAME  ns all  ctx NAME  q, or a command such as oc …".to_owned(),
        ),
        (
            ":",
            format!("{}; any kind by its plural, as :routes", words.join(" ")),
        ),
    ];
    let mut lines = vec![Line::styled("─".repeat(width), app.theme.border(false))];
    for (key, text) in notes {
        let mut key = Some(key);
        for text in wrap(&text, width.saturating_sub(2)) {
            lines.push(Line::from(vec![
                Span::styled(
                    format!("{} ", key.take().unwrap_or(" ")),
                    app.theme.accent(),
                ),
                Span::styled(text, app.theme.dim()),
            ]));
        }
    }
    lines
}
