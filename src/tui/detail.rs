//! One object: its state, conditions, events and what it is tied to.

use std::collections::BTreeSet;

use super::app_detail::Details;
use crate::{
    domain::{
        AppVia, Condition, Conditions, DiffLine, Event, Object, ObjectRef, Text, Time, Truth,
    },
    insight::capacity::Level,
    inventory::Inventory,
    tui::text::age,
};

/// The screen of one object.
pub(super) struct Detail {
    pub object: ObjectRef,
    pub cursor: usize,
    pub offset: usize,
    /// What Argo CD tells of an application.
    pub details: Details,
    /// Branches of its tree that were folded or opened by hand.
    pub toggled: BTreeSet<ObjectRef>,
    /// There is room for two manifests side by side.
    pub wide: bool,
}

/// A line of the screen.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum DetailLine {
    /// Head of a section.
    Head(String),
    /// Name and value.
    Field(String, String, Level),
    /// A sentence below its field.
    Note(String, Level),
    /// Another object that Enter goes to: its role here, and its state.
    Link(String, ObjectRef, String, Level),
    /// An object in a tree.
    Tree {
        /// Steps below the root.
        depth: usize,
        /// The object.
        object: ObjectRef,
        /// How many are below it, and whether they are folded away.
        below: Option<(usize, bool)>,
        /// How it is doing.
        note: String,
        /// How bad that is.
        level: Level,
    },
    /// A past deployment of an application, which can be rolled back to: its number and words.
    Past(i64, String, String),
    /// A line of a diff.
    Diff(DiffLine),
    /// A line of a diff in two columns: in the cluster, and in Git.
    Pair(Option<Text>, Option<Text>),
}

impl DetailLine {
    /// Where Enter goes from here.
    pub(super) const fn link(&self) -> Option<&ObjectRef> {
        match self {
            Self::Link(_, object, ..) | Self::Tree { object, .. } => Some(object),
            _ => None,
        }
    }
}

impl DetailLine {
    /// What is copied of it: a value, or the name of the object that it leads to.
    pub(super) fn copied(&self) -> Option<String> {
        match self {
            Self::Field(_, value, _) | Self::Note(value, _) => Some(value.clone()),
            Self::Past(id, ..) => Some(id.to_string()),
            Self::Diff(DiffLine::Same(text) | DiffLine::Live(text) | DiffLine::Wanted(text)) => {
                Some(text.to_string())
            }
            Self::Pair(live, wanted) => {
                let side = wanted.as_ref().or(live.as_ref())?;
                Some(side.to_string())
            }
            _ => self.link().map(|object| object.key.to_string()),
        }
    }
}

impl Detail {
    pub(super) fn new(object: ObjectRef) -> Self {
        Self {
            object,
            cursor: 0,
            offset: 0,
            details: Details::default(),
            toggled: BTreeSet::new(),
            wide: false,
        }
    }

    /// Folds the branch under the cursor, or opens it.
    pub(super) fn fold(&mut self, inventory: &Inventory, now: Time) {
        let branch = match self.lines(inventory, now).get(self.cursor) {
            Some(DetailLine::Tree {
                object,
                below: Some(_),
                ..
            }) => object.clone(),
            _ => return,
        };
        if !self.toggled.remove(&branch) {
            self.toggled.insert(branch);
        }
    }

    /// Its lines, from what is known now.
    pub(super) fn lines(&self, inventory: &Inventory, now: Time) -> Vec<DetailLine> {
        let mut lines = Lines {
            out: Vec::new(),
            inventory,
            now,
        };
        match inventory.object(&self.object) {
            Some(object) => {
                if let Object::App(app) = &object {
                    lines.app(app, &self.details, &self.toggled, self.wide);
                }
                lines.object(&object);
            }
            None if matches!(&*self.object.kind, "lxc" | "qemu") => lines.guest(&self.object),
            None if &*self.object.kind == "pve-node" => lines.pve_node(&self.object),
            None => lines.note("It is not known (any more).", Level::Warning),
        }
        lines.out
    }
}

/// Lines in the making.
pub(super) struct Lines<'a> {
    pub(super) out: Vec<DetailLine>,
    pub(super) inventory: &'a Inventory,
    pub(super) now: Time,
}

