//! Losing a blade, simulated: where its pods would go, and what would not fit anywhere.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{
        Backend, Conditions, Key, Node, NodeTerm, Pod, PodSpec, Quantity, Taint, Text, Toleration,
    },
    inventory::Inventory,
};

/// What the loss of a blade would mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loss {
    /// The blade.
    pub node: Text,
    /// Pods that find another blade, with it.
    pub moves: Vec<(Key, Text)>,
    /// Pods that do not.
    pub stranded: Vec<Stranded>,
    /// Pods of DaemonSets, mirror and finished pods: they belong to the blade and need no place.
    pub bound_to_node: usize,
}

/// A pod that fits nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranded {
    /// Pod.
    pub pod: Key,
    /// It carries a virtual machine.
    pub machine: bool,
    /// Why, shortest true reason.
    pub why: String,
}

/// Clusters of more blades are not tried blade by blade.
const MOST_BLADES: usize = 32;

impl Loss {
    /// What fits nowhere, in words, as `2 VMs, 1 pod (volume vol-1 lives on another blade)`; empty
    /// where all finds a place.
    #[must_use]
    pub fn words(&self) -> String {
        let machines = self.stranded.iter().filter(|one| one.machine).count();
        let counts = [
            (machines, "VM", "VMs"),
            (self.stranded.len() - machines, "pod", "pods"),
        ];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &self.stranded {
            *reasons.entry(&one.why).or_default() += 1;
        }
        match reasons.into_iter().max_by_key(|(_, count)| *count) {
            Some((why, _)) => {
                let why = why.strip_prefix("not enough ").unwrap_or(why);
                format!("{} ({why})", counts.join(", "))
            }
            None => String::new(),
        }
    }
}

/// Free CPU, memory and pod places of a blade.
#[derive(Clone, Copy)]
struct Room {
    cpu: Quantity,
    memory: Quantity,
    pods: i64,
}

/// Simulates the loss of one blade. Largest pods are placed first, each on the blade with the
/// most free memory that accepts it; preferences are not weighed, only demands.
#[must_use]
pub fn lose(inventory: &Inventory, node: &str) -> Loss {
    lose_with(inventory, node, rooms(inventory))
}

/// The loss of each blade in turn, where that is a question at all: with many blades one is not
/// missed, and trying each of them takes long.
#[must_use]
pub fn losses(inventory: &Inventory) -> Vec<Loss> {
    if !(2..=MOST_BLADES).contains(&inventory.nodes.len()) {
        return Vec::new();
    }
    let rooms = rooms(inventory);
    inventory
        .nodes
        .iter()
        .map(|node| lose_with(inventory, node.meta.name(), rooms.clone()))
        .collect()
}

fn lose_with(inventory: &Inventory, node: &str, mut rooms: BTreeMap<Text, Room>) -> Loss {
    rooms.remove(node);
    let mut pods: Vec<&Arc<Pod>> = inventory.pods_on(node).collect();
    pods.sort_by_key(|pod| {
        (
            std::cmp::Reverse(pod.request("memory")),
            std::cmp::Reverse(pod.request("cpu")),
            pod.meta.key.clone(),
        )
    });
    let mut loss = Loss {
        node: node.into(),
        ..Loss::default()
    };
    for pod in pods {
        if stays_with_node(pod) {
            loss.bound_to_node += 1;
            continue;
        }
        match place(inventory, pod, &mut rooms) {
            Ok(target) => loss.moves.push((pod.meta.key.clone(), target)),
            Err(why) => loss.stranded.push(Stranded {
                pod: pod.meta.key.clone(),
                machine: pod.meta.labels.is("kubevirt.io", "virt-launcher"),
                why,
            }),
        }
    }
    loss
}

fn stays_with_node(pod: &Pod) -> bool {
    pod.is_finished()
        || pod.meta.annotations.has("kubernetes.io/config.mirror")
        || pod
            .meta
            .controller()
            .is_some_and(|owner| matches!(&*owner.kind, "DaemonSet" | "Node"))
}

/// What is free on each blade that takes pods.
fn rooms(inventory: &Inventory) -> BTreeMap<Text, Room> {
    inventory
        .nodes
        .iter()
        .filter(|node| !node.unschedulable && node.conditions.as_slice().holds("Ready"))
        .map(|node| {
            let name = node.meta.name();
            let mut room = Room {
                cpu: node.allocatable.cpu(),
                memory: node.allocatable.memory(),
                pods: node.allocatable.of("pods").value(),
            };
            for pod in inventory.pods_on(name).filter(|pod| !pod.is_finished()) {
                take(&mut room, pod);
            }
            (name.clone(), room)
        })
        .collect()
}

