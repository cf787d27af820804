//! How much is lost: all of a kind, a namespace, a volume, a cluster.

use super::call::Call;
use crate::redbutton::Tier;

/// Kinds whose loss takes much more with it.
const LARGE: [&str; 17] = [
    "ns",
    "namespace",
    "namespaces",
    "project",
    "projects",
    "pv",
    "persistentvolume",
    "persistentvolumes",
    "crd",
    "crds",
    "customresourcedefinition",
    "customresourcedefinitions",
    "node",
    "nodes",
    "all",
    "sc",
    "storageclass",
];

/// Tools that work on whole devices.
const DEVICES: [&str; 12] = [
    "dd",
    "blkdiscard",
    "wipefs",
    "shred",
    "zpool",
    "vgremove",
    "pvremove",
    "sgdisk",
    "fdisk",
    "parted",
    "cryptsetup",
    "nvme",
];

/// The tier of a call that loses something.
pub(super) fn magnitude(call: &Call) -> Tier {
    let much = match call.name {
        "oc" | "kubectl" | "k" | "kubecolor" => {
            call.has(&["--all", "-A", "--all-namespaces", "--all=true"])
                || LARGE.contains(&kind(call))
        }
        "terraform" | "tofu" | "terragrunt" => call.verb == "destroy",
        name => DEVICES.contains(&name) || name.starts_with("mkfs"),
    };
    if much {
        Tier::Catastrophe
    } else {
        Tier::Destroy
    }
}

/// The kind behind the verb, of `ns`, `ns/x` or `nodes.v1`.
fn kind<'w>(call: &Call<'w>) -> &'w str {
    let first = call.words.get(call.verb.split(' ').count());
    first
        .and_then(|word| word.split(['/', '.']).next())
        .unwrap_or_default()
}
