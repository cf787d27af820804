//! Whether Velero has the data of a claim: no backup, no delete, unless it is overridden in words.

use serde_json::Value;

use super::{Around, ago};
use crate::{
    domain::{Claim, Custom, Freshness, Kind, Time},
    insight::backup::{all, began, ended, expired, holds, is_good, names_namespace, phase},
    redbutton::{Plan, Weight},
};

/// Adds the last backup that holds a claim. Without one that is good enough the plan lacks it.
pub(in crate::redbutton) fn backup(plan: &mut Plan, around: &Around<'_>, claim: &Claim) {
    let freshness = around.inventory.freshness(Kind::Backup);
    if !freshness.has_rows() {
        plan.lacks_backup = true;
        let why = match freshness {
            Freshness::NotInstalled => "this cluster has no Velero",
            Freshness::Forbidden(_) => "Velero's backups may not be read",
            _ => "Velero's backups could not be read",
        };
        return plan.fact(Weight::Loss, format!("no backup is known: {why}"));
    }
    if !freshness.is_complete() {
        plan.fact(Weight::Unknown, "Velero's backups are not as of now");
    }
    let all = || all(around.inventory);
    let newest_try = all()
        .filter(|one| holds(one, claim).is_ok())
        .max_by_key(|one| began(one));
    let good = all()
        .filter(|one| is_good(one, claim, around.now))
        .max_by_key(|one| ended(one));
    match good.and_then(|one| Some((one, ended(one)?))) {
        Some((one, at)) => {
            let limit = around.profile.backup_max_age_days;
            let old = around.now.duration_since(at).as_hours() > 24 * i64::from(limit) && limit > 0;
            plan.lacks_backup |= old;
            let name = &one.meta.key.name;
            let when = ago(at, around.now);
            plan.fact(
                if old { Weight::Loss } else { Weight::Plain },
                if old {
                    format!("the last Velero backup, {name}, is of {when}: more than {limit} days do not count")
                } else {
                    format!("last Velero backup with it: {name}, Completed {when}")
                },
            );
            of_data(plan, one);
        }
        None => {
            plan.lacks_backup = true;
            plan.fact(
                Weight::Loss,
                format!(
                    "no backup, no delete: {}",
                    nearest(all(), claim, around.now)
                ),
            );
        }
    }
    if let Some(one) = newest_try.filter(|one| !matches!(phase(one), "Completed" | "")) {
        plan.fact(
            Weight::Caution,
            format!(
                "the newest Velero backup with it, {}, is {}",
                one.meta.key.name,
                phase(one)
            ),
        );
    }
}

/// Why no backup is good enough: what is wrong with the one that came nearest.
fn nearest<'a>(all: impl Iterator<Item = &'a Custom>, claim: &Claim, now: Time) -> String {
    let namespace = claim.meta.namespace();
    let near = all
        .filter(|one| names_namespace(one, namespace))
        .max_by_key(|one| began(one));
    let Some(one) = near else {
        return format!("no Velero backup names namespace {namespace}");
    };
    let why = match holds(one, claim) {
        Err(why) => why.to_owned(),
        Ok(()) if expired(one, now) => "has expired".into(),
        Ok(()) => format!("is {}", phase(one)),
    };
    format!("Velero backup {} {why}", one.meta.key.name)
}

/// Whether the data themselves are in it is told by what it counted.
fn of_data(plan: &mut Plan, backup: &Custom) {
    let count = |path: &str| backup.at(path).and_then(Value::as_i64).unwrap_or(0);
    let taken =
        count("status.volumeSnapshotsCompleted") + count("status.csiVolumeSnapshotsCompleted");
    let by_files = backup
        .at("spec.defaultVolumesToFsBackup")
        .and_then(Value::as_bool)
        == Some(true);
    if taken == 0 && !by_files {
        plan.fact(
            Weight::Unknown,
            "whether its data are in that backup: it counts no volume snapshots, and copies of files are not looked at",
        );
    }
}
