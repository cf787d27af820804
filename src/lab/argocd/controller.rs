//! Argo CD's application controller in the simulation: it compares, takes up what is filed, syncs by
//! itself and heals. Each step is one event of the stream, as with the real one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        apps,
        kinds::of_kind,
        objects::stamp,
        world::{Place, World},
    },
    apply,
    git::{Commit, REVISION, at as entry_at, differs_from, is_scripted, place_of},
    kind, tell,
};

/// Entries of the history that the controller keeps.
const KEPT: usize = 10;

fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// One step of the controller.
pub fn tick(world: &World, now: Timestamp) {
    for app in due(world) {
        // what Git has nothing of was brought in as it is, and stays so
        if world.git.commit(&place_of(&app), None).is_none() {
            continue;
        }
        if app["operation"].is_object() {
            operate(world, &app, now);
        } else {
            compare(world, &app, now);
            automatic(world, &place_of(&app), now);
        }
    }
}

/// Applications that may have something to do: what belongs to them changed, an operation is filed,
/// or self-heal waits. With thousands of them, the others are not even looked at.
fn due(world: &World) -> Vec<Value> {
    let Some(kind) = kind() else {
        return Vec::new();
    };
    let seen = world.git.see(world.version());
    let touched: Option<BTreeSet<Place>> = world.touched_since(seen);
    let drifting = world.git.drifting();
    let namespaces: Option<BTreeSet<&str>> = touched.as_ref().map(|all| {
        all.iter()
            .map(|(namespace, _)| namespace.as_str())
            .collect()
    });
    world.look(kind, |all| {
        all.filter(|app| {
            let own = place_of(app);
            let Some((touched, namespaces)) = touched.as_ref().zip(namespaces.as_ref()) else {
                return true;
            };
            app["operation"].is_object()
                || touched.contains(&own)
                || drifting.contains(&own)
                || namespaces.contains(text(app, "/spec/destination/namespace"))
        })
        .cloned()
        .collect()
    })
}

fn edit(world: &World, place: &Place, change: impl FnOnce(&mut Value)) {
    world.edit("Application", &place.0, &place.1, change);
}

/// Brings the status up to date.
fn compare(world: &World, app: &Value, now: Timestamp) {
    let place = place_of(app);
    let status = match world.fault(app).as_deref() {
        Some("crd-too-long") => apps::too_long(world.began, app),
        Some("self-heal-fight") => apps::fight(world.began, app),
        _ => compared(world, app, &place),
    };
    let changed = status["health"]["status"] != app["status"]["health"]["status"];
    edit(world, &place, |held| {
        let before = held["status"].clone();
        let own = was_asked_for(world, &held["status"]["operationState"]);
        for (field, value) in status.as_object().into_iter().flatten() {
            // the last operation that was really done stays until the next one
            if field != "operationState" || !own {
                held["status"][field] = value.clone();
            }
        }
        if !status["conditions"].is_array()
            && let Some(held) = held["status"].as_object_mut()
        {
            held.shift_remove("conditions");
        }
        held["status"]["health"]["lastTransitionTime"] = if changed {
            json!(stamp(now))
        } else {
            app["status"]["health"]["lastTransitionTime"].clone()
        };
        let finished = text(&held["status"], "/operationState/finishedAt").to_owned();
        let late = *text(&held["status"], "/reconciledAt") < *finished;
        if late || held["status"] != before {
            held["status"]["reconciledAt"] = json!(stamp(now));
        }
    });
}

/// Whether an operation was done while the lab ran; those of the past are part of the scenario.
fn was_asked_for(world: &World, state: &Value) -> bool {
    let started = text(state, "/startedAt").parse::<Timestamp>();
    // stamps are of whole seconds
    started.is_ok_and(|started| started.as_second() >= world.began.as_second())
}

/// The comparison with what the branch names.
fn compared(world: &World, app: &Value, place: &Place) -> Value {
    let Some(commit) = world.git.commit(place, None) else {
        return json!({});
    };
    let (mut resources, mut missing) = (Vec::new(), false);
    for item in commit.items.iter() {
        let (kind, namespace, name) = item.at();
        let mut entry = item.entry.clone();
        let differs = differs_from(world, item);
        missing |= differs && world.find(kind, namespace, name).is_none();
        entry["status"] = json!(if differs { "OutOfSync" } else { "Synced" });
        resources.push(entry);
    }
    resources.extend(left_over(world, app, &commit));
    let synced = resources.iter().all(|one| one["status"] == "Synced");
    let health = if missing {
        "Missing"
    } else {
        apps::health(world, &resources)
    };
    let word = if synced { "Synced" } else { "OutOfSync" };
    let mut out = json!({"resources": resources, "health": {"status": health}, "sync": {"status": word, "revision": commit.revision, "comparedTo": {"source": app["spec"]["source"], "destination": app["spec"]["destination"]}}});
    out["operationState"] = apps::past_operation(world.began);
    out
}

/// What the application made once and Git names no more, and what the lab knows by name only.
fn left_over(world: &World, app: &Value, commit: &Commit) -> Vec<Value> {
    let named: BTreeSet<_> = commit.items.iter().map(|item| item.at()).collect();
    app["status"]["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| {
            let (kind, namespace, name) = entry_at(entry);
            let there = of_kind(kind).is_none() || world.find(kind, namespace, name).is_some();
            !named.contains(&(kind, namespace, name)) && there
        })
        .map(|entry| {
            let mut entry = entry.clone();
            if of_kind(entry_at(&entry).0).is_some() {
                entry["status"] = json!("OutOfSync");
                entry["requiresPruning"] = json!(true);
            } else {
                entry["status"] = json!("Synced");
            }
            entry
        })
        .collect()
}

