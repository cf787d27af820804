//! What is lost with a claim or a volume, and what keeps it.

use super::{Around, ago, backup, bytes, counted, names};
use crate::{
    domain::{Claim, Custom, Kind, Quantity, Time, Volume, WorkloadKind},
    redbutton::{Plan, Tier, Verb, Weight},
};

/// Adds what becomes of a claim that goes.
pub(super) fn of_claim(plan: &mut Plan, around: &Around<'_>, claim: &Claim) {
    users(plan, around, claim);
    makers(plan, around, claim);
    let volume = around.inventory.volumes.find("", &claim.volume);
    let reclaim = volume.map_or("", |volume| &volume.reclaim);
    if claim.volume.is_empty() {
        return plan.fact(Weight::Plain, "it has no volume: no data is lost");
    }
    let size = bytes(claim.capacity);
    let used = used(plan, around, claim);
    match reclaim {
        "Retain" => plan.fact(
            Weight::Plain,
            format!(
                "{size}{used} on {} stay (reclaim policy Retain); the claim goes, and a new one does not find them by itself",
                claim.volume
            ),
        ),
        "" => plan.fact(
            Weight::Unknown,
            format!("the reclaim policy of {} could not be found out", claim.volume),
        ),
        _ => {
            plan.at_least(Tier::Catastrophe);
            plan.fact(
                Weight::Loss,
                format!("{size}{used} on {} are deleted (reclaim policy {reclaim})", claim.volume),
            );
        }
    }
    snapshots(plan, around, claim);
    if reclaim != "Retain" {
        backup(plan, around, claim);
    }
}

/// Pods that have it mounted, and ended ones, which hold it all the same.
fn users(plan: &mut Plan, around: &Around<'_>, claim: &Claim) {
    around.needs(plan, Kind::Pod, "pods");
    let (ended, live): (Vec<_>, Vec<_>) = around
        .inventory
        .pods_of_claim(&claim.meta.key)
        .partition(|pod| pod.is_finished());
    let named = |pods: &[&std::sync::Arc<crate::domain::Pod>]| {
        let all: Vec<String> = pods
            .iter()
            .map(|pod| format!("{} ({})", pod.meta.key.name, pod.status_word()))
            .collect();
        names(&all)
    };
    if !live.is_empty() {
        plan.fact(
            Weight::Caution,
            format!("in use by {}: {}", counted(live.len(), "pod"), named(&live)),
        );
    }
    if !ended.is_empty() {
        plan.fact(
            Weight::Caution,
            format!("held by ended pods too: {}", named(&ended)),
        );
    }
    if live.is_empty() && ended.is_empty() {
        plan.fact(Weight::Plain, "no pod uses it");
    } else if plan.verb == Verb::DeleteClaim {
        plan.fact(
            Weight::Plain,
            "it stays Terminating until the last of them is gone, and no new pod can use it",
        );
    }
}

/// Whoever makes an empty one again.
fn makers(plan: &mut Plan, around: &Around<'_>, claim: &Claim) {
    if let Some(owner) = claim.meta.owners.first() {
        plan.fact(
            Weight::Caution,
            format!(
                "{} {} owns it and may make an empty one again",
                owner.kind, owner.name
            ),
        );
    }
    let sets = around.inventory.workloads(WorkloadKind::StatefulSet);
    let name = &*claim.meta.key.name;
    let set = sets.in_namespace(claim.meta.namespace()).find(|set| {
        set.claim_templates.iter().any(|(template, _)| {
            name.strip_prefix(&format!("{template}-{}-", set.meta.key.name))
                .is_some_and(|rest| rest.parse::<u32>().is_ok())
        })
    });
    if let Some(set) = set {
        plan.fact(
            Weight::Caution,
            format!(
                "StatefulSet {} makes an empty one when its pod starts again",
                set.meta.key.name
            ),
        );
    }
}

/// How much of it is used, to be read after its size.
fn used(plan: &mut Plan, around: &Around<'_>, claim: &Claim) -> String {
    match around.inventory.volume_usage.get(&claim.meta.key) {
        Some(usage) => {
            let used = i64::try_from(usage.used).unwrap_or(i64::MAX);
            format!(" ({} used)", bytes(Quantity::whole(used)))
        }
        None => {
            plan.fact(
                Weight::Unknown,
                "how much of it is used: no running pod reports it",
            );
            String::new()
        }
    }
}

