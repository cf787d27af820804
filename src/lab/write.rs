//! Creating, changing and deleting, with preconditions and dry runs.

use std::sync::Arc;

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{Lab, answer, api::Asked, patch, world::Refused};

/// Answers a write.
pub fn write(
    lab: &Arc<Lab>,
    verb: &str,
    asked: &Asked,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let read = || {
        let whole = asked.sub.is_empty();
        whole.then(|| super::wire::sent_object(asked.kind, body))?
    };
    let sent = super::wire::body(&format!("/{}", asked.sub), body);
    let Some(sent) = sent.or_else(read) else {
        if !body.starts_with(b"k8s\0") {
            return answer::unparsed(asked.kind, body);
        }
        return answer::failure(
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
            json!({}),
        );
    };
    let dry = is_dry(verb, asked, &sent);
    match (verb, asked.sub.as_str()) {
        ("create", "eviction") => evict(lab, asked, &sent, dry),
        ("create", "") => create(lab, asked, sent, dry),
        ("update" | "patch", "scale") => scale(lab, asked, headers, &sent, dry),
        ("update" | "patch", _) => change(lab, verb, asked, headers, &sent, dry),
        ("delete", _) => delete(lab, asked, &sent, dry),
        ("deletecollection", _) => {
            for object in lab
                .world
                .list(asked.kind)
                .iter()
                .filter(|object| asked.wants(object))
            {
                if !dry {
                    remove(lab, asked, object);
                }
            }
            answer::json_answer(
                StatusCode::OK,
                &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}),
            )
        }
        _ => virtctl(lab, asked, dry),
    }
}

fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Whether a request only asks what would be. The options of a deletion are read from its body where
/// it has one; what the query says is then ignored.
fn is_dry(verb: &str, asked: &Asked, sent: &Value) -> bool {
    let listed = |options: &Value| {
        options["dryRun"]
            .as_array()
            .is_some_and(|list| list.iter().any(|one| one == "All"))
    };
    if verb.starts_with("delete") && !sent.is_null() {
        return listed(sent);
    }
    asked.param("dryRun") == "All" || listed(&sent["deleteOptions"])
}

