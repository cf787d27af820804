//! Tables, as `kubectl get` prints them.

use serde_json::{Value, json};

use super::{answer::metadata_only, kinds::Served};

type Column = (&'static str, &'static str, i64);

fn columns(kind: &Served) -> &'static [Column] {
    match kind.plural {
        "pods" => &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Status", "string", 0),
            ("Restarts", "string", 0),
            ("Age", "string", 0),
            ("IP", "string", 1),
            ("Node", "string", 1),
            ("Nominated Node", "string", 1),
            ("Readiness Gates", "string", 1),
        ],
        "nodes" => &[
            ("Name", "string", 0),
            ("Status", "string", 0),
            ("Roles", "string", 0),
            ("Age", "string", 0),
            ("Version", "string", 0),
            ("Internal-IP", "string", 1),
        ],
        "persistentvolumeclaims" => &[
            ("Name", "string", 0),
            ("Status", "string", 0),
            ("Volume", "string", 0),
            ("Capacity", "string", 0),
            ("Access Modes", "string", 0),
            ("StorageClass", "string", 0),
            ("Age", "string", 0),
        ],
        "persistentvolumes" => &[
            ("Name", "string", 0),
            ("Capacity", "string", 0),
            ("Access Modes", "string", 0),
            ("Reclaim Policy", "string", 0),
            ("Status", "string", 0),
            ("Claim", "string", 0),
            ("StorageClass", "string", 0),
            ("Age", "string", 0),
        ],
        "storageclasses" => &[
            ("Name", "string", 0),
            ("Provisioner", "string", 0),
            ("ReclaimPolicy", "string", 0),
            ("VolumeBindingMode", "string", 0),
            ("AllowVolumeExpansion", "string", 0),
            ("Age", "string", 0),
        ],
        "events" => &[
            ("Last Seen", "string", 0),
            ("Type", "string", 0),
            ("Reason", "string", 0),
            ("Object", "string", 0),
            ("Message", "string", 0),
        ],
        "deployments" => &[
            ("Name", "string", 0),
            ("Ready", "string", 0),
            ("Up-to-date", "integer", 0),
            ("Available", "integer", 0),
            ("Age", "string", 0),
        ],
        "applications" => &[
            ("Name", "string", 0),
            ("Sync Status", "string", 0),
            ("Health Status", "string", 0),
            ("Age", "string", 0),
        ],
        _ => &[("Name", "string", 0), ("Age", "string", 0)],
    }
}

/// A table of objects. `include` is `Metadata` (the default), `Object` or `None`.
pub fn table<'v>(
    kind: &Served,
    objects: impl Iterator<Item = &'v Value>,
    include: &str,
    version: &str,
    now: i64,
) -> Value {
    let definitions: Vec<Value> = columns(kind)
        .iter()
        .map(|(name, form, priority)| json!({"name": name, "type": form, "format": if *name == "Name" { "name" } else { "" }, "description": "", "priority": priority}))
        .collect();
    let rows: Vec<Value> = objects
        .map(|object| row(kind, object, include, now))
        .collect();
    json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": version}, "columnDefinitions": definitions, "rows": rows})
}

