//! Proxmox VE: nodes, guests, storages and tasks, polled with credentials that only read.

mod backups;
mod client;
mod credentials;
mod log;
mod look;
mod rights;
mod translate;

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::{
    domain::{Guest, PveState, Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};
use client::{Client, PveError};
pub use credentials::Credentials;
pub(crate) use credentials::Login;
pub use log::task_log;
use look::Keep;

/// The same while a task runs.
const BUSY: Duration = Duration::from_secs(3);
/// Half of the first pause after a failure; it doubles with each.
const RETRY: Duration = Duration::from_secs(1);
/// Pause after refused credentials: what watches the host's log may lock out who tries too often.
const REFUSED: Duration = Duration::from_secs(15);
/// Longest pause after failures.
const LONGEST: Duration = Duration::from_secs(30);

/// One Proxmox VE host or cluster.
#[derive(Clone, Debug)]
pub struct ProxmoxSettings {
    /// Name on the screen.
    pub name: String,
    /// Address without a trailing slash.
    pub url: String,
    /// How to log in.
    pub credentials: Credentials,
    /// PEM file of a certificate authority.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate.
    pub fingerprint: Option<String>,
    /// Time between two looks at what changes fast.
    pub every: Duration,
}

impl ProxmoxSettings {
    /// Time between two looks where nothing else is wanted: the API's own data are 10 s old.
    pub const EVERY: Duration = Duration::from_secs(8);
}

/// Follows an installation until nobody listens any more. When somebody tells that he `changed` a
/// guest it is looked at once, and a look that began before that is given up: what it read of the
/// guest would be older than what is known.
pub async fn follow(
    settings: ProxmoxSettings,
    mut changed: watch::Receiver<()>,
    tx: mpsc::Sender<Update>,
) {
    let mut teller = Teller {
        name: Text::from(settings.name.as_str()),
        address: Text::from(settings.url.as_str()),
        version: Text::default(),
        heard: None,
        tx,
    };
    let client = match Client::new(&settings) {
        Ok(client) => client,
        Err(why) => {
            teller.tell(failed(&why, None, None)).await;
            return;
        }
    };
    let mut keep = Keep::default();
    let mut failures = 0_u32;
    loop {
        let read = tokio::select! {
            read = look::look(&client, &mut keep) => read,
            () = news(&mut changed) => continue,
        };
        let pause;
        let sent = match read {
            Ok(state) => {
                let busy = state.tasks.iter().any(|task| task.ended.is_none());
                pause = if busy {
                    BUSY.min(settings.every)
                } else {
                    settings.every
                };
                failures = 0;
                teller.heard(state).await
            }
            Err(why) => {
                failures = failures.saturating_add(1);
                // up to a tenth more, so that several hosts are not asked at the same moment
                let calm = if matches!(why, PveError::Refused(_)) {
                    REFUSED
                } else {
                    RETRY.saturating_mul(1 << failures.min(5)).min(LONGEST)
                };
                pause = calm.mul_f64(1.0 + fastrand::f64() / 10.0);
                teller.tell(failed(&why, teller.heard, Some(pause))).await
            }
        };
        if !sent {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = news(&mut changed) => {}
            () = teller.tx.closed() => return,
        }
    }
}

/// Waits until somebody tells of a change; for ever where nobody is left who could.
async fn news(changed: &mut watch::Receiver<()>) {
    if changed.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Tells how an installation is, and what it told.
struct Teller {
    name: Text,
    address: Text,
    version: Text,
    heard: Option<Time>,
    tx: mpsc::Sender<Update>,
}

impl Teller {
    /// Says whether anybody listens.
    async fn heard(&mut self, state: PveState) -> bool {
        let now = Time::now();
        self.heard = Some(now);
        self.version = state.version.clone();
        let told = self.tell(standing_of(&state, now)).await;
        let update = Update::Proxmox(self.name.clone(), Arc::new(state));
        told && self.tx.send(update).await.is_ok()
    }

    async fn tell(&self, state: SourceState) -> bool {
        let status = SourceStatus {
            state,
            version: self.version.clone(),
            address: self.address.clone(),
            heard: self.heard,
        };
        let id = SourceId::Proxmox(self.name.clone());
        self.tx.send(Update::Source(id, status)).await.is_ok()
    }
}

/// Live, or what is not there and why.
fn standing_of(state: &PveState, now: Time) -> SourceState {
    let mut short: Vec<String> = state
        .missing
        .iter()
        .map(|one| format!("no {} on {}: {}", one.privilege, one.path, one.hides))
        .collect();
    short.extend(state.gaps.iter().map(ToString::to_string));
    if short.is_empty() {
        return SourceState::Live(now);
    }
    SourceState::Limited {
        at: now,
        why: short.join("; ").into(),
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

fn failed(why: &PveError, heard: Option<Time>, pause: Option<Duration>) -> SourceState {
    if let Some(advice) = why.advice() {
        return SourceState::Refused {
            why: why.to_string().into(),
            advice: advice.into(),
        };
    }
    let retry = pause.and_then(|pause| {
        let pause = jiff::SignedDuration::try_from(pause).ok()?;
        Time::now().checked_add(pause).ok()
    });
    let why = Text::from(why.with_hint());
    match heard {
        Some(since) => SourceState::Stale { since, why, retry },
        None => SourceState::Unreachable { why, retry },
    }
}

fn own_path(guest: &Guest) -> String {
    format!("/nodes/{}/{}/{}", guest.node, guest.kind.as_str(), guest.id)
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
