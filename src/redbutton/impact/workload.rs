//! What a change of a workload does to its pods and to those who need them.

use super::{Around, budgets, bytes, counted, names, said, services};
use crate::{
    domain::{CronJob, Freshness, Job, Kind, Quantity, Workload},
    insight::capacity,
    redbutton::{Plan, Verb, Weight},
};

/// Adds what becomes of a workload.
pub(super) fn of_workload(plan: &mut Plan, around: &Around<'_>, workload: &Workload) {
    match plan.verb {
        Verb::Scale(replicas) => of_scale(plan, around, workload, replicas),
        Verb::Restart => of_restart(plan, workload),
        _ => {}
    }
    around.needs(plan, Kind::DisruptionBudget, "disruption budgets");
    for budget in budgets(around, workload.meta.namespace(), &workload.template_labels) {
        if budget.allowed < 1 {
            plan.fact(
                Weight::Caution,
                format!(
                    "disruption budget {} allows none to go now ({} of {} healthy), but this does not ask it",
                    budget.meta.key.name, budget.healthy, budget.expected
                ),
            );
        }
    }
}

fn of_restart(plan: &mut Plan, workload: &Workload) {
    let pods = counted(usize::try_from(workload.current).unwrap_or_default(), "pod");
    match &*workload.strategy {
        "OnDelete" => plan.fact(
            Weight::Caution,
            format!("{pods} stay as they are until somebody deletes them (strategy OnDelete)"),
        ),
        "Recreate" => plan.fact(
            Weight::Caution,
            format!("{pods} end before new ones start (strategy Recreate): none answers meanwhile"),
        ),
        strategy => plan.fact(
            Weight::Plain,
            format!("{pods} replaced one after the other ({strategy})"),
        ),
    }
    let one = workload.kind.kind() != Kind::DaemonSet && workload.desired < 2;
    if one && workload.kind.kind() == Kind::StatefulSet {
        plan.fact(
            Weight::Caution,
            "it is a single pod: none answers meanwhile",
        );
    }
    if workload.paused {
        plan.fact(
            Weight::Caution,
            "its rollout is paused: nothing happens until it is resumed",
        );
    }
}

fn of_scale(plan: &mut Plan, around: &Around<'_>, workload: &Workload, replicas: i32) {
    let more = replicas - workload.desired;
    let weight = if replicas == 0 {
        Weight::Loss
    } else {
        Weight::Plain
    };
    plan.fact(
        weight,
        format!("{} become {replicas}", counted_replicas(workload.desired)),
    );
    if replicas == 0 {
        let behind = services(around, workload.meta.namespace(), &workload.template_labels);
        let whose = if behind.is_empty() {
            "nothing of it answers any more".to_owned()
        } else {
            format!("service {} answers nobody", names(&behind))
        };
        plan.fact(Weight::Loss, whose);
    }
    if more > 0 {
        of_room(plan, around, workload, more);
    }
    if more < 0 && workload.kind.kind() == Kind::StatefulSet {
        plan.fact(Weight::Plain, "the highest numbers go; their claims stay");
    }
    plan.fact(
        Weight::Unknown,
        "whether an autoscaler sets the number again: autoscalers are not read",
    );
}

fn counted_replicas(count: i32) -> String {
    counted(usize::try_from(count).unwrap_or_default(), "replica")
}

/// What more pods ask for, and what is free before and after.
fn of_room(plan: &mut Plan, around: &Around<'_>, workload: &Workload, more: i32) {
    let (cpu, memory) = (
        workload.template.request("cpu").times(i64::from(more)),
        workload.template.request("memory").times(i64::from(more)),
    );
    let blades = capacity::blades(around.inventory, around.profile);
    let free = blades
        .iter()
        .filter(|blade| blade.ready && !blade.cordoned)
        .fold((Quantity::ZERO, Quantity::ZERO), |sum, blade| {
            (sum.0 + blade.cpu.free(), sum.1 + blade.memory.free())
        });
    let short = cpu > free.0 || memory > free.1;
    let weight = if short { Weight::Loss } else { Weight::Plain };
    plan.fact(
        weight,
        format!(
            "{} more {} for {cpu} CPU and {}; free before: {} CPU and {}{}",
            more,
            if more == 1 { "pod asks" } else { "pods ask" },
            bytes(memory),
            free.0,
            bytes(free.1),
            if short { ", which is too little" } else { "" }
        ),
    );
    if !matches!(around.inventory.freshness(Kind::Pod), Freshness::Live(_)) {
        plan.fact(
            Weight::Unknown,
            "what is free now: the pods are not as of now",
        );
    }
}

/// Adds what becomes of a CronJob.
pub(super) fn of_cron_job(plan: &mut Plan, job: &CronJob) {
    let runs = counted(usize::try_from(job.active).unwrap_or_default(), "run");
    match plan.verb {
        Verb::Trigger => plan.fact(
            Weight::Caution,
            format!(
                "a Job of its template starts now, whatever its schedule; {runs} active already"
            ),
        ),
        Verb::Suspend => plan.fact(
            Weight::Caution,
            format!(
                "it does not run at `{}` until it is resumed; {runs} active now go on",
                job.schedule
            ),
        ),
        Verb::Resume => plan.fact(
            Weight::Plain,
            format!(
                "it runs at `{}` again; a run that was missed lately may start at once",
                job.schedule
            ),
        ),
        _ => {}
    }
}

/// Adds what becomes of a Job that goes.
pub(super) fn of_job(plan: &mut Plan, around: &Around<'_>, job: &Job) {
    let pods: Vec<String> = around
        .inventory
        .pods_owned_by(&job.meta.uid)
        .map(|pod| format!("{} ({})", pod.meta.key.name, pod.status_word()))
        .collect();
    if job.active > 0 {
        plan.fact(
            Weight::Loss,
            format!(
                "what {} has not finished is cut off",
                said(Kind::Job, &job.meta)
            ),
        );
    }
    plan.fact(
        Weight::Caution,
        if pods.is_empty() {
            "no pod of it is there".to_owned()
        } else {
            format!("its pods and their logs go with it: {}", names(&pods))
        },
    );
    match job.meta.controller() {
        Some(owner) => plan.fact(
            Weight::Plain,
            format!(
                "{} {} makes the next one by its schedule",
                owner.kind, owner.name
            ),
        ),
        None => plan.fact(Weight::Plain, "nobody makes it anew: it has no controller"),
    }
}
