//! The line that is typed into: a filter, a search, or a command with completion and history.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Clear,
};

use super::{
    app::{App, Screen},
    moves::{open_view, zoom},
    msg::Effect,
    ordering::set_namespace,
    picker,
    text::{clean, width},
    typed,
    views::View,
};
use crate::{domain::Kind, redbutton::command::is_known_tool};

/// Commands that are remembered.
const HISTORY: usize = 100;
/// Commands of the bar that are no table.
const COMMANDS: [&str; 4] = ["ns", "ctx", "help", "quit"];

/// A line that is being typed.
pub(super) struct Input {
    pub kind: InputKind,
    pub text: String,
    /// Which of the completions stands in the line, and what was typed before it did.
    completed: Option<(usize, String)>,
    /// Which line of the history stands there, counted from the newest.
    recalled: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InputKind {
    Filter,
    Command,
    Search,
}

/// Begins a line.
pub(super) fn begin(app: &mut App, kind: InputKind) {
    let text = match (kind, app.stack.last()) {
        // a filter is changed rather than typed anew
        (InputKind::Filter, Some(Screen::Table(table))) => table.filter.text.clone(),
        _ => String::new(),
    };
    app.input = Some(Input {
        kind,
        text,
        completed: None,
        recalled: None,
    });
}

/// Begins the filter of a table, or the search of a text.
pub(super) fn begin_filter(app: &mut App) {
    match app.stack.last() {
        Some(Screen::Text(_)) => begin(app, InputKind::Search),
        Some(Screen::Table(_)) => begin(app, InputKind::Filter),
        Some(Screen::Detail(_) | Screen::Guide(_)) => {}
        None => {
            zoom(app, app.pane);
            begin(app, InputKind::Filter);
        }
    }
}

/// A key while a line is typed.
pub(super) fn key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let Some(input) = &mut app.input else {
        return Vec::new();
    };
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Esc => cancel(app),
        KeyCode::Enter => return finish(app),
        KeyCode::Tab => complete(app, true),
        KeyCode::BackTab => complete(app, false),
        KeyCode::Up => recall(app, true),
        KeyCode::Down => recall(app, false),
        KeyCode::Backspace => {
            if input.text.pop().is_none() {
                app.input = None;
            } else {
                typed_on(app);
            }
        }
        KeyCode::Char(letter) if plain => {
            input.text.push(letter);
            typed_on(app);
        }
        KeyCode::Char('u') => {
            input.text.clear();
            typed_on(app);
        }
        KeyCode::Char('w') => {
            let kept = input.text.trim_end().rfind(' ').map_or(0, |at| at + 1);
            input.text.truncate(kept);
            typed_on(app);
        }
        _ => {}
    }
    Vec::new()
}

/// Pasted text only ever lands in a line that is being typed, without its newlines.
pub(super) fn paste(app: &mut App, text: &str) {
    if let Some(input) = &mut app.input {
        let harmless = text.chars().filter(|c| !c.is_control());
        input.text.extend(harmless.take(500));
        typed_on(app);
    }
}

/// The line was changed by hand: filters and searches follow at once.
fn typed_on(app: &mut App) {
    let page = app.page;
    let Some(input) = &mut app.input else { return };
    input.completed = None;
    input.recalled = None;
    let (kind, text) = (input.kind, input.text.clone());
    match (kind, app.stack.last_mut()) {
        (InputKind::Filter, _) => set_filter(app, &text),
        (InputKind::Search, Some(Screen::Text(view))) => drop(view.search(&text, page)),
        _ => {}
    }
}

fn cancel(app: &mut App) {
    let kind = app.input.take().map(|input| input.kind);
    match (kind, app.stack.last_mut()) {
        (Some(InputKind::Filter), _) => set_filter(app, ""),
        (Some(InputKind::Search), Some(Screen::Text(view))) => drop(view.search("", 0)),
        _ => {}
    }
}

pub(super) fn set_filter(app: &mut App, text: &str) {
    if let Some(Screen::Table(table)) = app.stack.last_mut() {
        table.set_filter(text);
    }
}

fn finish(app: &mut App) -> Vec<Effect> {
    let page = app.page;
    let Some(input) = app.input.take() else {
        return Vec::new();
    };
    match input.kind {
        InputKind::Filter => set_filter(app, &input.text),
        InputKind::Search => {
            if let Some(Screen::Text(view)) = app.stack.last_mut()
                // what was typed is found already; enter leaves it there
                && view.searched() != input.text.to_lowercase()
            {
                view.search(&input.text, page);
            }
        }
        InputKind::Command => {
            let line = input.text.trim().to_owned();
            remember(app, &line);
            return command(app, &line);
        }
    }
    Vec::new()
}

fn remember(app: &mut App, line: &str) {
    if line.is_empty() {
        return;
    }
    app.history.retain(|before| before != line);
    app.history.push(line.to_owned());
    if app.history.len() > HISTORY {
        app.history.remove(0);
    }
}

