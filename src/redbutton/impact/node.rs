//! What a blade that is closed or emptied leaves to the others.

use std::{collections::BTreeMap, sync::Arc};

use super::{Around, budgets, bytes, counted, machine, maker, pod::has_scratch};
use crate::{
    domain::{Conditions, Kind, Node, Pod, Quantity, Text},
    insight::capacity,
    redbutton::{Plan, Verb, Weight, plan::target},
};

/// Adds what becomes of a blade and of what runs on it.
pub(super) fn of_node(plan: &mut Plan, around: &Around<'_>, node: &Node) {
    let name = node.meta.key.name.clone();
    match plan.verb {
        Verb::Cordon => plan.fact(Weight::Plain, "no new pod is placed here; what runs stays"),
        Verb::Uncordon => plan.fact(Weight::Plain, "new pods may be placed here again"),
        _ => of_drain(plan, around, &name),
    }
    of_room(plan, around, &name);
}

/// Free CPU and memory for new pods before and after.
fn of_room(plan: &mut Plan, around: &Around<'_>, name: &str) {
    if !around.needs(plan, Kind::Pod, "pods") {
        return;
    }
    let opens = plan.verb == Verb::Uncordon;
    let blades = capacity::blades(around.inventory, around.profile);
    let free = |with: bool| {
        blades
            .iter()
            .filter(|blade| blade.ready)
            .filter(|blade| {
                if *blade.node == *name {
                    with
                } else {
                    !blade.cordoned
                }
            })
            .fold((Quantity::ZERO, Quantity::ZERO), |(cpu, memory), blade| {
                (cpu + blade.cpu.free(), memory + blade.memory.free())
            })
    };
    let moved: (Quantity, Quantity) = around
        .inventory
        .pods
        .iter()
        .filter(|pod| plan.evicted.iter().any(|one| *one.uid == *pod.meta.uid))
        .filter(|pod| pod.meta.controller().is_some())
        .fold((Quantity::ZERO, Quantity::ZERO), |(cpu, memory), pod| {
            (cpu + pod.request("cpu"), memory + pod.request("memory"))
        });
    let was_open = blades
        .iter()
        .any(|blade| *blade.node == *name && !blade.cordoned);
    let (before, after) = (free(was_open), free(opens));
    let said =
        |(cpu, memory): (Quantity, Quantity)| format!("{} CPU and {}", tenths(cpu), bytes(memory));
    let left = (after.0 - moved.0, after.1 - moved.1);
    let short = left.0 < Quantity::ZERO || left.1 < Quantity::ZERO;
    let weight = if short {
        Weight::Caution
    } else {
        Weight::Plain
    };
    let mut text = format!(
        "free for new pods: {} now, {} after",
        said(before),
        said(after)
    );
    if plan.verb == Verb::Drain {
        text.push_str(&format!("; what moves asks for {}", said(moved)));
    }
    plan.fact(weight, text);
}

fn tenths(cpu: Quantity) -> String {
    let milli = cpu.milli();
    format!("{}.{}", milli / 1000, milli % 1000 / 100)
}

/// Static pods and those of DaemonSets belong to the blade and stay.
fn stays(pod: &Pod) -> bool {
    pod.meta.annotations.has("kubernetes.io/config.mirror")
        || pod
            .meta
            .controller()
            .is_some_and(|owner| matches!(&*owner.kind, "DaemonSet" | "Node"))
}

/// Every pod that is asked to go, with what becomes of it.
fn of_drain(plan: &mut Plan, around: &Around<'_>, name: &Text) {
    let (stay, go): (Vec<Arc<Pod>>, Vec<Arc<Pod>>) = around
        .inventory
        .pods_on(name)
        .filter(|pod| !pod.is_finished())
        .cloned()
        .partition(|pod| stays(pod));
    plan.fact(
        Weight::Caution,
        format!(
            "{} asked to go; {} of DaemonSets and the blade itself stay",
            counted(go.len(), "pod"),
            stay.len()
        ),
    );
    let loss = capacity::lose(around.inventory, name);
    let place: BTreeMap<_, _> = loss.moves.iter().map(|(pod, to)| (pod, to)).collect();
    let (mut alone, mut scratch) = (false, false);
    for pod in &go {
        alone |= pod.meta.controller().is_none();
        scratch |= has_scratch(pod);
        let stranded = loss.stranded.iter().find(|one| one.pod == pod.meta.key);
        let (weight, text) = fate(pod, place.get(&pod.meta.key).copied(), stranded);
        plan.fact(weight, text);
        if let Ok(target) = target(&crate::domain::Object::Pod(pod.clone())) {
            plan.evicted.push(target);
        }
    }
    of_budgets(plan, around, &go);
    machine::on_node(plan, around, name);
    if alone && let Some(line) = plan.commands.last_mut() {
        line.push_str(" --force");
    }
    if !scratch && let Some(line) = plan.commands.last_mut() {
        *line = line.replace(" --delete-emptydir-data", "");
    }
}

/// What becomes of one pod.
fn fate(
    pod: &Pod,
    place: Option<&Text>,
    stranded: Option<&capacity::Stranded>,
) -> (Weight, String) {
    let key = &pod.meta.key;
    let scratch = if has_scratch(pod) {
        "; its emptyDir is lost"
    } else {
        ""
    };
    let Some(owner) = maker(pod) else {
        return (
            Weight::Loss,
            format!("pod {key} has no controller and does not come back{scratch}"),
        );
    };
    match (stranded, place) {
        (Some(stranded), _) => (
            Weight::Loss,
            format!("pod {key} finds no other blade: {}{scratch}", stranded.why),
        ),
        (None, Some(place)) => (
            if scratch.is_empty() {
                Weight::Plain
            } else {
                Weight::Caution
            },
            format!("pod {key} ({owner}) fits on {place}{scratch}"),
        ),
        (None, None) => (
            Weight::Unknown,
            format!("where pod {key} ({owner}) would go{scratch}"),
        ),
    }
}

/// Budgets that hold some of these pods back.
fn of_budgets(plan: &mut Plan, around: &Around<'_>, pods: &[Arc<Pod>]) {
    around.needs(plan, Kind::DisruptionBudget, "disruption budgets");
    let mut held: BTreeMap<String, (i32, Vec<&str>)> = BTreeMap::new();
    for pod in pods {
        for budget in budgets(around, pod.meta.namespace(), &pod.meta.labels) {
            let entry = held
                .entry(budget.meta.key.to_string())
                .or_insert((budget.allowed, Vec::new()));
            entry.1.push(&pod.meta.key.name);
        }
    }
    for (budget, (allowed, names)) in held {
        let here = names.len();
        if allowed < 1 {
            plan.fact(
                Weight::Caution,
                format!(
                    "disruption budget {budget} allows none to go now: {} held until it does",
                    names.join(", ")
                ),
            );
        } else if usize::try_from(allowed).is_ok_and(|allowed| allowed < here) {
            plan.fact(
                Weight::Plain,
                format!(
                    "disruption budget {budget} lets {allowed} of its {here} pods here go at a time"
                ),
            );
        }
    }
    let unready = pods
        .iter()
        .filter(|pod| !pod.conditions.as_slice().holds("Ready"))
        .count();
    if unready > 0 {
        plan.fact(
            Weight::Plain,
            format!("{} not ready even now", counted(unready, "pod")),
        );
    }
}
