//! The menu of what can be done to an object, or to all that are marked.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::text::{Line, Span};

use super::{
    app::App,
    choose,
    modal::{Modal, Wish, want},
    msg::Effect,
};
use crate::{
    domain::ObjectRef,
    redbutton::{Tier, Verb},
};

/// What can be done, and to what.
pub(super) struct Menu {
    objects: Vec<ObjectRef>,
    verbs: Vec<Verb>,
    cursor: usize,
    /// What to roll back to is chosen already.
    exact: bool,
}

/// Opens the menu for the marked rows or the object under the cursor.
pub(super) fn open(app: &mut App, objects: Vec<ObjectRef>) {
    let mut verbs: Option<Vec<Verb>> = None;
    for object in &objects {
        let own = app
            .inventory
            .object(object)
            .map(|one| Verb::for_object(&one))
            .or_else(|| app.inventory.guest(object).map(Verb::for_guest))
            .unwrap_or_default();
        verbs = Some(match verbs {
            None => own,
            Some(held) => both(held, &own),
        });
    }
    match verbs {
        Some(verbs) if !verbs.is_empty() => {
            app.modal = Some(Modal::Menu(Box::new(Menu {
                objects,
                verbs,
                cursor: 0,
                exact: false,
            })));
        }
        _ => app.say("nothing can be done to this from here"),
    }
}

/// A batch does the same thing to all of them: what means another thing for each is left out.
fn both(mut held: Vec<Verb>, own: &[Verb]) -> Vec<Verb> {
    held.retain(|verb| {
        let differs = match verb {
            Verb::Scale(replicas) => *replicas != 0,
            Verb::Expand(_) | Verb::Rollback(_) => true,
            _ => false,
        };
        !differs && own.contains(verb)
    });
    held
}

/// Opens the menu for an application, with the rollback to a past deployment in front.
pub(super) fn open_past(app: &mut App, object: ObjectRef, id: i64) {
    open(app, vec![object]);
    if let Some(Modal::Menu(menu)) = &mut app.modal {
        menu.verbs.retain(|verb| !matches!(verb, Verb::Rollback(_)));
        menu.verbs.insert(0, Verb::Rollback(id));
        menu.exact = true;
    }
}

/// A key while the menu stands there.
pub(super) fn key(app: &mut App, key: KeyEvent, mut menu: Box<Menu>) -> Vec<Effect> {
    let last = menu.verbs.len().saturating_sub(1);
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => menu.cursor = menu.cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => menu.cursor = (menu.cursor + 1).min(last),
        KeyCode::Home | KeyCode::Char('g') => menu.cursor = 0,
        KeyCode::End | KeyCode::Char('G') => menu.cursor = last,
        KeyCode::Esc | KeyCode::Char('q') => return Vec::new(),
        KeyCode::Enter => {
            let Some(verb) = menu.verbs.get(menu.cursor).copied() else {
                return Vec::new();
            };
            return chosen(app, verb, menu.objects, menu.exact);
        }
        _ => {}
    }
    app.modal = Some(Modal::Menu(menu));
    Vec::new()
}

/// An entry of the menu; some have to be said more exactly first.
fn chosen(app: &mut App, verb: Verb, mut objects: Vec<ObjectRef>, exact: bool) -> Vec<Effect> {
    match verb {
        Verb::Sync(_) => choose::sync(app, objects),
        Verb::Rollback(_) if !exact => {
            if let Some(object) = objects.pop() {
                choose::past(app, object);
            }
        }
        _ => return want(app, Wish::of(verb, objects)),
    }
    Vec::new()
}

/// How it looks, in so many lines.
pub(super) fn lines(app: &App, menu: &Menu, height: usize) -> (String, Vec<Line<'static>>) {
    let title = match menu.objects.as_slice() {
        [one] => one.short(),
        many => format!("{} objects", many.len()),
    };
    let column = menu
        .verbs
        .iter()
        .map(|verb| super::text::width(&label(*verb, menu.exact)))
        .max()
        .unwrap_or_default();
    let room = height.saturating_sub(2).max(1);
    let skip = (menu.cursor + 1).saturating_sub(room);
    let mut lines: Vec<Line<'static>> = menu
        .verbs
        .iter()
        .enumerate()
        .skip(skip)
        .take(room)
        .map(|(at, verb)| entry(app, menu, at, *verb, column))
        .collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        " enter plan it   esc nothing",
        app.theme.dim(),
    ));
    (title, lines)
}

fn entry(app: &App, menu: &Menu, at: usize, verb: Verb, column: usize) -> Line<'static> {
    let chosen = at == menu.cursor;
    let style = if chosen {
        app.theme.selected()
    } else {
        app.theme.text()
    };
    let tier = app.rules.tier(verb);
    let tier_style = if tier >= Tier::Destroy {
        app.theme.broken()
    } else {
        app.theme.dim()
    };
    let mark = if chosen { "▶" } else { " " };
    let words = label(verb, menu.exact);
    Line::from(vec![
        Span::styled(format!(" {mark} {words:column$}  "), style),
        Span::styled(tier.as_str(), tier_style),
    ])
}

/// A verb in the menu; three dots where more is asked for.
fn label(verb: Verb, exact: bool) -> String {
    match verb {
        Verb::Sync(_) => "sync …".into(),
        Verb::Rollback(_) if !exact => "roll back …".into(),
        other => other.words(),
    }
}
