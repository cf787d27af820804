//! What the screen asks for, done off the screen's task.

use futures::StreamExt;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    cli::Ctx,
    domain::ObjectRef,
    sources::kube::{KubeReader, KubeSource, LogQuery},
    tui::{Effect, Msg},
};

/// Lines at the start of a log that is opened.
const TAIL: u32 = 1000;

/// Does what is asked until nobody asks any more.
pub(super) async fn work(
    mut effects: mpsc::UnboundedReceiver<Effect>,
    tx: mpsc::Sender<Msg>,
    mut source: Option<KubeSource>,
    mut ctx: Ctx,
) {
    let mut log: Option<JoinHandle<()>> = None;
    while let Some(effect) = effects.recv().await {
        let reader = source.as_ref().map(|source| source.reader.clone());
        match effect {
            Effect::Quit | Effect::Copy(_) => {}
            Effect::StopLog => {
                if let Some(task) = log.take() {
                    task.abort();
                }
            }
            Effect::FetchYaml(object) => {
                tokio::spawn(yaml(reader, object, tx.clone()));
            }
            Effect::FetchLog {
                id,
                pod,
                container,
                previous,
                follow,
                timestamps,
            } => {
                let query = LogQuery {
                    namespace: pod.key.namespace.to_string(),
                    pod: pod.key.name.to_string(),
                    container,
                    previous,
                    follow,
                    timestamps,
                    tail: Some(TAIL),
                    ..LogQuery::default()
                };
                log = Some(tokio::spawn(read_log(reader, id, query, tx.clone())));
            }
            Effect::Save(name, text) => save(&name, &text, &tx).await,
            Effect::SwitchContext(name) => {
                ctx.globals.context = Some(name.clone());
                match super::follow(&ctx, tx.clone()).await {
                    Ok(next) => {
                        source = Some(next);
                        tx.send(Msg::Fresh(name)).await.ok();
                    }
                    Err(why) => {
                        tx.send(Msg::Notice(why.to_string())).await.ok();
                    }
                }
            }
        }
    }
}

const NO_CLUSTER: &str = "there is no live cluster behind this screen";

async fn yaml(reader: Option<KubeReader>, object: ObjectRef, tx: mpsc::Sender<Msg>) {
    let result = match reader {
        Some(reader) => reader.yaml(&object).await,
        None => Err(NO_CLUSTER.into()),
    };
    tx.send(Msg::Yaml(object, result)).await.ok();
}

async fn read_log(reader: Option<KubeReader>, id: u64, query: LogQuery, tx: mpsc::Sender<Msg>) {
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

async fn save(name: &str, text: &str, tx: &mpsc::Sender<Msg>) {
    let said = match tokio::fs::write(name, text).await {
        Ok(()) => format!("saved as {name}"),
        Err(why) => format!("{name}: {why}"),
    };
    tx.send(Msg::Notice(said)).await.ok();
}
