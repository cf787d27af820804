//! The lab's Proxmox VE host: its guests, storages, backups and tasks.

use serde_json::{Value, json};

use super::{
    Answered, Asked, Failure,
    guest::{self, Guest},
    task::{Deed, Task},
};

/// The node's name.
pub(super) const NODE: &str = "wow-prox1";
/// The lists of everything are so many seconds old at the most.
const REPORT: i64 = 10;

/// The host.
#[derive(Debug)]
pub struct Host {
    guests: Vec<Guest>,
    tasks: Vec<Task>,
    /// Second of the last report, and what it said of the guests.
    report: (i64, Vec<Value>),
    pid: u32,
}

impl Default for Host {
    fn default() -> Self {
        let now = jiff::Timestamp::now().as_second();
        Self {
            guests: guest::all(now),
            tasks: past(now),
            report: (0, Vec::new()),
            pid: 1_221_904,
        }
    }
}

/// What was done before: a stop that explains the stopped guest, and a backup that failed.
fn past(now: i64) -> Vec<Task> {
    let night = [
        "INFO: starting new backup job: vzdump --storage truenas-nfs --mode snapshot --all 1",
        "INFO: Starting Backup of VM 210 (lxc)",
        "INFO: Finished Backup of VM 210 (00:00:41)",
        "INFO: Starting Backup of VM 213 (lxc)",
        "ERROR: Backup of VM 213 failed - mount error: NFS server 172.16.160.100 does not answer",
        "INFO: Backup job finished with errors",
    ];
    vec![
        Task::past(
            1,
            "vzstart",
            "214",
            (864_000, 4, now),
            ("OK", &["starting CT 214"]),
        ),
        Task::past(2, "vzdump", "", (10_800, 126, now), ("job errors", &night)),
        Task::past(
            3,
            "vzstop",
            "213",
            (7200, 3, now),
            ("OK", &["stopping CT 213"]),
        ),
    ]
}

impl Host {
    /// Ends what is over.
    pub(super) fn settle(&mut self, now: i64) {
        for task in &mut self.tasks {
            task.settle(&mut self.guests, now);
        }
    }

    pub(super) fn guest(&self, kind: &str, id: &str) -> Option<&Guest> {
        self.guests
            .iter()
            .find(|one| one.kind == kind && one.id.to_string() == id)
    }

    /// Begins something, and says the name of its task.
    pub(super) fn begin(&mut self, id: u32, deed: Deed, user: &str, now: i64) -> String {
        self.pid += 1;
        let Some(guest) = self.guests.iter_mut().find(|one| one.id == id) else {
            return String::new();
        };
        let task = Task::begin(guest, deed, user, self.pid, now);
        let upid = task.upid.clone();
        self.tasks.push(task);
        upid
    }

    /// `/cluster/resources`: as last reported; locks are from now.
    pub(super) fn resources(&mut self, asked: &Asked<'_>) -> Answered {
        if asked.now - self.report.0 >= REPORT {
            let rows = self.guests.iter().map(|one| one.row(asked.now)).collect();
            self.report = (asked.now, rows);
        }
        let wanted = match asked.parameter("type") {
            None => None,
            Some(known @ ("vm" | "storage" | "node" | "sdn")) => Some(known.to_owned()),
            Some(other) => {
                return Err(Failure::parameter(
                    "type",
                    &format!(
                        "value '{other}' does not have a value in the enumeration 'vm, storage, node, sdn'"
                    ),
                ));
            }
        };
        let asks = |kind: &str| wanted.as_deref().is_none_or(|wanted| wanted == kind);
        let mut rows = Vec::new();
        if asks("vm") {
            for (row, guest) in self.report.1.iter().zip(&self.guests) {
                if asked
                    .login
                    .account
                    .may(&format!("/vms/{}", guest.id), "VM.Audit")
                {
                    let mut row = row.clone();
                    row["lock"] = guest.lock.map_or(Value::Null, |lock| json!(lock));
                    if row["lock"].is_null()
                        && let Some(fields) = row.as_object_mut()
                    {
                        fields.remove("lock");
                    }
                    rows.push(row);
                }
            }
        }
        if asks("node") {
            rows.push(node(asked));
        }
        if asks("storage") {
            let seen = STORAGES.iter().filter(|one| {
                asked
                    .login
                    .account
                    .may(&format!("/storage/{}", one.name), "Datastore.Audit")
            });
            rows.extend(seen.map(Storage::row));
        }
        // the real one has no order either
        fastrand::shuffle(&mut rows);
        Ok(json!(rows))
    }

