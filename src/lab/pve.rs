//! Proxmox VE in the lab: one host beside the cluster, with its containers, in the real API's
//! shapes. It reads; actions are not simulated.

use axum::{
    body::Body,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

/// The token that may see everything; its secret is made anew at each start.
pub const TOKEN_ID: &str = "sre-bot@pve!sre-token";

struct Lxc {
    id: u32,
    name: &'static str,
    running: bool,
    cores: u32,
    memory: u64,
    address: &'static str,
}

const GUESTS: &[Lxc] = &[
    Lxc {
        id: 210,
        name: "traefik",
        running: true,
        cores: 2,
        memory: 2048,
        address: "172.16.100.10",
    },
    Lxc {
        id: 211,
        name: "technitium-dns",
        running: true,
        cores: 2,
        memory: 2048,
        address: "172.16.100.210",
    },
    Lxc {
        id: 212,
        name: "vaultwarden",
        running: true,
        cores: 1,
        memory: 1024,
        address: "172.16.100.12",
    },
    Lxc {
        id: 213,
        name: "netbox",
        running: false,
        cores: 4,
        memory: 8192,
        address: "",
    },
    Lxc {
        id: 214,
        name: "ci-runner",
        running: true,
        cores: 8,
        memory: 16384,
        address: "172.16.110.14",
    },
];

const NODE: &str = "wow-prox1";

fn answer(code: u16, data: &Value) -> Response {
    let mut response = Response::new(Body::from(json!({"data": data}).to_string()));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    if let Ok(kind) = "application/json;charset=UTF-8".parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

fn failure(code: u16, message: &str) -> Response {
    let mut response = answer(code, &Value::Null);
    *response.body_mut() =
        Body::from(json!({"data": null, "message": format!("{message}\n")}).to_string());
    if let Ok(phrase) = hyper::ext::ReasonPhrase::try_from(message.as_bytes()) {
        response.extensions_mut().insert(phrase);
    }
    response
}

/// Answers a request; `secret` is the token's.
pub fn handle(secret: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let wanted = format!("PVEAPIToken={TOKEN_ID}={secret}");
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|sent| sent.as_bytes() != wanted.as_bytes())
    {
        let mut refused = Response::new(Body::empty());
        *refused.status_mut() = StatusCode::UNAUTHORIZED;
        return refused;
    }
    let path: Vec<&str> = uri
        .path()
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    let ["api2", "json", rest @ ..] = path.as_slice() else {
        return failure(500, &format!("no such file '{}'", uri.path()));
    };
    if method != Method::GET {
        return failure(
            501,
            &format!("Method '{method} /{}' not implemented", rest.join("/")),
        );
    }
    let now = jiff::Timestamp::now().as_second();
    match rest {
        ["version"] => answer(
            200,
            &json!({"version": "9.1.2", "release": "9.1", "repoid": "9d436f37a0ac4172"}),
        ),
        ["nodes"] => answer(
            200,
            &json!([{"id": format!("node/{NODE}"), "node": NODE, "type": "node", "status": "online", "cpu": 0.0421, "maxcpu": 64, "mem": 81_604_378_624_u64, "maxmem": 270_392_012_800_u64, "disk": 9_164_816_384_u64, "maxdisk": 100_861_726_720_u64, "uptime": 1_893_442}]),
        ),
        ["access", "permissions"] => answer(
            200,
            &json!({"/": {"VM.Audit": 1, "Datastore.Audit": 1, "Sys.Audit": 1}}),
        ),
        ["cluster", "status"] => answer(
            200,
            &json!([{"type": "node", "id": format!("node/{NODE}"), "name": NODE, "nodeid": 0, "ip": "172.16.110.101", "online": 1, "local": 1, "level": ""}]),
        ),
        ["cluster", "resources"] => answer(200, &json!(resources())),
        ["cluster", "tasks"] => answer(200, &json!(tasks(now))),
        ["nodes", NODE, "lxc"] => answer(200, &json!(GUESTS.iter().map(row).collect::<Vec<_>>())),
        ["nodes", NODE, "qemu"] => answer(200, &json!([])),
        ["nodes", NODE, "lxc", id, leaf @ ..] => lxc(id, leaf, now),
        ["nodes", NODE, "storage"] => answer(200, &json!(storages())),
        ["nodes", other, ..] if *other != NODE => failure(
            500,
            &format!(
                "hostname lookup '{other}' failed - failed to get address info for: {other}: Name or service not known"
            ),
        ),
        other => failure(
            501,
            &format!("Method 'GET /{}' not implemented", other.join("/")),
        ),
    }
}

fn row(one: &Lxc) -> Value {
    let mut row = json!({"id": format!("lxc/{}", one.id), "type": "lxc", "vmid": one.id, "node": NODE, "name": one.name, "status": if one.running { "running" } else { "stopped" }, "template": 0, "tags": "infra", "maxcpu": one.cores, "maxmem": one.memory << 20, "maxdisk": 21_003_583_488_u64, "uptime": 0, "cpu": 0, "mem": 0, "disk": 0});
    if one.running {
        row["uptime"] = json!(864_000);
        row["cpu"] = json!(0.02 * f64::from(one.cores));
        row["mem"] = json!((one.memory << 20) * 3 / 5);
        row["disk"] = json!(1_909_372_928_u64);
    }
    row
}

fn storages() -> Vec<Value> {
    let storage = |name: &str, kind: &str, used: u64, total: u64| json!({"id": format!("storage/{NODE}/{name}"), "type": "storage", "storage": name, "node": NODE, "plugintype": kind, "status": "available", "shared": i32::from(kind == "nfs"), "content": "backup,images,rootdir", "disk": used << 30, "maxdisk": total << 30});
    vec![
        storage("truenas-nfs", "nfs", 2048, 10240),
        storage("local-zfs", "zfspool", 434, 460),
    ]
}

fn resources() -> Vec<Value> {
    let mut rows: Vec<Value> = GUESTS.iter().map(row).collect();
    rows.push(json!({"id": format!("node/{NODE}"), "type": "node", "node": NODE, "status": "online", "level": "", "cpu": 0.0421, "maxcpu": 64, "mem": 81_604_378_624_u64, "maxmem": 270_392_012_800_u64, "disk": 9_164_816_384_u64, "maxdisk": 100_861_726_720_u64, "uptime": 1_893_442}));
    rows.extend(storages());
    rows
}

fn tasks(now: i64) -> Vec<Value> {
    let task = |kind: &str, id: &str, ago: i64, status: &str| json!({"upid": format!("UPID:{NODE}:0012A4F3:0B3C11D2:{:08X}:{kind}:{id}:root@pam:", now - ago), "node": NODE, "type": kind, "id": id, "user": "root@pam", "starttime": now - ago, "endtime": now - ago + 42, "status": status, "saved": "1"});
    vec![
        task("vzstop", "213", 7200, "OK"),
        task("vzdump", "", 10800, "job errors"),
        task("vzstart", "214", 864_000, "OK"),
    ]
}

fn lxc(id: &str, leaf: &[&str], now: i64) -> Response {
    let Some(one) = GUESTS.iter().find(|one| one.id.to_string() == id) else {
        return failure(
            500,
            &format!("Configuration file 'nodes/{NODE}/lxc/{id}.conf' does not exist"),
        );
    };
    match leaf {
        ["status", "current"] => answer(200, &row(one)),
        ["config"] => answer(
            200,
            &json!({"arch": "amd64", "ostype": "ubuntu", "hostname": one.name, "cores": one.cores, "memory": one.memory, "swap": 512, "onboot": 1, "unprivileged": 1, "tags": "infra", "digest": "3f786850e387550fdab836ed7e6dc881de23001b"}),
        ),
        ["interfaces"] if one.running => answer(
            200,
            &json!([{"name": "lo", "inet": "127.0.0.1/8"}, {"name": "eth0", "hwaddr": "bc:24:11:2e:c5:7e", "inet": format!("{}/24", one.address), "ip-addresses": [{"ip-address-type": "inet", "ip-address": one.address, "prefix": 24}]}]),
        ),
        ["interfaces"] => answer(200, &Value::Null),
        ["snapshot"] => answer(
            200,
            &json!([{"name": "pre-upgrade", "snaptime": now - 86_400, "description": "", "parent": ""}, {"name": "current", "digest": "3f78", "running": i32::from(one.running), "description": "You are here!", "parent": "pre-upgrade"}]),
        ),
        other => failure(
            501,
            &format!(
                "Method 'GET /nodes/{NODE}/lxc/{id}/{}' not implemented",
                other.join("/")
            ),
        ),
    }
}
