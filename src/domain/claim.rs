//! Storage: claims, volumes, classes and the CSI objects around them.

use super::{Condition, HasMeta, Labels, List, Meta, NodeTerm, Quantity, Selector, Text, Time};

/// A PersistentVolumeClaim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Identity.
    pub meta: Meta,
    /// Class: `None` means the default one, empty means none at all.
    pub class: Option<Text>,
    /// Wanted size.
    pub requested: Quantity,
    /// Size it has; zero while unbound.
    pub capacity: Quantity,
    /// Wanted access modes (`ReadWriteOnce`, …).
    pub modes: Vec<Text>,
    /// `Filesystem` or `Block`.
    pub volume_mode: Text,
    /// Bound or wanted volume; may be empty.
    pub volume: Text,
    /// Which volumes may be bound.
    pub selector: Selector,
    /// What it is filled from.
    pub source: Option<ClaimSource>,
    /// `Pending`, `Bound` or `Lost`.
    pub phase: Text,
    /// Conditions (`Resizing`, `FileSystemResizePending`, …).
    pub conditions: List<Condition>,
    /// State of a resize by resource name, as `NodeResizePending`; may be empty.
    pub resize_status: Text,
}

/// What a claim is filled from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimSource {
    /// API group; empty for core.
    pub group: Text,
    /// Kind (`VolumeSnapshot`, `PersistentVolumeClaim`, …).
    pub kind: Text,
    /// Name.
    pub name: Text,
}

impl HasMeta for Claim {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl Claim {
    /// The class by field or by the old annotation: `None` default, empty none at all.
    #[must_use]
    pub fn class_name(&self) -> Option<&Text> {
        self.class.as_ref().or_else(|| {
            self.meta
                .annotations
                .get("volume.beta.kubernetes.io/storage-class")
        })
    }

    /// The node the scheduler chose for a claim that waits for its first consumer.
    #[must_use]
    pub fn selected_node(&self) -> Option<&Text> {
        self.meta
            .annotations
            .get("volume.kubernetes.io/selected-node")
    }

    /// The provisioner that was asked.
    #[must_use]
    pub fn provisioner(&self) -> Option<&Text> {
        self.meta
            .annotations
            .get("volume.kubernetes.io/storage-provisioner")
            .or_else(|| {
                self.meta
                    .annotations
                    .get("volume.beta.kubernetes.io/storage-provisioner")
            })
    }

    /// Access modes as RWX, RWO, ROX and RWOP, joined by commas.
    #[must_use]
    pub fn short_modes(&self) -> String {
        short_modes(&self.modes)
    }
}

/// Access modes in their short form, joined by commas.
#[must_use]
pub fn short_modes(modes: &[Text]) -> String {
    let short: Vec<&str> = modes
        .iter()
        .map(|mode| match &**mode {
            "ReadWriteMany" => "RWX",
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteOncePod" => "RWOP",
            other => other,
        })
        .collect();
    short.join(",")
}

/// A PersistentVolume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Identity.
    pub meta: Meta,
    /// Class; may be empty.
    pub class: Text,
    /// Size.
    pub capacity: Quantity,
    /// Access modes.
    pub modes: Vec<Text>,
    /// `Filesystem` or `Block`.
    pub volume_mode: Text,
    /// `Retain`, `Delete` or `Recycle`.
    pub reclaim: Text,
    /// Claim that it is bound to or reserved for: key and UID (UID empty when reserved by hand).
    pub claim: Option<(super::Key, Text)>,
    /// Nodes it can be used on (empty: all).
    pub node_affinity: Vec<NodeTerm>,
    /// What is behind it.
    pub backend: Backend,
    /// `Available`, `Bound`, `Released`, `Failed` or `Pending`.
    pub phase: Text,
    /// Reason of the phase; may be empty.
    pub reason: Text,
    /// Message of the phase; may be empty.
    pub message: Text,
    /// When the phase last changed.
    pub phase_since: Option<Time>,
    /// Mount options.
    pub mount_options: Vec<Text>,
}

impl HasMeta for Volume {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// What is behind a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// A CSI driver.
    Csi {
        /// Driver name.
        driver: Text,
        /// The driver's handle.
        handle: Text,
        /// Attributes, as `server` and `share`.
        attributes: Labels,
        /// File system; may be empty.
        fs: Text,
    },
    /// An NFS export: server and path.
    Nfs(Text, Text),
    /// A local path of one node.
    Local(Text),
    /// A host path.
    HostPath(Text),
    /// Anything else.
    #[default]
    Other,
}

impl Backend {
    /// NFS server and path, whether static or by CSI attributes (`server` and `share`).
    #[must_use]
    pub fn nfs(&self) -> Option<(&str, &str)> {
        match self {
            Self::Nfs(server, path) => Some((server, path)),
            Self::Csi { attributes, .. } => {
                Some((attributes.get("server")?, attributes.get("share")?))
            }
            _ => None,
        }
    }
}

/// A StorageClass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageClass {
    /// Identity.
    pub meta: Meta,
    /// Provisioner.
    pub provisioner: Text,
    /// `Immediate` or `WaitForFirstConsumer`.
    pub binding: Text,
    /// `Delete` or `Retain`.
    pub reclaim: Text,
    /// Claims may grow.
    pub expandable: bool,
    /// Parameters.
    pub parameters: Labels,
    /// Mount options.
    pub mount_options: Vec<Text>,
}

impl HasMeta for StorageClass {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl StorageClass {
    /// Whether claims without a class get this one.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.meta
            .annotations
            .is("storageclass.kubernetes.io/is-default-class", "true")
            || self
                .meta
                .annotations
                .is("storageclass.beta.kubernetes.io/is-default-class", "true")
    }

    /// Whether binding waits for a pod.
    #[must_use]
    pub fn waits_for_consumer(&self) -> bool {
        &*self.binding == "WaitForFirstConsumer"
    }
}

/// A CSIDriver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsiDriver {
    /// Identity; the name is the driver's.
    pub meta: Meta,
    /// Volumes must be attached before they are mounted.
    pub attach_required: bool,
    /// Publishes CSIStorageCapacity.
    pub storage_capacity: bool,
}

impl HasMeta for CsiDriver {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A CSINode: which drivers are registered on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsiNode {
    /// Identity; the name is the node's.
    pub meta: Meta,
    /// Drivers and how many volumes each may attach there.
    pub drivers: Vec<(Text, Option<i32>)>,
}

impl HasMeta for CsiNode {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A CSIStorageCapacity: free space of a class in a part of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageCapacity {
    /// Identity.
    pub meta: Meta,
    /// Class.
    pub class: Text,
    /// Free space.
    pub capacity: Quantity,
    /// Largest volume; zero where not said.
    pub maximum: Quantity,
    /// Which nodes.
    pub nodes: Selector,
}

impl HasMeta for StorageCapacity {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A VolumeAttachment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeAttachment {
    /// Identity.
    pub meta: Meta,
    /// Attacher (driver name).
    pub attacher: Text,
    /// Node.
    pub node: Text,
    /// Volume; empty for inline volumes.
    pub volume: Text,
    /// Done.
    pub attached: bool,
    /// Why attaching fails; may be empty.
    pub attach_error: Text,
    /// Why detaching fails; may be empty.
    pub detach_error: Text,
}

impl HasMeta for VolumeAttachment {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}
