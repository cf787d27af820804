//! Tables, as `kubectl get` prints them.

use serde_json::{Value, json};

use super::{answer::metadata_only, kinds::Served};

/// How a cell is filled.
#[derive(Clone, Copy)]
enum Cell {
    /// A text of the object.
    Text(&'static str),
    /// A text that may be missing.
    Maybe(&'static str),
    /// A number of the object.
    Count(&'static str),
    /// How long ago a time of the object was.
    Since(&'static str),
    /// Whatever is worked out of the object and the time.
    Of(fn(&Value, i64) -> String),
}

/// Title, priority (0 is shown always), cell.
type Column = (&'static str, i64, Cell);

use Cell::{Count, Maybe, Of, Since, Text};

const NAME: Column = ("Name", 0, Text("/metadata/name"));
const AGE: Column = ("Age", 0, Since("/metadata/creationTimestamp"));
const NONE: Column = ("", 1, Of(|_, _| "<none>".into()));

const PODS: &[Column] = &[
    NAME,
    ("Ready", 0, Of(ready_containers)),
    ("Status", 0, Of(pod_word)),
    ("Restarts", 0, Of(restarts)),
    AGE,
    ("IP", 1, Maybe("/status/podIP")),
    ("Node", 1, Maybe("/spec/nodeName")),
    ("Nominated Node", 1, NONE.2),
    ("Readiness Gates", 1, NONE.2),
];
const NODES: &[Column] = &[
    NAME,
    ("Status", 0, Of(node_word)),
    ("Roles", 0, Of(roles)),
    AGE,
    ("Version", 0, Text("/status/nodeInfo/kubeletVersion")),
    ("Internal-IP", 1, Of(internal_address)),
    ("External-IP", 1, NONE.2),
    ("OS-Image", 1, Text("/status/nodeInfo/osImage")),
    ("Kernel-Version", 1, Text("/status/nodeInfo/kernelVersion")),
    (
        "Container-Runtime",
        1,
        Text("/status/nodeInfo/containerRuntimeVersion"),
    ),
];
const NAMESPACES: &[Column] = &[NAME, ("Status", 0, Text("/status/phase")), AGE];
const CLAIMS: &[Column] = &[
    NAME,
    ("Status", 0, Text("/status/phase")),
    ("Volume", 0, Text("/spec/volumeName")),
    ("Capacity", 0, Text("/status/capacity/storage")),
    ("Access Modes", 0, Of(modes)),
    ("StorageClass", 0, Text("/spec/storageClassName")),
    AGE,
    ("VolumeMode", 1, Text("/spec/volumeMode")),
];
const VOLUMES: &[Column] = &[
    NAME,
    ("Capacity", 0, Text("/spec/capacity/storage")),
    ("Access Modes", 0, Of(modes)),
    (
        "Reclaim Policy",
        0,
        Text("/spec/persistentVolumeReclaimPolicy"),
    ),
    ("Status", 0, Text("/status/phase")),
    ("Claim", 0, Of(claim_of)),
    ("StorageClass", 0, Text("/spec/storageClassName")),
    AGE,
    ("VolumeMode", 1, Text("/spec/volumeMode")),
];
const CLASSES: &[Column] = &[
    ("Name", 0, Of(class_name)),
    ("Provisioner", 0, Text("/provisioner")),
    ("ReclaimPolicy", 0, Text("/reclaimPolicy")),
    ("VolumeBindingMode", 0, Text("/volumeBindingMode")),
    (
        "AllowVolumeExpansion",
        0,
        Of(|class, _| (class["allowVolumeExpansion"] == true).to_string()),
    ),
    AGE,
];
const EVENTS: &[Column] = &[
    ("Last Seen", 0, Since("/lastTimestamp")),
    ("Type", 0, Text("/type")),
    ("Reason", 0, Text("/reason")),
    ("Object", 0, Of(about)),
    ("Message", 0, Text("/message")),
];
const DEPLOYMENTS: &[Column] = &[
    NAME,
    ("Ready", 0, Of(ready_replicas)),
    ("Up-to-date", 0, Count("/status/updatedReplicas")),
    ("Available", 0, Count("/status/availableReplicas")),
    AGE,
    ("Images", 1, Text("/spec/template/spec/containers/0/image")),
];
const STATEFUL_SETS: &[Column] = &[NAME, ("Ready", 0, Of(ready_replicas)), AGE];
const REPLICA_SETS: &[Column] = &[
    NAME,
    ("Desired", 0, Count("/spec/replicas")),
    ("Current", 0, Count("/status/replicas")),
    ("Ready", 0, Count("/status/readyReplicas")),
    AGE,
];
const DAEMON_SETS: &[Column] = &[
    NAME,
    ("Desired", 0, Count("/status/desiredNumberScheduled")),
    ("Current", 0, Count("/status/currentNumberScheduled")),
    ("Ready", 0, Count("/status/numberReady")),
    ("Up-to-date", 0, Count("/status/updatedNumberScheduled")),
    ("Available", 0, Count("/status/numberAvailable")),
    AGE,
];
const SERVICES: &[Column] = &[
    NAME,
    ("Type", 0, Text("/spec/type")),
    ("Cluster-IP", 0, Maybe("/spec/clusterIP")),
    ("Port(s)", 0, Of(ports)),
    AGE,
];
const APPLICATIONS: &[Column] = &[
    NAME,
    ("Sync Status", 0, Text("/status/sync/status")),
    ("Health Status", 0, Text("/status/health/status")),
    AGE,
];
const MACHINES: &[Column] = &[
    NAME,
    AGE,
    ("Status", 0, Text("/status/printableStatus")),
    ("Ready", 0, Of(|machine, _| condition(machine, "Ready"))),
];
const INSTANCES: &[Column] = &[
    NAME,
    AGE,
    ("Phase", 0, Text("/status/phase")),
    ("IP", 0, Text("/status/interfaces/0/ipAddress")),
    ("NodeName", 0, Text("/status/nodeName")),
    ("Ready", 0, Of(|machine, _| condition(machine, "Ready"))),
    (
        "Live-Migratable",
        1,
        Of(|machine, _| condition(machine, "LiveMigratable")),
    ),
];
const OPERATORS: &[Column] = &[
    NAME,
    ("Version", 0, Text("/status/versions/0/version")),
    (
        "Available",
        0,
        Of(|operator, _| condition(operator, "Available")),
    ),
    (
        "Progressing",
        0,
        Of(|operator, _| condition(operator, "Progressing")),
    ),
    (
        "Degraded",
        0,
        Of(|operator, _| condition(operator, "Degraded")),
    ),
];

fn columns(kind: &Served) -> &'static [Column] {
    match kind.plural {
        "pods" => PODS,
        "nodes" => NODES,
        "namespaces" => NAMESPACES,
        "persistentvolumeclaims" => CLAIMS,
        "persistentvolumes" => VOLUMES,
        "storageclasses" => CLASSES,
        "events" => EVENTS,
        "deployments" => DEPLOYMENTS,
        "statefulsets" => STATEFUL_SETS,
        "replicasets" => REPLICA_SETS,
        "daemonsets" => DAEMON_SETS,
        "services" => SERVICES,
        "applications" => APPLICATIONS,
        "virtualmachines" => MACHINES,
        "virtualmachineinstances" => INSTANCES,
        "clusteroperators" => OPERATORS,
        _ => &[NAME, AGE],
    }
}

/// A table of one object. `include` is `Metadata` (the default), `Object` or `None`.
pub fn of_one(kind: &Served, object: &Value, include: &str, now: i64) -> Value {
    let meta = json!({"resourceVersion": ""});
    let text = written(kind, std::iter::once(object), include, &meta, now);
    serde_json::from_slice(&text).unwrap_or_default()
}

/// A table of objects as it goes over the wire; a tree of ten thousand rows first would take longer
/// than the answer.
pub fn written<'v>(
    kind: &Served,
    objects: impl Iterator<Item = &'v Value>,
    include: &str,
    meta: &Value,
    now: i64,
) -> Vec<u8> {
    let columns = columns(kind);
    let definitions: Vec<Value> = columns
        .iter()
        .map(|(name, priority, cell)| {
            let form = if matches!(cell, Count(_)) { "integer" } else { "string" };
            json!({"name": name, "type": form, "format": if *name == "Name" { "name" } else { "" }, "description": "", "priority": priority})
        })
        .collect();
    let head = json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta, "columnDefinitions": definitions});
    let mut out = head.to_string().into_bytes();
    out.pop();
    out.extend(b",\"rows\":[");
    for (nth, object) in objects.enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        write_row(&mut out, columns, object, include, now);
    }
    out.extend(b"]}");
    out
}

