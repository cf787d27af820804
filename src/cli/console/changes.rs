//! What the screen wants done to the world, and what is written down of it.

use std::path::Path;

use tokio::sync::mpsc;

use super::hands::Hand;
use crate::{
    cli::Ctx,
    domain::Time,
    journal::{EntryKind, Journal, Record, Scribe, ScribeError},
    redbutton::{Confirmed, DryRun, Eyes, Plan, settle},
    sources::kube::KubeReader,
    tui::Msg,
};

/// Tries a plan without doing it.
pub(super) async fn preflight(ctx: Ctx, plan: Box<Plan>, tx: mpsc::Sender<Msg>) {
    let (plan, said) = match Hand::of(&ctx, &plan).await {
        Ok(writer) => writer.preflight(*plan).await,
        Err(why) => (*plan, DryRun::Unknown(why)),
    };
    tx.send(Msg::Preflighted(Box::new(plan), said)).await.ok();
}

/// What was confirmed, by whom, and its number on the screen.
pub(super) struct Deed {
    pub id: u64,
    pub confirmed: Confirmed,
    pub who: String,
}

/// Does what was confirmed, and tells how far it is.
pub(super) async fn execute(ctx: Ctx, journal: Journal, deed: Deed, tx: mpsc::Sender<Msg>) {
    let id = deed.id;
    let progress = tx.clone();
    // a screen that is behind is told the next word
    let tell = move |words: String| drop(progress.try_send(Msg::Progress(id, words)));
    let outcome = match Hand::of(&ctx, deed.confirmed.plan()).await {
        Ok(writer) => {
            let outcome = writer
                .execute(deed.confirmed, &journal, &deed.who, &tell)
                .await;
            if matches!(writer, Hand::Pve(_)) {
                ctx.guests_changed.send_replace(());
            }
            outcome
        }
        Err(why) => Err(format!("nothing was done: {why}")),
    };
    tx.send(Msg::Outcome(id, outcome)).await.ok();
}

/// Looks again at changes that were cut off.
pub(super) async fn settle_all(
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

/// Writes into the journal; says so where that fails.
pub(super) async fn record(journal: Journal, record: Box<Record>, tx: mpsc::Sender<Msg>) {
    if let Err(why) = journal.append(&record) {
        tx.send(Msg::Notice(format!("the journal cannot be written: {why}")))
            .await
            .ok();
    }
}

/// PROGRESS.md as it was when the console opened, so that a loss since then is seen.
pub(super) fn scribe(ctx: &Ctx) -> Option<Result<Scribe, ScribeError>> {
    let path = ctx.config.journal.progress.as_deref()?;
    let path = crate::config::expand(path);
    Some(Scribe::open(Path::new(&path)))
}

/// Appends an entry to PROGRESS.md and notes in the journal that it was.
pub(super) fn note(
    scribe: &mut Option<Result<Scribe, ScribeError>>,
    journal: &Journal,
    entry: (&str, &str),
) -> String {
    let (task, description) = entry;
    let now = Time::now();
    let date = now.strftime("%Y-%m-%d").to_string();
    let written = match scribe {
        None => return "the configuration names no PROGRESS.md".into(),
        Some(Err(why)) => return why.to_string(),
        Some(Ok(scribe)) => scribe.append(&date, task, description),
    };
    let line = match written {
        Ok(line) => line,
        Err(why) => return why.to_string(),
    };
    let id = format!("note-{}", now.as_nanosecond());
    let record = Record {
        reason: line.clone(),
        ..Record::new(EntryKind::Note, &id, &now.to_string())
    };
    match journal.append(&record) {
        Ok(()) => format!("noted: {line}"),
        Err(why) => format!("noted, but the journal cannot be written: {why}"),
    }
}
