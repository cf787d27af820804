//! Asking for surveys, and what comes of them.

use std::time::Duration;

use super::{
    app::{App, Closed, Opening, Screen, Surveyed},
    guide::Guide,
    moves::current,
    msg::Effect,
    table_screen::TableScreen,
};
use crate::{
    domain::ObjectRef,
    insight::{
        incidents::{Incident, Survey},
        timeline::{suspect, timeline},
    },
};

/// Seconds after which other amounts in use are reason enough for a survey: of a large cluster it takes
/// a good part of a tenth of a second of a core.
const AMOUNTS_AFTER: i64 = 60;
/// Seconds after which time alone is: what is on its way too long becomes a trouble.
const TIME_AFTER: i64 = 60;
/// After a survey there is a rest of so many times what it took: where something changes all the time,
/// surveys take half a hundredth of a core.
const REST: u32 = 200;
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_secs(10);
/// Seconds for which an incident that is over is still said.
const SAID_FOR: i64 = 600;

/// Whether the last survey no longer holds.
fn is_due(app: &App) -> bool {
    let Some(last) = app.surveyed else {
        return true;
    };
    let age = app.now.duration_since(last.at).as_secs();
    let rest = (app.survey_took * REST).min(LONGEST_REST).as_secs();
    (last.facts != app.inventory.facts() && age.unsigned_abs() >= rest)
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

/// Takes in a survey, which took so long; incidents that are gone are said to be over.
pub(super) fn surveyed(app: &mut App, found: Survey, took: Duration) {
    app.surveying = false;
    app.survey_took = took;
    close(app, &found);
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

/// Says which incidents are over; one that comes back is over no longer.
fn close(app: &mut App, found: &Survey) {
    let is_open = |id: &str| found.incidents.iter().any(|one| &*one.id == id);
    app.closed
        .retain(|one| !is_open(&one.id) && app.now.duration_since(one.at).as_secs() < SAID_FOR);
    let before = app
        .survey
        .as_ref()
        .map_or(&[] as &[_], |one| &one.incidents);
    let over: Vec<Closed> = before
        .iter()
        .filter(|old| !is_open(&old.id) && !is_told_otherwise(found, old))
        .map(|old| Closed {
            id: old.id.clone(),
            title: old.title.clone(),
            at: app.now,
        })
        .collect();
    let Some(first) = over.first() else { return };
    let more = match over.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let words = format!("● over: {}{more}", first.title);
    app.say(words);
    app.closed.splice(0..0, over);
}

/// Whether what an incident was about is still in trouble, told as another incident by now: a log that
/// was read moves a trouble to its root.
fn is_told_otherwise(found: &Survey, old: &Incident) -> bool {
    let is_ill = |object: &ObjectRef| found.diagnoses.get(object).is_some_and(|one| one.fault);
    let names_it = |new: &Incident| new.root == old.root || new.subject == old.subject;
    is_ill(&old.subject) || found.incidents.iter().any(names_it)
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
