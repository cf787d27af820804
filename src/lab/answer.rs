//! Answers in the API server's own words: Status objects, lists, tables.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    kinds::Served,
    wire::{self, Form},
};

/// A JSON answer.
pub fn json_answer(code: StatusCode, value: &Value) -> Response {
    formed_answer(code, Form::Json, value.to_string().into_bytes())
}

/// An answer whose body is written already.
pub fn formed_answer(code: StatusCode, form: Form, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code;
    let content = match form {
        Form::Json => "application/json",
        Form::Protobuf => wire::PROTOBUF,
    };
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    response
}

/// An object, or what stands for it, in the form that was asked for.
pub fn object_answer(kind: &Served, form: Form, object: &Value) -> Response {
    match form {
        Form::Json => json_answer(StatusCode::OK, object),
        Form::Protobuf => formed_answer(StatusCode::OK, form, wire::object(kind, object)),
    }
}

/// A failure that was made in JSON, in the form that was asked for.
pub async fn failure_in(form: Form, answer: Response) -> Response {
    let is_failure = answer.status().is_client_error() || answer.status().is_server_error();
    if form == Form::Json || !is_failure {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let Ok(status) = serde_json::from_slice::<Value>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(wire::PROTOBUF),
    );
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(wire::status(&status)))
}

/// 406: no form that the kind is served in is accepted.
pub fn not_acceptable() -> Response {
    failure(
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json, application/yaml, application/cbor",
        json!({}),
    )
}

/// A failure in the API server's form.
pub fn status(code: u16, reason: &str, message: &str, mut details: Value) -> Value {
    let mut out = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason});
    // what is empty is not written
    if let Some(fields) = details.as_object_mut() {
        fields.retain(|_, value| value != "");
    }
    if details.as_object().is_some_and(|fields| !fields.is_empty()) {
        out["details"] = details;
    }
    out["code"] = json!(code);
    out
}

/// A failure as an answer.
pub fn failure(code: u16, reason: &str, message: &str, details: Value) -> Response {
    let status_code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json_answer(status_code, &status(code, reason, message, details))
}

fn qualified(kind: &Served) -> String {
    if kind.group.is_empty() {
        kind.plural.into()
    } else {
        format!("{}.{}", kind.plural, kind.group)
    }
}

fn details(kind: &Served, name: &str) -> Value {
    let mut out = json!({"name": name, "kind": kind.plural});
    if !kind.group.is_empty() {
        out["group"] = json!(kind.group);
    }
    out
}

/// 404 for one object.
pub fn not_found(kind: &Served, name: &str) -> Response {
    failure(
        404,
        "NotFound",
        &format!("{} \"{name}\" not found", qualified(kind)),
        details(kind, name),
    )
}

/// 400: a body that is no JSON.
pub fn unparsed(kind: &Served, body: &[u8]) -> Response {
    let why = match serde_json::from_slice::<Value>(body) {
        Err(why) if why.is_eof() => "unexpected end of JSON input".to_owned(),
        Err(why) => why.to_string(),
        Ok(_) => "not an object".to_owned(),
    };
    let message = format!(
        "the object provided is unrecognized (must be of type {}): couldn't get version/kind; json parse error: {why} ({})",
        kind.kind,
        String::from_utf8_lossy(body)
    );
    failure(400, "BadRequest", &message, json!({}))
}

/// 422: a name that no object may have; `None` for a good one.
pub fn bad_name(kind: &Served, name: &str) -> Option<Response> {
    let good = name.split('.').all(|part| {
        let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !part.is_empty()
            && part.chars().all(inside)
            && !part.starts_with('-')
            && !part.ends_with('-')
    });
    if good {
        return None;
    }
    let why = format!(
        "Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    );
    let mut details = details(kind, name);
    details["kind"] = json!(kind.kind);
    details["causes"] =
        json!([{"reason": "FieldValueInvalid", "message": why, "field": "metadata.name"}]);
    let message = format!("{} \"{name}\" is invalid: metadata.name: {why}", kind.kind);
    Some(failure(422, "Invalid", &message, details))
}

/// 409 for one that is there.
pub fn exists(kind: &Served, name: &str) -> Response {
    failure(
        409,
        "AlreadyExists",
        &format!("{} \"{name}\" already exists", qualified(kind)),
        details(kind, name),
    )
}

/// 409 for a delete whose precondition does not hold; there the server names the kind, not the plural.
pub fn precondition(kind: &Served, name: &str, field: &str, wanted: &str, held: &str) -> Response {
    let (word, meant) = if field == "uid" {
        ("UID", "been deleted and then recreated")
    } else {
        ("ResourceVersion", "been modified")
    };
    let message = format!(
        "Operation cannot be fulfilled on {} \"{name}\": the {word} in the precondition ({wanted}) does not match the {word} in record ({held}). The object might have {meant}",
        kind.kind
    );
    let mut details = details(kind, name);
    details["kind"] = json!(kind.kind);
    failure(409, "Conflict", &message, details)
}

/// 409 for a precondition.
pub fn conflict(kind: &Served, name: &str, why: &str) -> Response {
    failure(
        409,
        "Conflict",
        &format!(
            "Operation cannot be fulfilled on {} \"{name}\": {why}",
            qualified(kind)
        ),
        details(kind, name),
    )
}

/// 403 in RBAC's words.
pub fn forbidden(user: &str, verb: &str, kind: &Served, namespace: &str, name: &str) -> Response {
    let place = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{namespace}\"")
    };
    let what = if name.is_empty() {
        format!("{} is forbidden", qualified(kind))
    } else {
        format!("{} \"{name}\" is forbidden", qualified(kind))
    };
    let message = format!(
        "{what}: User \"{user}\" cannot {verb} resource \"{}\" in API group \"{}\" {place}",
        kind.plural, kind.group
    );
    failure(403, "Forbidden", &message, details(kind, name))
}

/// 401.
pub fn unauthorized() -> Response {
    failure(401, "Unauthorized", "Unauthorized", json!({}))
}

/// 410 for a version that is forgotten.
pub fn expired(wanted: u64, oldest: u64) -> Value {
    let message = format!("too old resource version: {wanted} ({oldest})");
    status(410, "Expired", &message, json!({}))
}

/// 404 for a path that leads nowhere.
pub fn no_path() -> Response {
    failure(
        404,
        "NotFound",
        "the server could not find the requested resource",
        json!({}),
    )
}

/// Only the metadata of an object.
pub fn metadata_only(object: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
}
