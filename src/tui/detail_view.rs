//! The details of an object on the screen.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    app::App,
    detail::{Detail, DetailLine},
    guide::wrap,
    text::{clean, fit, fit_middle, pad, width as cells},
    theme::Theme,
    widgets::panel,
};
use crate::{
    domain::{DiffLine, ObjectRef, Text},
    insight::capacity::Level,
};

/// From so many cells on two manifests stand side by side.
const TWO_COLUMNS: u16 = 120;
/// A value takes no more lines than this; the YAML has the rest.
const MOST_LINES: usize = 8;

/// Draws the details that fill the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail) {
    draw_in(frame, area, app, detail, true);
}

/// Draws the details beside a table: nothing in them is selected.
pub(super) fn draw_side(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail) {
    draw_in(frame, area, app, detail, false);
}

fn draw_in(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail, focus: bool) {
    detail.wide = area.width >= TWO_COLUMNS;
    let lines = detail.lines(&app.inventory, app.now);
    let title = detail.object.to_string();
    let inner = panel(frame, area, &app.theme, &title, "", focus);
    detail.cursor = detail.cursor.min(lines.len().saturating_sub(1));
    let width = usize::from(inner.width);
    let names = name_column(&lines, width);
    let drawn = |line: &DetailLine| drawn(app, line, names, width);
    let visible = usize::from(inner.height);
    detail.offset = first_line(&lines, detail.cursor, detail.offset, visible, |line| {
        drawn(line).len()
    });
    let mut y = inner.y;
    for (at, line) in lines.iter().enumerate().skip(detail.offset) {
        let selected = focus && at == detail.cursor;
        for line in drawn(line) {
            if y >= inner.bottom() {
                return;
            }
            let style = if selected {
                app.theme.selected()
            } else {
                Style::default()
            };
            frame.render_widget(
                line.patch_style(style),
                Rect {
                    y,
                    height: 1,
                    ..inner
                },
            );
            y += 1;
        }
    }
}

/// Cells for the names of fields.
fn name_column(lines: &[DetailLine], width: usize) -> usize {
    let names = lines.iter().filter_map(|line| match line {
        DetailLine::Field(name, ..) | DetailLine::Link(name, ..) | DetailLine::Past(_, name, _) => {
            Some(cells(name))
        }
        _ => None,
    });
    names.max().unwrap_or(8).clamp(8, (width / 3).clamp(8, 34))
}

/// The first line to draw, so that the whole of the one under the cursor is on the screen.
fn first_line(
    lines: &[DetailLine],
    cursor: usize,
    offset: usize,
    visible: usize,
    height: impl Fn(&DetailLine) -> usize,
) -> usize {
    if cursor <= offset {
        return cursor;
    }
    let mut first = cursor;
    let mut used = lines.get(cursor).map_or(0, &height);
    while first > offset {
        used += lines.get(first - 1).map_or(0, &height);
        if used > visible {
            break;
        }
        first -= 1;
    }
    first
}

