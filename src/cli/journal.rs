//! `redbutton journal`: look through what was done, add a line, check the chain.

use std::collections::BTreeMap;

use clap::Subcommand;

use super::{Ctx, Exit};
use crate::{
    config,
    domain::{ObjectRef, Subject},
    insight::{
        diagnosis::Diagnosis,
        timeline::{ChangeKind, TimedChange},
    },
    journal::{EntryKind, Journal, Past, Record, Scribe, Verified, search},
};

/// What to do with the journal.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Look through journal, PROGRESS.md and runbooks
    Search {
        /// Words that must all be in a line
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Append an entry to the PROGRESS.md of the configuration
    Add {
        /// Task
        task: String,
        /// What was done
        description: String,
    },
    /// Check that no entry was changed, removed or torn
    Verify,
}

/// The journal of a context.
#[must_use]
pub fn of(ctx: &Ctx) -> Journal {
    let folder = ctx
        .config
        .journal
        .dir
        .as_deref()
        .map_or_else(|| ctx.paths.state.clone(), config::expand);
    Journal::in_folder(&folder)
}

/// What was done and seen before, by this configuration.
#[must_use]
pub fn past(ctx: &Ctx) -> Past {
    let progress = ctx.config.journal.progress.as_deref().map(config::expand);
    Past::read(progress.as_deref(), &of(ctx))
}

/// What was done from here to the objects of this context, for the timeline.
#[must_use]
pub fn deeds(ctx: &Ctx) -> Vec<TimedChange> {
    // a journal that cannot be read has commands of its own that say so
    let entries = of(ctx).entries().unwrap_or_default();
    let ended: BTreeMap<&str, &Record> = entries
        .iter()
        .filter(|one| one.kind == EntryKind::Outcome)
        .map(|one| (one.id.as_str(), one))
        .collect();
    let mut out = Vec::new();
    for intent in entries.iter().filter(|one| one.kind == EntryKind::Intent) {
        let result = ended
            .get(intent.id.as_str())
            .map_or("how it ended was never recorded", |one| &one.result);
        let Ok(at) = intent.at.parse() else { continue };
        for object in &intent.objects {
            let word = object.split_whitespace().next().unwrap_or_default();
            let Ok(subject) = word.parse::<Subject>() else {
                continue;
            };
            out.push(TimedChange {
                at,
                kind: ChangeKind::Deed,
                object: ObjectRef::new(
                    &subject.kind,
                    subject.namespace.as_deref().unwrap_or_default(),
                    &subject.name,
                ),
                what: format!(
                    "{} by {} ({}): {result}",
                    intent.command, intent.who, intent.reason
                ),
            });
        }
    }
    out
}

/// Adds to a diagnosis what was seen before of its causes.
pub fn remember(past: &Past, found: &mut Diagnosis) {
    for cause in &mut found.causes {
        cause.seen.extend(past.like(&cause.telling()));
    }
}

/// Runs the command.
pub fn run(command: &JournalCommand, ctx: &Ctx) -> Exit {
    match command {
        JournalCommand::Search { text } => look(ctx, &text.join(" ")),
        JournalCommand::Add { task, description } => add(ctx, task, description),
        JournalCommand::Verify => verify(ctx),
    }
}

fn complain(why: impl std::fmt::Display) -> Exit {
    complain!("redbutton: {why}");
    Exit::Unreadable
}

fn look(ctx: &Ctx, text: &str) -> Exit {
    let journal = of(ctx);
    let entries = match journal.entries() {
        Ok(entries) => entries,
        Err(why) => return complain(format!("{}: {why}", journal.path().display())),
    };
    let mut found = 0;
    for entry in entries {
        let line = [
            &entry.at,
            &entry.context,
            &entry.command,
            &entry.reason,
            &entry.result,
        ]
        .map(String::as_str)
        .join("  ");
        for hit in search(&line.replace('\n', " "), text) {
            say!("journal      {}", crate::tui::clean(hit));
            found += 1;
        }
    }
    if let Some(progress) = &ctx.config.journal.progress {
        let path = config::expand(progress);
        match std::fs::read_to_string(&path) {
            Ok(lines) => {
                for hit in search(&lines, text) {
                    say!("PROGRESS.md  {}", crate::tui::clean(hit));
                    found += 1;
                }
            }
            Err(why) => complain!("redbutton: {}: {why}", path.display()),
        }
    }
    let books = match super::runbooks::of(ctx) {
        Ok(books) => books,
        Err(exit) => return exit,
    };
    for book in books.iter() {
        let line = format!(
            "{}: {} {} {}",
            book.id,
            book.title,
            book.why,
            book.seen.join(" ")
        );
        for hit in search(&line, text) {
            say!("runbook      {}", crate::tui::clean(hit));
            found += 1;
        }
    }
    if found == 0 {
        say!("Nothing of the kind was recorded.");
    }
    Exit::Healthy
}

fn add(ctx: &Ctx, task: &str, description: &str) -> Exit {
    let Some(progress) = &ctx.config.journal.progress else {
        complain!(
            "redbutton: {}: [journal] names no `progress` file to append to",
            ctx.config_file.display()
        );
        return Exit::Config;
    };
    let path = config::expand(progress);
    let date = ctx.now().strftime("%Y-%m-%d").to_string();
    let written =
        Scribe::open(&path).and_then(|mut scribe| scribe.append(&date, task, description));
    match written {
        Ok(entry) => {
            say!("{entry}");
            let note = Record {
                reason: entry,
                ..Record::new(EntryKind::Note, &date, &ctx.now().to_string())
            };
            match of(ctx).append(&note) {
                Ok(()) => Exit::Healthy,
                Err(why) => complain(why),
            }
        }
        Err(why) => complain(why),
    }
}

fn verify(ctx: &Ctx) -> Exit {
    let journal = of(ctx);
    let Verified {
        entries,
        faults,
        open,
        under_way,
    } = match journal.verify() {
        Ok(verified) => verified,
        Err(why) => return complain(format!("{}: {why}", journal.path().display())),
    };
    say!("{}: {entries} sound entries", journal.path().display());
    for (line, why) in &faults {
        say!("  line {line}: {why}");
    }
    for intent in &under_way {
        say!("  under way: {} since {}", intent.command, intent.at);
    }
    for intent in &open {
        say!(
            "  unknown: {} at {} was begun and its end was never recorded: look whether it was done",
            intent.command,
            intent.at
        );
    }
    if !faults.is_empty() {
        Exit::Critical
    } else if open.is_empty() {
        Exit::Healthy
    } else {
        Exit::Warnings
    }
}
