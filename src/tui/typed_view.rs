//! How the question before a typed command looks.

use ratatui::text::{Line, Span};

use super::{
    app::App,
    guide::wrap,
    text::{clean, fit, width},
    theme::Theme,
    typed::CommandAsk,
};
use crate::redbutton::command::{Part, Verdict, typed_for};

/// Cells of the names on the left.
const NAMES: usize = 10;
/// Lines of a long command, and parts of it, that are shown.
const COMMAND_LINES: usize = 4;
const PARTS: usize = 6;

/// The question in so many cells.
pub(super) fn lines(app: &App, ask: &CommandAsk, room: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let room = room.saturating_sub(NAMES + 1);
    let mut lines = vec![head(ask, theme), Line::raw("")];
    let command = wrap(&clean(&ask.line), room);
    let command = command.into_iter().take(COMMAND_LINES);
    lines.extend(named("Command", command, theme));
    let parts = &ask.judgement.parts;
    let alone = parts.len() == 1;
    let grave = parts.iter().filter(|part| part.verdict != Verdict::Allowed);
    for (nth, part) in grave.take(PARTS).enumerate() {
        lines.push(impact(part, (nth == 0, alone), room, theme));
    }
    let unknown = format!("? {}", clean(&ask.aside));
    lines.push(Line::from(vec![
        name("", theme),
        Span::styled(fit(&unknown, room), theme.dim()),
    ]));
    let scope = format!("context {}", clean(&app.inventory.identity.context));
    lines.extend(named("Scope", std::iter::once(fit(&scope, room)), theme));
    lines.push(Line::raw(""));
    if let Some(learning) = learning(ask, room, theme) {
        lines.extend([learning, Line::raw("")]);
    }
    lines.extend(answer(ask, theme));
    lines
}

fn head(ask: &CommandAsk, theme: &Theme) -> Line<'static> {
    let words = if ask.judgement.verdict == Verdict::Destructive {
        " ▲ DESTRUCTIVE OPERATION DETECTED "
    } else {
        " ▲ CONFIRM "
    };
    let tier = format!("  {}", ask.judgement.tier.as_str());
    Line::from(vec![
        Span::styled(words, theme.armed()),
        Span::styled(tier, theme.warning()),
    ])
}

fn name(text: &str, theme: &Theme) -> Span<'static> {
    Span::styled(format!(" {text:NAMES$}"), theme.accent())
}

fn named(
    title: &'static str,
    texts: impl Iterator<Item = String>,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let line = |(nth, text): (usize, String)| {
        let title = if nth == 0 { title } else { "" };
        Line::from(vec![name(title, theme), Span::styled(text, theme.text())])
    };
    texts.enumerate().map(line).collect()
}

fn impact(part: &Part, (first, alone): (bool, bool), room: usize, theme: &Theme) -> Line<'static> {
    let (mark, style) = if part.verdict == Verdict::Destructive {
        ("✖ ", theme.broken())
    } else {
        ("▲ ", theme.warning())
    };
    let words = if alone {
        clean(&part.why).into_owned()
    } else {
        format!("{} ({})", clean(&part.why), clean(&part.command))
    };
    Line::from(vec![
        name(if first { "Impact" } else { "" }, theme),
        Span::styled(mark, style),
        Span::styled(fit(&words, room.saturating_sub(width(mark))), theme.text()),
    ])
}

/// Whether the same is to be allowed from now on; nothing where it cannot be.
fn learning(ask: &CommandAsk, room: usize, theme: &Theme) -> Option<Line<'static>> {
    let pattern = ask.pattern.as_ref()?;
    let mark = if ask.learn { "[x]" } else { "[ ]" };
    let words = format!("{mark} allow `{}` from now on", clean(pattern));
    Some(Line::from(vec![
        Span::styled(format!(" {:NAMES$}", "a"), theme.accent()),
        Span::styled(fit(&words, room), theme.text()),
    ]))
}

fn answer(ask: &CommandAsk, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let wanted = typed_for(&ask.judgement);
    if !wanted.is_empty() {
        lines.push(Line::from(vec![
            Span::styled(format!(" Type \"{}\": ", clean(&wanted)), theme.accent()),
            Span::styled(clean(&ask.typed).into_owned(), theme.text()),
            Span::styled("▏", theme.accent()),
        ]));
    }
    let button = |text: &str, focus: bool, style| {
        let style = if focus { style } else { theme.dim() };
        Span::styled(format!("[ {text} ]"), style)
    };
    lines.push(Line::from(vec![
        Span::styled(" Proceed?  ", theme.accent()),
        button("Cancel", !ask.proceed, theme.selected()),
        Span::raw("  "),
        button("Proceed", ask.proceed, theme.armed()),
    ]));
    let (words, style) = if !ask.note.is_empty() {
        (ask.note.as_str(), theme.broken())
    } else if !ask.calm.counts() {
        ("one moment: keys typed before do not count", theme.dim())
    } else if ask.is_ready() {
        ("press y to do it   esc cancels", theme.warning())
    } else if ask.proceed {
        ("one moment, then y   esc cancels", theme.dim())
    } else {
        ("tab to Proceed, then y   enter and esc cancel", theme.dim())
    };
    lines.push(Line::styled(format!(" {words}"), style));
    lines
}
