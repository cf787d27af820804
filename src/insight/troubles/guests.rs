//! What is not as it should be on Proxmox VE: guests, storages, nodes and backups.

use super::{Trouble, trouble};
use crate::{
    domain::{Key, Profile, PveState, Text},
    insight::capacity::Level,
    inventory::Inventory,
};

/// All of them.
#[allow(clippy::cast_precision_loss)] // a share, for thresholds
pub(super) fn all(inventory: &Inventory, profile: &Profile, found: &mut Vec<Trouble>) {
    let bounds = &profile.thresholds;
    for (host, state) in inventory.proxmox.iter() {
        let place = |name: &str| Key {
            namespace: host.clone(),
            name: Text::from(name),
        };
        for guest in state.guests.iter().filter(|guest| {
            !guest.template && &*guest.status == "stopped" && guest.onboot == Some(true)
        }) {
            let since = guest.last_change.as_ref().and_then(|change| change.at);
            let what = format!("{} {}", guest.name, guest.status);
            let why = "it is set to start with its host".into();
            found.push(Trouble {
                why,
                since,
                ..trouble(
                    Level::Critical,
                    guest.kind.as_str(),
                    &place(&guest.id.to_string()),
                    what,
                )
            });
        }
        silent(state, host, found);
        failed_backups(state, host, found);
        for storage in &state.storages {
            let share = storage
                .used
                .zip(storage.total)
                .filter(|(_, total)| *total > 0)
                .map(|(used, total)| used as f64 / total as f64);
            let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
            if level > Level::Ok {
                let what = format!("{:.0} % full", share.unwrap_or_default() * 100.0);
                found.push(trouble(level, "storage", &place(&storage.name), what));
            }
        }
        for node in state.nodes.iter().filter(|node| &*node.status == "offline") {
            found.push(trouble(
                Level::Critical,
                "pve-node",
                &place(&node.name),
                "offline",
            ));
        }
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
        let place = Key {
            namespace: host.clone(),
            name: node.name.clone(),
        };
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
        let place = Key {
            namespace: host.clone(),
            name: node.name.clone(),
        };
        found.push(Trouble {
            why: format!("vzdump ended with: {}", task.status),
            since: task.ended,
            ..trouble(Level::Warning, "pve-node", &place, "the last backup failed")
        });
    }
}
