//! What the screen wants to read: YAML, logs, what Argo CD knows of an application.

use futures::StreamExt;
use tokio::sync::mpsc;

use crate::{
    cli::Ctx,
    config::ArgoConfig,
    domain::{ObjectRef, Text},
    sources::{
        argocd,
        kube::{KubeReader, LogQuery},
        proxmox,
    },
    tui::Msg,
};

const NO_CLUSTER: &str = "there is no live cluster behind this screen";

pub(super) async fn yaml(reader: Option<KubeReader>, object: ObjectRef, tx: mpsc::Sender<Msg>) {
    let result = match reader {
        Some(reader) => reader.yaml(&object).await,
        None => Err(NO_CLUSTER.into()),
    };
    tx.send(Msg::Yaml(object, result)).await.ok();
}

pub(super) async fn app_details(
    configured: Option<ArgoConfig>,
    object: ObjectRef,
    project: Text,
    tx: mpsc::Sender<Msg>,
) {
    let answer = async {
        let one = configured.ok_or("its instance is no longer configured")?;
        let settings = crate::cli::others::argo_settings(&one).await?;
        argocd::details(&settings, &object.key, &project).await
    };
    let answer = answer.await.map(Box::new);
    tx.send(Msg::AppDetails(object, answer)).await.ok();
}

pub(super) async fn read_log(
    reader: Option<KubeReader>,
    id: u64,
    query: LogQuery,
    tx: mpsc::Sender<Msg>,
) {
    let Some(reader) = reader else {
        tx.send(Msg::LogEnd(id, Some(NO_CLUSTER.into()))).await.ok();
        return;
    };
    let mut stream = match reader.log_stream(&query).await {
        Ok(stream) => stream,
        Err(why) => {
            tx.send(Msg::LogEnd(id, Some(why))).await.ok();
            return;
        }
    };
    while let Some(part) = stream.next().await {
        let msg = match part {
            Ok(text) => Msg::LogPart(id, text),
            Err(why) => {
                tx.send(Msg::LogEnd(id, Some(why))).await.ok();
                return;
            }
        };
        if tx.send(msg).await.is_err() {
            return;
        }
    }
    tx.send(Msg::LogEnd(id, None)).await.ok();
}

pub(super) async fn task_log(ctx: Ctx, id: u64, task: ObjectRef, tx: mpsc::Sender<Msg>) {
    let read = async {
        let one = ctx
            .config
            .proxmox
            .iter()
            .find(|one| one.name == *task.key.namespace)
            .ok_or("this installation is not configured")?;
        let settings = crate::cli::others::proxmox_settings(one).await?;
        proxmox::task_log(&settings, &task.key.name, |part| {
            let tx = tx.clone();
            async move { tx.send(Msg::LogPart(id, part)).await.is_ok() }
        })
        .await
    };
    let end = read.await.err();
    tx.send(Msg::LogEnd(id, end)).await.ok();
}
