//! Claims, volumes, classes.

use super::{Cell, Field, Level, Sheet, Source, age, labels, name, namespace};
use crate::{
    domain::{Claim, Quantity, StorageClass, Volume, VolumeUsage, short_modes},
    inventory::Inventory,
    tui::{rows::Asked, text::bytes},
};

fn size<'a>(quantity: Quantity) -> Cell<'a> {
    let value = quantity.value();
    Cell::number(bytes(value.unsigned_abs()), quantity.as_f64())
}

/// How a claim is doing, as one level.
pub(in crate::tui) fn claim_level(inventory: &Inventory, claim: &Claim) -> Level {
    match &*claim.phase {
        "Bound" if claim.meta.deleting.is_none() => Level::Ok,
        "Pending" => {
            let class = claim
                .class_name()
                .and_then(|name| inventory.classes.find("", name));
            let waits = class.is_some_and(|class| class.waits_for_consumer());
            if waits
                && inventory
                    .indexes
                    .pods_by_claim
                    .get(&claim.meta.key)
                    .is_empty()
            {
                Level::Ok
            } else {
                Level::Critical
            }
        }
        "Lost" => Level::Critical,
        _ => Level::Warning,
    }
}

/// How full a claim's volume is, and how bad that is.
fn fill(source: &Source<'_>, claim: &Claim) -> (Option<f64>, Level) {
    let bounds = &source.profile.thresholds;
    let usage = source.inventory.volume_usage.get(&claim.meta.key);
    let share = usage.and_then(VolumeUsage::share);
    let level = Level::of(share, bounds.storage_warning, bounds.storage_critical);
    (share, level)
}

/// A share of what there is, with its level.
pub(super) fn full<'a>((share, level): (Option<f64>, Level)) -> Cell<'a> {
    share
        .map_or_else(Cell::no_number, |share| {
            Cell::number(format!("{:.0} %", share * 100.0), share)
        })
        .level(level)
}

pub(super) static CLAIMS: Sheet<Claim> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<Claim>::new("STATUS", |source, claim| {
            Cell::text(if claim.meta.deleting.is_some() {
                "Terminating"
            } else {
                &claim.phase
            })
            .level(claim_level(source.inventory, claim))
        })
        .between(7, 12),
        Field::<Claim>::new("CLASS", |_, claim| {
            Cell::text(claim.class_name().map_or("(default)", |class| class))
        })
        .between(10, 32)
        .rank(1),
        Field::<Claim>::number("SIZE", |_, claim| {
            size(if claim.capacity.is_zero() {
                claim.requested
            } else {
                claim.capacity
            })
        }),
        Field::<Claim>::number("FULL", |source, claim| full(fill(source, claim))),
        Field::<Claim>::new("MODE", |_, claim| Cell::text(claim.short_modes()))
            .between(4, 11)
            .rank(2),
        age(),
        Field::<Claim>::new("USED BY", |source, claim| {
            let users: Vec<&str> = source
                .inventory
                .pods_of_claim(&claim.meta.key)
                .map(|pod| &**pod.meta.name())
                .collect();
            Cell::text(if users.is_empty() {
                "-".into()
            } else {
                users.join(", ")
            })
        })
        .middle()
        .between(16, 70)
        .rank(3),
        Field::<Claim>::new("VOLUME", |_, claim| Cell::text(&*claim.volume))
            .middle()
            .between(20, 48)
            .rank(6),
        labels(),
    ],
    each: |source, _, row| source.inventory.claims.iter().for_each(row),
    level: |source, claim| claim_level(source.inventory, claim).max(fill(source, claim).1),
    alone: false,
    worst_first: true,
    asked: Asked::of_object(|claim| super::about("PersistentVolumeClaim", claim)),
};

pub(super) static VOLUMES: Sheet<Volume> = Sheet {
    fields: &[
        Field::<Volume>::new("NAME", |_, volume| Cell::text(&**volume.meta.name()))
            .middle()
            .between(14, 60),
        Field::<Volume>::new("STATUS", |_, volume| {
            Cell::text(&*volume.phase).level(volume_level(volume))
        })
        .between(8, 10),
        Field::<Volume>::new("CLAIM", |_, volume| {
            Cell::text(
                volume
                    .claim
                    .as_ref()
                    .map_or_else(|| "-".into(), |(key, _)| key.to_string()),
            )
        })
        .middle()
        .between(14, 60),
        Field::<Volume>::number("SIZE", |_, volume| size(volume.capacity)),
        Field::<Volume>::new("CLASS", |_, volume| Cell::text(&*volume.class))
            .between(10, 32)
            .rank(1),
        Field::<Volume>::new("RECLAIM", |_, volume| Cell::text(&*volume.reclaim))
            .between(7, 8)
            .rank(2),
        Field::<Volume>::new("MODE", |_, volume| Cell::text(short_modes(&volume.modes)))
            .between(4, 11)
            .rank(3),
        age(),
        Field::<Volume>::new("REASON", |_, volume| Cell::text(&*volume.message))
            .between(20, 100)
            .rank(6),
        labels(),
    ],
    each: |source, _, row| source.inventory.volumes.iter().for_each(row),
    level: |_, volume| volume_level(volume),
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|volume| super::about("PersistentVolume", volume)),
};

fn volume_level(volume: &Volume) -> Level {
    match &*volume.phase {
        "Bound" | "Available" => Level::Ok,
        "Failed" => Level::Critical,
        _ => Level::Warning,
    }
}

pub(super) static CLASSES: Sheet<StorageClass> = Sheet {
    fields: &[
        name(),
        Field::<StorageClass>::new("DEFAULT", |_, class| {
            Cell::text(if class.is_default() { "yes" } else { "" })
        })
        .between(7, 7),
        Field::<StorageClass>::new("PROVISIONER", |_, class| Cell::text(&*class.provisioner))
            .middle()
            .between(16, 44),
        Field::<StorageClass>::number("CLAIMS", |source, class| {
            let by_class = &source.inventory.indexes.claims_by_class;
            let used = by_class.get(&**class.meta.name()).len();
            Cell::count(i64::try_from(used).unwrap_or(i64::MAX))
        }),
        Field::<StorageClass>::new("RECLAIM", |_, class| Cell::text(&*class.reclaim))
            .between(7, 8)
            .rank(1),
        Field::<StorageClass>::new("EXPANDS", |_, class| {
            Cell::text(if class.expandable { "yes" } else { "no" })
        })
        .between(7, 7)
        .rank(2),
        Field::<StorageClass>::new("BINDING", |_, class| Cell::text(&*class.binding))
            .between(9, 20)
            .rank(3),
        age().rank(4),
        Field::<StorageClass>::new("PARAMETERS", |_, class| {
            Cell::text(super::pairs(&class.parameters))
        })
        .between(24, 160)
        .rank(6),
    ],
    each: |source, _, row| source.inventory.classes.iter().for_each(row),
    level: |_, _| Level::Ok,
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|class| super::about("StorageClass", class)),
};
