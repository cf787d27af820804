//! What a change does to everything around, worked out of the inventory.

mod backup;
mod claim;
mod git;
mod machine;
mod node;
mod pod;
mod workload;

pub(super) use backup::backup;

use super::{Plan, Verb, Weight, argo_impact};
use crate::{
    domain::{Freshness, Kind, Labels, Meta, Object, Pod, Profile, Quantity, Time},
    inventory::Inventory,
};

/// What a change happens in.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub inventory: &'a Inventory,
    pub profile: &'a Profile,
    pub now: Time,
}

impl Around<'_> {
    /// Says so where a kind is not known, for then silence means nothing.
    fn needs(&self, plan: &mut Plan, kind: Kind, what: &str) -> bool {
        let known = self.inventory.freshness(kind);
        if !known.is_complete() {
            let why = match known {
                Freshness::Stale { .. } => "are as of before the connection broke",
                Freshness::NotInstalled => return false,
                _ => "could not be read",
            };
            plan.fact(Weight::Unknown, format!("{what} {why}"));
        }
        known.has_rows()
    }
}

/// Adds what a plan does to one of its objects.
pub(super) fn of(plan: &mut Plan, around: &Around<'_>, object: &Object) {
    match object {
        Object::Pod(pod) => pod::of_pod(plan, around, pod),
        Object::Claim(one) if matches!(plan.verb, Verb::Expand(_)) => {
            claim::of_growth(plan, around, one);
        }
        Object::Claim(one) if plan.verb == Verb::DeleteClaim => claim::of_claim(plan, around, one),
        Object::Volume(volume) if plan.verb == Verb::DeleteVolume => {
            claim::of_volume(plan, around, volume);
        }
        Object::Node(node) => node::of_node(plan, around, node),
        Object::Workload(one) => workload::of_workload(plan, around, one),
        Object::CronJob(job) => workload::of_cron_job(plan, job),
        Object::Job(job) if plan.verb == Verb::DeleteJob => {
            workload::of_job(plan, around, job);
        }
        Object::Vm(vm) => machine::of_machine(plan, around, &vm.meta),
        Object::Vmi(vmi) => machine::of_machine(plan, around, &vmi.meta),
        Object::App(app) => argo_impact::of(plan, around, app),
        _ => {}
    }
    if !plan.verb.is_of_apps() {
        git::of_git(plan, around, object.kind(), object.meta());
    }
    if plan.verb == Verb::RemoveFinalizers {
        of_finalizers(plan, around, object);
    }
}

fn of_finalizers(plan: &mut Plan, around: &Around<'_>, object: &Object) {
    let held: Vec<&str> = object.meta().finalizers.iter().map(|one| &**one).collect();
    plan.fact(
        Weight::Loss,
        format!(
            "what {} should have cleaned up is left behind; it goes at once",
            held.join(", ")
        ),
    );
    if let Object::Claim(one) = object {
        claim::of_claim(plan, around, one);
    }
    if let Object::Volume(volume) = object {
        claim::of_volume(plan, around, volume);
    }
}

/// Disruption budgets that select pods with these labels.
fn budgets<'a>(
    around: &Around<'a>,
    namespace: &'a str,
    labels: &'a Labels,
) -> impl Iterator<Item = &'a std::sync::Arc<crate::domain::DisruptionBudget>> {
    around
        .inventory
        .budgets
        .in_namespace(namespace)
        .filter(|budget| budget.selector.matches(labels))
}

/// Names of services that send to pods with these labels.
fn services(around: &Around<'_>, namespace: &str, labels: &Labels) -> Vec<String> {
    around
        .inventory
        .services
        .in_namespace(namespace)
        .filter(|service| {
            service.selector.iter().next().is_some() && labels.contains(&service.selector)
        })
        .map(|service| service.meta.key.name.to_string())
        .collect()
}

/// Who makes a pod anew.
fn maker(pod: &Pod) -> Option<String> {
    pod.meta
        .controller()
        .map(|owner| format!("{} {}", owner.kind, owner.name))
}

/// Kind, namespace and name as they are said of an object in a line.
fn said(kind: Kind, meta: &Meta) -> String {
    format!("{} {}", kind.short(), meta.key.name)
}

/// A list of names, the first of many.
fn names(all: &[String]) -> String {
    const MOST: usize = 8;
    let more = all.len().saturating_sub(MOST);
    let mut line = all
        .iter()
        .take(MOST)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        line.push_str(&format!(" and {more} more"));
    }
    line
}

/// `1 pod`, `2 pods`.
fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Bytes for people, to a tenth of the largest unit that fits.
fn bytes(size: Quantity) -> String {
    let value = size.value();
    [
        (1_i64 << 40, "TiB"),
        (1 << 30, "GiB"),
        (1 << 20, "MiB"),
        (1 << 10, "KiB"),
    ]
    .into_iter()
    .find(|(unit, _)| value >= *unit)
    .map_or_else(
        || format!("{value} B"),
        |(unit, word)| {
            let tenths = value / (unit / 10).max(1);
            match tenths % 10 {
                0 => format!("{} {word}", tenths / 10),
                tenth => format!("{}.{tenth} {word}", tenths / 10),
            }
        },
    )
}

/// How long ago something was.
fn ago(at: Time, now: Time) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    match minutes {
        0..120 => format!("{minutes} min ago"),
        120..2880 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_read_well() {
        let size = |text: &str| bytes(text.parse().unwrap());
        assert_eq!(size("11Ti"), "11 TiB");
        assert_eq!(size("1536Mi"), "1.5 GiB");
        assert_eq!(size("12"), "12 B");
        let at = |second| Time::from_second(second).unwrap();
        assert_eq!(ago(at(0), at(3600)), "60 min ago");
        assert_eq!(ago(at(0), at(86_400 * 3)), "3 days ago");
    }
}
