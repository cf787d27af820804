//! One look at everything, for commands that print and end: from a dump, or live until the first
//! lists are complete.

use std::time::Duration;

use tokio::sync::mpsc;

use super::{Ctx, Exit};
use crate::{
    domain::{Freshness, Kind, LogBook, LogKey, Time},
    inventory::{Inventory, SourceId, SourceState, SourceStatus, Update},
    sources::{
        dump,
        kube::{self, ConnectError, KubeReader, KubeSettings, KubeSource, LogQuery},
    },
};

/// A cluster that has not shown its lists within this time is reported as far as it was read.
const PATIENCE: Duration = Duration::from_secs(40);
/// So long a kind that failed once is given to come in by its own retries.
const RETRIES: Duration = Duration::from_secs(6);
/// So much of a log is enough to see why a container died.
const LOG_LINES: u32 = 400;
/// Logs that a command fetches at the most.
const MOST_LOGS: usize = 60;

/// What was gathered.
pub struct Scene {
    /// Everything known.
    pub inventory: Inventory,
    /// Logs at hand.
    pub logs: LogBook,
    /// The time to reckon with.
    pub now: Time,
    live: Option<KubeSource>,
}

/// The settings of the Kubernetes source that options and configuration give.
#[must_use]
pub fn kube_settings(ctx: &Ctx) -> KubeSettings {
    KubeSettings {
        kubeconfig: ctx.globals.kubeconfig.clone(),
        context: ctx.globals.context.clone(),
        namespace: ctx.globals.namespace.clone(),
        namespaces: ctx.config.kube.namespaces.clone(),
        metrics: !ctx.config.kube.no_metrics,
        kubelets: !ctx.config.kube.no_kubelet_stats,
    }
}

/// Gathers.
///
/// # Errors
/// [`Exit::Unreadable`] after the reason was printed.
pub async fn gather(ctx: &Ctx) -> Result<Scene, Exit> {
    match &ctx.globals.dump {
        Some(path) => from_dump(ctx, path),
        None => live(ctx).await,
    }
}

fn from_dump(ctx: &Ctx, path: &std::path::Path) -> Result<Scene, Exit> {
    let dump = dump::read(path).map_err(|why| {
        complain!("redbutton: {why}");
        Exit::Unreadable
    })?;
    for skipped in &dump.skipped {
        complain!("redbutton: skipped {}: {}", skipped.file, skipped.why);
    }
    Ok(Scene {
        inventory: dump.inventory,
        logs: dump.logs,
        now: ctx.globals.now.unwrap_or(dump.now),
        live: None,
    })
}

async fn live(ctx: &Ctx) -> Result<Scene, Exit> {
    let (tx, mut rx) = mpsc::channel(256);
    super::others::follow(ctx, &tx);
    let source = kube::follow(kube_settings(ctx), tx).map_err(|why| {
        complain!("redbutton: {why}");
        if matches!(why, ConnectError::NoKubeconfig) {
            complain!("Name one with --kubeconfig, read a dump with --dump, or try the demo: redbutton --demo");
        }
        Exit::Unreadable
    })?;
    let mut inventory = Inventory::new();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    hear(&mut rx, &mut inventory, deadline, settled).await;
    // a server that asks to wait a second ("429") has not said no
    let second_try = tokio::time::Instant::now() + RETRIES;
    hear(&mut rx, &mut inventory, second_try, |now| {
        kube_gone(now) || (settled(now) && !retries(now))
    })
    .await;
    // usage comes a moment after the lists
    let grace = tokio::time::Instant::now() + Duration::from_secs(2);
    let others = ctx.config.proxmox.len()
        + ctx.config.argocd.len()
        + usize::from(!ctx.config.probe.is_empty());
    hear(&mut rx, &mut inventory, grace, |now| {
        usage_known(now) && others_heard(now) >= others
    })
    .await;
    tokio::spawn(async move { while rx.recv().await.is_some() {} });
    Ok(Scene {
        inventory,
        logs: LogBook::new(),
        now: ctx.now(),
        live: Some(source),
    })
}

