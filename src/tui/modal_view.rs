//! How the modal looks.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Clear, Paragraph},
};
use tui_textarea::TextArea;

use super::{
    app::App,
    choose,
    guide::wrap,
    modal::{Ask, Modal},
    text::{clean, fit},
    typed::CommandAsk,
    unsettled,
    widgets::panel,
};
use crate::{
    domain::ObjectRef,
    redbutton::{
        DryRun, Plan, Preflighted, Tier, Verb, Weight,
        command::{Verdict, typed_for},
    },
};

/// Draws the modal over the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let Some(modal) = &app.modal else { return };
    let wide = area.width.saturating_sub(4).min(96);
    let (title, lines) = match modal {
        Modal::Menu {
            objects,
            verbs,
            cursor,
            exact,
        } => menu_lines(app, objects, verbs, *cursor, *exact),
        Modal::Reason { text, .. } => reason_lines(app, text),
        Modal::Sync(form) => choose::sync_lines(
            app,
            form,
            usize::from(wide.saturating_sub(2)),
            usize::from(area.height.saturating_sub(4)),
        ),
        Modal::Past(list) => choose::past_lines(
            app,
            list,
            usize::from(wide.saturating_sub(2)),
            usize::from(area.height.saturating_sub(4)),
        ),
        Modal::Waiting(plan) => (
            " asking the server ".to_owned(),
            vec![
                Line::raw(""),
                Line::styled(
                    format!(
                        "  ◌ dry run of {}",
                        plan.commands.first().map_or("", String::as_str)
                    ),
                    app.theme.dim(),
                ),
            ],
        ),
        Modal::Ask(ask) => ("red button".to_owned(), ask_lines(app, ask, area)),
        Modal::Command(ask) => ("red button".to_owned(), command_lines(app, ask, area)),
        Modal::Unsettled(list) => (
            "outcome unknown".to_owned(),
            unsettled::lines(
                app,
                list,
                usize::from(wide.saturating_sub(2)),
                usize::from(area.height.saturating_sub(4)),
            ),
        ),
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
    let inner = panel(frame, place, &app.theme, title.trim(), "", true);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn menu_lines(
    app: &App,
    objects: &[ObjectRef],
    verbs: &[Verb],
    cursor: usize,
    exact: bool,
) -> (String, Vec<Line<'static>>) {
    let title = match objects {
        [one] => one.short(),
        many => format!("{} objects", many.len()),
    };
    let column = verbs
        .iter()
        .map(|verb| super::text::width(&verb.words()))
        .max()
        .unwrap_or_default();
    let mut lines: Vec<Line<'static>> = verbs
        .iter()
        .enumerate()
        .map(|(at, verb)| {
            let style = if at == cursor {
                app.theme.selected()
            } else {
                app.theme.text()
            };
            let tier = verb.tier();
            let tier_style = if tier >= Tier::Destroy {
                app.theme.broken()
            } else {
                app.theme.dim()
            };
            Line::from(vec![
                Span::styled(
                    format!(
                        " {} {:column$}  ",
                        if at == cursor { "▶" } else { " " },
                        label(*verb, exact)
                    ),
                    style,
                ),
                Span::styled(tier.as_str(), tier_style),
            ])
        })
        .collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        " enter plan it   esc nothing",
        app.theme.dim(),
    ));
    (title, lines)
}

/// A verb in the menu; three dots where more is asked for.
fn label(verb: Verb, exact: bool) -> String {
    match verb {
        Verb::Sync(_) => "sync …".into(),
        Verb::Rollback(_) if !exact => "roll back …".into(),
        other => other.words(),
    }
}

fn reason_lines(app: &App, text: &TextArea<'static>) -> (String, Vec<Line<'static>>) {
    let mut lines = vec![
        Line::styled(
            format!(
                " Breaking the glass opens {} for {} minutes. Why?",
                app.inventory.identity.context, app.glass_minutes
            ),
            app.theme.text(),
        ),
        Line::raw(""),
    ];
    let tui_textarea::DataCursor(row, column) = text.cursor();
    for (at, line) in text.lines().iter().enumerate() {
        let clean = clean(line).into_owned();
        if at == row {
            let split = clean
                .char_indices()
                .nth(column)
                .map_or(clean.len(), |(at, _)| at);
            lines.push(Line::from(vec![
                Span::styled(format!(" │ {}", &clean[..split]), app.theme.text()),
                Span::styled("▏", app.theme.accent()),
                Span::styled(clean[split..].to_owned(), app.theme.text()),
            ]));
        } else {
            lines.push(Line::styled(format!(" │ {clean}"), app.theme.text()));
        }
    }
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        " ctrl-s break it   enter new line   esc leave it closed",
        app.theme.dim(),
    ));
    ("break the glass".into(), lines)
}

