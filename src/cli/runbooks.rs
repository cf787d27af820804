//! `redbutton runbooks`: list them, show one, try one's own.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Subcommand;
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};

use super::{Ctx, Exit};
use crate::insight::diagnosis::{
    BUNDLED, LOG_TOPICS, Runbook, RunbookError, Runbooks, parse_runbooks,
};

/// What to do with runbooks.
#[derive(Debug, Subcommand)]
pub enum RunbooksCommand {
    /// List all runbooks, those of the user's folder among them
    List,
    /// Show one runbook
    Show {
        /// Its id
        id: String,
    },
    /// Check a file of runbooks, and hold it against texts read from standard input
    Test {
        /// File
        file: PathBuf,
        /// What kind of sign the texts are, as event:FailedMount or log:app
        #[arg(long, default_value = "log:app")]
        on: String,
    },
}

/// Why the user's runbooks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// A file is wrong.
    #[error("{0}")]
    Wrong(#[from] RunbookError),
}

/// All runbooks: the program's own, then those of the folder, which replace ones of the same id.
///
/// # Errors
/// [`LoadError`] with file, line and what was expected.
pub fn load(folder: &Path) -> Result<Runbooks, LoadError> {
    let mut all = bundled()?;
    all.extend(own(folder)?);
    Ok(Runbooks::new(all))
}

fn bundled() -> Result<Vec<Runbook>, RunbookError> {
    let mut all = Vec::new();
    for (file, text) in BUNDLED {
        all.extend(parse_runbooks(file, text)?);
    }
    Ok(all)
}

/// The user's runbooks.
fn own(folder: &Path) -> Result<Vec<Runbook>, LoadError> {
    let mut all = Vec::new();
    for file in files(folder) {
        let text =
            std::fs::read_to_string(&file).map_err(|why| LoadError::Read(file.clone(), why))?;
        all.extend(parse_runbooks(&file.display().to_string(), &text)?);
    }
    Ok(all)
}

/// Runbooks that are ready in a moment.
pub type Soon = Shared<BoxFuture<'static, Arc<Runbooks>>>;

/// The runbooks of the console. The user's are read at once, so that a mistake in them is told before
/// the screen is taken; the program's own meanwhile, for their expressions take longer to compile
/// than the first frame may.
///
/// # Errors
/// [`Exit::Config`] after the reason was printed.
pub fn soon(ctx: &Ctx) -> Result<Soon, Exit> {
    let own = own(&ctx.paths.runbooks()).map_err(|why| {
        complain!("redbutton: {why}");
        Exit::Config
    })?;
    let reading = tokio::task::spawn_blocking(move || {
        let mut all = bundled().unwrap_or_else(|why| {
            tracing::error!("{why}");
            Vec::new()
        });
        all.extend(own);
        Arc::new(Runbooks::new(all))
    });
    Ok(async move { reading.await.unwrap_or_default() }
        .boxed()
        .shared())
}

/// The user's files, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}

/// The runbooks of a command's context.
///
/// # Errors
/// [`Exit::Config`] after the reason was printed.
pub fn of(ctx: &Ctx) -> Result<Runbooks, Exit> {
    load(&ctx.paths.runbooks()).map_err(|why| {
        complain!("redbutton: {why}");
        Exit::Config
    })
}

/// Runs the command.
pub fn run(command: &RunbooksCommand, ctx: &Ctx) -> Exit {
    match command {
        RunbooksCommand::List => of(ctx).map_or_else(|exit| exit, |all| list(&all)),
        RunbooksCommand::Show { id } => match of(ctx) {
            Ok(all) => match all.get(id) {
                Some(one) => show(one),
                None => {
                    complain!(
                        "redbutton: there is no runbook `{id}`; `redbutton runbooks list` names them all"
                    );
                    Exit::Usage
                }
            },
            Err(exit) => exit,
        },
        RunbooksCommand::Test { file, on } => test(file, on),
    }
}

fn list(all: &Runbooks) -> Exit {
    for one in all.iter() {
        say!("{:46} {:32} {}", one.id, one.file, one.title);
    }
    Exit::Healthy
}

fn show(one: &Runbook) -> Exit {
    say!(
        "{}  (cause {}, from {})\n\n{}\n\nWhy\n  {}\n\nFix",
        one.id,
        one.cause,
        one.file,
        one.title,
        one.why
    );
    for (nth, step) in one.fix.iter().enumerate() {
        say!("  {}. {step}", nth + 1);
    }
    for step in &one.glass {
        say!("  break-glass: {step}");
    }
    say!("\nVerify");
    for line in &one.verify {
        say!("  {line}");
    }
    for line in &one.seen {
        say!("\nSeen: {line}");
    }
    if !one.source.is_empty() {
        say!("\nSource: {}", one.source);
    }
    say!("\nPatterns: {}", one.patterns.len());
    Exit::Healthy
}

fn test(file: &Path, on: &str) -> Exit {
    let complain = |why: String| {
        complain!("redbutton: {why}");
        Exit::Config
    };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(why) => return complain(format!("{}: {why}", file.display())),
    };
    let runbooks = match parse_runbooks(&file.display().to_string(), &text) {
        Ok(runbooks) => runbooks,
        Err(why) => return complain(why.to_string()),
    };
    say!("{}: {} runbooks are sound", file.display(), runbooks.len());
    let all = Runbooks::new(runbooks);
    use std::io::IsTerminal;
    if std::io::stdin().is_terminal() {
        return Exit::Healthy;
    }
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let hits = if LOG_TOPICS.contains(&on) {
            all.log_hits(on, &line, None)
        } else {
            all.hits(on, &line, None)
        };
        for hit in &hits {
            let (from, to) = hit.telling;
            say!(
                "{} ({:.2}): {}",
                hit.runbook.id,
                hit.confidence,
                line.get(from..to).unwrap_or_default()
            );
        }
        if hits.is_empty() {
            say!("nothing: {line}");
        }
    }
    Exit::Healthy
}
