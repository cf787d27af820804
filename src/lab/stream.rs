//! Answers that go on: watches and logs.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Lab, answer,
    api::Asked,
    wire::{self, Form},
    world::{Change, Happened},
};

/// Bookmarks come so often.
const BOOKMARK: std::time::Duration = std::time::Duration::from_secs(20);

/// Objects that are there already are sent in parts of about this many bytes.
const PART: usize = 64 * 1024;

type Sender = mpsc::Sender<Result<Bytes, std::convert::Infallible>>;

fn streamed(content: &'static str) -> (Sender, Response) {
    let (tx, rx) = mpsc::channel(64);
    let stream = futures::stream::unfold(rx, |mut rx| async move { Some((rx.recv().await?, rx)) });
    let mut response = Response::new(Body::from_stream(stream));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    (tx, response)
}

/// One event of a watch.
fn event(asked: &Asked, happened: &str, object: &Value) -> Vec<u8> {
    if asked.form == Some(Form::Protobuf) {
        wire::frame(happened, &wire::object(asked.kind, object))
    } else {
        format!("{}\n", json!({"type": happened, "object": object})).into_bytes()
    }
}

async fn send(tx: &Sender, asked: &Asked, happened: &str, object: &Value) -> bool {
    let event = event(asked, happened, object);
    tx.send(Ok(Bytes::from(event))).await.is_ok()
}

/// The objects there are as events, some of them together.
fn initial(lab: &Lab, asked: &Asked) -> (u64, Vec<Bytes>) {
    let version = lab.world.version();
    let parts = lab.world.look_in(asked.kind, &asked.namespace, |all| {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        for object in all.filter(|object| asked.wants(object)) {
            part.extend(event(asked, "ADDED", &asked.formed(object)));
            if part.len() >= PART {
                parts.push(Bytes::from(std::mem::take(&mut part)));
            }
        }
        parts.push(Bytes::from(part));
        parts
    });
    (version, parts)
}

/// Follows a kind.
pub fn watch(lab: &Arc<Lab>, asked: &Asked, form: Form) -> Response {
    let initial = asked.flag("sendInitialEvents");
    let wanted = asked.param("resourceVersion");
    let from: Option<u64> = match wanted {
        "" | "0" => None,
        text => match text.parse() {
            Ok(version) => Some(version),
            Err(_) => {
                return answer::failure(
                    400,
                    "BadRequest",
                    &format!("invalid resource version {text:?}"),
                    json!({}),
                );
            }
        },
    };
    if initial && asked.param("resourceVersionMatch") != "NotOlderThan" {
        return answer::failure(
            422,
            "Invalid",
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            json!({}),
        );
    }
    let (tx, response) = streamed(match form {
        Form::Json => "application/json",
        Form::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
    });
    let lab = lab.clone();
    let asked = Asked {
        role: asked.role,
        kind: asked.kind,
        namespace: asked.namespace.clone(),
        name: asked.name.clone(),
        sub: asked.sub.clone(),
        query: asked.query.clone(),
        accept: asked.accept.clone(),
        form: asked.form,
    };
    let seconds: u64 = asked.param("timeoutSeconds").parse().unwrap_or(1800);
    tokio::spawn(async move {
        let end = tokio::time::sleep(std::time::Duration::from_secs(seconds));
        tokio::select! {
            () = follow(&lab, &asked, &tx, from, initial) => {}
            () = end => {}
            () = lab.stopped() => {}
        }
    });
    response
}

async fn follow(lab: &Lab, asked: &Asked, tx: &Sender, from: Option<u64>, initial: bool) {
    let mut news = lab.world.news();
    let mut at = match from {
        Some(version) if !initial => version,
        _ => {
            let (version, parts) = self::initial(lab, asked);
            for part in parts {
                if tx.send(Ok(part)).await.is_err() {
                    return;
                }
            }
            if initial && !bookmark(tx, asked, version, true).await {
                return;
            }
            version
        }
    };
    loop {
        let Some(changes) = lab.world.since(asked.kind, at) else {
            // a client that is told so lists anew
            send(tx, asked, "ERROR", &answer::expired(at, lab.world.oldest())).await;
            return;
        };
        for change in &changes {
            at = at.max(change.version);
            if !tell(tx, asked, change).await {
                return;
            }
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(BOOKMARK) => {
                at = at.max(lab.world.version());
                if asked.flag("allowWatchBookmarks") && !bookmark(tx, asked, at, false).await {
                    return;
                }
            }
        }
        if lab.is_cut() {
            return;
        }
    }
}

