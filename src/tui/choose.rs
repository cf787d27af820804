//! What an action of Argo CD is chosen with: how to sync and which resources, and what to roll back
//! to.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    app::App,
    modal::{Modal, Wish, want},
    msg::Effect,
    text::{age, clean, fit, pad},
};
use crate::{
    domain::{App as Application, AppResource, Deployed, ObjectRef, SyncStatus},
    redbutton::{Refusal, SyncOptions, Tier, Verb},
};

/// The options of a sync: key, name, and what it means.
const OPTIONS: [(char, &str, &str); 4] = [
    ('d', "dry run", "only try it: nothing changes"),
    ('p', "prune", "delete what Git no longer names"),
    ('f', "force", "delete and make anew what cannot be patched"),
    ('r', "replace", "replace objects instead of patching them"),
];
/// Lines of the form beside its resources.
const FRAME: usize = 9;

/// How to sync.
pub(super) struct SyncForm {
    objects: Vec<ObjectRef>,
    options: SyncOptions,
    /// Resources of the application, what differs first; empty for several applications.
    resources: Vec<AppResource>,
    marked: BTreeSet<usize>,
    cursor: usize,
}

/// What to roll back to.
pub(super) struct PastList {
    object: ObjectRef,
    /// Newest first.
    past: Vec<Deployed>,
    cursor: usize,
    /// Automatic sync is on: it would be refused.
    automated: bool,
}

/// Opens the form for a sync.
pub(super) fn sync(app: &mut App, objects: Vec<ObjectRef>) {
    let mut resources = match objects.as_slice() {
        [one] => held(app, one).map_or_else(Vec::new, |held| held.resources.clone()),
        _ => Vec::new(),
    };
    resources.retain(|one| !one.hook);
    resources.sort_by_key(|one| (one.sync, !one.prune));
    app.modal = Some(Modal::Sync(Box::new(SyncForm {
        objects,
        options: SyncOptions::default(),
        resources,
        marked: BTreeSet::new(),
        cursor: 0,
    })));
}

/// Opens the list of what an application can go back to.
pub(super) fn past(app: &mut App, object: ObjectRef) {
    let known = held(app, &object);
    let automated = known.as_ref().is_some_and(|held| held.auto_sync.is_some());
    let mut past = known.map_or_else(Vec::new, |held| held.history.clone());
    past.reverse();
    // the newest is what is there
    let cursor = usize::from(past.len() > 1);
    app.modal = Some(Modal::Past(Box::new(PastList {
        object,
        past,
        cursor,
        automated,
    })));
}

fn held(app: &App, object: &ObjectRef) -> Option<std::sync::Arc<Application>> {
    app.inventory.apps.get(&object.key).cloned()
}

impl SyncForm {
    fn toggle(&mut self, at: usize) {
        let options = &mut self.options;
        match at {
            0 => options.dry_run = !options.dry_run,
            1 => options.prune = !options.prune,
            2 => options.force = !options.force,
            3 => options.replace = !options.replace,
            more => {
                let nth = more - OPTIONS.len();
                if nth < self.resources.len() && !self.marked.remove(&nth) {
                    self.marked.insert(nth);
                }
            }
        }
    }

    const fn is_on(&self, at: usize) -> bool {
        match at {
            0 => self.options.dry_run,
            1 => self.options.prune,
            2 => self.options.force,
            _ => self.options.replace,
        }
    }

    /// Marks all that differ; when just these are marked, none.
    fn mark_differing(&mut self) {
        let differing: BTreeSet<usize> = self
            .resources
            .iter()
            .enumerate()
            .filter(|(_, one)| one.sync == SyncStatus::OutOfSync)
            .map(|(nth, _)| nth)
            .collect();
        self.marked = if self.marked == differing {
            BTreeSet::new()
        } else {
            differing
        };
    }

