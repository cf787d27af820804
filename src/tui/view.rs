//! The whole screen, from the state.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::{
    app::{App, Opening, Screen},
    command_bar, detail_view, guide, help, panes, picker, table_view,
    text::fit,
    text_view, welcome,
};

/// Smallest screen that is laid out; below it a word says so.
const LEAST: (u16, u16) = (40, 10);

/// Draws everything. Only positions that follow from the size of the screen are written back.
pub fn view(app: &mut App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        frame.render_widget(
            Line::raw(fit("redbutton needs 40×10", usize::from(area.width))),
            Rect {
                height: 1.min(area.height),
                ..area
            },
        );
        return;
    }
    if let Opening::Nothing(why) = &app.opening {
        return welcome::draw(frame, area, app, why);
    }
    let tray = app.tray.height(area, app.scribes);
    let [head, body, tray, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(1),
        Constraint::Length(tray),
        Constraint::Length(1),
    ])
    .areas(area);
    super::header::header(frame, head, app);
    app.page = usize::from(body.height.saturating_sub(3));
    match app.stack.pop() {
        None => app.panes = panes::overview(frame, body, app),
        Some(mut screen) => {
            match &mut screen {
                Screen::Table(table) => table_view::draw(frame, body, app, table),
                Screen::Detail(detail) => detail_view::draw(frame, body, app, detail),
                Screen::Text(text) => text_view::draw(frame, body, app, text),
                Screen::Guide(shown) => guide::draw(frame, body, app, shown),
            }
            app.stack.push(screen);
        }
    }
    super::tray::draw(frame, tray, app);
    super::footer::footer(frame, foot, app);
    command_bar::draw(frame, foot, app);
    picker::draw(frame, area, app);
    if let Some(mut modal) = app.modal.take() {
        super::modal_view::draw(frame, area, app, &mut modal);
        app.modal = Some(modal);
    }
    if app.help {
        help::draw(frame, area, app);
    }
}
