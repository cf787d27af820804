//! Claims, volumes, classes.

use super::{Cell, Column, Level, Row, Source, age_cell, row};
use crate::{
    domain::{Claim, Quantity, short_modes},
    inventory::Inventory,
    tui::text::bytes,
};

pub(super) const CLAIMS: [Column; 9] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("STATUS", 8),
    Column::new("CLASS", 12),
    Column::new("SIZE", 7).right(),
    Column::new("MODE", 5),
    Column::new("FULL", 5).right(),
    Column::new("USED BY", 22).from(110),
    Column::new("AGE", 4).right(),
];

fn size(quantity: Quantity) -> Cell {
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

pub(super) fn claims(source: &Source<'_>) -> Vec<Row> {
    let inventory = source.inventory;
    let bounds = &source.profile.thresholds;
    inventory
        .claims
        .iter()
        .map(|claim| {
            let level = claim_level(inventory, claim);
            let share = inventory
                .volume_usage
                .get(&claim.meta.key)
                .and_then(crate::domain::VolumeUsage::share);
            let fill = Level::of(share, bounds.storage_warning, bounds.storage_critical);
            let status = if claim.meta.deleting.is_some() {
                "Terminating"
            } else {
                &claim.phase
            };
            let users: Vec<&str> = inventory
                .pods_of_claim(&claim.meta.key)
                .map(|pod| &**pod.meta.name())
                .collect();
            let cells = vec![
                Cell::text(&**claim.meta.namespace()),
                Cell::text(&**claim.meta.name()),
                Cell::text(status).level(level),
                Cell::text(claim.class_name().map_or("(default)", |class| class)),
                size(if claim.capacity.is_zero() {
                    claim.requested
                } else {
                    claim.capacity
                }),
                Cell::text(claim.short_modes()),
                share
                    .map_or_else(
                        || Cell::number("-", -1.0),
                        |share| Cell::number(format!("{:.0} %", share * 100.0), share),
                    )
                    .level(fill),
                Cell::text(if users.is_empty() {
                    "-".into()
                } else {
                    users.join(", ")
                }),
                age_cell(&claim.meta, source.now),
            ];
            row("PersistentVolumeClaim", &**claim, level.max(fill), cells)
        })
        .collect()
}

pub(super) const VOLUMES: [Column; 8] = [
    Column::new("NAME", 18).stretch(),
    Column::new("STATUS", 9),
    Column::new("CLASS", 12),
    Column::new("SIZE", 7).right(),
    Column::new("MODE", 5),
    Column::new("RECLAIM", 7),
    Column::new("CLAIM", 26).from(100),
    Column::new("AGE", 4).right(),
];

pub(super) fn volumes(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .volumes
        .iter()
        .map(|volume| {
            let level = match &*volume.phase {
                "Bound" | "Available" => Level::Ok,
                "Failed" => Level::Critical,
                _ => Level::Warning,
            };
            let cells = vec![
                Cell::text(&**volume.meta.name()),
                Cell::text(&*volume.phase).level(level),
                Cell::text(&*volume.class),
                size(volume.capacity),
                Cell::text(short_modes(&volume.modes)),
                Cell::text(&*volume.reclaim),
                Cell::text(
                    volume
                        .claim
                        .as_ref()
                        .map_or_else(|| "-".into(), |(key, _)| key.to_string()),
                ),
                age_cell(&volume.meta, source.now),
            ];
            row("PersistentVolume", &**volume, level, cells)
        })
        .collect()
}

pub(super) const CLASSES: [Column; 7] = [
    Column::new("NAME", 16).stretch(),
    Column::new("DEFAULT", 7),
    Column::new("PROVISIONER", 24),
    Column::new("BINDING", 20).from(100),
    Column::new("RECLAIM", 7),
    Column::new("EXPANDS", 7),
    Column::new("CLAIMS", 6).right(),
];

pub(super) fn classes(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .classes
        .iter()
        .map(|class| {
            let used = source
                .inventory
                .indexes
                .claims_by_class
                .get(&**class.meta.name())
                .len();
            let cells = vec![
                Cell::text(&**class.meta.name()),
                Cell::text(if class.is_default() { "yes" } else { "" }),
                Cell::text(&*class.provisioner),
                Cell::text(&*class.binding),
                Cell::text(&*class.reclaim),
                Cell::text(if class.expandable { "yes" } else { "no" }),
                Cell::count(i64::try_from(used).unwrap_or(i64::MAX)),
            ];
            row("StorageClass", &**class, Level::Ok, cells)
        })
        .collect()
}
