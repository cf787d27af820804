//! KubeVirt and CDI.

use super::Json;
use crate::{
    domain::{
        DataVolume, Disk, DiskSource, Interface, Labels, Migration, MigrationState, Quantity, Text,
        Vm, VmSpec, Vmi,
    },
    sources::kube::translate::Translator,
};

fn amount(at: Json<'_>) -> Quantity {
    match at.0 {
        serde_json::Value::String(text) => text.parse().unwrap_or_default(),
        serde_json::Value::Number(number) => number.to_string().parse().unwrap_or_default(),
        _ => Quantity::ZERO,
    }
}

fn count(at: Json<'_>, path: &str) -> u32 {
    u32::try_from(at.int(path)).unwrap_or_default()
}

impl Translator {
    /// A VirtualMachine.
    pub(crate) fn vm(&mut self, object: Json<'_>) -> Vm {
        let spec = object.at("spec");
        let status = object.at("status");
        let strategy = match (spec.text("runStrategy"), spec.at("running").0.as_bool()) {
            ("", Some(true)) => "Always",
            ("", Some(false)) => "Halted",
            (strategy, _) => strategy,
        };
        Vm {
            meta: self.json_meta(object),
            run_strategy: self.text(strategy),
            status: self.text(status.text("printableStatus")),
            ready: status.flag("ready"),
            spec: self.vm_spec(
                spec.at("template.spec"),
                spec.at("template.metadata.labels"),
            ),
            conditions: self.json_conditions(object, "status.conditions"),
            data_volumes: spec
                .list("dataVolumeTemplates")
                .map(|one| self.text(one.text("metadata.name")))
                .collect(),
            instance_type: (
                self.text(spec.text("instancetype.name")),
                self.text(spec.text("preference.name")),
            ),
            pending: status
                .list("stateChangeRequests")
                .map(|one| self.text(one.text("action")))
                .collect(),
        }
    }

    fn string_map(&mut self, map: Json<'_>) -> Labels {
        Labels::new(
            map.fields()
                .map(|(name, value)| {
                    (
                        self.text(name),
                        self.text(value.0.as_str().unwrap_or_default()),
                    )
                })
                .collect(),
        )
    }

    fn vm_spec(&mut self, spec: Json<'_>, labels: Json<'_>) -> VmSpec {
        let domain = spec.at("domain");
        let devices = domain.at("devices");
        let memory = amount(domain.at("memory.guest"));
        let networks: Vec<Json<'_>> = spec.list("networks").collect();
        VmSpec {
            topology: (
                count(domain, "cpu.cores"),
                count(domain, "cpu.sockets"),
                count(domain, "cpu.threads"),
            ),
            memory: if memory.is_zero() {
                amount(domain.at("resources.requests.memory"))
            } else {
                memory
            },
            cpu_model: self.text(domain.text("cpu.model")),
            disks: spec
                .list("volumes")
                .map(|volume| self.disk(volume))
                .collect(),
            interfaces: devices
                .list("interfaces")
                .map(|one| self.interface(one, &networks))
                .collect(),
            host_devices: devices
                .list("hostDevices")
                .chain(devices.list("gpus"))
                .map(|one| self.text(one.text("name")))
                .collect(),
            node_selector: self.string_map(spec.at("nodeSelector")),
            eviction: self.text(spec.text("evictionStrategy")),
            labels: self.string_map(labels),
        }
    }

    fn disk(&mut self, volume: Json<'_>) -> Disk {
        let source = if volume.has("persistentVolumeClaim") {
            DiskSource::Claim(self.text(volume.text("persistentVolumeClaim.claimName")))
        } else if volume.has("dataVolume") {
            DiskSource::DataVolume(self.text(volume.text("dataVolume.name")))
        } else if volume.has("containerDisk") {
            DiskSource::Container(self.text(volume.text("containerDisk.image")))
        } else if volume.has("hostDisk") {
            DiskSource::Host(self.text(volume.text("hostDisk.path")))
        } else if volume.has("cloudInitNoCloud") || volume.has("cloudInitConfigDrive") {
            let name = [
                volume.text("cloudInitNoCloud.secretRef.name"),
                volume.text("cloudInitConfigDrive.secretRef.name"),
            ]
            .concat();
            DiskSource::CloudInit((!name.is_empty()).then(|| self.text(&name)))
        } else {
            let kind = volume.fields().find(|(name, _)| *name != "name");
            kind.map_or(DiskSource::Unknown, |(name, _)| {
                DiskSource::Kind(self.text(name))
            })
        };
        Disk {
            name: self.text(volume.text("name")),
            source,
        }
    }

