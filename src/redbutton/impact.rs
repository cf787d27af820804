//! What a change does to everything around, worked out of the inventory.

use super::{Fact, Plan, Verb, Weight, argo_impact, plan::target, virt};
use crate::{
    domain::{
        Claim, Conditions, Freshness, Key, Kind, Meta, Node, Object, Pod, Profile, Time, Truth,
        Volume, Workload,
    },
    insight::capacity,
    inventory::Inventory,
};

/// Minutes after which Argo CD has put back what Git says.
const SELF_HEAL_MINUTES: u32 = 3;

fn fact(plan: &mut Plan, weight: Weight, text: impl Into<String>) {
    plan.impact.push(Fact {
        weight,
        text: text.into(),
    });
}

/// Adds what a plan does to one of its objects.
pub(super) fn of(
    plan: &mut Plan,
    inventory: &Inventory,
    profile: &Profile,
    object: &Object,
    now: Time,
) {
    match object {
        Object::Pod(pod) => of_pod(plan, inventory, pod),
        Object::Claim(claim) if matches!(plan.verb, Verb::Expand(_)) => {
            of_growth(plan, inventory, claim);
        }
        Object::CronJob(job) if plan.verb == Verb::Trigger => fact(
            plan,
            Weight::Plain,
            format!(
                "a Job of its template starts now; {} run already",
                job.active
            ),
        ),
        Object::Claim(claim) => of_claim(plan, inventory, profile, claim, now),
        Object::Volume(volume) => of_volume(plan, inventory, profile, volume, now),
        Object::Node(node) => of_node(plan, inventory, node),
        Object::Workload(workload) => of_workload(plan, inventory, workload),
        Object::App(app) => argo_impact::of(plan, inventory, profile, app, now),
        Object::Job(job) => fact(
            plan,
            Weight::Caution,
            format!("{} running pods of the job go with it", job.active),
        ),
        _ => {}
    }
    if !plan.verb.is_of_apps() {
        git(plan, inventory, object.kind(), object.meta());
    }
    if let Some((text, down)) = virt::impact(plan.verb) {
        let weight = if down { Weight::Caution } else { Weight::Plain };
        fact(plan, weight, text);
    }
    if plan.verb == Verb::RemoveFinalizers {
        let list: Vec<&str> = object.meta().finalizers.iter().map(|one| &**one).collect();
        fact(
            plan,
            Weight::Loss,
            format!(
                "what {} should have cleaned up is left behind",
                list.join(", ")
            ),
        );
    }
}

/// Whoever keeps the object as Git says.
fn git(plan: &mut Plan, inventory: &Inventory, kind: &str, meta: &Meta) {
    let Some(app) = inventory.app_above(kind, meta) else {
        return;
    };
    let name = &app.meta.key.name;
    let heals = app.auto_sync.is_some_and(|auto| auto.self_heal);
    let own = !inventory.apps_managing(kind, meta).is_empty();
    if own && heals {
        fact(
            plan,
            Weight::Caution,
            format!(
                "Argo CD app {name} manages this: self-heal puts it back in about {SELF_HEAL_MINUTES} minutes"
            ),
        );
    }
    if !app.path().is_empty() {
        fact(
            plan,
            Weight::Plain,
            format!("the Git way is a change under {}", app.path()),
        );
    }
}

fn of_pod(plan: &mut Plan, inventory: &Inventory, pod: &Pod) {
    match pod.meta.controller() {
        Some(owner) => fact(
            plan,
            Weight::Plain,
            format!("{} {} makes a new pod", owner.kind, owner.name),
        ),
        None => fact(
            plan,
            Weight::Loss,
            "nothing recreates this pod: it has no controller",
        ),
    }
    if !matches!(
        inventory.freshness(Kind::DisruptionBudget),
        Freshness::Live(_)
    ) {
        fact(
            plan,
            Weight::Unknown,
            "disruption budgets could not be read",
        );
    }
    for budget in inventory.budgets.in_namespace(pod.meta.namespace()) {
        if budget.selector.matches(&pod.meta.labels) && budget.allowed < 1 {
            fact(
                plan,
                Weight::Caution,
                format!(
                    "disruption budget {} allows none to go now ({} of {} healthy)",
                    budget.meta.key.name, budget.healthy, budget.desired
                ),
            );
        }
    }
    let local = pod
        .spec
        .volumes
        .iter()
        .any(|volume| matches!(volume.source, crate::domain::VolumeSource::EmptyDir { .. }));
    if local {
        fact(plan, Weight::Caution, "its emptyDir volumes are lost");
    }
    let ready = inventory
        .pods
        .in_namespace(pod.meta.namespace())
        .filter(|other| {
            other.meta.key != pod.meta.key
                && other.meta.controller().map(|owner| &owner.uid)
                    == pod.meta.controller().map(|owner| &owner.uid)
        })
        .filter(|other| other.conditions.as_slice().holds("Ready"))
        .count();
    if pod.conditions.as_slice().holds("Ready") && ready == 0 {
        fact(
            plan,
            Weight::Caution,
            "it is the only ready pod: the service is down until the new one is up",
        );
    }
}

