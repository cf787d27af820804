//! The state of an object in a sentence.

use super::{Case, span};
use crate::domain::{Conditions, Object, Time};

/// As `Pending for 14m`.
pub(super) fn words(case: &Case<'_>, object: &Object) -> String {
    let since = |word: &str, at: Option<Time>| {
        at.map_or_else(
            || word.to_owned(),
            |at| format!("{word} for {}", span(case.now.duration_since(at).as_secs())),
        )
    };
    let meta = object.meta();
    if let Some(at) = meta.deleting.time() {
        return since("Terminating", Some(at));
    }
    match object {
        Object::Claim(claim) => since(&claim.phase, meta.created.time()),
        Object::Pod(pod) => {
            let ready = pod
                .conditions
                .as_slice()
                .condition("Ready")
                .and_then(|one| one.since.time());
            let word = pod.status_word();
            let restarts = pod.restarts();
            let state = since(&word, ready.or(meta.created.time()));
            if restarts > 0 {
                format!("{state}, {restarts} restarts")
            } else {
                state
            }
        }
        Object::Workload(one) => format!("{} of {} ready", one.ready, one.desired),
        Object::App(app) => format!("{} {}", app.sync.as_str(), app.true_health().as_str()),
        Object::Vm(vm) => vm.status.to_string(),
        Object::Vmi(vmi) => since(&vmi.phase, vmi.running_since),
        Object::DataVolume(volume) => format!("{} {}", volume.phase, volume.progress)
            .trim()
            .to_owned(),
        Object::Node(node) => {
            let ready = if node.conditions.as_slice().holds("Ready") {
                "Ready"
            } else {
                "NotReady"
            };
            if node.unschedulable {
                format!("{ready}, cordoned")
            } else {
                ready.into()
            }
        }
        Object::Job(job) => format!(
            "{} active, {} succeeded, {} failed",
            job.active, job.succeeded, job.failed
        ),
        Object::Custom(custom) => custom
            .conditions
            .iter()
            .find(|one| matches!(&*one.kind, "Ready" | "Available" | "Synced"))
            .map_or_else(String::new, |one| {
                format!("{} {}", one.kind, one.status.as_str())
            }),
        _ => since("there", meta.created.time()),
    }
}
