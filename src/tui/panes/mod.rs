//! The six panes of the overview.

mod apps;
mod blades;
mod incidents;
mod machines;
mod proxmox;
mod storage;

use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    app::{App, PANES},
    text::fit,
    widgets::panel,
};
use crate::domain::ObjectRef;

/// What a pane shows: a title, a mark for its freshness, lines with the objects they are about.
pub(super) struct Pane {
    pub title: String,
    pub mark: String,
    pub lines: Vec<PaneLine>,
    /// Stands in place of lines where there are none.
    pub empty: String,
}

/// One line, and where Enter goes from it.
pub(super) struct PaneLine {
    pub line: Line<'static>,
    pub object: Option<ObjectRef>,
}

impl PaneLine {
    fn about(line: Line<'static>, object: ObjectRef) -> Self {
        Self {
            line,
            object: Some(object),
        }
    }

    fn plain(line: Line<'static>) -> Self {
        Self { line, object: None }
    }
}

/// The pane of this number (from 0), laid out for so many cells.
pub(super) fn pane(app: &App, number: usize, width: u16) -> Pane {
    match number {
        0 => blades::pane(app, width),
        1 => incidents::pane(app, width),
        2 => storage::pane(app, width),
        3 => apps::pane(app, width),
        4 => machines::pane(app, width),
        _ => proxmox::pane(app, width),
    }
}

/// The objects of a pane that can be selected.
pub(super) fn objects(app: &App, number: usize) -> Vec<ObjectRef> {
    pane(app, number, 80)
        .lines
        .into_iter()
        .filter_map(|line| line.object)
        .collect()
}

/// Draws a pane.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, number: usize) {
    let focus = app.pane == number;
    let pane = pane(app, number, area.width.saturating_sub(2));
    let title = format!("{} {}", number + 1, pane.title);
    let inner = panel(frame, area, &app.theme, &title, &pane.mark, focus);
    if pane.lines.is_empty() {
        let room = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        let text = ratatui::widgets::Paragraph::new(Line::styled(pane.empty, app.theme.dim()))
            .wrap(ratatui::widgets::Wrap { trim: true });
        frame.render_widget(text, room);
        return;
    }
    let cursor = selected_line(&pane, app.cursors[number]);
    let visible = usize::from(inner.height);
    let offset = cursor.map_or(0, |cursor| {
        (cursor + 2)
            .saturating_sub(visible)
            .min(pane.lines.len().saturating_sub(visible))
    });
    for (line, content) in pane.lines.iter().enumerate().skip(offset).take(visible) {
        let y = inner.y + u16::try_from(line - offset).unwrap_or_default();
        let style = if focus && cursor == Some(line) {
            app.theme.selected()
        } else {
            ratatui::style::Style::default()
        };
        frame.render_widget(
            content.line.clone().patch_style(style),
            Rect {
                y,
                height: 1,
                ..inner
            },
        );
    }
    let hidden = pane.lines.len().saturating_sub(offset + visible);
    if hidden > 0 && area.width > 20 {
        let more = fit(&format!(" {hidden} more "), 12);
        let x = area
            .right()
            .saturating_sub(u16::try_from(more.len()).unwrap_or_default() + 2);
        frame.render_widget(
            Line::styled(more, app.theme.dim()),
            Rect {
                x,
                y: area.bottom() - 1,
                width: 12,
                height: 1,
            },
        );
    }
}

/// The line on which the cursor is: that of the so-manieth object.
fn selected_line(pane: &Pane, cursor: usize) -> Option<usize> {
    let with_objects: Vec<usize> = pane
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.object.is_some())
        .map(|(at, _)| at)
        .collect();
    let last = with_objects.len().checked_sub(1)?;
    with_objects.get(cursor.min(last)).copied()
}

/// How many panes there are.
pub(super) const COUNT: usize = PANES.len();
