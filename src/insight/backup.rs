//! Which of Velero's backups counts as one of a claim: one rule for what is shown and what is refused.

use serde_json::Value;

use crate::{
    domain::{Claim, Custom, Kind, Labels, Requirement, Selector, Text, Time},
    inventory::Inventory,
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

/// Velero's backups.
pub fn all(inventory: &Inventory) -> impl Iterator<Item = &Custom> {
    inventory
        .custom(Kind::Backup.as_str())
        .into_iter()
        .flat_map(|table| table.iter())
        .map(|one| &**one)
        .filter(|one| one.api_version.starts_with("velero.io/"))
}

/// When a claim was last backed up, and by which backup. `None` outside where the cluster's backups
/// are not known.
#[must_use]
pub fn last(inventory: &Inventory, claim: &Claim, now: Time) -> Option<Option<(Time, Text)>> {
    inventory.custom(Kind::Backup.as_str())?;
    let newest = all(inventory)
        .filter(|one| is_good(one, claim, now))
        .filter_map(|one| Some((ended(one)?, one.meta.key.name.clone())))
        .max();
    Some(newest)
}

/// How far it came.
#[must_use]
pub fn phase(backup: &Custom) -> &str {
    backup.text("status.phase").unwrap_or_default()
}

fn time(backup: &Custom, path: &str) -> Option<Time> {
    backup.text(path)?.parse().ok()
}

/// When it began.
#[must_use]
pub fn began(backup: &Custom) -> Option<Time> {
    time(backup, "status.startTimestamp").or(backup.meta.created.time())
}

/// When it was complete.
#[must_use]
pub fn ended(backup: &Custom) -> Option<Time> {
    time(backup, "status.completionTimestamp")
}

/// Whether Velero may have thrown it away by now.
#[must_use]
pub fn expired(backup: &Custom, now: Time) -> bool {
    time(backup, "status.expiration").is_some_and(|at| at < now)
}

/// Completed, not expired, of this claim and not of one of its name before, with its data.
#[must_use]
pub fn is_good(backup: &Custom, claim: &Claim, now: Time) -> bool {
    phase(backup) == "Completed"
        && ended(backup).is_some()
        && !expired(backup, now)
        && holds(backup, claim).is_ok()
}

/// Whether a backup is meant to hold a claim with its data; else why not.
///
/// # Errors
///
/// In words that follow the backup's name.
pub fn holds(backup: &Custom, claim: &Claim) -> Result<(), &'static str> {
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

/// Whether a backup is of a namespace.
#[must_use]
pub fn names_namespace(backup: &Custom, namespace: &str) -> bool {
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
