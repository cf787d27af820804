//! Proxmox VE: nodes, guests, storages and tasks, polled with an API token that only reads.

mod backups;
mod client;
mod log;
mod translate;

use std::{path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::Value;
use tokio::{sync::mpsc, time::Instant};

use crate::{
    domain::{Guest, GuestKind, MissingRight, PveState, Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};
use backups::Backups;
use client::{Client, PveError};
pub use log::task_log;

/// Time between two looks at what changes fast: the API's own data are 10 s old.
const FAST: Duration = Duration::from_secs(8);
/// The same while a task runs.
const BUSY: Duration = Duration::from_secs(3);
/// Time between two looks at configurations, addresses and snapshots.
const SLOW: Duration = Duration::from_secs(60);
/// What ended longer ago is in the lists of everything by now.
const RECENT: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);
/// Longest pause after failures.
const LONGEST: Duration = Duration::from_secs(30);

/// One Proxmox VE host or cluster.
#[derive(Clone, Debug)]
pub struct ProxmoxSettings {
    /// Name on the screen.
    pub name: String,
    /// Address without a trailing slash.
    pub url: String,
    /// `user@realm!token`.
    pub token_id: String,
    /// Secret of the token.
    pub token: SecretString,
    /// PEM file of a certificate authority.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate.
    pub fingerprint: Option<String>,
}

/// Follows an installation until nobody listens any more.
pub async fn follow(settings: ProxmoxSettings, tx: mpsc::Sender<Update>) {
    let name = Text::from(settings.name.as_str());
    let client = match Client::new(&settings) {
        Ok(client) => client,
        Err(why) => {
            let state = SourceState::Refused {
                why: why.to_string().into(),
                advice: "correct this entry of the configuration".into(),
            };
            tell(&tx, &name, &settings, state, "").await;
            return;
        }
    };
    let mut keep = Keep::default();
    let mut pause = FAST;
    loop {
        let sent = match look(&client, &mut keep).await {
            Ok(state) => {
                let busy = state.tasks.iter().any(|task| task.ended.is_none());
                pause = if busy { BUSY } else { FAST };
                let now = Time::now();
                keep.heard = Some(now);
                let source = if state.missing.is_empty() {
                    SourceState::Live(now)
                } else {
                    let why = state
                        .missing
                        .iter()
                        .map(|one| format!("no {} on {}", one.privilege, one.path))
                        .collect::<Vec<_>>()
                        .join(", ");
                    SourceState::Limited {
                        at: now,
                        why: why.into(),
                    }
                };
                let version = state.version.to_string();
                let told = tell(&tx, &name, &settings, source, &version).await;
                told && tx
                    .send(Update::Proxmox(name.clone(), Arc::new(state)))
                    .await
                    .is_ok()
            }
            Err(why) => {
                // up to a tenth more, so that several hosts are not asked at the same moment
                pause = (pause * 2)
                    .min(LONGEST)
                    .mul_f64(1.0 + fastrand::f64() / 10.0);
                tell(&tx, &name, &settings, failed(&why, keep.heard, pause), "").await
            }
        };
        if !sent {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = tx.closed() => return,
        }
    }
}

/// How a guest stands now, by its path: `running`, `stopped, locked (backup)`, …
///
/// # Errors
/// Why it cannot be read, in the server's words.
pub async fn standing(settings: &ProxmoxSettings, path: &str) -> Result<String, String> {
    let client = Client::new(settings).map_err(|why| why.to_string())?;
    let now = client
        .get(&format!("{path}/status/current"))
        .await
        .map_err(|why| why.to_string())?;
    Ok(words(&now))
}

/// The state and the lock of a guest, from `status/current`.
pub(crate) fn words(current: &Value) -> String {
    let text = |field: &str| current[field].as_str().unwrap_or_default();
    Guest::standing(text("status"), text("lock"))
}

async fn tell(
    tx: &mpsc::Sender<Update>,
    name: &Text,
    settings: &ProxmoxSettings,
    state: SourceState,
    version: &str,
) -> bool {
    let status = SourceStatus {
        state,
        version: version.into(),
        address: settings.url.as_str().into(),
    };
    tx.send(Update::Source(SourceId::Proxmox(name.clone()), status))
        .await
        .is_ok()
}

fn failed(why: &PveError, heard: Option<Time>, pause: Duration) -> SourceState {
    let retry = Time::now()
        .checked_add(jiff::SignedDuration::try_from(pause).unwrap_or_default())
        .ok();
    if let Some(advice) = why.advice() {
        return SourceState::Refused {
            why: why.to_string().into(),
            advice: advice.into(),
        };
    }
    match heard {
        Some(since) => SourceState::Stale {
            since,
            why: why.to_string().into(),
            retry,
        },
        None => SourceState::Unreachable {
            why: why.to_string().into(),
            retry,
        },
    }
}

/// What is asked for less often.
#[derive(Default)]
struct Keep {
    heard: Option<Time>,
    slow: Option<Instant>,
    version: Text,
    cluster: (Text, Option<bool>),
    missing: Vec<MissingRight>,
    details: std::collections::BTreeMap<u32, Detail>,
    backups: Backups,
    nodes: std::collections::BTreeMap<Text, Value>,
}

/// What a guest's own paths tell.
#[derive(Clone, Default)]
struct Detail {
    onboot: Option<bool>,
    protected: bool,
    description: Text,
    config: Vec<(Text, Text)>,
    addresses: Option<Vec<Text>>,
    snapshots: Option<Vec<crate::domain::Snapshot>>,
}

async fn look(client: &Client, keep: &mut Keep) -> Result<PveState, PveError> {
    let rows = client.get("/cluster/resources").await?;
    let mut state = translate::resources(client.name(), &rows);
    state.tasks = match client.get("/cluster/tasks").await {
        Ok(rows) => translate::tasks(client.name(), &rows),
        Err(why) if why.is_forbidden() => Vec::new(),
        Err(why) => return Err(why),
    };
    if keep.slow.is_none_or(|at| at.elapsed() > SLOW) {
        slow(client, keep, &state).await?;
        keep.slow = Some(Instant::now());
    }
    state.version = keep.version.clone();
    state.cluster = keep.cluster.0.clone();
    state.quorate = keep.cluster.1;
    state.missing = keep.missing.clone();
    for guest in &mut state.guests {
        if let Some(detail) = keep.details.get(&guest.id) {
            guest.onboot = detail.onboot;
            guest.protected = detail.protected;
            guest.description = detail.description.clone();
            guest.config = detail.config.clone();
            guest.addresses = detail.addresses.clone();
            guest.snapshots = detail.snapshots.clone();
        }
        guest.last_change = translate::last_change(&state.tasks, guest.id);
        keep.backups.give(guest);
    }
    for node in &mut state.nodes {
        if let Some(status) = keep.nodes.get(&node.name) {
            translate::node_status(node, status);
        }
    }
    freshen(client, &mut state).await;
    Ok(state)
}

/// Looks again at the guests that something is or was just done to.
async fn freshen(client: &Client, state: &mut PveState) {
    let since = Time::now() - RECENT;
    let touched: std::collections::BTreeSet<&str> = state
        .tasks
        .iter()
        .filter(|task| task.ended.is_none_or(|ended| ended > since))
        .map(|task| &*task.about)
        .collect();
    for guest in &mut state.guests {
        if touched.contains(guest.id.to_string().as_str()) {
            let path = format!("{}/status/current", own_path(guest));
            if let Ok(now) = client.get(&path).await {
                translate::freshen(guest, &now);
            }
        }
    }
}

fn own_path(guest: &Guest) -> String {
    format!("/nodes/{}/{}/{}", guest.node, guest.kind.as_str(), guest.id)
}

/// Version, rights, quorum and each guest's own paths. Only the version has to answer.
async fn slow(client: &Client, keep: &mut Keep, state: &PveState) -> Result<(), PveError> {
    let version = client.get("/version").await?;
    keep.version = version["version"].as_str().unwrap_or_default().into();
    let rights = client.get("/access/permissions").await.ok();
    keep.missing = rights.as_ref().map(translate::missing).unwrap_or_default();
    keep.backups = Backups::read(client, state, rights.as_ref().unwrap_or(&Value::Null)).await;
    for node in state.nodes.iter().filter(|node| &*node.status == "online") {
        if let Ok(status) = client.get(&format!("/nodes/{}/status", node.name)).await {
            keep.nodes.insert(node.name.clone(), status);
        }
    }
    if let Ok(rows) = client.get("/cluster/status").await {
        keep.cluster = translate::cluster(&rows);
    }
    let mut details = std::collections::BTreeMap::new();
    for guest in &state.guests {
        details.insert(guest.id, detail(client, guest).await);
    }
    keep.details = details;
    Ok(())
}

async fn detail(client: &Client, guest: &Guest) -> Detail {
    let base = own_path(guest);
    let mut out = Detail::default();
    let mut agent = false;
    if let Ok(config) = client.get(&format!("{base}/config")).await {
        out.config = translate::config(&config);
        // `1` or `enabled=1,…`
        agent = config["agent"]
            .as_str()
            .is_some_and(|text| text.split(',').any(|one| matches!(one, "1" | "enabled=1")));
        out.onboot = Some(truthy(&config["onboot"]));
        out.protected = truthy(&config["protection"]);
        out.description = config["description"]
            .as_str()
            .unwrap_or_default()
            .trim()
            .into();
    }
    if guest.kind == GuestKind::Lxc
        && &*guest.status == "running"
        && let Ok(rows) = client.get(&format!("{base}/interfaces")).await
    {
        out.addresses = Some(translate::addresses(&rows));
    }
    if agent
        && &*guest.status == "running"
        && let Ok(told) = client
            .get(&format!("{base}/agent/network-get-interfaces"))
            .await
        && told["result"].is_array()
    {
        out.addresses = Some(translate::addresses(&told["result"]));
    }
    if let Ok(rows) = client.get(&format!("{base}/snapshot")).await {
        out.snapshots = Some(translate::snapshots(&rows));
    }
    out
}

/// The API's booleans are numbers, and sometimes text.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_i64() == Some(1),
        Value::String(text) => text == "1",
        _ => false,
    }
}
