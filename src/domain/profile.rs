//! What a user says about his own lab: link speeds, storage back ends, thresholds, sizes.
//!
//! Nothing of a particular lab is in the program; it is in a profile, and the neutral one holds
//! where nobody says otherwise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A profile: facts about a lab that no API tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Profile {
    /// Name, as the header and `--profile` know it.
    pub name: String,
    /// Blades by node name.
    pub blades: BTreeMap<String, Blade>,
    /// Storage classes by name and what they can do.
    pub storage: BTreeMap<String, StorageFacts>,
    /// When a share is a warning and when it is critical.
    pub thresholds: Thresholds,
    /// Networks by name: address block.
    pub networks: BTreeMap<String, String>,
    /// The static media library, if there is one.
    pub media: Media,
    /// Where Git keeps the manifests.
    pub git: GitFacts,
    /// Sizes of workloads by name (`small`, `medium`, `large`).
    pub sizes: BTreeMap<String, Size>,
    /// Sizes of virtual machines by name (`light`, `standard`, `heavy`).
    pub vm_sizes: BTreeMap<String, Size>,
    /// Backups older than this many days do not count.
    pub backup_max_age_days: u32,
    /// Namespace of Velero; may be empty.
    pub backup_namespace: String,
    /// Name of the approved registry that comes with the profile; may be empty.
    pub approved: String,
    /// Endpoints that the lab stands on: probed only if the configuration asks for it.
    pub endpoints: Vec<Endpoint>,
}

/// What is known of a blade.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Blade {
    /// Short name for narrow places.
    pub label: String,
    /// Speed of the workload link in Gbit/s; 0 where not known.
    pub link_gbit: u32,
    /// Where it stands or what it is; may be empty.
    pub note: String,
}

/// What a storage class can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct StorageFacts {
    /// Several nodes may use a volume at once, and machines on it can migrate live.
    pub shared: bool,
    /// Volumes live on one node's own disks.
    pub local: bool,
    /// Snapshots work.
    pub snapshots: bool,
    /// Address of the back end; may be empty.
    pub server: String,
    /// Size of the back end as a quantity; empty where the cluster tells it itself.
    pub capacity: String,
}

/// Shares between 0 and 1 at which a warning or a critical state begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Thresholds {
    /// Requests of the whole cluster.
    pub cluster_warning: f64,
    /// Requests of the whole cluster.
    pub cluster_critical: f64,
    /// Requests of one blade.
    pub blade_warning: f64,
    /// Requests of one blade.
    pub blade_critical: f64,
    /// Fill of a claim or storage.
    pub storage_warning: f64,
    /// Fill of a claim or storage.
    pub storage_critical: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            cluster_warning: 0.85,
            cluster_critical: 0.90,
            blade_warning: 0.80,
            blade_critical: 0.85,
            storage_warning: 0.80,
            storage_critical: 0.90,
        }
    }
}

/// A static library that must never be lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Media {
    /// NFS server; empty means there is no such library.
    pub server: String,
    /// NFS path.
    pub path: String,
    /// Applications that belong to the media stack.
    pub apps: Vec<String>,
    /// Containers that are mount sidecars.
    pub sidecars: Vec<String>,
}

/// Where Git keeps the manifests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GitFacts {
    /// Repository; may be empty.
    pub repository: String,
    /// Local checkout, so that paths can be shown whole; may be empty.
    pub checkout: String,
    /// Folder of inventory and playbooks of what lives outside the cluster; may be empty.
    pub automation: String,
}

/// A size by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Size {
    /// CPU as a quantity.
    pub cpu: String,
    /// Memory as a quantity.
    pub memory: String,
}

/// An endpoint that the lab stands on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Endpoint {
    /// Name.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}
