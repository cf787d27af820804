//! Whether an update says anything that was not known: sources tell again and again that nothing
//! happened, and that must cost neither a frame nor a diagnosis.

use super::{Inventory, SourceState, SourceStatus, Update};
use crate::domain::{Freshness, Kind, NodeDisk, NodeUsage, PveState, VolumeUsage};

/// What an update brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing but a time at which something was heard.
    None,
    /// Other amounts in use.
    Amounts,
    /// Something that a diagnosis may depend on.
    Facts,
}

impl News {
    fn facts_unless(same: bool) -> Self {
        if same { Self::None } else { Self::Facts }
    }

    fn amounts_unless(same: bool) -> Self {
        if same { Self::None } else { Self::Amounts }
    }
}

/// What this update brings to this inventory, which has not taken it in yet.
pub(super) fn news(known: &Inventory, update: &Update) -> News {
    match update {
        Update::Source(id, status) => News::facts_unless(
            known
                .sources
                .get(id)
                .is_some_and(|old| same_status(old, status)),
        ),
        Update::Identity(identity) => News::facts_unless(*known.identity == *identity),
        Update::Freshness(kind, new) => {
            News::facts_unless(same_freshness(known.freshness(*kind), new))
        }
        Update::Changes(changes) => News::facts_unless(changes.is_empty()),
        Update::Listed { .. } | Update::AppsListed { .. } => News::Facts,
        Update::PodRows(_) => News::facts_unless(known.freshness(Kind::Pod).is_complete()),
        Update::NodeUsage(usage) => News::amounts_unless(
            usage.len() == known.node_usage.len() && usage.iter().all(|row| has_node(known, row)),
        ),
        Update::PodUsage(usage) => News::amounts_unless(*known.pod_usage == *usage),
        Update::NodeFill { disk, volumes } => News::amounts_unless(
            has_disk(known, disk) && volumes.iter().all(|row| has_volume(known, row)),
        ),
        Update::Proxmox(name, state) => match known.proxmox.get(name) {
            Some(old) if old == state => News::None,
            Some(old) if same_course(old, state) => News::Amounts,
            _ => News::Facts,
        },
        Update::Probes(probes) => News::facts_unless(*known.probes == *probes),
    }
}

fn same_status(old: &SourceStatus, new: &SourceStatus) -> bool {
    let same_state = match (&old.state, &new.state) {
        (SourceState::Live(_), SourceState::Live(_)) => true,
        (SourceState::Limited { why: old, .. }, SourceState::Limited { why: new, .. }) => {
            old == new
        }
        (old, new) => old == new,
    };
    same_state && old.version == new.version && old.address == new.address
}

fn same_freshness(old: &Freshness, new: &Freshness) -> bool {
    match (old, new) {
        (Freshness::Live(_), Freshness::Live(_)) => true,
        (old, new) => old == new,
    }
}

fn has_node(known: &Inventory, row: &NodeUsage) -> bool {
    known
        .node_usage
        .get(&row.node)
        .is_some_and(|old| (old.cpu, old.memory) == (row.cpu, row.memory))
}

fn has_disk(known: &Inventory, disk: &NodeDisk) -> bool {
    known.node_disks.get(&disk.node) == Some(disk)
}

fn has_volume(known: &Inventory, row: &VolumeUsage) -> bool {
    let amounts = |row: &VolumeUsage| (row.used, row.capacity, row.available, row.inodes);
    known
        .volume_usage
        .get(&row.claim)
        .is_some_and(|old| amounts(old) == amounts(row))
}

/// Whether all hosts and guests run, and all storages are there, as before.
fn same_course(old: &PveState, new: &PveState) -> bool {
    let same_nodes = old.nodes.len() == new.nodes.len()
        && old
            .nodes
            .iter()
            .zip(&new.nodes)
            .all(|(a, b)| (&a.name, &a.status) == (&b.name, &b.status));
    let same_guests = old.guests.len() == new.guests.len()
        && old
            .guests
            .iter()
            .zip(&new.guests)
            .all(|(a, b)| (a.id, &a.status, &a.lock) == (b.id, &b.status, &b.lock));
    let same_storages = old.storages.len() == new.storages.len()
        && old
            .storages
            .iter()
            .zip(&new.storages)
            .all(|(a, b)| (&a.name, a.active) == (&b.name, b.active));
    same_nodes
        && same_guests
        && same_storages
        && old.quorate == new.quorate
        && old.tasks.len() == new.tasks.len()
        && old
            .tasks
            .iter()
            .zip(&new.tasks)
            .all(|(a, b)| (&a.upid, &a.status) == (&b.upid, &b.status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Quantity, Time},
        inventory::SourceId,
    };

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    fn live(second: i64) -> Update {
        let status = SourceStatus {
            state: SourceState::Live(at(second)),
            ..SourceStatus::default()
        };
        Update::Source(SourceId::Kube, status)
    }

    fn usage(cpu: i64, second: i64) -> Update {
        Update::NodeUsage(vec![NodeUsage {
            node: "a".into(),
            cpu: Quantity::from_milli(cpu),
            memory: Quantity::ZERO,
            at: Some(at(second)),
        }])
    }

    #[test]
    fn hearing_of_a_source_again_is_no_change_but_losing_it_is() {
        let mut known = Inventory::new();
        known.apply(live(1));
        let before = (known.version(), known.facts());
        known.apply(live(3));
        assert_eq!((known.version(), known.facts()), before);
        // what is shown once it is lost is when it was last heard of
        assert_eq!(
            known.sources[&SourceId::Kube].state,
            SourceState::Live(at(3))
        );
        let lost = SourceStatus {
            state: SourceState::Stale {
                since: at(3),
                why: "gone".into(),
                retry: None,
            },
            ..SourceStatus::default()
        };
        known.apply(Update::Source(SourceId::Kube, lost));
        assert_ne!(known.facts(), before.1);
    }

    #[test]
    fn other_amounts_are_shown_but_are_no_reason_for_a_diagnosis() {
        let mut known = Inventory::new();
        known.apply(usage(100, 1));
        let (version, facts) = (known.version(), known.facts());
        known.apply(usage(100, 2));
        assert_eq!(known.version(), version);
        known.apply(usage(200, 3));
        assert_eq!((known.version(), known.facts()), (version + 1, facts));
    }
}
