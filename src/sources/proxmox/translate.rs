//! From the API's rows to the nouns. Absent numbers stay absent.

use serde_json::Value;

use super::truthy;
use crate::domain::{
    Backup, Guest, GuestChange, GuestKind, PveNode, PveState, PveStorage, PveTask, Snapshot, Text,
    Time,
};

fn text(value: &Value) -> Text {
    value.as_str().unwrap_or_default().into()
}

/// Numbers come as numbers, as fractions, or as text.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bytes and seconds: never negative, far below 2^53
fn count(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| share(value).map(|number| number.max(0.0).round() as u64))
}

fn share(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn time(value: &Value) -> Option<Time> {
    Time::from_second(value.as_i64()?).ok()
}

fn list(value: &Value, by: char) -> Vec<Text> {
    value
        .as_str()
        .unwrap_or_default()
        .split(by)
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(Text::from)
        .collect()
}

/// `/cluster/resources`.
pub(super) fn resources(host: &str, rows: &Value) -> PveState {
    let mut state = PveState::default();
    for row in rows.as_array().into_iter().flatten() {
        match row["type"].as_str() {
            Some("lxc") => state.guests.extend(guest(host, GuestKind::Lxc, row)),
            Some("qemu") => state.guests.extend(guest(host, GuestKind::Qemu, row)),
            Some("node") => state.nodes.push(node(host, row)),
            Some("storage") => storage(host, row, &mut state.storages),
            _ => {}
        }
    }
    state.guests.sort_by_key(|guest| guest.id);
    state.nodes.sort_by(|a, b| a.name.cmp(&b.name));
    state
        .storages
        .sort_by(|a, b| (&a.name, &a.node).cmp(&(&b.name, &b.node)));
    state
}

fn guest(host: &str, kind: GuestKind, row: &Value) -> Option<Guest> {
    let known = row["status"] != "unknown";
    Some(Guest {
        host: host.into(),
        node: text(&row["node"]),
        id: u32::try_from(count(&row["vmid"])?).ok()?,
        kind,
        name: text(&row["name"]),
        status: text(&row["status"]),
        template: truthy(&row["template"]),
        cores: share(&row["maxcpu"]),
        cpu: share(&row["cpu"]).filter(|_| known),
        memory: count(&row["mem"]).filter(|_| known),
        memory_max: count(&row["maxmem"]),
        disk: count(&row["disk"]).filter(|_| known && kind == GuestKind::Lxc),
        disk_max: count(&row["maxdisk"]),
        uptime: count(&row["uptime"]).filter(|_| known),
        lock: text(&row["lock"]),
        tags: list(&row["tags"], ';'),
        ha: text(&row["hastate"]),
        ..Guest::default()
    })
}

fn node(host: &str, row: &Value) -> PveNode {
    PveNode {
        host: host.into(),
        name: text(&row["node"]),
        status: text(&row["status"]),
        cores: count(&row["maxcpu"]),
        cpu: share(&row["cpu"]),
        memory: count(&row["mem"]),
        memory_max: count(&row["maxmem"]),
        root: count(&row["disk"]).zip(count(&row["maxdisk"])),
        uptime: count(&row["uptime"]),
        ..PveNode::default()
    }
}

/// Shared storages have a row for each node; they are one storage, as a node tells that reaches it.
fn storage(host: &str, row: &Value, into: &mut Vec<PveStorage>) {
    let shared = truthy(&row["shared"]);
    let name = text(&row["storage"]);
    let active = row["status"] == "available";
    let own = PveStorage {
        host: host.into(),
        node: text(&row["node"]),
        name,
        kind: text(&row["plugintype"]),
        content: list(&row["content"], ','),
        used: count(&row["disk"]).filter(|_| active),
        total: count(&row["maxdisk"]).filter(|_| active),
        active: Some(active),
        shared,
    };
    let known = into
        .iter_mut()
        .find(|held| shared && held.shared && held.name == own.name);
    match known {
        Some(held) if active && held.active != Some(true) => *held = own,
        Some(_) => {}
        None => into.push(own),
    }
}

/// `/cluster/tasks`, newest first.
pub(super) fn tasks(host: &str, rows: &Value) -> Vec<PveTask> {
    let mut tasks: Vec<PveTask> = rows
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| PveTask {
            host: host.into(),
            upid: text(&row["upid"]),
            node: text(&row["node"]),
            kind: text(&row["type"]),
            about: text(&row["id"]),
            // a node's own list has the token beside the name while it runs
            user: row["user"]
                .as_str()
                .and_then(|user| user.split('!').next())
                .unwrap_or_default()
                .into(),
            started: time(&row["starttime"]),
            ended: time(&row["endtime"]),
            status: if row["status"] == "RUNNING" {
                Text::default()
            } else {
                text(&row["status"])
            },
        })
        .collect();
    tasks.sort_by(|a, b| b.started.cmp(&a.started).then_with(|| a.upid.cmp(&b.upid)));
    tasks
}

/// The newest task that started or stopped a guest.
pub(super) fn last_change(tasks: &[PveTask], id: u32) -> Option<GuestChange> {
    let id = id.to_string();
    tasks
        .iter()
        .find(|task| *task.about == *id && task.changes_state())
        .map(|task| GuestChange {
            task: task.kind.clone(),
            at: task.ended.or(task.started),
            user: task.user.clone(),
        })
}

