//! What a change does to a virtual machine and to those who use it.

use super::{Around, names, services};
use crate::{
    domain::{Condition, Conditions, Key, Kind, Meta, Truth, Vmi},
    redbutton::{Plan, Verb, Weight, virt},
};

/// Adds what becomes of a machine, or of a running instance of one.
pub(super) fn of_machine(plan: &mut Plan, around: &Around<'_>, meta: &Meta) {
    let Some((text, down)) = virt::impact(plan.verb) else {
        return;
    };
    let weight = if down { Weight::Caution } else { Weight::Plain };
    plan.fact(weight, text);
    let instance = around.inventory.vmis.get(&meta.key);
    if let Some(instance) = instance {
        if down {
            of_outage(plan, around, instance);
        }
        if plan.verb == Verb::Migrate {
            of_move(plan, instance);
        }
    }
    if matches!(plan.verb, Verb::Stop | Verb::RestartMachine) {
        of_agent(plan, instance);
    }
}

/// Who no longer reaches it.
fn of_outage(plan: &mut Plan, around: &Around<'_>, instance: &Vmi) {
    if !instance.addresses.is_empty() {
        let all: Vec<String> = instance.addresses.iter().map(ToString::to_string).collect();
        plan.fact(Weight::Plain, format!("{} stops answering", names(&all)));
    }
    let behind = services(around, instance.meta.namespace(), &instance.meta.labels);
    if !behind.is_empty() {
        plan.fact(
            Weight::Caution,
            format!("service {} sends to it", names(&behind)),
        );
    }
    plan.fact(Weight::Unknown, "who else needs what runs in the guest");
}

/// A guest without an agent hears the power button only.
fn of_agent(plan: &mut Plan, instance: Option<&std::sync::Arc<Vmi>>) {
    if instance.is_some_and(|one| !one.conditions.as_slice().holds("AgentConnected")) {
        plan.fact(
            Weight::Caution,
            "no guest agent answers: if the guest ignores the power button, it is cut off when its grace period ends",
        );
    }
}

fn of_move(plan: &mut Plan, instance: &Vmi) {
    match fixed(instance) {
        Some(why) => plan.fact(Weight::Loss, format!("it cannot migrate: {}", why.message)),
        None => plan.fact(
            Weight::Plain,
            format!(
                "it runs on {} now; the scheduler chooses where it goes",
                instance.node
            ),
        ),
    }
}

/// Why it cannot move.
fn fixed(instance: &Vmi) -> Option<&Condition> {
    instance
        .conditions
        .as_slice()
        .condition("LiveMigratable")
        .filter(|one| one.status == Truth::False)
}

/// Adds what becomes of the machines on a node that is emptied.
pub(super) fn on_node(plan: &mut Plan, around: &Around<'_>, node: &str) {
    around.needs(plan, Kind::Vmi, "virtual machines");
    for instance in around
        .inventory
        .vmis
        .iter()
        .filter(|one| *one.node == *node)
    {
        let (weight, text) = on_drain(instance);
        plan.fact(weight, text);
    }
}

/// What a drain makes of a machine depends on its eviction strategy.
fn on_drain(instance: &Vmi) -> (Weight, String) {
    let name: &Key = &instance.meta.key;
    let strategy = &*instance.spec.eviction;
    match (strategy, fixed(instance)) {
        ("LiveMigrate", Some(why)) => (
            Weight::Loss,
            format!(
                "machine {name} cannot migrate and holds the drain up until somebody stops it: {}",
                why.message
            ),
        ),
        ("LiveMigrate" | "LiveMigrateIfPossible", None) => {
            (Weight::Caution, format!("machine {name} migrates"))
        }
        ("LiveMigrateIfPossible" | "None", _) => (
            Weight::Loss,
            format!(
                "machine {name} is shut down with its pod, and boots elsewhere if its run strategy says so"
            ),
        ),
        ("External", _) => (
            Weight::Caution,
            format!("machine {name} waits for another controller to move it (strategy External)"),
        ),
        (_, Some(why)) => (
            Weight::Loss,
            format!(
                "machine {name} cannot migrate: it stops, or holds the drain up ({})",
                why.message
            ),
        ),
        (_, None) => (
            Weight::Unknown,
            format!(
                "whether machine {name} migrates or stops: KubeVirt's own setting decides, which is not read"
            ),
        ),
    }
}
