//! Faults of the scenario, and outages of the server itself; both can be turned on and off while
//! the lab runs.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Lab, answer,
    argocd::git::with_git,
    objects::{FAULT, event, stamp},
    world::World,
};

/// How a container fails.
#[derive(Debug)]
pub enum Crash {
    /// It starts and ends.
    Exit {
        /// Exit code.
        code: i64,
        /// `Error`, `OOMKilled`, …
        reason: &'static str,
        /// Its last words.
        log: &'static str,
    },
    /// It does not start.
    Wait {
        /// Reason of waiting.
        reason: &'static str,
        /// Its message; `{image}` is filled in.
        message: &'static str,
        /// Message of the event.
        event: &'static str,
    },
}

/// A fault of the scenario.
#[derive(Debug)]
pub struct Fault {
    /// Name.
    pub name: &'static str,
    /// Kind of the object that carries it.
    pub kind: &'static str,
    /// Its namespace; empty for none.
    pub namespace: &'static str,
    /// Its name.
    pub object: &'static str,
    /// How its containers fail, where it is a workload.
    pub crash: Option<Crash>,
}

const fn fault(
    name: &'static str,
    kind: &'static str,
    namespace: &'static str,
    object: &'static str,
    crash: Option<Crash>,
) -> Fault {
    Fault {
        name,
        kind,
        namespace,
        object,
        crash,
    }
}

const fn exit(code: i64, reason: &'static str, log: &'static str) -> Option<Crash> {
    Some(Crash::Exit { code, reason, log })
}

/// All faults.
pub const FAULTS: &[Fault] = &[
    fault("csi-unreachable", "StorageClass", "", "truenas-nfs", None),
    fault(
        "csi-api-mismatch",
        "Deployment",
        "democratic-csi",
        "truenas-iscsi-democratic-csi-controller",
        exit(
            1,
            "Error",
            "{\"level\":\"info\",\"message\":\"initializing csi driver: freenas-api-iscsi\"}\n{\"level\":\"error\",\"message\":\"driver is only availalbe with TrueNAS SCALE\"}\n",
        ),
    ),
    fault(
        "lvm-leftover",
        "LVMVolumeGroupNodeStatus",
        "openshift-storage",
        "wow-ocp-node4",
        None,
    ),
    fault(
        "prometheus-disk-full",
        "StatefulSet",
        "monitoring",
        "prometheus",
        exit(
            2,
            "Error",
            "time=2026-01-11T10:00:00Z level=INFO msg=\"Starting Prometheus Server\"\ntime=2026-01-11T10:00:03Z level=ERROR msg=\"opening storage failed\" err=\"open /prometheus/wal/00000412: no space left on device\"\n",
        ),
    ),
    fault(
        "oom",
        "Deployment",
        "nautobot",
        "nautobot-worker",
        exit(
            137,
            "OOMKilled",
            "[INFO] celery@worker ready\n[INFO] Task nautobot.core.jobs.git received\n",
        ),
    ),
    fault(
        "home-denied",
        "Deployment",
        "external-secrets",
        "bitwarden-cli",
        exit(
            1,
            "Error",
            "Logging in with API key...\nmkdir: cannot create directory '//.config': Permission denied\n",
        ),
    ),
    fault("node-selector", "Deployment", "media", "tdarr", None),
    fault(
        "crd-too-long",
        "Application",
        "openshift-gitops",
        "external-secrets",
        None,
    ),
    fault(
        "self-heal-fight",
        "Application",
        "openshift-gitops",
        "homer",
        None,
    ),
    fault(
        "vm-not-migratable",
        "VirtualMachineInstance",
        "vms",
        "win2022",
        None,
    ),
    fault(
        "image-rate-limit",
        "Deployment",
        "media",
        "bazarr",
        Some(Crash::Wait {
            reason: "ImagePullBackOff",
            message: "Back-off pulling image \"{image}\"",
            event: "Failed to pull image \"{image}\": initializing source docker://{image}: reading manifest latest in {image}: toomanyrequests: You have reached your unauthenticated pull rate limit.",
        }),
    ),
    fault(
        "missing-secret",
        "Deployment",
        "aap",
        "aap-seeder",
        Some(Crash::Wait {
            reason: "CreateContainerConfigError",
            message: "secret \"aap-idm-secrets\" not found",
            event: "Error: secret \"aap-idm-secrets\" not found",
        }),
    ),
    fault(
        "db-refused",
        "Deployment",
        "keycloak",
        "keycloak",
        exit(
            1,
            "Error",
            "INFO  Keycloak 26 starting\nERROR: Failed to start: connection to server at \"keycloak-db\" (172.30.11.182), port 5432 failed: Connection refused\n",
        ),
    ),
];

