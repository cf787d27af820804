//! What is not as it should be with kinds that the console reads in parts: operators, machine pools,
//! certificates, secrets from outside, backups.

use std::sync::Arc;

use super::{Trouble, trouble};
use crate::{
    domain::{Condition, Conditions, Custom, Time, Truth},
    insight::capacity::Level,
    inventory::Inventory,
};

/// A renewal this late is held up by something, seconds.
const OVERDUE: i64 = 3600;

/// All of them.
pub(super) fn all(inventory: &Inventory, now: Time, found: &mut Vec<Trouble>) {
    let mut each = |kind: &str, look: &dyn Fn(&Custom) -> Option<Trouble>| {
        let table = inventory.custom(kind).into_iter();
        let objects = table.flat_map(|table| table.iter()).map(Arc::as_ref);
        found.extend(objects.filter_map(look));
    };
    each("ClusterOperator", &|one| {
        bad(
            one,
            "Available",
            Truth::False,
            "not available",
            Level::Critical,
        )
        .or_else(|| bad(one, "Degraded", Truth::True, "degraded", Level::Critical))
    });
    each("ClusterVersion", &|one| {
        bad(one, "Failing", Truth::True, "update fails", Level::Critical)
    });
    each("MachineConfigPool", &|one| {
        bad(
            one,
            "NodeDegraded",
            Truth::True,
            "degraded",
            Level::Critical,
        )
        .or_else(|| bad(one, "Degraded", Truth::True, "degraded", Level::Critical))
    });
    each("Certificate", &|one| certificate(one, now));
    for kind in ["Issuer", "ClusterIssuer", "ExternalSecret"] {
        each(kind, &|one| {
            bad(one, "Ready", Truth::False, "not ready", Level::Warning)
        });
    }
    each("SealedSecret", &|one| {
        bad(one, "Synced", Truth::False, "not ready", Level::Warning)
    });
    each("Backup", &backup);
    each("BackupStorageLocation", &|one| {
        said(one, "status.phase", &["Unavailable"], Level::Critical)
    });
    each("LVMCluster", &|one| {
        let state = one.text("status.state")?;
        (state != "Ready").then(|| trouble(Level::Critical, &one.kind, &one.meta.key, state))
    });
}

/// A condition that should not be so.
fn bad(one: &Custom, kind: &str, status: Truth, word: &str, level: Level) -> Option<Trouble> {
    let conditions = one.conditions.as_slice();
    let condition: &Condition = conditions
        .condition(kind)
        .filter(|condition| condition.status == status)?;
    Some(Trouble {
        why: condition.message.to_string(),
        since: condition.since.time(),
        ..trouble(level, &one.kind, &one.meta.key, word)
    })
}

/// A phase that should not be, with its message.
fn said(one: &Custom, path: &str, phases: &[&str], level: Level) -> Option<Trouble> {
    let phase = one.text(path).filter(|phase| phases.contains(phase))?;
    Some(Trouble {
        why: one.text("status.message").unwrap_or_default().to_owned(),
        ..trouble(level, &one.kind, &one.meta.key, phase)
    })
}

/// A certificate that has ended counts more than one that is not renewed or not made yet.
fn certificate(one: &Custom, now: Time) -> Option<Trouble> {
    let at = |path: &str| -> Option<Time> { one.text(path)?.parse().ok() };
    let late = |since: Time, seconds: i64| now.duration_since(since).as_secs() > seconds;
    let told = |since: Time, level, word| Trouble {
        since: Some(since),
        ..trouble(level, &one.kind, &one.meta.key, word)
    };
    if let Some(ended) = at("status.notAfter").filter(|at| late(*at, 0)) {
        return Some(told(ended, Level::Critical, "expired"));
    }
    bad(one, "Ready", Truth::False, "not ready", Level::Warning)
        .or_else(|| {
            let failed = one.conditions.as_slice().condition("Issuing");
            failed.filter(|condition| &*condition.reason == "Failed")?;
            bad(one, "Issuing", Truth::False, "not renewed", Level::Warning)
        })
        .or_else(|| {
            let due = at("status.renewalTime").filter(|at| late(*at, OVERDUE))?;
            Some(told(due, Level::Warning, "not renewed"))
        })
}

fn backup(one: &Custom) -> Option<Trouble> {
    let phases = ["Failed", "PartiallyFailed", "FailedValidation"];
    let found = said(one, "status.phase", &phases, Level::Warning)?;
    let since = one
        .text("status.completionTimestamp")
        .and_then(|time| time.parse().ok())
        .or(one.meta.created.time());
    Some(Trouble { since, ..found })
}
