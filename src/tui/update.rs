//! What happens on a message. No I/O: what is to be done outside comes back as effects.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    app::{App, PANES, Screen},
    app_detail::standing,
    command_bar::{self, InputKind},
    detail::DetailLine,
    keys::{Act, Place},
    logs::{is_task, logs, task_log},
    menu, modal,
    moves::{self, current},
    msg::{Effect, Msg},
    note, ordering, picker, reason,
    surveys::{self, diagnose, survey, surveyed},
    texts, unsettled,
};
use crate::{
    domain::{AppDetails, AppVia, ObjectRef},
    inventory::Inventory,
};

/// Takes in a message.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let tick = matches!(msg, Msg::Tick(_));
    let mut effects = step(app, msg);
    effects.extend(ask_for_details(app, tick));
    effects
}

/// What Argo CD alone can tell is asked for when its application is looked at, and when it changed.
/// Of the rows of a table only for the one on which the cursor rests at a tick.
fn ask_for_details(app: &mut App, tick: bool) -> Option<Effect> {
    let detail = match app.stack.last_mut()? {
        Screen::Detail(detail) => detail,
        Screen::Table(table) if tick => table.side.as_mut()?,
        _ => return None,
    };
    if &*detail.object.kind != "Application" {
        return None;
    }
    let known = app.inventory.apps.get(&detail.object.key)?;
    let now = standing(known);
    if known.via != AppVia::Api || !detail.details.are_wanted(&now) {
        return None;
    }
    detail.details.wait(now);
    Some(Effect::FetchAppDetails {
        object: detail.object.clone(),
        instance: known.instance.clone(),
        project: known.project.clone(),
    })
}

/// Argo CD answered.
fn details_came(app: &mut App, object: &ObjectRef, answer: &Result<Box<AppDetails>, String>) {
    for screen in &mut app.stack {
        let detail = match screen {
            Screen::Detail(detail) => Some(detail),
            Screen::Table(table) => table.side.as_mut(),
            _ => None,
        };
        if let Some(detail) = detail.filter(|detail| detail.object == *object) {
            detail.details.answer(answer.clone());
        }
    }
}

fn step(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => return on_key(app, key),
        Msg::Paste(text) => paste(app, &text),
        Msg::Scroll(lines) => moves::go(app, isize::from(lines)),
        Msg::Click(x, y) => return moves::click(app, x, y),
        Msg::Resize => {}
        Msg::Quiet => modal::quiet(app),
        Msg::Tick(now) => {
            app.now = now;
            app.tray.sweep(now);
            return survey(app);
        }
        Msg::Surveyed(found, took) => surveyed(app, *found, took),
        Msg::Preflighted(plan, dry_run) => modal::preflighted(app, *plan, dry_run),
        Msg::Progress(id, words) => app.tray.progress(id, words),
        Msg::Outcome(id, outcome) => app.tray.ended(id, outcome, app.now),
        Msg::Update(update) => app.inventory.apply(*update),
        Msg::Yaml(object, result) => texts::yaml_came(app, &object, result),
        Msg::AppDetails(object, answer) => details_came(app, &object, &answer),
        Msg::LogPart(id, part) => texts::of_log(app, id, |view, page| view.add(&part, page)),
        Msg::LogEnd(id, why) => texts::of_log(app, id, |view, page| view.finish(why, page)),
        Msg::Deeds(deeds) => app.take_deeds(deeds),
        Msg::Settled(found) => unsettled::settled(app, found),
        Msg::Notice(text) => app.say(text),
        Msg::Fresh(context, glass) => {
            fresh(app, &context);
            app.glass = glass;
        }
    }
    Vec::new()
}

