//! The forms in which this server answers, and says no.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

/// Lists that are empty are null in this API.
pub fn nothing_is_null(items: Vec<Value>) -> Value {
    if items.is_empty() {
        Value::Null
    } else {
        Value::Array(items)
    }
}

pub fn answer(value: &Value) -> Response {
    marked(with_type(
        200,
        Body::from(value.to_string()),
        "application/json",
    ))
}

/// With the mark of an answer that came from the inner server.
pub fn marked(mut response: Response) -> Response {
    response.headers_mut().insert(
        "grpc-metadata-content-type",
        HeaderValue::from_static("application/grpc"),
    );
    response
}

/// What the server says no with: its HTTP status, its gRPC code and its words.
pub struct Refusal {
    pub status: u16,
    pub code: u16,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, code: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub fn answer(self) -> Response {
        let body = json!({"error": self.message, "code": self.code, "message": self.message});
        with_type(
            self.status,
            Body::from(body.to_string()),
            "application/json",
        )
    }
}

pub fn plain(status: u16, text: &'static str) -> Response {
    with_type(status, Body::from(text), "text/plain; charset=utf-8")
}

pub fn with_type(status: u16, body: Body, content: &'static str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    response
}
