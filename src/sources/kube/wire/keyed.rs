//! ConfigMaps and Secrets as dumps hold them: names of keys only.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::{ObjectMeta, null};

/// A ConfigMap or Secret; the values are skipped while reading and are never held.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Keyed {
    pub metadata: Option<ObjectMeta>,
    #[serde(rename = "type", deserialize_with = "null")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    pub data: BTreeMap<String, IgnoredAny>,
    #[serde(rename = "binaryData", deserialize_with = "null")]
    pub binary_data: BTreeMap<String, IgnoredAny>,
    #[serde(rename = "stringData", deserialize_with = "null")]
    pub string_data: BTreeMap<String, IgnoredAny>,
}
