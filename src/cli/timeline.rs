//! `redbutton timeline`: what changed, for one object or for everything.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Ctx, Exit, diagnose::resolve, gather};
use crate::{
    domain::Subject,
    insight::timeline::{suspect, timeline},
    tui::clean,
};

/// Options of `timeline`.
#[derive(Debug, Args)]
pub struct TimelineArgs {
    /// Whose changes: pod/NAME, deploy/NAME, app/NAME, … or kind/namespace/name; none: everything
    subject: Option<String>,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Runs the command.
pub async fn run(args: &TimelineArgs, ctx: &Ctx) -> Exit {
    let subject = match args
        .subject
        .as_deref()
        .map(str::parse::<Subject>)
        .transpose()
    {
        Ok(subject) => subject,
        Err(why) => {
            complain!("redbutton: {why}");
            return Exit::Usage;
        }
    };
    let scene = match gather(ctx).await {
        Ok(scene) => scene,
        Err(exit) => return exit,
    };
    let object = match &subject {
        Some(subject) => match resolve(&scene.inventory, subject, ctx.globals.namespace.as_deref())
        {
            Some(object) => Some(object),
            None => {
                complain!(
                    "redbutton: no {} named {} is known here",
                    subject.kind,
                    subject.name
                );
                return Exit::Unreadable;
            }
        },
        None => None,
    };
    let changes = timeline(
        &scene.inventory,
        object.as_ref(),
        &super::journal::deeds(ctx),
    );
    let found = object.as_ref().and_then(|_| suspect(&changes));
    if args.output == Form::Json {
        let rows: Vec<_> = changes.iter().map(|one| json!({"at": one.at.to_string(), "kind": one.kind, "object": one.object.short(), "what": one.what})).collect();
        let suspect = found.map(|one| json!({"at": one.change.at.to_string(), "object": one.change.object.short(), "what": one.words(), "seconds_before": one.before, "confidence": one.confidence}));
        say!("{}", json!({"changes": rows, "suspect": suspect}));
        return Exit::Healthy;
    }
    for one in &changes {
        say!(
            "{}  {:9}  {}  {}",
            one.at.strftime("%m-%d %H:%M:%S"),
            one.kind.word(),
            one.object.short(),
            clean(&one.what)
        );
    }
    if let Some(found) = found {
        say!(
            "\nSuspect ({:.0} %): {}, {} before the first symptom",
            found.confidence * 100.0,
            clean(&found.words()),
            crate::tui::seconds(found.before.unsigned_abs())
        );
    }
    Exit::Healthy
}