fn create(lab: &Lab, asked: &Asked, mut object: Value, dry: bool) -> Response {
    object["kind"] = json!(asked.kind.kind);
    if asked.kind.namespaced {
        object["metadata"]["namespace"] = json!(asked.namespace);
    }
    let name = object["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    // some kinds, such as those of RBAC, are named freely; none of them is served here
    if let Some(why) = answer::bad_name(asked.kind, &name).filter(|_| !name.is_empty()) {
        return why;
    }
    if asked.kind.kind == "VirtualMachineInstanceMigration"
        && let Some(why) = super::migrate::objection(&lab.world, &object)
    {
        return why;
    }
    if dry {
        return match lab.world.get(asked.kind, &asked.namespace, &name) {
            Some(_) => answer::exists(asked.kind, &name),
            None => answer::json_answer(StatusCode::CREATED, &object),
        };
    }
    match lab.world.create(object, &now()) {
        Ok(made) => answer::json_answer(StatusCode::CREATED, &made),
        Err(_) => answer::exists(asked.kind, &name),
    }
}

fn refused(asked: &Asked, why: &Refused) -> Response {
    match why {
        Refused::NotFound => answer::not_found(asked.kind, &asked.name),
        Refused::Exists => answer::exists(asked.kind, &asked.name),
        Refused::Unfit => answer::failure(
            422,
            "Invalid",
            "the server rejected our request due to an error in our request",
            json!({}),
        ),
        Refused::Conflict(why) => answer::conflict(asked.kind, &asked.name, why),
    }
}

/// Version and UID that the sender saw must still hold.
fn preconditions(held: &Value, sent: &Value) -> Result<(), Refused> {
    let meta = &sent["metadata"];
    for (field, word) in [
        (
            "resourceVersion",
            "the object has been modified; please apply your changes to the latest version and try again",
        ),
        (
            "uid",
            "Precondition failed: UID in precondition differs from UID in object meta",
        ),
    ] {
        if let Some(wanted) = meta[field].as_str().filter(|wanted| !wanted.is_empty())
            && held["metadata"][field] != wanted
        {
            return Err(Refused::Conflict(word.into()));
        }
    }
    Ok(())
}

fn change(
    lab: &Lab,
    verb: &str,
    asked: &Asked,
    headers: &HeaderMap,
    sent: &Value,
    dry: bool,
) -> Response {
    let content = headers
        .get(header::CONTENT_TYPE)
        .and_then(|one| one.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    // server-side apply makes what is not there
    if content == "application/apply-patch+yaml"
        && asked.sub.is_empty()
        && lab
            .world
            .get(asked.kind, &asked.namespace, &asked.name)
            .is_none()
    {
        return create(lab, asked, sent.clone(), dry);
    }
    let work = |object: &mut Value| -> Result<(), Refused> {
        preconditions(object, sent)?;
        let (kept_version, kept_uid) = (
            object["metadata"]["resourceVersion"].clone(),
            object["metadata"]["uid"].clone(),
        );
        match (verb, content.as_str()) {
            ("update", _) => *object = sent.clone(),
            (_, "application/json-patch+json") => {
                patch::json(object, sent).map_err(|_| Refused::Unfit)?
            }
            (_, "application/strategic-merge-patch+json") => patch::strategic(object, sent),
            _ => patch::merge(object, sent),
        }
        object["metadata"]["resourceVersion"] = kept_version;
        object["metadata"]["uid"] = kept_uid;
        Ok(())
    };
    if dry {
        return match lab.world.get(asked.kind, &asked.namespace, &asked.name) {
            Some(mut object) => match work(&mut object) {
                Ok(()) => answer::json_answer(StatusCode::OK, &object),
                Err(why) => refused(asked, &why),
            },
            None => answer::not_found(asked.kind, &asked.name),
        };
    }
    match lab
        .world
        .change(asked.kind, &asked.namespace, &asked.name, work)
    {
        Ok(object) => answer::json_answer(StatusCode::OK, &object),
        Err(why) => refused(asked, &why),
    }
}

fn delete(lab: &Lab, asked: &Asked, options: &Value, dry: bool) -> Response {
    let Some(object) = lab.world.get(asked.kind, &asked.namespace, &asked.name) else {
        return answer::not_found(asked.kind, &asked.name);
    };
    for field in ["uid", "resourceVersion"] {
        let query = asked.query.get(&format!("preconditions.{field}"));
        let wanted = options["preconditions"][field]
            .as_str()
            .or_else(|| query.map(String::as_str));
        let held = object["metadata"][field].as_str().unwrap_or_default();
        if let Some(wanted) = wanted.filter(|wanted| *wanted != held) {
            return answer::precondition(asked.kind, &asked.name, field, wanted, held);
        }
    }
    if dry {
        return answer::json_answer(StatusCode::OK, &object);
    }
    remove(lab, asked, &object);
    let details = json!({"name": asked.name, "group": asked.kind.group, "kind": asked.kind.plural, "uid": object["metadata"]["uid"]});
    match lab.world.get(asked.kind, &asked.namespace, &asked.name) {
        // it stays for a while: finalizers, or the grace of a pod
        Some(object) => answer::json_answer(StatusCode::OK, &object),
        None => answer::json_answer(
            StatusCode::OK,
            &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}),
        ),
    }
}

/// Takes an object away, or marks it where it has to wait; the simulation does the rest.
fn remove(lab: &Lab, asked: &Asked, object: &Value) {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let held = object["metadata"]["finalizers"]
        .as_array()
        .is_some_and(|list| !list.is_empty());
    if held || asked.kind.plural == "pods" {
        let at = now();
        // gone meanwhile is as good as deleted
        drop(lab.world.change(asked.kind, namespace, name, |object| {
            if object["metadata"]["deletionTimestamp"].is_null() {
                object["metadata"]["deletionTimestamp"] = json!(at);
                object["metadata"]["deletionGracePeriodSeconds"] = json!(30);
            }
            Ok(())
        }));
    } else {
        lab.world.remove(asked.kind, namespace, name);
    }
}

