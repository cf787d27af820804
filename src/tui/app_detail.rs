//! An application: how it stands, its tree, where it differs from Git, its windows and its past.

use std::collections::BTreeSet;

use super::{
    choose::past_words,
    detail::{DetailLine, Lines},
    text::age,
};
use crate::{
    domain::{
        App, AppDetails, AppVia, AutoSync, DiffLine, Difference, DifferenceKind, Health, ObjectRef,
        Phase, SyncStatus, SyncWindows, TreeNode,
    },
    insight::capacity::Level,
};

/// Events that are listed.
const EVENTS: usize = 20;

/// What is known of an application beyond its status.
#[derive(Debug, Default)]
pub(super) enum Details {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// Asked for, as it stood then.
    Waiting(Standing),
    /// The answer, or why there is none, and how the application stood when it was asked for.
    Answered(Standing, Result<Box<AppDetails>, String>),
}

/// What changes when the details do.
pub(super) type Standing = (SyncStatus, Health, Option<Phase>, String);

/// How an application stands.
pub(super) fn standing(app: &App) -> Standing {
    (
        app.sync,
        app.health,
        app.operation.as_ref().map(|operation| operation.phase),
        app.revision.to_string(),
    )
}

impl Details {
    /// Whether they have to be asked for (again).
    pub(super) fn are_wanted(&self, now: &Standing) -> bool {
        match self {
            Self::NotAsked => true,
            Self::Waiting(_) => false,
            Self::Answered(then, _) => then != now,
        }
    }

    /// They are asked for; an answer that is there stays until the next one comes.
    pub(super) fn wait(&mut self, now: Standing) {
        match self {
            Self::Answered(then, Ok(_)) => *then = now,
            _ => *self = Self::Waiting(now),
        }
    }

    /// Takes in an answer.
    pub(super) fn answer(&mut self, answer: Result<Box<AppDetails>, String>) {
        let then = match std::mem::take(self) {
            Self::Waiting(then) | Self::Answered(then, _) => then,
            Self::NotAsked => return,
        };
        *self = Self::Answered(then, answer);
    }
}

