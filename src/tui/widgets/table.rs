//! A table of rows: only what is visible is laid out.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::{
    insight::capacity::Level,
    tui::{
        rows::{Column, Row},
        text::{pad, width},
        theme::Theme,
    },
};

/// Widths of the columns that are shown on so many cells; 0 for one that is left out.
pub(in crate::tui) fn widths(columns: &[Column], rows: &[Row], cells: u16) -> Vec<u16> {
    let mut found: Vec<u16> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            if column.from > cells {
                return 0;
            }
            // a sample is enough to see how wide a column wants to be
            let widest = rows
                .iter()
                .take(300)
                .filter_map(|row| row.cells.get(at))
                .map(|cell| width(&cell.text))
                .max()
                .unwrap_or_default();
            let widest = u16::try_from(widest)
                .unwrap_or(u16::MAX)
                .max(u16::try_from(column.name.len()).unwrap_or(8));
            widest.clamp(column.least.min(widest.max(4)), 60)
        })
        .collect();
    let shown = found.iter().filter(|width| **width > 0).count();
    let gaps = u16::try_from(shown).unwrap_or_default() + 1;
    let room = cells.saturating_sub(gaps);
    shrink(columns, &mut found, room);
    let total: u16 = found.iter().sum();
    if let Some(at) = columns
        .iter()
        .rposition(|column| column.stretch && column.from <= cells)
    {
        found[at] += room.saturating_sub(total);
    }
    found
}

/// Takes from the widest first, and from stretching columns before others, until all fits.
fn shrink(columns: &[Column], found: &mut [u16], room: u16) {
    while found.iter().sum::<u16>() > room {
        let widest = |stretch: bool| {
            (0..found.len())
                .filter(|at| columns[*at].stretch == stretch && found[*at] > columns[*at].least)
                .max_by_key(|at| found[*at])
        };
        let Some(at) = widest(true).or_else(|| widest(false)).or_else(|| {
            (0..found.len())
                .filter(|at| found[*at] > 1)
                .max_by_key(|at| found[*at])
        }) else {
            return;
        };
        found[at] -= 1;
    }
}

/// What of a table is shown.
pub(in crate::tui) struct TableLook<'a> {
    pub columns: &'a [Column],
    pub rows: &'a [Row],
    pub selected: usize,
    pub offset: usize,
    pub sorted: Option<(usize, bool)>,
    pub marked: &'a dyn Fn(&Row) -> bool,
}

/// Draws head and rows.
pub(in crate::tui) fn draw_table(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    look: &TableLook<'_>,
) {
    let widths = widths(look.columns, look.rows, area.width.saturating_sub(2));
    let mut head = vec![Span::raw("  ")];
    for (at, (column, cells)) in look
        .columns
        .iter()
        .zip(&widths)
        .enumerate()
        .filter(|(_, (_, cells))| **cells > 0)
    {
        let arrow = match look.sorted {
            Some((sorted, reverse)) if sorted == at => {
                if reverse {
                    "↓"
                } else {
                    "↑"
                }
            }
            _ => "",
        };
        head.push(Span::styled(
            pad(
                &format!("{}{arrow}", column.name),
                usize::from(*cells),
                column.right,
            ),
            theme.dim(),
        ));
        head.push(Span::raw(" "));
    }
    frame.render_widget(
        Line::from(head),
        Rect {
            height: 1.min(area.height),
            ..area
        },
    );
    let visible = usize::from(area.height.saturating_sub(1));
    for (line, row) in look.rows.iter().enumerate().skip(look.offset).take(visible) {
        let y = area.y + 1 + u16::try_from(line - look.offset).unwrap_or_default();
        let spans = row_spans(theme, look, row, &widths);
        let style = if line == look.selected {
            theme.selected()
        } else {
            Style::default()
        };
        frame.render_widget(
            Line::from(spans).style(style),
            Rect {
                y,
                height: 1,
                ..area
            },
        );
    }
}

fn row_spans(theme: &Theme, look: &TableLook<'_>, row: &Row, widths: &[u16]) -> Vec<Span<'static>> {
    let (symbol, style) = if (look.marked)(row) {
        ("◆", theme.accent())
    } else {
        theme.symbol(row.level)
    };
    let mut spans = vec![Span::styled(format!("{symbol} "), style)];
    for ((cell, column), cells) in row
        .cells
        .iter()
        .zip(look.columns)
        .zip(widths)
        .filter(|(_, cells)| **cells > 0)
    {
        let style = match cell.level {
            Some(Level::Ok) => theme.dim(),
            Some(level) => theme.level(level),
            None => theme.text(),
        };
        spans.push(Span::styled(
            pad(&cell.text, usize::from(*cells), column.right),
            style,
        ));
        spans.push(Span::raw(" "));
    }
    spans
}
