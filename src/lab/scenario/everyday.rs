//! What runs by the clock, and what bounds and shields the rest: jobs, quotas, budgets, policies.

use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::super::{
    objects::{put, stamp},
    world::World,
};

/// Jobs that run once a day: namespace, name, hour, image, command.
const DAILY: [(&str, &str, i8, &str, &str); 2] = [
    (
        "nautobot",
        "nautobot-housekeeping",
        2,
        "docker.io/networktocode/nautobot:2.4.20",
        "nautobot-server remove_stale_scheduled_jobs",
    ),
    (
        "media",
        "recyclarr",
        4,
        "ghcr.io/recyclarr/recyclarr:7.4.1",
        "recyclarr sync",
    ),
];

/// Budgets of what runs more than once: namespace, name, replicas.
const GUARDED: [(&str, &str, i64); 2] = [
    ("openshift-etcd", "etcd", 3),
    ("cloudflared", "cloudflared", 2),
];

/// Puts all of it in; `now` says when the clock struck last.
pub(super) fn build(world: &World, long: Timestamp, now: Timestamp) {
    for (namespace, name, hour, image, command) in DAILY {
        let ran = last_strike(hour, now);
        let job = format!("{name}-{}", ran.as_second() / 60);
        let template = json!({"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, "image": image, "command": ["/bin/sh", "-c", command], "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}}], "restartPolicy": "Never"}});
        let ended = ran.checked_add(Span::new().seconds(48)).unwrap_or(ran);
        put(
            world,
            json!({"kind": "CronJob", "metadata": {"namespace": namespace, "name": name, "labels": {"app": name}}, "spec": {"schedule": format!("0 {hour} * * *"), "timeZone": "Etc/UTC", "suspend": false, "concurrencyPolicy": "Forbid", "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 1, "jobTemplate": {"spec": {"backoffLimit": 2, "template": template}}}, "status": {"lastScheduleTime": stamp(ran), "lastSuccessfulTime": stamp(ended)}}),
            long,
        );
        let owner = world.find("CronJob", namespace, name).unwrap_or_default();
        let owners = json!([{"apiVersion": "batch/v1", "kind": "CronJob", "name": name, "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}]);
        put(
            world,
            json!({"kind": "Job", "metadata": {"namespace": namespace, "name": job, "labels": {"app": name}, "ownerReferences": owners}, "spec": {"parallelism": 1, "completions": 1, "backoffLimit": 2, "template": template}, "status": done(ran, ended)}),
            ran,
        );
    }
    for (namespace, name, replicas) in GUARDED {
        let healthy = json!({"currentHealthy": replicas, "desiredHealthy": replicas - 1, "disruptionsAllowed": 1, "expectedPods": replicas});
        put(
            world,
            json!({"kind": "PodDisruptionBudget", "metadata": {"namespace": namespace, "name": name}, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}}, "status": healthy}),
            long,
        );
    }
    put(
        world,
        json!({"kind": "ResourceQuota", "metadata": {"namespace": "aap", "name": "aap"}, "spec": {"hard": quota("8", "24Gi", "20")}, "status": {"hard": quota("8", "24Gi", "20"), "used": quota("4500m", "17Gi", "3")}}),
        long,
    );
    for (namespace, from) in [
        (
            "paperless",
            json!([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "cloudflared"}}}]),
        ),
        ("cloudflared", json!([])),
    ] {
        let ingress = if from == json!([]) {
            json!([])
        } else {
            json!([{"from": from}])
        };
        put(
            world,
            json!({"kind": "NetworkPolicy", "metadata": {"namespace": namespace, "name": "only-what-is-needed"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": ingress}}),
            long,
        );
    }
}

/// When it was this hour last.
fn last_strike(hour: i8, now: Timestamp) -> Timestamp {
    const DAY: i64 = 24 * 3600;
    let today = now.as_second() - now.as_second().rem_euclid(DAY) + i64::from(hour) * 3600;
    let last = if today <= now.as_second() {
        today
    } else {
        today - DAY
    };
    Timestamp::from_second(last).unwrap_or(now)
}

fn done(began: Timestamp, ended: Timestamp) -> Value {
    let conditions = ["SuccessCriteriaMet", "Complete"].map(|kind| json!({"type": kind, "status": "True", "lastTransitionTime": stamp(ended), "lastProbeTime": stamp(ended), "reason": "CompletionsReached", "message": "Reached expected number of succeeded pods"}));
    json!({"startTime": stamp(began), "completionTime": stamp(ended), "succeeded": 1, "ready": 0, "conditions": conditions})
}

fn quota(cpu: &str, memory: &str, pods: &str) -> Value {
    json!({"requests.cpu": cpu, "requests.memory": memory, "pods": pods})
}
