//! Self-heal and another writer that undo each other's work: which field, and who writes it.

use super::{Evidence, Inquiry, sign::Sign};
use crate::domain::{App, AppResource, Key, ObjectRef, Operation, Phase, SyncStatus};

/// So many syncs of the same revision by self-heal are a fight.
const FIGHT: i64 = 3;
/// So many of them in the events, which last for an hour, are one too where nothing counts them.
const MANY: i32 = 10;
/// A controller that did the same so often does it against somebody.
const AGAIN: i32 = 5;

/// Who writes against Git, and what.
struct Rival {
    writer: String,
    field: String,
    evidence: Vec<Evidence>,
}

/// Looks for a fight over a field. Says whether there is one.
pub(super) fn examine(look: &mut Inquiry<'_>, app: &App, object: &ObjectRef) -> bool {
    let Some(op) = app.operation.as_ref() else {
        return false;
    };
    if app.sync != SyncStatus::OutOfSync || !matches!(op.phase, Phase::Succeeded | Phase::Running) {
        return false;
    }
    let Some((count, mut evidence)) = rounds(look, app, object, op) else {
        return false;
    };
    let shared = app
        .conditions
        .iter()
        .any(|one| &*one.kind == "SharedResourceWarning");
    let rival = rival(look, app, object);
    evidence.extend(rival.evidence);
    look.find(
        "selfheal-drift",
        object,
        if shared { 0.6 } else { 0.93 },
        evidence,
        &[
            ("writer", &rival.writer),
            ("field", &rival.field),
            ("count", &count.to_string()),
        ],
    );
    true
}

/// How often the same revision was synced, by Argo CD's own count or by its events, with proof.
fn rounds(
    look: &Inquiry<'_>,
    app: &App,
    object: &ObjectRef,
    op: &Operation,
) -> Option<(i64, Vec<Evidence>)> {
    if op.self_heals >= FIGHT {
        let path = "status.operationState.operation.sync.selfHealAttemptsCount";
        let proof = Sign::field(object, "field", path, op.self_heals.to_string()).evidence();
        return Some((op.self_heals, vec![proof]));
    }
    let told = look.inventory().self_heal_events(app);
    if let Some(last) = told.last()
        && look.inventory().self_heals(app) >= FIGHT
    {
        let proof = vec![Sign::event(last).evidence()];
        return Some((look.inventory().self_heals(app), proof));
    }
    let again = look
        .inventory()
        .events_about("Application", &app.meta)
        .into_iter()
        .filter(|event| &*event.reason == "OperationStarted" && event.count >= MANY)
        .max_by_key(|event| event.count)?;
    Some((i64::from(again.count), vec![Sign::event(again).evidence()]))
}

/// The other writer: a scaler of what drifts, or whoever the events of the drifting objects show.
fn rival(look: &Inquiry<'_>, app: &App, object: &ObjectRef) -> Rival {
    let mut rival = Rival {
        writer: "another controller".to_owned(),
        field: "a field".to_owned(),
        evidence: Vec::new(),
    };
    let drifting = app
        .resources
        .iter()
        .filter(|one| one.sync == SyncStatus::OutOfSync);
    for one in drifting.take(3) {
        let words = format!("{} {} OutOfSync", one.kind, one.name);
        rival
            .evidence
            .push(Sign::field(object, "field", "status.resources[]", words).evidence());
        if let Some(scaler) = scaler_of(look, app, one) {
            let path = "spec.scaleTargetRef";
            let words = format!("{} {}", one.kind, one.name);
            rival
                .evidence
                .push(Sign::field(&scaler, "field", path, words).evidence());
            rival.writer = scaler.short();
            rival.field = "spec.replicas".into();
        }
        let key = Key {
            namespace: one.namespace.clone(),
            name: one.name.clone(),
        };
        let again = look.inventory().events.iter().filter(|event| {
            event.about_kind == one.kind && event.about == key && event.count > AGAIN
        });
        for event in again {
            if event.message.starts_with("Scaled") {
                rival.field = "spec.replicas".into();
            }
            rival.evidence.push(Sign::event(event).evidence());
        }
    }
    rival
}

/// The autoscaler that sets the replicas of a resource, from the cluster or from the same application.
fn scaler_of(look: &Inquiry<'_>, app: &App, target: &AppResource) -> Option<ObjectRef> {
    let kinds = ["HorizontalPodAutoscaler", "ScaledObject"];
    let live = kinds.iter().find_map(|kind| {
        look.inventory()
            .custom(kind)?
            .in_namespace(&target.namespace)
            .find(|one| {
                one.text("spec.scaleTargetRef.name") == Some(&*target.name)
                    && one
                        .text("spec.scaleTargetRef.kind")
                        .is_none_or(|kind| kind == &*target.kind)
            })
            .map(|one| ObjectRef {
                kind: one.kind.clone(),
                key: one.meta.key.clone(),
            })
    });
    live.or_else(|| {
        app.resources
            .iter()
            .find(|one| kinds.contains(&&*one.kind))
            .filter(|_| matches!(&*target.kind, "Deployment" | "StatefulSet"))
            .map(|one| ObjectRef::new(&one.kind, &one.namespace, &one.name))
    })
}
