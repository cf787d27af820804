//! The storages of the lab's Proxmox VE, and the backups that they hold.

use serde_json::{Value, json};

use super::{
    Asked,
    answer::{Answered, Failure},
    node::Node,
};

/// A storage; sizes in GiB.
pub(super) struct Storage {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
    used: u64,
    total: u64,
}

/// One that all hosts share, and one that is almost full.
const STORAGES: [Storage; 2] = [
    Storage {
        name: "truenas-nfs",
        kind: "nfs",
        content: "backup,images,rootdir",
        used: 2048,
        total: 10240,
    },
    Storage {
        name: "local-zfs",
        kind: "zfspool",
        content: "images,rootdir",
        used: 434,
        total: 460,
    },
];

impl Storage {
    /// Its row in `/cluster/resources`, one for each node. A node that is off reports no sizes.
    fn row(&self, node: &Node) -> Value {
        let mut row = json!({"id": format!("storage/{}/{}", node.name, self.name), "type": "storage", "storage": self.name, "node": node.name, "plugintype": self.kind, "status": "unknown", "shared": i32::from(self.kind == "nfs"), "content": self.content});
        if node.online {
            row["status"] = json!("available");
            row["disk"] = json!(self.used << 30);
            row["maxdisk"] = json!(self.total << 30);
        }
        row
    }

    #[allow(clippy::cast_precision_loss)] // a share
    fn listed(&self) -> Value {
        json!({"storage": self.name, "type": self.kind, "content": self.content, "enabled": 1, "active": 1, "shared": i32::from(self.kind == "nfs"), "total": self.total << 30, "used": self.used << 30, "avail": (self.total - self.used) << 30, "used_fraction": self.used as f64 / self.total as f64})
    }

    fn is_seen(&self, asked: &Asked<'_>) -> bool {
        let place = format!("/storage/{}", self.name);
        asked.may(&place, "Datastore.Audit") || asked.may(&place, "Datastore.AllocateSpace")
    }
}

/// Rows of `/cluster/resources`.
pub(super) fn rows(asked: &Asked<'_>, nodes: &[Node]) -> Vec<Value> {
    nodes
        .iter()
        .flat_map(|node| {
            let seen = STORAGES.iter().filter(|one| one.is_seen(asked));
            seen.map(|one| one.row(node))
        })
        .collect()
}

/// `/nodes/N/storage` and below.
pub(super) fn route(asked: &Asked<'_>, rest: &[&str]) -> Answered {
    match rest {
        [] => {
            let seen = STORAGES.iter().filter(|one| one.is_seen(asked));
            Ok(seen
                .map(Storage::listed)
                .filter(|row| {
                    let kinds = row["content"].as_str().unwrap_or_default();
                    let wanted = asked.parameter("content").unwrap_or_default();
                    wanted.is_empty() || kinds.split(',').any(|kind| kind == wanted)
                })
                .collect())
        }
        [name, "status"] => {
            asked.needs(&format!("/storage/{name}"), "Datastore.Audit")?;
            let mut row = find(name)
                .ok_or_else(|| Failure::parameter("storage", "No such storage."))?
                .listed();
            if let Some(fields) = row.as_object_mut() {
                fields.remove("storage");
                fields.remove("used_fraction");
            }
            Ok(row)
        }
        [name, "content"] => content(asked, name),
        _ => Err(Failure::not_implemented(asked.method, rest)),
    }
}

fn find(name: &str) -> Option<&'static Storage> {
    STORAGES.iter().find(|one| one.name == name)
}

/// What a storage holds. Rows that somebody may not see are dropped without a word.
fn content(asked: &Asked<'_>, name: &str) -> Answered {
    let place = format!("/storage/{name}");
    asked.needs(&place, "Datastore.Audit")?;
    if find(name).is_none() {
        let why = format!("storage '{name}' does not exist");
        return Err(Failure::new(500, why));
    }
    let all = asked.may(&place, "Datastore.Allocate");
    let wanted = |row: &Value| {
        let kind = asked
            .parameter("content")
            .is_none_or(|kind| kind == "backup");
        kind && asked
            .parameter("vmid")
            .is_none_or(|id| id.parse::<u32>().is_ok_and(|id| row["vmid"] == id))
    };
    Ok(backups(name, asked.began)
        .into_iter()
        .filter(|(_, row)| wanted(row))
        .filter(|(id, _)| {
            all || (asked.may(&place, "Datastore.AllocateSpace")
                && asked.may(&format!("/vms/{id}"), "VM.Backup"))
        })
        .map(|(_, row)| row)
        .collect())
}

/// Backups of a storage, and whose they are: of last night for most, old for one, none for another.
fn backups(storage: &str, began: i64) -> Vec<(u32, Value)> {
    if storage != "truenas-nfs" {
        return Vec::new();
    }
    let night = began - 10_800;
    [
        (210, "lxc", night),
        (211, "lxc", night + 41),
        (212, "lxc", night + 60),
        (213, "lxc", night - 9 * 86_400),
        (217, "lxc", night + 70),
        (218, "lxc", night + 74),
        (219, "lxc", night + 77),
        (215, "qemu", night + 80),
        (221, "qemu", night + 110),
    ]
    .into_iter()
    .map(|(id, kind, at)| {
        let name = jiff::Timestamp::from_second(at)
            .unwrap_or_default()
            .strftime("%Y_%m_%d-%H_%M_%S")
            .to_string();
        let form = if kind == "lxc" { "tar.zst" } else { "vma.zst" };
        (id, json!({"volid": format!("{storage}:backup/vzdump-{kind}-{id}-{name}.{form}"), "content": "backup", "format": form, "subtype": kind, "vmid": id, "size": 812_345_678, "ctime": at}))
    })
    .collect()
}