/// How containers fail under a fault.
#[must_use]
pub fn crash_of(name: &str) -> Option<&'static Crash> {
    FAULTS
        .iter()
        .find(|fault| fault.name == name)?
        .crash
        .as_ref()
}

/// Turns a fault on or off; says whether there is such a fault.
pub fn set(world: &World, name: &str, on: bool, at: Timestamp) -> bool {
    let Some(fault) = FAULTS.iter().find(|fault| fault.name == name) else {
        return false;
    };
    with_git(world, || turn(world, fault, on, at));
    true
}

fn turn(world: &World, fault: &Fault, on: bool, at: Timestamp) {
    let name = fault.name;
    world.edit(fault.kind, fault.namespace, fault.object, |object| {
        if !object["metadata"]["annotations"].is_object() {
            object["metadata"]["annotations"] = json!({});
        }
        if on {
            object["metadata"]["annotations"][FAULT] = json!(name);
        } else if let Some(annotations) = object["metadata"]["annotations"].as_object_mut() {
            annotations.remove(FAULT);
        }
    });
    match name {
        "csi-unreachable" => unreachable(world, on, at),
        "lvm-leftover" => leftover(world, on, at),
        "node-selector" => selector(world, on),
        "vm-not-migratable" => migratable(world, on, at),
        "db-refused" => world.edit("StatefulSet", "keycloak", "keycloak-db", |set| {
            set["spec"]["replicas"] = json!(i32::from(!on))
        }),
        _ => {}
    }
    if !on && let Some(Crash::Exit { .. } | Crash::Wait { .. }) = &fault.crash {
        restart(world, fault);
    }
}

/// Pods of a cured workload start anew.
fn restart(world: &World, fault: &Fault) {
    for pod in world.all("Pod") {
        let mine = pod["metadata"]["namespace"] == fault.namespace
            && pod["metadata"]["labels"]["app"] == fault.object;
        if mine {
            world.edit(
                "Pod",
                fault.namespace,
                pod["metadata"]["name"].as_str().unwrap_or_default(),
                |pod| {
                    pod["status"] = json!({"phase": "Pending", "qosClass": "Burstable"});
                },
            );
        }
    }
}

fn unreachable(world: &World, on: bool, at: Timestamp) {
    let controller = world.all("Pod").into_iter().find(|pod| {
        pod["metadata"]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("truenas-nfs-democratic-csi-controller"))
    });
    let Some(pod) = controller else { return };
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let time = stamp(at);
    let log = if on {
        format!(
            "{{\"level\":\"info\",\"message\":\"new request - driver: FreeNASApiDriver method: CreateVolume\",\"timestamp\":\"{time}\"}}\n{{\"level\":\"error\",\"message\":\"handler error - driver: FreeNASApiDriver method: CreateVolume error: AxiosError: connect ETIMEDOUT 172.16.160.100:443\",\"timestamp\":\"{time}\"}}\n"
        )
    } else {
        format!(
            "{{\"level\":\"info\",\"message\":\"new response - driver: FreeNASApiDriver method: Probe\",\"timestamp\":\"{time}\"}}\n"
        )
    };
    let container = pod["spec"]["containers"][0]["name"]
        .as_str()
        .unwrap_or_default();
    world.set_log("democratic-csi", name, container, false, &log);
}

fn leftover(world: &World, on: bool, at: Timestamp) {
    let bad = "failed to create thin pool: thin pool thin-pool-1 already exists in volume group vg1 but was not created by LVMS";
    world.edit(
        "LVMVolumeGroupNodeStatus",
        "openshift-storage",
        "wow-ocp-node4",
        |object| {
            object["spec"]["nodeStatus"] = if on {
                json!([{"name": "vg1", "status": "Failed", "reason": bad}])
            } else {
                json!([{"name": "vg1", "status": "Ready"}])
            };
            object["status"] = if on {
                json!({"message": bad})
            } else {
                json!({})
            };
        },
    );
    world.edit("LVMCluster", "openshift-storage", "lvmcluster", |object| {
        let (state, word, reason, message) = if on { ("Degraded", "False", "VGsDegraded", bad) } else { ("Ready", "True", "ResourcesAvailable", "") };
        object["status"] = json!({"state": state, "ready": !on, "conditions": [{"type": "ResourcesAvailable", "status": "True"}, {"type": "VolumeGroupsReady", "status": word, "reason": reason, "message": message}]});
    });
    if on && let Some(cluster) = world.find("LVMCluster", "openshift-storage", "lvmcluster") {
        event(
            world,
            &cluster,
            true,
            "VolumeGroupFailed",
            &format!("error on node wow-ocp-node4: {bad}"),
            at,
        );
    }
}

