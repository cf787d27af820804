//! A Kubernetes API server: discovery, watches, metrics, kubelet statistics.

mod custom;
mod decode;
mod manifest;
mod summary;
mod translate;
mod wire;

pub(crate) use manifest::ManifestReader;
pub(crate) use summary::summary_update;
