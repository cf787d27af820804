//! What is asked for by POST, PUT, PATCH and DELETE: it is filed here, and done by the controller.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Asked, Refusal, answer, form, git::place_of, tell};
use crate::lab::patch;

fn is_automated(app: &Value) -> bool {
    let auto = &app["spec"]["syncPolicy"]["automated"];
    auto.is_object() && auto["enabled"] != false
}

fn edit(asked: &Asked, app: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let (namespace, name) = place_of(app);
    let world = &asked.lab.world;
    world.edit("Application", &namespace, &name, change);
    world
        .find("Application", &namespace, &name)
        .unwrap_or_else(|| app.clone())
}

/// The operation goes in where none is, and nothing of the last one stays.
fn filed(asked: &Asked, app: &Value, operation: &Value) -> Result<Response, Refusal> {
    let mut busy = false;
    let now = edit(asked, app, |held| {
        busy = held["operation"].is_object();
        if !busy {
            held["operation"] = operation.clone();
            if let Some(status) = held["status"].as_object_mut() {
                status.shift_remove("operationState");
            }
        }
    });
    if busy {
        return Err(in_progress());
    }
    Ok(answer(&form::bare(&now)))
}

fn in_progress() -> Refusal {
    Refusal::new(400, 9, "another operation is already in progress")
}

fn sent(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|why| Refusal::new(400, 3, why.to_string()))
}

/// Files a sync.
pub fn sync(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    let wanted = sent(body)?;
    if wanted["strategy"].is_string() {
        return Err(Refusal::new(
            400,
            3,
            "json: cannot unmarshal string into Go struct field ApplicationSyncRequest.strategy of type v1alpha1.SyncStrategy",
        ));
    }
    asked.may_write("sync", app)?;
    let project = app["spec"]["project"].as_str().unwrap_or_default();
    if asked.lab.world.git.window(project) == Some(false) {
        return Err(Refusal::new(403, 7, "cannot sync: blocked by sync window"));
    }
    if app["metadata"]["deletionTimestamp"].is_string() {
        return Err(Refusal::new(400, 9, "application is deleting"));
    }
    let target = app["spec"]["source"]["targetRevision"]
        .as_str()
        .unwrap_or("HEAD");
    let revision = wanted["revision"].as_str().unwrap_or_default();
    let other = !revision.is_empty() && revision != target;
    if other && is_automated(app) && wanted["dryRun"] != true {
        return Err(Refusal::new(
            400,
            9,
            format!("Cannot sync to {revision}: auto-sync currently set to {target}"),
        ));
    }
    let git = &asked.lab.world.git;
    let known = git.resolve(&place_of(app), target, revision);
    // of what was brought in, Git is known only as far as it was compared
    let status = &app["status"]["sync"];
    let compared = status["revision"]
        .as_str()
        .or_else(|| status["revisions"][0].as_str());
    let compared = compared.filter(|_| !other && git.commit(&place_of(app), None).is_none());
    let Some(hash) = known.or_else(|| compared.map(ToOwned::to_owned)) else {
        return Err(Refusal::new(
            400,
            9,
            format!(
                "error resolving repo revision: rpc error: code = Unknown desc = unable to resolve '{revision}' to a commit SHA: revision not found"
            ),
        ));
    };
    let mut sync = json!({"revision": hash});
    for field in ["prune", "dryRun"] {
        if wanted[field] == true {
            sync[field] = json!(true);
        }
    }
    sync["syncStrategy"] = strategy(&wanted["strategy"]);
    if let Some(only) = wanted["resources"].as_array().filter(|all| !all.is_empty()) {
        sync["resources"] = only.iter().map(super::apply::named).collect();
    }
    let answer = filed(asked, app, &operation(asked, app, sync, &wanted))?;
    let who = asked.account.name();
    tell::begun_by(&asked.lab.world, app, who, &hash, jiff::Timestamp::now());
    Ok(answer)
}

/// The strategy as it is stored: what is false or empty is left out.
fn strategy(wanted: &Value) -> Value {
    let (kind, inner) = match (wanted["apply"].is_object(), wanted["hook"].is_object()) {
        (true, _) => ("apply", &wanted["apply"]),
        (_, true) => ("hook", &wanted["hook"]),
        _ => return Value::Null,
    };
    let force = if inner["force"] == true {
        json!({"force": true})
    } else {
        json!({})
    };
    json!({kind: force})
}

