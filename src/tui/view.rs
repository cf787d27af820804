//! The whole screen, from the state.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{
    app::{App, Opening, Screen},
    command_bar, detail_view, guide, help, panes, picker, table_view,
    text::{clean, fit, pad},
    text_view,
    widgets::panel,
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
        return welcome(frame, area, app, &why.clone());
    }
    let tray = app.tray.height(area);
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
        None => app.panes = overview(frame, body, app),
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
    super::modal_view::draw(frame, area, app);
    if app.help {
        help::draw(frame, area, app);
    }
}

fn welcome(frame: &mut Frame<'_>, area: Rect, app: &App, why: &str) {
    let inner = panel(frame, area, &app.theme, "redbutton", "", true);
    let lines = vec![
        Line::raw(""),
        Line::styled("There is nothing to look at yet.", app.theme.text()),
        Line::styled(clean(why).into_owned(), app.theme.dim()),
        Line::raw(""),
        Line::styled("Three ways on:", app.theme.accent()),
        Line::raw(""),
        Line::raw("  1  redbutton --demo                 a simulated lab, nothing needed"),
        Line::raw("  2  redbutton --kubeconfig FILE      your own cluster (or set KUBECONFIG)"),
        Line::raw(
            "  3  redbutton config init            a configuration with every option explained",
        ),
        Line::raw(""),
        Line::styled("q quits", app.theme.dim()),
    ];
    let room = Rect {
        x: inner.x + 2,
        width: inner.width.saturating_sub(4),
        ..inner
    };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), room);
}

/// Wide screens show all panes; on narrow ones the focused pane is large and the others are lines.
/// Gives back where each pane stands.
fn overview(frame: &mut Frame<'_>, area: Rect, app: &App) -> Vec<(usize, Rect)> {
    let mut places = Vec::new();
    if area.width >= 110 && area.height >= 24 {
        let [left, right] =
            Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)])
                .areas(area);
        let blades = u16::try_from(app.derived.blades.len())
            .unwrap_or(3)
            .clamp(2, area.height / 4)
            + 4;
        let [a, c, e] = Layout::vertical([
            Constraint::Length(blades),
            Constraint::Fill(3),
            Constraint::Fill(2),
        ])
        .areas(left);
        let [b, d, f] = Layout::vertical([
            Constraint::Fill(5),
            Constraint::Fill(3),
            Constraint::Fill(3),
        ])
        .areas(right);
        for (number, area) in [a, b, c, d, e, f].into_iter().enumerate() {
            panes::draw(frame, area, app, number);
            places.push((number, area));
        }
        return places;
    }
    let others = panes::COUNT - 1;
    let blades = if app.pane == 0 {
        0
    } else {
        u16::try_from(app.derived.blades.len())
            .unwrap_or(3)
            .clamp(1, 4)
            + 4
    };
    let with_blades = area.height >= blades + 14;
    let mut y = area.y;
    if with_blades && blades > 0 {
        let place = Rect {
            height: blades,
            ..area
        };
        panes::draw(frame, place, app, 0);
        places.push((0, place));
        y += blades;
    }
    let lines = u16::try_from(others).unwrap_or(5) - u16::from(with_blades && blades > 0);
    let height = (area.bottom() - y).saturating_sub(lines);
    panes::draw(frame, Rect { y, height, ..area }, app, app.pane);
    y += height;
    for number in
        (0..panes::COUNT).filter(|number| *number != app.pane && !(with_blades && *number == 0))
    {
        let pane = panes::pane(app, number, area.width);
        let line = Line::from(vec![
            Span::styled(format!(" {} ", number + 1), app.theme.accent()),
            Span::styled(pad(&pane.title, 44, false), app.theme.text()),
            Span::styled(
                fit(&pane.mark, usize::from(area.width).saturating_sub(50)),
                app.theme.warning(),
            ),
        ]);
        let place = Rect {
            y,
            height: 1,
            ..area
        };
        frame.render_widget(line, place);
        places.push((number, place));
        y += 1;
    }
    places
}