/// Puts an older or a newer command into the line.
fn recall(app: &mut App, older: bool) {
    let Some(input) = app
        .input
        .as_mut()
        .filter(|input| input.kind == InputKind::Command)
    else {
        return;
    };
    input.recalled = match (input.recalled, older) {
        (None, true) => Some(0),
        (Some(at), true) => Some(at + 1),
        (Some(at), false) => at.checked_sub(1),
        (None, false) => None,
    }
    .map(|at| at.min(app.history.len().saturating_sub(1)));
    let line = input
        .recalled
        .and_then(|at| app.history.iter().rev().nth(at));
    input.text = line.cloned().unwrap_or_default();
    input.completed = None;
}

/// Puts the next completion into the line.
fn complete(app: &mut App, forwards: bool) {
    let Some(input) = &app.input else { return };
    let (at, from) = match &input.completed {
        Some((at, typed)) => (Some(*at), typed.clone()),
        None => (None, input.text.clone()),
    };
    let found = completions(app, &from);
    let Some(last) = found.len().checked_sub(1) else {
        return;
    };
    let next = match (at, forwards) {
        (None, true) => 0,
        (None, false) => last,
        (Some(at), true) => (at + 1) % found.len(),
        (Some(at), false) => at.checked_sub(1).unwrap_or(last),
    };
    if let Some(input) = &mut app.input {
        input.text = found[next].clone();
        input.completed = Some((next, from));
    }
}

/// The lines that what is typed may become.
fn completions(app: &App, typed: &str) -> Vec<String> {
    let kind = app.input.as_ref().map(|input| input.kind);
    if kind != Some(InputKind::Command) {
        return Vec::new();
    }
    match typed.split_once(' ') {
        Some((word @ ("ns" | "namespace"), rest)) => {
            let names = picker::namespace_names(app).into_iter();
            names
                .filter(|name| name.starts_with(rest.trim_start()))
                .map(|name| format!("{word} {name}"))
                .collect()
        }
        Some((word @ ("ctx" | "context"), rest)) => app
            .contexts
            .iter()
            .filter(|name| name.starts_with(rest.trim_start()))
            .map(|name| format!("{word} {name}"))
            .collect(),
        Some(_) => Vec::new(),
        None => words()
            .filter(|word| word.starts_with(typed))
            .map(str::to_owned)
            .collect(),
    }
}

/// Words that begin a command: tables first, then kinds without a table of their own.
fn words() -> impl Iterator<Item = &'static str> {
    let kinds = Kind::ALL
        .iter()
        .map(|kind| kind.resource().plural)
        .filter(|plural| matches!(View::named(plural), Some(View::Custom(_))));
    View::words().chain(COMMANDS).chain(kinds)
}

/// Does what a line of the command bar says.
fn command(app: &mut App, line: &str) -> Vec<Effect> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    match (word, rest) {
        ("", _) => {}
        ("q" | "quit", _) => return super::update::quit(app),
        ("help", _) => app.help = true,
        ("ns" | "namespace", "") => picker::namespaces(app),
        ("ns" | "namespace", "all" | "*") => set_namespace(app, None),
        ("ns" | "namespace", name) => set_namespace(app, Some(name.to_owned())),
        ("ctx" | "context", "") => picker::contexts(app),
        ("ctx" | "context", name) => return vec![Effect::SwitchContext(name.to_owned())],
        (word, _)
            if word.starts_with('!') || (View::named(word).is_none() && is_known_tool(word)) =>
        {
            return typed::begin(app, line.trim_start_matches('!').trim());
        }
        (word, _) => match View::named(word) {
            Some(view) => {
                open_view(app, view);
                if !rest.is_empty() {
                    set_filter(app, rest);
                }
                if view == View::Timeline {
                    return vec![Effect::ReadDeeds];
                }
            }
            None => app.say(format!(
                "`{word}` is no table and no command; ? shows what there is"
            )),
        },
    }
    Vec::new()
}

/// Draws what the line may become, above the line.
pub(super) fn draw(frame: &mut Frame<'_>, line: Rect, app: &App) {
    let Some(input) = app
        .input
        .as_ref()
        .filter(|input| input.kind == InputKind::Command)
    else {
        return;
    };
    let (at, typed) = match &input.completed {
        Some((at, typed)) => (Some(*at), typed.as_str()),
        None => (None, input.text.as_str()),
    };
    let found = completions(app, typed);
    if found.is_empty() || line.y == 0 {
        return;
    }
    let room = usize::from(line.width).saturating_sub(2);
    let mut spans = vec![Span::raw(" ")];
    let mut used = 0;
    // the one that stands in the line is always among those that are seen
    for (nth, text) in found.iter().enumerate().skip(at.unwrap_or(0)) {
        let word = clean(text.rsplit(' ').next().unwrap_or(text)).into_owned();
        used += width(&word) + 2;
        if used > room {
            spans.push(Span::styled("…", app.theme.dim()));
            break;
        }
        let style = if at == Some(nth) {
            app.theme.accent()
        } else {
            app.theme.dim()
        };
        spans.push(Span::styled(word, style));
        spans.push(Span::raw("  "));
    }
    let place = Rect {
        y: line.y - 1,
        height: 1,
        ..line
    };
    frame.render_widget(Clear, place);
    frame.render_widget(Line::from(spans), place);
}
