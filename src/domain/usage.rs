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

/// Usage of a pod, all its containers together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodUsage {
    /// Pod.
    pub pod: Key,
    nanocores: i64,
    bytes: i64,
}

impl PodUsage {
    /// So much CPU in cores and so large a working set in bytes.
    #[must_use]
    pub fn new(pod: Key, cpu: Quantity, memory: Quantity) -> Self {
        Self {
            pod,
            // ten thousand million cores are more than any pod uses
            nanocores: i64::try_from(cpu.nano()).unwrap_or(i64::MAX),
            bytes: memory.value(),
        }
    }

    /// CPU.
    #[must_use]
    pub const fn cpu(&self) -> Quantity {
        Quantity::from_nano(self.nanocores as i128)
    }

    /// Memory.
    #[must_use]
    pub const fn memory(&self) -> Quantity {
        Quantity::whole(self.bytes)
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
