//! One file per subcommand: parse, call the rooms, print.

#[macro_use]
mod say;

mod capture;
mod child;
mod completions;
mod config;
mod console;
mod context;
mod diagnose;
mod doctor;
mod exit;
mod gather;
mod journal;
mod lab;
mod others;
mod report;
mod run;
mod runbooks;
mod timeline;

pub use context::{Ctx, Globals};
pub use exit::Exit;
pub use gather::{Scene, gather};

use clap::{Parser, Subcommand};

/// The terminal console of an SRE who runs a hybrid lab: OpenShift, Argo CD, KubeVirt and Proxmox.
///
/// Without a command the console opens. It starts read-only: nothing is changed until the glass is broken.
#[derive(Debug, Parser)]
#[command(name = "redbutton", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(flatten)]
    console: console::ConsoleArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write, check and find the configuration file
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print the overview and end
    Report(report::ReportArgs),
    /// Name the cause of an object's trouble, with proof and the fix
    Diagnose(diagnose::DiagnoseArgs),
    /// Run a command by hand through the gate, or only judge it
    Run(run::RunArgs),
    /// Look through what was done, add to PROGRESS.md, check the audit log
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// List, show and try runbooks
    #[command(subcommand)]
    Runbooks(runbooks::RunbooksCommand),
    /// Write a dump of the live cluster, to look at later or to hand on
    Capture(capture::CaptureArgs),
    /// Show what changed, and what of it came just before the trouble
    Timeline(timeline::TimelineArgs),
    /// Test the connection and each right that is needed, and say what to do
    Doctor,
    /// Serve the simulated lab, for kubectl and for tests
    #[command(subcommand)]
    Lab(lab::LabCommand),
    /// Print shell completions
    Completions(completions::Completions),
    /// Print the manual page
    Man,
}

/// Threads beside the screen's own. Reading a cluster waits more than it works, and every further
/// thread keeps memory of its own.
const THREADS: usize = 2;

/// Runs the program and says how it ended.
#[must_use]
pub fn main() -> std::process::ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // help and version are no errors; everything else is wrong usage
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Healthy
            };
            return if error.print().is_ok() {
                exit.into()
            } else {
                Exit::Usage.into()
            };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(why) => {
            complain!("redbutton: cannot start its tasks: {why}");
            return Exit::Unreadable.into();
        }
    };
    let exit = runtime.block_on(dispatch(cli));
    // a source that hangs in a system call must not keep the program alive
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    exit.into()
}

async fn dispatch(mut cli: Cli) -> Exit {
    if !cli.globals.demo {
        return command(cli).await;
    }
    match demo(&mut cli.globals).await {
        Ok((running, folder)) => {
            let exit = command(cli).await;
            running.stop();
            if let Err(why) = std::fs::remove_dir_all(&folder) {
                complain!("redbutton: {}: {why}", folder.display());
            }
            exit
        }
        Err(why) => {
            complain!("redbutton: the demo lab cannot start: {why}");
            Exit::Unreadable
        }
    }
}

/// Starts the lab inside this program and points the options at it, as at any other cluster.
async fn demo(globals: &mut Globals) -> std::io::Result<(crate::lab::Running, std::path::PathBuf)> {
    let running = crate::lab::start(&crate::lab::Options::default()).await?;
    let folder = std::env::temp_dir().join(format!("redbutton-demo-{}", std::process::id()));
    running.write_files(&folder)?;
    globals.kubeconfig = Some(folder.join("kubeconfig"));
    globals.config = Some(folder.join("config.toml"));
    Ok((running, folder))
}

/// Resolves at SIGTERM, SIGHUP or Ctrl-C.
pub(crate) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::hangup()) => {}
        () = wait(SignalKind::interrupt()) => {}
    }
}

async fn command(cli: Cli) -> Exit {
    match cli.command {
        Some(Command::Config(command)) => config::run(&command, &cli.globals),
        Some(Command::Report(args)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => report::run(&args, &ctx).await,
            Err(exit) => exit,
        },
        Some(Command::Diagnose(args)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => diagnose::run(&args, &ctx).await,
            Err(exit) => exit,
        },
        Some(Command::Capture(args)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => capture::run(&args, &ctx).await,
            Err(exit) => exit,
        },
        Some(Command::Timeline(args)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => timeline::run(&args, &ctx).await,
            Err(exit) => exit,
        },
        Some(Command::Doctor) => match Ctx::load(&cli.globals) {
            Ok(ctx) => doctor::run(&ctx).await,
            Err(exit) => exit,
        },
        Some(Command::Lab(command)) => lab::run(&command).await,
        Some(Command::Run(args)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => run::run(&args, &ctx).await,
            Err(exit) => exit,
        },
        Some(Command::Journal(command)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => journal::run(&command, &ctx),
            Err(exit) => exit,
        },
        Some(Command::Runbooks(command)) => match Ctx::load(&cli.globals) {
            Ok(ctx) => runbooks::run(&command, &ctx),
            Err(exit) => exit,
        },
        Some(Command::Completions(command)) => completions::run(&command),
        Some(Command::Man) => completions::man(),
        None => match Ctx::load(&cli.globals) {
            Ok(ctx) => console::run(&cli.console, &ctx).await,
            Err(exit) => exit,
        },
    }
}
