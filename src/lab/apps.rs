//! Argo CD in the simulation: applications follow the health of what they manage.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    argocd::git::{OLDER, REVISION},
    objects::stamp,
    world::World,
};

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// So many minutes before the lab began.
fn before(began: Timestamp, minutes: i64) -> String {
    stamp(began - SignedDuration::from_mins(minutes))
}

/// Minutes from the last sync that was as it should be to the lab's beginning: twelve days.
const SYNCED: i64 = 12 * 24 * 60;

/// An application for a list of workloads.
pub fn application(
    began: Timestamp,
    name: &str,
    namespace: &str,
    path: &str,
    resources: &[(&str, &str, &str)],
) -> Value {
    let managed: Vec<Value> = resources
        .iter()
        .map(|(group, kind, object)| json!({"group": group, "kind": kind, "namespace": namespace, "name": object, "version": "v1", "status": "Synced"}))
        .collect();
    json!({"kind": "Application", "metadata": {"namespace": "openshift-gitops", "name": name, "annotations": {}}, "spec": {"project": "default", "source": {"repoURL": "https://github.com/sigtom/wow-ocp.git", "path": path, "targetRevision": "main"}, "destination": {"server": "https://kubernetes.default.svc", "namespace": namespace}, "syncPolicy": {"automated": {"prune": true, "selfHeal": true}, "syncOptions": ["CreateNamespace=true"]}}, "status": {"resources": managed, "sync": {"status": "Synced", "revision": REVISION}, "health": {"status": "Healthy"}, "summary": {}, "controllerNamespace": "openshift-gitops", "history": [{"id": 6, "revision": OLDER, "deployedAt": before(began, SYNCED + 9000), "source": {"repoURL": "https://github.com/sigtom/wow-ocp.git", "path": path}}, {"id": 7, "revision": REVISION, "deployedAt": before(began, SYNCED), "source": {"repoURL": "https://github.com/sigtom/wow-ocp.git", "path": path}}]}})
}

/// The health of an application, from its resources.
pub fn health(world: &World, resources: &[Value]) -> &'static str {
    let mut worst = "Healthy";
    for resource in resources {
        let (kind, namespace) = (text(resource, "/kind"), text(resource, "/namespace"));
        let Some(object) = world.find(kind, namespace, text(resource, "/name")) else {
            continue;
        };
        let wanted = object["spec"]["replicas"].as_i64().unwrap_or(0);
        let ready = object["status"]["readyReplicas"].as_i64().unwrap_or(0);
        if matches!(kind, "Deployment" | "StatefulSet") && ready < wanted {
            worst = "Degraded";
        }
        if kind == "PersistentVolumeClaim"
            && object["status"]["phase"] != "Bound"
            && worst == "Healthy"
        {
            worst = "Progressing";
        }
    }
    worst
}

/// The operation that an application has behind it at the start.
pub fn past_operation(began: Timestamp) -> Value {
    json!({"phase": "Succeeded", "message": "successfully synced (all tasks run)", "startedAt": before(began, SYNCED + 1), "finishedAt": before(began, SYNCED), "operation": {"initiatedBy": {"automated": true}, "sync": {"revision": REVISION}}, "syncResult": {"revision": REVISION, "resources": []}})
}

/// Status of an application whose CRD is too long for an annotation.
pub fn too_long(began: Timestamp, app: &Value) -> Value {
    let message = "one or more objects failed to apply, reason: CustomResourceDefinition.apiextensions.k8s.io \"clustersecretstores.external-secrets.io\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes (retried 5 times).";
    let failed = json!({"group": "apiextensions.k8s.io", "kind": "CustomResourceDefinition", "name": "clustersecretstores.external-secrets.io", "namespace": "", "version": "v1", "status": "SyncFailed", "syncPhase": "Sync", "message": "CustomResourceDefinition.apiextensions.k8s.io \"clustersecretstores.external-secrets.io\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes"});
    json!({"health": {"status": "Healthy"}, "sync": {"status": "OutOfSync", "revision": REVISION}, "conditions": [{"type": "SyncError", "message": format!("Failed last sync attempt to [{REVISION}]: {message}"), "lastTransitionTime": app["status"]["health"]["lastTransitionTime"]}], "operationState": {"phase": "Failed", "message": message, "startedAt": before(began, 188), "finishedAt": before(began, 180), "operation": {"initiatedBy": {"automated": true}, "sync": {"revision": REVISION}, "retry": {"limit": 5}}, "retryCount": 5, "syncResult": {"revision": REVISION, "resources": [failed]}}})
}

/// Status of an application that an autoscaler fights with.
pub fn fight(began: Timestamp, app: &Value) -> Value {
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
    json!({"resources": resources, "health": {"status": "Healthy"}, "sync": {"status": "OutOfSync", "revision": REVISION}, "operationState": {"phase": "Succeeded", "message": "successfully synced (all tasks run)", "startedAt": before(began, 3), "finishedAt": before(began, 2), "operation": {"initiatedBy": {"automated": true}, "sync": {"revision": REVISION, "autoHealAttemptsCount": 14}}, "syncResult": {"revision": REVISION, "resources": []}}})
}
