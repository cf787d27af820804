//! The hosts of the lab's Proxmox VE.

use serde_json::{Value, json};

use super::{Asked, release::Release};

/// Name of the host that answers.
pub(super) const HERE: &str = "wow-prox1";
/// Name of the second host of a cluster, which is off.
pub(super) const OFF: &str = "wow-prox2";

/// A host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub name: &'static str,
    pub address: &'static str,
    pub online: bool,
}

/// The host of a lab, or those of a cluster.
pub(super) const ALL: [Node; 2] = [
    Node {
        name: HERE,
        address: "172.16.110.101",
        online: true,
    },
    Node {
        name: OFF,
        address: "172.16.110.102",
        online: false,
    },
];

impl Node {
    /// Its row; its load only for those who may see it, and only while it reports.
    pub(super) fn row(&self, asked: &Asked<'_>) -> Value {
        let mut row = json!({"id": format!("node/{}", self.name), "node": self.name, "type": "node", "status": if self.online { "online" } else { "offline" }, "level": ""});
        if self.online && asked.may(&format!("/nodes/{}", self.name), "Sys.Audit") {
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

    /// Its row in `/cluster/status`.
    pub(super) fn member(&self, number: usize) -> Value {
        json!({"type": "node", "id": format!("node/{}", self.name), "name": self.name, "nodeid": number, "ip": self.address, "online": i32::from(self.online), "local": i32::from(self.name == HERE), "level": ""})
    }
}

/// `/nodes/N/status`.
pub(super) fn status(release: Release) -> Value {
    let mut out = json!({
        "uptime": 1_893_442, "idle": 0, "cpu": 0.0421, "wait": 0.0013, "loadavg": ["2.31", "2.05", "1.98"],
        "memory": {"total": 270_392_012_800_u64, "used": 81_604_378_624_u64, "free": 120_394_829_824_u64},
        "swap": {"total": 8_589_930_496_u64, "used": 0, "free": 8_589_930_496_u64},
        "rootfs": {"total": 100_861_726_720_u64, "used": 9_164_816_384_u64, "free": 91_696_910_336_u64, "avail": 86_539_800_576_u64},
        "cpuinfo": {"model": "Intel(R) Xeon(R) CPU E5-2683 v4 @ 2.10GHz", "sockets": 2, "cores": 32, "cpus": 64, "mhz": "2100.000", "user_hz": 100, "hvm": "1"},
    });
    let (manager, kernel) = if release.is_nine() {
        out["memory"]["available"] = json!(188_787_634_176_u64);
        ("pve-manager/9.1.2/9d436f37a0ac4172", "6.17.2-1-pve")
    } else {
        ("pve-manager/8.1.4/ec5affc9e41f1d79", "6.5.11-8-pve")
    };
    out["pveversion"] = json!(manager);
    out["kversion"] = json!(format!("Linux {kernel} #1 SMP"));
    out["current-kernel"] =
        json!({"sysname": "Linux", "release": kernel, "version": "#1 SMP", "machine": "x86_64"});
    out
}
