//! A sync, done to the objects of the simulated world.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        apps,
        kinds::of_kind,
        objects::{put, stamp},
        patch,
        world::World,
    },
    git::{Item, at as entry_at, holds, place_of, short},
};

/// How a sync ended.
pub struct End {
    /// Phase.
    pub phase: &'static str,
    /// Message.
    pub message: String,
    /// What became of each resource.
    pub results: Vec<Value>,
}

impl End {
    /// One that did nothing.
    pub fn failed(message: &str) -> Self {
        Self {
            phase: "Failed",
            message: message.into(),
            results: Vec::new(),
        }
    }
}

/// A resource as an operation names it: without its group where that is the core one.
pub fn named(entry: &Value) -> Value {
    let mut out = json!({"kind": entry["kind"], "name": entry["name"]});
    for field in ["group", "namespace"] {
        if entry[field].as_str().is_some_and(|word| !word.is_empty()) {
            out[field] = entry[field].clone();
        }
    }
    out
}

/// How it is to be done.
struct How<'a> {
    dry: bool,
    prune: bool,
    force: bool,
    replace: bool,
    only: Option<&'a Vec<Value>>,
    now: Timestamp,
}

impl How<'_> {
    fn is_meant(&self, entry: &Value) -> bool {
        let (kind, namespace, name) = entry_at(entry);
        self.only.is_none_or(|only| {
            only.iter().any(|one| {
                let (wanted, at, called) = entry_at(one);
                (wanted, called) == (kind, name) && (at.is_empty() || at == namespace)
            })
        })
    }

    fn tail(&self) -> &'static str {
        if self.dry { " (dry run)" } else { "" }
    }
}

/// Does a sync, or tries it.
pub fn sync(world: &World, app: &Value, operation: &Value, now: Timestamp) -> End {
    let sync = &operation["sync"];
    let options = |wanted: &str| {
        sync["syncOptions"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == wanted))
    };
    let strategy = &sync["syncStrategy"];
    let how = How {
        dry: sync["dryRun"] == true,
        prune: sync["prune"] == true,
        force: strategy["hook"]["force"] == true
            || strategy["apply"]["force"] == true
            || options("Force=true"),
        replace: options("Replace=true"),
        only: sync["resources"].as_array(),
        now,
    };
    let fault = world.fault(app);
    let fault = fault.as_deref();
    if fault == Some("crd-too-long") && !options("ServerSideApply=true") {
        let script = apps::too_long(world.began, app);
        let state = &script["operationState"];
        let mut end = End::failed(state["message"].as_str().unwrap_or_default());
        end.results = state["syncResult"]["resources"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        return end;
    }
    let Some(commit) = world
        .git
        .commit(&place_of(app), sync["revision"].as_str())
        .or_else(|| world.git.commit(&place_of(app), None))
    else {
        return End::failed("ComparisonError: no manifests");
    };
    let mut results = Vec::new();
    for item in commit.items.iter().filter(|item| how.is_meant(&item.entry)) {
        results.push(one(world, item, &how));
    }
    let named: Vec<_> = commit.items.iter().map(Item::at).collect();
    for entry in app["status"]["resources"].as_array().into_iter().flatten() {
        let there = entry_at(entry);
        if !named.contains(&there) && how.is_meant(entry) {
            results.extend(extra(world, entry, &how));
        }
    }
    ended(results, &how)
}

fn ended(results: Vec<Value>, how: &How<'_>) -> End {
    let failed = results.iter().find(|one| one["status"] == "SyncFailed");
    if let Some(failed) = failed {
        let why = failed["message"].as_str().unwrap_or_default();
        return End {
            phase: "Failed",
            message: format!("one or more objects failed to apply, reason: {why}"),
            results,
        };
    }
    let rest = if how.dry || results.is_empty() {
        "no more tasks"
    } else {
        "all tasks run"
    };
    End {
        phase: "Succeeded",
        message: format!("successfully synced ({rest})"),
        results,
    }
}

fn result(entry: &Value, status: &str, message: String, hook_phase: &str) -> Value {
    json!({"group": entry["group"], "version": entry["version"], "kind": entry["kind"], "namespace": entry["namespace"], "name": entry["name"], "status": status, "message": message, "hookPhase": hook_phase, "syncPhase": "Sync"})
}

