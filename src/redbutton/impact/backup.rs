//! Whether Velero has the data of a claim: no backup, no delete, unless it is overridden in words.

use serde_json::Value;

use super::{Around, ago};
use crate::{
    domain::{Claim, Custom, Freshness, Kind, Labels, Requirement, Selector, Text, Time},
    redbutton::{Plan, Weight},
};

/// Words by which a backup may name claims and volumes among its resources.
const DATA: [&str; 7] = [
    "*",
    "persistentvolumeclaims",
    "persistentvolumeclaim",
    "pvc",
    "persistentvolumes",
    "persistentvolume",
    "pv",
];

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
    let all = || {
        around
            .inventory
            .custom(Kind::Backup.as_str())
            .into_iter()
            .flat_map(|table| table.iter())
            .filter(|one| one.api_version.starts_with("velero.io/"))
    };
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
fn nearest<'a>(
    all: impl Iterator<Item = &'a std::sync::Arc<Custom>>,
    claim: &Claim,
    now: Time,
) -> String {
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

fn phase(backup: &Custom) -> &str {
    backup.text("status.phase").unwrap_or_default()
}

fn time(backup: &Custom, path: &str) -> Option<Time> {
    backup.text(path)?.parse().ok()
}

fn began(backup: &Custom) -> Option<Time> {
    time(backup, "status.startTimestamp").or(backup.meta.created.time())
}

fn ended(backup: &Custom) -> Option<Time> {
    time(backup, "status.completionTimestamp")
}

fn expired(backup: &Custom, now: Time) -> bool {
    time(backup, "status.expiration").is_some_and(|at| at < now)
}

/// Completed, not expired, of this claim and not of one of its name before, with its data.
fn is_good(backup: &Custom, claim: &Claim, now: Time) -> bool {
    phase(backup) == "Completed"
        && ended(backup).is_some()
        && !expired(backup, now)
        && holds(backup, claim).is_ok()
}

/// Whether a backup is meant to hold a claim with its data; else why not.
fn holds(backup: &Custom, claim: &Claim) -> Result<(), &'static str> {
    let no = |field: &str| backup.at(field).and_then(Value::as_bool) == Some(false);
    let has = |field: &str| {
        let listed = backup.list(field);
        listed
            .iter()
            .filter_map(Value::as_str)
            .any(|one| DATA.contains(&one.to_lowercase().split('.').next().unwrap_or_default()))
    };
    let lacks = |field: &str| !backup.list(field).is_empty() && !has(field);
    if !names_namespace(backup, claim.meta.namespace()) {
        return Err("leaves its namespace out");
    }
    if lacks("spec.includedResources") || lacks("spec.includedNamespaceScopedResources") {
        return Err("is of other kinds than claims");
    }
    if has("spec.excludedResources") || has("spec.excludedNamespaceScopedResources") {
        return Err("leaves claims out");
    }
    if claim
        .meta
        .labels
        .is("velero.io/exclude-from-backup", "true")
    {
        return Err("leaves it out, for its label says so");
    }
    if !selects(backup, &claim.meta.labels) {
        return Err("does not select its labels");
    }
    if no("spec.snapshotVolumes")
        && backup
            .at("spec.defaultVolumesToFsBackup")
            .and_then(Value::as_bool)
            != Some(true)
    {
        return Err("takes no volumes, only manifests");
    }
    if began(backup)
        .zip(claim.meta.created.time())
        .is_some_and(|(began, made)| began < made)
    {
        return Err("is older than the claim itself");
    }
    Ok(())
}

fn names_namespace(backup: &Custom, namespace: &str) -> bool {
    let named = |field: &str| {
        backup
            .list(field)
            .iter()
            .filter_map(Value::as_str)
            .any(|pattern| globs(pattern, namespace))
    };
    let included =
        backup.list("spec.includedNamespaces").is_empty() || named("spec.includedNamespaces");
    included && !named("spec.excludedNamespaces")
}

/// `*` stands for any text.
fn globs(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| globs(tail, &rest[at..]))
        }),
    }
}

/// Its label selector, or one of several, selects these labels.
fn selects(backup: &Custom, labels: &Labels) -> bool {
    let one_of = backup.list("spec.orLabelSelectors");
    match backup.at("spec.labelSelector") {
        Some(of) if of.is_object() => selector(of).matches(labels),
        _ => one_of.is_empty() || one_of.iter().any(|of| selector(of).matches(labels)),
    }
}

fn selector(of: &Value) -> Selector {
    let text = |value: &Value| Text::from(value.as_str().unwrap_or_default());
    let pairs = of["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (Text::from(key.as_str()), text(value)))
        .collect();
    let expressions = of["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| Requirement {
            key: text(&one["key"]),
            operator: text(&one["operator"]),
            values: one["values"]
                .as_array()
                .into_iter()
                .flatten()
                .map(text)
                .collect(),
        })
        .collect();
    Selector {
        labels: Labels::new(pairs),
        expressions,
        present: true,
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{Key, Meta};

    fn claim() -> Claim {
        Claim {
            meta: Meta {
                key: Key::new("media", "plex"),
                labels: Labels::new(vec![("app".into(), "plex".into())]),
                created: "2026-01-01T00:00:00Z".parse().ok().into(),
                ..Meta::default()
            },
            ..Claim::default()
        }
    }

    fn why(spec: Value) -> Result<(), &'static str> {
        let body = json!({"spec": spec, "status": {"startTimestamp": "2026-02-01T00:00:00Z"}});
        let backup = Custom {
            body,
            ..Custom::default()
        };
        holds(&backup, &claim())
    }

    #[test]
    fn a_backup_holds_a_claim_only_where_all_of_it_says_so() {
        for held in [
            json!({}),
            json!({"includedNamespaces": ["*"]}),
            json!({"includedNamespaces": ["med*"]}),
            json!({"includedNamespaces": ["media"], "includedResources": ["persistentvolumeclaims", "pods"]}),
            json!({"labelSelector": {"matchLabels": {"app": "plex"}}}),
            json!({"orLabelSelectors": [{"matchLabels": {"app": "x"}}, {"matchExpressions": [{"key": "app", "operator": "In", "values": ["plex"]}]}]}),
            json!({"snapshotVolumes": false, "defaultVolumesToFsBackup": true}),
        ] {
            assert_eq!(why(held.clone()), Ok(()), "{held}");
        }
        for left_out in [
            json!({"includedNamespaces": ["other"]}),
            json!({"excludedNamespaces": ["media"]}),
            json!({"includedNamespaces": ["*"], "excludedNamespaces": ["me*ia"]}),
            json!({"includedResources": ["deployments.apps"]}),
            json!({"excludedResources": ["persistentvolumeclaims"]}),
            json!({"labelSelector": {"matchLabels": {"app": "sonarr"}}}),
            json!({"snapshotVolumes": false}),
        ] {
            assert!(why(left_out.clone()).is_err(), "{left_out}");
        }
    }

    #[test]
    fn a_backup_of_a_claim_before_of_the_same_name_does_not_count() {
        let backup = Custom {
            body: json!({"status": {"startTimestamp": "2025-12-01T00:00:00Z"}}),
            ..Custom::default()
        };
        assert_eq!(
            holds(&backup, &claim()),
            Err("is older than the claim itself")
        );
    }
}
