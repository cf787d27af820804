//! What is not as it should be, with the reason the cluster itself gives.

mod guests;
mod platform;

use crate::{
    domain::{
        App, Claim, Conditions, ContainerState, Health, ObjectRef, Pod, Profile, SyncStatus, Time,
        Truth, Vm,
    },
    insight::capacity::{self, Level},
    inventory::Inventory,
};

/// An object that is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// How bad.
    pub level: Level,
    /// Which object.
    pub object: ObjectRef,
    /// State in a word or two.
    pub what: String,
    /// Reason that the cluster gives; may be empty.
    pub why: String,
    /// Since when, where known.
    pub since: Option<Time>,
}

/// Time within which a pod or claim may be on its way without being a trouble.
const GRACE_SECONDS: i64 = 120;

/// All troubles, worst first, then newest first.
#[must_use]
pub fn troubles(inventory: &Inventory, profile: &Profile, now: Time) -> Vec<Trouble> {
    let mut found = Vec::new();
    nodes(inventory, profile, &mut found);
    let unwell = inventory.indexes.unwell_pods.iter();
    found.extend(
        unwell
            .filter_map(|key| inventory.pods.get(key))
            .filter_map(|pod| pod_trouble(inventory, pod, now)),
    );
    found.extend(
        inventory
            .claims
            .iter()
            .filter_map(|claim| claim_trouble(inventory, claim, now)),
    );
    found.extend(inventory.apps.iter().filter_map(|app| app_trouble(app)));
    found.extend(inventory.vms.iter().filter_map(|vm| vm_trouble(vm)));
    platform::all(inventory, now, &mut found);
    fill(inventory, profile, &mut found);
    guests::all(inventory, profile, &mut found);
    found.sort_by(|a, b| {
        b.level
            .cmp(&a.level)
            .then(b.since.cmp(&a.since))
            .then_with(|| a.object.cmp(&b.object))
    });
    found
}

fn trouble(level: Level, kind: &str, key: &crate::domain::Key, what: impl Into<String>) -> Trouble {
    let object = ObjectRef {
        kind: kind.into(),
        key: key.clone(),
    };
    Trouble {
        level,
        object,
        what: what.into(),
        why: String::new(),
        since: None,
    }
}

fn nodes(inventory: &Inventory, profile: &Profile, found: &mut Vec<Trouble>) {
    for node in inventory.nodes.iter() {
        let conditions = node.conditions.as_slice();
        let key = &node.meta.key;
        if !conditions.holds("Ready") {
            let ready = conditions.condition("Ready");
            found.push(Trouble {
                why: ready.map_or_else(String::new, |ready| ready.message.to_string()),
                since: ready.and_then(|ready| ready.since.time()),
                ..trouble(Level::Critical, "Node", key, "not ready")
            });
        }
        for pressure in conditions
            .iter()
            .filter(|c| c.kind.ends_with("Pressure") && c.status == Truth::True)
        {
            let why = pressure.message.to_string();
            found.push(Trouble {
                why,
                since: pressure.since.time(),
                ..trouble(Level::Critical, "Node", key, &*pressure.kind)
            });
        }
        if node.unschedulable {
            found.push(trouble(Level::Warning, "Node", key, "cordoned"));
        }
    }
    for blade in capacity::blades(inventory, profile) {
        if blade.level > Level::Ok {
            let key = crate::domain::Key::new("", &blade.node);
            let percent = |share: Option<f64>| share.unwrap_or_default() * 100.0;
            let what = format!(
                "{:.0} % cpu, {:.0} % memory requested",
                percent(blade.cpu.requested_share()),
                percent(blade.memory.requested_share())
            );
            found.push(trouble(Level::Warning, "Node", &key, what));
        }
    }
}

fn pod_trouble(inventory: &Inventory, pod: &Pod, now: Time) -> Option<Trouble> {
    let word = pod.status_word();
    let young = pod
        .meta
        .created
        .time()
        .is_some_and(|created| now.duration_since(created).as_secs() < GRACE_SECONDS);
    let ready = pod.conditions.as_slice().holds("Ready");
    let level = match word.as_str() {
        "Completed" | "Succeeded" => return None,
        "Running" if ready => return None,
        "Pending" | "ContainerCreating" | "PodInitializing" | "Running" | "NotReady" if young => {
            return None;
        }
        "Terminating" => {
            let since = pod.meta.deleting.time()?;
            let slow = now.duration_since(since).as_secs() > 300;
            return slow.then(|| Trouble {
                since: Some(since),
                ..trouble(Level::Warning, "Pod", &pod.meta.key, "Terminating")
            });
        }
        "Pending" | "Running" | "NotReady" | "ContainerCreating" | "PodInitializing"
        | "SchedulingGated" => Level::Warning,
        _ => Level::Critical,
    };
    let (why, since) = why_of_pod(inventory, pod);
    Some(Trouble {
        why,
        since: since.or(pod.meta.created.time()),
        ..trouble(level, "Pod", &pod.meta.key, word)
    })
}

