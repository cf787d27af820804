//! What the lab's own paths do: faults, outages and the rest that tests and people turn on and off.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Lab, answer, argocd,
    faults::{FAULTS, set},
    outage,
};

/// `/lab/faults`, `/lab/fault/NAME`, `/lab/outage/KIND?seconds=N&server=argocd|proxmox`, `/lab/argocd/…`,
/// `/lab/compact`; for admins only.
pub fn admin(
    lab: &Lab,
    method: &Method,
    path: &[&str],
    headers: &HeaderMap,
    query: &BTreeMap<String, String>,
) -> Response {
    let token = format!("Bearer admin-{}", lab.secret);
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|sent| sent.as_bytes() != token.as_bytes())
    {
        return answer::unauthorized();
    }
    let done = || {
        let mut response = Response::new(Body::from(Bytes::from_static(b"done\n")));
        *response.status_mut() = StatusCode::OK;
        response
    };
    let server = query.get("server").map(String::as_str);
    match (method.as_str(), path) {
        ("GET", ["faults"]) => answer::json_answer(StatusCode::OK, &all(lab)),
        ("POST" | "DELETE", ["fault", name])
            if set(&lab.world, name, method == Method::POST, Timestamp::now()) =>
        {
            done()
        }
        ("POST", ["outage", kind]) => {
            let seconds = query.get("seconds").and_then(|text| text.parse().ok());
            outage::begin(
                lab,
                server,
                kind,
                Duration::from_secs(seconds.unwrap_or(10)),
            );
            done()
        }
        ("DELETE", ["outage"]) => {
            outage::end(lab, server);
            done()
        }
        (method, ["argocd", path @ ..])
            if argocd::control::control(
                &lab.world,
                method,
                path,
                query.get("manual").is_some_and(|word| word == "true"),
            ) =>
        {
            done()
        }
        ("POST", ["compact"]) => {
            lab.world.compact();
            done()
        }
        _ => answer::no_path(),
    }
}

/// All faults, and which are on.
fn all(lab: &Lab) -> Value {
    let list: Vec<Value> = FAULTS
        .iter()
        .map(|fault| {
            let object = lab.world.find(fault.kind, fault.namespace, fault.object);
            let on = object
                .is_some_and(|object| lab.world.fault(&object).as_deref() == Some(fault.name));
            json!({"name": fault.name, "on": on})
        })
        .collect();
    json!(list)
}
