//! Applications by their Kubernetes objects, where no API of Argo CD is configured.

use serde_json::{Value, json};

use super::{
    DryRun, Plan, Standing, Target, Verb, argo,
    argo_call::{named, strategy},
    call::Call,
};
use crate::{
    domain::{AppVia, Time},
    sources::argocd::application,
};

/// Who files an operation.
const WHO: &str = "redbutton";

/// Whether an action is done here: to an application that is as it was shown, found just before.
pub(super) const fn is_here(verb: Verb) -> bool {
    verb.is_of_apps()
}

/// Whether an action files an operation, which is followed.
pub(super) const fn is_followed(verb: Verb) -> bool {
    matches!(verb, Verb::Sync(_) | Verb::Rollback(_) | Verb::Terminate)
}

/// The call for an application; refused where it is not as it was shown.
pub(super) fn call(
    plan: &Plan,
    nth: usize,
    target: &Target,
    own: String,
    found: &Value,
) -> Result<Call, DryRun> {
    if found["metadata"]["uid"] != target.uid {
        return Err(DryRun::Refused("a new one of its name is there".into()));
    }
    let now = Standing::of(&application(found, AppVia::Kubernetes));
    let changed = match plan.apps.shown.get(nth) {
        Some(shown) => shown.standing.changed(&now, plan.verb),
        None => (found["metadata"]["resourceVersion"] != target.version).then_some("its version"),
    };
    if let Some(what) = changed {
        return Err(DryRun::Refused(format!(
            "it changed since it was shown: {what}"
        )));
    }
    let merged = |mut patch: Value| {
        // refused where anybody wrote between this look and the patch
        patch["metadata"]["uid"] = found["metadata"]["uid"].clone();
        patch["metadata"]["resourceVersion"] = found["metadata"]["resourceVersion"].clone();
        Call::patch(own.clone(), "application/merge-patch+json", patch)
    };
    let marked =
        |name: &str, value: Value| merged(json!({"metadata": {"annotations": {name: value}}}));
    Ok(match plan.verb {
        Verb::Refresh => marked("argocd.argoproj.io/refresh", json!("normal")),
        Verb::HardRefresh => marked("argocd.argoproj.io/refresh", json!("hard")),
        Verb::ApproveDeletion => marked(
            "argocd.argoproj.io/deletion-approved",
            json!(Time::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ),
        Verb::AutoSync(on) => merged(argo::switch(on)),
        // on an idle application the phase would stay so for ever
        Verb::Terminate if !found["operation"].is_object() => {
            return Err(DryRun::Refused("no operation is in progress".into()));
        }
        Verb::Terminate => merged(json!({"status": {"operationState": {"phase": "Terminating"}}})),
        _ if found["operation"].is_object() => {
            return Err(DryRun::Refused(
                "another operation is already in progress".into(),
            ));
        }
        _ => filed(&own, found, operation(plan, found)?),
    })
}

/// A patch that puts an operation in only where none is: a plain one would write over a running one.
fn filed(own: &str, found: &Value, sync: Value) -> Call {
    let meta = &found["metadata"];
    let operation = json!({"initiatedBy": {"username": WHO}, "sync": sync, "retry": {}});
    let patch = json!([
        {"op": "test", "path": "/metadata/uid", "value": meta["uid"]},
        {"op": "test", "path": "/metadata/resourceVersion", "value": meta["resourceVersion"]},
        {"op": "test", "path": "/operation", "value": null},
        {"op": "add", "path": "/operation", "value": operation},
    ]);
    Call::patch(own.to_owned(), "application/json-patch+json", patch)
}

/// What Argo CD's server would file.
fn operation(plan: &Plan, found: &Value) -> Result<Value, DryRun> {
    let policy = &found["spec"]["syncPolicy"];
    let mut options: Vec<Value> = policy["syncOptions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut sync = json!({});
    match plan.verb {
        Verb::Sync(asked) => {
            if asked.replace {
                options.push(json!("Replace=true"));
            }
            for (field, on) in [("dryRun", asked.dry_run), ("prune", asked.prune)] {
                if on {
                    sync[field] = json!(true);
                }
            }
            sync["syncStrategy"] = strategy(asked);
            if !plan.apps.resources.is_empty() {
                sync["resources"] = plan.apps.resources.iter().map(named).collect();
            }
        }
        Verb::Rollback(id) => {
            if application(found, AppVia::Kubernetes).auto_sync.is_some() {
                return Err(DryRun::Refused(
                    "rollback cannot be initiated when auto-sync is enabled".into(),
                ));
            }
            let past = found["status"]["history"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|past| past["id"].as_i64().unwrap_or(0) == id)
                .ok_or_else(|| {
                    DryRun::Refused(format!("its history has no deployment with id {id}"))
                })?;
            for field in ["revision", "revisions", "source", "sources"] {
                if !past[field].is_null() {
                    sync[field] = past[field].clone();
                }
            }
            sync["syncStrategy"] = json!({"apply": {}});
        }
        _ => return Err(DryRun::Refused("applications have no such action".into())),
    }
    if !options.is_empty() {
        sync["syncOptions"] = json!(options);
    }
    Ok(sync)
}
