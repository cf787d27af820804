//! Argo CD in the simulation: applications follow the health of what they manage.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    objects::{FAULT, stamp},
    world::World,
};

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

const REVISION: &str = "3f2c1abd90e1f7a2b6c4d5e8f9012345678abcde";

/// An application for a list of workloads.
pub fn application(
    name: &str,
    namespace: &str,
    path: &str,
    resources: &[(&str, &str, &str)],
) -> Value {
    let managed: Vec<Value> = resources
        .iter()
        .map(|(group, kind, object)| json!({"group": group, "kind": kind, "namespace": namespace, "name": object, "version": "v1", "status": "Synced"}))
        .collect();
    json!({"kind": "Application", "metadata": {"namespace": "openshift-gitops", "name": name, "annotations": {}}, "spec": {"project": "default", "source": {"repoURL": "https://github.com/sigtom/wow-ocp.git", "path": path, "targetRevision": "main"}, "destination": {"server": "https://kubernetes.default.svc", "namespace": namespace}, "syncPolicy": {"automated": {"prune": true, "selfHeal": true}, "syncOptions": ["CreateNamespace=true"]}}, "status": {"resources": managed, "sync": {"status": "Synced", "revision": REVISION}, "health": {"status": "Healthy"}, "summary": {}, "history": [{"id": 7, "revision": REVISION, "deployedAt": "2026-01-11T09:12:00Z", "source": {"repoURL": "https://github.com/sigtom/wow-ocp.git", "path": path}}]}})
}

/// Brings each application's status up to date.
pub fn tick(world: &World, at: Timestamp) {
    for app in world.all("Application") {
        let name = text(&app, "/metadata/name").to_owned();
        let status = match app["metadata"]["annotations"][FAULT].as_str() {
            Some("crd-too-long") => too_long(&app),
            Some("self-heal-fight") => fight(&app),
            _ => health(world, &app),
        };
        let changed = status["health"]["status"] != app["status"]["health"]["status"];
        world.edit("Application", "openshift-gitops", &name, |held| {
            let busy = held["operation"].is_object()
                || held["status"]["operationState"]["operation"]["initiatedBy"]["username"]
                    .is_string();
            for (field, value) in status.as_object().into_iter().flatten() {
                // the last operation that somebody asked for stays until the next one
                if field != "operationState" || !busy {
                    held["status"][field] = value.clone();
                }
            }
            if !status["conditions"].is_array()
                && let Some(held) = held["status"].as_object_mut()
            {
                held.shift_remove("conditions");
            }
            operate(held, at);
            if changed {
                held["status"]["health"]["lastTransitionTime"] = json!(stamp(at));
            } else {
                held["status"]["health"]["lastTransitionTime"] =
                    app["status"]["health"]["lastTransitionTime"].clone();
            }
        });
    }
}

/// Seconds that a sync takes.
const SYNC_TAKES: i64 = 2;

/// Takes up the operation that is filed, and ends it when its time has come.
fn operate(app: &mut Value, at: Timestamp) {
    let operation = app["operation"].clone();
    if !operation.is_object() {
        return;
    }
    let state = &app["status"]["operationState"];
    let phase = text(state, "/phase").to_owned();
    let started = text(state, "/startedAt").parse::<Timestamp>().ok();
    let taken_up = state["operation"] == operation && matches!(&*phase, "Running" | "Terminating");
    if !taken_up {
        app["status"]["operationState"] = json!({"phase": "Running", "message": "waiting for completion of the operation", "startedAt": stamp(at), "operation": operation});
        return;
    }
    let old = started.is_none_or(|started| at.duration_since(started).as_secs() >= SYNC_TAKES);
    if phase == "Running" && !old {
        return;
    }
    let (phase, message) = if phase == "Terminating" {
        ("Failed", "Operation terminated".to_owned())
    } else {
        outcome(app, &operation)
    };
    if let Some(fields) = app.as_object_mut() {
        fields.shift_remove("operation");
    }
    let revision = operation["sync"]["revision"].clone();
    let state = &mut app["status"]["operationState"];
    state["phase"] = json!(phase);
    state["message"] = json!(message);
    state["finishedAt"] = json!(stamp(at));
    state["syncResult"] = json!({"revision": revision, "resources": []});
    let partial = operation["sync"]["resources"].is_array();
    if phase == "Succeeded" && operation["sync"]["dryRun"] != true && !partial {
        let source = app["spec"]["source"].clone();
        if let Some(history) = app["status"]["history"].as_array_mut() {
            let id = history
                .iter()
                .filter_map(|one| one["id"].as_i64())
                .max()
                .map_or(0, |last| last + 1);
            history.push(json!({"id": id, "revision": revision, "deployedAt": stamp(at), "source": source, "initiatedBy": operation["initiatedBy"]}));
            // the controller keeps ten
            let extra = history.len().saturating_sub(10);
            history.drain(..extra);
        }
    }
}

