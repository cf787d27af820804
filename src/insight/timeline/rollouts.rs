//! Templates that became other templates: what exactly is different.

use std::collections::BTreeMap;

use super::{ChangeKind, TimedChange};
use crate::{
    domain::{Key, ObjectRef, PodSpec, Text},
    inventory::Inventory,
};

/// From the ReplicaSets of each Deployment, in order of their revisions.
pub(super) fn of_deployments(
    inventory: &Inventory,
    wanted: &impl Fn(&ObjectRef) -> bool,
    out: &mut Vec<TimedChange>,
) {
    let mut by_owner: BTreeMap<Key, Vec<_>> = BTreeMap::new();
    for set in inventory.replica_sets.iter() {
        if let Some(owner) = set.meta.controller() {
            let key = Key {
                namespace: set.meta.key.namespace.clone(),
                name: owner.name.clone(),
            };
            by_owner.entry(key).or_default().push(set);
        }
    }
    for (key, mut sets) in by_owner {
        let object = ObjectRef {
            kind: "Deployment".into(),
            key,
        };
        if !wanted(&object) {
            continue;
        }
        sets.sort_by_key(|set| {
            (
                set.revision.parse::<u64>().unwrap_or(0),
                set.meta.created.time(),
            )
        });
        for pair in sets.windows(2) {
            let [before, after] = pair else { continue };
            if let Some(at) = after.meta.created.time() {
                out.push(TimedChange {
                    at,
                    kind: ChangeKind::Rollout,
                    object: object.clone(),
                    what: difference(&before.template, &after.template),
                });
            }
        }
    }
}

/// From the ControllerRevisions of StatefulSets and DaemonSets.
pub(super) fn of_revisions(
    inventory: &Inventory,
    wanted: &impl Fn(&ObjectRef) -> bool,
    out: &mut Vec<TimedChange>,
) {
    let mut by_owner: BTreeMap<(Text, Key), Vec<_>> = BTreeMap::new();
    for revision in inventory.revisions.iter() {
        if let Some(owner) = revision.meta.controller() {
            let key = Key {
                namespace: revision.meta.key.namespace.clone(),
                name: owner.name.clone(),
            };
            by_owner
                .entry((owner.kind.clone(), key))
                .or_default()
                .push(revision);
        }
    }
    for ((kind, key), mut revisions) in by_owner {
        let object = ObjectRef { kind, key };
        if !wanted(&object) {
            continue;
        }
        revisions.sort_by_key(|one| one.revision);
        for pair in revisions.windows(2) {
            let [before, after] = pair else { continue };
            if let (Some(at), Some(old), Some(new)) =
                (after.meta.created.time(), &before.template, &after.template)
            {
                out.push(TimedChange {
                    at,
                    kind: ChangeKind::Rollout,
                    object: object.clone(),
                    what: difference(old, new),
                });
            }
        }
    }
}

/// What is different between two templates, field by field. Values of variables are never shown.
fn difference(before: &PodSpec, after: &PodSpec) -> String {
    let mut words = Vec::new();
    for new in after.all_containers() {
        let Some(old) = before.container(&new.name) else {
            words.push(format!("container {} added", new.name));
            continue;
        };
        let name = &new.name;
        if old.image != new.image {
            words.push(format!("{name}: image {} → {}", old.image, new.image));
        }
        if old.command != new.command || old.args != new.args {
            words.push(format!("{name}: command or arguments"));
        }
        let changed: Vec<&str> = new
            .env
            .iter()
            .filter(|one| !old.env.contains(one))
            .map(|one| &*one.name)
            .chain(
                old.env
                    .iter()
                    .filter(|one| !new.env.iter().any(|other| other.name == one.name))
                    .map(|one| &*one.name),
            )
            .collect();
        if !changed.is_empty() {
            words.push(format!("{name}: variables {}", changed.join(", ")));
        }
        if old.requests != new.requests || old.limits != new.limits {
            words.push(format!("{name}: requests or limits"));
        }
        if (&old.liveness, &old.readiness, &old.startup)
            != (&new.liveness, &new.readiness, &new.startup)
        {
            words.push(format!("{name}: probes"));
        }
        if old.mounts != new.mounts {
            words.push(format!("{name}: mounts"));
        }
        if old.security != new.security {
            words.push(format!("{name}: security context"));
        }
    }
    for old in before
        .all_containers()
        .filter(|old| after.container(&old.name).is_none())
    {
        words.push(format!("container {} removed", old.name));
    }
    if before.node_selector != after.node_selector || before.affinity != after.affinity {
        words.push("node selector or affinity".into());
    }
    if before.volumes != after.volumes {
        words.push("volumes".into());
    }
    if before.security != after.security {
        words.push("security context of the pod".into());
    }
    if before.service_account != after.service_account {
        words.push(format!(
            "service account {} → {}",
            before.service_account, after.service_account
        ));
    }
    if words.is_empty() {
        "restarted, or a label or annotation".into()
    } else {
        words.join("; ")
    }
}