impl Lines<'_> {
    /// Everything about an application.
    pub(super) fn app(
        &mut self,
        app: &App,
        details: &Details,
        toggled: &BTreeSet<ObjectRef>,
        wide: bool,
    ) {
        self.app_status(app);
        match details {
            _ if app.via == AppVia::Kubernetes => {
                self.note("Read through Kubernetes: the tree, the diff and the sync windows need Argo CD's own API ([[argocd]] in the configuration).", Level::Ok);
                self.app_resources(app);
            }
            Details::NotAsked | Details::Waiting(_) => {
                self.note("◌ Asking Argo CD for the tree and the diff.", Level::Ok);
                self.app_resources(app);
            }
            Details::Answered(_, Err(why)) => {
                self.note(format!("Argo CD does not tell more: {why}"), Level::Warning);
                self.app_resources(app);
            }
            Details::Answered(_, Ok(details)) => self.app_details(details, toggled, wide),
        }
        self.app_history(app);
    }

    fn app_status(&mut self, app: &App) {
        self.head("Status");
        self.field_at(
            "health",
            format!("{} {}", app.true_health().as_str(), app.health_message),
            if app.true_health() == Health::Healthy {
                Level::Ok
            } else {
                super::views::app_level(app)
            },
        );
        let level = if app.sync == SyncStatus::Synced {
            Level::Ok
        } else {
            Level::Warning
        };
        self.field_at("sync", app.sync.as_str(), level);
        for condition in &app.conditions {
            let level = if condition.kind.ends_with("Error") {
                Level::Critical
            } else {
                Level::Warning
            };
            let since = condition.since.time().map_or_else(String::new, |at| {
                format!(" (since {})", age(Some(at), self.now))
            });
            self.field_at(
                &condition.kind,
                format!("{}{since}", condition.message),
                level,
            );
        }
        self.operation(app);
        self.sources(app);
        self.field("goes to", format!("{} {}", app.server, app.namespace));
        for url in &app.urls {
            self.field("address", &**url);
        }
        let set = |auto: AutoSync| {
            format!(
                "{}{}",
                if auto.prune { ", prunes" } else { "" },
                if auto.self_heal { ", heals itself" } else { "" }
            )
        };
        let auto = match (app.auto_sync, app.resting_sync) {
            (Some(auto), _) => format!("automatic{}", set(auto)),
            (None, Some(auto)) => format!("by hand; automatic is switched off{}", set(auto)),
            (None, None) => "by hand".to_owned(),
        };
        self.field("syncs", auto);
    }

    /// Where an application comes from, each part by itself so that it can be copied.
    pub(super) fn sources(&mut self, app: &App) {
        for source in &app.sources {
            self.field("repository", &*source.repo);
            self.field("path", &*source.path);
            self.field("chart", &*source.chart);
            self.field("tracks", &*source.revision);
        }
        self.field("revision", &*app.revision);
    }

    /// The operation, what it is at, and what went wrong in it.
    fn operation(&mut self, app: &App) {
        let Some(operation) = &app.operation else {
            if app.operation_filed {
                self.field_at("operation", "filed, not begun", Level::Warning);
            }
            return;
        };
        let word = super::views::operation_word(app);
        let level = if word == "-" {
            Level::Ok
        } else {
            Level::Warning
        };
        self.field_at(
            "operation",
            format!("{} {}", operation.phase.as_str(), operation.message),
            level,
        );
        let runs = operation.finished.is_none();
        let who = match (operation.automated, &*operation.by) {
            (true, _) => "by itself",
            (false, "") => "by hand",
            (false, name) => name,
        };
        let dry = if operation.dry_run { ", a dry run" } else { "" };
        let when = match (operation.started, operation.finished) {
            (Some(at), None) => format!("for {}", age(Some(at), self.now)),
            (_, ended) => format!("{} ago", age(ended, self.now)),
        };
        let done = operation.results.len();
        let tries = match operation.retries {
            0 => String::new(),
            many => format!(", try {}", many + 1),
        };
        let so_far = if runs && done > 0 {
            format!(", {done} objects so far")
        } else {
            String::new()
        };
        let verb = if runs { "runs" } else { "ended" };
        self.field(verb, format!("{when}, {who}{dry}{tries}{so_far}"));
        let heals = self.inventory.self_heals(app);
        if heals > 2 {
            self.field_at(
                "self-heal",
                format!("×{heals} of the same revision: somebody else changes it back"),
                Level::Warning,
            );
        }
        for result in operation.results.iter().filter(|result| {
            !matches!(&*result.status, "Synced" | "Pruned" | "")
                || matches!(&*result.hook_phase, "Failed" | "Error") && !result.hook.is_empty()
        }) {
            let hook = if result.hook.is_empty() {
                String::new()
            } else {
                format!("{} hook ", result.hook)
            };
            self.note(
                format!(
                    "{hook}{} {}/{}: {}",
                    result.status, result.kind, result.name, result.message
                ),
                Level::Critical,
            );
        }
    }

    fn app_resources(&mut self, app: &App) {
        self.head(format!("Resources · {}", app.resources.len()));
        let mut resources = app.resources.clone();
        resources.sort_by(|a, b| {
            (a.health, a.sync, &a.kind, &a.name).cmp(&(b.health, b.sync, &b.kind, &b.name))
        });
        for one in resources {
            let role = format!(
                "{:9} {}",
                one.sync.as_str(),
                one.health.map_or("", Health::as_str)
            );
            self.link(&role, &one.kind, &one.namespace, &one.name);
        }
    }

    fn app_details(&mut self, details: &AppDetails, toggled: &BTreeSet<ObjectRef>, wide: bool) {
        for gap in &details.gaps {
            self.note(format!("Not read: {gap}"), Level::Warning);
        }
        if let Some(windows) = &details.windows {
            self.sync_windows(windows);
        }
        if !details.differences.is_empty() {
            let (left, right) = ("in the cluster", "in Git");
            self.head(format!(
                "Differences · {}   - {left}, + {right}",
                details.differences.len()
            ));
            for one in &details.differences {
                self.difference(one, wide);
            }
        }
        self.head(format!("Tree · {}", details.tree.len()));
        self.out.extend(tree_lines(&details.tree, toggled));
        self.app_events(details);
    }

    fn app_events(&mut self, details: &AppDetails) {
        let Some(events) = details.events.as_ref().filter(|all| !all.is_empty()) else {
            return;
        };
        self.head(format!("Events · {}", events.len()));
        for event in events.iter().take(EVENTS) {
            let times = if event.count > 1 {
                format!(" ×{}", event.count)
            } else {
                String::new()
            };
            let level = if event.warning {
                Level::Warning
            } else {
                Level::Ok
            };
            let name = format!("{:>4} {}{times}", age(event.at, self.now), event.reason);
            self.field_at(&name, &*event.message, level);
        }
    }

    fn sync_windows(&mut self, windows: &SyncWindows) {
        if !windows.can_sync {
            self.field_at(
                "by hand",
                "a sync is refused now by a window",
                Level::Warning,
            );
        }
        for one in &windows.windows {
            let words = format!(
                "{} at {} for {}{}{}",
                one.kind,
                one.schedule,
                one.duration,
                if one.active { ", open now" } else { "" },
                if one.manual { ", by hand allowed" } else { "" }
            );
            let holds = one.active && &*one.kind == "deny";
            let level = if holds { Level::Warning } else { Level::Ok };
            self.field_at("window", words, level);
        }
    }

    fn difference(&mut self, one: &Difference, wide: bool) {
        let (word, level) = match one.kind {
            DifferenceKind::Changed => ("differs", Level::Warning),
            DifferenceKind::Missing => ("missing in the cluster", Level::Critical),
            DifferenceKind::Extra => ("no longer in Git", Level::Warning),
        };
        self.out.push(DetailLine::Link(
            String::new(),
            one.object.clone(),
            word.into(),
            level,
        ));
        if wide {
            self.out.extend(side_by_side(&one.lines));
        } else {
            self.out
                .extend(one.lines.iter().cloned().map(DetailLine::Diff));
        }
    }

    fn app_history(&mut self, app: &App) {
        self.head(format!("History · {}", app.history.len()));
        for (nth, past) in app.history.iter().rev().take(10).enumerate() {
            let now = if nth == 0 { "there now, " } else { "" };
            self.out.push(DetailLine::Past(
                past.id,
                format!("{:>4} ago", age(past.at, self.now)),
                format!("{:>3}  {now}{}", past.id, past_words(past)),
            ));
        }
    }
}

