//! The kubelets' statistics: how full claims and nodes are.

use serde::Deserialize;

use super::wire::null;
use crate::{
    domain::{Key, NodeDisk, VolumeUsage},
    inventory::Update,
};

#[derive(Deserialize)]
struct Summary {
    node: NodeStats,
    #[serde(default, deserialize_with = "null")]
    pods: Vec<PodStats>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeStats {
    node_name: String,
    #[serde(default)]
    fs: Option<FsStats>,
    #[serde(default)]
    runtime: Option<RuntimeStats>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeStats {
    #[serde(default)]
    image_fs: Option<FsStats>,
}

#[derive(Deserialize)]
struct PodStats {
    #[serde(default, deserialize_with = "null")]
    volume: Vec<VolumeStats>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VolumeStats {
    #[serde(default)]
    pvc_ref: Option<ClaimRef>,
    // not flattened: that would copy every volume of every pod into a tree first
    time: Option<String>,
    available_bytes: Option<u64>,
    capacity_bytes: Option<u64>,
    used_bytes: Option<u64>,
    inodes: Option<u64>,
    inodes_used: Option<u64>,
}

#[derive(Deserialize)]
struct ClaimRef {
    name: String,
    namespace: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct FsStats {
    capacity_bytes: Option<u64>,
    used_bytes: Option<u64>,
}

/// The update that a kubelet's summary makes; `None` where the text is no summary.
pub(crate) fn summary_update(text: &str) -> Option<Update> {
    let summary: Summary = serde_json::from_str(text).ok()?;
    let fill = |fs: &Option<FsStats>| {
        let fs = fs.as_ref()?;
        Some((fs.used_bytes?, fs.capacity_bytes?))
    };
    let disk = NodeDisk {
        node: summary.node.node_name.as_str().into(),
        root: fill(&summary.node.fs),
        images: summary
            .node
            .runtime
            .as_ref()
            .and_then(|runtime| fill(&runtime.image_fs)),
    };
    let volumes = summary
        .pods
        .iter()
        .flat_map(|pod| &pod.volume)
        .filter_map(volume)
        .collect();
    Some(Update::NodeFill { disk, volumes })
}

fn volume(stats: &VolumeStats) -> Option<VolumeUsage> {
    let claim = stats.pvc_ref.as_ref()?;
    Some(VolumeUsage {
        claim: Key::new(&claim.namespace, &claim.name),
        used: stats.used_bytes?,
        capacity: stats.capacity_bytes.unwrap_or_default(),
        available: stats.available_bytes.unwrap_or_default(),
        inodes: stats.inodes_used.zip(stats.inodes),
        at: stats.time.as_deref().and_then(|time| time.parse().ok()),
    })
}
