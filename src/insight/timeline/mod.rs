//! What changed, and what of it came just before the trouble.

mod family;
mod rollouts;

use serde::Serialize;

use crate::{
    domain::{App, ContainerState, HasMeta, ObjectRef, Phase, Pod, PveState, PveTask, Text, Time},
    inventory::Inventory,
};

/// What kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// A template became another one.
    Rollout,
    /// Argo CD brought a revision.
    Sync,
    /// A warning of the cluster.
    Event,
    /// A condition turned bad.
    Condition,
    /// A container ended.
    Restart,
    /// A task of Proxmox VE.
    Task,
    /// Something that was done from this console.
    Deed,
}

impl ChangeKind {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rollout => "rollout",
            Self::Sync => "sync",
            Self::Event => "event",
            Self::Condition => "condition",
            Self::Restart => "restart",
            Self::Task => "task",
            Self::Deed => "deed",
        }
    }

    /// Whether it is a sign of trouble, not something that somebody changed.
    #[must_use]
    pub const fn is_symptom(self) -> bool {
        matches!(self, Self::Event | Self::Condition | Self::Restart)
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedChange {
    /// When.
    pub at: Time,
    /// What kind.
    pub kind: ChangeKind,
    /// To what.
    pub object: ObjectRef,
    /// What, in words; may hold text of the cluster: clean before drawing.
    pub what: String,
}

/// The change that is nearest before the first symptom.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// The change.
    pub change: TimedChange,
    /// Seconds between it and the first symptom.
    pub before: i64,
    /// From 0 to 1: the nearer, the likelier.
    pub confidence: f64,
    /// The sync that brought it, where one came with it.
    pub brought_by: Option<TimedChange>,
}

impl Suspect {
    /// As `deploy/media/sonarr: image 4 → next, synced 3f2c1ab automatically`; may hold text of the
    /// cluster: clean before drawing.
    #[must_use]
    pub fn words(&self) -> String {
        let by = self
            .brought_by
            .as_ref()
            .map_or_else(String::new, |sync| format!(", {}", sync.what));
        format!("{}: {}{by}", self.change.object.short(), self.change.what)
    }
}

/// A sync brings the rollouts that begin this many seconds after it at the most.
const BRINGS_WITHIN: i64 = 300;

/// Changes of an object and of what is above and below it, or of everything; oldest first. `deeds`
/// are those that the console's own journal tells.
#[must_use]
pub fn timeline(
    inventory: &Inventory,
    subject: Option<&ObjectRef>,
    deeds: &[TimedChange],
) -> Vec<TimedChange> {
    let mut out = Vec::new();
    let family = subject.map(|subject| family::family(inventory, subject));
    let wanted = |object: &ObjectRef| family.as_ref().is_none_or(|family| family.contains(object));
    rollouts::of_deployments(inventory, &wanted, &mut out);
    rollouts::of_revisions(inventory, &wanted, &mut out);
    for app in inventory.apps.iter() {
        let object = ObjectRef {
            kind: "Application".into(),
            key: app.meta.key.clone(),
        };
        if wanted(&object) {
            syncs(app, &object, &mut out);
            operation(app, &object, &mut out);
        }
    }
    for event in inventory.events.iter().filter(|event| event.warning) {
        let object = ObjectRef {
            kind: event.about_kind.clone(),
            key: event.about.clone(),
        };
        if let Some(at) = event.first.or(event.last)
            && wanted(&object)
        {
            let often = if event.count > 1 {
                format!(" ×{}", event.count)
            } else {
                String::new()
            };
            out.push(TimedChange {
                at,
                kind: ChangeKind::Event,
                object,
                what: format!("{}{often}: {}", event.reason, event.message),
            });
        }
    }
    for pod in inventory.pods.iter() {
        let object = ObjectRef {
            kind: "Pod".into(),
            key: pod.meta.key.clone(),
        };
        if wanted(&object) {
            ends(pod, &object, &mut out);
        }
    }
    nodes(inventory, &wanted, &mut out);
    tasks(inventory, subject, &mut out);
    out.extend(deeds.iter().filter(|one| wanted(&one.object)).cloned());
    out.sort_by(|a, b| (a.at, &a.object, &a.what).cmp(&(b.at, &b.object, &b.what)));
    out
}

/// The change before the first warning of a subject's timeline; `None` where nothing changed within
/// a day before it, or there is no warning.
#[must_use]
pub fn suspect(changes: &[TimedChange]) -> Option<Suspect> {
    const DAY: i64 = 86_400;
    let first = changes.iter().find(|one| one.kind.is_symptom())?;
    let change = changes
        .iter()
        .rev()
        .filter(|one| one.at <= first.at)
        .find(|one| !one.kind.is_symptom())?;
    let before = first.at.duration_since(change.at).as_secs();
    let confidence = match before {
        ..600 => 0.9,
        600..3600 => 0.7,
        3600..21_600 => 0.4,
        21_600..DAY => 0.2,
        _ => return None,
    };
    let sync = |one: &&TimedChange| {
        let ahead = change.at.duration_since(one.at).as_secs();
        one.kind == ChangeKind::Sync && (-60..=BRINGS_WITHIN).contains(&ahead)
    };
    let brought_by = (change.kind == ChangeKind::Rollout)
        .then(|| changes.iter().rev().find(sync).cloned())
        .flatten();
    Some(Suspect {
        change: change.clone(),
        before,
        confidence,
        brought_by,
    })
}

