//! Details of what data stands on: claims, volumes and classes.

use super::{
    detail::Lines,
    text::{age, bytes},
};
use crate::{
    domain::{Claim, Key, Quantity, StorageClass, Volume, short_modes},
    insight::{backup, capacity::Level},
};

impl Lines<'_> {
    pub(super) fn claim(&mut self, claim: &Claim) {
        let size = |quantity: Quantity| bytes(quantity.value().unsigned_abs());
        self.head("Status");
        self.field_at(
            "phase",
            &*claim.phase,
            if &*claim.phase == "Bound" {
                Level::Ok
            } else {
                Level::Critical
            },
        );
        self.field(
            "asks",
            format!(
                "{} {} {}",
                size(claim.requested),
                claim.short_modes(),
                claim.volume_mode
            ),
        );
        if !claim.capacity.is_zero() {
            self.field("has", size(claim.capacity));
        }
        if let Some(usage) = self.inventory.volume_usage.get(&claim.meta.key) {
            let share = usage.share().unwrap_or_default();
            let level = Level::of(Some(share), 0.8, 0.9);
            self.field_at(
                "full",
                format!(
                    "{:.0} % ({} of {})",
                    share * 100.0,
                    bytes(usage.used),
                    bytes(usage.capacity)
                ),
                level,
            );
        }
        match claim.class_name() {
            Some(class) => self.link("class", "StorageClass", "", class),
            None => self.field("class", "(default)"),
        }
        self.link("volume", "PersistentVolume", "", &claim.volume);
        self.field("provisioner", claim.provisioner().map_or("", |name| name));
        let pods: Vec<Key> = self
            .inventory
            .pods_of_claim(&claim.meta.key)
            .map(|pod| pod.meta.key.clone())
            .collect();
        let machines = self.inventory.indexes.vmis_by_claim.get(&claim.meta.key);
        self.head(format!("Used by · {}", pods.len() + machines.len()));
        for machine in machines {
            self.link(
                "machine",
                "VirtualMachineInstance",
                &machine.namespace,
                &machine.name,
            );
        }
        for pod in pods {
            self.link("pod", "Pod", &pod.namespace, &pod.name);
        }
        self.last_backup(claim);
        self.conditions(&claim.conditions);
    }

    /// What a backup could bring back.
    fn last_backup(&mut self, claim: &Claim) {
        match backup::last(self.inventory, claim, self.now) {
            None => {}
            Some(None) => self.field_at("last backup", "none", Level::Warning),
            Some(Some((at, name))) => self.field(
                "last backup",
                format!("{} ago, {name}", age(Some(at), self.now)),
            ),
        }
    }

    pub(super) fn class(&mut self, class: &StorageClass) {
        self.head("Class");
        self.field("provisioner", &*class.provisioner);
        self.field("binds", &*class.binding);
        self.field("reclaim", &*class.reclaim);
        self.field("may grow", if class.expandable { "yes" } else { "no" });
        self.field("mounts with", class.mount_options.join(" "));
        for (name, value) in class.parameters.iter() {
            self.field(name, &**value);
        }
        let keys = self
            .inventory
            .indexes
            .claims_by_class
            .get(&**class.meta.name());
        self.head(format!("Claims · {}", keys.len()));
        for key in keys {
            self.link("claim", "PersistentVolumeClaim", &key.namespace, &key.name);
        }
    }

    pub(super) fn volume(&mut self, volume: &Volume) {
        self.head("Status");
        self.field("phase", &*volume.phase);
        self.field("size", bytes(volume.capacity.value().unsigned_abs()));
        self.field("modes", short_modes(&volume.modes));
        self.field("reclaim", &*volume.reclaim);
        if let Some((server, path)) = volume.backend.nfs() {
            self.field("NFS", format!("{server}:{path}"));
        }
        self.link("class", "StorageClass", "", &volume.class);
        if let Some((claim, _)) = &volume.claim {
            self.link(
                "claim",
                "PersistentVolumeClaim",
                &claim.namespace,
                &claim.name,
            );
        }
    }
}