impl Lines<'_> {
    pub(super) fn head(&mut self, text: impl Into<String>) {
        self.out.push(DetailLine::Head(text.into()));
    }

    pub(super) fn field(&mut self, name: &str, value: impl Into<String>) {
        self.field_at(name, value, Level::Ok);
    }

    pub(super) fn field_at(&mut self, name: &str, value: impl Into<String>, level: Level) {
        let value = value.into();
        if !value.is_empty() {
            self.out.push(DetailLine::Field(name.into(), value, level));
        }
    }

    pub(super) fn note(&mut self, text: impl Into<String>, level: Level) {
        let text = text.into();
        if !text.is_empty() {
            self.out.push(DetailLine::Note(text, level));
        }
    }

    pub(super) fn link(&mut self, role: &str, kind: &str, namespace: &str, name: &str) {
        if name.is_empty() {
            return;
        }
        let object = ObjectRef::new(kind, namespace, name);
        let (state, level) = self.state_of(&object);
        self.out
            .push(DetailLine::Link(role.into(), object, state, level));
    }

    fn state_of(&self, object: &ObjectRef) -> (String, Level) {
        match self.inventory.object(object) {
            None => ("not known".into(), Level::Warning),
            Some(Object::Pod(pod)) => {
                let word = pod.status_word();
                let good = matches!(word.as_str(), "Running" | "Completed" | "Succeeded");
                (word, if good { Level::Ok } else { Level::Critical })
            }
            Some(Object::Claim(claim)) => (
                claim.phase.to_string(),
                if &*claim.phase == "Bound" {
                    Level::Ok
                } else {
                    Level::Critical
                },
            ),
            Some(Object::Volume(volume)) => {
                (format!("{} {}", volume.phase, volume.reclaim), Level::Ok)
            }
            Some(Object::Workload(one)) => (
                format!("{}/{} ready", one.ready, one.desired),
                if one.ready >= one.desired {
                    Level::Ok
                } else {
                    Level::Critical
                },
            ),
            Some(Object::App(app)) => (
                format!("{} {}", app.sync.as_str(), app.true_health().as_str()),
                super::views::app_level(&app),
            ),
            Some(Object::Vmi(vmi)) => (vmi.phase.to_string(), Level::Ok),
            Some(Object::Vm(vm)) => (vm.status.to_string(), super::views::vm_level(&vm, None)),
            Some(Object::DataVolume(volume)) => {
                (format!("{} {}", volume.phase, volume.progress), Level::Ok)
            }
            Some(Object::Node(node)) => {
                let ready = node.conditions.as_slice().holds("Ready");
                match (ready, node.unschedulable) {
                    (false, _) => ("not ready".into(), Level::Critical),
                    (_, true) => ("cordoned".into(), Level::Warning),
                    _ => ("ready".into(), Level::Ok),
                }
            }
            Some(Object::Job(job)) => (
                format!("{} running, {} failed", job.active, job.failed),
                if job.failed > 0 {
                    Level::Warning
                } else {
                    Level::Ok
                },
            ),
            Some(_) => (String::new(), Level::Ok),
        }
    }

    fn object(&mut self, object: &Object) {
        let meta = object.meta();
        let kind = object.kind().to_owned();
        match object {
            Object::Pod(pod) => self.pod(pod),
            Object::Claim(claim) => self.claim(claim),
            Object::Volume(volume) => self.volume(volume),
            Object::Node(node) => self.node(node),
            Object::Workload(one) => self.workload(one),
            Object::Vm(vm) => self.vm(vm),
            Object::Vmi(vmi) => self.vmi(vmi),
            Object::StorageClass(class) => self.class(class),
            Object::DataVolume(one) => {
                self.field("phase", format!("{} {}", one.phase, one.progress));
                self.field("source", &*one.source);
                self.link(
                    "claim",
                    "PersistentVolumeClaim",
                    &meta.key.namespace,
                    &one.claim,
                );
                self.conditions(&one.conditions);
            }
            Object::Job(job) => self.job(job),
            Object::CronJob(one) => self.cron_job(one),
            Object::Quota(one) => self.quota(one),
            Object::DisruptionBudget(one) => self.budget(one),
            Object::NetworkPolicy(one) => self.policy(one),
            Object::Namespace(one) => {
                self.field("phase", &*one.phase);
                self.conditions(&one.conditions);
            }
            Object::Custom(one) => {
                self.field(
                    "state",
                    one.text("status.phase")
                        .or_else(|| one.text("status.state"))
                        .unwrap_or_default(),
                );
                self.conditions(&one.conditions);
            }
            _ => {}
        }
        self.common(&kind, object);
    }

    fn common(&mut self, kind: &str, object: &Object) {
        let meta = object.meta();
        self.head("Object");
        if let Some(since) = meta.deleting.time() {
            self.field_at(
                "deleting",
                format!(
                    "since {}; held by {}",
                    age(Some(since), self.now),
                    meta.finalizers.join(", ")
                ),
                Level::Warning,
            );
        }
        self.field("age", age(meta.created.time(), self.now));
        self.field("uid", &*meta.uid);
        for owner in &meta.owners {
            self.link("owner", &owner.kind, &meta.key.namespace, &owner.name);
        }
        if let Some(app) = self.inventory.app_above(kind, meta).cloned() {
            self.link(
                "Argo CD",
                "Application",
                app.meta.namespace(),
                app.meta.name(),
            );
            self.sources(&app);
        }
        let labels: Vec<String> = meta
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        self.field("labels", labels.join("  "));
        // Argo CD itself tells those of its applications
        let told = matches!(object, Object::App(app) if app.via == AppVia::Api);
        let events: Vec<std::sync::Arc<Event>> = self
            .inventory
            .events_about(kind, meta)
            .into_iter()
            .filter(|_| !told)
            .cloned()
            .collect();
        if !events.is_empty() {
            self.head(format!("Events · {}", events.len()));
        }
        for event in events.iter().rev().take(50) {
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
            self.field_at(
                &format!("{:>4} {}{times}", age(event.last, self.now), event.reason),
                &*event.message,
                level,
            );
        }
    }

    pub(super) fn conditions(&mut self, conditions: &[Condition]) {
        if conditions.is_empty() {
            return;
        }
        self.head("Conditions");
        for condition in conditions {
            let bad_when_true = condition.kind.ends_with("Pressure")
                || condition.kind.contains("Degraded")
                || condition.kind.contains("Fail")
                || condition.kind.contains("Error")
                || &*condition.kind == "Paused";
            let bad = (condition.status == Truth::True) == bad_when_true
                && condition.status != Truth::Unknown;
            let level = if bad { Level::Warning } else { Level::Ok };
            let text = format!(
                "{:7} {} {}",
                condition.status.as_str(),
                condition.reason,
                condition.message
            );
            self.field_at(&condition.kind, text.trim_end(), level);
        }
    }
}
