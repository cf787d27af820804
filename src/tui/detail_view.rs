//! Drawing the details of an object: in one column, or in two where there is room.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    app::App,
    detail::{Detail, DetailLine},
    text::{clean, fit, pad, width as cells, wrap},
    theme::Theme,
    widgets::panel,
};
use crate::{
    domain::{DiffLine, ObjectRef, Text},
    insight::capacity::Level,
};

/// From this width on, the sections stand in two columns.
const TWO: u16 = 150;
/// From this width on, a column can hold two manifests side by side.
const PAIRS: u16 = 90;
/// Rows that a value may take.
const VALUE_ROWS: usize = 6;

/// A row on the screen, and the line that it belongs to.
type Row = (usize, Line<'static>);

/// Draws the details that fill the screen; the line under the cursor stays in sight.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail) {
    draw_in(frame, area, app, detail, true);
}

/// Draws the details beside a table: nothing in them is selected.
pub(super) fn draw_side(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail) {
    draw_in(frame, area, app, detail, false);
}

fn draw_in(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail, focus: bool) {
    let title = detail.object.to_string();
    let inner = panel(frame, area, &app.theme, &title, "", focus);
    let two = area.width >= TWO;
    let column = if two { inner.width / 2 } else { inner.width };
    detail.wide = column >= PAIRS;
    let lines = detail.lines(&app.inventory, app.now);
    detail.cursor = detail.cursor.min(lines.len().saturating_sub(1));
    if !two {
        let rows = rows(&app.theme, &lines, 0..lines.len(), usize::from(inner.width));
        return scrolled(frame, inner, app, detail, (&rows, focus));
    }
    let [left, gap, right] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(inner);
    for y in gap.top()..gap.bottom() {
        let place = Rect {
            y,
            height: 1,
            ..gap
        };
        frame.render_widget(Span::styled("│", app.theme.border(false)), place);
    }
    let drawn = |range, width: u16| rows(&app.theme, &lines, range, usize::from(width));
    let at = fold(&lines, |range| drawn(range, left.width).len());
    scrolled(frame, left, app, detail, (&drawn(0..at, left.width), focus));
    scrolled(
        frame,
        right,
        app,
        detail,
        (&drawn(at..lines.len(), right.width), focus),
    );
}

/// The head of the section with which the right column begins: both columns are as even as can be.
fn fold(lines: &[DetailLine], height: impl Fn(std::ops::Range<usize>) -> usize) -> usize {
    let heads = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| *at > 0 && matches!(line, DetailLine::Head(_)))
        .map(|(at, _)| at);
    heads
        .min_by_key(|at| height(0..*at).max(height(*at..lines.len())))
        .unwrap_or(lines.len())
}

/// Draws rows; those of the column with the cursor are scrolled to it. Only with the focus the line
/// under it is marked.
fn scrolled(
    frame: &mut Frame<'_>,
    area: Rect,
    app: &App,
    detail: &mut Detail,
    (rows, focus): (&[Row], bool),
) {
    let visible = usize::from(area.height);
    let first = rows.iter().position(|(line, _)| *line == detail.cursor);
    let offset = match first {
        Some(first) => {
            let last = rows
                .iter()
                .rposition(|(line, _)| *line == detail.cursor)
                .unwrap_or(first);
            let most = rows.len().saturating_sub(visible);
            detail.offset = detail
                .offset
                .max((last + 1).saturating_sub(visible))
                .min(first)
                .min(most);
            detail.offset
        }
        None => 0,
    };
    for (y, (line, row)) in (area.top()..area.bottom()).zip(rows.iter().skip(offset)) {
        let place = Rect {
            y,
            height: 1,
            ..area
        };
        frame.render_widget(row, place);
        if focus && *line == detail.cursor {
            frame.buffer_mut().set_style(place, app.theme.selected());
        }
    }
    let below = rows.len().saturating_sub(offset + visible);
    if below > 0 {
        let words = format!(" {below} more ");
        let wide = u16::try_from(cells(&words)).unwrap_or_default();
        let place = Rect {
            x: area.right().saturating_sub(wide + 1),
            y: area.bottom(),
            width: wide.min(area.width),
            height: 1,
        };
        frame.render_widget(Line::styled(words, app.theme.dim()), place);
    }
}

fn rows(
    theme: &Theme,
    lines: &[DetailLine],
    range: std::ops::Range<usize>,
    width: usize,
) -> Vec<Row> {
    let shown = lines.get(range.clone()).unwrap_or_default();
    let names = shown.iter().filter_map(|line| match line {
        DetailLine::Field(name, ..) | DetailLine::Link(name, ..) | DetailLine::Past(_, name, _) => {
            Some(cells(name))
        }
        _ => None,
    });
    let names = names.max().unwrap_or(8).clamp(8, (width / 3).clamp(8, 34));
    let mut rows = Vec::new();
    for (at, line) in range.zip(shown) {
        // sections are set apart by an empty row, which belongs to the section above it
        if matches!(line, DetailLine::Head(_)) && !rows.is_empty() {
            rows.push((usize::MAX, Line::raw("")));
        }
        rows.extend(
            drawn(theme, line, names, width)
                .into_iter()
                .map(|row| (at, row)),
        );
    }
    rows
}

fn value_style(theme: &Theme, level: Level) -> Style {
    if level == Level::Ok {
        theme.text()
    } else {
        theme.level(level)
    }
}