fn of_growth(plan: &mut Plan, inventory: &Inventory, claim: &Claim) {
    fact(
        plan,
        Weight::Caution,
        format!(
            "{} grow; a claim never shrinks again",
            words(claim.capacity)
        ),
    );
    let grows = claim
        .class_name()
        .and_then(|name| inventory.classes.find("", name))
        .map(|class| class.expandable);
    match grows {
        Some(true) => {}
        Some(false) => fact(
            plan,
            Weight::Loss,
            "its storage class does not let claims grow",
        ),
        None => fact(
            plan,
            Weight::Unknown,
            "whether its storage class lets claims grow could not be found out",
        ),
    }
}

fn of_claim(plan: &mut Plan, inventory: &Inventory, profile: &Profile, claim: &Claim, now: Time) {
    let users: Vec<String> = inventory
        .pods_of_claim(&claim.meta.key)
        .map(|pod| pod.meta.key.name.to_string())
        .collect();
    if users.is_empty() {
        fact(plan, Weight::Plain, "no pod uses it");
    } else {
        fact(
            plan,
            Weight::Caution,
            format!("{} pods use it: {}", users.len(), users.join(", ")),
        );
        fact(
            plan,
            Weight::Plain,
            "it stays Terminating until the last of them is gone",
        );
    }
    let volume = inventory.volumes.find("", &claim.volume);
    let reclaim = volume.map_or("", |volume| &volume.reclaim);
    let size = claim.capacity;
    match reclaim {
        "Retain" => fact(
            plan,
            Weight::Plain,
            format!(
                "the volume {} and its {} stay (Retain)",
                claim.volume,
                words(size)
            ),
        ),
        "" if claim.volume.is_empty() => fact(plan, Weight::Plain, "it has no volume"),
        "" => fact(
            plan,
            Weight::Unknown,
            "the reclaim policy of its volume could not be found out",
        ),
        _ => fact(
            plan,
            Weight::Loss,
            format!(
                "its volume and up to {} are deleted (reclaim policy {reclaim})",
                words(size)
            ),
        ),
    }
    match inventory.volume_usage.get(&claim.meta.key) {
        Some(usage) => fact(
            plan,
            Weight::Plain,
            format!("{} bytes are used", usage.used),
        ),
        None => fact(
            plan,
            Weight::Unknown,
            "how much of it is used could not be found out",
        ),
    }
    if !claim.volume.is_empty() && reclaim != "Retain" {
        backup(plan, inventory, profile, &claim.meta.key, now);
    }
}

fn of_volume(
    plan: &mut Plan,
    inventory: &Inventory,
    profile: &Profile,
    volume: &Volume,
    now: Time,
) {
    if volume.backend.nfs().is_some_and(|(server, path)| {
        server == profile.media.server
            && path.starts_with(profile.media.path.as_str())
            && !server.is_empty()
    }) {
        fact(
            plan,
            Weight::Loss,
            "this is the media library: its volume object is needed to mount it",
        );
    }
    if let Some((key, _)) = &volume.claim {
        fact(
            plan,
            Weight::Caution,
            format!("claim {key} loses its volume"),
        );
        backup(plan, inventory, profile, key, now);
    }
    fact(
        plan,
        if &*volume.reclaim == "Delete" {
            Weight::Loss
        } else {
            Weight::Plain
        },
        format!("reclaim policy {}", volume.reclaim),
    );
}

