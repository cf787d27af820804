//! Argo CD applications: what cannot be compared, synced or kept healthy, down to the object that
//! is at fault.

use std::sync::Arc;

use super::{Inquiry, custom, machine, pod, sign::Sign, workload};
use crate::domain::{
    App, AppResource, Health, Key, Kind, Object, ObjectRef, Phase, SyncStatus, WorkloadKind,
};

/// Resources of one application that are looked into.
const MOST: usize = 6;
/// So many syncs of the same revision by self-heal are a fight.
const FIGHT: i64 = 3;
/// Taking down all that an application made may take so long, seconds.
const DELETION_GRACE: i64 = 300;

/// Looks into an application. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, app: &Arc<App>) -> bool {
    let object = ObjectRef {
        kind: "Application".into(),
        key: app.meta.key.clone(),
    };
    let before = look.findings.len();
    let mut trouble = false;
    for one in &app.conditions {
        let error = one.kind.ends_with("Error");
        trouble |= error || &*one.kind == "SharedResourceWarning";
        look.check(
            format!("{} has no {}", app.meta.key.name, one.kind),
            false,
            one.message.to_string(),
        );
        let sign = Sign::field(
            &object,
            format!("app:{}", one.kind),
            &format!("status.conditions[{}]", one.kind),
            &*one.message,
        );
        look.read(&argo_facts(sign, app));
    }
    if app
        .meta
        .deleting
        .time()
        .is_some_and(|since| look.age(since) >= DELETION_GRACE)
    {
        deletion(look, app, &object);
        trouble = true;
    }
    trouble |= operation(look, app, &object);
    trouble |= fight(look, app, &object);
    let sick = matches!(
        app.true_health(),
        Health::Degraded | Health::Missing | Health::Progressing | Health::Unknown
    );
    look.check(
        format!("{} is healthy", app.meta.key.name),
        !sick,
        app.true_health().as_str(),
    );
    // before a comparison works, health says nothing of the resources
    let compared = app.error().is_none() || app.sync != SyncStatus::Unknown;
    if compared {
        trouble |= resources(look, app);
    } else {
        server(look);
    }
    if look.findings.len() == before && matches!(app.health, Health::Degraded | Health::Missing) {
        let evidence = vec![
            Sign::field(
                &object,
                "field",
                "status.health",
                format!("{} {}", app.health.as_str(), app.health_message),
            )
            .evidence(),
        ];
        look.find(
            "resource-health-degraded",
            &object,
            0.4,
            evidence,
            &[("message", &app.health_message)],
        );
        trouble = true;
    }
    trouble
}

fn argo_facts(sign: Sign, app: &App) -> Sign {
    let source = app.sources.first();
    sign.with("app", &*app.meta.key.name)
        .with("path", app.path())
        .with("repo", source.map_or("", |source| &source.repo))
        .with("target", source.map_or("", |source| &source.revision))
        .with("destination", &*app.namespace)
}

