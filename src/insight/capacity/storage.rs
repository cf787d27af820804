//! Storage classes: what hangs on them, and which claims no backup covers.

use crate::{
    domain::{Claim, Custom, Key, Kind, Profile, Quantity, StorageClass, Text, Time},
    insight::backup,
    inventory::Inventory,
};

/// What hangs on a class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassUse {
    /// Its name.
    pub class: Text,
    /// Claims of it.
    pub claims: usize,
    /// Those that are not bound.
    pub unbound: usize,
    /// Bytes that its volumes were made with.
    pub given: u64,
    /// Bytes that are taken and that there are, where anything tells.
    pub fill: Option<(u64, u64)>,
    /// Access modes of its claims, as `RWO RWX`.
    pub modes: String,
}

impl ClassUse {
    /// The share that is taken.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // a share
    pub fn share(&self) -> Option<f64> {
        let (taken, all) = self.fill?;
        (all > 0).then(|| taken as f64 / all as f64)
    }
}

/// All classes by name.
#[must_use]
pub fn classes(inventory: &Inventory, profile: &Profile) -> Vec<ClassUse> {
    inventory
        .classes
        .iter()
        .map(|class| class_use(inventory, profile, class))
        .collect()
}

fn class_use(inventory: &Inventory, profile: &Profile, class: &StorageClass) -> ClassUse {
    let name = class.meta.name();
    let claims: Vec<&Claim> = inventory
        .indexes
        .claims_by_class
        .get(&**name)
        .iter()
        .filter_map(|key| inventory.claims.get(key).map(|claim| &**claim))
        .collect();
    let given: Quantity = claims.iter().map(|claim| claim.capacity).sum();
    let given = given.value().unsigned_abs();
    let mut modes: Vec<String> = claims
        .iter()
        .flat_map(|claim| {
            let modes = claim.short_modes();
            modes.split(',').map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    modes.sort();
    modes.dedup();
    ClassUse {
        class: name.clone(),
        unbound: claims.iter().filter(|one| &*one.phase != "Bound").count(),
        fill: common_file_system(inventory, &claims)
            .or_else(|| said_by_profile(profile, name, given))
            .or_else(|| said_by_driver(inventory, name, given)),
        claims: claims.len(),
        given,
        modes: modes.join(" "),
    }
}

/// A volume that is far larger than its claim is a share of one file system, as with NFS: what the
/// kubelet says of it holds for all.
fn common_file_system(inventory: &Inventory, claims: &[&Claim]) -> Option<(u64, u64)> {
    claims
        .iter()
        .filter_map(|claim| {
            let usage = inventory.volume_usage.get(&claim.meta.key)?;
            let given = claim.capacity.value().unsigned_abs();
            (given > 0 && usage.capacity / 2 > given).then_some((usage.used, usage.capacity))
        })
        .max_by_key(|(_, all)| *all)
}

fn said_by_profile(profile: &Profile, class: &str, given: u64) -> Option<(u64, u64)> {
    let all: Quantity = profile.storage.get(class)?.capacity.parse().ok()?;
    Some((given, all.value().unsigned_abs()))
}

/// What the driver has left, by segment, is on top of what it gave.
fn said_by_driver(inventory: &Inventory, class: &str, given: u64) -> Option<(u64, u64)> {
    let mut segments = inventory
        .storage_capacities
        .iter()
        .filter(|one| &*one.class == class)
        .peekable();
    segments.peek()?;
    let free: Quantity = segments.map(|one| one.capacity).sum();
    Some((given, given + free.value().unsigned_abs()))
}

/// Bound claims that no backup covers, or only one that is too old to count. `None` where the
/// cluster's backups are not known.
#[must_use]
pub fn unprotected(inventory: &Inventory, profile: &Profile, now: Time) -> Option<Vec<Key>> {
    inventory.custom(Kind::Backup.as_str())?;
    let oldest = i64::from(profile.backup_max_age_days);
    let young = |one: &&Custom| {
        backup::ended(one).is_some_and(|at| now.duration_since(at).as_hours() / 24 <= oldest)
    };
    let recent: Vec<&Custom> = backup::all(inventory).filter(young).collect();
    let mut out = Vec::new();
    let mut here: (Option<&Text>, Vec<&Custom>) = (None, Vec::new());
    for claim in inventory.claims.iter().filter(|one| &*one.phase == "Bound") {
        let own = claim.meta.namespace();
        // claims come in the order of their namespaces
        if here.0 != Some(own) {
            let of_it = |one: &&&Custom| backup::names_namespace(one, own);
            here = (Some(own), recent.iter().filter(of_it).copied().collect());
        }
        if !here.1.iter().any(|one| backup::is_good(one, claim, now)) {
            out.push(claim.meta.key.clone());
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{Object, StorageCapacity, VolumeUsage};

    fn inventory() -> Inventory {
        let mut inventory = Inventory::new();
        let mut class = StorageClass::default();
        class.meta.key = Key::new("", "nfs");
        inventory.put(Object::StorageClass(class.into()));
        for (namespace, name, phase, size) in [
            ("media", "plex", "Bound", "10Gi"),
            ("media", "waits", "Pending", "0"),
            ("other", "db", "Bound", "6Gi"),
        ] {
            let mut claim = Claim {
                class: Some("nfs".into()),
                phase: phase.into(),
                capacity: size.parse().unwrap(),
                modes: vec!["ReadWriteMany".into()],
                ..Claim::default()
            };
            claim.meta.key = Key::new(namespace, name);
            inventory.put(Object::Claim(claim.into()));
        }
        inventory
    }

    fn only(inventory: &Inventory, profile: &Profile) -> ClassUse {
        classes(inventory, profile).remove(0)
    }

    #[test]
    fn how_full_a_class_is_comes_from_whoever_knows() {
        let mut inventory = inventory();
        let mut profile = Profile::default();
        let (gib, found) = (1_u64 << 30, only(&inventory, &profile));
        assert_eq!((found.claims, found.unbound, found.given), (3, 1, 16 * gib));
        assert_eq!((found.modes.as_str(), found.fill), ("RWX", None));

        let mut left = StorageCapacity {
            class: "nfs".into(),
            capacity: "84Gi".parse().unwrap(),
            ..StorageCapacity::default()
        };
        left.meta.key = Key::new("csi", "one");
        inventory.put(Object::StorageCapacity(left.into()));
        let found = only(&inventory, &profile);
        assert_eq!(found.fill, Some((16 * gib, 100 * gib)));

        profile.storage.entry("nfs".into()).or_default().capacity = "32Gi".into();
        assert_eq!(only(&inventory, &profile).share(), Some(0.5));

        let shared = VolumeUsage {
            claim: Key::new("media", "plex"),
            used: 5,
            capacity: 500 * gib,
            ..VolumeUsage::default()
        };
        let rows = std::sync::Arc::make_mut(&mut inventory.volume_usage);
        rows.insert(shared.claim.clone(), shared);
        assert_eq!(
            only(&inventory, &profile).fill,
            Some((5, 500 * gib)),
            "a share of one file system tells of all of it"
        );
    }

    #[test]
    fn claims_without_a_backup_are_counted_where_backups_are_known() {
        let mut inventory = inventory();
        let now: Time = "2026-11-24T03:00:00Z".parse().unwrap();
        let profile = Profile {
            backup_max_age_days: 7,
            ..Profile::default()
        };
        assert_eq!(unprotected(&inventory, &profile, now), None);
        let mut backup = Custom {
            kind: "Backup".into(),
            api_version: "velero.io/v1".into(),
            body: json!({
                "spec": {"includedNamespaces": ["media"]},
                "status": {"phase": "Completed", "completionTimestamp": "2026-11-23T02:00:00Z"},
            }),
            ..Custom::default()
        };
        backup.meta.key = Key::new("velero", "nightly");
        inventory.put(Object::Custom(backup.into()));
        let open = vec![Key::new("other", "db")];
        assert_eq!(unprotected(&inventory, &profile, now), Some(open));
        let later: Time = "2026-12-24T03:00:00Z".parse().unwrap();
        let all = unprotected(&inventory, &profile, later);
        assert_eq!(all.map(|claims| claims.len()), Some(2));
    }
}