fn operation(asked: &Asked, app: &Value, mut sync: Value, wanted: &Value) -> Value {
    if sync["source"].is_null() {
        sync["source"] = app["spec"]["source"].clone();
    }
    // options that are named replace the application's own
    let own = &app["spec"]["syncPolicy"]["syncOptions"];
    let options = match &wanted["syncOptions"]["items"] {
        Value::Array(items) => json!(items),
        _ => own.clone(),
    };
    if options.is_array() {
        sync["syncOptions"] = options;
    }
    if let Some(fields) = sync.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    let retry = match &wanted["retryStrategy"] {
        Value::Object(retry) => json!(retry),
        _ => json!({}),
    };
    json!({"sync": sync, "initiatedBy": {"username": asked.account.name()}, "retry": retry})
}

/// Files a rollback.
pub fn rollback(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    let wanted = sent(body)?;
    asked.may_write("sync", app)?;
    if app["metadata"]["deletionTimestamp"].is_string() {
        return Err(Refusal::new(400, 9, "application is deleting"));
    }
    if is_automated(app) {
        return Err(Refusal::new(
            400,
            9,
            "rollback cannot be initiated when auto-sync is enabled",
        ));
    }
    // zero is a number like any other here
    let id = wanted["id"].as_i64().unwrap_or(0);
    let past = app["status"]["history"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["id"].as_i64().unwrap_or(0) == id);
    let Some(past) = past else {
        let (namespace, name) = place_of(app);
        return Err(Refusal::new(
            400,
            3,
            format!("application {namespace}/{name} does not have deployment with id {id}"),
        ));
    };
    let mut sync = json!({"revision": past["revision"], "syncStrategy": {"apply": {}}, "source": past["source"]});
    for field in ["prune", "dryRun"] {
        if wanted[field] == true {
            sync[field] = json!(true);
        }
    }
    filed(asked, app, &operation(asked, app, sync, &json!({})))
}

/// Asks the running operation to end.
pub fn terminate(asked: &Asked, app: &Value) -> Result<Response, Refusal> {
    asked.may_write("sync", app)?;
    let mut idle = true;
    edit(asked, app, |held| {
        idle = !held["operation"].is_object();
        if idle {
            return;
        }
        if held["status"]["operationState"].is_null() {
            held["status"]["operationState"] = json!({"operation": held["operation"], "startedAt": super::super::objects::stamp(jiff::Timestamp::now())});
        }
        held["status"]["operationState"]["phase"] = json!("Terminating");
    });
    if idle {
        return Err(Refusal::new(
            400,
            3,
            "Unable to terminate operation. No operation is in progress",
        ));
    }
    Ok(answer(&json!({})))
}

/// Changes an application by a patch, which is a text in the body.
pub fn patched(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    let wanted = sent(body)?;
    asked.may_write("update", app)?;
    let kind = wanted["patchType"].as_str().unwrap_or_default();
    let text = wanted["patch"].as_str().unwrap_or_default();
    let parsed = serde_json::from_str::<Value>(text).ok();
    let mut after = app.clone();
    match (kind, parsed) {
        ("merge" | "", Some(change)) => patch::merge(&mut after, &change),
        ("merge" | "", None) => {
            return Err(Refusal::new(
                500,
                2,
                "error calculating merge patch: Invalid JSON Patch",
            ));
        }
        ("json", Some(change)) => {
            patch::json(&mut after, &change).map_err(|why| Refusal::new(500, 2, why))?;
        }
        ("json", None) => return Err(Refusal::new(500, 2, "Invalid JSON Patch")),
        (other, _) => {
            let words = format!("Patch type '{other}' is not supported");
            return Err(Refusal::new(400, 3, words));
        }
    }
    Ok(answer(&form::bare(&taken_over(asked, app, &after))))
}

/// Puts a whole application; the version in it is ignored.
pub fn put(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    let after = sent(body)?;
    asked.may_write("update", app)?;
    Ok(answer(&form::bare(&taken_over(asked, app, &after))))
}

/// Puts its settings; the answer is these alone.
pub fn put_spec(asked: &Asked, app: &Value, body: &[u8]) -> Result<Response, Refusal> {
    let spec = sent(body)?;
    asked.may_write("update", app)?;
    let now = edit(asked, app, |held| held["spec"] = spec);
    Ok(answer(&now["spec"]))
}

/// The server takes settings and a few marks over, and nothing else.
fn taken_over(asked: &Asked, app: &Value, after: &Value) -> Value {
    edit(asked, app, |held| {
        held["spec"] = after["spec"].clone();
        for field in ["labels", "annotations", "finalizers"] {
            let wanted = after["metadata"][field].clone();
            if wanted.is_null() {
                if let Some(meta) = held["metadata"].as_object_mut() {
                    meta.shift_remove(field);
                }
            } else {
                held["metadata"][field] = wanted;
            }
        }
    })
}