fn ask_lines(app: &App, ask: &Ask, area: Rect) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let Some(held) = &ask.preflighted else {
        return Vec::new();
    };
    let plan = held.plan();
    let room = usize::from(area.width.saturating_sub(4).min(96)).saturating_sub(14);
    let head = if plan.tier >= Tier::Destroy {
        " ▲ DESTRUCTIVE OPERATION DETECTED "
    } else {
        " ▲ CONFIRM "
    };
    let mut lines = vec![
        Line::from(vec![
            Span::styled(head.to_owned(), theme.armed()),
            Span::styled(
                format!("  {}  {}", plan.tier.as_str(), plan.context),
                theme.warning(),
            ),
        ]),
        Line::raw(""),
    ];
    let field = |name: &str| Span::styled(format!(" {name:9}"), theme.accent());
    let commands = plan.commands.iter().take(4);
    for (at, command) in commands.enumerate() {
        lines.push(Line::from(vec![
            field(if at == 0 { "Command" } else { "" }),
            Span::styled(fit(command, room), theme.text()),
        ]));
    }
    if plan.commands.len() > 4 {
        lines.push(Line::styled(
            format!(
                "          and {} more: {}",
                plan.commands.len() - 4,
                fit(
                    &plan
                        .targets
                        .iter()
                        .skip(4)
                        .map(|one| one.object.key.name.to_string())
                        .collect::<Vec<_>>()
                        .join(", "),
                    room.saturating_sub(14)
                )
            ),
            theme.dim(),
        ));
    }
    lines.extend(impact_lines(
        app,
        plan,
        ask.offset,
        room,
        usize::from(area.height).saturating_sub(lines.len() + 12),
    ));
    lines.push(Line::from(vec![
        field("Scope"),
        Span::styled(fit(&plan.scope, room), theme.text()),
    ]));
    let dry_style = if matches!(held.dry_run(), DryRun::Refused(_)) {
        theme.broken()
    } else {
        theme.text()
    };
    lines.push(Line::from(vec![
        field("Dry run"),
        Span::styled(fit(&held.dry_run().words(), room), dry_style),
    ]));
    lines.push(Line::raw(""));
    lines.extend(question(app, ask, held));
    lines
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

fn impact_lines(
    app: &App,
    plan: &Plan,
    offset: usize,
    room: usize,
    most: usize,
) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let mut lines: Vec<Line<'static>> = Vec::new();
    for fact in &plan.impact {
        let (mark, style) = match fact.weight {
            Weight::Loss => ("✖", theme.broken()),
            Weight::Caution => ("▲", theme.warning()),
            Weight::Unknown => ("?", theme.warning()),
            Weight::Plain => ("·", theme.dim()),
        };
        for (nth, text) in wrap(&clean(&fact.text), room.saturating_sub(2))
            .into_iter()
            .enumerate()
        {
            let name = if lines.is_empty() { "Impact" } else { "" };
            let mark = if nth == 0 { mark } else { " " };
            lines.push(Line::from(vec![
                Span::styled(format!(" {name:9}"), theme.accent()),
                Span::styled(format!("{mark} "), style),
                Span::styled(text, theme.text()),
            ]));
        }
    }
    let most = most.max(3);
    let hidden = lines.len().saturating_sub(most);
    let skip = offset.min(hidden);
    let mut shown: Vec<Line<'static>> = lines.into_iter().skip(skip).take(most).collect();
    if hidden > 0 {
        shown.push(Line::styled(
            format!(
                "          {} of {} lines hidden: page up and down",
                hidden,
                hidden + most
            ),
            theme.dim(),
        ));
    }
    shown
}

fn question(app: &App, ask: &Ask, held: &Preflighted) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let wanted = held.plan().typed();
    let mut lines = Vec::new();
    if !wanted.is_empty() {
        let style = if ask.typed == wanted {
            theme.good()
        } else {
            theme.text()
        };
        lines.push(Line::from(vec![
            Span::styled(format!(" Type \"{wanted}\": "), theme.text()),
            Span::styled(clean(&ask.typed).into_owned(), style),
            Span::styled("▏", theme.accent()),
        ]));
    }
    let button = |text: &str, focus: bool| {
        Span::styled(
            format!(" [ {text} ] "),
            if focus { theme.selected() } else { theme.dim() },
        )
    };
    let cooling = held.cooling(app.now);
    let state = if !ask.armed {
        "one moment: keys typed before do not count".to_owned()
    } else if cooling > 0 {
        format!("cools down, {cooling} s")
    } else if ask.note.is_empty() {
        "tab to Proceed, then y; enter and esc cancel".into()
    } else {
        ask.note.clone()
    };
    let word = if ask.note.is_empty() {
        theme.dim()
    } else {
        theme.broken()
    };
    lines.push(Line::from(vec![
        Span::styled(" Proceed? ", theme.text()),
        button("Cancel", !ask.proceed),
        button("Proceed", ask.proceed),
    ]));
    lines.push(Line::styled(format!(" {state}"), word));
    lines
}