/// Name of the cluster and its quorum. A host by itself has no such row, which is no lack of quorum.
pub(super) fn cluster(rows: &Value) -> (Text, Option<bool>) {
    let row = rows
        .as_array()
        .into_iter()
        .flatten()
        .find(|row| row["type"] == "cluster");
    row.map_or_else(
        || (Text::default(), None),
        |row| (text(&row["name"]), Some(truthy(&row["quorate"]))),
    )
}

/// Backups of a storage, by guest.
pub(super) fn backups(storage: &str, rows: &Value) -> Vec<(u32, Backup)> {
    rows.as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["content"] == "backup")
        .filter_map(|row| {
            let volume = row["volid"].as_str().unwrap_or_default();
            let backup = Backup {
                storage: storage.into(),
                name: volume
                    .split_once(':')
                    .map_or(volume, |(_, name)| name)
                    .into(),
                at: time(&row["ctime"]),
                size: count(&row["size"]),
                protected: truthy(&row["protected"]),
                verified: text(&row["verification"]["state"]),
            };
            Some((u32::try_from(count(&row["vmid"])?).ok()?, backup))
        })
        .collect()
}

/// What a configuration says: plain values, without what is shown elsewhere or is secret.
pub(super) fn config(rows: &Value) -> Vec<(Text, Text)> {
    let mut all: Vec<(Text, Text)> = rows
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| {
            !matches!(
                name.as_str(),
                "digest" | "description" | "lock" | "tags" | "cipassword" | "env" | "sshkeys"
            )
        })
        .filter_map(|(name, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some((Text::from(name.as_str()), Text::from(value.as_str())))
        })
        .collect();
    all.sort();
    all
}

/// How a guest is right now, by its own path: the lists of everything are up to 20 s old.
pub(super) fn freshen(guest: &mut Guest, now: &Value) {
    let paused = now["qmpstatus"].as_str() == Some("paused");
    guest.status = if paused {
        "paused".into()
    } else {
        text(&now["status"])
    };
    guest.lock = text(&now["lock"]);
    guest.uptime = count(&now["uptime"]);
    guest.cpu = share(&now["cpu"]);
    guest.memory = count(&now["mem"]);
}

/// What `/nodes/N/status` adds to a node's row.
pub(super) fn node_status(node: &mut PveNode, status: &Value) {
    node.version = status["pveversion"]
        .as_str()
        .and_then(|text| text.split('/').nth(1))
        .unwrap_or_default()
        .into();
    node.load = status["loadavg"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    node.cpu_model = text(&status["cpuinfo"]["model"]);
    node.kernel = text(&status["current-kernel"]["release"]);
}

/// Addresses of a container, without its loopback.
pub(super) fn addresses(rows: &Value) -> Vec<Text> {
    let own = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["name"] != "lo");
    own.flat_map(|row| {
        let many: Vec<Text> = row["ip-addresses"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["ip-address"].as_str())
            .map(Text::from)
            .collect();
        if many.is_empty() {
            [&row["inet"], &row["inet6"]]
                .into_iter()
                .filter_map(|one| one.as_str())
                .filter_map(|one| one.split('/').next())
                .map(Text::from)
                .collect()
        } else {
            many
        }
    })
    .filter(|address: &Text| !address.starts_with("fe80"))
    .collect()
}

/// Snapshots, without the row that stands for the present.
pub(super) fn snapshots(rows: &Value) -> Vec<Snapshot> {
    let mut all: Vec<Snapshot> = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["name"] != "current")
        .map(|row| Snapshot {
            name: text(&row["name"]),
            at: time(&row["snaptime"]),
            description: text(&row["description"]),
            parent: text(&row["parent"]),
            with_memory: truthy(&row["vmstate"]),
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_of_every_form_are_read() {
        let rows = json!([
            {"type": "lxc", "vmid": "210", "node": "n", "name": "proxy", "status": "running", "cpu": 0.01, "maxcpu": "1.5", "mem": 337_035_946.66, "maxmem": 2_147_483_648_u64, "tags": "infra;proxy"},
            {"type": "qemu", "vmid": 215, "node": "n", "status": "unknown"},
            {"type": "storage", "storage": "nfs", "node": "a", "status": "unknown", "shared": 1, "plugintype": "nfs", "content": "backup,images"},
            {"type": "storage", "storage": "nfs", "node": "b", "status": "available", "shared": 1, "disk": 95, "maxdisk": 100, "plugintype": "nfs", "content": "backup,images"},
        ]);
        let state = resources("pve", &rows);
        assert_eq!(
            (
                state.guests[0].id,
                state.guests[0].cores,
                state.guests[0].memory
            ),
            (210, Some(1.5), Some(337_035_947))
        );
        assert_eq!(
            (&*state.guests[1].status, state.guests[1].memory),
            ("unknown", None)
        );
        assert_eq!(state.storages.len(), 1);
        // a node that is off says nothing of a storage that another one reaches
        assert_eq!(
            (&*state.storages[0].node, state.storages[0].total),
            ("b", Some(100))
        );
        assert_eq!(cluster(&json!([{"type": "node"}])), (Text::default(), None));
    }
}
