//! What changed, and what of it came just before the trouble.

mod rollouts;

use serde::Serialize;

use crate::{
    domain::{App, ContainerState, HasMeta, Object, ObjectRef, Pod, Time},
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
}

/// Changes of an object and of what is above and below it, or of everything; oldest first.
#[must_use]
pub fn timeline(inventory: &Inventory, subject: Option<&ObjectRef>) -> Vec<TimedChange> {
    let mut out = Vec::new();
    let family = subject.map(|subject| family(inventory, subject));
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
    out.sort_by(|a, b| (a.at, &a.object, &a.what).cmp(&(b.at, &b.object, &b.what)));
    out
}

/// The change before the first warning of a subject's timeline; `None` where nothing changed within
/// a day before it, or there is no warning.
#[must_use]
pub fn suspect(changes: &[TimedChange]) -> Option<Suspect> {
    const DAY: i64 = 86_400;
    let first = changes.iter().find(|one| {
        matches!(
            one.kind,
            ChangeKind::Event | ChangeKind::Condition | ChangeKind::Restart
        )
    })?;
    let change = changes
        .iter()
        .rev()
        .filter(|one| one.at <= first.at)
        .find(|one| matches!(one.kind, ChangeKind::Rollout | ChangeKind::Sync))?;
    let before = first.at.duration_since(change.at).as_secs();
    let confidence = match before {
        ..600 => 0.9,
        600..3600 => 0.7,
        3600..21_600 => 0.4,
        21_600..DAY => 0.2,
        _ => return None,
    };
    Some(Suspect {
        change: change.clone(),
        before,
        confidence,
    })
}

/// The object, its controllers, its pods, its claims and the application above it.
fn family(inventory: &Inventory, subject: &ObjectRef) -> Vec<ObjectRef> {
    let mut out = vec![subject.clone()];
    let Some(object) = inventory.object(subject) else {
        return out;
    };
    let meta = object.meta();
    let mut owner = meta.controller().cloned();
    for _ in 0..4 {
        let Some(up) = owner else { break };
        let above = ObjectRef::new(&up.kind, meta.namespace(), &up.name);
        owner = inventory
            .object(&above)
            .and_then(|object| object.meta().controller().cloned());
        out.push(above);
    }
    if let Some(app) = inventory.app_above(&subject.kind, meta) {
        out.push(ObjectRef {
            kind: "Application".into(),
            key: app.meta.key.clone(),
        });
    }
    match &object {
        Object::Workload(one) => {
            let pods = inventory
                .pods
                .in_namespace(meta.namespace())
                .filter(|pod| one.selector.matches(&pod.meta.labels));
            out.extend(pods.map(|pod| ObjectRef {
                kind: "Pod".into(),
                key: pod.meta.key.clone(),
            }));
        }
        Object::Pod(pod) => {
            let claims = pod
                .spec
                .claims()
                .map(|name| ObjectRef::new("PersistentVolumeClaim", meta.namespace(), name));
            out.extend(claims);
            out.extend(
                pod.node
                    .as_ref()
                    .map(|node| ObjectRef::new("Node", "", node)),
            );
        }
        Object::App(app) => {
            out.extend(
                app.resources
                    .iter()
                    .map(|one| ObjectRef::new(&one.kind, &one.namespace, &one.name)),
            );
        }
        _ => {}
    }
    out
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
            if let Some(at) = one.since.filter(|_| bad) {
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
            let mine = subject.is_none_or(|subject| {
                matches!(&*subject.kind, "lxc" | "qemu") && subject.key.name == task.about
            });
            let Some(at) = task.started.filter(|_| mine) else {
                continue;
            };
            out.push(TimedChange {
                at,
                kind: ChangeKind::Task,
                object: ObjectRef {
                    kind: "lxc".into(),
                    key: crate::domain::Key {
                        namespace: host.clone(),
                        name: task.about.clone(),
                    },
                },
                what: format!("{} by {}: {}", task.kind, task.user, task.status),
            });
        }
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