fn words(size: crate::domain::Quantity) -> String {
    let value = size.value();
    [(1_i64 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB")]
        .into_iter()
        .find(|(unit, _)| value >= *unit)
        .map_or_else(
            || format!("{value} B"),
            |(unit, word)| format!("{} {word}", value / unit),
        )
}

/// No backup = no delete, unless it is overridden in words.
pub(super) fn backup(
    plan: &mut Plan,
    inventory: &Inventory,
    profile: &Profile,
    claim: &Key,
    now: Time,
) {
    let Some(newest) = capacity::last_backup(inventory, &claim.namespace) else {
        plan.lacks_backup = true;
        fact(
            plan,
            Weight::Loss,
            "no backup is known: Velero's backups could not be read",
        );
        return;
    };
    match newest {
        Some((at, name)) => {
            let days = now.duration_since(at).as_hours() / 24;
            let old = days > i64::from(profile.backup_max_age_days);
            plan.lacks_backup |= old;
            fact(
                plan,
                if old { Weight::Loss } else { Weight::Plain },
                format!(
                    "last Velero backup of {}: {name}, {days} days ago",
                    claim.namespace
                ),
            );
        }
        None => {
            plan.lacks_backup = true;
            fact(
                plan,
                Weight::Loss,
                format!(
                    "there is no completed Velero backup of {}: no backup, no delete",
                    claim.namespace
                ),
            );
        }
    }
}

fn of_workload(plan: &mut Plan, inventory: &Inventory, workload: &Workload) {
    match plan.verb {
        Verb::Scale(replicas) => {
            fact(
                plan,
                if replicas == 0 {
                    Weight::Loss
                } else {
                    Weight::Plain
                },
                format!("{} replicas become {replicas}", workload.desired),
            );
            let more = replicas - workload.desired;
            if more > 0 {
                let (cpu, memory) = (
                    workload.template.request("cpu"),
                    workload.template.request("memory"),
                );
                fact(
                    plan,
                    Weight::Plain,
                    format!(
                        "{more} more pods ask for {} CPU and {}",
                        cpu.times(i64::from(more)),
                        words(memory.times(i64::from(more)))
                    ),
                );
            }
        }
        Verb::Restart => {
            fact(
                plan,
                Weight::Plain,
                format!(
                    "{} pods are replaced one after the other ({})",
                    workload.current, workload.strategy
                ),
            );
            if &*workload.strategy == "Recreate" || workload.desired < 2 {
                fact(plan, Weight::Caution, "there is a gap in which none runs");
            }
        }
        _ => {}
    }
    for budget in inventory.budgets.in_namespace(workload.meta.namespace()) {
        if budget.selector.matches(&workload.template_labels) && budget.allowed < 1 {
            fact(
                plan,
                Weight::Caution,
                format!(
                    "disruption budget {} allows none to go now",
                    budget.meta.key.name
                ),
            );
        }
    }
}

fn of_node(plan: &mut Plan, inventory: &Inventory, node: &Node) {
    let name = node.meta.key.name.clone();
    if plan.verb != Verb::Drain {
        fact(
            plan,
            Weight::Plain,
            if plan.verb == Verb::Cordon {
                "no new pod is placed here; what runs stays"
            } else {
                "new pods may be placed here again"
            },
        );
        return;
    }
    let (mut moved, mut daemons) = (0, 0);
    let pods: Vec<_> = inventory
        .pods_on(&name)
        .filter(|pod| !pod.is_finished())
        .cloned()
        .collect();
    for pod in pods {
        match pod.meta.controller().map(|owner| owner.kind.clone()) {
            Some(kind) if &*kind == "DaemonSet" => daemons += 1,
            owner => {
                moved += 1;
                if owner.is_none() {
                    fact(
                        plan,
                        Weight::Loss,
                        format!(
                            "pod {} has no controller and does not come back",
                            pod.meta.key
                        ),
                    );
                }
                of_pod_on_drain(plan, inventory, &pod);
                if let Ok(target) = target(&Object::Pod(pod)) {
                    plan.evicted.push(target);
                }
            }
        }
    }
    fact(
        plan,
        Weight::Caution,
        format!("{moved} pods are asked to go; {daemons} of DaemonSets stay"),
    );
    for vmi in inventory.vmis.iter().filter(|vmi| vmi.node == name) {
        let fixed = vmi
            .conditions
            .as_slice()
            .condition("LiveMigratable")
            .is_some_and(|one| one.status == Truth::False);
        let text = if fixed {
            format!(
                "machine {} cannot move and would block or stop",
                vmi.meta.key
            )
        } else {
            format!("machine {} is migrated", vmi.meta.key)
        };
        fact(
            plan,
            if fixed { Weight::Loss } else { Weight::Caution },
            text,
        );
    }
    let loss = capacity::lose(inventory, &name);
    for pod in loss.stranded.iter().take(6) {
        fact(
            plan,
            Weight::Loss,
            format!("{} finds no other blade: {}", pod.pod, pod.why),
        );
    }
}

fn of_pod_on_drain(plan: &mut Plan, inventory: &Inventory, pod: &Pod) {
    for budget in inventory.budgets.in_namespace(pod.meta.namespace()) {
        if budget.selector.matches(&pod.meta.labels) && budget.allowed < 1 {
            fact(
                plan,
                Weight::Caution,
                format!(
                    "disruption budget {} holds {} back",
                    budget.meta.key, pod.meta.key.name
                ),
            );
        }
    }
}
