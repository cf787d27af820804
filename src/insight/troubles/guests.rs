//! What is not as it should be on Proxmox VE: guests, storages, nodes and backups.

use super::{Trouble, trouble};
use crate::{
    domain::{Key, Profile, PveState, Text},
    insight::capacity::Level,
    inventory::Inventory,
};

/// All of them.
pub(super) fn all(inventory: &Inventory, profile: &Profile, found: &mut Vec<Trouble>) {
    for (host, state) in inventory.proxmox.iter() {
        stopped(state, host, found);
        silent(state, host, found);
        failed_backups(state, host, found);
        storages(state, host, profile, found);
        nodes(state, host, found);
    }
}

fn place(host: &Text, name: &str) -> Key {
    Key {
        namespace: host.clone(),
        name: Text::from(name),
    }
}

/// Guests that rest though they are to start with their host.
fn stopped(state: &PveState, host: &Text, found: &mut Vec<Trouble>) {
    let resting = state.guests.iter().filter(|guest| {
        !guest.template && &*guest.status == "stopped" && guest.onboot == Some(true)
    });
    for guest in resting {
        let change = guest.last_change.as_ref();
        let who = change
            .filter(|change| !change.user.is_empty())
            .map(|change| format!("; last {} by {}", change.words(), change.user));
        found.push(Trouble {
            why: format!(
                "it is set to start with its host{}",
                who.unwrap_or_default()
            ),
            since: change.and_then(|change| change.at),
            ..trouble(
                Level::Critical,
                guest.kind.as_str(),
                &place(host, &guest.id.to_string()),
                format!("{} {}", guest.name, guest.status),
            )
        });
    }
}

/// Storages that are full, or that a host which is up does not reach.
#[allow(clippy::cast_precision_loss)] // a share, for thresholds
fn storages(state: &PveState, host: &Text, profile: &Profile, found: &mut Vec<Trouble>) {
    let bounds = &profile.thresholds;
    for storage in &state.storages {
        let up = state
            .nodes
            .iter()
            .any(|node| node.name == storage.node && &*node.status == "online");
        if storage.active == Some(false) && up {
            found.push(Trouble {
                why: format!(
                    "{} does not reach it, or does not report: pvesm status there",
                    storage.node
                ),
                ..trouble(
                    Level::Critical,
                    "storage",
                    &place(host, &storage.name),
                    "not reached",
                )
            });
        }
        let share = storage
            .used
            .zip(storage.total)
            .filter(|(_, total)| *total > 0)
            .map(|(used, total)| used as f64 / total as f64);
        let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
        if level > Level::Ok {
            let what = format!("{:.0} % full", share.unwrap_or_default() * 100.0);
            found.push(trouble(level, "storage", &place(host, &storage.name), what));
        }
    }
}

/// Hosts that are off, and a cluster that may change nothing.
fn nodes(state: &PveState, host: &Text, found: &mut Vec<Trouble>) {
    for node in state.nodes.iter().filter(|node| &*node.status == "offline") {
        found.push(trouble(
            Level::Critical,
            "pve-node",
            &place(host, &node.name),
            "offline",
        ));
    }
    if state.quorate == Some(false) {
        found.push(Trouble {
            why: "nothing can be changed or started until most hosts see each other: pvecm status"
                .into(),
            ..trouble(
                Level::Critical,
                "pve-node",
                &place(host, &state.cluster),
                "the cluster has no quorum",
            )
        });
    }
}

/// A node whose guests are all unknown while its API answers: the daemon that reports hangs, as on a
/// dead share. The guests themselves may well run.
fn silent(state: &PveState, host: &Text, found: &mut Vec<Trouble>) {
    for node in state.nodes.iter().filter(|node| &*node.status != "offline") {
        let mut own = state
            .guests
            .iter()
            .filter(|guest| guest.node == node.name)
            .peekable();
        if own.peek().is_none() || !own.all(|guest| &*guest.status == "unknown") {
            continue;
        }
        let place = place(host, &node.name);
        found.push(Trouble {
            why: "its API answers, so pvestatd hangs: look for a storage that does not answer"
                .into(),
            ..trouble(
                Level::Critical,
                "pve-node",
                &place,
                "reports nothing of its guests",
            )
        });
    }
}

/// The newest backup task of a node, where it failed.
fn failed_backups(state: &PveState, host: &Text, found: &mut Vec<Trouble>) {
    for node in &state.nodes {
        let newest = state
            .tasks
            .iter()
            .find(|task| task.node == node.name && &*task.kind == "vzdump" && task.ended.is_some());
        let Some(task) = newest.filter(|task| task.failed()) else {
            continue;
        };
        let place = place(host, &node.name);
        found.push(Trouble {
            why: format!("vzdump ended with: {}", task.status),
            since: task.ended,
            ..trouble(Level::Warning, "pve-node", &place, "the last backup failed")
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{Guest, GuestChange, PveNode, PveStorage},
        inventory::Update,
    };

    fn told(state: PveState) -> Vec<String> {
        let mut inventory = Inventory::new();
        inventory.apply(Update::Proxmox("prox".into(), Arc::new(state)));
        let mut found = Vec::new();
        all(&inventory, &Profile::default(), &mut found);
        found
            .into_iter()
            .map(|one| format!("{}: {}", one.what, one.why))
            .collect()
    }

    fn node(status: &str) -> PveNode {
        PveNode {
            name: "a".into(),
            status: status.into(),
            ..PveNode::default()
        }
    }

    #[test]
    fn a_guest_that_should_run_tells_who_stopped_it() {
        let guest = Guest {
            name: "web".into(),
            node: "a".into(),
            status: "stopped".into(),
            onboot: Some(true),
            last_change: Some(GuestChange {
                task: "vzshutdown".into(),
                at: None,
                user: "root@pam".into(),
            }),
            ..Guest::default()
        };
        let state = PveState {
            guests: vec![guest],
            nodes: vec![node("online")],
            ..PveState::default()
        };
        assert_eq!(
            told(state),
            ["web stopped: it is set to start with its host; last shut down by root@pam"]
        );
    }

    #[test]
    fn a_storage_is_missed_only_where_its_host_is_up() {
        let storage = PveStorage {
            name: "nfs".into(),
            node: "a".into(),
            active: Some(false),
            ..PveStorage::default()
        };
        for (status, count) in [("online", 1), ("offline", 0)] {
            let state = PveState {
                nodes: vec![node(status)],
                storages: vec![storage.clone()],
                ..PveState::default()
            };
            let missed = told(state)
                .iter()
                .filter(|text| text.starts_with("not reached: a does not reach it"))
                .count();
            assert_eq!(missed, count, "{status}");
        }
    }

    #[test]
    fn a_lost_quorum_is_said_and_a_single_host_has_none_to_lose() {
        for (quorate, count) in [(Some(false), 1), (Some(true), 0), (None, 0)] {
            let state = PveState {
                cluster: "lab".into(),
                quorate,
                ..PveState::default()
            };
            assert_eq!(told(state).len(), count, "{quorate:?}");
        }
    }
}