fn write_row(out: &mut Vec<u8>, columns: &[Column], object: &Value, include: &str, now: i64) {
    out.extend(b"{\"cells\":[");
    for (nth, (_, _, cell)) in columns.iter().enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        match cell {
            Text(path) => write(out, text(object, path)),
            Maybe(path) => match text(object, path) {
                "" => write(out, "<none>"),
                held => write(out, held),
            },
            Count(path) => write(out, &at(object, path).and_then(Value::as_i64).unwrap_or(0)),
            Since(path) => write(out, &age(text(object, path), now)),
            Of(work) => write(out, &work(object, now)),
        }
    }
    out.push(b']');
    match include {
        "Object" => {
            out.extend(b",\"object\":");
            write(out, object);
        }
        "None" => {}
        _ => {
            out.extend(b",\"object\":");
            write(out, &metadata_only(object));
        }
    }
    out.push(b'}');
}

fn write(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    // nothing goes wrong where one writes into memory
    serde_json::to_writer(out, value).ok();
}

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    at(object, path).and_then(Value::as_str).unwrap_or_default()
}

/// What is at a path. A JSON pointer makes copies of its parts; a table has a dozen of them a row.
fn at<'v>(object: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('/')
        .skip(1)
        .try_fold(object, |value, field| value.get(field))
}

