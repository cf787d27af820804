//! The operation of an application: what the last or running sync met, its hooks, what it waits for.

use std::sync::Arc;

use super::{Evidence, Inquiry, app::argo_facts, object, sign::Sign};
use crate::domain::{App, Health, ObjectRef, Operation, Phase, SyncResult, SyncStatus};

/// What a sync takes away may need so long to go, seconds.
const DELETION_GRACE: i64 = 300;

/// The last or running operation and what it made of each resource.
pub(super) fn examine(look: &mut Inquiry<'_>, app: &Arc<App>, object: &ObjectRef) -> bool {
    let Some(op) = app.operation.as_ref().filter(|op| !is_over(app, op)) else {
        return false;
    };
    let before = look.findings.len();
    let mut trouble = matches!(op.phase, Phase::Failed | Phase::Error) || app.is_retrying();
    let sign = Sign::field(
        object,
        "sync",
        "status.operationState.message",
        &*op.message,
    );
    look.read(&argo_facts(sign, app));
    for result in &op.results {
        if &*result.status == "SyncFailed" {
            let path = format!(
                "status.operationState.syncResult.resources[{}/{}].message",
                result.kind, result.name
            );
            let sign = Sign::field(object, "sync", &path, &*result.message)
                .with("resource_kind", &*result.kind)
                .with("resource", &*result.name)
                .with("resource_ns", &*result.namespace);
            look.read(&argo_facts(sign, app));
        }
        if !result.hook.is_empty() && &*result.hook_phase != "Succeeded" {
            trouble |= hook(look, app, object, result, op);
        }
    }
    refused(look, object, op, before);
    trouble |= waits(look, app, object, op);
    if trouble && look.findings.len() == before {
        let evidence = vec![message(object, op)];
        look.find(
            "sync-failed",
            object,
            0.4,
            evidence,
            &[("message", &op.message)],
        );
    }
    trouble
}

/// The message of the resource that was refused says more than the operation's own: it is proof of
/// the surest cause.
fn refused(look: &mut Inquiry<'_>, object: &ObjectRef, op: &Operation, before: usize) {
    let surest = look.findings[before.min(look.findings.len())..]
        .iter()
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
        .map(|found| found.cause.clone());
    let Some(cause) = surest else { return };
    let results = op.results.iter().filter(|one| &*one.status == "SyncFailed");
    for one in results.take(2) {
        let path = format!(
            "status.operationState.syncResult.resources[{}/{}].message",
            one.kind, one.name
        );
        let sign = Sign::field(object, "sync", &path, &*one.message);
        look.support(&cause, &[sign.evidence()]);
    }
}

/// Whether an operation went well, or what it failed at was mended since, by hand or by a later refresh.
fn is_over(app: &App, op: &Operation) -> bool {
    let hooks_ended_well = op
        .results
        .iter()
        .all(|one| one.hook.is_empty() || &*one.hook_phase == "Succeeded");
    let mended = matches!(op.phase, Phase::Failed | Phase::Error)
        && app.sync == SyncStatus::Synced
        && app.true_health() == Health::Healthy
        && app.error().is_none()
        && hooks_ended_well;
    op.phase == Phase::Succeeded || mended
}

fn message(object: &ObjectRef, op: &Operation) -> Evidence {
    Sign::field(
        object,
        "sync",
        "status.operationState.message",
        &*op.message,
    )
    .evidence()
}

/// Looks into the resources that the operation says it waits for. Says whether one is in trouble.
fn waits(look: &mut Inquiry<'_>, app: &App, object: &ObjectRef, op: &Operation) -> bool {
    let deletion = op.message.contains("waiting for deletion of");
    if !deletion
        && !op.message.contains("waiting for healthy state of")
        && !op.message.contains("waiting for completion of")
    {
        return false;
    }
    let mut trouble = false;
    let named = op.message.split([' ', ',']).filter_map(|word| {
        let mut parts = word.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(_), Some(kind), Some(name), None) => Some((kind, name)),
            _ => None,
        }
    });
    for (kind, name) in named {
        let place = place_of(app, kind, name);
        let before = look.findings.len();
        let broken = object::resource(look, &place);
        trouble |= broken;
        let causes: Vec<_> = look.findings[before..]
            .iter()
            .map(|found| found.cause.clone())
            .collect();
        for cause in causes {
            look.support(&cause, &[message(object, op)]);
        }
        let late = op.started.is_some_and(|at| look.age(at) >= DELETION_GRACE);
        if deletion && late && !broken {
            trouble = true;
            look.find(
                "finalizer-stuck",
                &place,
                0.7,
                vec![message(object, op)],
                &[("finalizer", "(not among what was read)")],
            );
        }
    }
    trouble
}

/// Where a resource lies that an operation names without its namespace.
fn place_of(app: &App, kind: &str, name: &str) -> ObjectRef {
    let known = app
        .resources
        .iter()
        .find(|one| &*one.kind == kind && &*one.name == name);
    let namespace = known.map_or(&app.namespace, |one| &one.namespace);
    ObjectRef::new(kind, namespace, name)
}

/// A hook that failed or does not end: its Job's pods tell why.
fn hook(
    look: &mut Inquiry<'_>,
    app: &App,
    object: &ObjectRef,
    result: &SyncResult,
    op: &Operation,
) -> bool {
    let namespace = if result.namespace.is_empty() {
        &app.namespace
    } else {
        &result.namespace
    };
    let reference = ObjectRef::new(&result.kind, namespace, &result.name);
    let failed = matches!(&*result.hook_phase, "Failed" | "Error");
    let before = look.findings.len();
    let sick = object::resource(look, &reference);
    let deeper = look.findings[before..]
        .iter()
        .any(|found| !found.symptom && found.confidence >= 0.5);
    if !failed && !sick && op.phase == Phase::Running {
        return false;
    }
    let mut evidence = vec![message(object, op)];
    let words = if result.message.is_empty() {
        &result.hook_phase
    } else {
        &result.message
    };
    evidence.push(
        Sign::field(
            object,
            "sync",
            &format!(
                "status.operationState.syncResult.resources[{}/{}]",
                result.kind, result.name
            ),
            &**words,
        )
        .evidence(),
    );
    let own = evidence.clone();
    let confidence = if deeper {
        0.6
    } else if failed {
        0.93
    } else {
        0.7
    };
    look.find(
        "sync-hook-failed",
        &reference,
        confidence,
        evidence,
        &[("hook", &result.name), ("phase", &result.hook)],
    );
    let causes: Vec<_> = look.findings[before..]
        .iter()
        .filter(|found| !found.symptom)
        .map(|found| found.cause.clone())
        .collect();
    for cause in causes {
        look.support(&cause, &own[..1]);
    }
    true
}
