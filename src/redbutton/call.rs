//! The requests to a cluster that a plan is made of, each with the preconditions that its API has.

use serde_json::{Value, json};

use super::{Plan, Target, Verb, virt};
use crate::domain::{Kind, ObjectRef, namespace_there};

/// Where KubeVirt has its subresources.
pub(super) const MACHINES: &str = "/apis/subresources.kubevirt.io/v1";

const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";

/// One request: method, path, content type, body.
pub(super) struct Call {
    pub method: &'static str,
    pub path: String,
    pub content: &'static str,
    pub body: Value,
}

impl Call {
    pub(super) const fn patch(path: String, content: &'static str, body: Value) -> Self {
        Self {
            method: "PATCH",
            path,
            content,
            body,
        }
    }

    /// What was made, where the call makes something: its kind, name and identity.
    pub(super) fn made(&self, answer: &Value) -> Option<Target> {
        self.body["metadata"]["generateName"].as_str()?;
        let meta = |field: &str| {
            answer["metadata"][field]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        Some(Target {
            object: ObjectRef::new(
                self.body["kind"].as_str()?,
                &meta("namespace"),
                &meta("name"),
            ),
            uid: meta("uid"),
            version: meta("resourceVersion"),
        })
    }
}

/// A look at something.
pub(super) fn get(path: String) -> Call {
    Call {
        method: "GET",
        path,
        content: JSON,
        body: Value::Null,
    }
}

/// Makes a new object in the namespace of a target.
pub(super) fn create(kind: Kind, target: &Target, body: Value) -> Call {
    let resource = kind.resource();
    Call {
        method: "POST",
        path: format!(
            "/apis/{}/{}/namespaces/{}/{}",
            resource.group, resource.version, target.object.key.namespace, resource.plural
        ),
        content: JSON,
        body,
    }
}

/// The running instance of a machine.
pub(super) fn instance_of(machine: &ObjectRef) -> ObjectRef {
    ObjectRef {
        kind: Kind::Vmi.as_str().into(),
        key: machine.key.clone(),
    }
}

/// Path of an object, or of a subresource of it.
pub(super) fn path(object: &ObjectRef, sub: &str) -> Option<String> {
    let resource = Kind::parse(&object.kind)?.resource();
    let base = if resource.group.is_empty() {
        format!("/api/{}", resource.version)
    } else {
        format!("/apis/{}/{}", resource.group, resource.version)
    };
    let name = &object.key.name;
    let place = if resource.namespaced {
        format!(
            "{base}/namespaces/{}/{}/{name}",
            namespace_there(&object.key),
            resource.plural
        )
    } else {
        format!("{base}/{}/{name}", resource.plural)
    };
    Some(if sub.is_empty() {
        place
    } else {
        format!("{place}/{sub}")
    })
}

/// Asks a pod to go. Only its identity is held against it: while a drain goes on, the versions of
/// its pods change.
pub(super) fn evict(pod: &Target) -> Call {
    let key = &pod.object.key;
    Call {
        method: "POST",
        path: path(&pod.object, "eviction").unwrap_or_default(),
        content: JSON,
        body: json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": &*key.name, "namespace": &*key.namespace}, "deleteOptions": {"preconditions": {"uid": pod.uid}}}),
    }
}

/// A merge patch that names identity and version is refused where either differs.
fn guarded(target: &Target, mut patch: Value) -> Call {
    patch["metadata"]["uid"] = json!(target.uid);
    patch["metadata"]["resourceVersion"] = json!(target.version);
    Call::patch(path(&target.object, "").unwrap_or_default(), MERGE, patch)
}

fn delete(target: &Target) -> Call {
    Call {
        method: "DELETE",
        path: path(&target.object, "").unwrap_or_default(),
        content: JSON,
        body: json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", "preconditions": {"uid": target.uid, "resourceVersion": target.version}}),
    }
}

/// The call of a plan for one of its targets; none for what makes a new object or is done to an
/// application, and for what is no matter of a cluster.
pub(super) fn call(plan: &Plan, target: &Target) -> Option<Call> {
    if let Some((plural, sub)) = virt::subresource(plan.verb) {
        let key = &target.object.key;
        return Some(Call {
            method: "PUT",
            path: format!(
                "{MACHINES}/namespaces/{}/{plural}/{}/{sub}",
                key.namespace, key.name
            ),
            content: JSON,
            body: json!({}),
        });
    }
    let spec = |spec: Value| guarded(target, json!({"metadata": {}, "spec": spec}));
    Some(match plan.verb {
        Verb::DeletePod | Verb::DeleteClaim | Verb::DeleteVolume | Verb::DeleteJob => {
            delete(target)
        }
        Verb::Evict => {
            let mut call = evict(target);
            call.body["deleteOptions"]["preconditions"]["resourceVersion"] = json!(target.version);
            call
        }
        Verb::Cordon | Verb::Drain => spec(json!({"unschedulable": true})),
        Verb::Uncordon => spec(json!({"unschedulable": null})),
        Verb::Scale(replicas) => spec(json!({"replicas": replicas})),
        Verb::Restart => {
            let now = crate::domain::Time::now().to_string();
            spec(
                json!({"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": now}}}}),
            )
        }
        Verb::Suspend => spec(json!({"suspend": true})),
        Verb::Resume => spec(json!({"suspend": false})),
        Verb::RemoveFinalizers => guarded(target, json!({"metadata": {"finalizers": null}})),
        Verb::Expand(size) => {
            spec(json!({"resources": {"requests": {"storage": format!("{size}Gi")}}}))
        }
        _ => return None,
    })
}
