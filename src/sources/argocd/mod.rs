//! Argo CD by its own API: applications as a stream of events, listed anew every few minutes,
//! since the server loses what happens between its replay and its subscription.

mod cli_config;
mod client;
mod details;
mod feed;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet, time::Instant};

use crate::{
    domain::{App, AppVia, Key, Object, Text, Time, key_of_instance, namespace_there},
    inventory::{Change, SourceId, SourceState, SourceStatus, Update},
    sources::kube::{Json, Translator},
};
pub use cli_config::{CliConfigError, cli_token};
use client::{ArgoError, Client};
pub use details::details;
use feed::Feed;

/// Time between two looks whether the server still answers.
const PULSE: Duration = Duration::from_secs(3);
/// How long the pulse may take.
const PULSE_PATIENCE: Duration = Duration::from_secs(4);
/// How long the first answers may take, which need no work.
const SOON: Duration = Duration::from_secs(8);
/// Longest pause after failures.
const LONGEST: Duration = Duration::from_secs(30);
/// Pause after refused credentials: five wrong passwords within 300 s lock an account out.
const REFUSED: Duration = Duration::from_secs(90);
/// Once a stream has begun, a comment comes every 15 s: after three of them it is dead.
const SILENCE: Duration = Duration::from_secs(50);

/// What the list is asked for: enough to see that an event was lost. Other keys vanish silently.
const LISTED: &str = "items.metadata.name,items.metadata.namespace,items.spec.project,items.status.sync.status,items.status.health,items.status.operationState.phase,items.status.operationState.startedAt";
/// What the stream is asked for: by prefix, and without the managed fields, which are a third of it.
const STREAMED: &str = "result.type,result.application.metadata.name,result.application.metadata.namespace,result.application.metadata.uid,result.application.metadata.resourceVersion,result.application.metadata.creationTimestamp,result.application.metadata.deletionTimestamp,result.application.metadata.finalizers,result.application.metadata.labels,result.application.metadata.annotations.argocd.argoproj.io/tracking-id,result.application.metadata.ownerReferences,result.application.spec,result.application.operation,result.application.status";

/// How to log in.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A token of an account, a project's role or a session.
    Token(SecretString),
    /// User and password.
    Password {
        /// User.
        username: String,
        /// Password.
        password: SecretString,
    },
}

/// One Argo CD instance.
#[derive(Clone, Debug)]
pub struct ArgoSettings {
    /// Name on the screen.
    pub name: String,
    /// Address without `/api`.
    pub url: String,
    /// How to log in.
    pub credentials: Credentials,
    /// PEM file of a certificate authority.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate.
    pub fingerprint: Option<String>,
    /// Time between two lists, which find what the stream did not tell; up to a tenth is added.
    pub relist: Duration,
}

impl ArgoSettings {
    /// Time between two lists where nothing else is wanted.
    pub const RELIST: Duration = Duration::from_secs(180);
}

/// An application from the JSON of the API or of its Kubernetes object.
#[must_use]
pub fn application(object: &Value, via: AppVia) -> App {
    Translator::default().app(Json(object), via, "")
}

/// The token to call an instance with; where a password is configured, one of a new session.
///
/// # Errors
/// Why there is none, in words.
pub async fn token(settings: &ArgoSettings) -> Result<SecretString, String> {
    if let Credentials::Token(token) = &settings.credentials {
        return Ok(token.clone());
    }
    let client = Client::new(settings).map_err(|why| why.to_string())?;
    client.log_in().await.map_err(|why| why.to_string())?;
    client
        .token()
        .ok_or_else(|| "the login gave no token".to_owned())
}

/// Follows an instance until nobody listens any more.
pub async fn follow(settings: ArgoSettings, tx: mpsc::Sender<Update>) {
    run(settings, false, tx).await;
}

/// The same for an instance beside another one: the keys of its applications carry its name, for both
/// may have applications of the same namespace and name.
pub async fn follow_apart(settings: ArgoSettings, tx: mpsc::Sender<Update>) {
    run(settings, true, tx).await;
}

