//! What is done is on the disk before it is done, and what became of it after.

use super::{Confirmed, Outcome};
use crate::{
    domain::Time,
    journal::{EntryKind, Journal, Record},
};

/// What is written before a confirmed plan is carried out.
pub(super) fn intent(confirmed: &Confirmed, who: &str, id: &str) -> Record {
    let plan = confirmed.plan();
    // an application may live where this cluster knows nothing of it
    let of = match &*plan.apps.instance {
        instance if plan.verb.is_of_apps() && !instance.is_empty() => format!(" of {instance}"),
        _ => String::new(),
    };
    Record {
        who: who.into(),
        context: plan.context.clone(),
        reason: confirmed.reason().into(),
        command: plan.commands.join("; "),
        objects: plan
            .targets
            .iter()
            .map(|one| format!("{} uid {}{of}", one.object.short(), one.uid))
            .collect(),
        plan: plan.impact.iter().map(|fact| fact.text.clone()).collect(),
        dry_run: confirmed.dry_run().words(),
        overridden: confirmed.overridden().into(),
        ..Record::new(EntryKind::Intent, id, &confirmed.at().to_string())
    }
}

/// Writes the intent, lets the deed be done, and writes its outcome.
///
/// # Errors
/// When the intent cannot be written: then nothing was done.
pub(super) async fn recorded(
    confirmed: &Confirmed,
    journal: &Journal,
    who: &str,
    deed: impl Future<Output = Outcome>,
) -> Result<Outcome, String> {
    let plan = confirmed.plan();
    // the clock of the screen moves on once a second, and two changes may fall into one
    let id = format!(
        "{}-{}-{:08x}",
        confirmed.at().as_nanosecond(),
        std::process::id(),
        fastrand::u32(..)
    );
    let intent = intent(confirmed, who, &id);
    let lost =
        |why: std::io::Error| format!("{}: {why}; nothing was done", journal.path().display());
    let under_way = journal.begin(&intent).map_err(lost)?;
    let begun = std::time::Instant::now();
    let outcome = deed.await;
    let record = Record {
        context: plan.context.clone(),
        command: intent.command.clone(),
        result: outcome.words(),
        took_ms: u64::try_from(begun.elapsed().as_millis()).ok(),
        ..Record::new(EntryKind::Outcome, &id, &Time::now().to_string())
    };
    match under_way.end(&record) {
        Ok(()) => Ok(outcome),
        Err(why) => Ok(Outcome::Unknown(format!(
            "{}; the outcome could not be recorded: {why}",
            outcome.words()
        ))),
    }
}
