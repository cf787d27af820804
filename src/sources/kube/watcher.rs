//! One kind in one scope, followed for ever.

use std::{collections::BTreeSet, time::Duration};

use http_body_util::BodyExt;
use tokio::sync::{mpsc, watch};

use super::{
    connect::chain,
    decode::{self, Form},
    frames::{Frame, Frames},
    health::Health,
    http::{Getter, JSON, PROTOBUF, ReadError},
    translate::SharedTranslator,
    wire,
};
use crate::{
    domain::{Freshness, Key, Kind, Text, Time},
    inventory::{Change, Update},
};

/// So many changes go into one update.
const BATCH: usize = 512;
/// Objects on a page, where the server cannot stream a list.
const PAGE: usize = 1000;
/// Longest wait between two tries: a server that is back is followed again within ten seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(6);
/// A streamed list of so many objects leaves half a megabyte of buffers in its connection: what comes
/// after it comes over another one.
const LONG: usize = 256;
/// The server ends a watch after this time; a new one goes on from the same version.
const WATCH_SECONDS: u64 = 290;
/// A watch that goes on from a version is live when it has said nothing for so long: a refusal inside the
/// stream comes at once, and who has nothing to tell is silent for a minute.
const QUIET: Duration = Duration::from_millis(300);
/// Strings and templates that nothing uses any more are forgotten after so many changes.
const SWEEP_EVERY: usize = 20_000;

/// What a watcher is to follow.
pub(super) struct Watcher {
    pub getter: Getter,
    pub kind: Kind,
    /// Path of the list.
    pub path: String,
    /// Namespace, or all.
    pub namespace: Option<Text>,
    pub tx: mpsc::Sender<Update>,
    pub health: watch::Receiver<Health>,
    /// What is said of the kind while it is followed live.
    pub live: fn(Time, &Partly) -> Freshness,
    /// What `live` is told.
    pub partly: Partly,
    /// Gives equal parts of objects one place.
    pub translator: SharedTranslator,
}

/// Readable in some namespaces only.
#[derive(Clone, Debug, Default)]
pub(super) struct Partly {
    /// Those.
    pub namespaces: Vec<Text>,
    /// What is denied elsewhere.
    pub denial: crate::domain::Denial,
}

/// Why following ended.
enum End {
    /// Nobody listens any more.
    Unheard,
    /// Something went wrong.
    Failed(ReadError),
    /// The server ended the watch as planned, or it can go on from the same version.
    Again,
    /// The server cannot stream lists.
    NoStream,
}

struct State {
    version: String,
    changes: Vec<Change>,
    since_sweep: usize,
    streams: bool,
    listed: bool,
    live_at: Option<Time>,
    /// Nothing is known to be amiss since then.
    is_live: bool,
}

