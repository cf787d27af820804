//! What is really used: metrics.k8s.io and the kubelets' statistics.

use super::{Key, Quantity, Text, Time};

/// Usage of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeUsage {
    /// Node.
    pub node: Text,
    /// CPU in cores.
    pub cpu: Quantity,
    /// Working set in bytes.
    pub memory: Quantity,
    /// End of the window.
    pub at: Option<Time>,
}

/// Usage of a pod, by container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodUsage {
    /// Pod.
    pub pod: Key,
    /// Container name, CPU in cores, working set in bytes.
    pub containers: Vec<(Text, Quantity, Quantity)>,
    /// End of the window.
    pub at: Option<Time>,
}

impl PodUsage {
    /// CPU of all containers.
    #[must_use]
    pub fn cpu(&self) -> Quantity {
        self.containers.iter().map(|(_, cpu, _)| *cpu).sum()
    }

    /// Memory of all containers.
    #[must_use]
    pub fn memory(&self) -> Quantity {
        self.containers.iter().map(|(_, _, memory)| *memory).sum()
    }
}

/// How full a claim is, as a kubelet sees its file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeUsage {
    /// Claim.
    pub claim: Key,
    /// Bytes used.
    pub used: u64,
    /// Bytes of the file system.
    pub capacity: u64,
    /// Bytes free for the container.
    pub available: u64,
    /// Inodes used and in all, where reported.
    pub inodes: Option<(u64, u64)>,
    /// When.
    pub at: Option<Time>,
}

impl VolumeUsage {
    /// Used share (1.0 = full); `None` where the file system reports no size.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // a share, for thresholds and bars
    pub fn share(&self) -> Option<f64> {
        (self.capacity > 0).then(|| self.used as f64 / self.capacity as f64)
    }
}

/// How full a node's own file systems are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDisk {
    /// Node.
    pub node: Text,
    /// Root file system: used and size in bytes.
    pub root: Option<(u64, u64)>,
    /// Image file system: used and size in bytes.
    pub images: Option<(u64, u64)>,
}

/// A row of the pod table as the server prints it: what can be shown while the pods stream in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodRow {
    /// Pod.
    pub pod: Key,
    /// Ready containers, as `2/3`.
    pub ready: Text,
    /// Status word.
    pub status: Text,
    /// Restarts, as printed.
    pub restarts: Text,
    /// Age, as printed.
    pub age: Text,
    /// Address.
    pub ip: Text,
    /// Node.
    pub node: Text,
}
