//! What is told of each kind of object beyond what all have.

use super::{
    detail::Lines,
    text::{age, bytes},
};
use crate::{
    domain::{ContainerState, DiskSource, Key, Pod, Quantity, Text, Workload, short_modes},
    insight::capacity::Level,
};

impl Lines<'_> {
    pub(super) fn pod(&mut self, pod: &Pod) {
        let namespace = &pod.meta.key.namespace;
        let word = pod.status_word();
        self.head("Status");
        let good = matches!(word.as_str(), "Running" | "Completed" | "Succeeded");
        self.field_at(
            "status",
            word,
            if good { Level::Ok } else { Level::Critical },
        );
        self.note(&*pod.message, Level::Warning);
        self.field("address", &*pod.ip);
        self.field("quality", &*pod.qos);
        if let Some(node) = &pod.node {
            self.link("blade", "Node", "", node);
        }
        self.head("Containers");
        for status in pod.init_statuses.iter().chain(&pod.statuses) {
            self.container(pod, status);
        }
        let claims: Vec<Text> = pod.spec.claims().cloned().collect();
        if !claims.is_empty() {
            self.head("Claims");
        }
        for claim in claims {
            self.link("mounts", "PersistentVolumeClaim", namespace, &claim);
        }
        self.conditions(&pod.conditions);
    }

    fn container(&mut self, pod: &Pod, status: &crate::domain::ContainerStatus) {
        let (state, level) = match &status.state {
            ContainerState::Running(since) => {
                let level = if status.ready {
                    Level::Ok
                } else {
                    Level::Warning
                };
                (
                    format!(
                        "running {}{}",
                        age(*since, self.now),
                        if status.ready { "" } else { ", not ready" }
                    ),
                    level,
                )
            }
            ContainerState::Waiting { reason, message } => {
                (format!("waiting: {reason} {message}"), Level::Critical)
            }
            ContainerState::Terminated(end) => {
                let level = if end.exit_code == 0 {
                    Level::Ok
                } else {
                    Level::Critical
                };
                (
                    format!(
                        "ended {} ago: {} exit code {}",
                        age(end.finished, self.now),
                        end.reason,
                        end.exit_code
                    ),
                    level,
                )
            }
            ContainerState::Unknown => ("not said".into(), Level::Ok),
        };
        self.field_at(&status.name, state, level);
        if let Some(last) = &status.last {
            let text = format!(
                "before: {} exit code {}, {} ago, {} restarts {}",
                last.reason,
                last.exit_code,
                age(last.finished, self.now),
                status.restarts,
                last.message
            );
            self.note(text.trim_end(), Level::Warning);
        }
        if let Some(spec) = pod.spec.container(&status.name) {
            let amounts = |list: &crate::domain::ResourceList| {
                let memory = list
                    .get("memory")
                    .map_or_else(|| "-".into(), |memory| bytes(memory.value().unsigned_abs()));
                format!(
                    "cpu {} memory {memory}",
                    list.get("cpu")
                        .map_or_else(|| "-".into(), |cpu| cpu.to_string())
                )
            };
            self.note(
                format!(
                    "{} · asks {} · may {}",
                    spec.image,
                    amounts(&spec.requests),
                    amounts(&spec.limits)
                ),
                Level::Ok,
            );
        }
    }

    pub(super) fn claim(&mut self, claim: &crate::domain::Claim) {
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
        self.head(format!("Used by · {}", pods.len()));
        for pod in pods {
            self.link("pod", "Pod", &pod.namespace, &pod.name);
        }
        self.conditions(&claim.conditions);
    }

    pub(super) fn volume(&mut self, volume: &crate::domain::Volume) {
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

    pub(super) fn node(&mut self, node: &crate::domain::Node) {
        self.head("Machine");
        self.field("roles", node.roles().join(", "));
        self.field("address", &*node.address);
        self.field(
            "system",
            format!(
                "{} · {} · {}",
                node.os_image, node.kernel, node.architecture
            ),
        );
        self.field("kubelet", format!("{} · {}", node.kubelet, node.runtime));
        for taint in &node.taints {
            self.field_at(
                "taint",
                format!("{}={}:{}", taint.key, taint.value, taint.effect),
                Level::Warning,
            );
        }
        self.conditions(&node.conditions);
        let mut pods: Vec<_> = self
            .inventory
            .pods_on(node.meta.name())
            .filter(|pod| !pod.is_finished())
            .cloned()
            .collect();
        pods.sort_by_key(|pod| std::cmp::Reverse(pod.request("memory")));
        self.head(format!("Pods · {}", pods.len()));
        for pod in pods {
            let asks = format!(
                "{:>8} {:>6}",
                bytes(pod.request("memory").value().unsigned_abs()),
                format!("{}m", pod.request("cpu").milli())
            );
            self.link(&asks, "Pod", pod.meta.namespace(), pod.meta.name());
        }
    }

    pub(super) fn workload(&mut self, one: &Workload) {
        self.head("Status");
        let level = if one.ready >= one.desired {
            Level::Ok
        } else {
            Level::Critical
        };
        self.field_at("ready", format!("{} of {}", one.ready, one.desired), level);
        self.field("updated", one.updated.to_string());
        self.field("strategy", &*one.strategy);
        for container in one.template.all_containers() {
            self.field(&container.name, &*container.image);
        }
        self.conditions(&one.conditions);
        let namespace = one.meta.namespace().clone();
        let pods: Vec<Text> = self
            .inventory
            .pods
            .in_namespace(&namespace)
            .filter(|pod| one.selector.matches(&pod.meta.labels))
            .map(|pod| pod.meta.key.name.clone())
            .collect();
        self.head(format!("Pods · {}", pods.len()));
        for pod in pods {
            self.link("pod", "Pod", &namespace, &pod);
        }
    }

    pub(super) fn vm(&mut self, vm: &crate::domain::Vm) {
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
            self.link("blade", "Node", "", &vmi.node);
            self.field("guest", &*vmi.guest_os);
            self.field("addresses", vmi.addresses.join("  "));
            for uid in &vmi.pods {
                for key in self.inventory.indexes.pods_by_uid.get(&**uid).to_vec() {
                    self.link("launcher", "Pod", &key.namespace, &key.name);
                }
            }
            if let Some(state) = vmi.migration.as_ref().filter(|state| !state.completed) {
                self.field_at(
                    "migration",
                    format!("{} to {} {}", state.source, state.target, state.failure),
                    Level::Warning,
                );
            }
        }
        self.head("Disks");
        for disk in &vm.spec.disks {
            match &disk.source {
                DiskSource::Claim(claim) | DiskSource::DataVolume(claim) => {
                    self.link(&disk.name, "PersistentVolumeClaim", &namespace, claim)
                }
                other => self.field(&disk.name, format!("{other:?}")),
            }
        }
        self.conditions(vmi.as_ref().map_or(&vm.conditions, |vmi| &vmi.conditions));
    }
}