fn why_of_pod(inventory: &Inventory, pod: &Pod) -> (String, Option<Time>) {
    let since = pod
        .conditions
        .as_slice()
        .condition("Ready")
        .and_then(|ready| ready.since.time());
    if let Some(last) = pod
        .all_statuses()
        .filter(|status| !status.ready)
        .find_map(|status| status.last.as_ref())
        && (&*last.reason == "OOMKilled" || last.exit_code != 0)
    {
        let reason = if last.reason.is_empty() {
            "ended"
        } else {
            &last.reason
        };
        return (
            format!(
                "{reason}, exit code {}, {} restarts",
                last.exit_code,
                pod.restarts()
            ),
            since,
        );
    }
    for status in pod.all_statuses() {
        if let ContainerState::Waiting { message, .. } = &status.state
            && !message.is_empty()
        {
            return (message.to_string(), since);
        }
    }
    if let Some(scheduled) = pod
        .conditions
        .as_slice()
        .condition("PodScheduled")
        .filter(|c| c.status == Truth::False)
    {
        return (scheduled.message.to_string(), scheduled.since.time());
    }
    if !pod.message.is_empty() {
        return (pod.message.to_string(), since);
    }
    (last_warning(inventory, "Pod", &pod.meta), since)
}

fn last_warning(inventory: &Inventory, kind: &str, meta: &crate::domain::Meta) -> String {
    let events = inventory.events_about(kind, meta);
    events
        .iter()
        .rev()
        .find(|event| event.warning)
        .map_or_else(String::new, |event| event.message.to_string())
}

fn claim_trouble(inventory: &Inventory, claim: &Claim, now: Time) -> Option<Trouble> {
    let key = &claim.meta.key;
    if let Some(since) = claim.meta.deleting.time() {
        let why = "a pod still uses it".into();
        return Some(Trouble {
            why,
            since: Some(since),
            ..trouble(Level::Warning, "PersistentVolumeClaim", key, "Terminating")
        });
    }
    match &*claim.phase {
        "Bound" => None,
        "Lost" => Some(trouble(
            Level::Critical,
            "PersistentVolumeClaim",
            key,
            "Lost",
        )),
        _ => {
            let class = claim
                .class_name()
                .and_then(|name| inventory.classes.find("", name));
            let waits = class.is_some_and(|class| class.waits_for_consumer());
            let young = claim
                .meta
                .created
                .time()
                .is_some_and(|created| now.duration_since(created).as_secs() < GRACE_SECONDS);
            // a claim that waits for its first pod is as it should be
            if young || (waits && inventory.indexes.pods_by_claim.get(key).is_empty()) {
                return None;
            }
            let why = last_warning(inventory, "PersistentVolumeClaim", &claim.meta);
            Some(Trouble {
                why,
                since: claim.meta.created.time(),
                ..trouble(Level::Critical, "PersistentVolumeClaim", key, "Pending")
            })
        }
    }
}

fn app_trouble(app: &App) -> Option<Trouble> {
    let health = app.true_health();
    let error = app.error();
    if health == Health::Healthy && app.sync == SyncStatus::Synced && error.is_none() {
        return None;
    }
    let broken = matches!(health, Health::Degraded | Health::Missing) || error.is_some();
    let level = if broken {
        Level::Critical
    } else {
        Level::Warning
    };
    let operation = app
        .operation
        .as_ref()
        .filter(|op| op.phase != crate::domain::Phase::Succeeded);
    let worst = app
        .resources
        .iter()
        .filter(|one| {
            one.health
                .is_some_and(|health| health < Health::Progressing)
        })
        .min_by_key(|one| one.health);
    let why = if let Some(error) = error {
        error.message.to_string()
    } else if let Some(operation) = operation {
        operation.message.to_string()
    } else if let Some(resource) = worst {
        format!(
            "{} {} {}",
            resource.kind, resource.name, resource.health_message
        )
    } else {
        app.health_message.to_string()
    };
    let what = format!("{} {}", app.sync.as_str(), health.as_str());
    let since = error
        .and_then(|error| error.since.time())
        .or(app.health_since);
    Some(Trouble {
        why,
        since,
        ..trouble(level, "Application", &app.meta.key, what)
    })
}

fn vm_trouble(vm: &Vm) -> Option<Trouble> {
    let level = match &*vm.status {
        "" | "Running" | "Stopped" | "Starting" | "Stopping" | "Migrating" | "Provisioning"
        | "Terminating" => return None,
        "Paused" | "WaitingForVolumeBinding" => Level::Warning,
        _ => Level::Critical,
    };
    let failing = vm
        .conditions
        .iter()
        .find(|c| !c.message.is_empty() && c.status != Truth::True);
    let why = failing.map_or_else(String::new, |c| c.message.to_string());
    Some(Trouble {
        why,
        ..trouble(level, "VirtualMachine", &vm.meta.key, &*vm.status)
    })
}

fn fill(inventory: &Inventory, profile: &Profile, found: &mut Vec<Trouble>) {
    let bounds = &profile.thresholds;
    for (claim, usage) in inventory.volume_usage.iter() {
        let level = Level::of(
            usage.share(),
            bounds.storage_warning,
            bounds.storage_critical,
        );
        if level > Level::Ok {
            let what = format!("{:.0} % full", usage.share().unwrap_or_default() * 100.0);
            found.push(Trouble {
                since: usage.at,
                ..trouble(level, "PersistentVolumeClaim", claim, what)
            });
        }
    }
}