fn syncs(app: &App, object: &ObjectRef, out: &mut Vec<TimedChange>) {
    for one in &app.history {
        let Some(at) = one.at else { continue };
        let by = if one.by.is_empty() {
            "automatically".to_owned()
        } else {
            format!("by {}", one.by)
        };
        let short: String = one.revision.chars().take(7).collect();
        out.push(TimedChange {
            at,
            kind: ChangeKind::Sync,
            object: object.clone(),
            what: format!("synced {short} {by}"),
        });
    }
}

/// The operation of an application that did not end well, and its own bad conditions.
fn operation(app: &App, object: &ObjectRef, out: &mut Vec<TimedChange>) {
    if let Some(one) = &app.operation
        && matches!(one.phase, Phase::Failed | Phase::Error)
        && let Some(at) = one.finished.or(one.started)
    {
        let short: String = one.revision.chars().take(7).collect();
        out.push(TimedChange {
            at,
            kind: ChangeKind::Condition,
            object: object.clone(),
            what: format!("sync of {short} failed: {}", one.message),
        });
    }
    for one in app
        .conditions
        .iter()
        .filter(|one| one.kind.ends_with("Error"))
    {
        if let Some(at) = one.since.time() {
            out.push(TimedChange {
                at,
                kind: ChangeKind::Condition,
                object: object.clone(),
                what: format!("{}: {}", one.kind, one.message),
            });
        }
    }
}

fn ends(pod: &Pod, object: &ObjectRef, out: &mut Vec<TimedChange>) {
    for status in pod.all_statuses() {
        let now = match &status.state {
            ContainerState::Terminated(end) => Some(end),
            _ => None,
        };
        for end in now
            .into_iter()
            .chain(&status.last)
            .filter(|end| end.exit_code != 0)
        {
            if let Some(at) = end.finished {
                out.push(TimedChange {
                    at,
                    kind: ChangeKind::Restart,
                    object: object.clone(),
                    what: format!(
                        "container {} ended: {} (exit code {})",
                        status.name, end.reason, end.exit_code
                    ),
                });
            }
        }
    }
}

fn nodes(inventory: &Inventory, wanted: &impl Fn(&ObjectRef) -> bool, out: &mut Vec<TimedChange>) {
    use crate::domain::Truth;
    for node in inventory.nodes.iter() {
        let object = ObjectRef {
            kind: "Node".into(),
            key: node.meta().key.clone(),
        };
        if !wanted(&object) {
            continue;
        }
        for one in &node.conditions {
            let bad = (&*one.kind == "Ready") != (one.status == Truth::True);
            if let Some(at) = one.since.time().filter(|_| bad) {
                out.push(TimedChange {
                    at,
                    kind: ChangeKind::Condition,
                    object: object.clone(),
                    what: format!("{} {}: {}", one.kind, one.status.as_str(), one.message),
                });
            }
        }
    }
}

/// Tasks of Proxmox VE: all of them for everything, a guest's own for a guest.
fn tasks(inventory: &Inventory, subject: Option<&ObjectRef>, out: &mut Vec<TimedChange>) {
    for (host, state) in inventory.proxmox.iter() {
        for task in &state.tasks {
            let object = about(state, host, task);
            let mine = subject.is_none_or(|subject| *subject == object);
            let Some(at) = task.started.filter(|_| mine) else {
                continue;
            };
            out.push(TimedChange {
                at,
                kind: ChangeKind::Task,
                object,
                what: format!("{} by {}: {}", task.kind, task.user, task.status),
            });
        }
    }
}

/// The guest that a task is about, or its node where it is about none.
fn about(state: &PveState, host: &Text, task: &PveTask) -> ObjectRef {
    let guest = state
        .guests
        .iter()
        .find(|guest| *guest.id.to_string() == *task.about);
    match guest {
        Some(guest) => ObjectRef::new(guest.kind.as_str(), host, &task.about),
        None => ObjectRef::new("pve-node", host, &task.node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(second: i64, kind: ChangeKind) -> TimedChange {
        TimedChange {
            at: Time::from_second(second).unwrap(),
            kind,
            object: ObjectRef::new("Pod", "a", "b"),
            what: String::new(),
        }
    }

    #[test]
    fn the_suspect_is_the_change_just_before_the_first_symptom() {
        let changes = [
            change(10, ChangeKind::Sync),
            change(100, ChangeKind::Rollout),
            change(400, ChangeKind::Event),
            change(500, ChangeKind::Rollout),
            change(600, ChangeKind::Restart),
        ];
        let found = suspect(&changes).unwrap();
        assert_eq!((found.change.at.as_second(), found.before), (100, 300));
        assert_eq!(
            found.brought_by.map(|sync| sync.at.as_second()),
            Some(10),
            "the rollout came with the sync"
        );
        assert!(found.confidence > 0.8);
        assert!(suspect(&changes[..2]).is_none());
        assert!(
            suspect(&[
                change(0, ChangeKind::Sync),
                change(200_000, ChangeKind::Event)
            ])
            .is_none()
        );
    }
}
