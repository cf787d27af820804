//! `redbutton diagnose`: the cause of one object's trouble, or of everything that is wrong.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Ctx, Exit, Scene, gather, runbooks};
use crate::{
    domain::{LogKey, ObjectRef, Subject},
    insight::{
        diagnosis::{Case, CheckResult, Diagnosis, Runbooks, diagnose},
        incidents::{self, Incident, Severity},
    },
    inventory::Inventory,
};

/// Options of `diagnose`.
#[derive(Debug, Args)]
pub struct DiagnoseArgs {
    /// What to look at: pvc/NAME, pod/NAME, deploy/NAME, app/NAME, vmi/NAME, node/NAME or kind/namespace/name; none: everything that is wrong
    subject: Option<String>,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

/// Form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a ticket
    Markdown,
}

/// Logs are asked for in so many rounds: what one log says may lead to another.
const ROUNDS: usize = 3;

/// Runs the command.
pub async fn run(args: &DiagnoseArgs, ctx: &Ctx) -> Exit {
    let books = match runbooks::of(ctx) {
        Ok(books) => books,
        Err(exit) => return exit,
    };
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
    let mut scene = match gather(ctx).await {
        Ok(scene) => scene,
        Err(exit) => return exit,
    };
    match subject {
        Some(subject) => one(args, ctx, &mut scene, &books, &subject).await,
        None => everything(args, ctx, &mut scene, &books).await,
    }
}

fn case<'a>(ctx: &'a Ctx, scene: &'a Scene, books: &'a Runbooks) -> Case<'a> {
    Case {
        inventory: &scene.inventory,
        logs: &scene.logs,
        runbooks: books,
        profile: &ctx.profile,
        now: scene.now,
    }
}

async fn one(
    args: &DiagnoseArgs,
    ctx: &Ctx,
    scene: &mut Scene,
    books: &Runbooks,
    subject: &Subject,
) -> Exit {
    let Some(object) = resolve(&scene.inventory, subject, ctx.globals.namespace.as_deref()) else {
        complain!(
            "redbutton: no {} named {} is known here",
            subject.kind,
            subject.name
        );
        return Exit::Unreadable;
    };
    let mut answer = None;
    for _ in 0..ROUNDS {
        let Some(found) = diagnose(&case(ctx, scene, books), &object) else {
            break;
        };
        let wanted = found.wanted.clone();
        answer = Some(found);
        if !scene.fetch_logs(&wanted).await {
            break;
        }
    }
    let Some(mut answer) = answer else {
        complain!(
            "redbutton: no {} named {} is known here",
            subject.kind,
            subject.name
        );
        return Exit::Unreadable;
    };
    super::journal::remember(&super::journal::past(ctx), &mut answer);
    match args.output {
        Form::Json => print_json(&answer),
        Form::Text => say!("{}", text(&answer).trim_end()),
        Form::Markdown => say!("{}", markdown(&answer).trim_end()),
    }
    if answer.fault {
        Exit::Critical
    } else {
        Exit::Healthy
    }
}

fn print_json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say!("{text}"),
        Err(why) => complain!("redbutton: {why}"),
    }
}

async fn everything(args: &DiagnoseArgs, ctx: &Ctx, scene: &mut Scene, books: &Runbooks) -> Exit {
    let mut survey = incidents::survey(&case(ctx, scene, books));
    for _ in 1..ROUNDS {
        let wanted: Vec<LogKey> = survey.wanted();
        if !scene.fetch_logs(&wanted).await {
            break;
        }
        survey = incidents::survey(&case(ctx, scene, books));
    }
    let found = &survey.incidents;
    match args.output {
        Form::Json => print_json(&json!({
            "incidents": found.iter().map(incident_json).collect::<Vec<_>>(),
            "diagnoses": survey.diagnoses.values().filter(|one| one.fault).collect::<Vec<_>>(),
        })),
        Form::Text => {
            for one in found {
                say!("{}", incident_text(one).trim_end());
            }
            if found.is_empty() {
                say!("Nothing is wrong.");
            }
        }
        Form::Markdown => {
            say!("# Incidents\n");
            for one in found {
                say!(
                    "- **{}** ({}, {:.0} %)\n  - `{}`",
                    crate::tui::clean(&one.title),
                    one.cause,
                    one.confidence * 100.0,
                    crate::tui::clean(&one.evidence)
                );
                if !one.holds_up.is_empty() {
                    say!("  - holds up {}", one.holds_up_words());
                }
            }
        }
    }
    match found.iter().map(|one| one.severity).max() {
        None => Exit::Healthy,
        Some(Severity::Warning) => Exit::Warnings,
        Some(Severity::Critical) => Exit::Critical,
    }
}

/// An incident as JSON.
pub fn incident_json(one: &Incident) -> serde_json::Value {
    let reference = |object: &ObjectRef| json!({"kind": &*object.kind, "namespace": &*object.key.namespace, "name": &*object.key.name});
    let held: Vec<_> = one
        .holds_up
        .iter()
        .map(|held| json!({"kind": &*held.kind, "objects": held.objects.iter().map(reference).collect::<Vec<_>>()}))
        .collect();
    json!({
        "id": &*one.id,
        "severity": one.severity,
        "title": one.title,
        "cause": &*one.cause,
        "confidence": one.confidence,
        "root": reference(&one.root),
        "since": one.since.map(|at| at.to_string()),
        "evidence": one.evidence,
        "holds_up": held,
        "subject": reference(&one.subject),
    })
}