/// A name, and its value on as many rows as it takes.
fn named(name: Span<'static>, value: &str, style: Style, room: usize) -> Vec<Line<'static>> {
    let indent = cells(&name.content);
    let mut name = Some(name);
    let mut pieces = wrap(&clean(value), room);
    if pieces.len() > VALUE_ROWS {
        let rest = pieces.split_off(VALUE_ROWS - 1).join(" ");
        pieces.push(fit(&rest, room));
    }
    pieces
        .into_iter()
        .map(|text| {
            Line::from(vec![
                name.take().unwrap_or_else(|| Span::raw(" ".repeat(indent))),
                Span::styled(text, style),
            ])
        })
        .collect()
}

fn drawn(theme: &Theme, line: &DetailLine, names: usize, width: usize) -> Vec<Line<'static>> {
    let room = width.saturating_sub(names + 5);
    let label = |name: &str| Span::styled(format!("   {} ", pad(name, names, false)), theme.dim());
    vec![match line {
        DetailLine::Head(text) => super::guide::rule(theme, &fit(text, width - 3), width),
        DetailLine::Field(name, value, level) => {
            return named(label(name), value, value_style(theme, *level), room);
        }
        DetailLine::Note(text, level) => {
            return named(label(""), text, theme.level(*level), room);
        }
        DetailLine::Past(_, when, words) => Line::from(vec![
            label(when),
            Span::styled("↶ ", theme.accent()),
            Span::styled(fit(words, room.saturating_sub(2)), theme.text()),
        ]),
        DetailLine::Link(role, object, state, level) => {
            link(theme, label(role), object, (state, *level), room)
        }
        DetailLine::Tree {
            depth,
            object,
            below,
            note,
            level,
        } => {
            let name = format!("{}/{}", object.kind, object.key.name);
            tree(theme, *depth, &name, *below, (note, *level), width)
        }
        DetailLine::Diff(line) => {
            let (mark, text, style) = match line {
                DiffLine::Same(text) => (" ", &**text, theme.dim()),
                DiffLine::Live(text) => ("-", &**text, theme.removed()),
                DiffLine::Wanted(text) => ("+", &**text, theme.added()),
                DiffLine::Gap => ("⋮", "", theme.dim()),
            };
            Line::styled(
                format!("     {mark} {}", fit(text, width.saturating_sub(8))),
                style,
            )
        }
        DetailLine::Pair(left, right) => pair(theme, left.as_ref(), right.as_ref(), width),
    }]
}

/// Another object and how it is doing.
fn link(
    theme: &Theme,
    label: Span<'static>,
    object: &ObjectRef,
    (state, level): (&str, Level),
    room: usize,
) -> Line<'static> {
    let (symbol, style) = theme.symbol(level);
    let state = if state.is_empty() {
        String::new()
    } else {
        let most = if super::logs::is_task(object) {
            room.saturating_sub(10)
        } else {
            30
        };
        format!("  {symbol} {}", fit(state, most))
    };
    // what a task is called says nothing to people
    let name = if super::logs::is_task(object) {
        "log".to_owned()
    } else {
        fit(&object.short(), room.saturating_sub(cells(&state) + 2))
    };
    Line::from(vec![
        label,
        Span::styled("→ ", theme.accent()),
        Span::styled(name, theme.text()),
        Span::styled(
            state,
            if level == Level::Ok {
                theme.dim()
            } else {
                style
            },
        ),
    ])
}

/// A node of a tree, with what is folded away below it.
fn tree(
    theme: &Theme,
    depth: usize,
    name: &str,
    below: Option<(usize, bool)>,
    (note, level): (&str, Level),
    width: usize,
) -> Line<'static> {
    let (symbol, style) = theme.symbol(level);
    let (fold, more) = match below {
        Some((count, true)) => ("▸", format!(" +{count}")),
        Some((_, false)) => ("▾", String::new()),
        None => ("·", String::new()),
    };
    let indent = " ".repeat(3 + 2 * depth.min(12));
    let room = width.saturating_sub(indent.len() + 6);
    let name = fit(&format!("{name}{more}"), room * 2 / 3);
    let rest = room.saturating_sub(cells(&name));
    let note_style = if level == Level::Ok {
        theme.dim()
    } else {
        theme.level(level)
    };
    Line::from(vec![
        Span::styled(format!("{indent}{fold} "), theme.dim()),
        Span::styled(format!("{symbol} "), style),
        Span::styled(name, theme.text()),
        Span::styled(format!("  {}", fit(note, rest)), note_style),
    ])
}

/// A line of a diff in two columns.
fn pair(theme: &Theme, left: Option<&Text>, right: Option<&Text>, width: usize) -> Line<'static> {
    let half = width.saturating_sub(10) / 2;
    let same = left == right;
    let side = |text: Option<&Text>, mark: &str, style: Style| {
        let mark = if same || text.is_none() { " " } else { mark };
        let text = fit(text.map_or("", |text| text), half);
        Span::styled(
            format!("{mark} {}", pad(&text, half, false)),
            if same { theme.dim() } else { style },
        )
    };
    Line::from(vec![
        Span::raw("   "),
        side(left, "-", theme.removed()),
        Span::styled(" │ ", theme.border(false)),
        side(right, "+", theme.added()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_column_begins_with_a_section() {
        let section = |count: usize| {
            let mut lines = vec![DetailLine::Head("x".into())];
            lines.resize(count, DetailLine::Note("y".into(), Level::Ok));
            lines
        };
        let lines: Vec<DetailLine> = [3, 4, 6, 2].into_iter().flat_map(section).collect();
        assert_eq!(fold(&lines, |range| range.len()), 7);
        assert_eq!(fold(&lines[..3], |range| range.len()), 3);
    }
}
