//! Kinds that come as JSON only: Argo CD, KubeVirt, CDI, and everything without a struct.

mod app;
mod json;
mod machine;
mod plain;

pub(crate) use json::Json;
