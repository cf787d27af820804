//! KubeVirt: virtual machines, their running instances, migrations and disk imports.

use super::{
    Condition, Conditions, HasMeta, Labels, List, Meta, Quantity, Text, Time, short_modes,
};

/// A VirtualMachine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vm {
    /// Identity.
    pub meta: Meta,
    /// `Always`, `Halted`, `RerunOnFailure`, `Manual` or `Once`.
    pub run_strategy: Text,
    /// The status people read, as `Running` or `ErrorUnschedulable`.
    pub status: Text,
    /// Ready.
    pub ready: bool,
    /// Template.
    pub spec: VmSpec,
    /// Conditions.
    pub conditions: List<Condition>,
    /// Names of the DataVolumes it makes itself.
    pub data_volumes: Vec<Text>,
    /// Instance type and preference; may be empty.
    pub instance_type: (Text, Text),
    /// A start, stop or other change that is asked for and not done.
    pub pending: Vec<Text>,
}

impl HasMeta for Vm {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// What a machine is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VmSpec {
    /// Cores a socket, sockets, threads a core; zero where not said.
    pub topology: (u32, u32, u32),
    /// Guest memory.
    pub memory: Quantity,
    /// CPU model; may be empty.
    pub cpu_model: Text,
    /// Disks and what is behind them.
    pub disks: Vec<Disk>,
    /// Interfaces: name and binding (`masquerade`, `bridge`, …), and its network (`pod` or a NAD).
    pub interfaces: Vec<Interface>,
    /// Host devices and GPUs by name.
    pub host_devices: Vec<Text>,
    /// Node labels it needs.
    pub node_selector: Labels,
    /// `LiveMigrate`, `None`, …; may be empty.
    pub eviction: Text,
    /// Extra labels (`vm.kubevirt.io/os` …) of the template.
    pub labels: Labels,
}

impl VmSpec {
    /// Virtual CPUs, at least 1.
    #[must_use]
    pub fn vcpus(&self) -> u32 {
        let (cores, sockets, threads) = self.topology;
        cores.max(1) * sockets.max(1) * threads.max(1)
    }
}

/// A disk of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Name in the machine.
    pub name: Text,
    /// What is behind it.
    pub source: DiskSource,
}

/// What is behind a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DiskSource {
    /// A claim.
    Claim(Text),
    /// A DataVolume (its claim has the same name).
    DataVolume(Text),
    /// An image in a container; nothing is kept.
    Container(Text),
    /// A file on the node.
    Host(Text),
    /// Cloud-init, with its Secret where it names one.
    CloudInit(Option<Text>),
    /// Anything else, by its field name.
    Kind(Text),
    /// Not said.
    #[default]
    Unknown,
}

impl DiskSource {
    /// The claim behind it.
    #[must_use]
    pub const fn claim(&self) -> Option<&Text> {
        match self {
            Self::Claim(name) | Self::DataVolume(name) => Some(name),
            _ => None,
        }
    }
}

/// An interface of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Name.
    pub name: Text,
    /// `masquerade`, `bridge`, `sriov`, …
    pub binding: Text,
    /// `pod`, or the NetworkAttachmentDefinition.
    pub network: Text,
}

/// A VirtualMachineInstance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vmi {
    /// Identity.
    pub meta: Meta,
    /// Phase (`Running`, `Scheduling`, …).
    pub phase: Text,
    /// Node; may be empty.
    pub node: Text,
    /// What it is made of.
    pub spec: VmSpec,
    /// Conditions.
    pub conditions: List<Condition>,
    /// Addresses.
    pub addresses: Vec<Text>,
    /// Guest operating system as the agent names it; may be empty.
    pub guest_os: Text,
    /// Virtual CPUs now, where reported.
    pub vcpus: Option<u32>,
    /// Guest memory now, where reported.
    pub memory: Option<Quantity>,
    /// Claims of its disks as the instance sees them: name and access modes.
    pub claims: Vec<(Text, Vec<Text>)>,
    /// Running or last migration.
    pub migration: Option<MigrationState>,
    /// Reached `Running`.
    pub running_since: Option<Time>,
    /// UIDs of its launcher pods.
    pub pods: Vec<Text>,
}

