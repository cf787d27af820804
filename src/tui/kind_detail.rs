//! What is told of each kind of object beyond what all have.

use super::{
    detail::Lines,
    text::{age, bytes},
};
use crate::{
    domain::{ContainerState, ContainerStatus, Node, Pod, Quantity, ResourceList, Text, Workload},
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
        if let Some(usage) = self.inventory.usage_of(&pod.meta.key) {
            self.field(
                "uses",
                format!(
                    "cpu {}m, memory {}",
                    usage.cpu().milli(),
                    bytes(usage.memory().value().unsigned_abs())
                ),
            );
        }
        if let Some(node) = &pod.node {
            self.link("blade", "Node", "", node);
        }
        // the pod of a machine is the machine's business
        if let Some(machine) = pod.meta.labels.get("vm.kubevirt.io/name") {
            self.link("machine", "VirtualMachine", namespace, machine);
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

    fn container(&mut self, pod: &Pod, status: &ContainerStatus) {
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
                        age(since.time(), self.now),
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
            let amounts = |list: &ResourceList| {
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

    pub(super) fn node(&mut self, node: &Node) {
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
        self.node_shares(node);
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

    /// What of a node is used and asked for.
    fn node_shares(&mut self, node: &Node) {
        let pods = || {
            self.inventory
                .pods_on(node.meta.name())
                .filter(|pod| !pod.is_finished())
        };
        let asked = [
            pods().map(|pod| pod.request("cpu")).sum::<Quantity>(),
            pods().map(|pod| pod.request("memory")).sum::<Quantity>(),
        ];
        let usage = self.inventory.node_usage.get(node.meta.name());
        let used = usage.map(|usage| [usage.cpu, usage.memory]);
        let words = |quantity: Quantity, cpu: bool| {
            if cpu {
                format!("{:.1}", quantity.as_f64())
            } else {
                bytes(quantity.value().unsigned_abs())
            }
        };
        let share = |cpu: bool, all: Quantity| {
            let at = usize::from(!cpu);
            let used = used.map_or_else(String::new, |used| {
                format!("{} used, ", words(used[at], cpu))
            });
            let asked = words(asked[at], cpu);
            format!("{used}{asked} asked for, of {}", words(all, cpu))
        };
        let (cpu, memory) = (
            share(true, node.allocatable.cpu()),
            share(false, node.allocatable.memory()),
        );
        self.field("cpu", cpu);
        self.field("memory", memory);
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
}