/// Automatic sync: a new commit at once, drift when self-heal's time has come.
fn automatic(world: &World, place: &Place, now: Timestamp) {
    let Some(app) = world.find("Application", &place.0, &place.1) else {
        return;
    };
    let auto = &app["spec"]["syncPolicy"]["automated"];
    let on = auto.is_object() && auto["enabled"] != false && !is_scripted(world, &app);
    let differs = app["status"]["sync"]["status"] == "OutOfSync";
    // a window that is closed holds it back without a trace
    let denied = world.git.window(text(&app, "/spec/project")).is_some();
    if !on || !differs || denied || app["operation"].is_object() {
        world.git.drift(place, false, now);
        return;
    }
    let revision = text(&app, "/status/sync/revision").to_owned();
    let last = app["status"]["history"]
        .as_array()
        .and_then(|all| all.last())
        .map_or("", |past| text(past, "/revision"));
    let tried = &app["status"]["operationState"];
    let failed = tried["phase"] == "Failed" && tried["operation"]["sync"]["revision"] == *revision;
    if last != revision && !failed {
        let mut sync = json!({"revision": revision});
        if auto["prune"] == true {
            sync["prune"] = json!(true);
        }
        return file(world, &app, sync, now);
    }
    let heals = auto["selfHeal"] == true && !failed;
    if !world.git.drift(place, heals, now) {
        return;
    }
    world.git.drift(place, false, now);
    let differing: Vec<Value> = app["status"]["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["status"] == "OutOfSync" && one["requiresPruning"] != true)
        .map(apply::named)
        .collect();
    if differing.is_empty() {
        return;
    }
    let before = tried["operation"]["sync"]["autoHealAttemptsCount"]
        .as_i64()
        .unwrap_or(0);
    let sync =
        json!({"revision": revision, "resources": differing, "autoHealAttemptsCount": before + 1});
    file(world, &app, sync, now);
}

fn file(world: &World, app: &Value, sync: Value, now: Timestamp) {
    tell::begun_by_itself(world, app, text(&sync, "/revision"), now);
    edit(world, &place_of(app), |held| {
        held["operation"] =
            json!({"sync": sync, "initiatedBy": {"automated": true}, "retry": {"limit": 5}});
        if let Some(status) = held["status"].as_object_mut() {
            status.shift_remove("operationState");
        }
    });
}

/// Takes up the operation that is filed, or does it, or ends it.
fn operate(world: &World, app: &Value, now: Timestamp) {
    let place = place_of(app);
    let operation = &app["operation"];
    let state = &app["status"]["operationState"];
    let phase = text(state, "/phase");
    let taken_up = state["operation"] == *operation && matches!(phase, "Running" | "Terminating");
    if !taken_up {
        let begun = json!({"operation": operation, "phase": "Running", "startedAt": stamp(now)});
        return edit(world, &place, |held| {
            // somebody may have filed another one meanwhile
            if held["operation"] == *operation {
                held["status"]["operationState"] = begun;
            }
        });
    }
    if phase == "Terminating" {
        let end = apply::End::failed("Operation terminated");
        return finish(world, &place, operation, &end, now);
    }
    if let Some(why) = waits(world, app) {
        return edit(world, &place, |held| {
            held["status"]["operationState"]["message"] = json!(why);
        });
    }
    let end = apply::sync(world, app, operation, now);
    finish(world, &place, operation, &end, now);
}

/// What keeps an operation from going on.
fn waits(world: &World, app: &Value) -> Option<&'static str> {
    let by_hand = app["operation"]["initiatedBy"]["username"].is_string();
    if by_hand && world.git.window(text(app, "/spec/project")) == Some(false) {
        return Some("Sync operation blocked by sync window");
    }
    let whole = app["operation"]["sync"]["resources"].is_null()
        && app["operation"]["sync"]["dryRun"] != true;
    (whole && world.git.is_held(text(app, "/metadata/name")))
        .then_some("waiting for completion of hook batch/Job/long-migrate")
}

/// The operation goes and its end is written, in one event; the comparison follows.
fn finish(world: &World, place: &Place, operation: &Value, end: &apply::End, now: Timestamp) {
    let sync = &operation["sync"];
    edit(world, place, |held| {
        if let Some(fields) = held.as_object_mut() {
            fields.shift_remove("operation");
        }
        let revision = sync["revision"].as_str().unwrap_or(REVISION).to_owned();
        let started = held["status"]["operationState"]["startedAt"].clone();
        let state = &mut held["status"]["operationState"];
        state["phase"] = json!(end.phase);
        state["message"] = json!(end.message);
        state["finishedAt"] = json!(stamp(now));
        state["syncResult"] =
            json!({"resources": end.results, "revision": revision, "source": sync["source"]});
        let whole = sync["resources"].is_null() && sync["dryRun"] != true;
        if end.phase != "Succeeded" || !whole {
            return;
        }
        let source = if sync["source"].is_object() {
            sync["source"].clone()
        } else {
            held["spec"]["source"].clone()
        };
        if !held["status"]["history"].is_array() {
            held["status"]["history"] = json!([]);
        }
        if let Some(history) = held["status"]["history"].as_array_mut() {
            let last = history.iter().filter_map(|one| one["id"].as_i64()).max();
            let id = last.map_or(0, |last| last + 1);
            history.push(json!({"revision": revision, "deployedAt": stamp(now), "id": id, "source": source, "deployStartedAt": started, "initiatedBy": operation["initiatedBy"]}));
            let extra = history.len().saturating_sub(KEPT);
            history.drain(..extra);
        }
    });
    if let Some(app) = world.find("Application", &place.0, &place.1) {
        tell::ended(world, &app, operation, now);
    }
}
