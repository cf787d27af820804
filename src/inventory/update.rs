//! What sources send.

use std::sync::Arc;

use super::{Identity, SourceId, SourceStatus};
use crate::domain::{
    Freshness, Key, Kind, NodeDisk, NodeUsage, Object, PodRow, PodUsage, ProbeState, PveState,
    Text, VolumeUsage,
};

/// A change of one object.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is so now.
    Put(Object),
    /// It is gone.
    Gone(Kind, Key),
    /// A custom object of this kind's word is gone (dumps know kinds that are not followed live).
    GoneCustom(Text, Key),
}

/// A message of a source to the owner of the inventory.
#[derive(Clone, Debug)]
pub enum Update {
    /// State of a source.
    Source(SourceId, SourceStatus),
    /// What the cluster is.
    Identity(Identity),
    /// Freshness of a kind.
    Freshness(Kind, Freshness),
    /// Objects that changed.
    Changes(Vec<Change>),
    /// A list is complete: objects of the kind that are not named are gone. With a namespace, only
    /// those of that namespace; with an Argo CD instance, only its own.
    Listed {
        /// Kind.
        kind: Kind,
        /// Namespace, or all.
        namespace: Option<Text>,
        /// Keys there are.
        keys: Vec<Key>,
    },
    /// All applications of an Argo CD instance: those not named are gone.
    AppsListed {
        /// Instance.
        instance: Text,
        /// Keys there are.
        keys: Vec<Key>,
    },
    /// Rows of the pod table as the server prints them.
    PodRows(Vec<PodRow>),
    /// Usage of all nodes.
    NodeUsage(Vec<NodeUsage>),
    /// Usage of all pods.
    PodUsage(Vec<PodUsage>),
    /// Fill of volumes and disks of one node.
    NodeFill {
        /// Disks of the node itself.
        disk: NodeDisk,
        /// Claims mounted there.
        volumes: Vec<VolumeUsage>,
    },
    /// A Proxmox VE installation.
    Proxmox(Text, Arc<PveState>),
    /// Probes.
    Probes(Vec<ProbeState>),
}
