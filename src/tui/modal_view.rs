//! How what stands in front of the screen looks.

use ratatui::{
    Frame,
    layout::Rect,
    text::Line,
    widgets::{Clear, Paragraph},
};

use super::{
    app::App, ask_view, choose, menu, modal::Modal, note, reason, text::fit, typed_view, unsettled,
    widgets::panel,
};
use crate::redbutton::Plan;

/// Draws it over the screen. Only how far it is scrolled is written back.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, modal: &mut Modal) {
    if let Modal::Ask(ask) = modal {
        return ask_view::draw(frame, area, app, ask);
    }
    let wide = area.width.saturating_sub(4).min(96);
    let room = usize::from(wide.saturating_sub(2));
    let height = usize::from(area.height.saturating_sub(4));
    let (title, lines) = match modal {
        Modal::Menu(menu) => menu::lines(app, menu, height),
        Modal::Reason(reason) => ("break the glass".into(), reason::lines(app, reason)),
        Modal::Glass => ("the glass is open".into(), reason::glass_lines(app)),
        Modal::Sync(form) => choose::sync_lines(app, form, room, height),
        Modal::Past(list) => choose::past_lines(app, list, room, height),
        Modal::Waiting(plan, _) => ("asking the server".into(), waiting_lines(app, plan, room)),
        Modal::Ask(_) => return,
        Modal::Command(ask) => ("red button".into(), typed_view::lines(app, ask, room)),
        Modal::Unsettled(list) => (
            "outcome unknown".into(),
            unsettled::lines(app, list, room, height),
        ),
        Modal::Note(note) => ("PROGRESS.md".into(), note::lines(app, note, room)),
    };
    let high = u16::try_from(lines.len() + 2)
        .unwrap_or(area.height)
        .min(area.height.saturating_sub(2));
    let place = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + (area.height - high) / 2,
        width: wide,
        height: high,
    };
    frame.render_widget(Clear, place);
    let inner = panel(frame, place, &app.theme, &title, "", true);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn waiting_lines(app: &App, plan: &Plan, room: usize) -> Vec<Line<'static>> {
    let first = plan.commands.first().map_or("", String::as_str);
    vec![
        Line::raw(""),
        Line::styled(
            fit(&format!("  ◌ dry run of {first}"), room),
            app.theme.text(),
        ),
        Line::raw(""),
        Line::styled("  esc give it up: nothing was done", app.theme.dim()),
    ]
}