fn incident_text(one: &Incident) -> String {
    let mark = match one.severity {
        Severity::Critical => "✖",
        Severity::Warning => "▲",
    };
    let mut out = format!(
        "{mark} {}\n  {} · {:.0} % · {}\n",
        crate::tui::clean(&one.title),
        one.cause,
        one.confidence * 100.0,
        one.root.short()
    );
    if !one.evidence.is_empty() {
        out.push_str(&format!("  \"{}\"\n", crate::tui::clean(&one.evidence)));
    }
    if !one.holds_up.is_empty() {
        out.push_str(&format!("  holds up {}\n", one.holds_up_words()));
    }
    out.push('\n');
    out
}

/// The object a user means: by namespace, or the only one (else the sickest) of that name.
pub fn resolve(
    inventory: &Inventory,
    subject: &Subject,
    namespace: Option<&str>,
) -> Option<ObjectRef> {
    let namespace = subject.namespace.as_deref().or(namespace);
    if let Some(namespace) = namespace {
        let object = ObjectRef::new(&subject.kind, namespace, &subject.name);
        if known(inventory, &object) {
            return Some(object);
        }
    }
    let object = ObjectRef::new(&subject.kind, "", &subject.name);
    if known(inventory, &object) {
        return Some(object);
    }
    if subject.namespace.is_some() {
        return None;
    }
    if let Some(found) = of_proxmox(inventory, &object) {
        return Some(found);
    }
    inventory
        .namespaces_in_use()
        .into_iter()
        .map(|namespace| ObjectRef::new(&subject.kind, &namespace, &subject.name))
        .find(|object| known(inventory, object))
}

/// A guest, storage or host of that name in any Proxmox VE installation.
fn of_proxmox(inventory: &Inventory, object: &ObjectRef) -> Option<ObjectRef> {
    inventory
        .proxmox
        .keys()
        .map(|host| ObjectRef::new(&object.kind, host, &object.key.name))
        .find(|object| inventory.has_of_proxmox(object))
}

fn known(inventory: &Inventory, object: &ObjectRef) -> bool {
    let other = match &*object.kind {
        "VirtualMachineInstance" => "VirtualMachine",
        other => other,
    };
    inventory.object(object).is_some()
        || inventory.has_of_proxmox(object)
        || inventory
            .object(&ObjectRef {
                kind: other.into(),
                key: object.key.clone(),
            })
            .is_some()
}

fn mark(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Pass => "✔",
        CheckResult::Fail => "✖",
        CheckResult::Unknown => "?",
        CheckResult::Skipped => "-",
    }
}

/// For people.
fn text(answer: &Diagnosis) -> String {
    let clean = crate::tui::clean;
    let mut out = format!("{}  {}\n", answer.subject.short(), clean(&answer.state));
    if !answer.fault {
        out.push_str("No fault found.\n");
    }
    for (nth, cause) in answer.causes.iter().enumerate() {
        out.push_str(&format!(
            "\n{}. {}  ({:.0} %, {})\n",
            nth + 1,
            clean(&cause.title),
            cause.confidence * 100.0,
            cause.id
        ));
        out.push_str(&format!("   fix at {}\n", cause.object.short()));
        for one in cause.evidence.iter().take(if nth == 0 { 6 } else { 2 }) {
            out.push_str(&format!(
                "   │ {}: \"{}\"\n",
                clean(&one.reference),
                clean(&one.quote)
            ));
        }
        if nth == 0 {
            out.push_str(&format!("   why: {}\n", clean(&cause.why)));
            for step in &cause.fix.steps {
                out.push_str(&format!("   → {}\n", clean(step)));
            }
            for line in &cause.fix.verify {
                out.push_str(&format!("   ✓ {}\n", clean(line)));
            }
            for line in &cause.seen {
                out.push_str(&format!("   seen before: {}\n", clean(line)));
            }
        }
    }
    if !answer.checks.is_empty() {
        out.push_str("\nChecks\n");
        for check in &answer.checks {
            out.push_str(&format!(
                "   {} {}  {}\n",
                mark(check.result),
                clean(&check.title),
                clean(&check.detail)
            ));
        }
    }
    out
}

/// For a ticket.
fn markdown(answer: &Diagnosis) -> String {
    let clean = |text: &str| crate::tui::clean(text).replace('`', "'");
    let mut out = format!(
        "## {}\n\nState: {}\n",
        answer.subject.short(),
        clean(&answer.state)
    );
    if !answer.fault {
        out.push_str("\nNo fault found.\n");
    }
    for (nth, cause) in answer.causes.iter().enumerate() {
        out.push_str(&format!(
            "\n### {}. {} ({:.0} %)\n\n`{}`, to be fixed at `{}`\n\n",
            nth + 1,
            clean(&cause.title),
            cause.confidence * 100.0,
            cause.id,
            cause.object.short()
        ));
        for one in &cause.evidence {
            out.push_str(&format!(
                "- {}: `{}`\n",
                clean(&one.reference),
                clean(&one.quote)
            ));
        }
        out.push_str(&format!("\n{}\n\n", clean(&cause.why)));
        for (nth, step) in cause.fix.steps.iter().enumerate() {
            out.push_str(&format!("{}. {}\n", nth + 1, clean(step)));
        }
        if !cause.fix.verify.is_empty() {
            out.push_str("\nVerify:\n\n```\n");
            for line in &cause.fix.verify {
                out.push_str(line);
                out.push('\n');
            }
            out.push_str("```\n");
        }
        for line in &cause.seen {
            out.push_str(&format!("\nSeen before: {}\n", clean(line)));
        }
    }
    out.push_str("\n| check | result | |\n|---|---|---|\n");
    for check in &answer.checks {
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            clean(&check.title).replace('|', "\\|"),
            mark(check.result),
            clean(&check.detail).replace('|', "\\|")
        ));
    }
    out
}
