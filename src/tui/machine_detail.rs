//! Details of virtual machines: what they are of, where they run, what they stand on.

use super::{detail::Lines, text::bytes};
use crate::{
    domain::{DiskSource, Key, Vm, Vmi},
    insight::capacity::Level,
};

impl Lines<'_> {
    /// A running machine: what it is of, where it runs, what it stands on.
    pub(super) fn vmi(&mut self, vmi: &Vmi) {
        let namespace = vmi.meta.namespace().clone();
        self.head("Status");
        self.field("phase", &*vmi.phase);
        self.link("machine", "VirtualMachine", &namespace, vmi.meta.name());
        self.running(vmi);
        self.head("Disks");
        for (claim, _) in &vmi.claims {
            self.link("claim", "PersistentVolumeClaim", &namespace, claim);
        }
        self.conditions(&vmi.conditions);
    }

    fn running(&mut self, vmi: &Vmi) {
        self.link("blade", "Node", "", &vmi.node);
        self.field("guest", &*vmi.guest_os);
        self.field("addresses", vmi.addresses.join("  "));
        // the status names the pods by their UID; before it does, they are known by their owner
        let launchers = self.inventory.launchers(vmi);
        let mut pods: Vec<Key> = launchers.map(|pod| pod.meta.key.clone()).collect();
        if pods.is_empty() {
            let owned = self.inventory.pods_owned_by(&vmi.meta.uid);
            pods.extend(owned.map(|pod| pod.meta.key.clone()));
        }
        for key in pods {
            self.link("launcher", "Pod", &key.namespace, &key.name);
        }
        if let Some(state) = vmi.migration.as_ref().filter(|state| !state.completed) {
            self.field_at(
                "migration",
                format!("{} to {} {}", state.source, state.target, state.failure),
                Level::Warning,
            );
        }
    }

    pub(super) fn vm(&mut self, vm: &Vm) {
        let namespace = vm.meta.namespace().clone();
        self.head("Status");
        self.field_at("status", &*vm.status, super::views::vm_level(vm, None));
        self.field("strategy", &*vm.run_strategy);
        self.field(
            "size",
            format!(
                "{} vCPU, {}",
                vm.spec.vcpus(),
                bytes(vm.spec.memory.value().unsigned_abs())
            ),
        );
        let vmi = self.inventory.vmis.get(&vm.meta.key).cloned();
        if let Some(vmi) = &vmi {
            self.running(vmi);
        }
        self.head("Disks");
        for disk in &vm.spec.disks {
            match &disk.source {
                DiskSource::Claim(claim) | DiskSource::DataVolume(claim) => {
                    self.link(&disk.name, "PersistentVolumeClaim", &namespace, claim)
                }
                other => self.field(&disk.name, disk_words(other)),
            }
        }
        self.conditions(vmi.as_ref().map_or(&vm.conditions, |vmi| &vmi.conditions));
    }
}

/// What a disk is that is no claim.
fn disk_words(source: &DiskSource) -> String {
    match source {
        DiskSource::Claim(name) | DiskSource::DataVolume(name) => format!("claim {name}"),
        DiskSource::Container(image) => format!("image {image}; nothing is kept"),
        DiskSource::Host(path) => format!("file {path} of its node"),
        DiskSource::CloudInit(Some(secret)) => format!("cloud-init from secret {secret}"),
        DiskSource::CloudInit(None) => "cloud-init".into(),
        DiskSource::Kind(kind) => kind.to_string(),
        DiskSource::Unknown => "not said".into(),
    }
}