impl HasMeta for Vmi {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl Vmi {
    /// Every reason why it cannot move to another node; none where it can. The condition tells the
    /// first one alone, so the others are found in what it is made of.
    #[must_use]
    pub fn immobile(&self) -> Vec<String> {
        let conditions = self.conditions.as_slice();
        if !conditions.fails("LiveMigratable") {
            return Vec::new();
        }
        let told = conditions
            .condition("LiveMigratable")
            .map_or_else(String::new, |one| {
                if one.message.is_empty() {
                    one.reason.to_string()
                } else {
                    one.message.to_string()
                }
            });
        let claims = self
            .claims
            .iter()
            .filter(|(_, modes)| !modes.iter().any(|mode| &**mode == "ReadWriteMany"))
            .map(|(name, modes)| {
                (
                    name,
                    format!("claim {name} is {}, not RWX", short_modes(modes)),
                )
            });
        let disks = self
            .spec
            .disks
            .iter()
            .filter_map(|disk| match &disk.source {
                DiskSource::Host(path) => Some((
                    &disk.name,
                    format!("disk {} is the file {path} of its node", disk.name),
                )),
                _ => None,
            });
        let devices = self
            .spec
            .host_devices
            .iter()
            .map(|name| (name, format!("it holds the device {name} of its node")));
        let links = self
            .spec
            .interfaces
            .iter()
            .filter(|one| &*one.binding == "bridge" && &*one.network == "pod")
            .map(|one| {
                let words = format!("interface {} is a bridge on the pod network", one.name);
                (&one.name, words)
            });
        let more: Vec<String> = claims
            .chain(disks)
            .chain(devices)
            .chain(links)
            .filter(|(name, _)| !told.contains(&***name))
            .map(|(_, words)| words)
            .collect();
        std::iter::once(told).chain(more).collect()
    }
}

/// Progress of a migration as the instance reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationState {
    /// From which node.
    pub source: Text,
    /// To which node.
    pub target: Text,
    /// Start.
    pub started: Option<Time>,
    /// End.
    pub finished: Option<Time>,
    /// Ended well.
    pub completed: bool,
    /// Ended badly.
    pub failed: bool,
    /// Why; may be empty.
    pub failure: Text,
    /// `PreCopy`, `PostCopy`, …; may be empty.
    pub mode: Text,
}

/// A VirtualMachineInstanceMigration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    /// Identity.
    pub meta: Meta,
    /// Machine.
    pub vmi: Text,
    /// Phase.
    pub phase: Text,
    /// Conditions.
    pub conditions: List<Condition>,
    /// State, where reported.
    pub state: Option<MigrationState>,
}

impl HasMeta for Migration {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A CDI DataVolume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataVolume {
    /// Identity.
    pub meta: Meta,
    /// Phase (`ImportInProgress`, `Succeeded`, …).
    pub phase: Text,
    /// Progress as printed (`45.30%`); may be `N/A` or empty.
    pub progress: Text,
    /// What it is filled from, as `registry docker://quay.io/…`.
    pub source: Text,
    /// Class; `None` means the default one.
    pub class: Option<Text>,
    /// Wanted size.
    pub size: Quantity,
    /// Claim; its own name where the status does not say.
    pub claim: Text,
    /// Restarts of the importer.
    pub restarts: i64,
    /// Conditions (`Bound`, `Running`, `Ready`).
    pub conditions: List<Condition>,
}

impl HasMeta for DataVolume {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Said, Truth};

    #[test]
    fn every_reason_why_a_machine_cannot_move_is_told_once() {
        let said = Said {
            kind: "LiveMigratable".into(),
            status: Truth::False,
            reason: "DisksNotLiveMigratable".into(),
            message: "cannot migrate VMI: PVC root is not shared".into(),
        };
        let condition = Condition {
            said: said.into(),
            ..Condition::default()
        };
        let mut vmi = Vmi {
            conditions: vec![condition].into(),
            claims: vec![
                ("root".into(), vec!["ReadWriteOnce".into()]),
                ("data".into(), vec!["ReadWriteOnce".into()]),
                ("films".into(), vec!["ReadWriteMany".into()]),
            ],
            ..Vmi::default()
        };
        vmi.spec.host_devices = vec!["gpu".into()];
        assert_eq!(
            vmi.immobile(),
            [
                "cannot migrate VMI: PVC root is not shared",
                "claim data is RWO, not RWX",
                "it holds the device gpu of its node"
            ]
        );
        vmi.conditions = Vec::new().into();
        assert!(vmi.immobile().is_empty());
    }
}
