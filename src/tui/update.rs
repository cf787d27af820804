//! What happens on a message. No I/O: what is to be done outside comes back as effects.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    app::{App, Input, InputKind, PANES, Screen, TableScreen},
    app_detail::standing,
    detail::{Detail, DetailLine},
    keys::Act,
    logs::{is_task, logs, task_log, text_act},
    logview::TextView,
    modal,
    msg::{Effect, Msg},
    panes,
    surveys::{diagnose, survey, surveyed},
    typed, unsettled,
    views::View,
};
use crate::{
    domain::{AppVia, ObjectRef},
    redbutton::command::is_known_tool,
};

/// Takes in a message.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = step(app, msg);
    effects.extend(ask_for_details(app));
    effects
}

/// What Argo CD alone can tell is asked for when its application is looked at, and when it changed.
fn ask_for_details(app: &mut App) -> Option<Effect> {
    let Some(Screen::Detail(detail)) = app.stack.last_mut() else {
        return None;
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

fn step(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => return on_key(app, key),
        Msg::Paste(text) => paste(app, &text),
        Msg::Scroll(lines) => go(app, isize::from(lines)),
        Msg::Resize => {}
        Msg::Tick(now) => {
            app.now = now;
            modal::tick(app);
            app.tray.sweep(now);
            return survey(app);
        }
        Msg::Surveyed(found) => surveyed(app, *found),
        Msg::Preflighted(plan, dry_run) => modal::preflighted(app, *plan, dry_run),
        Msg::Progress(id, words) => app.tray.progress(id, words),
        Msg::Outcome(id, outcome) => app.tray.ended(id, outcome, app.now),
        Msg::Update(update) => app.inventory.apply(*update),
        Msg::Yaml(object, result) => on_yaml(app, &object, result),
        Msg::AppDetails(object, answer) => {
            for screen in &mut app.stack {
                if let Screen::Detail(detail) = screen
                    && detail.object == object
                {
                    detail.details.answer(answer.clone());
                }
            }
        }
        Msg::LogPart(id, part) => on_log(app, id, |view, page| view.add(&part, page)),
        Msg::LogEnd(id, why) => on_log(app, id, |view, page| view.finish(why, page)),
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
        return modal::past_menu(app, object, id);
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
    modal::menu(app, objects);
}

fn fresh(app: &mut App, context: &str) {
    app.inventory = crate::inventory::Inventory::new();
    app.stack.clear();
    app.namespace = None;
    app.derived = super::app::Derived::default();
    app.survey = None;
    app.surveyed = None;
    app.modal = None;
    app.say(format!("context {context}"));
}

fn paste(app: &mut App, text: &str) {
    // nothing that is pasted ever confirms anything
    if app.modal.is_some() {
        return;
    }
    // pasted text only ever lands in a line that is being typed, without its newlines
    if let Some(input) = &mut app.input {
        input
            .text
            .extend(text.chars().filter(|c| !c.is_control()).take(500));
    }
}

fn on_yaml(app: &mut App, object: &ObjectRef, result: Result<String, String>) {
    let Some(Screen::Text(view)) = app.stack.last_mut() else {
        return;
    };
    if view.about != *object || view.log.is_some() {
        return;
    }
    match result {
        Ok(text) => view.set(&text),
        Err(why) => {
            view.waiting = false;
            view.end = Some(why);
        }
    }
}

fn on_log(app: &mut App, id: u64, change: impl FnOnce(&mut TextView, usize)) {
    let page = app.page;
    if let Some(Screen::Text(view)) = app.stack.last_mut()
        && view.log.as_ref().is_some_and(|log| log.id == id)
    {
        change(view, page);
    }
}

fn on_key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Quit];
    }
    if app.modal.is_some() {
        return modal::key(app, key);
    }
    if app.input.is_some() {
        return type_key(app, key);
    }
    let Some(act) = app.keys.act(key) else {
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

fn type_key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let Some(input) = &mut app.input else {
        return Vec::new();
    };
    match key.code {
        KeyCode::Esc => {
            let kind = input.kind;
            app.input = None;
            if kind == InputKind::Filter {
                set_filter(app, "");
            }
        }
        KeyCode::Enter => {
            let Some(input) = app.input.take() else {
                return Vec::new();
            };
            return finish_input(app, input);
        }
        KeyCode::Backspace => {
            if input.text.pop().is_none() {
                app.input = None;
            }
            live_filter(app);
        }
        KeyCode::Tab if input.kind == InputKind::Command => complete(input),
        KeyCode::Char(c)
            if !key
                .modifiers
                .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
        {
            input.text.push(c);
            live_filter(app);
        }
        KeyCode::Char('u') => {
            input.text.clear();
            live_filter(app);
        }
        _ => {}
    }
    Vec::new()
}

