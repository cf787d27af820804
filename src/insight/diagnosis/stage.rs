//! The stage a pod is in, as far as faults go: on its way, waiting, crashing, or well.

use super::Inquiry;
use crate::domain::{Conditions, ContainerState, HealthProbe, Pod, Time, Truth};

/// A pod may be on its way for so long without being a fault, seconds.
const GRACE: i64 = 90;
/// A pod that crashed less than this ago and runs now is still in trouble, seconds.
const FLAPPING: i64 = 900;
/// An image may take so long to fetch, seconds.
const LONGEST_PULL: i64 = 900;
/// No probe's patience counts for longer than this, seconds.
const LONGEST_START: i64 = 1800;

/// What stage a pod is in, as far as faults go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// In order.
    Well,
    /// On its way, for less than the grace.
    Young,
    /// Waits for a node.
    Unscheduled,
    /// Has a node, its containers do not start.
    Starting,
    /// Its containers crash, or run and are not ready.
    Running,
    /// Ended as a failure.
    Failed,
    /// Does not go away.
    Stuck,
}

/// The stage of a pod.
pub(super) fn stage(look: &Inquiry<'_>, pod: &Pod) -> Stage {
    let age = |since: Option<_>| since.map_or(i64::MAX, |since| look.age(since));
    if let Some(since) = pod.meta.deleting.time() {
        let grace = pod.spec.grace_seconds.unwrap_or(30);
        return if look.age(since) > grace + GRACE {
            Stage::Stuck
        } else {
            Stage::Well
        };
    }
    if &*pod.phase == "Succeeded" {
        return Stage::Well;
    }
    if &*pod.phase == "Failed" {
        return Stage::Failed;
    }
    let young = age(pod.meta.created.time()) < GRACE;
    if pod.node.is_none() {
        return if young {
            Stage::Young
        } else {
            Stage::Unscheduled
        };
    }
    if crashes(look, pod) {
        return Stage::Running;
    }
    if waits_badly(pod) {
        return Stage::Starting;
    }
    let started = pod.statuses.iter().any(|status| {
        matches!(
            status.state,
            ContainerState::Running(_) | ContainerState::Terminated(_)
        )
    });
    let ready = Conditions::condition(pod.conditions.as_slice(), "Ready").map_or_else(
        || started && pod.statuses.iter().all(|status| status.ready),
        |ready| ready.status == Truth::True,
    );
    // a container that has done its work is never ready again, and need not be
    let working = &*pod.spec.restart_policy != "Always"
        && pod.statuses.iter().all(|status| {
            status.ready
                || matches!(&status.state, ContainerState::Terminated(end) if end.exit_code == 0)
        });
    let ready = ready || started && working;
    match (started, ready) {
        (_, true) => Stage::Well,
        (true, false)
            if running_since(pod).is_some_and(|since| look.age(since) < patience(pod)) =>
        {
            Stage::Young
        }
        (true, false) => Stage::Running,
        (false, false) if young || is_pulling(look, pod) => Stage::Young,
        (false, false) => Stage::Starting,
    }
}

/// How long a container may run without being ready: as long as its own probes give it.
fn patience(pod: &Pod) -> i64 {
    let budget = |probe: &HealthProbe| {
        i64::from(probe.delay) + i64::from(probe.period) * i64::from(probe.failures)
    };
    pod.statuses
        .iter()
        .filter(|status| status.restarts == 0)
        .filter_map(|status| pod.spec.container(&status.name))
        .filter_map(|one| one.startup.as_ref().or(one.readiness.as_ref()))
        .map(budget)
        .max()
        .unwrap_or_default()
        .clamp(GRACE, LONGEST_START)
}

/// The newest word about the pod is that its image is being fetched: large ones take minutes.
fn is_pulling(look: &Inquiry<'_>, pod: &Pod) -> bool {
    look.inventory()
        .events_about("Pod", &pod.meta)
        .last()
        .is_some_and(|event| {
            &*event.reason == "Pulling"
                && event
                    .last
                    .is_some_and(|since| look.age(since) < LONGEST_PULL)
        })
}

fn running_since(pod: &Pod) -> Option<Time> {
    pod.statuses
        .iter()
        .filter_map(|status| match &status.state {
            ContainerState::Running(since) => since.time(),
            _ => None,
        })
        .max()
}

/// A container crashes: it waits after a crash, ended badly, or crashed moments ago again and again.
fn crashes(look: &Inquiry<'_>, pod: &Pod) -> bool {
    pod.all_statuses().any(|status| match &status.state {
        ContainerState::Waiting { reason, .. } if &**reason == "CrashLoopBackOff" => true,
        ContainerState::Waiting { .. } => status.last.as_ref().is_some_and(|last| {
            last.exit_code != 0 && status.restarts > 0 && !last.reason.is_empty()
        }),
        ContainerState::Terminated(end) => {
            end.exit_code != 0
                || (&*pod.spec.restart_policy == "Always" && is_main(pod, &status.name))
        }
        ContainerState::Running(_) | ContainerState::Unknown => {
            status.restarts >= 3
                && status.last.as_ref().is_some_and(|last| {
                    last.exit_code != 0 && last.finished.is_some_and(|end| look.age(end) < FLAPPING)
                })
        }
    })
}

/// Whether a container is one of those that make the pod what it is.
pub(super) fn is_main(pod: &Pod, container: &str) -> bool {
    pod.spec
        .containers
        .iter()
        .any(|one| *one.name == *container)
}

/// A container waits for something that does not come by itself.
fn waits_badly(pod: &Pod) -> bool {
    pod.all_statuses().any(|status| {
        matches!(&status.state, ContainerState::Waiting { reason, .. }
            if !matches!(&**reason, "" | "ContainerCreating" | "PodInitializing"))
    })
}
