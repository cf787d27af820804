//! `redbutton run`: a command typed by hand goes through the same gate as everything else.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    time::Instant,
};

use clap::{Args, ValueEnum};
use tokio::process::Command;

use super::{Ctx, Exit, child, journal};
use crate::{
    config,
    journal::{EntryKind, Journal, Record, Registry},
    redbutton::command::{Judgement, Verdict, judge_line, judge_words},
};

/// Options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Only judge, run nothing; the exit code is 0 whatever the verdict
    #[arg(long)]
    explain: bool,
    /// Form of the judgement
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
    /// After it was allowed, approve this pattern from now on
    #[arg(long, value_name = "PATTERN")]
    learn: Option<String>,
    /// The command; a single argument with spaces is read as a shell line
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "CMD"
    )]
    words: Vec<String>,
}

/// Form of the judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The list of approved commands: the profile's and the user's own.
///
/// # Errors
/// [`Exit::Unreadable`] after the reason was printed.
pub fn registry(ctx: &Ctx) -> Result<Registry, Exit> {
    let path = registry_file(ctx);
    let own = Registry::read(&path).map_err(|why| {
        complain!("redbutton: {}: {why}", path.display());
        Exit::Unreadable
    })?;
    for bad in own.malformed() {
        let (file, line) = (path.display(), bad.line);
        complain!(
            "redbutton: {file}:{line}: {}; the line approves nothing",
            bad.why
        );
    }
    Ok(Registry::bundled(&ctx.profile.approved).and(own))
}

fn registry_file(ctx: &Ctx) -> std::path::PathBuf {
    ctx.config
        .journal
        .approved
        .as_deref()
        .map_or_else(|| ctx.paths.config.join("approved.txt"), config::expand)
}

/// Judges what was typed.
pub fn judge(words: &[String], registry: &Registry) -> Judgement {
    match words {
        [line] if line.contains(char::is_whitespace) => judge_line(line, registry),
        words => judge_words(words, registry),
    }
}

/// The words as they could be typed: one that a shell would take apart is quoted.
fn as_line(words: &[String]) -> String {
    match words {
        [line] => line.clone(),
        words => {
            shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" "))
        }
    }
}

/// Runs the command.
pub async fn run(args: &RunArgs, ctx: &Ctx) -> Exit {
    let registry = match registry(ctx) {
        Ok(registry) => registry,
        Err(exit) => return exit,
    };
    let judgement = judge(&args.words, &registry);
    if args.explain {
        explain(args, &judgement);
        return Exit::Healthy;
    }
    let line = as_line(&args.words);
    if ctx.globals.read_only || ctx.config.read_only {
        if judgement.verdict != Verdict::Allowed || judgement.tier > crate::redbutton::Tier::Observe
        {
            complain!(
                "redbutton: read-only: {line} is not run ({})",
                judgement.why
            );
            return Exit::Critical;
        }
    } else if judgement.verdict != Verdict::Allowed || judgement.shell {
        match confirm(&judgement, &line) {
            Confirmed::Yes => {}
            Confirmed::No => {
                complain!("redbutton: not run");
                return Exit::Warnings;
            }
            Confirmed::NoTerminal => {
                complain!(
                    "redbutton: {line} needs a confirmation and there is no terminal to ask at ({})",
                    judgement.why
                );
                return Exit::Critical;
            }
        }
        if let Some(pattern) = &args.learn {
            match learn(ctx, pattern, &format!("allowed while running {line}")) {
                Ok(()) => complain!("redbutton: approved from now on: {pattern}"),
                Err(why) => complain!("redbutton: {why}"),
            }
        }
    }
    execute(args, ctx, &judgement, &line).await
}

fn explain(args: &RunArgs, judgement: &Judgement) {
    match args.output {
        Form::Json => match serde_json::to_string_pretty(judgement) {
            Ok(text) => say!("{text}"),
            Err(why) => complain!("redbutton: {why}"),
        },
        Form::Text => {
            let (verdict, tier) = (judgement.verdict.as_str(), judgement.tier.as_str());
            say!("{verdict} ({tier}): {}", crate::tui::clean(&judgement.why));
            for part in &judgement.parts {
                let (verdict, tier) = (part.verdict.as_str(), part.tier.as_str());
                let (command, why) = (
                    crate::tui::clean(&part.command),
                    crate::tui::clean(&part.why),
                );
                say!("  {verdict} ({tier}): {command} — {why}");
            }
        }
    }
}