/// What Git names is made as Git names it.
fn one(world: &World, item: &Item, how: &How<'_>) -> Value {
    let (kind, namespace, name) = item.at();
    let phase = if how.dry { "Succeeded" } else { "Running" };
    let said = |word: &str| {
        let message = format!("{} {word}{}", short(kind, name), how.tail());
        result(&item.entry, "Synced", message, phase)
    };
    let Some(live) = world.find(kind, namespace, name) else {
        if !how.dry {
            put(world, item.manifest.clone(), how.now);
        }
        return said("created");
    };
    if holds(&item.manifest, &live) && !how.replace {
        return said("unchanged");
    }
    let remade = how.force && fixed(&item.manifest, &live).is_some();
    // a dry run asks the client alone, which knows of no such fields
    if let Some(why) = fixed(&item.manifest, &live)
        && !(remade || how.replace || how.dry)
    {
        return result(&item.entry, "SyncFailed", why, "Failed");
    }
    if how.dry {
        return said(if how.replace {
            "replaced"
        } else {
            "configured"
        });
    }
    if remade || (how.replace && how.force) {
        gone(world, kind, namespace, name, how.now);
        put(world, item.manifest.clone(), how.now);
        return said("replaced");
    }
    world.edit(kind, namespace, name, |held| {
        if how.replace {
            held["spec"] = item.manifest["spec"].clone();
        }
        patch::strategic(held, &item.manifest);
    });
    said(if how.replace {
        "replaced"
    } else {
        "configured"
    })
}

/// A field that cannot be changed, in the API server's words.
fn fixed(wanted: &Value, live: &Value) -> Option<String> {
    let kind = wanted["kind"].as_str().unwrap_or_default();
    let name = wanted["metadata"]["name"].as_str().unwrap_or_default();
    let group = of_kind(kind).map_or("", |kind| kind.group);
    let dot = if group.is_empty() { "" } else { "." };
    let selector = &wanted["spec"]["selector"];
    let selects = matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet");
    if selects && selector.is_object() && *selector != live["spec"]["selector"] {
        return Some(format!(
            "{kind}{dot}{group} \"{name}\" is invalid: spec.selector: Invalid value: {selector}: field is immutable"
        ));
    }
    let class = &wanted["spec"]["storageClassName"];
    if kind == "PersistentVolumeClaim"
        && class.is_string()
        && *class != live["spec"]["storageClassName"]
    {
        return Some(format!(
            "PersistentVolumeClaim \"{name}\" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        ));
    }
    None
}

/// What Git names no more goes, where that is asked for.
fn extra(world: &World, entry: &Value, how: &How<'_>) -> Option<Value> {
    let (kind, namespace, name) = entry_at(entry);
    if of_kind(kind).is_none() {
        let message = format!("{} unchanged{}", short(kind, name), how.tail());
        return Some(result(entry, "Synced", message, "Running"));
    }
    world.find(kind, namespace, name)?;
    if !how.prune {
        let words = "ignored (requires pruning)".to_owned();
        return Some(result(entry, "PruneSkipped", words, "Succeeded"));
    }
    if !how.dry {
        gone(world, kind, namespace, name, how.now);
    }
    let words = format!("pruned{}", how.tail());
    Some(result(entry, "Pruned", words, "Succeeded"))
}

/// Takes an object away with what it made; what has finalizers waits for them.
fn gone(world: &World, kind: &str, namespace: &str, name: &str, now: Timestamp) {
    let (Some(served), Some(object)) = (of_kind(kind), world.find(kind, namespace, name)) else {
        return;
    };
    let held = object["metadata"]["finalizers"]
        .as_array()
        .is_some_and(|all| !all.is_empty());
    if held || kind == "Pod" {
        world.edit(kind, namespace, name, |held| {
            if held["metadata"]["deletionTimestamp"].is_null() {
                held["metadata"]["deletionTimestamp"] = json!(stamp(now));
            }
        });
        return;
    }
    world.remove(served, namespace, name);
    let uid = &object["metadata"]["uid"];
    for below in ["ReplicaSet", "Pod", "Job"] {
        let made = world.some(below, |one| {
            one["metadata"]["ownerReferences"][0]["uid"] == *uid
        });
        for one in made {
            let name = one["metadata"]["name"].as_str().unwrap_or_default();
            gone(world, below, namespace, name, now);
        }
    }
}
