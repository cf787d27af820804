//! The events that Argo CD leaves about its applications: one for each start and each end of an
//! operation, none of which is counted up.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{objects, world::World},
    form::text,
};

/// Self-heal, or automatic sync, begins an operation.
pub fn begun_by_itself(world: &World, app: &Value, revision: &str, now: Timestamp) {
    let words = format!("Initiated automated sync to '{revision}'");
    event(world, app, "OperationStarted", &words, true, now);
}

/// Somebody begins a sync by the API.
pub fn begun_by(world: &World, app: &Value, who: &str, revision: &str, now: Timestamp) {
    let branch = app["spec"]["source"]["targetRevision"]
        .as_str()
        .unwrap_or("HEAD");
    let words = format!("{who} initiated sync to {branch} ({revision})");
    event(world, app, "OperationStarted", &words, true, now);
}

/// An operation is over.
pub fn ended(world: &World, app: &Value, operation: &Value, now: Timestamp) {
    let state = &app["status"]["operationState"];
    let some = operation["sync"]["resources"].is_array();
    let what = if some {
        "Partial sync operation"
    } else {
        "Sync operation"
    };
    let revision = state["syncResult"]["revision"].as_str().unwrap_or_default();
    let good = state["phase"] == "Succeeded";
    let end = if good {
        "succeeded".to_owned()
    } else {
        format!("failed: {}", state["message"].as_str().unwrap_or_default())
    };
    let words = format!("{what} to {revision} {end}");
    event(world, app, "OperationCompleted", &words, good, now);
}

fn event(world: &World, app: &Value, reason: &str, words: &str, good: bool, now: Timestamp) {
    let (namespace, name) = (text(app, "namespace"), text(app, "name"));
    let own = format!("{name}.{:x}", now.as_nanosecond());
    let time = objects::stamp(now);
    let about = json!({"kind": "Application", "namespace": namespace, "name": name, "uid": app["metadata"]["uid"], "apiVersion": "argoproj.io/v1alpha1", "resourceVersion": app["metadata"]["resourceVersion"]});
    let kind = if good { "Normal" } else { "Warning" };
    objects::put(
        world,
        json!({"kind": "Event", "metadata": {"namespace": namespace, "name": own}, "involvedObject": about, "reason": reason, "message": words, "type": kind, "source": {"component": "argocd-application-controller"}, "firstTimestamp": time, "lastTimestamp": time, "count": 1, "eventTime": null, "reportingComponent": "argocd-application-controller", "reportingInstance": ""}),
        now,
    );
}
