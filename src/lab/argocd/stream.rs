//! Streams: nothing, not even headers, before the first message.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{super::outage as outages, Asked, form, kind, outage, with_type};

/// Comments keep a stream of events open, counted from its first message.
const KEEPALIVE: Duration = Duration::from_secs(15);

fn is_sse(accept: &str) -> bool {
    accept == "text/event-stream"
}

fn content(accept: &str) -> &'static str {
    if is_sse(accept) {
        "text/event-stream"
    } else {
        "application/json"
    }
}

fn framed(accept: &str, message: &Value) -> Bytes {
    if is_sse(accept) {
        format!("data: {message} \n\n\n").into()
    } else {
        format!("{message}\n").into()
    }
}

/// An error before the first message: its real status, and the shape of a stream.
pub fn failure(accept: &str, status: u16, code: u16, message: &str, word: &str) -> Response {
    let error = json!({"error": {"grpc_code": code, "http_code": status, "message": message, "http_status": word}});
    with_type(status, Body::from(framed(accept, &error)), content(accept))
}

/// The same for a refusal.
pub fn refused(accept: &str, why: &super::Refusal) -> Response {
    let word = match why.status {
        400 => "Bad Request",
        403 => "Forbidden",
        _ => "Not Found",
    };
    failure(accept, why.status, why.code, &why.message, word)
}

/// A response that is held back, headers and all, until there is something to send.
async fn late(accept: &str, mut rx: mpsc::Receiver<Bytes>) -> Response {
    let first = rx.recv().await;
    let rest = futures::stream::unfold(rx, |mut rx| async move { Some((rx.recv().await?, rx)) });
    let parts = futures::stream::iter(first)
        .chain(rest)
        .map(Ok::<_, std::convert::Infallible>);
    with_type(200, Body::from_stream(parts), content(accept))
}

/// A stream that stays silent: a tree is sent when it changes, never at first.
pub async fn silent(asked: &Asked) -> Response {
    asked.lab.stopped().await;
    with_type(200, Body::empty(), content(&asked.accept))
}

/// Follows all applications.
pub async fn applications(asked: &Asked) -> Response {
    let (tx, rx) = mpsc::channel(256);
    let follower = Follower {
        fields: asked.param("fields").to_owned(),
        name: asked.param("name").to_owned(),
        namespace: asked.param("appNamespace").to_owned(),
        asked: asked.clone(),
        sent: BTreeMap::new(),
        tx,
    };
    let replays = asked.param("resourceVersion").is_empty() || !follower.name.is_empty();
    let lab = asked.lab.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = follower.follow(&lab, replays) => {}
            () = lab.stopped() => {}
        }
    });
    late(&asked.accept, rx).await
}

struct Follower {
    fields: String,
    name: String,
    /// Counts together with the name only; without it the server's own is meant.
    namespace: String,
    asked: Asked,
    /// What was sent last for each name: the same bytes are not sent again.
    sent: BTreeMap<String, Bytes>,
    tx: mpsc::Sender<Bytes>,
}

impl Follower {
    async fn follow(mut self, lab: &super::Lab, replays: bool) {
        let Some(kind) = kind() else { return };
        if replays {
            for app in lab.world.list(kind) {
                if !self.send(lab, "ADDED", &app).await {
                    return;
                }
            }
        }
        // what happened during the replay is lost, as it is with the real server
        let mut at = lab.world.version();
        let mut news = lab.world.news();
        let mut alive = tokio::time::interval(KEEPALIVE);
        alive.reset();
        loop {
            tokio::select! {
                changed = news.changed() => if changed.is_err() { return },
                _ = alive.tick(), if is_sse(&self.asked.accept) && !self.sent.is_empty() => {
                    if self.tx.send(Bytes::from_static(b":\n")).await.is_err() {
                        return;
                    }
                    continue;
                }
                () = self.tx.closed() => return,
            }
            let Some(changes) = lab.world.since(kind, at) else {
                at = lab.world.version();
                continue;
            };
            at = at.max(lab.world.version());
            if outages::of_argocd(lab).is_some_and(|(kind, _)| kind == outage::MUTE) {
                continue;
            }
            for change in &changes {
                if !self
                    .send(lab, change.happened.as_str(), &change.object)
                    .await
                {
                    return;
                }
            }
        }
    }

    fn is_asked_for(&self, app: &Value) -> bool {
        let namespace = if self.namespace.is_empty() {
            super::NAMESPACE
        } else {
            &self.namespace
        };
        let named = self.name.is_empty()
            || (self.name == form::text(app, "name") && namespace == form::text(app, "namespace"));
        named
            && self.asked.may_read(app)
            && self.asked.in_projects(app)
            && crate::lab::select::labels(self.asked.param("selector"), app)
    }

    /// Sends a message if it says anything new. Says whether somebody listens.
    async fn send(&mut self, lab: &super::Lab, happened: &str, app: &Value) -> bool {
        let name = form::text(app, "name");
        if !self.is_asked_for(app) {
            return true;
        }
        let app = form::with_health(&lab.world, app);
        let message = json!({"result": {"type": happened, "application": app}});
        let part = framed(&self.asked.accept, &form::streamed(&message, &self.fields));
        if self.sent.get(&name) == Some(&part) {
            return true;
        }
        self.sent.insert(name, part.clone());
        self.tx.send(part).await.is_ok()
    }
}
