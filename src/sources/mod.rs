//! The sources: tasks that talk to the world, translate to the domain and emit updates.

pub mod argocd;
pub mod dump;
pub mod kube;
pub mod probe;
pub mod proxmox;
pub(crate) mod tls;
