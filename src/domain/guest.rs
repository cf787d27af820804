//! Proxmox VE: nodes, guests, storages, tasks.

use serde::{Deserialize, Serialize};

use super::{Text, Time};

/// LXC container or QEMU machine.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum GuestKind {
    /// Container.
    #[default]
    Lxc,
    /// Virtual machine.
    Qemu,
}

impl GuestKind {
    /// The word of the API's paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lxc => "lxc",
            Self::Qemu => "qemu",
        }
    }
}

/// A guest. Absent numbers could not be read; they are not zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guest {
    /// The Proxmox VE installation (its name in the configuration).
    pub host: Text,
    /// Node it lives on.
    pub node: Text,
    /// Number.
    pub id: u32,
    /// Container or machine.
    pub kind: GuestKind,
    /// Name; may be empty.
    pub name: Text,
    /// `running`, `stopped`, `unknown`, for machines also `paused` and so on.
    pub status: Text,
    /// It is a template.
    pub template: bool,
    /// Cores it may use.
    pub cores: Option<f64>,
    /// Share of them in use (1.0 = all).
    pub cpu: Option<f64>,
    /// Memory in use, bytes.
    pub memory: Option<u64>,
    /// Memory it may use, bytes.
    pub memory_max: Option<u64>,
    /// Disk in use, bytes (containers only).
    pub disk: Option<u64>,
    /// Disk it may use, bytes.
    pub disk_max: Option<u64>,
    /// Seconds since its start; 0 while stopped.
    pub uptime: Option<u64>,
    /// Lock (`backup`, `snapshot`, …); may be empty.
    pub lock: Text,
    /// Tags.
    pub tags: Vec<Text>,
    /// Addresses, where they could be read.
    pub addresses: Option<Vec<Text>>,
    /// Starts with its host; `None` where the configuration could not be read.
    pub onboot: Option<bool>,
    /// May not be removed.
    pub protected: bool,
    /// Description.
    pub description: Text,
    /// Snapshots, where they could be read.
    pub snapshots: Option<Vec<Snapshot>>,
    /// What its configuration says, by key; empty where it could not be read.
    pub config: Vec<(Text, Text)>,
    /// Its backups, newest first, as far as they could be read.
    pub backups: Vec<Backup>,
    /// Newest backup, where backups could be read: `Some(None)` means there is none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "if_told"
    )]
    pub last_backup: Option<Option<Time>>,
    /// The task that last changed its state, if the task list still has one.
    pub last_change: Option<GuestChange>,
    /// High-availability state; may be empty.
    pub ha: Text,
}

/// A field that is there says something, also where it is null.
fn if_told<'de, D: serde::Deserializer<'de>>(told: D) -> Result<Option<Option<Time>>, D::Error> {
    Option::deserialize(told).map(Some)
}

impl Guest {
    /// Its state in words: what is compared just before it is touched.
    #[must_use]
    pub fn standing(status: &str, lock: &str) -> String {
        if lock.is_empty() {
            status.to_owned()
        } else {
            format!("{status}, locked ({lock})")
        }
    }
}

impl GuestChange {
    /// What was done, in words.
    #[must_use]
    pub fn words(&self) -> &str {
        task_words(&self.task)
    }
}

/// The task that last started or stopped a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestChange {
    /// Task type, as `vzstop`.
    pub task: Text,
    /// When.
    pub at: Option<Time>,
    /// Who.
    pub user: Text,
}

/// A backup of a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Storage that holds it.
    pub storage: Text,
    /// Its name there, without the storage's.
    pub name: Text,
    /// When it was begun.
    pub at: Option<Time>,
    /// Bytes, where said.
    pub size: Option<u64>,
    /// It may not be removed.
    pub protected: bool,
    /// What a verification found; empty where there was none.
    pub verified: Text,
}

/// A snapshot of a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Name.
    pub name: Text,
    /// When.
    pub at: Option<Time>,
    /// Description.
    pub description: Text,
    /// Snapshot it was made from; may be empty.
    pub parent: Text,
    /// With memory.
    pub with_memory: bool,
}

/// A node of a Proxmox VE installation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PveNode {
    /// The installation.
    pub host: Text,
    /// Name.
    pub name: Text,
    /// `online`, `offline` or `unknown`.
    pub status: Text,
    /// Version of Proxmox VE, where it could be read.
    pub version: Text,
    /// Threads.
    pub cores: Option<u64>,
    /// Share in use (1.0 = all).
    pub cpu: Option<f64>,
    /// Bytes in use.
    pub memory: Option<u64>,
    /// Bytes in all.
    pub memory_max: Option<u64>,
    /// Root file system: bytes in use and in all.
    pub root: Option<(u64, u64)>,
    /// Seconds since its start.
    pub uptime: Option<u64>,
    /// Load averages as printed.
    pub load: Vec<Text>,
    /// Processor model; may be empty.
    pub cpu_model: Text,
    /// Kernel; may be empty.
    pub kernel: Text,
}