/// A line of the details as it is drawn; long values go on over several lines.
fn drawn(app: &App, line: &DetailLine, names: usize, width: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let room = width.saturating_sub(names + 5);
    let name = |name: &str| Span::styled(format!("   {} ", pad(name, names, false)), theme.dim());
    vec![match line {
        DetailLine::Head(text) => Line::styled(
            format!(" {}", fit(text, width.saturating_sub(2))),
            theme.accent(),
        ),
        DetailLine::Field(field, value, level) => {
            return long(name(field), names, value, room, value_style(theme, *level));
        }
        DetailLine::Note(text, level) => {
            let style = if *level == Level::Ok {
                theme.dim()
            } else {
                theme.level(*level)
            };
            return long(name(""), names, text, room, style);
        }
        DetailLine::Past(_, when, words) => Line::from(vec![
            name(when),
            Span::styled("↶ ", theme.accent()),
            Span::styled(fit(words, room.saturating_sub(2)), theme.text()),
        ]),
        DetailLine::Link(role, object, state, level) => {
            let state = fit(state, room / 3);
            let object = fit_middle(&object.short(), room.saturating_sub(cells(&state) + 4));
            Line::from(vec![
                name(role),
                Span::styled("→ ", theme.accent()),
                Span::styled(object, theme.text()),
                Span::styled(format!("  {state}"), value_style(theme, *level)),
            ])
        }
        DetailLine::Tree {
            depth,
            object,
            below,
            note,
            level,
        } => tree(theme, width, *depth, object, *below, (note, *level)),
        DetailLine::Diff(line) => {
            let (mark, text, style) = match line {
                DiffLine::Same(text) => (" ", &**text, theme.dim()),
                DiffLine::Live(text) => ("-", &**text, theme.broken()),
                DiffLine::Wanted(text) => ("+", &**text, theme.good()),
                DiffLine::Gap => ("⋮", "", theme.dim()),
            };
            Line::styled(
                format!("     {mark} {}", fit(text, width.saturating_sub(8))),
                style,
            )
        }
        DetailLine::Pair(left, right) => pair(theme, width, left.as_ref(), right.as_ref()),
    }]
}

fn value_style(theme: &Theme, level: Level) -> Style {
    if level == Level::Ok {
        theme.text()
    } else {
        theme.level(level)
    }
}

/// A value on as many lines as it takes.
fn long(
    name: Span<'static>,
    names: usize,
    value: &str,
    room: usize,
    style: Style,
) -> Vec<Line<'static>> {
    let value = clean(value);
    let mut parts = wrap(&value, room.max(8));
    if parts.len() > MOST_LINES {
        parts.truncate(MOST_LINES);
        if let Some(last) = parts.last_mut() {
            *last = fit(&format!("{last}…"), room);
        }
    }
    let mut first = Some(name);
    parts
        .into_iter()
        .map(|part| {
            let blank = || Span::raw(" ".repeat(names + 4));
            Line::from(vec![
                first.take().unwrap_or_else(blank),
                Span::styled(fit(&part, room), style),
            ])
        })
        .collect()
}

fn tree(
    theme: &Theme,
    width: usize,
    depth: usize,
    object: &ObjectRef,
    below: Option<(usize, bool)>,
    (note, level): (&str, Level),
) -> Line<'static> {
    let (symbol, style) = theme.symbol(level);
    let (fold, more) = match below {
        Some((count, true)) => ("▸", format!(" +{count}")),
        Some((_, false)) => ("▾", String::new()),
        None => ("·", String::new()),
    };
    let indent = " ".repeat(3 + 2 * depth.min(12));
    let name = format!("{}/{}{more}", object.kind, object.key.name);
    let room = width.saturating_sub(indent.len() + 6);
    let name = fit_middle(&name, room * 2 / 3);
    let rest = room.saturating_sub(cells(&name));
    Line::from(vec![
        Span::styled(format!("{indent}{fold} "), theme.dim()),
        Span::styled(format!("{symbol} "), style),
        Span::styled(name, theme.text()),
        Span::styled(format!("  {}", fit(note, rest)), value_style(theme, level)),
    ])
}

/// A line of a diff in two columns.
fn pair(theme: &Theme, width: usize, left: Option<&Text>, right: Option<&Text>) -> Line<'static> {
    let half = width.saturating_sub(10) / 2;
    let same = left == right;
    let side = |text: Option<&Text>, mark: &str, style: Style| {
        let mark = if same || text.is_none() { " " } else { mark };
        let text = text.map_or("", |text| text);
        Span::styled(
            format!("{mark} {}", pad(text, half, false)),
            if same { theme.dim() } else { style },
        )
    };
    Line::from(vec![
        Span::raw("   "),
        side(left, "-", theme.broken()),
        Span::styled(" │ ", theme.border(false)),
        side(right, "+", theme.good()),
    ])
}
