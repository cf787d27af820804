//! What stands there where there is nothing to look at.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{app::App, text::clean, widgets::panel};

/// What can be typed, and what comes of it.
const WAYS: [(&str, &str); 4] = [
    ("redbutton --demo", "a simulated lab; nothing is needed"),
    (
        "redbutton --kubeconfig FILE",
        "your own cluster (or set KUBECONFIG)",
    ),
    (
        "redbutton --dump PATH",
        "a must-gather, or the files of `oc get -o yaml`",
    ),
    (
        "redbutton config init",
        "a configuration with every option explained",
    ),
];

/// Draws it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, why: &str) {
    let theme = &app.theme;
    let high = 15.min(area.height);
    let wide = 84.min(area.width);
    let place = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + (area.height - high) / 3,
        width: wide,
        height: high,
    };
    let inner = panel(frame, place, theme, "redbutton", "", true);
    let mut lines = vec![
        Line::raw(""),
        Line::styled("There is nothing to look at yet.", theme.text()),
        Line::styled(clean(why).into_owned(), theme.dim()),
        Line::raw(""),
        Line::styled("Four ways on:", theme.accent()),
        Line::raw(""),
    ];
    lines.extend(WAYS.map(|(command, what)| {
        Line::from(vec![
            Span::styled(format!("  {command:<29}"), theme.text()),
            Span::styled(what, theme.dim()),
        ])
    }));
    lines.extend([Line::raw(""), Line::styled("q quits", theme.dim())]);
    let room = Rect {
        x: inner.x + 2,
        width: inner.width.saturating_sub(4),
        ..inner
    };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), room);
}
