//! The Red Button modal: a menu of what can be done, the reason for breaking the glass, and the
//! question before anything changes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::TextArea;

use super::{
    app::App,
    msg::Effect,
    typed::{self, CommandAsk},
    unsettled::{self, Unsettled},
};
use crate::{
    domain::ObjectRef,
    journal::{EntryKind, Record},
    redbutton::{Confirmed, DryRun, Plan, Preflighted, Tier, Verb, plan},
};

/// What stands in front of the screen.
pub(super) enum Modal {
    /// What can be done to these objects.
    Menu {
        objects: Vec<ObjectRef>,
        verbs: Vec<Verb>,
        cursor: usize,
    },
    /// Why the glass is to be broken; and what was wanted when it was found closed.
    Reason {
        text: Box<TextArea<'static>>,
        then: Option<Then>,
    },
    /// The dry run is under way.
    Waiting(Box<Plan>),
    /// The question.
    Ask(Box<Ask>),
    /// The question before a typed command runs.
    Command(Box<CommandAsk>),
    /// Changes whose outcome was never recorded.
    Unsettled(Box<Unsettled>),
}

/// What was wanted when the glass was found closed.
pub(super) enum Then {
    /// A change.
    Change(Verb, Vec<ObjectRef>),
    /// A typed command.
    Command(String),
}

/// The question before a change.
pub(super) struct Ask {
    /// The plan; it is taken out when it is confirmed.
    pub preflighted: Option<Preflighted>,
    /// What was typed.
    pub typed: String,
    /// Proceed has the focus (else Cancel).
    pub proceed: bool,
    /// Keys count: none came during a whole tick since the question stood there, so that nothing
    /// typed before it is taken as an answer.
    pub armed: bool,
    quiet: bool,
    /// Why the gate stays shut.
    pub note: String,
    /// Lines of the impact that are scrolled away.
    pub offset: usize,
}

/// Opens the menu for the marked rows or the object under the cursor.
pub(super) fn menu(app: &mut App, objects: Vec<ObjectRef>) {
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
            // a batch does the same thing to all of them
            Some(held) => held
                .into_iter()
                .filter(|verb| {
                    !matches!(verb, Verb::Scale(_) | Verb::Expand(_)) && own.contains(verb)
                })
                .collect(),
        });
    }
    match verbs {
        Some(verbs) if !verbs.is_empty() => {
            app.modal = Some(Modal::Menu {
                objects,
                verbs,
                cursor: 0,
            })
        }
        _ => app.say("nothing can be done to this from here"),
    }
}

/// Breaks the glass, or closes it.
pub(super) fn glass(app: &mut App) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    if app.glass.open_for(&context, app.now).is_some() {
        app.glass.close();
        app.say("the glass is closed");
        return vec![record(app, &context, "closed by hand")];
    }
    if app.glass.is_welded() {
        app.say(crate::redbutton::GlassError::Welded.to_string());
    } else {
        app.modal = Some(Modal::Reason {
            text: Box::default(),
            then: None,
        });
    }
    Vec::new()
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

/// A key while a modal is open.
pub(super) fn key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let Some(modal) = app.modal.take() else {
        return Vec::new();
    };
    match modal {
        Modal::Menu {
            objects,
            verbs,
            cursor,
        } => menu_key(app, key, objects, verbs, cursor),
        Modal::Reason { text, then } => reason_key(app, key, text, then),
        Modal::Waiting(plan) => {
            if key.code != KeyCode::Esc {
                app.modal = Some(Modal::Waiting(plan));
            }
            Vec::new()
        }
        Modal::Ask(ask) => ask_key(app, key, ask),
        Modal::Command(ask) => typed::key(app, key, ask),
        Modal::Unsettled(list) => unsettled::key(app, key, list),
    }
}

fn menu_key(
    app: &mut App,
    key: KeyEvent,
    objects: Vec<ObjectRef>,
    verbs: Vec<Verb>,
    cursor: usize,
) -> Vec<Effect> {
    let last = verbs.len().saturating_sub(1);
    let cursor = match key.code {
        KeyCode::Up | KeyCode::Char('k') => cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => (cursor + 1).min(last),
        KeyCode::Esc | KeyCode::Char('q') => return Vec::new(),
        KeyCode::Enter => {
            let Some(verb) = verbs.get(cursor).copied() else {
                return Vec::new();
            };
            return want(app, verb, objects);
        }
        _ => cursor,
    };
    app.modal = Some(Modal::Menu {
        objects,
        verbs,
        cursor,
    });
    Vec::new()
}

/// Something is wanted: first the glass, then the plan, then the dry run.
fn want(app: &mut App, verb: Verb, objects: Vec<ObjectRef>) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    if app.glass.is_welded() {
        app.say(crate::redbutton::GlassError::Welded.to_string());
        return Vec::new();
    }
    if verb.tier() > Tier::Nudge && app.glass.open_for(&context, app.now).is_none() {
        app.modal = Some(Modal::Reason {
            text: Box::default(),
            then: Some(Then::Change(verb, objects)),
        });
        return Vec::new();
    }
    match plan(&app.inventory, &app.profile, verb, &objects, app.now) {
        Ok(plan) => {
            app.modal = Some(Modal::Waiting(Box::new(plan.clone())));
            vec![Effect::Preflight(Box::new(plan))]
        }
        Err(why) => {
            app.say(why.to_string());
            Vec::new()
        }
    }
}

