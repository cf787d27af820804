//! Where knowledge comes from, and how each of these sources is doing.

use serde::{Deserialize, Serialize};

use crate::domain::{Text, Time};

/// A source of updates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceId {
    /// The Kubernetes API server.
    Kube,
    /// metrics.k8s.io.
    Metrics,
    /// The kubelets' statistics.
    Kubelets,
    /// An Argo CD instance by its name in the configuration.
    Argo(Text),
    /// A Proxmox VE installation by its name in the configuration.
    Proxmox(Text),
    /// The probes of configured endpoints.
    Probes,
    /// A dump read from files.
    Dump,
}

impl SourceId {
    /// The short word of the header.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Kube => "k8s",
            Self::Metrics => "metrics",
            Self::Kubelets => "kubelets",
            Self::Argo(_) => "argo",
            Self::Proxmox(_) => "pve",
            Self::Probes => "probes",
            Self::Dump => "dump",
        }
    }
}

/// How a source as a whole is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SourceState {
    /// Connecting for the first time.
    #[default]
    Connecting,
    /// Heard of at that time.
    Live(Time),
    /// Not heard of since then; rows are kept.
    Stale {
        /// When it was last heard.
        since: Time,
        /// Why, in the back end's own words where it said any.
        why: Text,
        /// When it is tried again.
        retry: Option<Time>,
    },
    /// Never reached.
    Unreachable {
        /// Why.
        why: Text,
        /// When it is tried again.
        retry: Option<Time>,
    },
    /// Credentials are refused: what it said and what to do.
    Refused {
        /// What it said.
        why: Text,
        /// What to do.
        advice: Text,
    },
    /// Answers, but not to everything that was asked.
    Limited {
        /// Heard of at that time.
        at: Time,
        /// What is missing and how to get it.
        why: Text,
    },
}

/// A source with its state and what it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceStatus {
    /// State.
    pub state: SourceState,
    /// Version of the back end; may be empty.
    pub version: Text,
    /// Address without credentials; may be empty.
    pub address: Text,
    /// When it last answered, where that is known: the rows are as old as that.
    pub heard: Option<Time>,
}

/// What the cluster is and who the user is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Context of the kubeconfig.
    pub context: Text,
    /// Cluster name.
    pub cluster: Text,
    /// Kubernetes version, as `v1.33.2`.
    pub kubernetes: Text,
    /// OpenShift version; empty elsewhere.
    pub openshift: Text,
    /// User name, as the server sees it; may be empty.
    pub user: Text,
    /// Groups of the user.
    pub groups: Vec<Text>,
    /// May do everything, as far as the server says.
    pub admin: bool,
    /// Namespace of the context.
    pub namespace: Text,
    /// Server address; empty until the server has said who one is.
    pub server: Text,
}
