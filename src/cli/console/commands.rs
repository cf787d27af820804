//! Running a cleared command: recorded, in the context that is on the screen, its output streamed.

use std::{io, process::Stdio};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
    sync::mpsc,
};

use crate::{
    cli::{Ctx, child},
    domain::Time,
    journal::{EntryKind, Record, UnderWay},
    redbutton::{Tier, command::Cleared},
    tui::Msg,
};

/// Runs it; what it writes comes as parts of a log under the number.
pub(super) async fn run(id: u64, cleared: Cleared, who: &str, ctx: &Ctx, tx: &mpsc::Sender<Msg>) {
    let journal = crate::cli::journal::of(ctx);
    let at = Time::now();
    let key = format!("run-{}", at.as_nanosecond());
    let recorded = cleared.judgement().tier > Tier::Observe || cleared.judgement().shell;
    let intent = cleared.intent(who, &key, at);
    let begun = recorded.then(|| journal.begin(&intent)).transpose();
    let under_way = match begun {
        Ok(under_way) => under_way,
        Err(why) => return refused(id, &why, tx).await,
    };
    let mut pending = under_way.map(|under_way| Pending {
        under_way: Some(under_way),
        key,
        command: cleared.line().into(),
    });
    let result = stream(id, &cleared, ctx, tx).await;
    if let Some(pending) = &mut pending
        && let Err(why) = pending.settle(&result)
    {
        let text = format!("the journal cannot be written: {why}");
        tx.send(Msg::Notice(text)).await.ok();
    }
    let end = format!("\n[{result}]\n");
    tx.send(Msg::LogPart(id, end)).await.ok();
    tx.send(Msg::LogEnd(id, None)).await.ok();
}

/// An outcome that is still to be written; where the command is cancelled, that is the outcome.
struct Pending {
    under_way: Option<UnderWay>,
    key: String,
    command: String,
}

impl Pending {
    fn settle(&mut self, result: &str) -> io::Result<()> {
        let Some(under_way) = self.under_way.take() else {
            return Ok(());
        };
        under_way.end(&Record {
            command: self.command.clone(),
            result: result.into(),
            ..Record::new(EntryKind::Outcome, &self.key, &Time::now().to_string())
        })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Err(why) = self.settle("cancelled; what it had done until then stays done") {
            tracing::error!(%why, "the journal cannot be written");
        }
    }
}

async fn refused(id: u64, why: &io::Error, tx: &mpsc::Sender<Msg>) {
    let words = format!("the journal cannot be written: {why}; nothing was run");
    tx.send(Msg::LogEnd(id, Some(words))).await.ok();
}

async fn stream(id: u64, cleared: &Cleared, ctx: &Ctx, tx: &mpsc::Sender<Msg>) -> String {
    let mut command = match command(cleared, ctx) {
        Ok(Some(command)) => command,
        Ok(None) => return "the line cannot be taken apart".into(),
        Err(why) => return format!("cannot be started: {why}"),
    };
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(why) => return format!("cannot be started: {why}"),
    };
    let mut group = Group(child.id());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    futures::future::join(pass_on(id, out, tx), pass_on(id, err, tx)).await;
    let ended = child.wait().await;
    group.0 = None;
    match ended {
        Ok(status) => status.to_string(),
        Err(why) => format!("its end is not known: {why}"),
    }
}

/// The processes of a line, ended together when the pane is closed before they are done.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let Some(group) = self.0 else { return };
        // the shell's own kill knows groups everywhere
        let ended = std::process::Command::new("sh")
            .args(["-c", &format!("kill -TERM -- -{group}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if let Err(why) = ended {
            tracing::warn!(%why, group, "a cancelled command may still run");
        }
    }
}

/// Through a shell only where the line has shell syntax.
fn command(cleared: &Cleared, ctx: &Ctx) -> io::Result<Option<Command>> {
    if cleared.judgement().shell {
        return child::shell(cleared.line(), ctx).map(Some);
    }
    match shlex::split(cleared.line()) {
        Some(words) => child::words(&words, ctx),
        None => Ok(None),
    }
}

/// Passes output on as it comes; the channel is bounded, and so is what the pane keeps.
async fn pass_on(id: u64, from: Option<impl AsyncRead + Unpin>, tx: &mpsc::Sender<Msg>) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 8 * 1024];
    let mut left = Vec::new();
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        left.extend_from_slice(&buffer[..count]);
        // a letter may be cut in two between reads
        let whole = match std::str::from_utf8(&left) {
            Err(why) if why.error_len().is_none() => why.valid_up_to(),
            _ => left.len(),
        };
        let text = String::from_utf8_lossy(&left[..whole]).into_owned();
        left.drain(..whole);
        if tx.send(Msg::LogPart(id, text)).await.is_err() {
            return;
        }
    }
}
