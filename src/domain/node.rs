//! Nodes: the blades.

use super::{Condition, HasMeta, List, Meta, ResourceList, Text, Time};

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Identity.
    pub meta: Meta,
    /// What pods may ask for.
    pub allocatable: ResourceList,
    /// What the machine has.
    pub capacity: ResourceList,
    /// Conditions (`Ready`, `DiskPressure`, …).
    pub conditions: List<Condition>,
    /// Last heartbeat of the `Ready` condition.
    pub heartbeat: Option<Time>,
    /// Taints.
    pub taints: Vec<Taint>,
    /// Cordoned.
    pub unschedulable: bool,
    /// Internal address; may be empty.
    pub address: Text,
    /// Kubelet version.
    pub kubelet: Text,
    /// Operating system image.
    pub os_image: Text,
    /// Kernel.
    pub kernel: Text,
    /// `amd64`, `arm64`, …
    pub architecture: Text,
    /// Container runtime and version.
    pub runtime: Text,
    /// Machine identity, which tells a re-installed node from the old one.
    pub machine_id: Text,
}

impl HasMeta for Node {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl Node {
    /// Roles by its labels, in alphabetical order; `worker` where none is set.
    #[must_use]
    pub fn roles(&self) -> Vec<&str> {
        let roles: Vec<&str> = self
            .meta
            .labels
            .iter()
            .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
            .collect();
        if roles.is_empty() {
            vec!["worker"]
        } else {
            roles
        }
    }
}

/// A taint of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Taint {
    /// Key.
    pub key: Text,
    /// Value; may be empty.
    pub value: Text,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: Text,
    /// When it was added (NoExecute only).
    pub since: Option<Time>,
}
