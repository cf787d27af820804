//! Starts everything that follows a cluster.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OnceCell, RwLock, mpsc, oneshot, watch},
    task::JoinSet,
};

use super::{
    connect::{self, ConnectError, Context, KubeSettings},
    discovery::{Served, discover},
    health::{Doorbell, Health, gone, pause},
    http::{Getter, ReadError},
    login::{self, Standing},
    reader::KubeReader,
    rights, table,
    translate::SharedTranslator,
    usage,
    watcher::{Partly, Watcher},
};
use crate::{
    domain::{Freshness, Kind, Text, Time},
    inventory::{Identity, SourceId, SourceState, SourceStatus, Update},
};

/// What was denied or absent is asked for again after this time: rights and kinds come and go.
const ASK_AGAIN: Duration = Duration::from_secs(60);
/// So long the lists of objects wait for the first screen: both at once would only make it later.
const FIRST_SCREEN: Duration = Duration::from_secs(2);
/// Between two tries to find out what the server has.
const DISCOVER_AGAIN: Duration = Duration::from_secs(2);

/// A cluster that is being followed. Dropping it ends that.
pub struct KubeSource {
    /// Reads single things on demand.
    pub reader: KubeReader,
    /// Context that is followed.
    pub context: String,
    _tasks: JoinSet<()>,
}

/// Follows a cluster.
///
/// # Errors
/// When no client can be made. A server that does not answer is no error: it is tried for ever.
pub fn follow(
    settings: KubeSettings,
    tx: mpsc::Sender<Update>,
) -> Result<KubeSource, ConnectError> {
    let connection = connect::context(&settings)?;
    let getter = Getter::waiting();
    let reader = KubeReader {
        getter: getter.clone(),
        served: Arc::new(RwLock::new(Served::default())),
    };
    let context = connection.name.clone();
    let (health_tx, health) = watch::channel(Health::Unknown);
    let (standing_tx, standing) = watch::channel(Standing::Fine);
    let mut tasks = JoinSet::new();
    tasks.spawn(login::keep(
        settings.clone(),
        connection.clone(),
        getter.clone(),
        standing,
    ));
    let doorbell = Doorbell {
        getter: getter.clone(),
        tx: tx.clone(),
        health: health_tx,
        standing: standing_tx,
        address: connection.server.as_str().into(),
    };
    tasks.spawn(doorbell.ring());
    let run = Run {
        settings,
        connection,
        getter,
        tx,
        health,
        served: reader.served.clone(),
        translator: SharedTranslator::default(),
        projects: OnceCell::new(),
    };
    tasks.spawn(Arc::new(run).all());
    Ok(KubeSource {
        reader,
        context,
        _tasks: tasks,
    })
}

struct Run {
    settings: KubeSettings,
    connection: Context,
    getter: Getter,
    tx: mpsc::Sender<Update>,
    health: watch::Receiver<Health>,
    served: Arc<RwLock<Served>>,
    translator: SharedTranslator,
    /// What OpenShift shows one, asked once.
    projects: OnceCell<Vec<Text>>,
}