async fn run(settings: ArgoSettings, apart: bool, tx: mpsc::Sender<Update>) {
    let mut follower = Follower {
        name: settings.name.as_str().into(),
        apart,
        address: settings.url.as_str().into(),
        version: Text::default(),
        heard: None,
        relist: settings.relist,
        known: BTreeMap::new(),
        translator: Translator::default(),
        tx,
    };
    let client = match Client::new(&settings) {
        Ok(client) => Arc::new(client),
        Err(why) => {
            follower.fail(&why, None).await;
            return;
        }
    };
    let mut pause = Duration::from_secs(1);
    loop {
        let began = Instant::now();
        let why = match follower.session(&client).await {
            Ok(()) => return,
            Err(why) => why,
        };
        if matches!(why, ArgoError::Refused(_)) {
            client.log_out();
            pause = REFUSED;
        } else if began.elapsed() > LONGEST {
            // it was well for a while: begin with short pauses again
            pause = Duration::from_secs(1);
        }
        let wait = pause.mul_f64(1.0 + fastrand::f64() / 5.0);
        if !follower.fail(&why, Some(wait)).await {
            return;
        }
        pause = (pause * 2).min(LONGEST);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = follower.tx.closed() => return,
        }
    }
}

/// How an application stands, as far as a list tells.
type Standing = (String, String, String, String);

struct Follower {
    name: Text,
    /// The keys of its applications carry its name.
    apart: bool,
    address: Text,
    version: Text,
    heard: Option<Time>,
    relist: Duration,
    known: BTreeMap<Key, Standing>,
    translator: Translator,
    tx: mpsc::Sender<Update>,
}

impl Follower {
    fn key(&self, meta: Json<'_>) -> Key {
        let key = Key::new(meta.text("metadata.namespace"), meta.text("metadata.name"));
        if self.apart {
            key_of_instance(&key, &self.name)
        } else {
            key
        }
    }

