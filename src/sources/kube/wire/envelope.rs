//! What objects come wrapped in: lists, protobuf's `Unknown`, frames of a watch.

use prost::Message;
use serde::Deserialize;

use super::*;

/// The four bytes before every protobuf body.
const MAGIC: &[u8; 4] = b"k8s\0";

/// A list of one kind.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, bound = "T: Deserialize<'de>")]
pub(crate) struct List<T: Message + Default + std::fmt::Debug> {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ListMeta>,
    #[serde(deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub items: Vec<T>,
}

/// `runtime.Unknown`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Unknown {
    #[prost(message, optional, tag = "1")]
    pub type_meta: Option<TypeMeta>,
    #[prost(bytes = "bytes", tag = "2")]
    pub raw: bytes::Bytes,
}

/// `runtime.TypeMeta`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct TypeMeta {
    #[serde(rename = "apiVersion", deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub api_version: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub kind: String,
}

/// `metav1.WatchEvent` in protobuf.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct WatchEvent {
    #[prost(string, tag = "1")]
    pub kind: String,
    #[prost(message, optional, tag = "2")]
    pub object: Option<RawObject>,
}

/// The object of a watch event, still wrapped.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct RawObject {
    #[prost(bytes = "bytes", tag = "1")]
    pub raw: bytes::Bytes,
}

/// An object of which only metadata was asked for.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Partial {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
}

/// Why a body cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    /// Not the protobuf form.
    #[error("the body does not begin as protobuf of the API server does")]
    NoMagic,
    /// Broken protobuf.
    #[error("broken protobuf: {0}")]
    Protobuf(#[from] prost::DecodeError),
    /// Broken JSON.
    #[error("broken JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Takes the wrapping off a protobuf body.
pub(crate) fn unwrap(body: bytes::Bytes) -> Result<Unknown, WireError> {
    if body.get(..4) != Some(MAGIC) {
        return Err(WireError::NoMagic);
    }
    Ok(Unknown::decode(body.slice(4..))?)
}
