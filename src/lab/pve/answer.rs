//! How the API answers: an envelope, or a code with its words in the status line.

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use super::release::Release;

/// What is answered: the `data`, or a code and its words.
pub(super) type Answered = Result<Value, Failure>;

/// An error as the API has them.
pub(super) struct Failure {
    code: u16,
    message: String,
    /// Parameter and what is wrong with it, only with 400.
    errors: Option<Value>,
}

impl Failure {
    pub(super) fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            errors: None,
        }
    }

    pub(super) fn parameter(name: &str, why: &str) -> Self {
        Self {
            errors: Some(json!({name: why})),
            ..Self::new(400, "Parameter verification failed.")
        }
    }

    pub(super) fn not_implemented(method: &Method, path: &[&str]) -> Self {
        Self::new(
            501,
            format!("Method '{method} /{}' not implemented", path.join("/")),
        )
    }

    /// The hop from the API to the daemon, or to the node of the path, did not succeed.
    pub(super) fn hop(code: u16, words: &str) -> Self {
        Self::new(code, words)
    }

    /// The words stand in the status line; later versions have them in the body too.
    pub(super) fn answer(&self, release: Release) -> Response {
        let first = self.message.lines().next().unwrap_or_default();
        if (595..=599).contains(&self.code) {
            return bare(self.code, first);
        }
        let mut body = json!({"data": null});
        if release.is_nine() {
            body["message"] = json!(format!("{}\n", self.message));
        }
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        with_phrase(close(envelope(self.code, &body)), first)
    }
}

fn envelope(code: u16, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json;charset=UTF-8"),
        (header::SERVER, "pve-api-daemon/3.0"),
        (header::CACHE_CONTROL, "max-age=0"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The envelope, with how many there are in all where there are any.
pub(super) fn success(answer: &Value, total: Option<usize>) -> Response {
    let mut body = json!({"data": answer});
    if let Some(total) = total.filter(|total| *total > 0) {
        body["total"] = json!(total);
    }
    envelope(200, &body)
}

/// A code with words in the status line, and no body.
pub(super) fn bare(code: u16, words: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::UNAUTHORIZED);
    with_phrase(close(response), words)
}

/// Half of a document, and the connection ends.
pub(super) fn half() -> Response {
    let mut response = envelope(200, &Value::Null);
    *response.body_mut() = Body::from("{\"data\":[{\"id\":\"lxc/2");
    close(response)
}

fn with_phrase(mut response: Response, words: &str) -> Response {
    if let Ok(phrase) = hyper::ext::ReasonPhrase::try_from(words.as_bytes()) {
        response.extensions_mut().insert(phrase);
    }
    response
}

/// After an error the server always closes.
pub(super) fn close(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
