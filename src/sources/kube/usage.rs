//! Usage: metrics.k8s.io and the kubelets' statistics.

use std::{borrow::Cow, time::Duration};

use serde::Deserialize;
use tokio::sync::{mpsc, watch};

use super::{
    health::{Health, gone, pause},
    http::{Getter, JSON, ReadError},
    measured::{Measured, Metrics, Usage},
    summary::summary_update,
    wire::null,
};
use crate::{
    domain::{Interner, Key, NodeUsage, PodUsage, Quantity, Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};

const METRICS_EVERY: Duration = Duration::from_secs(15);
const FILL_EVERY: Duration = Duration::from_secs(60);
/// After a poll that failed.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// Names are enough: a node with all its images is some twenty kilobytes.
const NAMES: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
pub(super) const PATH: &str = "/apis/metrics.k8s.io/v1beta1";

/// Reads usage of nodes and pods for ever.
pub(super) async fn metrics(
    getter: Getter,
    tx: mpsc::Sender<Update>,
    mut health: watch::Receiver<Health>,
) {
    let mut last_live = None;
    let mut names = Interner::new();
    loop {
        let polled = tokio::select! {
            why = gone(&mut health) => Err(ReadError::Transport(why)),
            polled = poll(&getter, &tx, &mut names) => polled,
        };
        let advice = "ask for `get` and `list` on pods and nodes of metrics.k8s.io";
        let (state, every) = judge(polled, &mut last_live, METRICS_EVERY, advice);
        if !say(&tx, SourceId::Metrics, state).await {
            return;
        }
        pause(&mut health, every).await;
    }
}

/// How a source of figures stands after a poll, and when to ask again.
fn judge(
    polled: Result<(), ReadError>,
    last_live: &mut Option<Time>,
    every: Duration,
    advice: &str,
) -> (SourceState, Duration) {
    let now = Time::now();
    let Err(why) = polled else {
        *last_live = Some(now);
        return (SourceState::Live(now), every);
    };
    let text: Text = why.to_string().into();
    if let ReadError::Forbidden(..) = why {
        let advice = advice.into();
        return (SourceState::Refused { why: text, advice }, every);
    }
    let again = match why {
        ReadError::Busy(seconds) => Duration::from_secs(seconds).clamp(TRY_AGAIN, every),
        _ => TRY_AGAIN,
    };
    let retry = now.checked_add(again).ok();
    let state = match *last_live {
        Some(since) => SourceState::Stale {
            since,
            why: text,
            retry,
        },
        None => SourceState::Unreachable { why: text, retry },
    };
    (state, again)
}

/// Says how a source stands; whether anybody listens.
async fn say(tx: &mpsc::Sender<Update>, source: SourceId, state: SourceState) -> bool {
    let status = SourceStatus {
        state,
        ..SourceStatus::default()
    };
    tx.send(Update::Source(source, status)).await.is_ok()
}

async fn poll(
    getter: &Getter,
    tx: &mpsc::Sender<Update>,
    names: &mut Interner,
) -> Result<(), ReadError> {
    let mut nodes = Vec::new();
    measure(getter, "nodes", |one| nodes.push(node_usage(one, names))).await?;
    let mut pods = Vec::new();
    measure(getter, "pods", |one| pods.push(pod_usage(one, names))).await?;
    in_order(&mut pods);
    names.sweep();
    let gone = |_| ReadError::Transport("nobody listens".into());
    tx.send(Update::NodeUsage(nodes)).await.map_err(gone)?;
    tx.send(Update::PodUsage(pods)).await.map_err(gone)
}

/// Shows what was measured of nodes or pods, one after the other.
async fn measure(
    getter: &Getter,
    what: &str,
    mut take: impl FnMut(Measured<'_>),
) -> Result<(), ReadError> {
    let unreadable = |why: serde_json::Error| ReadError::Unreadable(why.to_string().into());
    let mut list = Metrics::default();
    getter
        .parts(&format!("{PATH}/{what}"), JSON, |part| {
            list.feed(part, &mut take).map_err(unreadable)
        })
        .await?;
    list.end().map_err(unreadable)
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ReadError> {
    serde_json::from_slice(body).map_err(|why| ReadError::Unreadable(why.to_string().into()))
}

fn node_usage(node: Measured<'_>, names: &mut Interner) -> NodeUsage {
    let usage = node.usage.unwrap_or_default();
    NodeUsage {
        node: names.text(&node.metadata.name),
        cpu: amount(&usage.cpu),
        memory: amount(&usage.memory),
        at: node.timestamp.and_then(|at| at.parse().ok()),
    }
}

fn pod_usage(pod: Measured<'_>, names: &mut Interner) -> PodUsage {
    let key = Key {
        namespace: names.text(&pod.metadata.namespace),
        name: Text::from(&*pod.metadata.name),
    };
    let sum =
        |of: fn(&Usage<'_>) -> Quantity| pod.containers.iter().map(|one| of(&one.usage)).sum();
    let cpu = sum(|usage| amount(&usage.cpu));
    PodUsage::new(key, cpu, sum(|usage| amount(&usage.memory)))
}

/// In the order in which they are kept, so that they are compared and taken in at one go.
fn in_order(pods: &mut [PodUsage]) {
    pods.sort_unstable_by(|a, b| a.pod.cmp(&b.pod));
}

/// The updates that a list of metrics makes.
///
/// # Errors
/// In words, with line and column.
pub(crate) fn usage_updates(body: &[u8]) -> Result<Option<Update>, String> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
    }
    let words = |why: ReadError| why.to_string();
    let head: Head<'_> = read(body).map_err(words)?;
    let mut names = Interner::new();
    Ok(match &*head.kind {
        "NodeMetricsList" => {
            let rows = all(body, |one| node_usage(one, &mut names))?;
            Some(Update::NodeUsage(rows))
        }
        "PodMetricsList" => {
            let mut rows = all(body, |one| pod_usage(one, &mut names))?;
            in_order(&mut rows);
            Some(Update::PodUsage(rows))
        }
        _ => None,
    })
}

fn all<T>(body: &[u8], mut row: impl FnMut(Measured<'_>) -> T) -> Result<Vec<T>, String> {
    let mut rows = Vec::new();
    let mut list = Metrics::default();
    list.feed(body, &mut |one| rows.push(row(one)))
        .and_then(|()| list.end())
        .map_err(|why| why.to_string())?;
    Ok(rows)
}

fn amount(text: &str) -> Quantity {
    text.parse().unwrap_or_default()
}

/// Reads the fill of volumes from every kubelet, through the API server, for ever.
pub(super) async fn kubelets(
    getter: Getter,
    tx: mpsc::Sender<Update>,
    mut health: watch::Receiver<Health>,
) {
    let mut last_live = None;
    loop {
        let polled = tokio::select! {
            why = gone(&mut health) => Err(ReadError::Transport(why)),
            polled = fill(&getter, &tx) => polled,
        };
        let advice = "ask for `get` on nodes/proxy to see how full volumes are";
        let (state, every) = judge(polled, &mut last_live, FILL_EVERY, advice);
        if !say(&tx, SourceId::Kubelets, state).await {
            return;
        }
        pause(&mut health, every).await;
    }
}

/// A list of which only the names are read.
#[derive(Deserialize)]
struct Names {
    #[serde(default, deserialize_with = "null")]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    metadata: OwnName,
}

#[derive(Deserialize)]
struct OwnName {
    name: String,
}

async fn fill(getter: &Getter, tx: &mpsc::Sender<Update>) -> Result<(), ReadError> {
    let (_, body) = getter.get("/api/v1/nodes", NAMES).await?;
    let nodes: Names = read(&body)?;
    drop(body);
    for node in nodes.items {
        let path = format!("/api/v1/nodes/{}/proxy/stats/summary", node.metadata.name);
        let body = match getter.get(&path, JSON).await {
            Ok((_, body)) => body,
            Err(why @ (ReadError::Forbidden(..) | ReadError::Unauthorized(_))) => return Err(why),
            // one kubelet that does not answer must not hide the others
            Err(_) => continue,
        };
        let Some(update) = std::str::from_utf8(&body).ok().and_then(summary_update) else {
            continue;
        };
        tx.send(update)
            .await
            .map_err(|_| ReadError::Transport("nobody listens".into()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_of_nodes_and_pods_is_read() {
        let mut names = Interner::new();
        let nodes = br#"{"kind":"NodeMetricsList","items":[{"metadata":{"name":"a","creationTimestamp":null},"timestamp":"2025-01-01T00:00:00Z","window":"10s","usage":{"cpu":"1500m","memory":"2Gi"}}]}"#;
        let found = all(nodes, |one| node_usage(one, &mut names)).unwrap();
        assert_eq!((found[0].cpu.milli(), found[0].at.is_some()), (1500, true));
        let pods = br#"{"items":[{"metadata":{"name":"p\u002d0","namespace":"media"},"timestamp":null,"containers":[{"name":"app","usage":{"cpu":"4m","memory":"1Mi"}},{"name":"side","usage":{}}]},{"metadata":{"name":"q","namespace":"media"},"containers":null}]}"#;
        let found = all(pods, |one| pod_usage(one, &mut names)).unwrap();
        assert_eq!(found[0].pod, Key::new("media", "p-0"));
        let amounts = (found[0].cpu().milli(), found[0].memory().value());
        assert_eq!(amounts, (4, 1 << 20));
        assert_eq!(found[1].cpu(), Quantity::ZERO);
    }
}
