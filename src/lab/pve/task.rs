//! Tasks: what takes time on a Proxmox VE host, with its log, and what it changes when it ends.

use serde_json::{Value, json};

use super::{
    Asked,
    answer::Failure,
    guest::{Guest, Snapshot},
    node::HERE,
};

/// Something that is done to a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Start,
    Shutdown,
    Stop,
    Reboot,
    Snapshot(String),
    Rollback { name: String, start: bool },
    DeleteSnapshot(String),
}

impl Deed {
    /// The right that it needs on the guest.
    pub(super) const fn privilege(&self) -> &'static str {
        match self {
            Self::Start | Self::Shutdown | Self::Stop | Self::Reboot => "VM.PowerMgmt",
            Self::Snapshot(_) | Self::Rollback { .. } | Self::DeleteSnapshot(_) => "VM.Snapshot",
        }
    }

    /// Type of its task, without `vz` or `qm`.
    const fn word(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Shutdown => "shutdown",
            Self::Stop => "stop",
            Self::Reboot => "reboot",
            Self::Snapshot(_) => "snapshot",
            Self::Rollback { .. } => "rollback",
            Self::DeleteSnapshot(_) => "delsnapshot",
        }
    }

    /// Seconds that it takes.
    const fn takes(&self) -> i64 {
        match self {
            Self::Reboot | Self::Rollback { .. } => 3,
            _ => 2,
        }
    }

    /// The lock that the guest has meanwhile.
    const fn lock(&self) -> Option<&'static str> {
        match self {
            Self::Snapshot(_) => Some("snapshot"),
            Self::Rollback { .. } => Some("rollback"),
            Self::DeleteSnapshot(_) => Some("snapshot-delete"),
            _ => None,
        }
    }

    /// Looks at the parameters, as the schema does.
    pub(super) fn check(&self, asked: &Asked<'_>) -> Result<(), Failure> {
        match self {
            Self::Start => asked.knows(&["debug", "timeout"]),
            Self::Stop => asked.knows(&["overrule-shutdown", "timeout"]),
            Self::Shutdown => asked.knows(&["timeout", "forceStop"]),
            Self::Reboot => asked.knows(&["timeout"]),
            Self::Rollback { .. } => asked.knows(&["start"]),
            Self::DeleteSnapshot(_) => asked.knows(&["force"]),
            Self::Snapshot(name) => {
                asked.knows(&["snapname", "description", "vmstate"])?;
                if asked.parameter("snapname").is_none() {
                    return Err(Failure::parameter(
                        "snapname",
                        "property is missing and it is not optional",
                    ));
                }
                let mut letters = name.chars();
                let good = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
                    && name.len() > 1
                    && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
                if !good {
                    return Err(Failure::parameter(
                        "snapname",
                        &format!("invalid format - invalid configuration ID '{name}'\n"),
                    ));
                }
                if name.len() > 40 {
                    return Err(Failure::parameter(
                        "snapname",
                        "value may only be 40 characters long",
                    ));
                }
                Ok(())
            }
        }
    }

    /// What is refused at once. Locks are not: they show in the task.
    pub(super) fn refused(&self, guest: &Guest) -> Option<String> {
        let (running, id) = (guest.since.is_some(), guest.id);
        let container = guest.kind == "lxc";
        match self {
            Self::Start if running && container => Some(format!("CT {id} already running")),
            Self::Stop | Self::Shutdown if !running && container => {
                Some(format!("CT {id} not running"))
            }
            // the real one says VM of a container too
            Self::Reboot if !running => Some(format!("VM {id} not running")),
            _ => None,
        }
    }

    /// Why its task will fail.
    fn fails(&self, guest: &Guest) -> Option<String> {
        let known = |name: &str| guest.snapshots.iter().any(|one| one.name == name);
        if let Some(lock) = guest.lock {
            let word = if guest.kind == "lxc" { "CT" } else { "VM" };
            return Some(format!("{word} is locked ({lock})"));
        }
        match self {
            Self::Start if guest.since.is_some() => {
                Some(format!("VM {} already running", guest.id))
            }
            Self::Snapshot(name) if known(name) => {
                Some(format!("snapshot name '{name}' already used"))
            }
            Self::Rollback { name, .. } | Self::DeleteSnapshot(name) if !known(name) => {
                Some(format!("snapshot '{name}' does not exist"))
            }
            _ => None,
        }
    }

    /// What is different afterwards.
    fn apply(&self, guest: &mut Guest, now: i64) {
        match self {
            Self::Start | Self::Reboot => guest.since = Some(now),
            Self::Shutdown | Self::Stop => guest.since = None,
            Self::Snapshot(name) => guest.snapshots.push(Snapshot {
                name: name.clone(),
                at: now,
            }),
            Self::DeleteSnapshot(name) => guest.snapshots.retain(|one| one.name != *name),
            // it is stopped first, and stays so
            Self::Rollback { start, .. } => guest.since = start.then_some(now),
        }
    }
}

