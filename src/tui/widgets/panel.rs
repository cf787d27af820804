//! A bordered box with a title on the left and freshness on the right.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, BorderType, Borders},
};

use crate::tui::{text::fit, theme::Theme};

/// Draws the box and gives the room inside.
pub(in crate::tui) fn panel(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: &Theme,
    title: &str,
    right: &str,
    focus: bool,
) -> Rect {
    let border = theme.border(focus);
    let room = usize::from(area.width).saturating_sub(4);
    let right = fit(right, room.saturating_sub(12));
    let title = fit(title, room.saturating_sub(right.chars().count() + 2));
    let style = if focus { theme.accent() } else { theme.text() };
    let mut block = Block::default()
        .borders(Borders::ALL)
        .border_type(BorderType::Rounded)
        .border_style(border)
        .title(Line::from(vec![
            Span::raw(" "),
            Span::styled(title, style),
            Span::raw(" "),
        ]));
    if !right.is_empty() {
        block = block.title(
            Line::from(vec![Span::styled(format!(" {right} "), theme.warning())]).right_aligned(),
        );
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}
