//! An operation of Argo CD, followed to its end.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::send::Answer;
use crate::{
    domain::{App, AppVia, Operation, Phase, SyncStatus},
    sources::argocd::application,
};

/// Told how far something is.
pub(super) type Tell<'a> = &'a (dyn Fn(String) + Send + Sync);

/// Time between two looks at an operation.
const LOOK: Duration = Duration::from_millis(500);
/// An operation that takes longer is left to itself: hooks may take as long as they like.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// A server that cannot be read for so long is waited for no longer.
const SILENCE: Duration = Duration::from_secs(60);
/// Health and comparison are written a moment after the operation's end.
const AFTER: Duration = Duration::from_secs(5);

/// How an application is read again.
pub(super) trait Looks: Sync {
    /// The application as it is now.
    fn look_again(&self) -> impl Future<Output = Answer> + Send;
}

/// How following ended.
pub(super) enum End {
    /// The operation has ended; the application after it.
    Ended(Box<App>),
    /// It cannot be told.
    Lost(String),
}

/// Follows the operation that is filed to its end, and waits until what came of it was compared.
pub(super) async fn follow(
    reader: &impl Looks,
    via: AppVia,
    longest: Duration,
    tell: Tell<'_>,
) -> End {
    let begun = Instant::now();
    let mut heard = begun;
    let mut told = String::new();
    let mut last_words = String::new();
    while begun.elapsed() < longest {
        match reader.look_again().await {
            Answer::Good(found) if found["operation"].is_object() => {
                heard = Instant::now();
                let words = progress(&application(&found, via));
                if words != told {
                    tell(words.clone());
                    told = words;
                }
            }
            Answer::Good(found) => return End::Ended(Box::new(compared(reader, via, found).await)),
            Answer::Bad(404, _) => return End::Lost("it is gone".into()),
            Answer::Bad(_, why) | Answer::Lost(why) => last_words = why,
        }
        if heard.elapsed() > SILENCE {
            return End::Lost(format!("it cannot be read any more: {last_words}"));
        }
        tokio::time::sleep(LOOK).await;
    }
    let still = if told.is_empty() { "filed" } else { &told };
    End::Lost(format!(
        "it is not over after {} s: {still}",
        longest.as_secs()
    ))
}

/// The longest time that an operation is followed.
pub(super) const fn longest() -> Duration {
    LONGEST
}

/// The application once it was compared after its operation's end, or as it is when that takes long.
async fn compared(reader: &impl Looks, via: AppVia, mut found: Value) -> App {
    let end = Instant::now() + AFTER;
    loop {
        let app = application(&found, via);
        let finished = app.operation.as_ref().and_then(|one| one.finished);
        let dry = app.operation.as_ref().is_some_and(|one| one.dry_run);
        // times have whole seconds: an equal one may be of the comparison before
        let compared = app.reconciled > finished
            || (app.reconciled == finished && app.sync == SyncStatus::Synced);
        if dry || compared || Instant::now() >= end {
            return app;
        }
        tokio::time::sleep(LOOK).await;
        if let Answer::Good(again) = reader.look_again().await {
            found = again;
        }
    }
}

fn progress(app: &App) -> String {
    match &app.operation {
        None => "filed, not begun".into(),
        Some(operation) if operation.message.is_empty() => operation.phase.as_str().to_lowercase(),
        Some(operation) => operation.message.to_string(),
    }
}

/// What an operation came to: good words, or why it failed.
pub(super) fn verdict(app: &App) -> Result<String, String> {
    let Some(operation) = &app.operation else {
        return Err("Argo CD keeps nothing of it".into());
    };
    let words = if operation.message.is_empty() {
        operation.phase.as_str()
    } else {
        &operation.message
    };
    if operation.phase == Phase::Succeeded {
        return Ok(format!("{words}{}", counted(operation)));
    }
    let failed: Vec<String> = operation
        .results
        .iter()
        .filter(|one| {
            &*one.status == "SyncFailed" || matches!(&*one.hook_phase, "Failed" | "Error")
        })
        .take(4)
        .map(|one| format!("{} {}: {}", one.kind, one.name, one.message))
        .collect();
    let mut text = format!("{}: {words}", operation.phase.as_str());
    // the message often has the first of them already
    for one in failed.iter().filter(|one| !words.contains(one.as_str())) {
        text.push_str("; ");
        text.push_str(one);
    }
    Err(text)
}

/// How many resources ended how.
fn counted(operation: &Operation) -> String {
    let count = |status: &str| {
        operation
            .results
            .iter()
            .filter(|one| &*one.status == status)
            .count()
    };
    let parts: Vec<String> = [
        ("Synced", "applied"),
        ("Pruned", "pruned"),
        ("PruneSkipped", "not pruned"),
    ]
    .into_iter()
    .map(|(status, word)| (count(status), word))
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(", {}", parts.join(", "))
    }
}

/// How an application is now, to be read after its name.
pub(super) fn state(app: &App) -> String {
    let mut words = format!(
        "is {} and {}",
        app.sync.as_str(),
        app.true_health().as_str()
    );
    if !app.revision.is_empty() {
        let short: String = app.revision.chars().take(8).collect();
        words.push_str(&format!(" at {short}"));
    }
    if app.operation_filed {
        words.push_str(", an operation is in progress");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(text: &str) -> App {
        application(&serde_json::from_str(text).unwrap(), AppVia::Api)
    }

    #[test]
    fn what_a_real_server_wrote_is_read_as_it_was_meant() {
        let pruned = recorded(include_str!(
            "../../tests/recordings/argocd/after-prune.json"
        ));
        assert_eq!(
            verdict(&pruned).unwrap(),
            "successfully synced (all tasks run), 1 applied, 2 pruned, 1 not pruned"
        );
        assert_eq!(state(&pruned), "is OutOfSync and Healthy at 1e932dd5");
        let ended = recorded(include_str!(
            "../../tests/recordings/argocd/operation-terminated.json"
        ));
        assert_eq!(
            verdict(&ended).unwrap_err(),
            "Failed: Operation terminated; Job long-migrate: Terminated"
        );
        let waits = recorded(include_str!(
            "../../tests/recordings/argocd/prune-waiting.json"
        ));
        assert!(waits.operation_filed);
        assert_eq!(
            progress(&waits),
            "waiting for pruning confirmation of /ConfigMap/goes-confirm"
        );
    }
}
