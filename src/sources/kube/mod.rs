//! A Kubernetes API server: discovery, watches, metrics, kubelet statistics.

mod connect;
mod custom;
mod decode;
mod discovery;
mod frames;
mod health;
mod http;
mod login;
mod manifest;
mod measured;
mod plugin;
mod reader;
mod rights;
mod run;
mod summary;
mod table;
mod translate;
mod usage;
mod watcher;
mod wire;

pub(crate) use connect::connect;
pub use connect::{ConnectError, KubeSettings, contexts};
pub(in crate::sources) use custom::Json;
pub use decode::read_list;
pub(crate) use manifest::ManifestReader;
pub use reader::{KubeReader, LogQuery};
pub use run::{KubeSource, follow};
pub(crate) use summary::summary_update;
pub(in crate::sources) use translate::Translator;
pub(crate) use usage::usage_updates;