    fn wish(self) -> Wish {
        Wish {
            verb: Verb::Sync(self.options),
            objects: self.objects,
            resources: self
                .resources
                .into_iter()
                .enumerate()
                .filter(|(nth, _)| self.marked.contains(nth))
                .map(|(_, one)| one)
                .collect(),
        }
    }
}

/// A key while the form stands there.
pub(super) fn sync_key(app: &mut App, key: KeyEvent, mut form: Box<SyncForm>) -> Vec<Effect> {
    let last = OPTIONS.len() + form.resources.len() - 1;
    match key.code {
        KeyCode::Esc | KeyCode::Char('q') => return Vec::new(),
        KeyCode::Enter => return want(app, form.wish()),
        KeyCode::Up | KeyCode::Char('k') => form.cursor = form.cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => form.cursor = (form.cursor + 1).min(last),
        KeyCode::PageDown => form.cursor = (form.cursor + 10).min(last),
        KeyCode::PageUp => form.cursor = form.cursor.saturating_sub(10),
        KeyCode::Char(' ' | 'm') => form.toggle(form.cursor),
        KeyCode::Char('a') => form.mark_differing(),
        KeyCode::Char(letter) => {
            if let Some(at) = OPTIONS.iter().position(|(key, ..)| *key == letter) {
                form.toggle(at);
            }
        }
        _ => {}
    }
    app.modal = Some(Modal::Sync(form));
    Vec::new()
}

/// A key while the list of the past stands there.
pub(super) fn past_key(app: &mut App, key: KeyEvent, mut list: Box<PastList>) -> Vec<Effect> {
    let last = list.past.len().saturating_sub(1);
    match key.code {
        KeyCode::Esc | KeyCode::Char('q') => return Vec::new(),
        KeyCode::Up | KeyCode::Char('k') => list.cursor = list.cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => list.cursor = (list.cursor + 1).min(last),
        // said here: the glass need not be broken for it
        KeyCode::Enter if list.automated => {
            app.say(Refusal::Automated(list.object.clone()).to_string());
        }
        KeyCode::Enter => {
            let Some(id) = list.past.get(list.cursor).map(|past| past.id) else {
                return Vec::new();
            };
            return want(app, Wish::of(Verb::Rollback(id), vec![list.object]));
        }
        _ => {}
    }
    app.modal = Some(Modal::Past(list));
    Vec::new()
}

/// How the form looks, in so many cells and lines.
pub(super) fn sync_lines(
    app: &App,
    form: &SyncForm,
    width: usize,
    height: usize,
) -> (String, Vec<Line<'static>>) {
    let theme = &app.theme;
    let title = match form.objects.as_slice() {
        [one] => format!("sync {}", one.short()),
        many => format!("sync {} applications", many.len()),
    };
    let mut lines: Vec<Line<'static>> = OPTIONS
        .iter()
        .enumerate()
        .map(|(at, (key, name, what))| {
            let chosen = form.cursor == at;
            let style = if chosen {
                theme.selected()
            } else {
                theme.text()
            };
            let on = if form.is_on(at) { "x" } else { " " };
            let note = fit(what, width.saturating_sub(24));
            Line::from(vec![
                Span::styled(format!(" {} ", if chosen { "▶" } else { " " }), style),
                Span::styled(format!("{key} "), theme.accent()),
                Span::styled(format!("[{on}] {name:9}"), style),
                Span::styled(format!(" {note}"), theme.dim()),
            ])
        })
        .collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled(resource_head(form), theme.accent()));
    lines.extend(resource_lines(
        app,
        form,
        width,
        height.saturating_sub(FRAME),
    ));
    lines.push(Line::raw(""));
    let tier = Verb::Sync(form.options).tier();
    let loud: Style = if tier >= Tier::Destroy {
        theme.broken()
    } else {
        theme.dim()
    };
    lines.push(Line::from(vec![
        Span::styled(format!(" {} ", tier.as_str()), loud),
        Span::styled(
            fit(
                "  enter plan it   space mark   a all that differ   esc nothing",
                width.saturating_sub(12),
            ),
            theme.dim(),
        ),
    ]));
    (title, lines)
}