/// A task.
#[derive(Debug)]
pub(super) struct Task {
    pub upid: String,
    pub pid: u32,
    /// `vzstart`, …
    pub kind: String,
    /// Guest number; empty where it is about several.
    pub about: String,
    /// User, with the token where there is one.
    pub user: String,
    pub started: i64,
    pub due: i64,
    /// Its last line, `OK` or the error: once it is over.
    pub exit: String,
    pub log: Vec<String>,
    /// What is to be done when it is over, and was not yet.
    pub deed: Option<(u32, Deed)>,
}

impl Task {
    /// A task that is over.
    pub(super) fn past(
        number: u32,
        kind: &str,
        about: &str,
        (ago, takes, now): (i64, i64, i64),
        (exit, log): (&str, &[&str]),
    ) -> Self {
        let started = now - ago;
        let pid = 1_200_000 + number;
        let user = "root@pam";
        Self {
            upid: upid(pid, started, kind, about, user),
            pid,
            kind: kind.into(),
            about: about.into(),
            user: user.into(),
            started,
            due: started + takes,
            exit: exit.into(),
            log: log.iter().map(|line| (*line).to_owned()).collect(),
            deed: None,
        }
    }

    /// A task that begins.
    pub(super) fn begin(guest: &mut Guest, deed: Deed, user: &str, pid: u32, now: i64) -> Self {
        let family = if guest.kind == "lxc" { "vz" } else { "qm" };
        let kind = format!("{family}{}", deed.word());
        let about = guest.id.to_string();
        let failure = deed.fails(guest);
        let failed = failure.is_some();
        if !failed && let Some(lock) = deed.lock() {
            guest.lock = Some(lock);
        }
        let takes = if failed { 1 } else { deed.takes() };
        Self {
            upid: upid(pid, now, &kind, &about, user),
            pid,
            log: vec![format!("{} {}", deed.word(), guest.title())],
            kind,
            about,
            user: user.into(),
            started: now,
            due: now + takes,
            exit: failure.unwrap_or_else(|| "OK".into()),
            deed: (!failed).then_some((guest.id, deed)),
        }
    }

    pub(super) const fn is_over(&self, now: i64) -> bool {
        now >= self.due
    }

    /// Does what it is about, once it is over.
    pub(super) fn settle(&mut self, guests: &mut [Guest], now: i64) {
        if !self.is_over(now) {
            return;
        }
        let Some((id, deed)) = self.deed.take() else {
            return;
        };
        if let Some(guest) = guests.iter_mut().find(|one| one.id == id) {
            if deed.lock().is_some() {
                guest.lock = None;
            }
            deed.apply(guest, self.due);
        }
    }

    /// The row of lists of tasks.
    pub(super) fn row(&self, now: i64) -> Value {
        let (user, token) = self.user.split_once('!').unwrap_or((&self.user, ""));
        let mut row = json!({"upid": self.upid, "node": HERE, "pid": self.pid, "pstart": 188_486_098, "starttime": self.started, "type": self.kind, "id": self.about, "user": user});
        if !token.is_empty() {
            row["tokenid"] = json!(token);
        }
        if self.is_over(now) {
            row["endtime"] = json!(self.due);
            row["status"] = json!(self.exit);
            row["saved"] = json!("1");
        }
        row
    }

    /// The row of a list that has running ones too: those look another way.
    pub(super) fn active_row(&self, now: i64) -> Value {
        let mut row = self.row(now);
        if !self.is_over(now)
            && let Some(fields) = row.as_object_mut()
        {
            fields.remove("tokenid");
            fields.insert("user".into(), json!(self.user));
            fields.insert("status".into(), json!("RUNNING"));
            fields.insert("saved".into(), json!("0"));
        }
        row
    }

    /// `tasks/UPID/status`: no end time here.
    pub(super) fn status(&self, now: i64) -> Value {
        let mut row = self.row(now);
        if let Some(fields) = row.as_object_mut() {
            fields.remove("endtime");
            fields.remove("saved");
            if self.is_over(now) {
                fields.insert("status".into(), json!("stopped"));
                fields.insert("exitstatus".into(), json!(self.exit));
            } else {
                fields.insert("status".into(), json!("running"));
            }
        }
        row
    }

    /// `tasks/UPID/log`: the lines from a place on, and how many there are.
    pub(super) fn log(&self, start: usize, limit: usize, now: i64) -> (Value, usize) {
        let mut lines = self.log.clone();
        if self.is_over(now) {
            lines.push(match self.exit.as_str() {
                "OK" => "TASK OK".into(),
                why => format!("TASK ERROR: {why}"),
            });
        }
        let total = lines.len();
        let most = if limit == 0 { total } else { limit };
        let rows: Vec<Value> = lines
            .iter()
            .enumerate()
            .skip(start)
            .take(most)
            .map(|(n, text)| json!({"n": n + 1, "t": text}))
            .collect();
        (json!(rows), total)
    }
}

fn upid(pid: u32, started: i64, kind: &str, about: &str, user: &str) -> String {
    format!("UPID:{HERE}:{pid:08X}:0B3C11D2:{started:08X}:{kind}:{about}:{user}:")
}
