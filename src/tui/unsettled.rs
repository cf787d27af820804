//! Changes that were begun and whose end nobody recorded: the program was killed, or the machine
//! lost power, between the intent and the outcome. They are shown at the start, and looked at again.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::text::{Line, Span};

use super::{
    app::App,
    guide::wrap,
    modal::Modal,
    msg::Effect,
    text::{clean, fit},
};
use crate::{journal::Record, redbutton::Settled};

/// The list, and what a second look at each showed.
pub(super) struct Unsettled {
    intents: Vec<Record>,
    settled: Vec<Settled>,
    looking: bool,
}

impl Unsettled {
    /// Every one of them stands in the journal with its outcome.
    fn is_settled(&self) -> bool {
        !self.settled.is_empty() && self.settled.iter().all(|one| one.recorded)
    }
}

/// Puts the list in front of the screen, where there is one.
pub(super) fn open(app: &mut App, intents: Vec<Record>) {
    if !intents.is_empty() {
        app.modal = Some(Modal::Unsettled(Box::new(Unsettled {
            intents,
            settled: Vec::new(),
            looking: false,
        })));
    }
}

/// A key while the list stands there.
pub(super) fn key(app: &mut App, key: KeyEvent, mut list: Box<Unsettled>) -> Vec<Effect> {
    match key.code {
        KeyCode::Esc => return Vec::new(),
        KeyCode::Char('r') if !list.looking && !list.is_settled() => {
            list.looking = true;
            let effect = Effect::Settle(list.intents.clone());
            app.modal = Some(Modal::Unsettled(list));
            return vec![effect];
        }
        _ => app.modal = Some(Modal::Unsettled(list)),
    }
    Vec::new()
}

/// The second look is through.
pub(super) fn settled(app: &mut App, found: Vec<Settled>) {
    if let Some(Modal::Unsettled(list)) = &mut app.modal {
        list.looking = false;
        list.settled = found;
    }
}

/// How it looks, in so many cells and lines.
pub(super) fn lines(
    app: &App,
    list: &Unsettled,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let mut out = vec![
        Line::styled(
            fit(
                " These changes were begun, and their outcome was never recorded:",
                width,
            ),
            theme.warning(),
        ),
        Line::raw(""),
    ];
    let hint = if !list.is_settled() {
        " r look at each again and record it   esc later (asked again at the next start)"
    } else {
        " esc close"
    };
    let kept = list.settled.iter().filter(|one| !one.recorded).count();
    let room = height.saturating_sub(out.len() + 3);
    let mut told: Vec<Line<'static>> = Vec::new();
    for intent in &list.intents {
        let settled = list.settled.iter().find(|one| one.id == intent.id);
        told.push(Line::from(vec![
            Span::styled(
                if settled.is_some() { " ● " } else { " ? " },
                theme.warning(),
            ),
            Span::styled(
                fit(&clean(&intent.command), width.saturating_sub(4)),
                theme.text(),
            ),
        ]));
        let who: Vec<&str> = [&intent.at, &intent.who, &intent.reason]
            .into_iter()
            .map(String::as_str)
            .filter(|word| !word.is_empty())
            .collect();
        let who = who.join(" · ");
        told.push(Line::styled(
            format!("   {}", fit(&clean(&who), width.saturating_sub(4))),
            theme.dim(),
        ));
        let words = match settled {
            Some(settled) => settled.words.as_str(),
            None if list.looking => "◌ looking",
            None => continue,
        };
        told.extend(
            wrap(&clean(words), width.saturating_sub(4))
                .into_iter()
                .map(|line| Line::styled(format!("   {line}"), theme.accent())),
        );
    }
    let more = told.len().saturating_sub(room);
    told.truncate(room);
    out.extend(told);
    if more > 0 {
        out.push(Line::styled(format!("   {more} lines more"), theme.dim()));
    }
    out.push(Line::raw(""));
    if kept > 0 {
        let words = format!(" {kept} could not be settled and will be asked about again");
        out.push(Line::styled(fit(&words, width), theme.warning()));
    }
    out.push(Line::styled(fit(hint, width), theme.dim()));
    out
}
