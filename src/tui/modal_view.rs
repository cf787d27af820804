//! How what stands in front of the screen looks.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Clear, Paragraph},
};

use super::{
    app::App,
    ask_view, choose,
    guide::wrap,
    menu,
    modal::Modal,
    note, reason,
    text::{clean, fit},
    typed::CommandAsk,
    unsettled,
    widgets::panel,
};
use crate::redbutton::{
    Plan,
    command::{Verdict, typed_for},
};

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
        Modal::Waiting(plan) => ("asking the server".into(), waiting_lines(app, plan, room)),
        Modal::Ask(_) => return,
        Modal::Command(ask) => ("red button".into(), command_lines(app, ask, area)),
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

/// The question before a typed command.
fn command_lines(app: &App, ask: &CommandAsk, area: Rect) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let room = usize::from(area.width.saturating_sub(4).min(96)).saturating_sub(14);
    let destructive = ask.judgement.verdict == Verdict::Destructive;
    let head = if destructive {
        " ▲ DESTRUCTIVE OPERATION DETECTED "
    } else {
        " ▲ CONFIRM "
    };
    let mut lines = vec![
        Line::from(vec![
            Span::styled(head.to_owned(), theme.armed()),
            Span::styled(
                format!("  {}", ask.judgement.tier.as_str()),
                theme.warning(),
            ),
        ]),
        Line::raw(""),
    ];
    for (nth, text) in wrap(&clean(&ask.line), room)
        .into_iter()
        .take(4)
        .enumerate()
    {
        let name = if nth == 0 { "Command" } else { "" };
        lines.push(Line::from(vec![
            Span::styled(format!(" {name:9}"), theme.accent()),
            Span::styled(text, theme.text()),
        ]));
    }
    for part in ask
        .judgement
        .parts
        .iter()
        .filter(|part| part.verdict != Verdict::Allowed)
        .take(6)
    {
        let mark = if part.verdict == Verdict::Destructive {
            ("✖ ", theme.broken())
        } else {
            ("▲ ", theme.warning())
        };
        lines.push(Line::from(vec![
            Span::styled("          ".to_owned(), theme.accent()),
            Span::styled(mark.0.to_owned(), mark.1),
            Span::styled(
                fit(
                    &format!("{} ({})", part.why, part.command),
                    room.saturating_sub(2),
                ),
                theme.text(),
            ),
        ]));
    }
    lines.push(Line::styled(
        "          ? what it does to the cluster is not worked out: it runs as typed",
        theme.dim(),
    ));
    lines.push(Line::raw(""));
    let wanted = typed_for(&ask.judgement);
    if !wanted.is_empty() {
        lines.push(Line::from(vec![
            Span::styled(format!(" Type \"{wanted}\": "), theme.text()),
            Span::styled(clean(&ask.typed).into_owned(), theme.text()),
            Span::styled("▏", theme.accent()),
        ]));
    }
    let button = |text: &str, focus: bool| {
        Span::styled(
            format!(" [ {text} ] "),
            if focus { theme.selected() } else { theme.dim() },
        )
    };
    lines.push(Line::from(vec![
        Span::styled(" Proceed? ", theme.text()),
        button("Cancel", !ask.proceed),
        button("Proceed", ask.proceed),
    ]));
    let state = if ask.armed {
        "tab to Proceed, then y; enter and esc cancel"
    } else {
        "one moment: keys typed before do not count"
    };
    lines.push(Line::styled(
        format!(
            " {}",
            if ask.note.is_empty() {
                state
            } else {
                &ask.note
            }
        ),
        if ask.note.is_empty() {
            theme.dim()
        } else {
            theme.broken()
        },
    ));
    lines
}
