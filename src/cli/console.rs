//! The console itself: sources on one side, the screen on the other, effects in between.

mod changes;
mod commands;
mod effects;
mod hands;
mod reading;
mod save;
mod survey;

use clap::Args;
use tokio::sync::mpsc;

use super::{Ctx, Exit, gather::kube_settings};
use crate::{
    domain::{LogBook, Time},
    journal::Record,
    redbutton::{Glass, Rules},
    sources::{
        dump,
        kube::{self, ConnectError, KubeSource},
    },
    tui::{App, Ground, Grounds, Keymap, Msg, Opening, RunOptions, Theme},
};

/// Updates that may wait for the screen; more make the sources wait.
const QUEUE: usize = 1024;
/// Lines of the log that may wait for the disk; room for them is made at the start.
const LOG_LINES: usize = 1024;

/// Open the console
#[derive(Clone, Debug, Default, Args)]
pub struct ConsoleArgs {
    /// Theme: auto, dark, light, high-contrast, colour-blind, or your own
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
}

/// Runs the console.
pub async fn run(args: &ConsoleArgs, ctx: &Ctx) -> Exit {
    let _log = start_log(ctx);
    let (Look { theme, grounds }, keys) = match look(args, ctx) {
        Ok(look) => look,
        Err(why) => {
            complain!("redbutton: {}: {why}", ctx.config_file.display());
            return Exit::Config;
        }
    };
    let (tx, rx) = mpsc::channel(QUEUE);
    let (effects_tx, effects_rx) = mpsc::unbounded_channel();
    let books = match super::runbooks::soon(ctx) {
        Ok(books) => books,
        Err(exit) => return exit,
    };
    let (app, clock, source, logs) = match open(ctx, theme, keys, tx.clone()).await {
        Ok(opened) => opened,
        Err(exit) => return exit,
    };
    let worker = effects::Worker::new(ctx.clone(), tx, source, books, logs);
    let worker = tokio::spawn(worker.work(effects_rx));
    let options = RunOptions {
        mouse: ctx.config.mouse,
        grounds,
        log_file: ctx.paths.log_file().display().to_string(),
        clock,
    };
    let ended = crate::tui::run(app, rx, effects_tx, options).await;
    worker.abort();
    match ended {
        Ok(()) => Exit::Healthy,
        Err(why) => {
            complain!("redbutton: {why}");
            Exit::Usage
        }
    }
}

/// The colours to begin with, and those for a terminal that tells its background.
struct Look {
    theme: Theme,
    grounds: Option<Grounds>,
}

fn look(args: &ConsoleArgs, ctx: &Ctx) -> Result<(Look, Keymap), String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let name = args.theme.as_deref().unwrap_or(&ctx.config.theme);
    let terminal = variable("TERM");
    let ground = match terminal.as_deref() {
        Some("linux") => Ground::Dark,
        _ => Ground::told(variable("COLORFGBG").as_deref()),
    };
    let named = |ground: Ground| {
        Theme::named(name, &ctx.paths.themes(), ground)
            .map_err(|why| format!("field `theme`: {why}"))
    };
    let theme = named(ground)?;
    let keys = Keymap::new(&ctx.config.keys).map_err(|why| format!("field `keys`: {why}"))?;
    if variable("NO_COLOR").is_some() {
        let theme = theme.without_colours();
        let grounds = None;
        return Ok((Look { theme, grounds }, keys));
    }
    // a dumb one would show the question on the screen
    let asks = !matches!(terminal.as_deref(), None | Some("dumb"));
    let grounds = if name == "auto" && ground == Ground::Unknown && asks {
        Some(Grounds {
            light: named(Ground::Light)?,
            dark: named(Ground::Dark)?,
        })
    } else {
        None
    };
    Ok((Look { theme, grounds }, keys))
}

type Opened = (
    App,
    Box<dyn Fn() -> Time + Send>,
    Option<KubeSource>,
    LogBook,
);