enum Confirmed {
    Yes,
    No,
    NoTerminal,
}

/// Asks at the terminal. A destructive command wants its deciding word typed; Enter alone is no.
fn confirm(judgement: &Judgement, line: &str) -> Confirmed {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Confirmed::NoTerminal;
    }
    let destructive = judgement.verdict == Verdict::Destructive;
    let wanted = if destructive {
        judgement
            .matched
            .rsplit(' ')
            .next()
            .unwrap_or("yes")
            .to_owned()
    } else {
        "yes".to_owned()
    };
    if destructive {
        complain!("▲ DESTRUCTIVE OPERATION DETECTED\n");
    }
    complain!("Command: {}", crate::tui::clean(line));
    complain!("Impact:  {} ({})", judgement.why, judgement.tier.as_str());
    for part in judgement
        .parts
        .iter()
        .filter(|part| part.verdict != Verdict::Allowed)
    {
        complain!("         {}", crate::tui::clean(&part.command));
    }
    eprint!("\nProceed? Type {wanted} to run it, anything else to cancel: ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(_) if answer.trim() == wanted => Confirmed::Yes,
        _ => Confirmed::No,
    }
}

/// Writes a pattern into the user's list of approved commands.
pub(super) fn learn(ctx: &Ctx, pattern: &str, why: &str) -> Result<(), String> {
    let file = registry_file(ctx);
    let date = ctx.now().strftime("%Y-%m-%d").to_string();
    Registry::append(&file, pattern, &date, why).map_err(|why| format!("{}: {why}", file.display()))
}

/// Runs it with the terminal handed over, recorded before and after.
async fn execute(args: &RunArgs, ctx: &Ctx, judgement: &Judgement, line: &str) -> Exit {
    let mut command = match prepare(args, ctx, judgement) {
        Ok(Some(command)) => command,
        Ok(None) => return Exit::Usage,
        Err(why) => {
            complain!("redbutton: {line}: {why}");
            return Exit::Unreadable;
        }
    };
    let journal: Journal = journal::of(ctx);
    let at = ctx.now().to_string();
    let id = format!("{at}-{}", std::process::id());
    let recorded = judgement.tier > crate::redbutton::Tier::Observe;
    let intent = Record {
        who: user(),
        command: line.into(),
        context: ctx.globals.context.clone().unwrap_or_default(),
        reason: judgement.why.clone(),
        ..Record::new(EntryKind::Intent, &id, &at)
    };
    let under_way = match recorded.then(|| journal.begin(&intent)).transpose() {
        Ok(under_way) => under_way,
        Err(why) => {
            complain!(
                "redbutton: {}: {why}; nothing was run",
                journal.path().display()
            );
            return Exit::Unreadable;
        }
    };
    let begun = Instant::now();
    let status = command.status().await;
    if let Some(under_way) = under_way {
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let outcome = Record {
            command: line.into(),
            result: match &status {
                Ok(status) => status.to_string(),
                Err(why) => format!("failed: {why}"),
            },
            took_ms: Some(took),
            ..Record::new(EntryKind::Outcome, &id, &ctx.now().to_string())
        };
        if let Err(why) = under_way.end(&outcome) {
            complain!("redbutton: {}: {why}", journal.path().display());
        }
    }
    match status {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            Exit::Child(code.unwrap_or(1))
        }
        Err(why) => {
            complain!("redbutton: {line}: {why}");
            Exit::Unreadable
        }
    }
}

/// Through a shell only where the line has shell syntax.
fn prepare(args: &RunArgs, ctx: &Ctx, judgement: &Judgement) -> io::Result<Option<Command>> {
    match args.words.as_slice() {
        [line] if judgement.shell => child::shell(line, ctx).map(Some),
        [line] => child::words(&shlex::split(line).unwrap_or_default(), ctx),
        words => child::words(words, ctx),
    }
}

fn user() -> String {
    std::env::var("USER").unwrap_or_default()
}
