//! A short list to choose from, narrowed by typing: namespaces, contexts, columns, containers.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Clear,
};

use super::{
    app::{App, Screen},
    filter::{contains, literal_marks},
    logs::restart_log,
    moves::current,
    msg::Effect,
    ordering::set_namespace,
    text::{clean, fit_middle, pad, width},
    widgets::{found, marked, panel},
};
use crate::domain::{ContainerState, Text};

/// A list to choose from.
pub(super) struct Picker {
    title: &'static str,
    what: What,
    choices: Vec<Choice>,
    /// What was typed to see fewer.
    text: String,
    cursor: usize,
}

/// What is chosen.
#[derive(Clone, Copy)]
enum What {
    Namespace,
    Context,
    Column,
    Container,
}

struct Choice {
    /// `None` chooses all, or the table's own order.
    value: Option<String>,
    label: String,
    note: String,
}

impl Choice {
    fn new(value: &str, note: impl Into<String>) -> Self {
        Self {
            value: Some(value.to_owned()),
            label: value.to_owned(),
            note: note.into(),
        }
    }

    fn none(label: &str, note: impl Into<String>) -> Self {
        Self {
            value: None,
            label: label.to_owned(),
            note: note.into(),
        }
    }
}

impl Picker {
    /// A picker whose cursor stands on a value.
    fn on(title: &'static str, what: What, choices: Vec<Choice>, value: Option<&str>) -> Self {
        let cursor = choices
            .iter()
            .position(|choice| choice.value.as_deref() == value);
        Self {
            title,
            what,
            cursor: cursor.unwrap_or_default(),
            choices,
            text: String::new(),
        }
    }

    fn shown(&self) -> Vec<&Choice> {
        let small = self.text.to_lowercase();
        let choices = self.choices.iter();
        choices
            .filter(|choice| contains(&choice.label, &small))
            .collect()
    }
}

fn pods_of(count: usize) -> String {
    format!("{count} pod{}", if count == 1 { "" } else { "s" })
}

/// Namespaces with the number of their pods.
fn namespaces_with_pods(app: &App) -> BTreeMap<Text, usize> {
    let inventory = &app.inventory;
    let named = inventory.namespaces.keys().map(|key| key.name.clone());
    let mut found: BTreeMap<Text, usize> = named.map(|name| (name, 0)).collect();
    for key in inventory.pods.keys() {
        *found.entry(key.namespace.clone()).or_default() += 1;
    }
    // who may not list namespaces or pods still sees those of what he may list
    for key in inventory.claims.keys().chain(inventory.apps.keys()) {
        found.entry(key.namespace.clone()).or_default();
    }
    found
}

/// Names of the namespaces that anything is known of.
pub(super) fn namespace_names(app: &App) -> Vec<String> {
    let names = namespaces_with_pods(app);
    names.keys().map(|name| name.to_string()).collect()
}

/// Asks for the namespace that tables are kept to.
pub(super) fn namespaces(app: &mut App) {
    let all = Choice::none("all namespaces", pods_of(app.inventory.pods.len()));
    let found = namespaces_with_pods(app);
    let each = found
        .iter()
        .map(|(name, pods)| Choice::new(name, pods_of(*pods)));
    let choices = std::iter::once(all).chain(each).collect();
    // all, where it is kept to one; else that of the row under the cursor
    let row = current(app).map(|object| object.key.namespace.to_string());
    let here = row.filter(|name| app.namespace.is_none() && !name.is_empty());
    app.picker = Some(Picker::on(
        "Namespace",
        What::Namespace,
        choices,
        here.as_deref(),
    ));
}

/// Asks for a context of the kubeconfig.
pub(super) fn contexts(app: &mut App) {
    if app.contexts.is_empty() {
        return app.say("there is no kubeconfig with contexts");
    }
    let now = app.inventory.identity.context.to_string();
    let note = |name: &String| if *name == now { "in use" } else { "" };
    let names = app.contexts.iter();
    let choices = names.map(|name| Choice::new(name, note(name))).collect();
    app.picker = Some(Picker::on("Context", What::Context, choices, Some(&now)));
}

/// Asks for the column that a table is sorted by.
pub(super) fn columns(app: &mut App) {
    let Some(Screen::Table(table)) = app.stack.last() else {
        return;
    };
    let order = |name: &str| match (table.sort == Some(name), table.reverse) {
        (true, true) => "↓, again: ↑",
        (true, false) => "↑, again: ↓",
        _ => "",
    };
    let own = Choice::none("the table's own order", "");
    let each = table
        .columns()
        .into_iter()
        .map(|column| Choice::new(column.name, order(column.name)));
    let choices = std::iter::once(own).chain(each).collect();
    app.picker = Some(Picker::on("Sort by", What::Column, choices, table.sort));
}

