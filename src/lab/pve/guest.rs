//! The guests of the lab's Proxmox VE host, and their rows.

use serde_json::{Value, json};

use super::{
    node::{HERE, OFF},
    release::Release,
};

/// A guest.
#[derive(Debug)]
pub(super) struct Guest {
    pub id: u32,
    /// Name of its host.
    pub node: &'static str,
    /// `lxc` or `qemu`.
    pub kind: &'static str,
    pub name: &'static str,
    pub cores: u32,
    /// MiB.
    pub memory: u64,
    pub address: &'static str,
    /// Second of its start; `None` while stopped.
    pub since: Option<i64>,
    pub lock: Option<&'static str>,
    pub onboot: bool,
    pub snapshots: Vec<Snapshot>,
}

/// A snapshot.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub name: String,
    pub at: i64,
}

impl Guest {
    /// `CT 210` or `VM 215`.
    pub(super) fn title(&self) -> String {
        let word = if self.kind == "lxc" { "CT" } else { "VM" };
        format!("{word} {}", self.id)
    }

    fn word(&self) -> &'static str {
        if self.since.is_some() {
            "running"
        } else {
            "stopped"
        }
    }

    /// Its row in `/cluster/resources`. Of one whose host is off no more is known than where it was.
    pub(super) fn row(&self, release: Release, now: i64) -> Value {
        let mut row = json!({"id": format!("{}/{}", self.kind, self.id), "type": self.kind, "vmid": self.id, "node": self.node, "status": "unknown", "tags": "infra"});
        if self.node == OFF {
            return row;
        }
        for (name, value) in [
            ("name", json!(self.name)),
            ("status", json!(self.word())),
            ("template", json!(0)),
            ("maxcpu", json!(self.cores)),
            ("maxmem", json!(self.memory << 20)),
            ("maxdisk", json!(self.disk_size())),
        ] {
            row[name] = value;
        }
        for idle in [
            "uptime",
            "cpu",
            "mem",
            "disk",
            "netin",
            "netout",
            "diskread",
            "diskwrite",
        ] {
            row[idle] = json!(0);
        }
        if release.is_nine() {
            row["memhost"] = json!(0);
        }
        if let Some(since) = self.since {
            row["uptime"] = json!(now - since);
            row["cpu"] = json!(0.01 + f64::from(self.id % 7) / 100.0);
            row["mem"] = json!((self.memory << 20) * 3 / 5);
            if self.kind == "lxc" {
                row["disk"] = json!(1_909_372_928_u64);
            } else if release.is_nine() {
                row["memhost"] = json!((self.memory << 20) * 4 / 5);
            }
        }
        if let Some(lock) = self.lock {
            row["lock"] = json!(lock);
        }
        row
    }

    /// Size of its disk in bytes.
    fn disk_size(&self) -> u64 {
        if self.kind == "lxc" {
            20 << 30
        } else {
            50 << 30
        }
    }

    /// Its row in the list of its kind.
    pub(super) fn listed(&self, release: Release, now: i64) -> Value {
        let mut row = self.current(release, now);
        if let Some(fields) = row.as_object_mut() {
            fields.remove("ha");
        }
        if self.kind == "lxc" && !release.is_nine() {
            // a text in this one list, of this one kind
            row["vmid"] = json!(self.id.to_string());
        }
        row
    }

    /// `status/current`.
    pub(super) fn current(&self, release: Release, now: i64) -> Value {
        let mut row = self.row(release, now);
        let Some(fields) = row.as_object_mut() else {
            return row;
        };
        for strange in ["id", "node", "template", "maxcpu"] {
            fields.remove(strange);
        }
        if self.kind == "qemu" {
            fields.remove("type");
            fields.insert("qmpstatus".into(), json!(self.word()));
            fields.insert("agent".into(), json!(1));
        } else {
            fields.remove("memhost");
            fields.insert("maxswap".into(), json!(512_u64 << 20));
            fields.insert("swap".into(), json!(0));
        }
        if self.since.is_some() {
            fields.insert("pid".into(), json!(4000 + self.id));
            if release.is_nine() {
                // texts for containers, numbers for machines
                let none = if self.kind == "lxc" {
                    json!("0.00")
                } else {
                    json!(0)
                };
                for what in ["cpusome", "iosome", "memorysome"] {
                    fields.insert(format!("pressure{what}"), none.clone());
                }
            }
        }
        fields.insert("cpus".into(), json!(self.cores));
        fields.insert("ha".into(), json!({"managed": 0}));
        row
    }

    /// Its configuration, with `digest`.
    pub(super) fn config(&self) -> Value {
        let mut config = if self.kind == "lxc" {
            json!({"arch": "amd64", "ostype": "ubuntu", "hostname": self.name, "cores": self.cores, "memory": self.memory, "swap": 512, "rootfs": format!("truenas-nfs:{0}/vm-{0}-disk-0.raw,size=20G", self.id), "net0": format!("name=eth0,bridge=vmbr0,gw=172.16.100.1,ip={}/24,type=veth", self.address), "unprivileged": 1, "features": "nesting=1"})
        } else {
            json!({"name": self.name, "sockets": 1, "cores": self.cores, "memory": self.memory.to_string(), "scsi0": format!("truenas-nfs:{0}/vm-{0}-disk-0.qcow2,size=50G", self.id), "net0": "virtio=BC:24:11:2E:C5:7F,bridge=vmbr0", "agent": "enabled=1", "boot": "order=scsi0;net0", "ostype": "l26"})
        };
        if self.onboot {
            config["onboot"] = json!(1);
        }
        config["tags"] = json!("infra");
        config["digest"] = json!("3f786850e387550fdab836ed7e6dc881de23001b");
        if let Some(lock) = self.lock {
            config["lock"] = json!(lock);
        }
        config
    }

    /// `interfaces`: nothing while it is stopped.
    pub(super) fn interfaces(&self, release: Release) -> Value {
        if self.since.is_none() {
            return Value::Null;
        }
        let one = |name: &str, hardware: &str, address: &str, prefix: u32| {
            let mut row =
                json!({"name": name, "hwaddr": hardware, "inet": format!("{address}/{prefix}")});
            if release.is_nine() {
                row["hardware-address"] = json!(hardware);
                row["ip-addresses"] =
                    json!([{"ip-address-type": "inet", "ip-address": address, "prefix": prefix}]);
            }
            row
        };
        json!([
            one("lo", "00:00:00:00:00:00", "127.0.0.1", 8),
            one("eth0", "bc:24:11:2e:c5:7e", self.address, 24),
        ])
    }

    /// What the agent inside a machine tells.
    pub(super) fn agent_interfaces(&self) -> Value {
        json!({"result": [
            {"name": "lo", "hardware-address": "00:00:00:00:00:00", "ip-addresses": [{"ip-address": "127.0.0.1", "ip-address-type": "ipv4", "prefix": 8}]},
            {"name": "eth0", "hardware-address": "bc:24:11:2e:c5:7f", "ip-addresses": [{"ip-address": self.address, "ip-address-type": "ipv4", "prefix": 24}]},
        ]})
    }

    /// Its snapshots, and the row that stands for the present.
    pub(super) fn snapshot_rows(&self) -> Value {
        let mut parent = "";
        let mut rows = Vec::new();
        for one in &self.snapshots {
            rows.push(
                json!({"name": one.name, "snaptime": one.at, "description": "", "parent": parent}),
            );
            parent = &one.name;
        }
        rows.push(json!({"name": "current", "digest": "3f78", "running": i32::from(self.since.is_some()), "description": "You are here!", "parent": parent}));
        json!(rows)
    }
}

