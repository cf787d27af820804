//! Surveys of everything, off the screen's task, with the logs that they want.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use crate::{
    cli::Ctx,
    domain::{LogBook, LogKey, ObjectRef, Profile, Time},
    insight::{
        diagnosis::{Case, Runbooks},
        incidents::{Survey, survey_with},
    },
    inventory::Inventory,
    journal::Past,
    sources::kube::KubeReader,
    tui::Msg,
};

/// Logs at hand, and when they were fetched.
pub(super) struct Surveyor {
    logs: LogBook,
    fetched: BTreeMap<LogKey, Instant>,
}

impl Surveyor {
    pub(super) const fn new(logs: LogBook) -> Self {
        Self {
            logs,
            fetched: BTreeMap::new(),
        }
    }

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
pub(super) struct Look {
    pub inventory: Box<Inventory>,
    pub also: Vec<ObjectRef>,
    pub now: Time,
    pub books: Arc<Runbooks>,
    pub profile: Profile,
    pub past: Arc<Past>,
}

/// What was seen before, read anew now and then.
#[derive(Default)]
pub(super) struct Memory {
    read: Option<(Instant, Arc<Past>)>,
}

impl Memory {
    pub(super) fn past(&mut self, ctx: &Ctx) -> Arc<Past> {
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
pub(super) async fn survey(
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
    let (mut found, mut took) = blocking(&look, held.logs.clone()).await;
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
            (found, took) = blocking(&look, held.logs.clone()).await;
        }
    }
    tx.send(Msg::Surveyed(Box::new(found), took)).await.ok();
}

/// A survey, and how long it took.
async fn blocking(look: &Arc<Look>, logs: LogBook) -> (Survey, Duration) {
    let look = look.clone();
    let done = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
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
        (found, began.elapsed())
    });
    done.await.unwrap_or_default()
}