/// Takes in what comes until it is enough, or the time is over.
async fn hear(
    rx: &mut mpsc::Receiver<Update>,
    inventory: &mut Inventory,
    until: tokio::time::Instant,
    enough: impl Fn(&Inventory) -> bool,
) {
    while !enough(inventory) {
        match tokio::time::timeout_at(until, rx.recv()).await {
            Ok(Some(update)) => inventory.apply(update),
            Ok(None) | Err(_) => break,
        }
    }
}

/// Whether the API server as a whole refuses or cannot be reached.
fn kube_gone(inventory: &Inventory) -> bool {
    inventory
        .sources
        .get(&SourceId::Kube)
        .is_some_and(|status| {
            matches!(
                status.state,
                SourceState::Refused { .. } | SourceState::Unreachable { .. }
            )
        })
}

/// Whether a kind could not be read yet and is about to be tried again.
fn retries(inventory: &Inventory) -> bool {
    Kind::ALL.iter().any(|kind| {
        matches!(
            inventory.freshness(*kind),
            Freshness::Unreachable { retry: Some(_), .. }
        )
    })
}

/// Whether it is known who looks, and every kind was either listed or found to be unreadable.
fn settled(inventory: &Inventory) -> bool {
    if kube_gone(inventory) {
        return true;
    }
    let knows_who = !inventory.identity.server.is_empty();
    knows_who
        && Kind::ALL.iter().all(|kind| {
            !matches!(
                inventory.freshness(*kind),
                Freshness::Waiting | Freshness::Loading(..)
            )
        })
}

/// How many of the other back ends have told all. An Argo CD's stream of applications has no end that
/// is told, so one of those is waited for as long as there is time.
fn others_heard(inventory: &Inventory) -> usize {
    let has_told = |(id, status): &(&SourceId, &SourceStatus)| match (id, &status.state) {
        (_, SourceState::Connecting) => false,
        // what it has comes after the word that it is live
        (SourceId::Proxmox(name), SourceState::Live(_) | SourceState::Limited { .. }) => {
            inventory.proxmox.contains_key(name)
        }
        (SourceId::Proxmox(_) | SourceId::Probes, _) => true,
        _ => false,
    };
    inventory.sources.iter().filter(has_told).count()
}

fn usage_known(inventory: &Inventory) -> bool {
    [SourceId::Metrics, SourceId::Kubelets]
        .iter()
        .all(|id| inventory.sources.contains_key(id))
}

impl Scene {
    /// Reads from the cluster behind this, where there is one.
    #[must_use]
    pub fn reader(&self) -> Option<KubeReader> {
        self.live.as_ref().map(|source| source.reader.clone())
    }

    /// Fetches logs that are not at hand; on a dump there is nothing to fetch. Says whether any came.
    pub async fn fetch_logs(&mut self, wanted: &[LogKey]) -> bool {
        let Some(reader) = self.live.as_ref().map(|source| source.reader.clone()) else {
            return false;
        };
        let mut any = false;
        for key in wanted.iter().take(MOST_LOGS) {
            if self
                .logs
                .get(&key.namespace, &key.pod, &key.container, key.previous)
                .is_none()
            {
                let log = fetch_log(&reader, key).await;
                self.logs.put(key.clone(), log);
                any = true;
            }
        }
        any
    }
}

/// The end of one log, or why it cannot be had.
pub async fn fetch_log(
    reader: &KubeReader,
    key: &LogKey,
) -> Result<std::sync::Arc<str>, crate::domain::Text> {
    let query = LogQuery {
        namespace: key.namespace.to_string(),
        pod: key.pod.to_string(),
        container: key.container.to_string(),
        previous: key.previous,
        tail: Some(LOG_LINES),
        ..LogQuery::default()
    };
    reader.log(&query).await.map(Into::into).map_err(Into::into)
}
