//! A guest of Proxmox VE: how it stands, what it is made of, what can be gone back to, and what was
//! done to it.

use super::{
    detail::{DetailLine, Lines},
    text::{age, bytes},
};
use crate::{
    domain::{Guest, ObjectRef, PveState, PveTask, Time},
    insight::capacity::Level,
};

/// Tasks that are listed.
const TASKS: usize = 20;
/// Backups that are listed.
const BACKUPS: usize = 8;

/// A kind of task in words, as they tell what was done to a guest.
pub(super) fn task_words(kind: &str) -> &str {
    let deed = match kind {
        "qmigrate" => Some("migrate"),
        _ => kind.strip_prefix("qm").or_else(|| kind.strip_prefix("vz")),
    };
    match deed.unwrap_or(kind) {
        "start" => "started",
        "stop" => "stopped",
        "shutdown" => "shut down",
        "reboot" | "reset" => "restarted",
        "suspend" | "pause" => "paused",
        "resume" => "resumed",
        "snapshot" => "snapshot taken",
        "rollback" => "rolled back",
        "delsnapshot" => "snapshot deleted",
        "migrate" => "moved",
        "clone" => "copied",
        "restore" => "restored",
        "create" => "made",
        "destroy" => "destroyed",
        "dump" => "backed up",
        "config" => "changed",
        "template" => "made a template",
        _ => kind,
    }
}

impl Lines<'_> {
    /// Everything about a guest.
    pub(super) fn guest(&mut self, object: &ObjectRef) {
        let inventory = self.inventory;
        let (Some(guest), Some(state)) = (
            inventory.guest(object),
            inventory.proxmox.get(&object.key.namespace),
        ) else {
            return self.note("It is not known (any more).", Level::Warning);
        };
        self.guest_status(guest);
        self.snapshots(guest);
        self.backups(guest);
        if !guest.config.is_empty() {
            self.head("Configuration");
        }
        for (name, value) in &guest.config {
            self.field(name, &**value);
        }
        self.tasks(state, object);
    }

    fn guest_status(&mut self, guest: &Guest) {
        let amount = |value: Option<u64>| value.map_or_else(|| "not readable".into(), bytes);
        self.head("Status");
        self.field_at("status", &*guest.status, super::views::guest_level(guest));
        self.field("name", &*guest.name);
        self.field("node", &*guest.node);
        if let Some(up) = guest.uptime.filter(|seconds| *seconds > 0) {
            let since = Time::from_second(self.now.as_second() - i64::try_from(up).unwrap_or(0));
            self.field("runs for", age(since.ok(), self.now));
        }
        if let (Some(cores), Some(cpu)) = (guest.cores, guest.cpu) {
            self.field("cpu", format!("{:.0} % of {cores} cores", cpu * 100.0));
        }
        self.field(
            "memory",
            format!("{} of {}", amount(guest.memory), amount(guest.memory_max)),
        );
        // what a machine has written is known to nobody but itself
        let disk = match guest.disk {
            Some(used) => format!("{} of {}", bytes(used), amount(guest.disk_max)),
            None => amount(guest.disk_max),
        };
        self.field("disk", disk);
        self.field(
            "addresses",
            guest
                .addresses
                .as_ref()
                .map_or_else(|| "not readable".into(), |all| all.join("  ")),
        );
        self.field("tags", guest.tags.join("  "));
        self.field_at("lock", &*guest.lock, Level::Warning);
        self.field("managed by HA", &*guest.ha);
        if guest.protected {
            self.field("protection", "may not be removed");
        }
        if let Some(change) = &guest.last_change {
            self.field(
                "last change",
                format!(
                    "{} {} ago by {}",
                    task_words(&change.task),
                    age(change.at, self.now),
                    change.user
                ),
            );
        }
        self.note(&*guest.description, Level::Ok);
    }

    fn snapshots(&mut self, guest: &Guest) {
        let Some(all) = &guest.snapshots else {
            return self.note("Its snapshots cannot be read.", Level::Warning);
        };
        self.head(format!("Snapshots · {}", all.len()));
        for one in all {
            let memory = if one.with_memory { "with memory " } else { "" };
            self.field(
                &one.name,
                format!(
                    "{} ago {memory}{}",
                    age(one.at, self.now),
                    one.description.trim()
                )
                .trim_end(),
            );
        }
    }

    fn backups(&mut self, guest: &Guest) {
        match guest.last_backup {
            None => {
                self.head("Backups");
                self.note(
                    "They cannot all be read, so their age is not known.",
                    Level::Warning,
                );
            }
            Some(None) => {
                self.head("Backups");
                self.note("There is none.", Level::Warning);
            }
            Some(Some(_)) => self.head(format!("Backups · {}", guest.backups.len())),
        }
        for one in guest.backups.iter().take(BACKUPS) {
            let mut text = format!("{} ago", age(one.at, self.now));
            if let Some(size) = one.size {
                text.push_str(&format!(" {:>9}", bytes(size)));
            }
            if one.protected {
                text.push_str(" protected");
            }
            let bad = !matches!(&*one.verified, "" | "ok");
            if !one.verified.is_empty() {
                text.push_str(&format!(" verified: {}", one.verified));
            }
            let level = if bad { Level::Critical } else { Level::Ok };
            self.field_at(&one.storage, format!("{text}  {}", one.name), level);
        }
    }

    fn tasks(&mut self, state: &PveState, object: &ObjectRef) {
        let own: Vec<&PveTask> = state
            .tasks
            .iter()
            .filter(|task| task.about == object.key.name)
            .take(TASKS)
            .collect();
        self.head(format!("Tasks · {}", own.len()));
        for task in own {
            let level = if task.failed() {
                Level::Critical
            } else {
                Level::Ok
            };
            let state = if task.ended.is_none() {
                "running"
            } else {
                &task.status
            };
            self.out.push(DetailLine::Link(
                format!(
                    "{:>4} ago {}",
                    age(task.started, self.now),
                    task_words(&task.kind)
                ),
                ObjectRef::new("task", &object.key.namespace, &task.upid),
                format!("{state} {}", task.user),
                level,
            ));
        }
    }
}
