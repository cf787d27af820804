//! The glass: broken for a reason, closed at once, or kept open for longer.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::{Line, Span};
use tui_textarea::{DataCursor, TextArea};

use super::{
    app::App,
    modal::{Modal, Then, want},
    msg::Effect,
    text::clean,
    typed,
};
use crate::{
    domain::Time,
    journal::{EntryKind, Record},
    redbutton::GlassError,
};

/// Why the glass is to be broken; and what was wanted when it was found closed.
pub(super) struct Reason {
    text: TextArea<'static>,
    then: Option<Then>,
}

/// Asks why.
pub(super) fn ask(app: &mut App, then: Option<Then>) {
    app.modal = Some(Modal::Reason(Box::new(Reason {
        text: TextArea::default(),
        then,
    })));
}

/// The key for the glass: asks why it is to be broken, or what is to become of the open one.
pub(super) fn glass(app: &mut App) {
    let context = app.inventory.identity.context.to_string();
    if app.glass.is_welded() {
        app.say(GlassError::Welded.to_string());
    } else if app.glass.open_for(&context, app.now).is_some() {
        app.modal = Some(Modal::Glass);
    } else {
        ask(app, None);
    }
}

/// A key while it is asked what is to become of the open glass.
pub(super) fn glass_key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    match key.code {
        KeyCode::Char('B' | 'c') => {
            app.glass.close();
            app.say("the glass is closed");
            vec![record(app, &context, "closed by hand")]
        }
        KeyCode::Char('e') => {
            let until = until(app);
            match app.glass.extend(&context, until, app.now) {
                Ok(()) => {
                    app.say(format!(
                        "the glass stays open for {} minutes",
                        app.glass_minutes
                    ));
                    let why = format!("kept open: {}", app.glass.reason());
                    vec![record(app, &context, &why)]
                }
                Err(why) => {
                    app.say(why.to_string());
                    Vec::new()
                }
            }
        }
        KeyCode::Esc | KeyCode::Char('q') => Vec::new(),
        _ => {
            app.modal = Some(Modal::Glass);
            Vec::new()
        }
    }
}

fn until(app: &App) -> Time {
    let seconds = i64::from(app.glass_minutes) * 60;
    Time::from_second(app.now.as_second() + seconds).unwrap_or(app.now)
}

fn record(app: &App, context: &str, reason: &str) -> Effect {
    let at = app.now.to_string();
    let id = format!("glass-{}", app.now.as_nanosecond());
    Effect::Record(Box::new(Record {
        who: app.inventory.identity.user.to_string(),
        context: context.into(),
        reason: reason.into(),
        ..Record::new(EntryKind::Glass, &id, &at)
    }))
}

/// A key while the reason is typed.
pub(super) fn key(app: &mut App, key: KeyEvent, mut reason: Box<Reason>) -> Vec<Effect> {
    let breaks = key.code == KeyCode::Char('s') && key.modifiers.contains(KeyModifiers::CONTROL);
    if key.code == KeyCode::Esc {
        return Vec::new();
    }
    if !breaks {
        reason.text.input(key);
        app.modal = Some(Modal::Reason(reason));
        return Vec::new();
    }
    let words = reason.text.lines().join(" ");
    let context = app.inventory.identity.context.to_string();
    let until = until(app);
    if let Err(why) = app.glass.smash(&context, &words, until) {
        app.say(why.to_string());
        app.modal = Some(Modal::Reason(reason));
        return Vec::new();
    }
    let mut effects = vec![record(app, &context, words.trim())];
    match reason.then {
        Some(Then::Change(wish)) => effects.extend(want(app, wish)),
        Some(Then::Command(line)) => effects.extend(typed::begin(app, &line)),
        None => {}
    }
    effects
}

/// How the question for the reason looks.
pub(super) fn lines(app: &App, reason: &Reason) -> Vec<Line<'static>> {
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
    let DataCursor(row, column) = reason.text.cursor();
    for (at, line) in reason.text.lines().iter().enumerate() {
        let clean = clean(line).into_owned();
        if at != row {
            lines.push(Line::styled(format!(" │ {clean}"), app.theme.text()));
            continue;
        }
        let split = clean
            .char_indices()
            .nth(column)
            .map_or(clean.len(), |(at, _)| at);
        lines.push(Line::from(vec![
            Span::styled(format!(" │ {}", &clean[..split]), app.theme.text()),
            Span::styled("▏", app.theme.accent()),
            Span::styled(clean[split..].to_owned(), app.theme.text()),
        ]));
    }
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        " ctrl-s break it   enter new line   esc leave it closed",
        app.theme.dim(),
    ));
    lines
}

/// How the open glass looks.
pub(super) fn glass_lines(app: &App) -> Vec<Line<'static>> {
    let context = &app.inventory.identity.context;
    let left = app.glass.open_for(context, app.now).unwrap_or_default();
    vec![
        Line::styled(
            format!(
                " {context} is open for {} min {:02} s more, for: {}",
                left / 60,
                left % 60,
                clean(app.glass.reason())
            ),
            app.theme.text(),
        ),
        Line::raw(""),
        Line::styled(
            format!(
                " B close it now   e keep it open for {} minutes from now   esc leave it",
                app.glass_minutes
            ),
            app.theme.dim(),
        ),
    ]
}
