//! What an object looks like now, in the words of its kind: said after a change.

use serde_json::Value;

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn number(object: &Value, path: &str) -> i64 {
    object.pointer(path).and_then(Value::as_i64).unwrap_or(0)
}

fn holds(object: &Value, condition: &str) -> bool {
    object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|one| one["type"] == condition && one["status"] == "True")
}

/// How an object is, to be read after its name.
pub(super) fn state(kind: &str, object: &Value) -> String {
    if object["metadata"]["deletionTimestamp"].is_string() {
        return going(object);
    }
    match kind {
        "Deployment" | "StatefulSet" => {
            let wanted = number(object, "/spec/replicas");
            format!(
                "wants {wanted} replicas, {} of {wanted} ready",
                number(object, "/status/readyReplicas")
            )
        }
        "DaemonSet" => format!(
            "has {} of {} ready",
            number(object, "/status/numberReady"),
            number(object, "/status/desiredNumberScheduled")
        ),
        "Node" => format!(
            "is {}, {}",
            if object["spec"]["unschedulable"] == true {
                "cordoned"
            } else {
                "open for pods"
            },
            if holds(object, "Ready") {
                "Ready"
            } else {
                "not Ready"
            }
        ),
        "PersistentVolumeClaim" => format!(
            "is {}: {} asked for, {} there",
            text(object, "/status/phase"),
            text(object, "/spec/resources/requests/storage"),
            text(object, "/status/capacity/storage")
        ),
        "CronJob" => format!(
            "is {}",
            if object["spec"]["suspend"] == true {
                "suspended"
            } else {
                "on its schedule"
            }
        ),
        "Application" => format!(
            "is {} and {}",
            text(object, "/status/sync/status"),
            text(object, "/status/health/status")
        ),
        "VirtualMachineInstance" => instance(object),
        _ => phase(object),
    }
}

/// What still holds an object that is being deleted.
fn going(object: &Value) -> String {
    let held: Vec<&str> = object["metadata"]["finalizers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if held.is_empty() {
        "is going".into()
    } else {
        format!("is going; held by {}", held.join(", "))
    }
}

/// A running instance of a machine.
pub(super) fn instance(object: &Value) -> String {
    let phase = if holds(object, "Paused") {
        "Paused"
    } else {
        text(object, "/status/phase")
    };
    match text(object, "/status/nodeName") {
        "" => format!("is {phase}"),
        node => format!("is {phase} on {node}"),
    }
}

fn phase(object: &Value) -> String {
    ["/status/printableStatus", "/status/phase"]
        .into_iter()
        .map(|path| text(object, path))
        .find(|word| !word.is_empty())
        .map_or_else(|| "is there".into(), |word| format!("is {word}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_has_its_words() {
        let set = json!({"spec": {"replicas": 3}, "status": {"readyReplicas": 2}});
        assert_eq!(state("Deployment", &set), "wants 3 replicas, 2 of 3 ready");
        let node = json!({"spec": {"unschedulable": true}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
        assert_eq!(state("Node", &node), "is cordoned, Ready");
        let vmi = json!({"status": {"phase": "Running", "nodeName": "n2"}});
        assert_eq!(state("VirtualMachineInstance", &vmi), "is Running on n2");
        let held = json!({"metadata": {"deletionTimestamp": "t", "finalizers": ["a/b"]}});
        assert_eq!(state("Pod", &held), "is going; held by a/b");
    }
}