    /// From the login to the first failure; `Ok` when nobody listens any more.
    async fn session(&mut self, client: &Arc<Client>) -> Result<(), ArgoError> {
        client.log_in().await?;
        let user = client.get_within("/v1/session/userinfo", &[], SOON).await?;
        // this call never fails: without a valid login it is empty
        if user["loggedIn"].as_bool() != Some(true) {
            return Err(ArgoError::Refused(
                "not logged in: the token is expired, revoked, or not one of this server".into(),
            ));
        }
        let version = client.get_within("/version", &[], SOON).await?;
        self.version = version["Version"].as_str().unwrap_or_default().into();
        let (events, mut feed) = mpsc::channel(64);
        let mut reading = JoinSet::new();
        self.list(client).await?;
        reading.spawn(read(client.clone(), events));
        let mut relist = Instant::now() + self.next_list();
        let mut told = Instant::now();
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let open = tokio::select! {
                event = feed.recv() => match event {
                    Some(Ok(messages)) => {
                        told = Instant::now();
                        self.take(messages).await
                    }
                    Some(Err(why)) => return Err(why),
                    None => return Err(ArgoError::Transport("the stream ended".into())),
                },
                _ = pulse.tick() => {
                    match client.get_within("/version", &[], PULSE_PATIENCE).await {
                        // a server that is busy with the stream of thousands is no dead one
                        Err(ArgoError::Transport(_)) if told.elapsed() < SOON => {}
                        other => drop(other?),
                    }
                    self.live().await
                }
                () = tokio::time::sleep_until(relist) => {
                    relist = Instant::now() + self.next_list();
                    self.reconcile(client).await?
                }
                () = self.tx.closed() => return Ok(()),
            };
            if !open {
                return Ok(());
            }
        }
    }

    /// Until the next list; up to a tenth more, so that several consoles do not ask at once.
    fn next_list(&self) -> Duration {
        self.relist.mul_f64(1.0 + fastrand::f64() / 10.0)
    }

    /// What there is now; applications that are gone go.
    async fn list(&mut self, client: &Client) -> Result<Vec<(Key, String)>, ArgoError> {
        let answer = client
            .get("/v1/applications", &[("fields", LISTED)])
            .await?;
        let mut changed = Vec::new();
        let mut known = BTreeMap::new();
        for item in Json(&answer).list("items") {
            let key = self.key(item);
            let standing = standing(item);
            if self.known.get(&key) != Some(&standing) {
                changed.push((key.clone(), item.text("spec.project").to_owned()));
            }
            known.insert(key, standing);
        }
        self.known = known;
        // a closed channel is noticed at the next turn of the loop
        self.tx.send(self.listed()).await.ok();
        self.live().await;
        Ok(changed)
    }

    /// All that there are.
    fn listed(&self) -> Update {
        Update::AppsListed {
            instance: self.name.clone(),
            keys: self.known.keys().cloned().collect(),
        }
    }

    /// Lists anew and reads what the stream did not tell.
    async fn reconcile(&mut self, client: &Client) -> Result<bool, ArgoError> {
        for (key, project) in self.list(client).await? {
            let query = [
                ("appNamespace", namespace_there(&key)),
                ("project", &*project),
            ];
            let path = format!("/v1/applications/{}", key.name);
            match client.get(&path, &query).await {
                Ok(application) => {
                    if !self.put(&[&application]).await {
                        return Ok(false);
                    }
                }
                // its project is gone, it went meanwhile, or it may be listed but not read
                Err(ArgoError::Status(..)) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(true)
    }

    /// Takes in messages of the stream. Says whether somebody listens.
    async fn take(&mut self, messages: Vec<Value>) -> bool {
        let mut put = Vec::new();
        for message in &messages {
            let application = Json(&message["application"]);
            let key = self.key(application);
            if key.name.is_empty() {
                continue;
            }
            if message["type"] == "DELETED" {
                self.known.remove(&key);
                // its object in the cluster may be another one's of the same name
                if self.tx.send(self.listed()).await.is_err() {
                    return false;
                }
            } else {
                self.known.insert(key, standing(application));
                put.push(application.0);
            }
        }
        self.heard = Some(Time::now());
        put.is_empty() || self.put(&put).await
    }

    async fn put(&mut self, applications: &[&Value]) -> bool {
        let mut changes = Vec::with_capacity(applications.len());
        for one in applications {
            let mut app = self.translator.app(Json(one), AppVia::Api, &self.name);
            app.meta.key = self.key(Json(one));
            changes.push(Change::Put(Object::App(app.into())));
        }
        self.tx.send(Update::Changes(changes)).await.is_ok()
    }

    async fn live(&mut self) -> bool {
        let now = Time::now();
        self.heard = Some(now);
        self.tell(SourceState::Live(now)).await
    }

    async fn fail(&self, why: &ArgoError, pause: Option<Duration>) -> bool {
        let retry = pause.and_then(|pause| {
            let pause = jiff::SignedDuration::try_from(pause).ok()?;
            Time::now().checked_add(pause).ok()
        });
        let said = Text::from(why.with_hint());
        let state = match (why.advice(), self.heard) {
            (Some(advice), _) => SourceState::Refused {
                why: why.to_string().into(),
                advice: advice.into(),
            },
            (None, Some(since)) => SourceState::Stale {
                since,
                why: said,
                retry,
            },
            (None, None) => SourceState::Unreachable { why: said, retry },
        };
        self.tell(state).await
    }

    async fn tell(&self, state: SourceState) -> bool {
        let status = SourceStatus {
            state,
            version: self.version.clone(),
            address: self.address.clone(),
            heard: self.heard,
        };
        let id = SourceId::Argo(self.name.clone());
        self.tx.send(Update::Source(id, status)).await.is_ok()
    }
}

fn standing(application: Json<'_>) -> Standing {
    let text = |path: &str| application.text(path).to_owned();
    (
        text("status.sync.status"),
        text("status.health.status"),
        text("status.operationState.phase"),
        text("status.operationState.startedAt"),
    )
}

/// Reads the stream of applications to its end; what it says goes into the channel.
async fn read(client: Arc<Client>, events: mpsc::Sender<Result<Vec<Value>, ArgoError>>) {
    if let Err(why) = read_on(&client, &events).await {
        // nobody waits for it once the session is over
        events.send(Err(why)).await.ok();
    }
}

async fn read_on(
    client: &Client,
    events: &mpsc::Sender<Result<Vec<Value>, ArgoError>>,
) -> Result<(), ArgoError> {
    let mut response = client
        .open("/v1/stream/applications", &[("fields", STREAMED)])
        .await?;
    let mut feed = Feed::default();
    loop {
        let part = tokio::time::timeout(SILENCE, client.chunk(&mut response))
            .await
            .map_err(|_| ArgoError::Transport("the stream fell silent".into()))??;
        let Some(part) = part else { return Ok(()) };
        let messages = feed.take(&part)?;
        if !messages.is_empty() && events.send(Ok(messages)).await.is_err() {
            return Ok(());
        }
    }
}