/// The guests as they are when the lab starts: one is stopped though it should run, one is held by
/// a backup. In a cluster the second host, which is off, has two more.
pub(super) fn all(now: i64, cluster: bool) -> Vec<Guest> {
    const DAY: i64 = 86_400;
    let guest = |id, kind, name, cores, memory, address, days: i64| Guest {
        id,
        node: if id < 300 { HERE } else { OFF },
        kind,
        name,
        cores,
        memory,
        address,
        since: (days > 0).then_some(now - days * DAY),
        lock: (id == 216).then_some("backup"),
        // all but the one that was made for a day
        onboot: id != 220,
        snapshots: vec![Snapshot {
            name: "pre-upgrade".into(),
            at: now - DAY,
        }],
    };
    let mut all = vec![
        guest(210, "lxc", "traefik", 2, 2048, "172.16.100.10", 10),
        guest(211, "lxc", "technitium-dns", 2, 2048, "172.16.100.210", 31),
        guest(212, "lxc", "vaultwarden", 1, 1024, "172.16.100.12", 10),
        guest(213, "lxc", "netbox", 4, 8192, "172.16.100.13", 0),
        guest(214, "lxc", "ci-runner", 8, 16384, "172.16.110.14", 10),
        guest(215, "qemu", "nautobot", 4, 8192, "172.16.100.15", 6),
        guest(216, "qemu", "jump-host", 2, 4096, "172.16.110.16", 40),
        guest(217, "lxc", "step-ca", 1, 512, "172.16.100.17", 41),
        guest(218, "lxc", "apt-cache", 2, 1024, "172.16.110.18", 41),
        guest(219, "lxc", "uptime-kuma", 1, 1024, "172.16.110.19", 12),
        guest(220, "qemu", "rhel9-test", 4, 8192, "172.16.110.20", 0),
        guest(221, "qemu", "gitlab", 8, 16384, "172.16.110.21", 17),
    ];
    if cluster {
        all.push(guest(310, "lxc", "dns-second", 1, 512, "172.16.110.30", 31));
        all.push(guest(311, "qemu", "pbs", 4, 8192, "172.16.110.31", 31));
    }
    all
}