fn complete(input: &mut Input) {
    let found: Vec<&str> = View::words()
        .filter(|word| word.starts_with(&input.text))
        .collect();
    if let [only] = found[..] {
        only.clone_into(&mut input.text);
    }
}

fn live_filter(app: &mut App) {
    let text = app
        .input
        .as_ref()
        .filter(|input| input.kind == InputKind::Filter)
        .map(|input| input.text.clone());
    if let Some(text) = text {
        set_filter(app, &text);
    }
}

fn set_filter(app: &mut App, text: &str) {
    if let Some(Screen::Table(table)) = app.stack.last_mut() {
        text.clone_into(&mut table.filter.text);
        table.look += 1;
    }
}

fn finish_input(app: &mut App, input: Input) -> Vec<Effect> {
    match input.kind {
        InputKind::Filter => set_filter(app, &input.text),
        InputKind::Search => {
            let mut found = true;
            if let Some(Screen::Text(view)) = app.stack.last_mut() {
                view.search = input.text;
                found = view.find(true);
            }
            if !found {
                app.say("no match");
            }
        }
        InputKind::Command => return command(app, input.text.trim()),
    }
    Vec::new()
}

fn command(app: &mut App, line: &str) -> Vec<Effect> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    match (word, rest) {
        ("", _) => {}
        ("q" | "quit", _) => return vec![Effect::Quit],
        ("help", _) => app.help = true,
        ("ns" | "namespace", "") => open_view(app, View::Namespaces),
        ("ns" | "namespace", "all" | "*") => set_namespace(app, None),
        ("ns" | "namespace", name) => set_namespace(app, Some(name.to_owned())),
        ("ctx" | "context", "") => app.say("which context? :ctx NAME"),
        ("ctx" | "context", name) => return vec![Effect::SwitchContext(name.to_owned())],
        (word, _)
            if word.starts_with('!') || (View::named(word).is_none() && is_known_tool(word)) =>
        {
            return typed::begin(app, line.trim_start_matches('!').trim());
        }
        (word, _) => match View::named(word) {
            Some(view) => {
                open_view(app, view);
                if !rest.is_empty() {
                    set_filter(app, rest);
                }
            }
            None => app.say(format!(
                "`{word}` is no table and no command; ? shows what there is"
            )),
        },
    }
    Vec::new()
}

fn open_view(app: &mut App, view: View) {
    app.stack
        .push(Screen::Table(Box::new(TableScreen::new(view))));
}

fn set_namespace(app: &mut App, namespace: Option<String>) {
    app.say(namespace.as_ref().map_or_else(
        || "all namespaces".into(),
        |name| format!("only namespace {name}"),
    ));
    app.namespace = namespace;
    for screen in &mut app.stack {
        if let Screen::Table(table) = screen {
            table.look += 1;
        }
    }
}

