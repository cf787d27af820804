//! The help, made from the keymap.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Clear,
};

use super::{app::App, text::pad, views::View, widgets::panel};

/// Draws the help over the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let entries: Vec<(&str, &str, &str)> = app.keys.help().collect();
    let columns: u16 = if area.width >= 76 { 2 } else { 1 };
    let cells = ((area.width.saturating_sub(4)) / columns).min(50);
    let rows = u16::try_from(entries.len())
        .unwrap_or_default()
        .div_ceil(columns);
    let height = (rows + 5).min(area.height);
    let width = (columns * cells + 4).min(area.width);
    let area = Rect {
        x: (area.width - width) / 2,
        y: (area.height - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, area);
    let inner = panel(frame, area, &app.theme, "Keys", "", true);
    let per_column = usize::from(inner.height.saturating_sub(3)).max(1);
    for (at, (key, what, _)) in entries.iter().enumerate() {
        let (column, line) = (at / per_column, at % per_column);
        let x = inner.x + u16::try_from(column).unwrap_or_default() * cells + 1;
        if column >= usize::from(columns) {
            break;
        }
        let spans = vec![
            Span::styled(pad(key, 11, false), app.theme.accent()),
            Span::styled((*what).to_owned(), app.theme.text()),
        ];
        let y = inner.y + u16::try_from(line).unwrap_or_default();
        frame.render_widget(
            Line::from(spans),
            Rect {
                x,
                y,
                width: cells.saturating_sub(2).min(inner.right().saturating_sub(x)),
                height: 1,
            },
        );
    }
    let words: Vec<&str> = View::words().collect();
    let notes = [
        format!("Tables by  :name  {}", words.join(" ")),
        "Filter  word  !word  column:value  -l label=value".to_owned(),
        ":ns NAME  :ns all  :ctx NAME  :q   Any kind by its plural, as :routes".to_owned(),
    ];
    for (line, note) in notes.iter().rev().enumerate() {
        let y = inner
            .bottom()
            .saturating_sub(1 + u16::try_from(line).unwrap_or_default());
        let text = super::text::fit(note, usize::from(inner.width.saturating_sub(2)));
        frame.render_widget(
            Line::styled(text, app.theme.dim()),
            Rect {
                x: inner.x + 1,
                y,
                width: inner.width.saturating_sub(2),
                height: 1,
            },
        );
    }
}
