//! Protobuf: which form an answer takes, and the few bodies that kubectl sends in it, read into their
//! JSON form.

mod decode;
mod encode;

use prost::Message;
use serde_json::{Value, json};

pub use encode::{frame, list, message_name, object, status};

use super::kinds::Served;

/// Media type of protobuf.
pub const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// Protobuf.
    Protobuf,
}

/// The first of the accepted media types that a kind is served in, with its parameters. Those of CRDs
/// have no protobuf but for metadata alone, and tables are written in JSON only.
#[must_use]
pub fn choose<'a>(kind: &Served, accept: &'a str) -> Option<(Form, &'a str)> {
    if accept.trim().is_empty() {
        return Some((Form::Json, ""));
    }
    accept.split(',').map(str::trim).find_map(|clause| {
        let media = clause.split(';').next().unwrap_or_default().trim();
        let protobuf = clause.contains("as=PartialObjectMetadata")
            || (encode::has_protobuf(kind) && !clause.contains("as=Table"));
        match media {
            PROTOBUF if protobuf => Some((Form::Protobuf, clause)),
            "application/json" | "application/*" | "*/*" => Some((Form::Json, clause)),
            _ => None,
        }
    })
}

#[derive(Message)]
struct Envelope {
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

#[derive(Message)]
struct Review {
    #[prost(message, optional, tag = "2")]
    spec: Option<ReviewSpec>,
}

#[derive(Message)]
struct ReviewSpec {
    #[prost(message, optional, tag = "1")]
    resource: Option<Attributes>,
}

#[derive(Message)]
struct Attributes {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    verb: String,
    #[prost(string, tag = "3")]
    group: String,
    #[prost(string, tag = "5")]
    resource: String,
}

#[derive(Message)]
struct Eviction {
    #[prost(message, optional, tag = "2")]
    options: Option<DeleteOptions>,
}

#[derive(Message)]
struct DeleteOptions {
    #[prost(message, optional, tag = "2")]
    preconditions: Option<Preconditions>,
    #[prost(string, repeated, tag = "5")]
    dry_run: Vec<String>,
}

#[derive(Message)]
struct Preconditions {
    #[prost(string, optional, tag = "1")]
    uid: Option<String>,
}

/// What an envelope holds.
fn enveloped(body: &[u8]) -> Option<Vec<u8>> {
    Some(Envelope::decode(body.strip_prefix(b"k8s\0")?).ok()?.raw)
}

/// The JSON form of an object of a kind that was sent in protobuf.
#[must_use]
pub fn sent_object(kind: &Served, body: &[u8]) -> Option<Value> {
    decode::object(kind, &enveloped(body)?)
}

/// The JSON form of a body: an access review or an eviction in protobuf, or JSON itself.
#[must_use]
pub fn body(path: &str, body: &[u8]) -> Option<Value> {
    let Some(raw) = enveloped(body) else {
        return if body.is_empty() {
            Some(json!({}))
        } else {
            serde_json::from_slice(body).ok()
        };
    };
    if path.ends_with("/selfsubjectaccessreviews") {
        let wanted = Review::decode(raw.as_slice()).ok()?.spec?.resource?;
        return Some(
            json!({"kind": "SelfSubjectAccessReview", "metadata": {}, "spec": {"resourceAttributes": {"namespace": wanted.namespace, "verb": wanted.verb, "group": wanted.group, "resource": wanted.resource}}}),
        );
    }
    if path.ends_with("/eviction") {
        let options = Eviction::decode(raw.as_slice()).ok()?.options?;
        return Some(
            json!({"deleteOptions": {"dryRun": options.dry_run, "preconditions": {"uid": options.preconditions.and_then(|one| one.uid)}}}),
        );
    }
    path.ends_with("/selfsubjectreviews").then(|| json!({}))
}