fn list<'v>(object: &'v Value, path: &str) -> &'v [Value] {
    at(object, path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn condition(object: &Value, kind: &str) -> String {
    let found = list(object, "/status/conditions")
        .iter()
        .find(|one| one["type"] == kind);
    found.map_or_else(String::new, |one| text(one, "/status").to_owned())
}

fn modes(object: &Value, _: i64) -> String {
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

fn node_word(node: &Value, _: i64) -> String {
    let mut word = if condition(node, "Ready") == "True" {
        "Ready".to_owned()
    } else {
        "NotReady".to_owned()
    };
    if node["spec"]["unschedulable"] == true {
        word.push_str(",SchedulingDisabled");
    }
    word
}

fn roles(node: &Value, _: i64) -> String {
    let labels = node["metadata"]["labels"].as_object();
    let roles: Vec<&str> = labels
        .into_iter()
        .flatten()
        .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    if roles.is_empty() {
        "<none>".into()
    } else {
        roles.join(",")
    }
}

fn internal_address(node: &Value, _: i64) -> String {
    let found = list(node, "/status/addresses")
        .iter()
        .find(|one| one["type"] == "InternalIP");
    found.map_or_else(String::new, |one| text(one, "/address").to_owned())
}

fn claim_of(volume: &Value, _: i64) -> String {
    let claim = &volume["spec"]["claimRef"];
    if claim.is_null() {
        return String::new();
    }
    format!("{}/{}", text(claim, "/namespace"), text(claim, "/name"))
}

fn class_name(class: &Value, _: i64) -> String {
    let name = text(class, "/metadata/name");
    let marks = &class["metadata"]["annotations"];
    if marks["storageclass.kubernetes.io/is-default-class"] == "true" {
        format!("{name} (default)")
    } else {
        name.to_owned()
    }
}

fn about(event: &Value, _: i64) -> String {
    let about = &event["involvedObject"];
    format!(
        "{}/{}",
        text(about, "/kind").to_lowercase(),
        text(about, "/name")
    )
}

fn ready_replicas(workload: &Value, _: i64) -> String {
    let count = |path: &str| workload.pointer(path).and_then(Value::as_i64).unwrap_or(0);
    format!(
        "{}/{}",
        count("/status/readyReplicas"),
        count("/spec/replicas")
    )
}

fn ports(service: &Value, _: i64) -> String {
    list(service, "/spec/ports")
        .iter()
        .map(|one| format!("{}/{}", one["port"], text(one, "/protocol")))
        .collect::<Vec<_>>()
        .join(",")
}

fn ready_containers(pod: &Value, _: i64) -> String {
    let statuses = list(pod, "/status/containerStatuses");
    let ready = statuses.iter().filter(|one| one["ready"] == true).count();
    format!("{ready}/{}", list(pod, "/spec/containers").len())
}

/// Restarts of all containers, and when the last one was.
fn restarts(pod: &Value, now: i64) -> String {
    let statuses = list(pod, "/status/containerStatuses");
    let count: i64 = statuses
        .iter()
        .filter_map(|one| one["restartCount"].as_i64())
        .sum();
    let last = statuses
        .iter()
        .map(|one| text(one, "/lastState/terminated/finishedAt"))
        .max()
        .filter(|last| count > 0 && !last.is_empty());
    match last {
        Some(last) => format!("{count} ({} ago)", age(last, now)),
        None => count.to_string(),
    }
}

fn pod_word(pod: &Value, _: i64) -> String {
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        return "Terminating".into();
    }
    let of_container = list(pod, "/status/containerStatuses")
        .iter()
        .rev()
        .find_map(|one| {
            let state = &one["state"];
            state["waiting"]["reason"]
                .as_str()
                .or_else(|| state["terminated"]["reason"].as_str())
        });
    let own = match text(pod, "/status/reason") {
        "" => text(pod, "/status/phase"),
        reason => reason,
    };
    of_container.unwrap_or(own).to_owned()
}

/// An age as kubectl prints it.
pub fn age(since: &str, now: i64) -> String {
    let Ok(since) = since.parse::<jiff::Timestamp>() else {
        return "<unknown>".into();
    };
    let seconds = (now - since.as_second()).max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    // two units as long as the smaller one still says something
    let two = |big: i64, unit: &str, small: i64, less: &str| match small {
        0 => format!("{big}{unit}"),
        small => format!("{big}{unit}{small}{less}"),
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, "d", hours % 24, "h"),
        _ => format!("{days}d"),
    }
}
