//! What the screen asks for, done off the screen's task.

use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    changes::{self, Deed},
    reading,
    save::save,
    survey::{Look, Memory, Surveyor, survey},
};
use crate::{
    cli::{Ctx, runbooks::Soon},
    domain::{LogBook, ObjectRef},
    journal::{Journal, Scribe, ScribeError},
    sources::kube::{KubeReader, KubeSource, LogQuery},
    tui::{Effect, Msg},
};

/// Lines at the start of a log that is opened.
const TAIL: u32 = 1000;

/// Who does what is asked, and what that needs.
pub(super) struct Worker {
    ctx: Ctx,
    tx: mpsc::Sender<Msg>,
    source: Option<KubeSource>,
    books: Soon,
    surveyor: Arc<tokio::sync::Mutex<Surveyor>>,
    /// The log that is read, or the command that runs.
    log: Option<JoinHandle<()>>,
    scribe: Option<Result<Scribe, ScribeError>>,
    memory: Memory,
}

impl Worker {
    pub(super) fn new(
        ctx: Ctx,
        tx: mpsc::Sender<Msg>,
        source: Option<KubeSource>,
        books: Soon,
        logs: LogBook,
    ) -> Self {
        Self {
            scribe: changes::scribe(&ctx),
            surveyor: Arc::new(tokio::sync::Mutex::new(Surveyor::new(logs))),
            ctx,
            tx,
            source,
            books,
            log: None,
            memory: Memory::default(),
        }
    }

    /// Does what is asked until nobody asks any more.
    pub(super) async fn work(mut self, mut effects: mpsc::UnboundedReceiver<Effect>) {
        while let Some(effect) = effects.recv().await {
            self.take(effect).await;
        }
    }

    async fn take(&mut self, effect: Effect) {
        match effect {
            Effect::Quit | Effect::Copy(_) => {}
            Effect::StopLog => self.follow_log(None),
            Effect::Save(name, text) => {
                let said = save(&name, &text).await;
                self.tx.send(Msg::Notice(said)).await.ok();
            }
            Effect::SwitchContext(name) => self.switch(name).await,
            Effect::ReadDeeds => {
                let deeds = crate::cli::journal::deeds(&self.ctx);
                self.tx.send(Msg::Deeds(deeds)).await.ok();
            }
            Effect::Preflight(_)
            | Effect::Execute { .. }
            | Effect::Run { .. }
            | Effect::Learn { .. }
            | Effect::Settle(_)
            | Effect::Note { .. }
            | Effect::Record(_) => self.change(effect).await,
            other => self.read(other),
        }
    }

    /// What is written: to the world, or into the books.
    async fn change(&mut self, effect: Effect) {
        let (ctx, tx, journal) = (self.ctx.clone(), self.tx.clone(), self.journal());
        match effect {
            Effect::Preflight(plan) => {
                tokio::spawn(changes::preflight(ctx, plan, tx));
            }
            Effect::Execute { id, confirmed, who } => {
                let deed = Deed {
                    id,
                    confirmed: *confirmed,
                    who,
                };
                tokio::spawn(changes::execute(ctx, journal, deed, tx));
            }
            Effect::Run { id, cleared, who } => {
                self.follow_log(Some(tokio::spawn(async move {
                    super::commands::run(id, *cleared, &who, &ctx, &tx).await;
                })));
            }
            Effect::Learn { pattern, why } => {
                let said = match crate::cli::run::learn(&ctx, &pattern, &why) {
                    Ok(()) => format!("approved from now on: {pattern}"),
                    Err(why) => why,
                };
                tx.send(Msg::Notice(said)).await.ok();
            }
            Effect::Settle(intents) => {
                let reader = self.reader();
                tokio::spawn(changes::settle_all(ctx, reader, journal, intents, tx));
            }
            Effect::Note { task, description } => {
                let said = changes::note(&mut self.scribe, &journal, (&task, &description));
                tx.send(Msg::Notice(said)).await.ok();
            }
            Effect::Record(record) => changes::record(journal, record, tx).await,
            _ => {}
        }
    }

    /// What is read.
    fn read(&mut self, effect: Effect) {
        let (reader, tx) = (self.reader(), self.tx.clone());
        match effect {
            Effect::Survey {
                inventory,
                also,
                now,
            } => {
                let (books, profile) = (self.books.clone(), self.ctx.profile.clone());
                let surveyor = self.surveyor.clone();
                let past = self.memory.past(&self.ctx);
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
            Effect::FetchYaml(object) => {
                tokio::spawn(reading::yaml(reader, object, tx));
            }
            Effect::FetchAppDetails {
                object,
                instance,
                project,
            } => {
                let mut known = self.ctx.config.argocd.iter();
                let configured = known.find(|one| *one.name == *instance).cloned();
                tokio::spawn(reading::app_details(configured, object, project, tx));
            }
            Effect::FetchTaskLog { id, task } => {
                let reading = reading::task_log(self.ctx.clone(), id, task, tx);
                self.log = Some(tokio::spawn(reading));
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
                    container,
                    previous,
                    follow,
                    timestamps,
                    ..query(&pod)
                };
                self.log = Some(tokio::spawn(reading::read_log(reader, id, query, tx)));
            }
            _ => {}
        }
    }

    /// Ends what is read and goes on with something else.
    fn follow_log(&mut self, next: Option<JoinHandle<()>>) {
        if let Some(task) = std::mem::replace(&mut self.log, next) {
            task.abort();
        }
    }

    async fn switch(&mut self, name: String) {
        let mut ctx = self.ctx.clone();
        ctx.globals.context = Some(name.clone());
        match super::follow(&ctx, self.tx.clone()).await {
            Ok(next) => {
                self.source = Some(next);
                let glass = super::glass(&ctx, &name);
                self.ctx = ctx;
                self.tx.send(Msg::Fresh(name, glass)).await.ok();
            }
            Err(why) => {
                self.tx.send(Msg::Notice(why.to_string())).await.ok();
            }
        }
    }

    fn reader(&self) -> Option<KubeReader> {
        self.source.as_ref().map(|source| source.reader.clone())
    }

    fn journal(&self) -> Journal {
        crate::cli::journal::of(&self.ctx)
    }
}

fn query(pod: &ObjectRef) -> LogQuery {
    LogQuery {
        namespace: pod.key.namespace.to_string(),
        pod: pod.key.name.to_string(),
        tail: Some(TAIL),
        ..LogQuery::default()
    }
}