fn perform(app: &mut App, act: Act) -> Vec<Effect> {
    let page = isize::try_from(app.page.max(2) - 1).unwrap_or(20);
    match act {
        Act::Quit => return vec![Effect::Quit],
        Act::Help => app.help = true,
        Act::Back => return back(app),
        Act::Up => go(app, -1),
        Act::Down => go(app, 1),
        Act::PageUp => go(app, -page),
        Act::PageDown => go(app, page),
        Act::Top => go(app, isize::MIN),
        Act::Bottom => go(app, isize::MAX),
        Act::NextPane => turn(app, 1),
        Act::PreviousPane => turn(app, PANES.len() - 1),
        Act::Pane(number) => zoom(app, usize::from(number) - 1),
        Act::Left | Act::Right => sideways(app, act == Act::Right),
        Act::Open if app.stack.is_empty() && app.pane == 1 && app.survey.is_some() => {
            return diagnose(app);
        }
        Act::Diagnose => return diagnose(app),
        Act::Change => change(app),
        Act::Glass => return modal::glass(app),
        Act::Open => match current(app).filter(is_task) {
            Some(_) if matches!(app.stack.last(), Some(Screen::Text(_))) => {}
            Some(task) => return task_log(app, task),
            None => open(app),
        },
        Act::Filter => begin_filter(app),
        Act::Command => {
            app.input = Some(Input {
                kind: InputKind::Command,
                text: String::new(),
            })
        }
        Act::Namespace => toggle_namespace(app),
        Act::Sort | Act::Reverse => order(app, act == Act::Reverse),
        Act::Mark => mark(app),
        Act::Yaml => return yaml(app),
        Act::Logs => return logs(app),
        Act::Copy => return copy(app),
        Act::Save => return save(app),
        act => return text_act(app, act),
    }
    Vec::new()
}

fn back(app: &mut App) -> Vec<Effect> {
    if let Some(Screen::Table(table)) = app.stack.last_mut()
        && !table.filter.text.is_empty()
    {
        set_filter(app, "");
        return Vec::new();
    }
    let was_log = matches!(app.stack.pop(), Some(Screen::Text(view)) if view.log.is_some());
    if was_log {
        vec![Effect::StopLog]
    } else {
        Vec::new()
    }
}

fn go(app: &mut App, by: isize) {
    let page = app.page;
    let lines = match app.stack.last() {
        Some(Screen::Detail(detail)) => detail.lines(&app.inventory, app.now).len(),
        _ => 0,
    };
    match app.stack.last_mut() {
        None => {
            let last = panes::objects(app, app.pane).len().saturating_sub(1);
            app.cursors[app.pane] = app.cursors[app.pane].saturating_add_signed(by).min(last);
        }
        Some(Screen::Table(table)) => table.go(by),
        Some(Screen::Detail(detail)) => {
            detail.cursor = detail
                .cursor
                .saturating_add_signed(by)
                .min(lines.saturating_sub(1))
        }
        Some(Screen::Text(view)) => view.go(by, page),
        Some(Screen::Guide(guide)) if by.unsigned_abs() > 1 => {
            guide.offset = guide.offset.saturating_add_signed(by / 2);
        }
        Some(Screen::Guide(guide)) => guide.go(by),
    }
}

fn turn(app: &mut App, by: usize) {
    if app.stack.is_empty() {
        app.pane = (app.pane + by) % panes::COUNT;
    }
}

fn zoom(app: &mut App, pane: usize) {
    app.pane = pane;
    app.stack.clear();
    open_view(app, PANES[pane]);
}

fn sideways(app: &mut App, right: bool) {
    match app.stack.last_mut() {
        Some(Screen::Text(view)) => {
            view.sideways = if right {
                view.sideways + 8
            } else {
                view.sideways.saturating_sub(8)
            }
        }
        None => turn(app, if right { 1 } else { PANES.len() - 1 }),
        Some(Screen::Guide(guide)) => {
            guide.offset = if right {
                guide.offset + 3
            } else {
                guide.offset.saturating_sub(3)
            }
        }
        _ => {}
    }
}

/// The object under the cursor.
pub(super) fn current(app: &App) -> Option<ObjectRef> {
    match app.stack.last() {
        None => {
            let objects = panes::objects(app, app.pane);
            objects
                .get(app.cursors[app.pane].min(objects.len().saturating_sub(1)))
                .cloned()
        }
        Some(Screen::Table(table)) => table.row().map(|row| row.object.clone()),
        Some(Screen::Detail(detail)) => {
            let lines = detail.lines(&app.inventory, app.now);
            Some(
                lines
                    .get(detail.cursor)
                    .and_then(|line| line.link())
                    .unwrap_or(&detail.object)
                    .clone(),
            )
        }
        Some(Screen::Text(view)) => Some(view.about.clone()),
        Some(Screen::Guide(guide)) => Some(
            guide
                .current()
                .map_or_else(|| guide.subject.clone(), |cause| cause.object.clone()),
        ),
    }
}

