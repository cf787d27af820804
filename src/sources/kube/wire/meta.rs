//! Metadata, selectors, errors.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use super::*;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ObjectMeta {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub namespace: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub uid: String,
    #[serde(rename = "resourceVersion", deserialize_with = "null")]
    #[prost(string, tag = "6")]
    pub resource_version: String,
    #[serde(deserialize_with = "null")]
    #[prost(int64, tag = "7")]
    pub generation: i64,
    #[serde(rename = "creationTimestamp")]
    #[prost(message, optional, tag = "8")]
    pub creation_timestamp: Option<Time>,
    #[serde(rename = "deletionTimestamp")]
    #[prost(message, optional, tag = "9")]
    pub deletion_timestamp: Option<Time>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "11")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "12")]
    pub annotations: BTreeMap<String, String>,
    #[serde(rename = "ownerReferences", deserialize_with = "null")]
    #[prost(message, repeated, tag = "13")]
    pub owner_references: Vec<OwnerReference>,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "14")]
    pub finalizers: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct OwnerReference {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub kind: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub name: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub uid: String,
    #[serde(rename = "apiVersion", deserialize_with = "null")]
    #[prost(string, tag = "5")]
    pub api_version: String,
    #[prost(bool, optional, tag = "6")]
    pub controller: Option<bool>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct ListMeta {
    #[serde(rename = "resourceVersion", deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub resource_version: String,
    #[serde(rename = "continue", deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub next: String,
    #[serde(rename = "remainingItemCount")]
    #[prost(int64, optional, tag = "4")]
    pub remaining_item_count: Option<i64>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LabelSelector {
    #[serde(rename = "matchLabels", deserialize_with = "null")]
    #[prost(btree_map = "string, string", tag = "1")]
    pub match_labels: BTreeMap<String, String>,
    #[serde(rename = "matchExpressions", deserialize_with = "null")]
    #[prost(message, repeated, tag = "2")]
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct LabelSelectorRequirement {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "1")]
    pub key: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub operator: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, repeated, tag = "3")]
    pub values: Vec<String>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "2")]
    pub status: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "3")]
    pub message: String,
    #[serde(deserialize_with = "null")]
    #[prost(string, tag = "4")]
    pub reason: String,
    #[serde(deserialize_with = "null")]
    #[prost(int32, tag = "6")]
    pub code: i32,
}