/// Snapshots of it that are ready.
fn snapshots(plan: &mut Plan, around: &Around<'_>, claim: &Claim) {
    if !around.needs(plan, Kind::VolumeSnapshot, "volume snapshots") {
        return;
    }
    let taken: Vec<&std::sync::Arc<Custom>> = around
        .inventory
        .custom(Kind::VolumeSnapshot.as_str())
        .into_iter()
        .flat_map(|table| table.in_namespace(claim.meta.namespace()))
        .filter(|one| {
            one.text("spec.source.persistentVolumeClaimName") == Some(&claim.meta.key.name)
                && one
                    .at("status.readyToUse")
                    .and_then(serde_json::Value::as_bool)
                    == Some(true)
        })
        .collect();
    let newest = taken
        .iter()
        .filter_map(|one| {
            let at = one.text("status.creationTime")?.parse::<Time>().ok()?;
            Some((at, &one.meta.key.name))
        })
        .max();
    plan.fact(
        Weight::Plain,
        match newest {
            Some((at, name)) => format!(
                "{} of it, the newest {name} {}",
                counted(taken.len(), "snapshot"),
                ago(at, around.now)
            ),
            None => "no snapshot of it is there".into(),
        },
    );
    plan.fact(
        Weight::Unknown,
        "snapshots that the storage itself keeps: it is not asked",
    );
}

/// Adds what becomes of a claim that grows.
pub(super) fn of_growth(plan: &mut Plan, around: &Around<'_>, claim: &Claim) {
    let wanted = match plan.verb {
        Verb::Expand(gib) => bytes(Quantity::whole(i64::from(gib) << 30)),
        _ => return,
    };
    plan.fact(
        Weight::Caution,
        format!(
            "{} become {wanted}; a claim never shrinks again",
            bytes(claim.capacity)
        ),
    );
    let class = claim
        .class_name()
        .and_then(|name| around.inventory.classes.find("", name));
    match class.map(|class| class.expandable) {
        Some(true) => plan.fact(
            Weight::Unknown,
            "whether the storage has the room: it is asked when it grows",
        ),
        Some(false) => plan.fact(Weight::Loss, "its storage class does not let claims grow"),
        None => plan.fact(
            Weight::Unknown,
            "whether its storage class lets claims grow",
        ),
    }
    if around
        .inventory
        .pods_of_claim(&claim.meta.key)
        .next()
        .is_none()
    {
        plan.fact(
            Weight::Plain,
            "no pod uses it: its file system grows when one does",
        );
    }
}

/// Adds what becomes of a volume that goes.
pub(super) fn of_volume(plan: &mut Plan, around: &Around<'_>, volume: &Volume) {
    let media = &around.profile.media;
    let library = volume.backend.nfs().is_some_and(|(server, path)| {
        !media.server.is_empty() && server == media.server && path.starts_with(media.path.as_str())
    });
    if library {
        plan.fact(
            Weight::Loss,
            "this is the media library: its volume object is needed to mount it",
        );
    }
    let size = bytes(volume.capacity);
    if &*volume.reclaim == "Retain" {
        plan.fact(
            Weight::Plain,
            format!("{size} in the storage stay (reclaim policy Retain); only the object goes"),
        );
    } else {
        plan.fact(
            Weight::Loss,
            format!(
                "{size} in the storage go with it (reclaim policy {})",
                volume.reclaim
            ),
        );
    }
    let Some((key, _)) = &volume.claim else {
        return plan.fact(Weight::Plain, "no claim is bound to it");
    };
    let bound = around.inventory.claims.get(key);
    match bound {
        Some(claim) => {
            plan.fact(
                Weight::Caution,
                format!("claim {key} is bound to it: it stays Terminating until that is gone"),
            );
            users(plan, around, claim);
            if &*volume.reclaim != "Retain" {
                backup(plan, around, claim);
            }
        }
        None => {
            plan.fact(Weight::Plain, format!("its claim {key} is gone"));
            if &*volume.reclaim != "Retain" {
                // what was backed up with a claim that is gone cannot be told any more
                plan.lacks_backup = true;
                plan.fact(
                    Weight::Loss,
                    "no backup can be told to have it, for its claim is gone",
                );
            }
        }
    }
}
