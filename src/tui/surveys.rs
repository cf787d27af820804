//! Asking for surveys, and what comes of them.

use super::{
    app::{App, Screen},
    guide::Guide,
    msg::Effect,
    update::current,
};
use crate::insight::timeline::{suspect, timeline};

/// Asks for a survey where anything changed since the last one.
pub(super) fn survey(app: &mut App) -> Vec<Effect> {
    let version = app.inventory.version();
    let unanswered = app
        .stack
        .iter()
        .any(|screen| matches!(screen, Screen::Guide(guide) if guide.answer.is_none()));
    if app.surveying
        || (app.surveyed == Some(version) && !unanswered)
        || app.inventory.pods.is_empty()
    {
        return Vec::new();
    }
    app.surveying = true;
    app.surveyed = Some(version);
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
                    guide.suspect = suspect(&timeline(&app.inventory, Some(&guide.subject)));
                }
                None if guide.answer.is_none() => app.surveyed = None,
                None => {}
            }
        }
    }
    app.survey = Some(found);
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
        guide.suspect = suspect(&timeline(&app.inventory, Some(&guide.subject)));
    }
    app.stack.push(Screen::Guide(Box::new(guide)));
    survey(app)
}