async fn bookmark(tx: &Sender, asked: &Asked, version: u64, end: bool) -> bool {
    let mut object = json!({"kind": asked.kind.kind, "apiVersion": asked.kind.api_version(), "metadata": {"resourceVersion": version.to_string(), "creationTimestamp": null}});
    if end {
        object["metadata"]["annotations"] = json!({"k8s.io/initial-events-end": "true"});
    }
    send(tx, asked, "BOOKMARK", &object).await
}

async fn tell(tx: &Sender, asked: &Asked, change: &Change) -> bool {
    if !asked.wants(&change.object) {
        // what no longer meets the selector is gone for this watcher
        let narrowed =
            !asked.param("labelSelector").is_empty() || !asked.param("fieldSelector").is_empty();
        let mine = asked.namespace.is_empty()
            || change.object["metadata"]["namespace"] == asked.namespace.as_str();
        if narrowed && mine && change.happened == Happened::Modified {
            return send(tx, asked, "DELETED", &asked.formed(&change.object)).await;
        }
        return true;
    }
    send(
        tx,
        asked,
        change.happened.as_str(),
        &asked.formed(&change.object),
    )
    .await
}

/// A container's log.
pub fn log(lab: &Arc<Lab>, asked: &Asked) -> Response {
    let Some(pod) = lab.world.get(asked.kind, &asked.namespace, &asked.name) else {
        return answer::not_found(asked.kind, &asked.name);
    };
    let refused = |message: &str| answer::failure(400, "BadRequest", message, json!({}));
    let wanted = match container(&pod, asked) {
        Ok(container) => container,
        Err(message) => return refused(&message),
    };
    let source = Source {
        lab: lab.clone(),
        namespace: asked.namespace.clone(),
        pod: asked.name.clone(),
        container: wanted,
        previous: asked.flag("previous"),
        stamps: asked.flag("timestamps"),
    };
    let Some(text) = source.read() else {
        let (container, pod) = (&source.container, &asked.name);
        return refused(&if source.previous {
            format!("previous terminated container \"{container}\" in pod \"{pod}\" not found")
        } else {
            format!(
                "container \"{container}\" in pod \"{pod}\" is waiting to start: ContainerCreating"
            )
        });
    };
    let (tx, mut response) = streamed("text/plain");
    *response.status_mut() = StatusCode::OK;
    let tail: Option<usize> = asked.param("tailLines").parse().ok();
    let follow = asked.flag("follow");
    tokio::spawn(async move {
        let lines: Vec<&str> = text.lines().collect();
        let skip = tail.map_or(0, |tail| lines.len().saturating_sub(tail));
        if source.tell(&tx, lines.into_iter().skip(skip)).await && follow {
            source.follow(&tx, text.len()).await;
        }
    });
    response
}

/// The container whose log is asked for, or why there is none.
fn container(pod: &Value, asked: &Asked) -> Result<String, String> {
    let names = |list: &str| -> Vec<&str> {
        let all = pod["spec"][list].as_array().into_iter().flatten();
        all.filter_map(|one| one["name"].as_str()).collect()
    };
    let choice = names("containers");
    let wanted = match (asked.param("container"), choice.as_slice()) {
        ("", [first]) => *first,
        ("", _) => {
            return Err(format!(
                "a container name must be specified for pod {}, choose one of: [{}]",
                asked.name,
                choice.join(" ")
            ));
        }
        (name, _) => name,
    };
    if choice.contains(&wanted) || names("initContainers").contains(&wanted) {
        Ok(wanted.to_owned())
    } else {
        let pod = &asked.name;
        Err(format!("container {wanted} is not valid for pod {pod}"))
    }
}

/// Where a log comes from, and how it is told.
struct Source {
    lab: Arc<Lab>,
    namespace: String,
    pod: String,
    container: String,
    previous: bool,
    stamps: bool,
}

impl Source {
    fn read(&self) -> Option<String> {
        let world = &self.lab.world;
        world.log(&self.namespace, &self.pod, &self.container, self.previous)
    }

    /// Sends lines; says whether somebody still listens.
    async fn tell<'l>(&self, tx: &Sender, lines: impl Iterator<Item = &'l str>) -> bool {
        for line in lines {
            let line = if self.stamps {
                format!("{} {line}\n", jiff::Timestamp::now())
            } else {
                format!("{line}\n")
            };
            if tx.send(Ok(Bytes::from(line))).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Sends what is added behind so many bytes, until nobody listens or the lab stops.
    async fn follow(&self, tx: &Sender, mut length: usize) {
        let mut news = self.lab.world.news();
        while !tx.is_closed() {
            tokio::select! {
                changed = news.changed() => if changed.is_err() { return },
                () = tx.closed() => return,
                () = self.lab.stopped() => return,
            }
            let now = self.read().unwrap_or_default();
            let added = now.get(length..).unwrap_or_default();
            if !self.tell(tx, added.lines()).await {
                return;
            }
            length = now.len();
        }
    }
}