async fn open(
    ctx: &Ctx,
    theme: Theme,
    keys: Keymap,
    tx: mpsc::Sender<Msg>,
) -> Result<Opened, Exit> {
    let now = ctx.now();
    if let Some(path) = &ctx.globals.dump {
        let dump = dump::read(path).map_err(|why| {
            complain!("redbutton: {why}");
            Exit::Unreadable
        })?;
        let at = ctx.globals.now.unwrap_or(dump.now);
        let app = App::new(ctx.profile.clone(), theme, keys, Opening::Dump, at)
            .with_inventory(dump.inventory);
        return Ok((app, Box::new(move || at), None, dump.logs));
    }
    let clock: Box<dyn Fn() -> Time + Send> = Box::new(Time::now);
    let rules = rules(ctx).map_err(|why| {
        complain!(
            "redbutton: {}: field `tiers`: {why}",
            ctx.config_file.display()
        );
        Exit::Config
    })?;
    match follow(ctx, tx).await {
        Ok(source) => Ok((
            App::new(ctx.profile.clone(), theme, keys, Opening::Live, now)
                .with_glass(glass(ctx, &source.context), ctx.config.glass.minutes)
                .with_contexts(kube::contexts(&kube_settings(ctx)).unwrap_or_default())
                .with_rules(rules, ctx.config.journal.progress.is_some())
                .with_registry(super::run::registry(ctx)?)
                .with_unsettled(unsettled(ctx, &source.context)),
            clock,
            Some(source),
            LogBook::new(),
        )),
        Err(why @ ConnectError::NoKubeconfig) => Ok((
            App::new(
                ctx.profile.clone(),
                theme,
                keys,
                Opening::Nothing(why.to_string()),
                now,
            ),
            clock,
            None,
            LogBook::new(),
        )),
        Err(why) => {
            complain!("redbutton: {why}");
            Err(Exit::Unreadable)
        }
    }
}

/// Changes of this context that were cut off: their end is not in the journal, and no other console
/// carries them out.
fn unsettled(ctx: &Ctx, context: &str) -> Vec<Record> {
    let Ok(verified) = super::journal::of(ctx).verify() else {
        return Vec::new();
    };
    let mut open = verified.open;
    open.retain(|record| record.context == context);
    open
}

/// How hard changes are to confirm here.
fn rules(ctx: &Ctx) -> Result<Rules, String> {
    Rules::new(&ctx.config.tiers, ctx.config.glass.cool_down_seconds)
}

/// The glass: welded shut where changes are refused whatever happens.
fn glass(ctx: &Ctx, context: &str) -> Glass {
    if ctx.read_only(context) {
        Glass::welded()
    } else {
        Glass::default()
    }
}

/// Follows the cluster of the options and hands its updates to the screen.
async fn follow(ctx: &Ctx, messages: mpsc::Sender<Msg>) -> Result<KubeSource, ConnectError> {
    let (tx, mut rx) = mpsc::channel(QUEUE);
    let source = kube::follow(kube_settings(ctx), tx.clone())?;
    super::others::follow(ctx, &tx);
    drop(tx);
    tokio::spawn(async move {
        while let Some(update) = rx.recv().await {
            if messages.send(Msg::Update(Box::new(update))).await.is_err() {
                return;
            }
        }
    });
    Ok(source)
}

/// The log goes to a file: the screen is taken.
fn start_log(ctx: &Ctx) -> Option<tracing_appender::non_blocking::WorkerGuard> {
    std::fs::create_dir_all(&ctx.paths.state).ok()?;
    let appender = tracing_appender::rolling::never(&ctx.paths.state, "redbutton.log");
    let (writer, guard) = tracing_appender::non_blocking::NonBlockingBuilder::default()
        .buffered_lines_limit(LOG_LINES)
        .finish(appender);
    let filter = tracing_subscriber::EnvFilter::try_from_env("REDBUTTON_LOG")
        .unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_env_filter(filter)
        .try_init()
        .ok()?;
    Some(guard)
}