fn selector(world: &World, on: bool) {
    world.edit("Deployment", "media", "tdarr", |object| {
        let spec = &mut object["spec"]["template"]["spec"];
        if on {
            spec["nodeSelector"] = json!({"kubernetes.io/hostname": "wow-ocp-node1"});
        } else if let Some(fields) = spec.as_object_mut() {
            fields.remove("nodeSelector");
        }
    });
}

fn migratable(world: &World, on: bool, at: Timestamp) {
    let why = "cannot migrate VMI: PVC win2022-root is not shared, live migration requires that all PVCs must be shared (using ReadWriteMany access mode)";
    let live = if on {
        json!({"type": "LiveMigratable", "status": "False", "reason": "DisksNotLiveMigratable", "message": why})
    } else {
        json!({"type": "LiveMigratable", "status": "True"})
    };
    world.edit("VirtualMachineInstance", "vms", "win2022", |object| {
        object["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}, {"type": "AgentConnected", "status": "True"}, live]);
    });
    world.edit("PersistentVolumeClaim", "vms", "win2022-root", |claim| {
        if !on {
            claim["spec"]["accessModes"] = json!(["ReadWriteMany"]);
        }
    });
    if on && let Some(vmi) = world.find("VirtualMachineInstance", "vms", "win2022") {
        event(
            world,
            &vmi,
            true,
            "Migrated",
            &format!("EvictionStrategy is set but vmi is not migratable; {why}"),
            at,
        );
    }
}

/// Outages that only writes meet: denied by admission, or done with the answer lost.
const WRITES: [&str; 2] = ["deny", "lost"];

/// An outage of the server.
#[derive(Clone, Debug, Default)]
pub struct Outage {
    kind: String,
    until: Option<Timestamp>,
}

impl Outage {
    /// What it is called, while it lasts.
    fn now(of: &Mutex<Self>) -> Option<Self> {
        let outage = of
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        outage
            .until
            .is_some_and(|until| until >= Timestamp::now())
            .then_some(outage)
    }

    /// Time that is left of it.
    fn left(&self) -> Duration {
        let seconds = self.until.map_or(0, |until| {
            until.duration_since(Timestamp::now()).as_secs().max(0)
        });
        Duration::from_secs(seconds.unsigned_abs())
    }
}

/// What an outage does to requests.
fn present(lab: &Lab) -> Option<Outage> {
    Outage::now(&lab.outage)
}

/// The kind of an outage of Argo CD's server, and how long it lasts.
pub fn of_argocd(lab: &Lab) -> Option<(String, Duration)> {
    let outage = Outage::now(&lab.argo_outage)?;
    let left = outage.left();
    Some((outage.kind, left))
}

/// The same of the Proxmox VE beside it.
pub fn of_pve(lab: &Lab) -> Option<(String, Duration)> {
    let outage = Outage::now(&lab.pve_outage)?;
    let left = outage.left();
    Some((outage.kind, left))
}

/// Begins an outage of a server; one without duration is over at once.
pub fn begin(outage: &Mutex<Outage>, kind: &str, lasts: Duration) {
    let until = Timestamp::now().checked_add(lasts).ok();
    *outage
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner) = Outage {
        kind: kind.into(),
        until: until.filter(|_| !lasts.is_zero()),
    };
}

/// Whether a server has another certificate for now.
pub fn is_renewed(outage: &Mutex<Outage>) -> bool {
    Outage::now(outage).is_some_and(|outage| outage.kind == "certificate")
}

/// The answer to every write while admission denies them, in a webhook's words.
pub fn denied(lab: &Lab) -> Option<Response> {
    let outage = present(lab).filter(|outage| outage.kind == "deny")?;
    let why = format!(
        "admission webhook \"policy.lab\" denied the request: no changes while `{}` is on",
        outage.kind
    );
    Some(answer::failure(403, "Forbidden", &why, json!({})))
}

