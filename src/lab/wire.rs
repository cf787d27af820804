//! The few bodies that kubectl sends as protobuf, read into their JSON form.

use prost::Message;
use serde_json::{Value, json};

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

/// The JSON form of a body: an access review or an eviction in protobuf, or JSON itself.
#[must_use]
pub fn body(path: &str, body: &[u8]) -> Option<Value> {
    let Some(envelope) = body.strip_prefix(b"k8s\0") else {
        return if body.is_empty() {
            Some(json!({}))
        } else {
            serde_json::from_slice(body).ok()
        };
    };
    let raw = Envelope::decode(envelope).ok()?.raw;
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
