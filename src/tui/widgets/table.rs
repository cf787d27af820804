//! A table of rows: only what is visible is made and laid out.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};

use super::layout::{Widths, lay_out};
use crate::{
    insight::capacity::Level,
    tui::{
        listing::Row,
        rows::{Cell, Column, Cut},
        table_screen::{Drawn, TableScreen},
        text::{fit, fit_middle, width},
        theme::Theme,
        views::Source,
    },
};

/// Cells before the first column: the row's symbol.
const SYMBOL: u16 = 2;
/// No column is wider, whatever a server sends.
const WIDEST: u16 = 400;

/// Draws head and visible rows; `without` is a column that says nothing here.
pub(in crate::tui) fn draw_table(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    source: &Source<'_>,
    table: &mut TableScreen,
    without: Option<&str>,
) {
    let visible = usize::from(area.height.saturating_sub(1));
    table.scroll(visible);
    let columns = table.columns();
    let mut widest = std::mem::take(&mut table.widest);
    let rows: Vec<Row<'_>> = (table.offset..table.len())
        .take(visible)
        .filter_map(|at| table.row(source, at))
        .collect();
    let hidden = |column: &Column| without == Some(column.name);
    measure(&mut widest, &columns, &rows, table.sort, hidden);
    let widths = lay_out(&columns, &widest, area.width.saturating_sub(SYMBOL));
    let drawn = head(frame, area, theme, table, &columns, &widths);
    for (at, row) in rows.iter().enumerate() {
        let line = Line::from(spans(theme, table, row, &columns, &widths));
        let selected = table.offset + at == table.cursor;
        let style = if selected {
            theme.selected()
        } else {
            Style::default()
        };
        let y = area.y + 1 + u16::try_from(at).unwrap_or_default();
        frame.render_widget(
            line.style(style),
            Rect {
                y,
                height: 1,
                ..area
            },
        );
    }
    table.widest = widest;
    table.drawn = drawn;
}

/// Makes columns as wide as what is seen of them, and their heads.
fn measure(
    widest: &mut Vec<u16>,
    columns: &[Column],
    rows: &[Row<'_>],
    sorted: Option<&str>,
    hidden: impl Fn(&Column) -> bool,
) {
    widest.resize(columns.len(), 0);
    for (at, column) in columns.iter().enumerate() {
        if hidden(column) {
            widest[at] = 0;
            continue;
        }
        let cells = rows.iter().filter_map(|row| row.cells.get(at));
        let most = cells.map(|cell| width(&cell.text)).max().unwrap_or(0);
        if most > 0 {
            // a column without any content is left out
            let arrow = usize::from(sorted == Some(column.name));
            let head = width(column.name) + arrow;
            let most = u16::try_from(most.max(head)).unwrap_or(u16::MAX);
            widest[at] = widest[at].max(most.min(WIDEST));
        }
    }
}

fn head(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    table: &TableScreen,
    columns: &[Column],
    widths: &Widths,
) -> Drawn {
    let mut spans = vec![Span::raw("  ")];
    let mut drawn = Drawn {
        rows: Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        },
        heads: Vec::new(),
    };
    let mut x = area.x + SYMBOL;
    for (column, cells) in shown(columns, widths) {
        let sorted = table.sort == Some(column.name);
        let arrow = match (sorted, table.reverse) {
            (true, true) => "↓",
            (true, false) => "↑",
            _ => "",
        };
        let style = if sorted { theme.accent() } else { theme.dim() };
        let text = if column.right {
            format!("{arrow}{}", column.name)
        } else {
            format!("{}{arrow}", column.name)
        };
        spans.push(Span::styled(
            aligned(&fit(&text, cells), cells, column.right),
            style,
        ));
        spans.push(Span::raw(" ".repeat(usize::from(widths.gap))));
        let end = x + u16::try_from(cells).unwrap_or_default() + widths.gap;
        drawn.heads.push((x, end, column.name));
        x = end;
    }
    frame.render_widget(
        Line::from(spans),
        Rect {
            height: 1.min(area.height),
            ..area
        },
    );
    drawn
}

fn shown<'c>(
    columns: &'c [Column],
    widths: &'c Widths,
) -> impl Iterator<Item = (&'c Column, usize)> {
    columns
        .iter()
        .zip(&widths.cells)
        .filter(|(_, cells)| **cells > 0)
        .map(|(column, cells)| (column, usize::from(*cells)))
}

fn aligned(text: &str, cells: usize, right: bool) -> String {
    let space = " ".repeat(cells.saturating_sub(width(text)));
    if right {
        space + text
    } else {
        text.to_owned() + &space
    }
}

fn spans(
    theme: &Theme,
    table: &TableScreen,
    row: &Row<'_>,
    columns: &[Column],
    widths: &Widths,
) -> Vec<Span<'static>> {
    let (symbol, style) = if table.marked.contains(&row.object) {
        ("◆", theme.accent())
    } else {
        theme.symbol(row.level)
    };
    let mut spans = vec![Span::styled(format!("{symbol} "), style)];
    for (at, (cell, cells)) in row.cells.iter().zip(&widths.cells).enumerate() {
        if *cells > 0 {
            let marks = |text: &str| table.filter.marks(at, columns, text);
            spans.extend(cell_spans(
                theme,
                cell,
                &columns[at],
                usize::from(*cells),
                marks,
            ));
            spans.push(Span::raw(" ".repeat(usize::from(widths.gap))));
        }
    }
    spans
}

/// A cell, with what the filter found in it marked.
fn cell_spans(
    theme: &Theme,
    cell: &Cell<'_>,
    column: &Column,
    cells: usize,
    marks: impl Fn(&str) -> Vec<Range<usize>>,
) -> Vec<Span<'static>> {
    let style = match cell.level {
        Some(Level::Ok) => theme.dim(),
        Some(level) => theme.level(level),
        None => theme.text(),
    };
    let text = match column.cut {
        Cut::End => fit(&cell.text, cells),
        Cut::Middle => fit_middle(&cell.text, cells),
    };
    let space = " ".repeat(cells.saturating_sub(width(&text)));
    let mut spans = Vec::with_capacity(2);
    if column.right {
        spans.push(Span::raw(space.clone()));
    }
    spans.extend(marked(&text, &marks(&text), style, found(theme)));
    if !column.right {
        spans.push(Span::raw(space));
    }
    spans
}

/// How that looks which a filter or a search found; readable without colour.
pub(in crate::tui) fn found(theme: &Theme) -> Style {
    theme.accent().add_modifier(Modifier::UNDERLINED)
}

/// A text in pieces, some of which are marked.
pub(in crate::tui) fn marked(
    text: &str,
    marks: &[Range<usize>],
    style: Style,
    mark: Style,
) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut from = 0;
    let mut marks: Vec<&Range<usize>> = marks.iter().collect();
    marks.sort_by_key(|mark| mark.start);
    for part in marks {
        let start = part.start.max(from);
        let (Some(before), Some(inside)) = (text.get(from..start), text.get(start..part.end))
        else {
            continue;
        };
        if !before.is_empty() {
            spans.push(Span::styled(before.to_owned(), style));
        }
        if !inside.is_empty() {
            spans.push(Span::styled(inside.to_owned(), style).patch_style(mark));
        }
        from = part.end.max(from);
    }
    let rest = text.get(from..).unwrap_or_default();
    if !rest.is_empty() {
        spans.push(Span::styled(rest.to_owned(), style));
    }
    spans
}