fn resource_head(form: &SyncForm) -> String {
    let all = form.resources.len();
    let differing = form
        .resources
        .iter()
        .filter(|one| one.sync == SyncStatus::OutOfSync)
        .count();
    match (all, form.marked.len()) {
        (0, _) => " all resources of each".to_owned(),
        (_, 0) => format!(" all {all} resources, of which {differing} differ"),
        (_, some) => format!(" only the {some} marked of {all} resources, without hooks"),
    }
}

/// The resources around the cursor.
fn resource_lines(app: &App, form: &SyncForm, width: usize, room: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let at = form.cursor.checked_sub(OPTIONS.len());
    let skip = at
        .unwrap_or(0)
        .saturating_sub(room.saturating_sub(1))
        .min(form.resources.len().saturating_sub(room));
    form.resources
        .iter()
        .enumerate()
        .skip(skip)
        .take(room)
        .map(|(nth, one)| {
            let chosen = at == Some(nth);
            let style = if chosen {
                theme.selected()
            } else {
                theme.text()
            };
            let on = if form.marked.contains(&nth) { "x" } else { " " };
            let (word, word_style) = match (one.prune, one.sync) {
                (true, _) if form.options.prune => ("goes", theme.broken()),
                (true, _) => ("not in Git", theme.warning()),
                (_, SyncStatus::OutOfSync) => ("differs", theme.warning()),
                (_, SyncStatus::Unknown) => ("unknown", theme.warning()),
                _ => ("as in Git", theme.dim()),
            };
            let name = format!("{} {}/{}", one.kind, one.namespace, one.name);
            Line::from(vec![
                Span::styled(
                    format!(" {} [{on}] ", if chosen { "▶" } else { " " }),
                    style,
                ),
                Span::styled(pad(&name, width.saturating_sub(20), false), style),
                Span::styled(format!(" {word}"), word_style),
            ])
        })
        .collect()
}

/// How the list of the past looks.
pub(super) fn past_lines(
    app: &App,
    list: &PastList,
    width: usize,
    height: usize,
) -> (String, Vec<Line<'static>>) {
    let theme = &app.theme;
    let room = height.saturating_sub(4);
    let skip = list.cursor.saturating_sub(room.saturating_sub(1));
    let mut lines: Vec<Line<'static>> = list
        .past
        .iter()
        .enumerate()
        .skip(skip)
        .take(room)
        .map(|(nth, past)| {
            let chosen = list.cursor == nth;
            let style = if chosen {
                theme.selected()
            } else {
                theme.text()
            };
            let note = if nth == 0 { "there now, " } else { "" };
            let words = format!("{note}{}", past_words(past));
            Line::from(vec![
                Span::styled(
                    format!(
                        " {} {:>4}  {:>5} ago  ",
                        if chosen { "▶" } else { " " },
                        past.id,
                        age(past.at, app.now)
                    ),
                    style,
                ),
                Span::styled(fit(&clean(&words), width.saturating_sub(22)), theme.dim()),
            ])
        })
        .collect();
    lines.push(Line::raw(""));
    lines.push(if list.automated {
        Line::styled(
            fit(" auto-sync is on: switch it off first   esc nothing", width),
            theme.warning(),
        )
    } else {
        Line::styled(" enter plan the rollback   esc nothing", theme.dim())
    });
    (format!("roll back {}", list.object.short()), lines)
}

/// Revision, who, and where from.
pub(super) fn past_words(past: &Deployed) -> String {
    let by = if past.by.is_empty() {
        "automatic"
    } else {
        &past.by
    };
    let revision: String = past.revision.chars().take(12).collect();
    let path = if past.path.is_empty() {
        String::new()
    } else {
        format!(" from {}", past.path)
    };
    format!("{revision} by {by}{path}")
}
