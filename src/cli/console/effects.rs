//! What the screen asks for, done off the screen's task.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::StreamExt;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    cli::{Ctx, runbooks::Soon},
    config::ArgoConfig,
    domain::{LogBook, LogKey, ObjectRef, Profile, Text, Time},
    insight::{
        diagnosis::{Case, Runbooks},
        incidents::{Survey, survey_with},
    },
    inventory::Inventory,
    journal::{Journal, Past, Record},
    redbutton::{Confirmed, DryRun, Eyes, Plan, settle},
    sources::kube::{KubeReader, KubeSource, LogQuery},
    sources::{argocd, proxmox},
    tui::{Effect, Msg},
};

use super::hands::Hand;

/// Lines at the start of a log that is opened.
const TAIL: u32 = 1000;

/// Does what is asked until nobody asks any more.
pub(super) async fn work(
    mut effects: mpsc::UnboundedReceiver<Effect>,
    tx: mpsc::Sender<Msg>,
    mut source: Option<KubeSource>,
    mut ctx: Ctx,
    books: Soon,
    logs: LogBook,
) {
    let surveyor = Arc::new(tokio::sync::Mutex::new(Surveyor {
        logs,
        fetched: BTreeMap::new(),
    }));
    let mut log: Option<JoinHandle<()>> = None;
    let mut memory = Memory::default();
    while let Some(effect) = effects.recv().await {
        let reader = source.as_ref().map(|source| source.reader.clone());
        match effect {
            Effect::Quit | Effect::Copy(_) => {}
            Effect::StopLog => {
                if let Some(task) = log.take() {
                    task.abort();
                }
            }
            Effect::Survey {
                inventory,
                also,
                now,
            } => {
                let (books, profile) = (books.clone(), ctx.profile.clone());
                let past = memory.past(&ctx);
                let (surveyor, tx) = (surveyor.clone(), tx.clone());
                tokio::spawn(async move {
                    let look = Look {
                        inventory,
                        also,
                        now,
                        books: books.await,
                        profile,
                        past,
                    };
                    survey(surveyor, look, reader, tx).await;
                });
            }
            Effect::ReadDeeds => {
                let deeds = crate::cli::journal::deeds(&ctx);
                tx.send(Msg::Deeds(deeds)).await.ok();
            }
            Effect::Preflight(plan) => {
                tokio::spawn(preflight(ctx.clone(), plan, tx.clone()));
            }
            Effect::Execute { id, confirmed, who } => {
                let journal = crate::cli::journal::of(&ctx);
                let deed = Deed {
                    id,
                    confirmed: *confirmed,
                    who,
                };
                tokio::spawn(execute(ctx.clone(), journal, deed, tx.clone()));
            }
            Effect::Run { id, cleared, who } => {
                if let Some(task) = log.take() {
                    task.abort();
                }
                let ctx = ctx.clone();
                let tx = tx.clone();
                log = Some(tokio::spawn(async move {
                    super::commands::run(id, *cleared, &who, &ctx, &tx).await;
                }));
            }
            Effect::Settle(intents) => {
                let journal = crate::cli::journal::of(&ctx);
                tokio::spawn(settle_all(
                    ctx.clone(),
                    reader,
                    journal,
                    intents,
                    tx.clone(),
                ));
            }
            Effect::Record(record) => {
                if let Err(why) = crate::cli::journal::of(&ctx).append(&record) {
                    tx.send(Msg::Notice(format!("the journal cannot be written: {why}")))
                        .await
                        .ok();
                }
            }
            Effect::FetchYaml(object) => {
                tokio::spawn(yaml(reader, object, tx.clone()));
            }
            Effect::FetchAppDetails {
                object,
                instance,
                project,
            } => {
                let configured = ctx.config.argocd.iter().find(|one| *one.name == *instance);
                tokio::spawn(app_details(
                    configured.cloned(),
                    object,
                    project,
                    tx.clone(),
                ));
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
            Effect::FetchTaskLog { id, task } => {
                log = Some(tokio::spawn(task_log(ctx.clone(), id, task, tx.clone())));
            }
            Effect::Save(name, text) => save(&name, &text, &tx).await,
            Effect::SwitchContext(name) => {
                ctx.globals.context = Some(name.clone());
                match super::follow(&ctx, tx.clone()).await {
                    Ok(next) => {
                        source = Some(next);
                        let glass = super::glass(&ctx, &name);
                        tx.send(Msg::Fresh(name, glass)).await.ok();
                    }
                    Err(why) => {
                        tx.send(Msg::Notice(why.to_string())).await.ok();
                    }
                }
            }
        }
    }
}

async fn preflight(ctx: Ctx, plan: Box<Plan>, tx: mpsc::Sender<Msg>) {
    let (plan, said) = match Hand::of(&ctx, &plan).await {
        Ok(writer) => writer.preflight(*plan).await,
        Err(why) => (*plan, DryRun::Unknown(why)),
    };
    tx.send(Msg::Preflighted(Box::new(plan), said)).await.ok();
}

/// What was confirmed, by whom, and its number on the screen.
struct Deed {
    id: u64,
    confirmed: Confirmed,
    who: String,
}

async fn execute(ctx: Ctx, journal: Journal, deed: Deed, tx: mpsc::Sender<Msg>) {
    let id = deed.id;
    let progress = tx.clone();
    // a screen that is behind is told the next word
    let tell = move |words: String| drop(progress.try_send(Msg::Progress(id, words)));
    let outcome = match Hand::of(&ctx, deed.confirmed.plan()).await {
        Ok(writer) => {
            writer
                .execute(deed.confirmed, &journal, &deed.who, &tell)
                .await
        }
        Err(why) => Err(format!("nothing was done: {why}")),
    };
    tx.send(Msg::Outcome(id, outcome)).await.ok();
}

async fn settle_all(
    ctx: Ctx,
    reader: Option<KubeReader>,
    journal: Journal,
    intents: Vec<Record>,
    tx: mpsc::Sender<Msg>,
) {
    let mut proxmox = Vec::new();
    for one in &ctx.config.proxmox {
        let about = [format!("lxc/{}/", one.name), format!("qemu/{}/", one.name)];
        let concerned = intents
            .iter()
            .flat_map(|intent| &intent.objects)
            .any(|line| about.iter().any(|start| line.starts_with(start)));
        // a token that cannot be had is as good as an installation that is not configured
        if concerned && let Ok(settings) = crate::cli::others::proxmox_settings(one).await {
            proxmox.push(settings);
        }
    }
    let eyes = Eyes {
        kube: reader.as_ref(),
        proxmox: &proxmox,
    };
    let mut found = Vec::new();
    for intent in &intents {
        found.push(settle(eyes, &journal, intent).await);
    }
    tx.send(Msg::Settled(found)).await.ok();
}

/// Logs at hand, and when they were fetched.
struct Surveyor {
    logs: LogBook,
    fetched: BTreeMap<LogKey, Instant>,
}

impl Surveyor {
    /// Fetches a log. What was read before stays where it cannot be read now.
    async fn fetch(&mut self, reader: &KubeReader, key: &LogKey) {
        let log = crate::cli::gather::fetch_log(reader, key).await;
        let had = matches!(
            self.logs
                .get(&key.namespace, &key.pod, &key.container, key.previous),
            Some(Ok(_))
        );
        if log.is_ok() || !had {
            self.logs.put(key.clone(), log);
        }
        self.fetched.insert(key.clone(), Instant::now());
    }

    /// Fetches anew what has grown old, and forgets the logs of pods that are gone.
    async fn refresh(&mut self, reader: &KubeReader, inventory: &Inventory) {
        let gone: Vec<LogKey> = self
            .fetched
            .keys()
            .filter(|key| inventory.pods.find(&key.namespace, &key.pod).is_none())
            .cloned()
            .collect();
        for key in gone {
            self.fetched.remove(&key);
            self.logs.forget(&key);
        }
        let old: Vec<LogKey> = self
            .fetched
            .iter()
            .filter(|(_, at)| at.elapsed() > LOG_LIFE)
            .map(|(key, _)| key.clone())
            .take(MOST_LOGS)
            .collect();
        for key in &old {
            self.fetch(reader, key).await;
        }
    }
}

/// What a survey looks at.
struct Look {
    inventory: Box<Inventory>,
    also: Vec<ObjectRef>,
    now: Time,
    books: Arc<Runbooks>,
    profile: Profile,
    past: Arc<Past>,
}

/// What was seen before, read anew now and then.
#[derive(Default)]
struct Memory {
    read: Option<(Instant, Arc<Past>)>,
}

impl Memory {
    fn past(&mut self, ctx: &Ctx) -> Arc<Past> {
        match &self.read {
            Some((at, past)) if at.elapsed() < PAST_LIFE => past.clone(),
            _ => {
                let past = Arc::new(crate::cli::journal::past(ctx));
                self.read = Some((Instant::now(), past.clone()));
                past
            }
        }
    }
}

/// The past is read again after this time: it grows by what is done here.
const PAST_LIFE: Duration = Duration::from_secs(20);

/// A log is fetched again after this time.
const LOG_LIFE: Duration = Duration::from_secs(30);
/// Logs that one survey fetches at the most.
const MOST_LOGS: usize = 20;

/// Surveys off the screen's task; logs that would help are fetched and the survey is made again.
async fn survey(
    surveyor: Arc<tokio::sync::Mutex<Surveyor>>,
    look: Look,
    reader: Option<KubeReader>,
    tx: mpsc::Sender<Msg>,
) {
    let mut held = surveyor.lock().await;
    let look = Arc::new(look);
    if let Some(reader) = &reader {
        held.refresh(reader, &look.inventory).await;
    }
    let mut found = blocking(&look, held.logs.clone()).await;
    if let Some(reader) = &reader {
        let new: Vec<LogKey> = found
            .wanted()
            .into_iter()
            .filter(|key| !held.fetched.contains_key(key))
            .take(MOST_LOGS)
            .collect();
        for key in &new {
            held.fetch(reader, key).await;
        }
        if !new.is_empty() {
            found = blocking(&look, held.logs.clone()).await;
        }
    }
    tx.send(Msg::Surveyed(Box::new(found))).await.ok();
}

async fn blocking(look: &Arc<Look>, logs: LogBook) -> Survey {
    let look = look.clone();
    let done = tokio::task::spawn_blocking(move || {
        let case = Case {
            inventory: &look.inventory,
            logs: &logs,
            runbooks: &look.books,
            profile: &look.profile,
            now: look.now,
        };
        let mut found = survey_with(&case, &look.also);
        for one in found.diagnoses.values_mut().filter(|one| one.fault) {
            crate::cli::journal::remember(&look.past, one);
        }
        found
    });
    done.await.unwrap_or_default()
}

const NO_CLUSTER: &str = "there is no live cluster behind this screen";

async fn yaml(reader: Option<KubeReader>, object: ObjectRef, tx: mpsc::Sender<Msg>) {
    let result = match reader {
        Some(reader) => reader.yaml(&object).await,
        None => Err(NO_CLUSTER.into()),
    };
    tx.send(Msg::Yaml(object, result)).await.ok();
}

async fn app_details(
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

async fn task_log(ctx: Ctx, id: u64, task: ObjectRef, tx: mpsc::Sender<Msg>) {
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

async fn save(name: &str, text: &str, tx: &mpsc::Sender<Msg>) {
    let said = match tokio::fs::write(name, text).await {
        Ok(()) => format!("saved as {name}"),
        Err(why) => format!("{name}: {why}"),
    };
    tx.send(Msg::Notice(said)).await.ok();
}