/// How a sync ends.
fn outcome(app: &Value, operation: &Value) -> (&'static str, String) {
    let server_side = operation["sync"]["syncOptions"]
        .as_array()
        .is_some_and(|options| options.iter().any(|one| one == "ServerSideApply=true"));
    if app["metadata"]["annotations"][FAULT] == "crd-too-long" && !server_side {
        let message = text(&too_long(app), "/operationState/message").to_owned();
        return ("Failed", message);
    }
    let partial = operation["sync"]["dryRun"] == true;
    let words = if partial {
        "no more tasks"
    } else {
        "all tasks run"
    };
    ("Succeeded", format!("successfully synced ({words})"))
}

fn health(world: &World, app: &Value) -> Value {
    let namespace = text(app, "/spec/destination/namespace");
    let mut worst = "Healthy";
    for resource in app["status"]["resources"].as_array().into_iter().flatten() {
        let Some(object) = world.find(text(resource, "/kind"), namespace, text(resource, "/name"))
        else {
            continue;
        };
        let wanted = object["spec"]["replicas"].as_i64().unwrap_or(0);
        let ready = object["status"]["readyReplicas"].as_i64().unwrap_or(0);
        if matches!(text(resource, "/kind"), "Deployment" | "StatefulSet") && ready < wanted {
            worst = "Degraded";
        }
        if text(resource, "/kind") == "PersistentVolumeClaim"
            && object["status"]["phase"] != "Bound"
            && worst == "Healthy"
        {
            worst = "Progressing";
        }
    }
    let resources: Vec<Value> = app["status"]["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let mut one = one.clone();
            one["status"] = json!("Synced");
            one
        })
        .collect();
    json!({"resources": resources, "health": {"status": worst}, "sync": {"status": "Synced", "revision": REVISION}, "operationState": {"phase": "Succeeded", "message": "successfully synced (all tasks run)", "startedAt": "2026-01-11T09:12:00Z", "finishedAt": "2026-01-11T09:12:09Z", "operation": {"initiatedBy": {"automated": true}, "sync": {"revision": REVISION}}, "syncResult": {"revision": REVISION, "resources": []}}})
}

fn too_long(app: &Value) -> Value {
    let message = "one or more objects failed to apply, reason: CustomResourceDefinition.apiextensions.k8s.io \"clustersecretstores.external-secrets.io\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes (retried 5 times).";
    let failed = json!({"group": "apiextensions.k8s.io", "kind": "CustomResourceDefinition", "name": "clustersecretstores.external-secrets.io", "namespace": "", "version": "v1", "status": "SyncFailed", "syncPhase": "Sync", "message": "CustomResourceDefinition.apiextensions.k8s.io \"clustersecretstores.external-secrets.io\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes"});
    json!({"health": {"status": "Healthy"}, "sync": {"status": "OutOfSync", "revision": REVISION}, "conditions": [{"type": "SyncError", "message": format!("Failed last sync attempt to [{REVISION}]: {message}"), "lastTransitionTime": app["status"]["health"]["lastTransitionTime"]}], "operationState": {"phase": "Failed", "message": message, "startedAt": "2026-01-11T10:02:00Z", "finishedAt": "2026-01-11T10:10:00Z", "operation": {"initiatedBy": {"automated": true}, "sync": {"revision": REVISION}, "retry": {"limit": 5}}, "retryCount": 5, "syncResult": {"revision": REVISION, "resources": [failed]}}})
}

fn fight(app: &Value) -> Value {
    let resources: Vec<Value> = app["status"]["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let mut one = one.clone();
            if one["kind"] == "Deployment" {
                one["status"] = json!("OutOfSync");
            }
            one
        })
        .collect();
    json!({"resources": resources, "health": {"status": "Healthy"}, "sync": {"status": "OutOfSync", "revision": REVISION}, "operationState": {"phase": "Succeeded", "message": "successfully synced (all tasks run)", "startedAt": "2026-01-11T11:58:00Z", "finishedAt": "2026-01-11T11:58:02Z", "operation": {"initiatedBy": {"automated": true}, "sync": {"revision": REVISION, "autoHealAttemptsCount": 14}}, "syncResult": {"revision": REVISION, "resources": []}}})
}
