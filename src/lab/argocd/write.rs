//! What is asked for by POST and DELETE: it is filed here, and done by the controller.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Asked, Refusal, answer, form};

fn is_automated(app: &Value) -> bool {
    app["spec"]["syncPolicy"]["automated"].is_object()
}

fn filed(asked: &Asked, app: &Value, operation: &Value) -> Response {
    let (namespace, name) = (form::text(app, "namespace"), form::text(app, "name"));
    asked
        .lab
        .world
        .edit("Application", &namespace, &name, |held| {
            held["operation"] = operation.clone();
        });
    let mut shown = form::bare(
        &asked
            .lab
            .world
            .find("Application", &namespace, &name)
            .unwrap_or_else(|| app.clone()),
    );
    // the answer has the new operation, and nothing of the last one
    if let Some(status) = shown["status"].as_object_mut() {
        status.shift_remove("operationState");
    }
    answer(&shown)
}

/// Files a sync.
pub fn sync(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    asked.may_write("sync", app)?;
    let wanted: Value = serde_json::from_slice(body).unwrap_or_default();
    if app["operation"].is_object() {
        return Err(Refusal::new(
            400,
            9,
            "another operation is already in progress",
        ));
    }
    let target = app["spec"]["source"]["targetRevision"]
        .as_str()
        .unwrap_or("HEAD");
    if let Some(revision) = wanted["revision"].as_str()
        && is_automated(app)
        && !revision.is_empty()
        && revision != target
        && wanted["dryRun"] != true
    {
        return Err(Refusal::new(
            400,
            9,
            format!("Cannot sync to {revision}: auto-sync currently set to {target}"),
        ));
    }
    let mut sync = json!({"revision": app["status"]["sync"]["revision"]});
    for field in ["dryRun", "prune", "resources"] {
        if !wanted[field].is_null() && wanted[field] != false {
            sync[field] = wanted[field].clone();
        }
    }
    if wanted["strategy"].is_object() {
        sync["syncStrategy"] = wanted["strategy"].clone();
    }
    if wanted["syncOptions"]["items"].is_array() {
        sync["syncOptions"] = wanted["syncOptions"]["items"].clone();
    }
    let operation =
        json!({"sync": sync, "initiatedBy": {"username": asked.account.name()}, "retry": {}});
    Ok(filed(asked, app, &operation))
}

/// Files a rollback.
pub fn rollback(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    asked.may_write("sync", app)?;
    if is_automated(app) {
        return Err(Refusal::new(
            400,
            9,
            "rollback cannot be initiated when auto-sync is enabled",
        ));
    }
    let wanted: Value = serde_json::from_slice(body).unwrap_or_default();
    // zero is a number like any other here
    let id = wanted["id"].as_i64().unwrap_or(0);
    let past = app["status"]["history"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["id"].as_i64().unwrap_or(0) == id);
    let Some(past) = past else {
        let (namespace, name) = (form::text(app, "namespace"), form::text(app, "name"));
        return Err(Refusal::new(
            400,
            3,
            format!("application {namespace}/{name} does not have deployment with id {id}"),
        ));
    };
    let operation = json!({"sync": {"revision": past["revision"]}, "initiatedBy": {"username": asked.account.name()}});
    Ok(filed(asked, app, &operation))
}

/// Asks the running operation to end.
pub fn terminate(asked: &Asked, app: &Value) -> Result<Response, Refusal> {
    asked.may_write("sync", app)?;
    if !app["operation"].is_object() {
        return Err(Refusal::new(
            400,
            3,
            "Unable to terminate operation. No operation is in progress",
        ));
    }
    asked.lab.world.edit(
        "Application",
        &form::text(app, "namespace"),
        &form::text(app, "name"),
        |held| held["status"]["operationState"]["phase"] = json!("Terminating"),
    );
    Ok(answer(&json!({})))
}
