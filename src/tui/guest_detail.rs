//! A guest of Proxmox VE: how it stands, what it is made of, what can be gone back to, and what was
//! done to it.

use super::{
    detail::{DetailLine, Lines},
    text::{age, bytes, seconds},
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

/// A task as a line that leads to its log; with the guest where it is not clear.
pub(super) fn task_line(task: &PveTask, now: Time, with_guest: bool) -> DetailLine {
    let level = match task.failed() {
        true => Level::Critical,
        false if task.ended.is_some() && task.status.starts_with("WARNINGS") => Level::Warning,
        false => Level::Ok,
    };
    let status = match (&task.ended, &*task.status) {
        (None, _) => "running",
        (_, "unexpected status") => "broke off: how far it came is not known",
        (_, status) => status,
    };
    let took = task
        .started
        .zip(task.ended)
        .map_or_else(String::new, |(from, to)| {
            let took = to.duration_since(from).as_secs().max(0).unsigned_abs();
            format!(" in {}", seconds(took))
        });
    let about = if with_guest {
        format!(" {}", task.about)
    } else {
        String::new()
    };
    DetailLine::Link(
        format!(
            "{:>4} ago {}{about}",
            age(task.started, now),
            task_words(&task.kind)
        ),
        ObjectRef::new("task", &task.host, &task.upid),
        format!("{status}{took}, {}", task.user),
        level,
    )
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
        self.head("Configuration");
        if guest.config.is_empty() {
            self.note("It could not be read.", Level::Warning);
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
        let host = ObjectRef::new("pve-node", &guest.host, &guest.node);
        let state = self.inventory.proxmox.get(&guest.host);
        let node = state.and_then(|state| state.nodes.iter().find(|one| one.name == guest.node));
        let status = node.map_or("not known", |node| &node.status);
        let level = if status == "online" {
            Level::Ok
        } else {
            Level::Critical
        };
        let link = DetailLine::Link("host".into(), host, status.into(), level);
        self.out.push(link);
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
        let addresses = match &guest.addresses {
            Some(all) if all.is_empty() => "none".into(),
            Some(all) => all.join("  "),
            None if &*guest.status != "running" => "none while it does not run".into(),
            None => "not readable".into(),
        };
        self.field("addresses", addresses);
        match guest.onboot {
            Some(true) => self.field("starts", "with its host"),
            Some(false) => self.field("starts", "by hand"),
            None => {}
        }
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
            self.out.push(task_line(task, self.now, false));
        }
    }
}