/// The answer to a write on its way back: with `lost` the connection breaks after the work was done.
pub fn way_back(lab: &Lab, response: Response) -> Response {
    if present(lab).is_none_or(|outage| outage.kind != "lost") {
        return response;
    }
    let broken = futures::stream::once(async {
        Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Response::new(Body::from_stream(broken))
}

/// The answer during an outage.
pub async fn outage(lab: &Lab) -> Option<Response> {
    // these two are about writes alone
    let outage = present(lab).filter(|outage| !WRITES.contains(&outage.kind.as_str()))?;
    Some(match outage.kind.as_str() {
        "429" => {
            let mut response = answer::failure(
                429,
                "TooManyRequests",
                "too many requests, please try again later",
                json!({}),
            );
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        "401" => answer::unauthorized(),
        "half" => {
            let mut response = Response::new(Body::from(
                "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"na",
            ));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            response
        }
        "hang" => {
            tokio::time::sleep(outage.left()).await;
            answer::failure(
                504,
                "Timeout",
                "the server was unable to return a response in the time allotted",
                json!({}),
            )
        }
        _ => answer::failure(
            500,
            "InternalError",
            "Internal error occurred: etcdserver: request timed out",
            json!({}),
        ),
    })
}

/// `/lab/faults`, `/lab/fault/NAME`, `/lab/outage/KIND?seconds=N&server=argocd|proxmox`, `/lab/argocd/…`,
/// `/lab/compact`; for admins only.
pub fn admin(
    lab: &Lab,
    method: &Method,
    path: &[&str],
    headers: &HeaderMap,
    query: &BTreeMap<String, String>,
) -> Response {
    let token = format!("Bearer admin-{}", lab.secret);
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|sent| sent.as_bytes() != token.as_bytes())
    {
        return answer::unauthorized();
    }
    let done = || {
        let mut response = Response::new(Body::from(Bytes::from_static(b"done\n")));
        *response.status_mut() = StatusCode::OK;
        response
    };
    let other = match query.get("server").map(String::as_str) {
        Some("argocd") => Some(&lab.argo_outage),
        Some("proxmox") => Some(&lab.pve_outage),
        _ => None,
    };
    match (method.as_str(), path) {
        ("GET", ["faults"]) => {
            let list: Vec<Value> = FAULTS.iter().map(|fault| json!({"name": fault.name, "on": lab.world.find(fault.kind, fault.namespace, fault.object).is_some_and(|object| object["metadata"]["annotations"][FAULT] == fault.name)})).collect();
            answer::json_answer(StatusCode::OK, &json!(list))
        }
        ("POST" | "DELETE", ["fault", name])
            if set(&lab.world, name, method == Method::POST, Timestamp::now()) =>
        {
            done()
        }
        ("POST", ["outage", kind]) => {
            let seconds: i64 = query
                .get("seconds")
                .and_then(|text| text.parse().ok())
                .unwrap_or(10);
            let until = Timestamp::from_second(Timestamp::now().as_second() + seconds).ok();
            if let Some(other) = other {
                begin(other, kind, Duration::from_secs(seconds.unsigned_abs()));
                return done();
            }
            *lab.outage
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = Outage {
                kind: (*kind).into(),
                until,
            };
            if WRITES.contains(kind) {
                return done();
            }
            lab.cut.store(true, std::sync::atomic::Ordering::Relaxed);
            lab.world.edit("Namespace", "", "default", |object| {
                object["metadata"]["annotations"] = json!({"lab.redbutton/outage": kind})
            });
            done()
        }
        ("DELETE", ["outage"]) if other.is_some() => {
            if let Some(other) = other {
                begin(other, "", Duration::ZERO);
            }
            done()
        }
        ("DELETE", ["outage"]) => {
            *lab.outage
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = Outage::default();
            lab.cut.store(false, std::sync::atomic::Ordering::Relaxed);
            done()
        }
        (method, ["argocd", path @ ..])
            if super::argocd::control::control(
                &lab.world,
                method,
                path,
                query.get("manual").is_some_and(|word| word == "true"),
            ) =>
        {
            done()
        }
        ("POST", ["compact"]) => {
            lab.world.compact();
            done()
        }
        _ => answer::no_path(),
    }
}
