//! Argo CD applications: what cannot be compared, synced or kept healthy, down to the object that
//! is at fault.

use std::sync::Arc;

use super::{Inquiry, drift, namespace, object, pod, sign::Sign, sync, workload};
use crate::domain::{App, AppResource, Health, ObjectRef, SyncStatus, WorkloadKind};

/// Resources of one application that are looked into.
const MOST: usize = 6;
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
    trouble |= sync::examine(look, app, &object);
    trouble |= drift::examine(look, app, &object);
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

pub(super) fn argo_facts(sign: Sign, app: &App) -> Sign {
    let source = app.sources.first();
    sign.with("app", &*app.meta.key.name)
        .with("path", app.path())
        .with("repo", source.map_or("", |source| &source.repo))
        .with("target", source.map_or("", |source| &source.revision))
        .with("project", &*app.project)
        .with("destination", &*app.namespace)
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
            namespace::examine(look, &namespace);
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
        let broken = object::resource(look, &reference);
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
                // of workloads Argo CD only repeats that their pods are not ready
                let workload = matches!(
                    &*one.kind,
                    "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "Pod"
                );
                look.find(
                    "resource-health-degraded",
                    &reference,
                    if workload { 0.5 } else { 0.9 },
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
    let reference = ObjectRef::new(&one.kind, &one.namespace, &one.name);
    let found = look.inventory().object(&reference);
    if found
        .as_ref()
        .is_some_and(|found| found.meta().deleting.is_some())
    {
        return true;
    }
    match one.health {
        Some(Health::Healthy) => false,
        Some(_) => true,
        None => {
            let sick = matches!(
                app.health,
                Health::Degraded | Health::Progressing | Health::Missing
            );
            sick && found.is_some()
        }
    }
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