/// Lines of a diff in two columns: what stands against what.
fn side_by_side(lines: &[DiffLine]) -> Vec<DetailLine> {
    let mut out = Vec::new();
    let mut rest = lines.iter().peekable();
    while let Some(line) = rest.next() {
        let first = match line {
            DiffLine::Gap => {
                out.push(DetailLine::Diff(DiffLine::Gap));
                continue;
            }
            DiffLine::Same(text) => {
                out.push(DetailLine::Pair(Some(text.clone()), Some(text.clone())));
                continue;
            }
            changed => changed.clone(),
        };
        let mut live = Vec::new();
        let mut wanted = Vec::new();
        let mut next = Some(first);
        while let Some(line) = next {
            match line {
                DiffLine::Live(text) => live.push(text),
                DiffLine::Wanted(text) => wanted.push(text),
                _ => {}
            }
            next = rest
                .next_if(|line| matches!(line, DiffLine::Live(_) | DiffLine::Wanted(_)))
                .cloned();
        }
        for at in 0..live.len().max(wanted.len()) {
            out.push(DetailLine::Pair(
                live.get(at).cloned(),
                wanted.get(at).cloned(),
            ));
        }
    }
    out
}

/// The tree without what is folded away: at first, the parts in which all is well.
fn tree_lines(tree: &[TreeNode], toggled: &BTreeSet<ObjectRef>) -> Vec<DetailLine> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(node) = tree.get(at) {
        let below = tree
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .take_while(|one| one.depth > node.depth && !one.orphaned)
            .collect::<Vec<_>>();
        let well = below.iter().all(|one| health_level(one) == Level::Ok);
        let folded = !below.is_empty() && well != toggled.contains(&node.object);
        out.push(DetailLine::Tree {
            depth: node.depth,
            object: node.object.clone(),
            below: (!below.is_empty()).then_some((below.len(), folded)),
            note: tree_note(node),
            level: health_level(node),
        });
        at += 1 + if folded { below.len() } else { 0 };
    }
    out
}

fn tree_note(node: &TreeNode) -> String {
    let health = node.health.map_or("", Health::as_str);
    let orphan = if node.orphaned { "orphaned " } else { "" };
    format!("{orphan}{health} {}", node.note).trim().to_owned()
}

fn health_level(node: &TreeNode) -> Level {
    match node.health {
        _ if node.orphaned => Level::Warning,
        None | Some(Health::Healthy | Health::Suspended) => Level::Ok,
        Some(Health::Progressing | Health::Unknown) => Level::Warning,
        Some(Health::Degraded | Health::Missing) => Level::Critical,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(depth: usize, name: &str, health: Health) -> TreeNode {
        TreeNode {
            depth,
            object: ObjectRef::new("Pod", "a", name),
            health: Some(health),
            note: "".into(),
            orphaned: false,
        }
    }

    fn names(lines: &[DetailLine]) -> Vec<&str> {
        lines
            .iter()
            .filter_map(|line| line.link())
            .map(|object| &*object.key.name)
            .collect()
    }

    #[test]
    fn what_is_well_is_folded_until_somebody_opens_it() {
        let tree = [
            node(0, "good", Health::Healthy),
            node(1, "good-child", Health::Healthy),
            node(0, "bad", Health::Degraded),
            node(1, "bad-child", Health::Degraded),
        ];
        let shown = tree_lines(&tree, &BTreeSet::new());
        assert_eq!(names(&shown), ["good", "bad", "bad-child"]);
        let toggled = BTreeSet::from([tree[0].object.clone(), tree[2].object.clone()]);
        let shown = tree_lines(&tree, &toggled);
        assert_eq!(names(&shown), ["good", "good-child", "bad"]);
    }

    #[test]
    fn changed_lines_stand_against_each_other() {
        let lines = [
            DiffLine::Same("a".into()),
            DiffLine::Live("b".into()),
            DiffLine::Live("c".into()),
            DiffLine::Wanted("d".into()),
        ];
        let pair = |left: Option<&str>, right: Option<&str>| {
            DetailLine::Pair(left.map(Into::into), right.map(Into::into))
        };
        assert_eq!(
            side_by_side(&lines),
            [
                pair(Some("a"), Some("a")),
                pair(Some("b"), Some("d")),
                pair(Some("c"), None)
            ]
        );
    }
}
