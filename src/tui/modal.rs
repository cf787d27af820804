//! What stands in front of the screen: the steps on the way to a change, one after the other.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    app::App,
    ask::{self, Ask},
    choose::{self, PastList, SyncForm},
    menu::{self, Menu},
    msg::Effect,
    note::{self, Note},
    reason::{self, Reason},
    typed::{self, CommandAsk, Line},
    unsettled::{self, Unsettled},
};
use crate::{
    domain::{AppResource, ObjectRef},
    redbutton::{DryRun, Plan, Tier, Verb, plan, plan_part},
};

/// What stands in front of the screen.
pub(super) enum Modal {
    /// What can be done.
    Menu(Box<Menu>),
    /// Why the glass is to be broken.
    Reason(Box<Reason>),
    /// What is to become of the open glass.
    Glass,
    /// How an application is to be synced.
    Sync(Box<SyncForm>),
    /// What an application is to go back to.
    Past(Box<PastList>),
    /// The dry run is under way.
    Waiting(Box<Plan>, Option<Line>),
    /// The question.
    Ask(Box<Ask>),
    /// The question before a typed command runs.
    Command(Box<CommandAsk>),
    /// Changes whose outcome was never recorded.
    Unsettled(Box<Unsettled>),
    /// An entry for PROGRESS.md.
    Note(Box<Note>),
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

/// A key while a modal is open.
pub(super) fn key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let Some(modal) = app.modal.take() else {
        return Vec::new();
    };
    match modal {
        Modal::Menu(menu) => menu::key(app, key, menu),
        Modal::Reason(reason) => reason::key(app, key, reason),
        Modal::Glass => reason::glass_key(app, key),
        Modal::Sync(form) => choose::sync_key(app, key, form),
        Modal::Past(list) => choose::past_key(app, key, list),
        Modal::Waiting(plan, line) => {
            if key.code == KeyCode::Esc {
                app.say("cancelled: nothing was done");
            } else {
                app.modal = Some(Modal::Waiting(plan, line));
            }
            Vec::new()
        }
        Modal::Ask(ask) => ask::key(app, key, ask),
        Modal::Command(ask) => typed::key(app, key, ask),
        Modal::Unsettled(list) => unsettled::key(app, key, list),
        Modal::Note(note) => note::key(app, key, note),
    }
}

/// Something is wanted: first the glass, then the plan, then the dry run.
pub(super) fn want(app: &mut App, wish: Wish) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    if app.glass.is_welded() {
        app.say(crate::redbutton::GlassError::Welded.to_string());
        return Vec::new();
    }
    if app.rules.tier(wish.verb) > Tier::Nudge && app.glass.open_for(&context, app.now).is_none() {
        reason::ask(app, Some(Then::Change(wish)));
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
            let plan = app.rules.applied_to(plan);
            try_dry(app, plan, None)
        }
        Err(why) => {
            app.say(why.to_string());
            Vec::new()
        }
    }
}

/// Has a plan tried dry.
pub(super) fn try_dry(app: &mut App, plan: Plan, line: Option<Line>) -> Vec<Effect> {
    app.modal = Some(Modal::Waiting(Box::new(plan.clone()), line));
    vec![Effect::Preflight(Box::new(plan))]
}

/// The dry run is through.
pub(super) fn preflighted(app: &mut App, plan: Plan, dry_run: DryRun) {
    match app.modal.take() {
        Some(Modal::Waiting(held, line)) if held.is_of_same(&plan) => {
            ask::open(app, plan, line, dry_run);
        }
        // a question nobody waits for any more is not asked
        other => app.modal = other,
    }
}

/// Whether it matters that no key comes for a moment.
pub(super) fn waits_for_quiet(app: &App) -> bool {
    match &app.modal {
        Some(Modal::Ask(ask)) => !ask.calm.is_steady(),
        Some(Modal::Command(ask)) => !ask.calm.is_steady(),
        _ => false,
    }
}

/// No key came for a moment.
pub(super) fn quiet(app: &mut App) {
    match &mut app.modal {
        Some(Modal::Ask(ask)) => ask.calm.quiet(),
        Some(Modal::Command(ask)) => ask.calm.quiet(),
        _ => {}
    }
}