/// Opens the menu of what can be done to the marked rows, or to the object under the cursor.
fn change(app: &mut App) {
    if let Some(Screen::Detail(detail)) = app.stack.last()
        && let Some(DetailLine::Past(id, ..)) =
            detail.lines(&app.inventory, app.now).get(detail.cursor)
    {
        let (id, object) = (*id, detail.object.clone());
        return menu::open_past(app, object, id);
    }
    let marked: Vec<ObjectRef> = match app.stack.last() {
        Some(Screen::Table(table)) => table.marked.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let objects = if marked.is_empty() {
        current(app).into_iter().collect()
    } else {
        marked
    };
    menu::open(app, objects);
}

fn fresh(app: &mut App, context: &str) {
    app.inventory = Inventory::new();
    app.stack.clear();
    app.namespace = None;
    app.derived = super::app::Derived::default();
    app.survey = None;
    app.closed.clear();
    app.surveyed = None;
    app.modal = None;
    app.picker = None;
    app.say(format!("context {context}"));
}

fn paste(app: &mut App, text: &str) {
    // nothing that is pasted ever confirms anything
    if app.modal.is_some() {
        return;
    }
    command_bar::paste(app, text);
}

fn on_key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Quit];
    }
    if app.modal.is_some() {
        return modal::key(app, key);
    }
    if app.picker.is_some() {
        return picker::key(app, key);
    }
    if app.input.is_some() {
        return command_bar::key(app, key);
    }
    let Some(act) = app.keys.act(key, place(app)) else {
        return Vec::new();
    };
    if app.help {
        app.help = false;
        return if act == Act::Quit {
            vec![Effect::Quit]
        } else {
            Vec::new()
        };
    }
    app.notice = None;
    perform(app, act)
}

/// Where keys are pressed: some mean another thing in a text than in a list.
fn place(app: &App) -> Place {
    match app.stack.last() {
        Some(Screen::Text(_)) => Place::Texts,
        _ => Place::Lists,
    }
}

fn perform(app: &mut App, act: Act) -> Vec<Effect> {
    let page = isize::try_from(app.page.max(2) - 1).unwrap_or(20);
    match act {
        Act::Quit => return quit(app),
        Act::Help => app.help = true,
        Act::Back => return moves::back(app),
        Act::Up => moves::go(app, -1),
        Act::Down => moves::go(app, 1),
        Act::PageUp => moves::go(app, -page),
        Act::PageDown => moves::go(app, page),
        Act::Top => moves::go(app, isize::MIN),
        Act::Bottom => moves::go(app, isize::MAX),
        Act::NextPane => moves::turn(app, 1),
        Act::PreviousPane => moves::turn(app, PANES.len() - 1),
        Act::Pane(number) => moves::zoom(app, usize::from(number) - 1),
        Act::Left | Act::Right => moves::sideways(app, act == Act::Right),
        Act::Open => return open(app),
        Act::Diagnose => return diagnose(app),
        Act::Timeline => return surveys::timeline_of(app),
        Act::Change => change(app),
        Act::Glass => reason::glass(app),
        Act::Note => note::open(app),
        Act::Filter => command_bar::begin_filter(app),
        Act::Command => command_bar::begin(app, InputKind::Command),
        Act::Namespace => picker::namespaces(app),
        Act::Order => picker::columns(app),
        Act::Sort | Act::Reverse => ordering::sort(app, act == Act::Reverse),
        Act::Mark => ordering::mark(app),
        Act::Side => app.side = !app.side,
        Act::Yaml => return texts::yaml(app),
        Act::Logs => return logs(app),
        Act::Copy => return texts::copy(app),
        Act::Container if matches!(app.stack.last(), Some(Screen::Guide(_))) => {
            return texts::copy(app);
        }
        Act::Save => return texts::save(app),
        act => return texts::act(app, act),
    }
    Vec::new()
}

/// Leaves, unless something is under way whose end would not be seen: then only ctrl-c does.
pub(super) fn quit(app: &mut App) -> Vec<Effect> {
    match app.tray.going() {
        0 => return vec![Effect::Quit],
        1 => app.say("a change is under way: wait for its end, or leave it with ctrl-c"),
        more => app.say(format!(
            "{more} changes are under way: wait for their end, or leave them with ctrl-c"
        )),
    }
    Vec::new()
}

/// Goes into what is under the cursor: an incident is explained, a task shows its log.
fn open(app: &mut App) -> Vec<Effect> {
    if app.stack.is_empty() && app.pane == 1 && app.survey.is_some() {
        return diagnose(app);
    }
    match current(app).filter(is_task) {
        Some(_) if matches!(app.stack.last(), Some(Screen::Text(_))) => Vec::new(),
        Some(task) => task_log(app, task),
        None => {
            moves::open(app);
            Vec::new()
        }
    }
}