fn reason_key(
    app: &mut App,
    key: KeyEvent,
    mut text: Box<TextArea<'static>>,
    then: Option<Then>,
) -> Vec<Effect> {
    let breaks = key.code == KeyCode::Char('s') && key.modifiers.contains(KeyModifiers::CONTROL);
    if key.code == KeyCode::Esc {
        return Vec::new();
    }
    if !breaks {
        text.input(key);
        app.modal = Some(Modal::Reason { text, then });
        return Vec::new();
    }
    let reason = text.lines().join(" ");
    let context = app.inventory.identity.context.to_string();
    let minutes = i64::from(app.glass_minutes);
    let until =
        crate::domain::Time::from_second(app.now.as_second() + minutes * 60).unwrap_or(app.now);
    match app.glass.smash(&context, &reason, until) {
        Ok(()) => {
            let mut effects = vec![record(app, &context, reason.trim())];
            match then {
                Some(Then::Change(verb, objects)) => effects.extend(want(app, verb, objects)),
                Some(Then::Command(line)) => effects.extend(typed::begin(app, &line)),
                None => {}
            }
            effects
        }
        Err(why) => {
            app.say(why.to_string());
            app.modal = Some(Modal::Reason { text, then });
            Vec::new()
        }
    }
}

/// The dry run is through.
pub(super) fn preflighted(app: &mut App, plan: Plan, dry_run: DryRun) {
    // a question nobody waits for any more is not asked
    let waited = matches!(&app.modal, Some(Modal::Waiting(held)) if **held == plan);
    if !waited {
        return;
    }
    app.modal = Some(Modal::Ask(Box::new(Ask {
        preflighted: Some(Preflighted::new(plan, dry_run, app.now)),
        typed: String::new(),
        proceed: false,
        armed: false,
        quiet: false,
        note: String::new(),
        offset: 0,
    })));
}

/// Time went on: a question that nobody typed at for a whole tick may be answered.
pub(super) fn tick(app: &mut App) {
    if let Some(Modal::Ask(ask)) = &mut app.modal {
        ask.armed |= ask.quiet;
        ask.quiet = true;
    }
    if let Some(Modal::Command(ask)) = &mut app.modal {
        ask.armed |= ask.quiet;
        ask.quiet = true;
    }
}

fn ask_key(app: &mut App, key: KeyEvent, mut ask: Box<Ask>) -> Vec<Effect> {
    if key.code == KeyCode::Esc {
        app.say("cancelled: nothing was done");
        return Vec::new();
    }
    if !ask.armed {
        ask.quiet = false;
        app.modal = Some(Modal::Ask(ask));
        return Vec::new();
    }
    let (wanted, tier) = ask
        .preflighted
        .as_ref()
        .map_or((String::new(), Tier::Destroy), |held| {
            (held.plan().typed(), held.plan().tier)
        });
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    ask.note.clear();
    match key.code {
        KeyCode::PageDown => ask.offset += 3,
        KeyCode::PageUp => ask.offset = ask.offset.saturating_sub(3),
        KeyCode::Tab | KeyCode::Right | KeyCode::Left | KeyCode::BackTab => {
            ask.proceed = !ask.proceed
        }
        // Enter only ever cancels
        KeyCode::Enter if !ask.proceed => {
            app.say("cancelled: nothing was done");
            return Vec::new();
        }
        KeyCode::Enter => ask.note = "Enter does not confirm: press y".into(),
        KeyCode::Backspace if !ask.proceed => {
            ask.typed.pop();
        }
        KeyCode::Char('y') if plain && (ask.proceed || tier <= Tier::Nudge) => {
            return confirm(app, ask);
        }
        KeyCode::Char(c)
            if plain && !ask.proceed && !wanted.is_empty() && ask.typed.len() < 300 =>
        {
            ask.typed.push(c)
        }
        _ => {}
    }
    app.modal = Some(Modal::Ask(ask));
    Vec::new()
}

fn confirm(app: &mut App, mut ask: Box<Ask>) -> Vec<Effect> {
    let Some(held) = ask.preflighted.take() else {
        return Vec::new();
    };
    match held.confirm(&app.glass, &ask.typed, app.now) {
        Ok(confirmed) => {
            let what = confirmed
                .plan()
                .commands
                .first()
                .cloned()
                .unwrap_or_default();
            app.say(format!("◌ {what}"));
            vec![execute(confirmed, app)]
        }
        Err(back) => {
            let (held, why) = *back;
            ask.preflighted = Some(held);
            ask.note = why.to_string();
            app.modal = Some(Modal::Ask(ask));
            Vec::new()
        }
    }
}

fn execute(confirmed: Confirmed, app: &App) -> Effect {
    Effect::Execute {
        confirmed: Box::new(confirmed),
        who: app.inventory.identity.user.to_string(),
    }
}