/// The last or running operation and what it made of each resource.
fn operation(look: &mut Inquiry<'_>, app: &Arc<App>, object: &ObjectRef) -> bool {
    let Some(op) = &app.operation else {
        return false;
    };
    let hooks_ended_well = op
        .results
        .iter()
        .all(|one| one.hook.is_empty() || &*one.hook_phase == "Succeeded");
    // what is in place and well now was mended since, by hand or by a later refresh
    let over = matches!(op.phase, Phase::Failed | Phase::Error)
        && app.sync == SyncStatus::Synced
        && app.true_health() == Health::Healthy
        && app.error().is_none()
        && hooks_ended_well;
    if op.phase == Phase::Succeeded || over {
        return false;
    }
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
            trouble |= hook(look, app, object, result, &op.message, op.phase);
        }
    }
    if op.message.contains("waiting for healthy state of")
        || op.message.contains("waiting for completion of")
    {
        for word in op
            .message
            .split([' ', ','])
            .filter(|word| word.matches('/').count() == 2)
        {
            let parts: Vec<&str> = word.split('/').collect();
            let reference = ObjectRef::new(parts[1], &app.namespace, parts[2]);
            trouble |= resource(look, &reference);
        }
    }
    if trouble && look.findings.len() == before {
        let evidence = vec![look_sign(object, &op.message)];
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

fn look_sign(object: &ObjectRef, message: &str) -> super::Evidence {
    Sign::field(object, "sync", "status.operationState.message", message).evidence()
}

/// A hook that failed or does not end: its Job's pods tell why.
fn hook(
    look: &mut Inquiry<'_>,
    app: &App,
    object: &ObjectRef,
    result: &crate::domain::SyncResult,
    message: &str,
    phase: Phase,
) -> bool {
    let namespace = if result.namespace.is_empty() {
        &app.namespace
    } else {
        &result.namespace
    };
    let reference = ObjectRef::new(&result.kind, namespace, &result.name);
    let failed = matches!(&*result.hook_phase, "Failed" | "Error");
    let before = look.findings.len();
    let sick = resource(look, &reference);
    let deeper = look.findings[before..]
        .iter()
        .any(|found| !found.symptom && found.confidence >= 0.5);
    if !failed && !sick && phase == Phase::Running {
        return false;
    }
    let mut evidence = vec![look_sign(object, message)];
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

/// Self-heal and another writer undo each other's work.
fn fight(look: &mut Inquiry<'_>, app: &App, object: &ObjectRef) -> bool {
    let Some(op) = app.operation.as_ref().filter(|op| op.self_heals >= FIGHT) else {
        return false;
    };
    if app.sync != SyncStatus::OutOfSync || !matches!(op.phase, Phase::Succeeded | Phase::Running) {
        return false;
    }
    let shared = app
        .conditions
        .iter()
        .any(|one| &*one.kind == "SharedResourceWarning");
    let mut evidence = vec![
        Sign::field(
            object,
            "field",
            "status.operationState.operation.sync.selfHealAttemptsCount",
            op.self_heals.to_string(),
        )
        .evidence(),
    ];
    let scaler = app
        .resources
        .iter()
        .find(|one| &*one.kind == "HorizontalPodAutoscaler");
    let mut writer = "another controller".to_owned();
    let mut field = "a field".to_owned();
    if let Some(scaler) = scaler {
        writer = format!("HorizontalPodAutoscaler {}", scaler.name);
        field = "spec.replicas".into();
        evidence.push(
            Sign::field(
                object,
                "field",
                "status.resources[].kind",
                format!("HorizontalPodAutoscaler {}", scaler.name),
            )
            .evidence(),
        );
    }
    for drifting in app
        .resources
        .iter()
        .filter(|one| one.sync == SyncStatus::OutOfSync)
        .take(3)
    {
        evidence.push(
            Sign::field(
                object,
                "field",
                "status.resources[]",
                format!("{} {} OutOfSync", drifting.kind, drifting.name),
            )
            .evidence(),
        );
        let key = Key {
            namespace: drifting.namespace.clone(),
            name: drifting.name.clone(),
        };
        let about = look.inventory().events.iter().filter(|event| {
            event.about_kind == drifting.kind && event.about == key && event.count > 5
        });
        let about: Vec<_> = about.map(|event| Sign::event(event).evidence()).collect();
        if about.iter().any(|one| one.quote.starts_with("Scaled")) {
            field = "spec.replicas".into();
        }
        evidence.extend(about);
    }
    let count = op.self_heals.to_string();
    look.find(
        "selfheal-drift",
        object,
        if shared { 0.6 } else { 0.93 },
        evidence,
        &[("writer", &writer), ("field", &field), ("count", &count)],
    );
    true
}

fn deletion(look: &mut Inquiry<'_>, app: &App, object: &ObjectRef) {
    let finalizers: Vec<&str> = app.meta.finalizers.iter().map(|one| &**one).collect();
    let evidence = vec![
        Sign::field(
            object,
            "field",
            "metadata.finalizers",
            finalizers.join(", "),
        )
        .evidence(),
    ];
    let before = look.findings.len();
    if let Some(namespace) = look
        .inventory()
        .namespaces
        .find("", &app.namespace)
        .cloned()
    {
        let reference = ObjectRef::new("Namespace", "", &app.namespace);
        look.descend(&reference, |look| {
            machine::namespace(look, &namespace);
        });
    }
    let deeper = look.findings.len() > before;
    look.find(
        "finalizer-stuck",
        object,
        if deeper { 0.8 } else { 0.9 },
        evidence,
        &[("finalizer", &finalizers.join(", "))],
    );
}

/// Managed resources that are not well. Says whether one is broken.
fn resources(look: &mut Inquiry<'_>, app: &Arc<App>) -> bool {
    let mut trouble = false;
    let mut sick: Vec<&AppResource> = app
        .resources
        .iter()
        .filter(|one| !one.hook && may_be_sick(look, app, one))
        .collect();
    sick.sort_by_key(|one| one.health.unwrap_or(Health::Unknown));
    for one in sick.into_iter().take(MOST) {
        let reference = ObjectRef::new(&one.kind, &one.namespace, &one.name);
        let before = look.findings.len();
        let broken = resource(look, &reference);
        trouble |= broken;
        let told = look.findings[before..]
            .iter()
            .any(|found| found.confidence >= 0.4);
        if let Some(health @ (Health::Degraded | Health::Missing)) = one.health {
            trouble = true;
            let sign = Sign::field(
                &reference,
                "health",
                "status.health",
                format!("{} {}", health.as_str(), one.health_message),
            );
            let hit = look.read(&sign);
            if !told && hit == 0 {
                look.find(
                    "resource-health-degraded",
                    &reference,
                    0.9,
                    vec![sign.evidence()],
                    &[("message", &one.health_message)],
                );
            }
        }
    }
    trouble
}

/// Whether a resource is worth a look: its own health where it is known, else that of the application.
fn may_be_sick(look: &Inquiry<'_>, app: &App, one: &AppResource) -> bool {
    match one.health {
        Some(Health::Healthy) => false,
        Some(_) => true,
        None => {
            let sick = matches!(
                app.health,
                Health::Degraded | Health::Progressing | Health::Missing
            );
            sick && look
                .inventory()
                .object(&ObjectRef::new(&one.kind, &one.namespace, &one.name))
                .is_some()
        }
    }
}

/// Looks into any object an application manages. Says whether it is in trouble.
pub(super) fn resource(look: &mut Inquiry<'_>, reference: &ObjectRef) -> bool {
    let Some(object) = look.inventory().object(reference) else {
        return false;
    };
    let mut trouble = false;
    look.descend(reference, |look| trouble = examine_object(look, &object));
    trouble
}

/// Looks into an object of any kind.
pub(super) fn examine_object(look: &mut Inquiry<'_>, object: &Object) -> bool {
    match object {
        Object::Pod(one) => pod::examine(look, one),
        Object::Claim(claim) => super::claim::examine(look, claim),
        Object::Workload(one) => workload::examine(look, one),
        Object::Job(job) => workload::job(look, job),
        Object::CronJob(cron) => workload::cron_job(look, cron),
        Object::Node(node) => super::node::examine(look, node),
        Object::App(app) => examine(look, app),
        Object::Vm(vm) => machine::examine_vm(look, vm),
        Object::Vmi(vmi) => machine::examine_vmi(look, vmi),
        Object::DataVolume(volume) => machine::data_volume(look, volume),
        Object::Namespace(namespace) => machine::namespace(look, namespace),
        Object::Service(service) => endpoints(look, service),
        Object::Custom(custom) => custom::examine(look, custom),
        _ => false,
    }
}

/// A service is as well as the pods behind it.
fn endpoints(look: &mut Inquiry<'_>, service: &crate::domain::Service) -> bool {
    let mut trouble = false;
    for one in super::dependency::pods_behind(look, &service.meta.key) {
        look.descend(&pod::reference(&one), |look| {
            trouble |= pod::examine(look, &one)
        });
    }
    trouble
}

/// Argo CD's own repository server, whose log and pods tell why manifests do not come.
fn server(look: &mut Inquiry<'_>) {
    let inventory = look.inventory();
    let servers: Vec<_> = inventory
        .workloads(WorkloadKind::Deployment)
        .iter()
        .filter(|one| one.meta.key.name.ends_with("repo-server"))
        .cloned()
        .collect();
    for one in servers {
        let words = format!("{} wanted, {} ready", one.desired, one.ready);
        look.check(
            format!("{} is running", one.meta.key),
            one.ready > 0,
            words.clone(),
        );
        let object = workload::reference(&one);
        if one.ready == 0 {
            let evidence = vec![Sign::field(&object, "field", "spec.replicas", words).evidence()];
            look.support("argocd-repo-server-down", &evidence);
            look.descend(&object, |look| {
                workload::examine(look, &one);
            });
            continue;
        }
        for running in super::provisioner::pods_of(look, &one) {
            let place = pod::reference(&running);
            for (key, text) in look
                .case
                .logs
                .of_pod(&running.meta.key.namespace, &running.meta.key.name)
            {
                for line in super::containers::tail(text) {
                    supports(look, &place, key, line);
                }
            }
        }
    }
    let _ = Kind::App;
}

/// A line of Argo CD's log that repeats what was found already is proof of it, nothing more.
fn supports(look: &mut Inquiry<'_>, place: &ObjectRef, key: &crate::domain::LogKey, line: &str) {
    let hits = look.case.runbooks.log_hits("log:argocd", line, None);
    let causes: Vec<_> = hits.iter().map(|hit| hit.runbook.cause.clone()).collect();
    let evidence = [Sign::line(place, "log:argocd", key, line, None).evidence()];
    for cause in causes {
        look.support(&cause, &evidence);
    }
}