fn open(app: &mut App) {
    let Some(object) = current(app) else {
        if app.stack.is_empty() {
            zoom(app, app.pane);
        }
        return;
    };
    match app.stack.last() {
        Some(Screen::Detail(detail)) if detail.object == object => {}
        Some(Screen::Text(_)) => {}
        Some(Screen::Table(table)) if table.view == View::Namespaces => {
            app.stack.pop();
            set_namespace(app, Some(object.key.name.to_string()));
            open_view(app, View::Pods);
        }
        _ => app
            .stack
            .push(Screen::Detail(Box::new(Detail::new(object)))),
    }
}

fn begin_filter(app: &mut App) {
    let kind = match app.stack.last() {
        Some(Screen::Text(_)) => InputKind::Search,
        Some(Screen::Table(_)) => InputKind::Filter,
        Some(Screen::Detail(_) | Screen::Guide(_)) => return,
        None => {
            zoom(app, app.pane);
            InputKind::Filter
        }
    };
    app.input = Some(Input {
        kind,
        text: String::new(),
    });
}

fn toggle_namespace(app: &mut App) {
    if app.namespace.is_some() {
        return set_namespace(app, None);
    }
    match current(app).filter(|object| !object.key.namespace.is_empty()) {
        Some(object) => set_namespace(app, Some(object.key.namespace.to_string())),
        None => app.say("this row has no namespace"),
    }
}

fn order(app: &mut App, reverse: bool) {
    let Some(Screen::Table(table)) = app.stack.last_mut() else {
        return;
    };
    if reverse {
        table.reverse = !table.reverse;
    } else {
        let columns = table.view.columns().len();
        table.sort = match table.sort {
            None => Some(0),
            Some(at) if at + 1 < columns => Some(at + 1),
            Some(_) => None,
        };
        table.reverse = false;
    }
    table.look += 1;
}

fn mark(app: &mut App) {
    if let Some(Screen::Detail(detail)) = app.stack.last_mut() {
        detail.fold(&app.inventory, app.now);
        return;
    }
    let Some(Screen::Table(table)) = app.stack.last_mut() else {
        return;
    };
    if let Some(object) = table.selected.clone() {
        if !table.marked.remove(&object) {
            table.marked.insert(object);
        }
        table.go(1);
    }
}

fn yaml(app: &mut App) -> Vec<Effect> {
    let Some(object) =
        current(app).filter(|object| crate::domain::Kind::parse(&object.kind).is_some())
    else {
        app.say("there is no YAML of this");
        return Vec::new();
    };
    app.stack.push(Screen::Text(Box::new(TextView::new(
        format!("YAML · {object}"),
        object.clone(),
    ))));
    vec![Effect::FetchYaml(object)]
}

fn copy(app: &mut App) -> Vec<Effect> {
    let text = match app.stack.last() {
        Some(Screen::Text(view)) => view.lines.get(view.offset).cloned(),
        Some(Screen::Guide(guide)) => guide.command(),
        _ => current(app).map(|object| object.key.to_string()),
    };
    let Some(text) = text else { return Vec::new() };
    app.say(format!("copied {}", super::text::fit(&text, 60)));
    vec![Effect::Copy(text)]
}

fn save(app: &mut App) -> Vec<Effect> {
    let Some(Screen::Text(view)) = app.stack.last() else {
        return Vec::new();
    };
    let kind = if view.log.is_some() { "log" } else { "yaml" };
    let safe: String = view
        .about
        .key
        .to_string()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '-'
            }
        })
        .collect();
    vec![Effect::Save(format!("{safe}.{kind}"), view.whole())]
}
