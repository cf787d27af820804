//! The lab's Proxmox VE: a host, or a cluster, with its guests and its tasks.

use serde_json::{Value, json};

use super::{
    Asked, Setup,
    answer::{Answered, Failure},
    guest::{self, Guest},
    node::{self, HERE, Node},
    storage,
    task::{Deed, Task},
};

/// The lists of everything are so many seconds old at the most.
const REPORT: i64 = 10;

/// What there is.
#[derive(Debug)]
pub struct Host {
    setup: Setup,
    began: i64,
    guests: Vec<Guest>,
    tasks: Vec<Task>,
    /// Second of the last report, and what it said of the guests.
    report: (i64, Vec<Value>),
    pid: u32,
    /// How often all tickets were made void.
    pub(super) turn: u32,
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
    /// As it is when the lab starts.
    pub fn new(setup: Setup) -> Self {
        let now = jiff::Timestamp::now().as_second();
        Self {
            setup,
            began: now,
            guests: guest::all(now, setup.cluster),
            tasks: past(now),
            report: (0, Vec::new()),
            pid: 1_221_904,
            turn: 0,
        }
    }

    /// From now on no ticket counts that was given before, as when the key that seals them changes.
    pub fn void_tickets(&mut self) {
        self.turn += 1;
    }

    /// Its hosts.
    pub(super) fn nodes(&self) -> &'static [Node] {
        let count = if self.setup.cluster { 2 } else { 1 };
        node::ALL.get(..count).unwrap_or_default()
    }

    /// Which Proxmox VE it is.
    pub(super) const fn setup(&self) -> Setup {
        self.setup
    }

    /// When the lab began.
    pub(super) const fn began(&self) -> i64 {
        self.began
    }

    /// Ends what is over.
    pub(super) fn settle(&mut self, now: i64) {
        for task in &mut self.tasks {
            task.settle(&mut self.guests, now);
        }
    }

    pub(super) fn guest(&self, node: &str, kind: &str, id: &str) -> Option<&Guest> {
        self.guests
            .iter()
            .find(|one| one.node == node && one.kind == kind && one.id.to_string() == id)
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

    /// `/cluster/status`: a host by itself has no row for the cluster.
    pub(super) fn members(&self) -> Value {
        let nodes = self.nodes();
        if !self.setup.cluster {
            return nodes.iter().map(|node| node.member(0)).collect();
        }
        // a third vote is elsewhere, so that one host alone goes on
        let mut rows = vec![
            json!({"type": "cluster", "id": "cluster", "name": "lab", "version": 4, "nodes": nodes.len(), "quorate": 1}),
        ];
        rows.extend((1..).zip(nodes).map(|(number, node)| node.member(number)));
        json!(rows)
    }

    /// `/cluster/resources`: as last reported; locks are from now.
    pub(super) fn resources(&mut self, asked: &Asked<'_>) -> Answered {
        if asked.now - self.report.0 >= REPORT {
            let rows = self
                .guests
                .iter()
                .map(|one| one.row(self.setup.release, asked.now));
            self.report = (asked.now, rows.collect());
        }
        let wanted = asked.parameter("type");
        if let Some(other) = wanted.filter(|word| !["vm", "storage", "node", "sdn"].contains(word))
        {
            return Err(Failure::parameter(
                "type",
                &format!(
                    "value '{other}' does not have a value in the enumeration 'vm, storage, node, sdn'"
                ),
            ));
        }
        let asks = |kind: &str| wanted.is_none_or(|wanted| wanted == kind);
        let mut rows = Vec::new();
        if asks("vm") {
            rows.extend(self.reported(asked));
        }
        if asks("node") {
            rows.extend(self.nodes().iter().map(|node| node.row(asked)));
        }
        if asks("storage") {
            rows.extend(storage::rows(asked, self.nodes()));
        }
        // the real one has no order either
        fastrand::shuffle(&mut rows);
        Ok(json!(rows))
    }

    /// The guests that somebody may see, as last reported.
    fn reported(&self, asked: &Asked<'_>) -> Vec<Value> {
        let all = self.report.1.iter().zip(&self.guests);
        all.filter(|(_, guest)| asked.may(&format!("/vms/{}", guest.id), "VM.Audit"))
            .map(|(row, guest)| {
                let mut row = row.clone();
                if let Some(fields) = row.as_object_mut() {
                    fields.remove("lock");
                    if let Some(lock) = guest.lock {
                        fields.insert("lock".into(), json!(lock));
                    }
                }
                row
            })
            .collect()
    }

    /// `/cluster/tasks`. Who may not see the whole sees the tasks of the same name, which a token
    /// never has.
    pub(super) fn recent_tasks(&self, asked: &Asked<'_>) -> Value {
        let all = asked.may("/", "Sys.Audit");
        let rows: Vec<Value> = self
            .tasks
            .iter()
            .map(|task| task.row(asked.now))
            .filter(|row| all || row["user"] == asked.login.user.as_str())
            .collect();
        json!(rows)
    }

    /// `/nodes/N/tasks`: without the right to see the whole, the own ones.
    pub(super) fn tasks(&self, asked: &Asked<'_>) -> (Value, Option<usize>) {
        let all = asked.may(&format!("/nodes/{HERE}"), "Sys.Audit");
        let source = asked.parameter("source").unwrap_or("archive");
        let rows: Vec<Value> = self
            .tasks
            .iter()
            .rev()
            .filter(|task| all || task.user == asked.login.user)
            .filter(|task| source == "all" || task.is_over(asked.now) == (source == "archive"))
            .filter(|task| asked.parameter("vmid").is_none_or(|id| task.about == id))
            .filter(|task| asked.parameter("errors") != Some("1") || task.exit != "OK")
            .map(|task| {
                if source == "archive" {
                    task.row(asked.now)
                } else {
                    task.active_row(asked.now)
                }
            })
            .collect();
        let total = rows.len();
        let page = rows
            .into_iter()
            .skip(asked.number("start", 0))
            .take(asked.number("limit", 50))
            .collect();
        (page, Some(total))
    }

    /// `/nodes/N/tasks/UPID` and below.
    pub(super) fn task(
        &self,
        asked: &Asked<'_>,
        upid: &str,
        leaf: &str,
    ) -> Result<(Value, Option<usize>), Failure> {
        let Some(task) = self.tasks.iter().find(|task| task.upid == upid) else {
            return match leaf {
                "log" => Ok((
                    json!([{"n": 1, "t": "unable to open file - No such file or directory"}]),
                    Some(1),
                )),
                _ => Err(Failure::parameter("upid", "no such task")),
            };
        };
        if task.user != asked.login.user {
            asked.needs(&format!("/nodes/{HERE}"), "Sys.Audit")?;
        }
        match leaf {
            "status" => Ok((task.status(asked.now), None)),
            "log" => {
                let (start, limit) = (asked.number("start", 0), asked.number("limit", 50));
                let (rows, total) = task.log(start, limit, asked.now);
                Ok((rows, Some(total)))
            }
            _ => Err(Failure::not_implemented(
                asked.method,
                &["tasks", upid, leaf],
            )),
        }
    }

    /// `/nodes/N/lxc` and `/nodes/N/qemu`.
    pub(super) fn list(&self, asked: &Asked<'_>, node: &str, kind: &str) -> Value {
        let mut rows: Vec<Value> = self
            .guests
            .iter()
            .filter(|one| one.kind == kind && one.node == node)
            .filter(|one| asked.may(&format!("/vms/{}", one.id), "VM.Audit"))
            .map(|one| one.listed(self.setup.release, asked.now))
            .collect();
        fastrand::shuffle(&mut rows);
        json!(rows)
    }
}
