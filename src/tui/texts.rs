//! Keys of long texts, and what comes in for them.

use super::{
    app::{App, Screen},
    detail::DetailLine,
    keys::Act,
    logs::{is_task, restart_log},
    logview::TextView,
    moves::current,
    msg::Effect,
    picker,
    text::fit,
    typed::is_output,
};
use crate::domain::{Kind, ObjectRef};

pub(super) fn yaml(app: &mut App) -> Vec<Effect> {
    let Some(object) = current(app).filter(|object| Kind::parse(&object.kind).is_some()) else {
        app.say("there is no YAML of this");
        return Vec::new();
    };
    app.stack.push(Screen::Text(Box::new(TextView::new(
        format!("YAML · {object}"),
        object.clone(),
    ))));
    vec![Effect::FetchYaml(object)]
}

pub(super) fn yaml_came(app: &mut App, object: &ObjectRef, result: Result<String, String>) {
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

pub(super) fn of_log(app: &mut App, id: u64, change: impl FnOnce(&mut TextView, usize)) {
    let page = app.page;
    if let Some(Screen::Text(view)) = app.stack.last_mut()
        && view.log.as_ref().is_some_and(|log| log.id == id)
    {
        change(view, page);
    }
}

/// Keys that only texts know.
pub(super) fn act(app: &mut App, act: Act) -> Vec<Effect> {
    let page = app.page;
    let Some(Screen::Text(view)) = app.stack.last_mut() else {
        return Vec::new();
    };
    match act {
        Act::Wrap => view.wrap = !view.wrap,
        Act::SearchNext | Act::SearchPrevious => {
            if view.searched().is_empty() {
                app.say("nothing is searched for yet");
            } else if !view.find(act == Act::SearchNext, page) {
                app.say("no match");
            }
        }
        act => return log_act(app, act),
    }
    Vec::new()
}

/// What of the log is read changes: it is read anew.
fn log_act(app: &mut App, act: Act) -> Vec<Effect> {
    let Some(Screen::Text(view)) = app.stack.last_mut() else {
        return Vec::new();
    };
    // a task has one log, which is followed anyway; a command is not run again for its output
    let is_one = is_task(&view.about) || is_output(&view.about);
    let Some(log) = view.log.as_mut().filter(|_| !is_one) else {
        return Vec::new();
    };
    match act {
        Act::Previous => log.previous = !log.previous,
        Act::Follow => log.follow = !log.follow,
        Act::Timestamps => log.timestamps = !log.timestamps,
        // of two the other one is meant
        Act::Container if log.containers.len() > 2 => {
            picker::containers(app);
            return Vec::new();
        }
        Act::Container => log.container = (log.container + 1) % log.containers.len().max(1),
        _ => return Vec::new(),
    }
    restart_log(app)
}

pub(super) fn copy(app: &mut App) -> Vec<Effect> {
    let text = match app.stack.last_mut() {
        Some(Screen::Text(view)) => view.lines.get(view.hit().unwrap_or(view.offset)).cloned(),
        Some(Screen::Guide(guide)) => guide.next_command(),
        Some(Screen::Detail(detail)) => {
            let lines = detail.lines(&app.inventory, app.now);
            let value = lines.get(detail.cursor).and_then(DetailLine::copied);
            value.or_else(|| Some(detail.object.key.to_string()))
        }
        _ => current(app).map(|object| object.key.to_string()),
    };
    let Some(text) = text else { return Vec::new() };
    app.say(format!("copied {}", fit(&text, 60)));
    vec![Effect::Copy(text)]
}

pub(super) fn save(app: &mut App) -> Vec<Effect> {
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