    fn interface(&mut self, one: Json<'_>, networks: &[Json<'_>]) -> Interface {
        const BINDINGS: [&str; 6] = ["masquerade", "bridge", "sriov", "slirp", "macvtap", "passt"];
        let binding = BINDINGS
            .into_iter()
            .find(|binding| one.has(binding))
            .unwrap_or_else(|| one.text("binding.name"));
        let network = networks
            .iter()
            .find(|network| network.text("name") == one.text("name"));
        let network = match network {
            Some(network) if network.has("multus") => network.text("multus.networkName"),
            _ => "pod",
        };
        Interface {
            name: self.text(one.text("name")),
            binding: self.text(binding),
            network: self.text(network),
        }
    }

    /// A VirtualMachineInstance.
    pub(crate) fn vmi(&mut self, object: Json<'_>) -> Vmi {
        let status = object.at("status");
        let topology = status.at("currentCPUTopology");
        let vcpus = count(topology, "cores").max(1)
            * count(topology, "sockets").max(1)
            * count(topology, "threads").max(1);
        let memory = amount(status.at("memory.guestCurrent"));
        let guest = [
            status.text("guestOSInfo.prettyName"),
            status.text("guestOSInfo.name"),
        ];
        Vmi {
            meta: self.json_meta(object),
            phase: self.text(status.text("phase")),
            node: self.text(status.text("nodeName")),
            spec: self.vm_spec(object.at("spec"), object.at("metadata.labels")),
            conditions: self.json_conditions(object, "status.conditions"),
            addresses: self.addresses(status),
            guest_os: self.text(
                guest
                    .into_iter()
                    .find(|name| !name.is_empty())
                    .unwrap_or_default(),
            ),
            vcpus: topology.0.is_object().then_some(vcpus),
            memory: (!memory.is_zero()).then_some(memory),
            claims: self.claims_of_vmi(status),
            migration: status
                .has("migrationState")
                .then(|| self.migration_state(status.at("migrationState"))),
            running_since: status
                .list("phaseTransitionTimestamps")
                .filter(|one| one.text("phase") == "Running")
                .find_map(|one| one.time("phaseTransitionTimestamp")),
            pods: status
                .at("activePods")
                .fields()
                .map(|(uid, _)| self.text(uid))
                .collect(),
        }
    }

    fn addresses(&mut self, status: Json<'_>) -> Vec<Text> {
        let mut found: Vec<Text> = Vec::new();
        for interface in status.list("interfaces") {
            for ip in
                std::iter::once(interface.text("ipAddress")).chain(interface.texts("ipAddresses"))
            {
                if !ip.is_empty() && !found.iter().any(|known| **known == *ip) {
                    found.push(self.text(ip));
                }
            }
        }
        found
    }

    fn claims_of_vmi(&mut self, status: Json<'_>) -> Vec<(Text, Vec<Text>)> {
        status
            .list("volumeStatus")
            .filter(|one| one.has("persistentVolumeClaimInfo"))
            .map(|one| {
                let info = one.at("persistentVolumeClaimInfo");
                let name = if info.text("claimName").is_empty() {
                    one.text("name")
                } else {
                    info.text("claimName")
                };
                (
                    self.text(name),
                    info.texts("accessModes")
                        .map(|mode| self.text(mode))
                        .collect(),
                )
            })
            .collect()
    }

    fn migration_state(&mut self, state: Json<'_>) -> MigrationState {
        MigrationState {
            source: self.text(state.text("sourceNode")),
            target: self.text(state.text("targetNode")),
            started: state.time("startTimestamp"),
            finished: state.time("endTimestamp"),
            completed: state.flag("completed"),
            failed: state.flag("failed"),
            failure: self.text(state.text("failureReason")),
            mode: self.text(state.text("mode")),
        }
    }

    /// A VirtualMachineInstanceMigration.
    pub(crate) fn migration(&mut self, object: Json<'_>) -> Migration {
        Migration {
            meta: self.json_meta(object),
            vmi: self.text(object.text("spec.vmiName")),
            phase: self.text(object.text("status.phase")),
            conditions: self.json_conditions(object, "status.conditions"),
            state: object
                .has("status.migrationState")
                .then(|| self.migration_state(object.at("status.migrationState"))),
        }
    }

    /// A DataVolume.
    pub(crate) fn data_volume(&mut self, object: Json<'_>) -> DataVolume {
        let spec = object.at("spec");
        let storage = if spec.has("storage") {
            spec.at("storage")
        } else {
            spec.at("pvc")
        };
        let source = spec
            .at("source")
            .fields()
            .next()
            .map_or(String::new(), |(kind, from)| {
                let place = [from.text("url"), from.text("name")]
                    .into_iter()
                    .find(|text| !text.is_empty())
                    .unwrap_or_default();
                format!("{kind} {place}").trim_end().to_owned()
            });
        let meta = self.json_meta(object);
        let claim = object.text("status.claimName");
        DataVolume {
            claim: if claim.is_empty() {
                meta.key.name.clone()
            } else {
                self.text(claim)
            },
            phase: self.text(object.text("status.phase")),
            progress: self.text(object.text("status.progress")),
            source: self.text(&source),
            class: storage
                .has("storageClassName")
                .then(|| self.text(storage.text("storageClassName"))),
            size: amount(storage.at("resources.requests.storage")),
            restarts: object.int("status.restartCount"),
            conditions: self.json_conditions(object, "status.conditions"),
            meta,
        }
    }
}