/// Asks for the container whose log is read.
pub(super) fn containers(app: &mut App) {
    let Some(Screen::Text(view)) = app.stack.last() else {
        return;
    };
    let Some(log) = &view.log else { return };
    let pod = app.inventory.pods.get(&view.about.key);
    let note = |name: &str| {
        let Some(pod) = pod else {
            return String::new();
        };
        let status = pod.status_of(name);
        let state = match status.map(|status| &status.state) {
            Some(ContainerState::Running(_)) => "running".to_owned(),
            Some(ContainerState::Waiting { reason, .. }) => format!("waiting: {reason}"),
            Some(ContainerState::Terminated(end)) => end.word(),
            _ => String::new(),
        };
        let init = pod.spec.init_containers.iter();
        let init = init.map(|one| &*one.name).any(|one| one == name);
        let restarts = status.map_or(0, |status| status.restarts);
        let restarts = if restarts > 0 {
            format!(", {restarts} restarts")
        } else {
            String::new()
        };
        format!("{}{state}{restarts}", if init { "init, " } else { "" })
    };
    let names = log.containers.iter();
    let choices = names.map(|name| Choice::new(name, note(name))).collect();
    let now = log.containers.get(log.container).map(String::as_str);
    app.picker = Some(Picker::on("Container", What::Container, choices, now));
}

/// A key while a list is open.
pub(super) fn key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let Some(picker) = &mut app.picker else {
        return Vec::new();
    };
    let last = picker.shown().len().saturating_sub(1);
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Esc => app.picker = None,
        KeyCode::Enter => return choose(app),
        KeyCode::Up | KeyCode::BackTab => picker.cursor = picker.cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Tab => picker.cursor = (picker.cursor + 1).min(last),
        KeyCode::PageUp => picker.cursor = picker.cursor.saturating_sub(10),
        KeyCode::PageDown => picker.cursor = (picker.cursor + 10).min(last),
        KeyCode::Home => picker.cursor = 0,
        KeyCode::End => picker.cursor = last,
        KeyCode::Backspace => {
            picker.text.pop();
            picker.cursor = 0;
        }
        KeyCode::Char(letter) if plain => {
            picker.text.push(letter);
            picker.cursor = 0;
        }
        _ => {}
    }
    Vec::new()
}

fn choose(app: &mut App) -> Vec<Effect> {
    let Some(picker) = app.picker.take() else {
        return Vec::new();
    };
    let Some(chosen) = picker
        .shown()
        .get(picker.cursor)
        .map(|choice| choice.value.clone())
    else {
        return Vec::new();
    };
    match (picker.what, chosen) {
        (What::Namespace, namespace) => set_namespace(app, namespace),
        (What::Context, Some(name)) => {
            app.say(format!("going to context {name}"));
            return vec![Effect::SwitchContext(name)];
        }
        (What::Column, chosen) => {
            if let Some(Screen::Table(table)) = app.stack.last_mut() {
                let columns = table.columns();
                let name = chosen.and_then(|name| {
                    let mut columns = columns.iter().map(|column| column.name);
                    columns.find(|column| *column == name)
                });
                table.sort_by(name);
            }
        }
        (What::Container, Some(name)) => {
            if let Some(Screen::Text(view)) = app.stack.last_mut()
                && let Some(log) = &mut view.log
                && let Some(at) = log.containers.iter().position(|one| *one == name)
            {
                log.container = at;
                return restart_log(app);
            }
        }
        (What::Context | What::Container, None) => {}
    }
    Vec::new()
}

/// Draws the list over the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let Some(picker) = &app.picker else { return };
    let shown = picker.shown();
    let widest = |of: &dyn Fn(&Choice) -> usize| picker.choices.iter().map(of).max().unwrap_or(0);
    let notes = widest(&|choice| width(&choice.note)).min(24);
    let labels = widest(&|choice| width(&clean(&choice.label))).clamp(16, 60);
    let wide = u16::try_from(labels + notes + 6).unwrap_or(u16::MAX);
    let high = u16::try_from(picker.choices.len() + 3).unwrap_or(u16::MAX);
    let (width, height) = (wide.min(area.width), high.min(area.height * 3 / 4));
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 3,
        width,
        height,
    };
    frame.render_widget(Clear, place);
    let count = format!("{} of {}", shown.len(), picker.choices.len());
    let inner = panel(frame, place, &app.theme, picker.title, &count, true);
    let typed = Line::from(vec![
        Span::styled(" /", app.theme.accent()),
        Span::styled(clean(&picker.text).into_owned(), app.theme.text()),
        Span::styled("▏", app.theme.accent()),
    ]);
    frame.render_widget(typed, Rect { height: 1, ..inner });
    let visible = usize::from(inner.height.saturating_sub(1)).max(1);
    let offset = (picker.cursor + 1).saturating_sub(visible);
    let small = picker.text.to_lowercase();
    let labels = usize::from(inner.width).saturating_sub(notes + 4);
    for (at, choice) in shown.iter().enumerate().skip(offset).take(visible) {
        let label = pad(&fit_middle(&choice.label, labels), labels, false);
        let marks = literal_marks(&label, &small);
        let mut spans = vec![Span::raw(" ")];
        spans.extend(marked(&label, &marks, app.theme.text(), found(&app.theme)));
        let note = pad(&choice.note, notes, true);
        spans.push(Span::styled(format!("  {note}"), app.theme.dim()));
        let style = if at == picker.cursor {
            app.theme.selected()
        } else {
            Style::default()
        };
        let y = inner.y + 1 + u16::try_from(at - offset).unwrap_or_default();
        let line = Rect {
            y,
            height: 1,
            ..inner
        };
        frame.render_widget(Line::from(spans).style(style), line.intersection(inner));
    }
}
