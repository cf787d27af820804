//! Usage: metrics.k8s.io and the kubelets' statistics.

use std::time::Duration;

use tokio::sync::mpsc;

use super::{
    custom::Json,
    http::{Getter, JSON, ReadError},
    summary::summary_update,
};
use crate::{
    domain::{Key, NodeUsage, PodUsage, Quantity, Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};

const METRICS_EVERY: Duration = Duration::from_secs(15);
const FILL_EVERY: Duration = Duration::from_secs(60);
const PATH: &str = "/apis/metrics.k8s.io/v1beta1";

/// Reads usage of nodes and pods for ever.
pub(super) async fn metrics(getter: Getter, tx: mpsc::Sender<Update>) {
    let mut last_live = None;
    loop {
        let state = match poll(&getter, &tx).await {
            Ok(()) => {
                last_live = Some(Time::now());
                SourceState::Live(Time::now())
            }
            Err(why) => failed(&why, last_live, METRICS_EVERY),
        };
        let status = SourceStatus {
            state,
            ..SourceStatus::default()
        };
        if tx
            .send(Update::Source(SourceId::Metrics, status))
            .await
            .is_err()
        {
            return;
        }
        tokio::time::sleep(METRICS_EVERY).await;
    }
}

fn failed(why: &ReadError, last_live: Option<Time>, every: Duration) -> SourceState {
    let retry = Time::now().checked_add(every).ok();
    let text: Text = why.to_string().into();
    match (why, last_live) {
        (ReadError::Forbidden(..), _) => SourceState::Refused {
            why: text,
            advice: "ask for `get` and `list` on pods and nodes of metrics.k8s.io".into(),
        },
        (_, Some(since)) => SourceState::Stale {
            since,
            why: text,
            retry,
        },
        (_, None) => SourceState::Unreachable { why: text, retry },
    }
}

async fn poll(getter: &Getter, tx: &mpsc::Sender<Update>) -> Result<(), ReadError> {
    let nodes = getter.json(&format!("{PATH}/nodes")).await?;
    let nodes = Json(&nodes)
        .list("items")
        .map(|node| NodeUsage {
            node: node.text("metadata.name").into(),
            cpu: amount(node.text("usage.cpu")),
            memory: amount(node.text("usage.memory")),
            at: node.time("timestamp"),
        })
        .collect();
    let pods = getter.json(&format!("{PATH}/pods")).await?;
    let pods = Json(&pods).list("items").map(pod_usage).collect();
    let gone = |_| ReadError::Transport("nobody listens".into());
    tx.send(Update::NodeUsage(nodes)).await.map_err(gone)?;
    tx.send(Update::PodUsage(pods)).await.map_err(gone)
}

fn pod_usage(pod: Json<'_>) -> PodUsage {
    PodUsage {
        pod: Key::new(pod.text("metadata.namespace"), pod.text("metadata.name")),
        containers: pod
            .list("containers")
            .map(|one| {
                (
                    one.text("name").into(),
                    amount(one.text("usage.cpu")),
                    amount(one.text("usage.memory")),
                )
            })
            .collect(),
        at: pod.time("timestamp"),
    }
}

fn amount(text: &str) -> Quantity {
    text.parse().unwrap_or_default()
}

/// Reads the fill of volumes from every kubelet, through the API server, for ever.
pub(super) async fn kubelets(getter: Getter, tx: mpsc::Sender<Update>) {
    let mut last_live = None;
    loop {
        let state = match fill(&getter, &tx).await {
            Ok(()) => {
                last_live = Some(Time::now());
                SourceState::Live(Time::now())
            }
            Err(why @ ReadError::Forbidden(..)) => SourceState::Refused {
                why: why.to_string().into(),
                advice: "ask for `get` on nodes/proxy to see how full volumes are".into(),
            },
            Err(why) => failed(&why, last_live, FILL_EVERY),
        };
        let status = SourceStatus {
            state,
            ..SourceStatus::default()
        };
        if tx
            .send(Update::Source(SourceId::Kubelets, status))
            .await
            .is_err()
        {
            return;
        }
        // until the first success a shorter wait: at the start the nodes are not known yet
        tokio::time::sleep(if last_live.is_some() {
            FILL_EVERY
        } else {
            METRICS_EVERY
        })
        .await;
    }
}

async fn fill(getter: &Getter, tx: &mpsc::Sender<Update>) -> Result<(), ReadError> {
    let nodes = getter.json("/api/v1/nodes").await?;
    for node in Json(&nodes).list("items") {
        let path = format!(
            "/api/v1/nodes/{}/proxy/stats/summary",
            node.text("metadata.name")
        );
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
