//! The Red Button modal: a menu of what can be done, the reason for breaking the glass, and the
//! question before anything changes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::TextArea;

use super::{
    app::App,
    choose::{self, PastList, SyncForm},
    msg::Effect,
    typed::{self, CommandAsk},
    unsettled::{self, Unsettled},
};
use crate::{
    domain::{AppResource, ObjectRef},
    journal::{EntryKind, Record},
    redbutton::{Confirmed, DryRun, Plan, Preflighted, Tier, Verb, plan, plan_part},
};

/// What stands in front of the screen.
pub(super) enum Modal {
    /// What can be done to these objects.
    Menu {
        objects: Vec<ObjectRef>,
        verbs: Vec<Verb>,
        cursor: usize,
        /// What to roll back to is chosen already.
        exact: bool,
    },
    /// Why the glass is to be broken; and what was wanted when it was found closed.
    Reason {
        text: Box<TextArea<'static>>,
        then: Option<Then>,
    },
    /// How an application is to be synced.
    Sync(Box<SyncForm>),
    /// What an application is to go back to.
    Past(Box<PastList>),
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
    Change(Wish),
    /// A typed command.
    Command(String),
}

/// What is wanted.
pub(super) struct Wish {
    pub verb: Verb,
    pub objects: Vec<ObjectRef>,
    /// Resources of an application; none means all.
    pub resources: Vec<AppResource>,
}

impl Wish {
    pub(super) const fn of(verb: Verb, objects: Vec<ObjectRef>) -> Self {
        Self {
            verb,
            objects,
            resources: Vec::new(),
        }
    }
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
                    !matches!(verb, Verb::Scale(_) | Verb::Expand(_) | Verb::Rollback(_))
                        && own.contains(verb)
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
                exact: false,
            })
        }
        _ => app.say("nothing can be done to this from here"),
    }
}

/// Opens the menu for an application, with the rollback to a past deployment in front.
pub(super) fn past_menu(app: &mut App, object: ObjectRef, id: i64) {
    menu(app, vec![object]);
    if let Some(Modal::Menu { verbs, exact, .. }) = &mut app.modal {
        verbs.retain(|verb| !matches!(verb, Verb::Rollback(_)));
        verbs.insert(0, Verb::Rollback(id));
        *exact = true;
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
            exact,
        } => menu_key(app, key, objects, verbs, cursor, exact),
        Modal::Reason { text, then } => reason_key(app, key, text, then),
        Modal::Sync(form) => choose::sync_key(app, key, form),
        Modal::Past(list) => choose::past_key(app, key, list),
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
    exact: bool,
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
            return chosen(app, verb, objects, exact);
        }
        _ => cursor,
    };
    app.modal = Some(Modal::Menu {
        objects,
        verbs,
        cursor,
        exact,
    });
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

/// Something is wanted: first the glass, then the plan, then the dry run.
pub(super) fn want(app: &mut App, wish: Wish) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    if app.glass.is_welded() {
        app.say(crate::redbutton::GlassError::Welded.to_string());
        return Vec::new();
    }
    if wish.verb.tier() > Tier::Nudge && app.glass.open_for(&context, app.now).is_none() {
        app.modal = Some(Modal::Reason {
            text: Box::default(),
            then: Some(Then::Change(wish)),
        });
        return Vec::new();
    }
    let Wish {
        verb,
        objects,
        resources,
    } = wish;
    let inventory = &app.inventory;
    let planned = if resources.is_empty() {
        plan(inventory, &app.profile, verb, &objects, app.now)
    } else {
        plan_part(inventory, &app.profile, verb, &objects, &resources, app.now)
    };
    match planned {
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
                Some(Then::Change(wish)) => effects.extend(want(app, wish)),
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
    let waited = matches!(&app.modal, Some(Modal::Waiting(held)) if held.is_of_same(&plan));
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

fn execute(confirmed: Confirmed, app: &mut App) -> Effect {
    Effect::Execute {
        id: app.tray.begin(confirmed.plan(), app.now),
        confirmed: Box::new(confirmed),
        who: app.inventory.identity.user.to_string(),
    }
}