fn take(room: &mut Room, pod: &Pod) {
    room.cpu = room.cpu - pod.request("cpu");
    room.memory = room.memory - pod.request("memory");
    room.pods -= 1;
}

fn place(
    inventory: &Inventory,
    pod: &Pod,
    rooms: &mut BTreeMap<Text, Room>,
) -> Result<Text, String> {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<(Quantity, Text)> = None;
    for (name, room) in rooms.iter() {
        let Some(node) = inventory.nodes.find("", name) else {
            continue;
        };
        match refusal(inventory, pod, node, room) {
            Some(why) => *reasons.entry(why).or_default() += 1,
            None if best.as_ref().is_none_or(|(free, _)| room.memory > *free) => {
                best = Some((room.memory, name.clone()))
            }
            None => {}
        }
    }
    let Some((_, target)) = best else {
        let why = reasons
            .into_iter()
            .max_by_key(|(_, count)| *count)
            .map_or_else(|| "no other blade is ready".into(), |(why, _)| why);
        return Err(why);
    };
    if let Some(room) = rooms.get_mut(&target) {
        take(room, pod);
    }
    Ok(target)
}

/// Why a node would not take a pod; demands only.
fn refusal(inventory: &Inventory, pod: &Pod, node: &Node, room: &Room) -> Option<String> {
    if let Some(taint) = node
        .taints
        .iter()
        .find(|taint| !tolerated(taint, &pod.spec.tolerations))
    {
        return Some(format!("taint {}", taint.key));
    }
    if !selected(&pod.spec, node) {
        return Some("node selector or required affinity".into());
    }
    if let Some(volume) = pinned_elsewhere(inventory, pod, node) {
        return Some(format!("volume {volume} lives on another blade"));
    }
    if pod.request("memory") > room.memory {
        return Some("not enough memory".into());
    }
    if pod.request("cpu") > room.cpu {
        return Some("not enough cpu".into());
    }
    (room.pods < 1).then(|| "no pod place".into())
}

fn tolerated(taint: &Taint, tolerations: &[Toleration]) -> bool {
    &*taint.effect == "PreferNoSchedule"
        || tolerations.iter().any(|toleration| {
            (toleration.effect.is_empty() || toleration.effect == taint.effect)
                && (toleration.key.is_empty() || toleration.key == taint.key)
                && (&*toleration.operator == "Exists" || toleration.value == taint.value)
        })
}

fn selected(spec: &PodSpec, node: &Node) -> bool {
    let required = &spec.affinity.node_required;
    node.meta.labels.contains(&spec.node_selector)
        && (required.is_empty() || required.iter().any(|term| term_accepts(term, node)))
}

fn term_accepts(term: &NodeTerm, node: &Node) -> bool {
    term.labels
        .iter()
        .all(|wanted| wanted.accepts(node.meta.labels.get(&wanted.key).map(|value| &**value)))
        && term
            .fields
            .iter()
            .all(|wanted| wanted.accepts(Some(node.meta.name())))
}

fn pinned_elsewhere(inventory: &Inventory, pod: &Pod, node: &Node) -> Option<Text> {
    for claim in pod.spec.claims() {
        let Some(claim) = inventory.claims.find(pod.meta.namespace(), claim) else {
            continue;
        };
        let Some(volume) = inventory.volumes.find("", &claim.volume) else {
            continue;
        };
        let local = matches!(volume.backend, Backend::Local(_)) || !volume.node_affinity.is_empty();
        if local
            && !volume
                .node_affinity
                .iter()
                .any(|term| term_accepts(term, node))
        {
            return Some(volume.meta.name().clone());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_with_its_commonest_reason() {
        let stranded = |machine: bool, why: &str| Stranded {
            pod: Key::new("a", "b"),
            machine,
            why: why.into(),
        };
        let mut loss = Loss::default();
        assert_eq!(loss.words(), "");
        loss.stranded = vec![
            stranded(true, "not enough memory"),
            stranded(true, "not enough memory"),
            stranded(false, "taint gpu"),
        ];
        assert_eq!(loss.words(), "2 VMs, 1 pod (memory)");
    }
}