    /// `/cluster/tasks`. Who may not see the whole sees the tasks of the same name, which a token
    /// never has.
    pub(super) fn recent_tasks(&self, asked: &Asked<'_>) -> Value {
        let all = asked.login.account.may("/", "Sys.Audit");
        let rows: Vec<Value> = self
            .tasks
            .iter()
            .map(|task| task.row(asked.now))
            .filter(|row| all || row["user"] == asked.login.user.as_str())
            .collect();
        json!(rows)
    }

    /// `/nodes/N/tasks` and below.
    pub(super) fn tasks(
        &self,
        asked: &Asked<'_>,
        rest: &[&str],
    ) -> Result<(Value, Option<usize>), Failure> {
        let all = asked
            .login
            .account
            .may(&format!("/nodes/{NODE}"), "Sys.Audit");
        let number = |name: &str, default: usize| {
            asked
                .parameter(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(default)
        };
        let [upid, leaf] = rest else {
            let source = asked.parameter("source").unwrap_or("archive");
            let mut rows: Vec<Value> = self
                .tasks
                .iter()
                .rev()
                .filter(|task| all || task.user == asked.login.user)
                .filter(|task| source == "all" || task.is_over(asked.now) == (source == "archive"))
                .filter(|task| asked.parameter("vmid").is_none_or(|id| task.about == id))
                .filter(|task| asked.parameter("errors") != Some("1") || task.exit != "OK")
                .map(|task| task.row(asked.now))
                .collect();
            let total = rows.len();
            rows = rows
                .into_iter()
                .skip(number("start", 0))
                .take(number("limit", 50))
                .collect();
            return Ok((json!(rows), Some(total)));
        };
        let Some(task) = self.tasks.iter().find(|task| task.upid == *upid) else {
            return match *leaf {
                "log" => Ok((
                    json!([{"n": 1, "t": "unable to open file - No such file or directory"}]),
                    Some(1),
                )),
                _ => Err(Failure::parameter("upid", "no such task")),
            };
        };
        if !all && task.user != asked.login.user {
            asked.needs(&format!("/nodes/{NODE}"), "Sys.Audit")?;
        }
        match *leaf {
            "status" => Ok((task.status(asked.now), None)),
            "log" => {
                let (rows, total) = task.log(number("start", 0), number("limit", 50), asked.now);
                Ok((rows, Some(total)))
            }
            _ => Err(Failure::not_implemented(asked.method, rest)),
        }
    }

    /// `/nodes/N/lxc` and `/nodes/N/qemu`.
    pub(super) fn list(&self, asked: &Asked<'_>, kind: &str) -> Value {
        let mut rows: Vec<Value> = self
            .guests
            .iter()
            .filter(|one| one.kind == kind)
            .filter(|one| {
                asked
                    .login
                    .account
                    .may(&format!("/vms/{}", one.id), "VM.Audit")
            })
            .map(|one| one.current(asked.now))
            .collect();
        fastrand::shuffle(&mut rows);
        json!(rows)
    }

    /// `/nodes/N/storage` and below.
    pub(super) fn storage(&self, asked: &Asked<'_>, rest: &[&str]) -> Answered {
        let account = asked.login.account;
        let seen =
            |one: &Storage| account.may(&format!("/storage/{}", one.name), "Datastore.Audit");
        match rest {
            [] => {
                let rows: Vec<Value> = STORAGES
                    .iter()
                    .filter(|one| seen(one))
                    .map(Storage::listed)
                    .collect();
                Ok(json!(rows))
            }
            [name, "content"] => {
                let place = format!("/storage/{name}");
                asked.needs(&place, "Datastore.Audit")?;
                if !STORAGES.iter().any(|one| one.name == *name) {
                    return Err(Failure::new(
                        500,
                        format!("storage '{name}' does not exist"),
                    ));
                }
                // rows are dropped without a word
                let all = account.may(&place, "Datastore.Allocate");
                let rows: Vec<Value> = backups(name, asked.now)
                    .into_iter()
                    .filter(|_| {
                        asked
                            .parameter("content")
                            .is_none_or(|kind| kind == "backup")
                    })
                    .filter(|(id, _)| {
                        all || (account.may(&place, "Datastore.AllocateSpace")
                            && account.may(&format!("/vms/{id}"), "VM.Backup"))
                    })
                    .map(|(_, row)| row)
                    .collect();
                Ok(json!(rows))
            }
            _ => Err(Failure::not_implemented(asked.method, rest)),
        }
    }
}

/// A storage; sizes in GiB.
struct Storage {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
    used: u64,
    total: u64,
}

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
    /// Its row in `/cluster/resources`.
    fn row(&self) -> Value {
        json!({"id": format!("storage/{NODE}/{}", self.name), "type": "storage", "storage": self.name, "node": NODE, "plugintype": self.kind, "status": "available", "shared": i32::from(self.kind == "nfs"), "content": self.content, "disk": self.used << 30, "maxdisk": self.total << 30})
    }