/// A storage of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PveStorage {
    /// The installation.
    pub host: Text,
    /// Node; shared storages are listed once, with the first node that has them.
    pub node: Text,
    /// Name.
    pub name: Text,
    /// `nfs`, `zfspool`, `dir`, …
    pub kind: Text,
    /// Kinds of content.
    pub content: Vec<Text>,
    /// Bytes in use.
    pub used: Option<u64>,
    /// Bytes in all.
    pub total: Option<u64>,
    /// Reachable; `None` where not said.
    pub active: Option<bool>,
    /// Shared by all nodes.
    pub shared: bool,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PveTask {
    /// The installation.
    pub host: Text,
    /// Identity.
    pub upid: Text,
    /// Node.
    pub node: Text,
    /// Type, as `vzdump`.
    pub kind: Text,
    /// What it is about, as a guest number; may be empty.
    pub about: Text,
    /// Who.
    pub user: Text,
    /// Start.
    pub started: Option<Time>,
    /// End; `None` while it runs.
    pub ended: Option<Time>,
    /// `OK`, `WARNINGS: n`, or the error; empty while it runs.
    pub status: Text,
}

/// What a task did, from its type: `vzstop` and `qmstop` are both a stop. An unknown type is given
/// as it is, for the list is open.
#[must_use]
pub fn task_words(kind: &str) -> &str {
    let bare = ["vz", "qm", "ha"]
        .into_iter()
        .find_map(|family| kind.strip_prefix(family))
        .unwrap_or(kind);
    match bare {
        "shutdown" => "shut down",
        "delsnapshot" => "snapshot deleted",
        "rollback" => "back to a snapshot",
        "dump" => "backup",
        "destroy" => "destroyed",
        "pause" | "suspend" => "suspend",
        "template" => "made a template",
        "imgcopy" => "disk copied",
        "imgdel" => "disk deleted",
        "startall" => "start of all guests",
        "stopall" => "stop of all guests",
        "srvstart" => "service started",
        "srvrestart" => "service restarted",
        "srvstop" => "service stopped",
        "aptupdate" => "package lists updated",
        "vncproxy" | "vncshell" | "termproxy" => "console opened",
        "start" | "stop" | "reboot" | "reset" | "resume" | "create" | "restore" | "clone"
        | "migrate" | "snapshot" | "config" | "download" => bare,
        _ => kind,
    }
}

impl PveTask {
    /// What it does, in words.
    #[must_use]
    pub fn words(&self) -> &str {
        task_words(&self.kind)
    }

    /// Whether a guest runs or rests because of it.
    #[must_use]
    pub fn changes_state(&self) -> bool {
        let bare = ["vz", "qm", "ha"]
            .into_iter()
            .find_map(|family| self.kind.strip_prefix(family));
        matches!(
            bare,
            Some(
                "start"
                    | "stop"
                    | "shutdown"
                    | "reboot"
                    | "suspend"
                    | "pause"
                    | "resume"
                    | "reset"
                    | "create"
                    | "restore"
                    | "rollback"
                    | "migrate"
            )
        )
    }

    /// Whether it ended with an error. A vanished worker is unknown, not failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.ended.is_some()
            && !self.status.is_empty()
            && &*self.status != "OK"
            && !self.status.starts_with("WARNINGS")
            && &*self.status != "unexpected status"
    }
}

/// A right that the token lacks, and what cannot be seen for want of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRight {
    /// Path, as `/vms`.
    pub path: Text,
    /// Privilege, as `VM.Audit`.
    pub privilege: Text,
    /// What it hides.
    pub hides: Text,
}

impl MissingRight {
    /// How it is granted: by the narrowest of the roles that come with Proxmox VE.
    #[must_use]
    pub fn grant(&self) -> String {
        let path = &self.path;
        match &*self.privilege {
            "VM.Audit" | "Datastore.Audit" | "Sys.Audit" => {
                "grant the role PVEAuditor on / to the user and to its token".into()
            }
            "Datastore.Allocate" => {
                format!("grant the role PVEDatastoreAdmin on {path} to the user and to its token")
            }
            other => format!(
                "make a role that holds {other} (pveum role add) and grant it on {path} to the user and to its token"
            ),
        }
    }
}

/// All that one Proxmox VE installation told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PveState {
    /// Version; may be empty.
    pub version: Text,
    /// Name of the cluster; empty for a single host.
    pub cluster: Text,
    /// Whether the cluster has a quorum; `None` for a single host or where not allowed.
    pub quorate: Option<bool>,
    /// Nodes.
    pub nodes: Vec<PveNode>,
    /// Guests.
    pub guests: Vec<Guest>,
    /// Storages.
    pub storages: Vec<PveStorage>,
    /// Recent tasks, newest first.
    pub tasks: Vec<PveTask>,
    /// Rights that the token lacks.
    pub missing: Vec<MissingRight>,
    /// What else could not be read this time: what, the server's words, and where to look.
    #[serde(default)]
    pub gaps: Vec<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_tasks_are_told_in_words_and_unknown_ones_as_they_are() {
        let told = [
            ("vzstop", "stop"),
            ("qmshutdown", "shut down"),
            ("vzdump", "backup"),
            ("hamigrate", "migrate"),
            ("vzdelsnapshot", "snapshot deleted"),
            ("vncproxy", "console opened"),
            ("zfscreate", "zfscreate"),
            ("qmsomething", "qmsomething"),
        ];
        for (kind, words) in told {
            assert_eq!(task_words(kind), words);
        }
        let task = |kind: &str| PveTask {
            kind: kind.into(),
            ..PveTask::default()
        };
        assert!(task("qmrollback").changes_state());
        assert!(!task("vzdump").changes_state() && !task("srvrestart").changes_state());
    }
}