fn evict(lab: &Lab, asked: &Asked, sent: &Value, dry: bool) -> Response {
    let Some(pod) = lab.world.get(asked.kind, &asked.namespace, &asked.name) else {
        return answer::not_found(asked.kind, &asked.name);
    };
    for (field, word) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
        let held = pod["metadata"][field].as_str().unwrap_or_default();
        let wanted = sent["deleteOptions"]["preconditions"][field].as_str();
        if let Some(wanted) = wanted.filter(|wanted| *wanted != held) {
            let why = format!(
                "Precondition failed: {word} in precondition: {wanted}, {word} in object meta: {held}"
            );
            return answer::conflict(asked.kind, &asked.name, &why);
        }
    }
    let budgets = lab.world.all("PodDisruptionBudget");
    let blocking = budgets.iter().find(|budget| {
        budget["metadata"]["namespace"] == pod["metadata"]["namespace"]
            && budget["spec"]["selector"]["matchLabels"]
                .as_object()
                .is_some_and(|wanted| {
                    !wanted.is_empty()
                        && wanted
                            .iter()
                            .all(|(key, value)| pod["metadata"]["labels"][key] == *value)
                })
            && budget["status"]["disruptionsAllowed"].as_i64().unwrap_or(0) < 1
    });
    if let Some(budget) = blocking {
        let name = budget["metadata"]["name"].as_str().unwrap_or_default();
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        let causes = json!({"causes": [{"reason": "DisruptionBudget", "message": format!("The disruption budget {name} needs {} healthy pods and has {} currently", budget["status"]["desiredHealthy"], budget["status"]["currentHealthy"])}]});
        return answer::failure(429, "TooManyRequests", message, causes);
    }
    if !dry {
        remove(lab, asked, &pod);
    }
    answer::json_answer(
        StatusCode::CREATED,
        &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}),
    )
}

fn scale_of(object: &Value) -> Value {
    let selector = object["spec"]["selector"]["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect::<Vec<_>>()
        .join(",");
    let meta = &object["metadata"];
    json!({"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"], "resourceVersion": meta["resourceVersion"], "creationTimestamp": meta["creationTimestamp"]}, "spec": {"replicas": object["spec"]["replicas"]}, "status": {"replicas": object["status"]["replicas"].as_i64().unwrap_or(0), "selector": selector}})
}

/// The scale of a workload.
pub fn get_scale(lab: &Lab, asked: &Asked) -> Response {
    match lab.world.get(asked.kind, &asked.namespace, &asked.name) {
        Some(object) => answer::json_answer(StatusCode::OK, &scale_of(&object)),
        None => answer::not_found(asked.kind, &asked.name),
    }
}

fn scale(lab: &Lab, asked: &Asked, headers: &HeaderMap, sent: &Value, dry: bool) -> Response {
    let content = headers
        .get(header::CONTENT_TYPE)
        .and_then(|one| one.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let work = |object: &mut Value| -> Result<(), Refused> {
        preconditions(object, sent)?;
        let mut scale = scale_of(object);
        if content == "application/json-patch+json" {
            patch::json(&mut scale, sent).map_err(Refused::Conflict)?;
        } else {
            patch::merge(&mut scale, sent);
        }
        object["spec"]["replicas"] = scale["spec"]["replicas"].clone();
        Ok(())
    };
    let result = if dry {
        lab.world
            .get(asked.kind, &asked.namespace, &asked.name)
            .ok_or(Refused::NotFound)
            .and_then(|mut object| {
                work(&mut object)?;
                Ok(object)
            })
    } else {
        lab.world
            .change(asked.kind, &asked.namespace, &asked.name, work)
    };
    match result {
        Ok(object) => answer::json_answer(StatusCode::OK, &scale_of(&object)),
        Err(why) => refused(asked, &why),
    }
}

/// Subresources that only KubeVirt has are served under its own group elsewhere.
fn virtctl(lab: &Lab, asked: &Asked, _dry: bool) -> Response {
    match lab.world.get(asked.kind, &asked.namespace, &asked.name) {
        Some(_) => answer::failure(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
            json!({}),
        ),
        None => answer::not_found(asked.kind, &asked.name),
    }
}
