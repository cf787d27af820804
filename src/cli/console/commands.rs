//! Running a cleared command: recorded, in the context that is on the screen, its output streamed.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
    sync::mpsc,
};

use crate::{
    cli::Ctx,
    domain::Time,
    journal::{EntryKind, Record},
    redbutton::{Tier, command::Cleared},
    tui::Msg,
};

/// Runs it; what it writes comes as parts of a log under the number.
pub(super) async fn run(id: u64, cleared: Cleared, who: &str, ctx: &Ctx, tx: &mpsc::Sender<Msg>) {
    let journal = crate::cli::journal::of(ctx);
    let at = Time::now();
    let key = format!("run-{}", at.as_nanosecond());
    let recorded = cleared.judgement().tier > Tier::Observe || cleared.judgement().shell;
    let intent = Record {
        who: who.into(),
        context: ctx.globals.context.clone().unwrap_or_default(),
        reason: cleared.reason().into(),
        command: cleared.line().into(),
        ..Record::new(EntryKind::Intent, &key, &at.to_string())
    };
    if recorded && let Err(why) = journal.append(&intent) {
        tx.send(Msg::LogEnd(
            id,
            Some(format!(
                "the journal cannot be written: {why}; nothing was run"
            )),
        ))
        .await
        .ok();
        return;
    }
    let result = stream(id, &cleared, ctx, tx).await;
    if recorded {
        let outcome = Record {
            command: cleared.line().into(),
            result: result.clone(),
            ..Record::new(EntryKind::Outcome, &key, &Time::now().to_string())
        };
        if let Err(why) = journal.append(&outcome) {
            tx.send(Msg::Notice(format!("the journal cannot be written: {why}")))
                .await
                .ok();
        }
    }
    tx.send(Msg::LogPart(id, format!("\n[{result}]\n")))
        .await
        .ok();
    tx.send(Msg::LogEnd(id, None)).await.ok();
}

async fn stream(id: u64, cleared: &Cleared, ctx: &Ctx, tx: &mpsc::Sender<Msg>) -> String {
    let Some(mut command) = command(cleared, ctx) else {
        return "the line cannot be taken apart".into();
    };
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(why) => return format!("cannot be started: {why}"),
    };
    let out = child.stdout.take().map(|out| lines(id, out, tx.clone()));
    let err = child.stderr.take().map(|err| lines(id, err, tx.clone()));
    let read = futures::future::join_all(
        [out.map(tokio::spawn), err.map(tokio::spawn)]
            .into_iter()
            .flatten(),
    )
    .await;
    drop(read);
    match child.wait().await {
        Ok(status) => status.to_string(),
        Err(why) => format!("its end is not known: {why}"),
    }
}

/// Through a shell only where the line has shell syntax.
fn command(cleared: &Cleared, ctx: &Ctx) -> Option<Command> {
    let mut command = if cleared.judgement().shell {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(cleared.line());
        shell
    } else {
        let words = shlex::split(cleared.line())?;
        let (program, rest) = words.split_first()?;
        let mut command = Command::new(program);
        // before the verb: behind `--` it would belong to the command inside
        let kubernetes = matches!(program.as_str(), "oc" | "kubectl" | "virtctl");
        if kubernetes && let Some(context) = &ctx.globals.context {
            command.arg("--context").arg(context);
        }
        command.args(rest);
        command
    };
    if let Some(kubeconfig) = &ctx.globals.kubeconfig {
        command.env("KUBECONFIG", kubeconfig);
    }
    Some(command)
}

async fn lines(id: u64, from: impl AsyncRead + Unpin, tx: mpsc::Sender<Msg>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if tx
            .send(Msg::LogPart(id, format!("{line}\n")))
            .await
            .is_err()
        {
            return;
        }
    }
}