impl Run {
    async fn all(self: Arc<Self>) {
        // the kubeconfig says where one is, whatever the server will say
        self.tx.send(Update::Identity(self.place())).await.ok();
        let mut tasks = JoinSet::new();
        let (done, shown) = oneshot::channel();
        tasks.spawn(self.clone().first_screen(done));
        let shown = tokio::time::timeout(FIRST_SCREEN, shown);
        let (served, _) = tokio::join!(self.first_discovery(), shown);
        let Some(served) = served else {
            return;
        };
        *self.served.write().await = served.clone();
        if self.settings.metrics && served.metrics {
            tasks.spawn(usage::metrics(
                self.getter.clone(),
                self.tx.clone(),
                self.health.clone(),
            ));
        } else {
            let why = if served.metrics {
                "switched off"
            } else {
                "the server has no metrics.k8s.io"
            };
            let state = SourceState::Unreachable {
                why: why.into(),
                retry: None,
            };
            self.tx
                .send(Update::Source(
                    SourceId::Metrics,
                    SourceStatus {
                        state,
                        ..SourceStatus::default()
                    },
                ))
                .await
                .ok();
        }
        if self.settings.kubelets {
            tasks.spawn(usage::kubelets(
                self.getter.clone(),
                self.tx.clone(),
                self.health.clone(),
            ));
        }
        tasks.spawn(self.clone().identify());
        for kind in Kind::ALL.iter().copied() {
            tasks.spawn(self.clone().kind(kind));
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn first_discovery(&self) -> Option<Served> {
        let mut health = self.health.clone();
        loop {
            let found = tokio::select! {
                why = gone(&mut health) => Err(ReadError::Transport(why)),
                found = discover(&self.getter) => found,
            };
            match found {
                Ok(served) => return Some(served),
                Err(why) => {
                    let retry = Time::now().checked_add(DISCOVER_AGAIN).ok();
                    let freshness = match &why {
                        ReadError::Forbidden(denial, _) => Freshness::Forbidden(denial.clone()),
                        why => Freshness::Unreachable {
                            why: why.to_string().into(),
                            retry,
                        },
                    };
                    for kind in Kind::ALL.iter().copied() {
                        self.tx
                            .send(Update::Freshness(kind, freshness.clone()))
                            .await
                            .ok()?;
                    }
                    pause(&mut health, DISCOVER_AGAIN).await;
                }
            }
        }
    }

    /// The table of all pods. Whatever goes wrong here, the watch will say.
    async fn first_screen(self: Arc<Self>, done: oneshot::Sender<()>) {
        if let Ok(rows) = table::pod_rows(&self.getter).await {
            self.tx.send(Update::PodRows(rows)).await.ok();
        }
        done.send(()).ok();
    }

    /// Where one is, before it is known who one is there.
    fn place(&self) -> Identity {
        Identity {
            context: self.connection.name.as_str().into(),
            cluster: self.connection.cluster.as_str().into(),
            namespace: self.connection.namespace.as_str().into(),
            ..Identity::default()
        }
    }

    async fn identify(self: Arc<Self>) {
        let (user, groups) = rights::who(&self.getter).await.unwrap_or_default();
        let admin = rights::may(&self.getter, "*", "*", "*", "")
            .await
            .unwrap_or_default();
        let version = self.getter.json("/version").await.ok();
        let version = version
            .as_ref()
            .and_then(|version| version.get("gitVersion")?.as_str());
        let identity = Identity {
            kubernetes: version.unwrap_or_default().into(),
            openshift: self.openshift().await.unwrap_or_default(),
            user,
            groups,
            admin,
            server: self.connection.server.as_str().into(),
            ..self.place()
        };
        self.tx.send(Update::Identity(identity)).await.ok();
    }

    async fn openshift(&self) -> Option<Text> {
        let path = self.served.read().await.path(Kind::ClusterVersion, None)?;
        let version = self.getter.json(&format!("{path}/version")).await.ok()?;
        let version = super::custom::Json(&version);
        Some(version.text("status.desired.version").into())
    }

    /// Follows one kind for ever, in all namespaces or in those that may be read.
    async fn kind(self: Arc<Self>, kind: Kind) {
        // configuration objects may hold secrets and are named by the events that matter
        if matches!(kind, Kind::ConfigMap | Kind::Secret) {
            self.tx
                .send(Update::Freshness(kind, Freshness::NotConfigured))
                .await
                .ok();
            return;
        }
        loop {
            let path = self.served.read().await.path(kind, None);
            let denied = match path {
                Some(path) => {
                    self.watcher(kind, path, None, Partly::default())
                        .run()
                        .await
                }
                None => Some(ReadError::NotFound(Text::default())),
            };
            match denied {
                None => return,
                Some(ReadError::Forbidden(denial, _)) => self.by_namespace(kind, denial).await,
                Some(_) => {
                    self.tx
                        .send(Update::Freshness(kind, Freshness::NotInstalled))
                        .await
                        .ok();
                    tokio::time::sleep(ASK_AGAIN).await;
                    if let Ok(served) = discover(&self.getter).await {
                        *self.served.write().await = served;
                    }
                }
            }
            if self.tx.is_closed() {
                return;
            }
        }
    }

    fn watcher(
        &self,
        kind: Kind,
        path: String,
        namespace: Option<Text>,
        partly: Partly,
    ) -> Watcher {
        let live = if partly.namespaces.is_empty() {
            |now: Time, _: &Partly| Freshness::Live(now)
        } else {
            |_: Time, partly: &Partly| {
                Freshness::Partial(partly.namespaces.clone(), partly.denial.clone())
            }
        };
        Watcher {
            getter: self.getter.clone(),
            kind,
            path,
            namespace,
            tx: self.tx.clone(),
            health: self.health.clone(),
            live,
            partly,
            translator: self.translator.clone(),
        }
    }

    async fn by_namespace(&self, kind: Kind, denial: crate::domain::Denial) {
        let mut candidates: Vec<Text> = self
            .settings
            .namespaces
            .iter()
            .map(|name| name.as_str().into())
            .collect();
        if candidates.is_empty() {
            let projects = self.projects.get_or_init(|| rights::projects(&self.getter));
            candidates.clone_from(projects.await);
        }
        let own: Text = self.connection.namespace.as_str().into();
        if !candidates.contains(&own) {
            candidates.push(own);
        }
        let namespaces = if kind.resource().namespaced {
            rights::allowed(&self.getter, kind, &candidates).await
        } else {
            Vec::new()
        };
        if namespaces.is_empty() {
            self.tx
                .send(Update::Freshness(kind, Freshness::Forbidden(denial)))
                .await
                .ok();
            tokio::time::sleep(ASK_AGAIN).await;
            return;
        }
        let partly = Partly {
            namespaces: namespaces.clone(),
            denial,
        };
        let mut watchers = JoinSet::new();
        for namespace in namespaces {
            let Some(path) = self.served.read().await.path(kind, Some(&namespace)) else {
                continue;
            };
            watchers.spawn(
                self.watcher(kind, path, Some(namespace), partly.clone())
                    .run(),
            );
        }
        // the first one that ends (its right was withdrawn) has all of them begin anew
        watchers.join_next().await;
    }
}