fn row(kind: &Served, object: &Value, include: &str, now: i64) -> Value {
    let mut row = json!({"cells": cells(kind, object, now)});
    match include {
        "Object" => row["object"] = object.clone(),
        "None" => {}
        _ => row["object"] = metadata_only(object),
    }
    row
}

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn cells(kind: &Served, object: &Value, now: i64) -> Value {
    let name = text(object, "/metadata/name");
    let age = age(text(object, "/metadata/creationTimestamp"), now);
    match kind.plural {
        "pods" => {
            let (ready, all, status, restarts) = pod(object);
            let or_none = |text: &str| {
                if text.is_empty() {
                    "<none>".to_owned()
                } else {
                    text.to_owned()
                }
            };
            json!([
                name,
                format!("{ready}/{all}"),
                status,
                restarts.to_string(),
                age,
                or_none(text(object, "/status/podIP")),
                or_none(text(object, "/spec/nodeName")),
                "<none>",
                "<none>"
            ])
        }
        "nodes" => {
            let ready = list(object, "/status/conditions")
                .iter()
                .any(|one| one["type"] == "Ready" && one["status"] == "True");
            let mut status = if ready {
                "Ready".to_owned()
            } else {
                "NotReady".to_owned()
            };
            if object["spec"]["unschedulable"] == true {
                status.push_str(",SchedulingDisabled");
            }
            let roles: Vec<&str> = object["metadata"]["labels"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
                .collect();
            let address = list(object, "/status/addresses")
                .iter()
                .find(|one| one["type"] == "InternalIP")
                .map_or("", |one| one["address"].as_str().unwrap_or_default());
            json!([
                name,
                status,
                if roles.is_empty() {
                    "<none>".into()
                } else {
                    roles.join(",")
                },
                age,
                text(object, "/status/nodeInfo/kubeletVersion"),
                address
            ])
        }
        "persistentvolumeclaims" => json!([
            name,
            text(object, "/status/phase"),
            text(object, "/spec/volumeName"),
            text(object, "/status/capacity/storage"),
            modes(object),
            text(object, "/spec/storageClassName"),
            age
        ]),
        "persistentvolumes" => {
            let claim = &object["spec"]["claimRef"];
            let claim = if claim.is_null() {
                String::new()
            } else {
                format!(
                    "{}/{}",
                    claim["namespace"].as_str().unwrap_or_default(),
                    claim["name"].as_str().unwrap_or_default()
                )
            };
            json!([
                name,
                text(object, "/spec/capacity/storage"),
                modes(object),
                text(object, "/spec/persistentVolumeReclaimPolicy"),
                text(object, "/status/phase"),
                claim,
                text(object, "/spec/storageClassName"),
                age
            ])
        }
        "storageclasses" => {
            let default = object["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"]
                == "true";
            json!([
                if default {
                    format!("{name} (default)")
                } else {
                    name.to_owned()
                },
                text(object, "/provisioner"),
                text(object, "/reclaimPolicy"),
                text(object, "/volumeBindingMode"),
                object["allowVolumeExpansion"]
                    .as_bool()
                    .unwrap_or(false)
                    .to_string(),
                age
            ])
        }
        "events" => {
            let about = &object["involvedObject"];
            let last = text(object, "/lastTimestamp");
            json!([
                self::age(last, now),
                text(object, "/type"),
                text(object, "/reason"),
                format!(
                    "{}/{}",
                    about["kind"].as_str().unwrap_or_default().to_lowercase(),
                    about["name"].as_str().unwrap_or_default()
                ),
                text(object, "/message")
            ])
        }
        "deployments" => {
            let count = |path: &str| object.pointer(path).and_then(Value::as_i64).unwrap_or(0);
            json!([
                name,
                format!(
                    "{}/{}",
                    count("/status/readyReplicas"),
                    count("/spec/replicas")
                ),
                count("/status/updatedReplicas"),
                count("/status/availableReplicas"),
                age
            ])
        }
        "applications" => json!([
            name,
            text(object, "/status/sync/status"),
            text(object, "/status/health/status"),
            age
        ]),
        _ => json!([name, age]),
    }
}

fn list<'v>(object: &'v Value, path: &str) -> &'v [Value] {
    object
        .pointer(path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn modes(object: &Value) -> String {
    let short = |mode: &str| match mode {
        "ReadWriteMany" => "RWX",
        "ReadOnlyMany" => "ROX",
        "ReadWriteOncePod" => "RWOP",
        _ => "RWO",
    };
    list(object, "/spec/accessModes")
        .iter()
        .filter_map(Value::as_str)
        .map(short)
        .collect::<Vec<_>>()
        .join(",")
}

/// Ready and all containers, the status word, restarts.
fn pod(object: &Value) -> (usize, usize, String, i64) {
    let statuses = list(object, "/status/containerStatuses");
    let ready = statuses.iter().filter(|one| one["ready"] == true).count();
    let restarts = statuses
        .iter()
        .filter_map(|one| one["restartCount"].as_i64())
        .sum();
    let all = list(object, "/spec/containers").len();
    let mut word = text(object, "/status/reason").to_owned();
    if word.is_empty() {
        text(object, "/status/phase").clone_into(&mut word);
    }
    for one in statuses {
        let state = &one["state"];
        if let Some(reason) = state["waiting"]["reason"]
            .as_str()
            .or_else(|| state["terminated"]["reason"].as_str())
        {
            reason.clone_into(&mut word);
        }
    }
    if !object["metadata"]["deletionTimestamp"].is_null() {
        "Terminating".clone_into(&mut word);
    }
    (ready, all, word, restarts)
}

/// An age as kubectl prints it.
pub fn age(since: &str, now: i64) -> String {
    let Ok(since) = since.parse::<jiff::Timestamp>() else {
        return "<unknown>".into();
    };
    let seconds = (now - since.as_second()).max(0);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}
