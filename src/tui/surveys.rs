//! Asking for surveys, and what comes of them.

use super::{
    app::{App, Opening, Screen, Surveyed},
    guide::Guide,
    moves::current,
    msg::Effect,
    table_screen::TableScreen,
};
use crate::insight::timeline::{suspect, timeline};

/// Seconds after which other amounts in use are reason enough for a survey: of a large cluster it takes
/// a good part of a tenth of a second of a core.
const AMOUNTS_AFTER: i64 = 60;
/// Seconds after which time alone is: what is on its way too long becomes a trouble.
const TIME_AFTER: i64 = 60;

/// Whether the last survey no longer holds.
fn is_due(app: &App) -> bool {
    let Some(last) = app.surveyed else {
        return true;
    };
    let age = app.now.duration_since(last.at).as_secs();
    last.facts != app.inventory.facts()
        || (last.version != app.inventory.version() && age >= AMOUNTS_AFTER)
        || (age >= TIME_AFTER && app.opening == Opening::Live)
}

/// Asks for a survey where the last one no longer holds.
pub(super) fn survey(app: &mut App) -> Vec<Effect> {
    let unanswered = app
        .stack
        .iter()
        .any(|screen| matches!(screen, Screen::Guide(guide) if guide.answer.is_none()));
    if app.surveying || !(is_due(app) || unanswered) || app.inventory.pods.is_empty() {
        return Vec::new();
    }
    app.surveying = true;
    app.surveyed = Some(Surveyed {
        version: app.inventory.version(),
        facts: app.inventory.facts(),
        at: app.now,
    });
    let also = app
        .stack
        .iter()
        .filter_map(|screen| match screen {
            Screen::Guide(guide) => Some(guide.subject.clone()),
            _ => None,
        })
        .collect();
    vec![Effect::Survey {
        inventory: Box::new(app.inventory.clone()),
        also,
        now: app.now,
    }]
}

/// Takes in a survey; incidents that are gone are said to be over.
pub(super) fn surveyed(app: &mut App, found: crate::insight::incidents::Survey) {
    app.surveying = false;
    if let Some(before) = &app.survey {
        let over: Vec<String> = before
            .incidents
            .iter()
            .filter(|old| !found.incidents.iter().any(|new| new.id == old.id))
            .map(|old| old.title.clone())
            .collect();
        if let [first, ..] = over.as_slice() {
            app.say(format!(
                "● over: {first}{}",
                if over.len() > 1 {
                    format!(" (and {} more)", over.len() - 1)
                } else {
                    String::new()
                }
            ));
        }
    }
    for screen in &mut app.stack {
        if let Screen::Guide(guide) = screen {
            match found.diagnoses.get(&guide.subject) {
                Some(answer) => {
                    guide.take(answer.clone());
                    guide.suspect =
                        suspect(&timeline(&app.inventory, Some(&guide.subject), &app.deeds));
                }
                None if guide.answer.is_none() => app.surveyed = None,
                None => {}
            }
        }
    }
    app.survey = Some(found);
}

/// Opens the timeline of what is under the cursor, or of everything.
pub(super) fn timeline_of(app: &mut App) -> Vec<Effect> {
    let scope = current(app);
    let table = TableScreen::timeline(scope);
    app.stack.push(Screen::Table(Box::new(table)));
    vec![Effect::ReadDeeds]
}

/// Opens the guided view of an object.
pub(super) fn diagnose(app: &mut App) -> Vec<Effect> {
    let Some(object) = current(app) else {
        return Vec::new();
    };
    let mut guide = Guide::new(object.clone());
    if let Some(answer) = app
        .survey
        .as_ref()
        .and_then(|survey| survey.diagnoses.get(&object))
    {
        guide.take(answer.clone());
        guide.suspect = suspect(&timeline(&app.inventory, Some(&guide.subject), &app.deeds));
    }
    app.stack.push(Screen::Guide(Box::new(guide)));
    let mut effects = survey(app);
    effects.push(Effect::ReadDeeds);
    effects
}