    #[allow(clippy::cast_precision_loss)] // a share
    fn listed(&self) -> Value {
        json!({"storage": self.name, "type": self.kind, "content": self.content, "enabled": 1, "active": 1, "shared": i32::from(self.kind == "nfs"), "total": self.total << 30, "used": self.used << 30, "avail": (self.total - self.used) << 30, "used_fraction": self.used as f64 / self.total as f64})
    }
}

/// Backups of a storage, and whose they are: of last night for most, old for one, none for another.
fn backups(storage: &str, now: i64) -> Vec<(u32, Value)> {
    if storage != "truenas-nfs" {
        return Vec::new();
    }
    let night = now - 10_800;
    [
        (210, "lxc", night),
        (211, "lxc", night + 41),
        (212, "lxc", night + 60),
        (213, "lxc", night - 9 * 86_400),
        (215, "qemu", night + 80),
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

/// The node's row; its load only for those who may see it.
pub(super) fn node(asked: &Asked<'_>) -> Value {
    let mut row = json!({"id": format!("node/{NODE}"), "node": NODE, "type": "node", "status": "online", "level": ""});
    if asked
        .login
        .account
        .may(&format!("/nodes/{NODE}"), "Sys.Audit")
    {
        for (name, value) in [
            ("cpu", json!(0.0421)),
            ("maxcpu", json!(64)),
            ("mem", json!(81_604_378_624_u64)),
            ("maxmem", json!(270_392_012_800_u64)),
            ("disk", json!(9_164_816_384_u64)),
            ("maxdisk", json!(100_861_726_720_u64)),
            ("uptime", json!(1_893_442)),
        ] {
            row[name] = value;
        }
    }
    row
}

/// `/nodes/N/status`.
pub(super) fn node_status() -> Value {
    json!({
        "uptime": 1_893_442, "idle": 0, "cpu": 0.0421, "wait": 0.0013, "loadavg": ["2.31", "2.05", "1.98"],
        "memory": {"total": 270_392_012_800_u64, "used": 81_604_378_624_u64, "free": 120_394_829_824_u64, "available": 188_787_634_176_u64},
        "swap": {"total": 8_589_930_496_u64, "used": 0, "free": 8_589_930_496_u64},
        "rootfs": {"total": 100_861_726_720_u64, "used": 9_164_816_384_u64, "free": 91_696_910_336_u64, "avail": 86_539_800_576_u64},
        "pveversion": "pve-manager/9.1.2/9d436f37a0ac4172", "kversion": "Linux 6.17.2-1-pve #1 SMP",
        "current-kernel": {"sysname": "Linux", "release": "6.17.2-1-pve", "version": "#1 SMP", "machine": "x86_64"},
        "cpuinfo": {"model": "Intel(R) Xeon(R) CPU E5-2683 v4 @ 2.10GHz", "sockets": 2, "cores": 32, "cpus": 64, "mhz": "2100.000", "user_hz": 100, "hvm": "1"},
    })
}