impl Watcher {
    /// Follows until nobody listens or the kind turns out to be denied or absent; then says which.
    pub(super) async fn run(mut self) -> Option<ReadError> {
        let mut state = State {
            version: String::new(),
            changes: Vec::new(),
            since_sweep: 0,
            streams: true,
            listed: false,
            live_at: None,
            is_live: false,
        };
        let mut wait = Duration::from_millis(250);
        loop {
            let why = match self.follow(&mut state).await {
                End::Unheard => return None,
                End::Again => {
                    wait = Duration::from_millis(250);
                    continue;
                }
                End::NoStream => {
                    state.streams = false;
                    continue;
                }
                End::Failed(ReadError::Gone) => {
                    state.version.clear();
                    continue;
                }
                End::Failed(why @ (ReadError::Forbidden(..) | ReadError::NotFound(_))) => {
                    return Some(why);
                }
                End::Failed(why) => why,
            };
            let pause = match &why {
                ReadError::Busy(seconds) => Duration::from_secs(*seconds)
                    .clamp(Duration::from_secs(1), Duration::from_secs(60)),
                _ => wait.mul_f64(0.75 + fastrand::f64() * 0.5),
            };
            if !self.say_stale(&mut state, &why, pause).await || !self.pause(pause).await {
                return None;
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn say_stale(&self, state: &mut State, why: &ReadError, pause: Duration) -> bool {
        // a watch that was open told all until the server was last heard of
        if std::mem::take(&mut state.is_live)
            && let Health::Down(_, heard) = &*self.health.borrow()
        {
            state.live_at = state.live_at.max(*heard);
        }
        let why: Text = why.to_string().into();
        let retry = Time::now().checked_add(pause).ok();
        let freshness = match state.live_at {
            Some(since) => Freshness::Stale { since, why, retry },
            None => Freshness::Unreachable { why, retry },
        };
        self.tx
            .send(Update::Freshness(self.kind, freshness))
            .await
            .is_ok()
    }

    /// Waits for the pause to end, or for the server to come back, whichever is sooner.
    async fn pause(&mut self, pause: Duration) -> bool {
        let back = async {
            // a change to Up is what matters; an error means that the program ends
            while self.health.changed().await.is_ok() {
                if *self.health.borrow_and_update() == Health::Up {
                    return true;
                }
            }
            false
        };
        tokio::time::timeout(pause, back).await.unwrap_or(true) && !self.tx.is_closed()
    }

    async fn follow(&mut self, state: &mut State) -> End {
        if state.version.is_empty() {
            state.listed = false;
            if !state.streams {
                let mut health = self.health.clone();
                let listed = tokio::select! {
                    listed = self.list(state) => listed,
                    gone = server_gone(&mut health) => Err(gone),
                };
                if let Err(end) = listed {
                    return end;
                }
            }
        }
        let stream = state.version.is_empty();
        match self.watch(state, stream).await {
            Ok(end) | Err(end) => end,
        }
    }

    fn accept(&self) -> &'static str {
        match self.kind {
            kind if !kind.resource().builtin => JSON,
            _ => PROTOBUF,
        }
    }

    /// Pages of a list, for servers that cannot stream one.
    async fn list(&self, state: &mut State) -> Result<(), End> {
        let mut keys = Vec::new();
        let mut next = String::new();
        loop {
            let path = if next.is_empty() {
                format!("{}?limit={PAGE}", self.path)
            } else {
                format!("{}?limit={PAGE}&continue={}", self.path, url_text(&next))
            };
            let (form, body) = self
                .getter
                .get(&path, self.accept())
                .await
                .map_err(End::Failed)?;
            let body = match form {
                Form::Protobuf => {
                    wire::unwrap(body)
                        .map_err(|why| End::Failed(why.into()))?
                        .raw
                }
                Form::Json => body,
            };
            let page = self
                .translator
                .with(|translator| decode::list(translator, self.kind, form, &body))
                .map_err(|why| End::Failed(why.into()))?;
            keys.extend(page.objects.iter().map(|object| object.meta().key.clone()));
            let changes = page.objects.into_iter().map(Change::Put).collect();
            self.send(Update::Changes(changes)).await?;
            let all = page
                .remaining
                .and_then(|left| usize::try_from(left).ok())
                .map(|left| left + keys.len());
            if page.next.is_empty() {
                state.version = page.resource_version;
                return self.listed(state, keys).await;
            }
            next = page.next;
            if state.live_at.is_none() {
                self.send(Update::Freshness(
                    self.kind,
                    Freshness::Loading(keys.len(), all),
                ))
                .await?;
            }
        }
    }

    async fn listed(&self, state: &mut State, keys: Vec<Key>) -> Result<(), End> {
        state.listed = true;
        self.send(Update::Listed {
            kind: self.kind,
            namespace: self.namespace.clone(),
            keys,
        })
        .await?;
        self.say_live(state).await
    }

    async fn say_live(&self, state: &mut State) -> Result<(), End> {
        let now = Time::now();
        state.live_at = Some(now);
        state.is_live = true;
        self.send(Update::Freshness(self.kind, (self.live)(now, &self.partly)))
            .await
    }

    async fn send(&self, update: Update) -> Result<(), End> {
        self.tx.send(update).await.map_err(|_| End::Unheard)
    }

    async fn watch(&mut self, state: &mut State, stream: bool) -> Result<End, End> {
        let seconds = WATCH_SECONDS + fastrand::u64(0..60);
        let path = if stream {
            format!(
                "{}?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds={seconds}",
                self.path
            )
        } else {
            format!(
                "{}?watch=1&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={seconds}",
                self.path, state.version
            )
        };
        let accept = if self.accept() == PROTOBUF {
            "application/vnd.kubernetes.protobuf;stream=watch,application/json"
        } else {
            JSON
        };
        // a server that takes the request and says nothing is noticed by its health
        let opened = tokio::select! {
            opened = self.getter.open(&path, accept) => opened,
            gone = server_gone(&mut self.health) => return Err(gone),
        };
        let (form, response) = match opened {
            Ok(opened) => opened,
            // 422: the feature is off; 400: an older server does not know the parameters
            Err(ReadError::Refused(400 | 422, _)) if stream => return Ok(End::NoStream),
            Err(why) => return Err(End::Failed(why)),
        };
        let mut frames = Frames::new(self.kind, form);
        let mut body = response.into_body();
        let mut seen: BTreeSet<Key> = BTreeSet::new();
        let mut long = false;
        self.health.mark_unchanged();
        let mut unproven = !stream && state.listed;
        let quiet = tokio::time::sleep(QUIET);
        tokio::pin!(quiet);
        loop {
            let part = tokio::select! {
                part = body.frame() => part,
                gone = server_gone(&mut self.health) => return Err(gone),
                () = &mut quiet, if unproven => {
                    unproven = false;
                    self.say_live(state).await?;
                    continue;
                }
            };
            let part = match part {
                None if frames.is_torn() => {
                    return Err(End::Failed(ReadError::Unreadable(
                        "the stream ended inside an object".into(),
                    )));
                }
                None if stream && !state.listed => return Ok(End::NoStream),
                None => return Ok(End::Again),
                Some(Err(why)) => {
                    return Err(End::Failed(ReadError::Transport(chain(&why).into())));
                }
                Some(Ok(part)) => part,
            };
            let Ok(part) = part.into_data() else { continue };
            frames.feed(&part);
            while let Some(frame) = self
                .translator
                .with(|translator| frames.next(translator))
                .map_err(|why| End::Failed(why.into()))?
            {
                long |= seen.len() >= LONG;
                self.frame(state, frame, stream, &mut seen).await?;
                if std::mem::take(&mut unproven) {
                    self.say_live(state).await?;
                }
            }
            frames.rest();
            self.flush(state).await?;
            if long && state.listed {
                return Ok(End::Again);
            }
            if stream && !state.listed && state.live_at.is_none() {
                self.send(Update::Freshness(
                    self.kind,
                    Freshness::Loading(seen.len(), None),
                ))
                .await?;
            }
        }
    }

    async fn frame(
        &self,
        state: &mut State,
        frame: Frame,
        stream: bool,
        seen: &mut BTreeSet<Key>,
    ) -> Result<(), End> {
        match frame {
            Frame::Put(object) => {
                let meta = object.meta();
                if stream && !state.listed {
                    seen.insert(meta.key.clone());
                } else {
                    state.version = meta.resource_version.to_string();
                }
                state.changes.push(Change::Put(object));
            }
            Frame::Gone(key, version) => {
                if state.listed {
                    state.version = version;
                }
                seen.remove(&key);
                state.changes.push(Change::Gone(self.kind, key));
            }
            Frame::Bookmark(version, end) => {
                if end && !state.listed {
                    self.flush(state).await?;
                    state.version = version;
                    self.listed(state, std::mem::take(seen).into_iter().collect())
                        .await?;
                } else if state.listed {
                    state.version = version;
                    self.say_live(state).await?;
                }
            }
            Frame::Error(410, _) => return Err(End::Failed(ReadError::Gone)),
            // an etcd that is too old for this: the server says so inside the stream
            Frame::Error(500, why) if !state.listed && why.contains("storage feature") => {
                return Err(End::NoStream);
            }
            Frame::Error(code, message) => {
                return Err(End::Failed(ReadError::Server(
                    u16::try_from(code).unwrap_or(500),
                    message.into(),
                )));
            }
        }
        if state.changes.len() >= BATCH {
            self.flush(state).await
        } else {
            Ok(())
        }
    }

    async fn flush(&self, state: &mut State) -> Result<(), End> {
        if state.changes.is_empty() {
            return Ok(());
        }
        state.since_sweep += state.changes.len();
        let changes = std::mem::take(&mut state.changes);
        self.send(Update::Changes(changes)).await?;
        if state.since_sweep > SWEEP_EVERY {
            state.since_sweep = 0;
            self.translator.with(super::translate::Translator::sweep);
        }
        Ok(())
    }
}

/// Resolves when the server goes away.
async fn server_gone(health: &mut watch::Receiver<Health>) -> End {
    loop {
        if health.changed().await.is_err() {
            return End::Unheard;
        }
        if let Health::Down(why, _) = &*health.borrow_and_update() {
            return End::Failed(ReadError::Transport(why.clone()));
        }
    }
}

/// A continue token in a query.
fn url_text(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
