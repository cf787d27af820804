//! What Git names for each application: commits with the manifests of every resource of a simulated
//! kind; of others the status alone knows, and they are always as Git wants them. The first commits
//! are what the world held when the lab began; faults come from Git too.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{
    kinds::of_kind,
    world::{Place, World},
};

/// What the branch names at the start.
pub const REVISION: &str = "3f2c1abd90e1f7a2b6c4d5e8f9012345678abcde";
/// What it named before.
pub const OLDER: &str = "81d0c9e2f4a6b8d0c2e4f6a8b0d2c4e6f8a0b2c4";

/// One resource that Git names.
#[derive(Clone, Debug)]
pub struct Item {
    /// As an application's status lists it, without its status.
    pub entry: Value,
    /// Its manifest.
    pub manifest: Value,
}

impl Item {
    /// Kind, namespace and name.
    pub fn at(&self) -> (&str, &str, &str) {
        at(&self.entry)
    }
}

/// Kind, namespace and name of a resource of a status.
pub fn at(entry: &Value) -> (&str, &str, &str) {
    let word = |field: &str| entry[field].as_str().unwrap_or_default();
    (word("kind"), word("namespace"), word("name"))
}

/// A commit.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its hash.
    pub revision: String,
    /// All that it names; commits that name the same share it.
    pub items: Arc<Vec<Item>>,
}

#[derive(Debug, Default)]
struct State {
    /// Commits by application, newest last.
    commits: BTreeMap<Place, Vec<Commit>>,
    /// Projects in which no sync is allowed now; whether one by hand is.
    denied: BTreeMap<String, bool>,
    /// Applications whose hook never ends.
    held: BTreeSet<String>,
    /// When an application that heals itself was first seen to differ.
    drifted: BTreeMap<Place, Timestamp>,
    /// Version of the world that the controller has seen.
    seen: u64,
    /// Seconds until self-heal acts.
    heals_after: i64,
}

/// Git, and what the controller remembers.
#[derive(Debug, Default)]
pub struct Git(Mutex<State>);

impl Git {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets how long self-heal waits.
    pub fn heal_after(&self, seconds: i64) {
        self.with(|state| state.heals_after = seconds);
    }

    /// A commit of an application: of a revision, or what the branch names now.
    pub fn commit(&self, app: &Place, revision: Option<&str>) -> Option<Commit> {
        self.with(|state| {
            let all = state.commits.get(app)?;
            match revision {
                Some(wanted) => all.iter().find(|one| one.revision == wanted).cloned(),
                None => all.last().cloned(),
            }
        })
    }

    /// The commit of a branch's name or of a hash.
    pub fn resolve(&self, app: &Place, target: &str, revision: &str) -> Option<String> {
        let wanted = (revision != target && !revision.is_empty()).then_some(revision);
        self.commit(app, wanted).map(|commit| commit.revision)
    }

    /// Puts a new commit on the branch that differs from the last one.
    pub fn push(&self, app: &Place, change: impl FnOnce(&mut Vec<Item>)) -> bool {
        self.with(|state| {
            let Some(all) = state.commits.get_mut(app) else {
                return false;
            };
            let Some(mut next) = all.last().cloned() else {
                return false;
            };
            change(Arc::make_mut(&mut next.items));
            next.revision = format!(
                "{:032x}{:08x}",
                (all.len() as u128).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
                all.len()
            );
            all.push(next);
            state.seen = 0;
            true
        })
    }

    /// Denies all syncs of a project; those by hand too unless they are let through.
    pub fn deny(&self, project: &str, manual: bool) {
        self.with(|state| state.denied.insert(project.to_owned(), manual));
    }

    /// Allows them again.
    pub fn allow(&self, project: &str) {
        self.with(|state| state.denied.remove(project));
    }

    /// Whether a window is closed now, and if so whether it lets syncs by hand through.
    pub fn window(&self, project: &str) -> Option<bool> {
        self.with(|state| state.denied.get(project).copied())
    }

    /// Lets the next sync of an application wait for a hook, or lets the hook end.
    pub fn hold(&self, app: &str, on: bool) {
        self.with(|state| {
            if on {
                state.held.insert(app.to_owned());
            } else {
                state.held.remove(app);
            }
        });
    }

    /// Whether its hook never ends.
    pub fn is_held(&self, app: &str) -> bool {
        self.with(|state| state.held.contains(app))
    }

    /// Notes that an application differs, or that it does no more. Says whether self-heal acts now.
    pub fn drift(&self, app: &Place, differs: bool, now: Timestamp) -> bool {
        self.with(|state| {
            if !differs {
                state.drifted.remove(app);
                return false;
            }
            let since = *state.drifted.entry(app.clone()).or_insert(now);
            now.duration_since(since).as_secs() >= state.heals_after
        })
    }

    /// Applications that differ and wait for self-heal.
    pub fn drifting(&self) -> BTreeSet<Place> {
        self.with(|state| state.drifted.keys().cloned().collect())
    }

    /// The version that was seen last; from now on it is this one.
    pub fn see(&self, version: u64) -> u64 {
        self.with(|state| std::mem::replace(&mut state.seen, version))
    }
}

/// Namespace and name of an application.
pub fn place_of(app: &Value) -> Place {
    let word = |field: &str| {
        app["metadata"][field]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (word("namespace"), word("name"))
}

/// What somebody would have written to get this object.
fn manifest(object: &Value) -> Value {
    let mut out = json!({"kind": object["kind"], "metadata": {}});
    for field in ["namespace", "name", "labels"] {
        if !object["metadata"][field].is_null() {
            out["metadata"][field] = object["metadata"][field].clone();
        }
    }
    for field in ["spec", "data"] {
        if !object[field].is_null() {
            out[field] = object[field].clone();
        }
    }
    // the binder's word, not Git's
    if let Some(spec) = out["spec"].as_object_mut() {
        spec.shift_remove("volumeName");
    }
    out
}

/// Takes what the world holds into Git, for applications that have no commit yet.
pub fn begin(world: &World) {
    for app in world.all("Application") {
        let items: Vec<Item> = app["status"]["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|resource| {
                let (kind, namespace, name) = at(resource);
                let manifest = manifest(&world.find(kind, namespace, name)?);
                let mut entry = resource.clone();
                if let Some(fields) = entry.as_object_mut() {
                    fields.shift_remove("status");
                }
                Some(Item { entry, manifest })
            })
            .collect();
        let items = Arc::new(items);
        let ran_another = items.iter().any(|item| image_of(&item.manifest).is_some());
        let older = Commit {
            revision: OLDER.into(),
            items: if ran_another {
                Arc::new(items.iter().map(before).collect())
            } else {
                Arc::clone(&items)
            },
        };
        let newest = Commit {
            revision: REVISION.into(),
            items,
        };
        world.git.with(|state| {
            state
                .commits
                .entry(place_of(&app))
                .or_insert_with(|| vec![older, newest]);
        });
    }
}

/// The same resource a commit earlier: workloads ran another image.
fn before(item: &Item) -> Item {
    let mut item = item.clone();
    retag(&mut item.manifest, "previous");
    item
}

fn image_of(manifest: &Value) -> Option<&str> {
    manifest["spec"]["template"]["spec"]["containers"][0]["image"].as_str()
}

/// Gives the first container of a workload another tag.
pub fn retag(manifest: &mut Value, tag: &str) {
    let Some(held) = image_of(manifest) else {
        return;
    };
    let bare = held.rsplit_once(':').map_or(held, |(bare, _)| bare);
    let image = format!("{bare}:{tag}");
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
}

/// Runs something that changes the world on purpose, as a fault does, and takes what it changed into
/// Git, so that self-heal does not cure it.
pub fn with_git(world: &World, work: impl FnOnce()) {
    let apps = world.all("Application");
    let differing = |app: &Value| -> BTreeSet<usize> {
        let commit = world.git.commit(&place_of(app), None);
        let items = commit.map_or_else(Arc::default, |commit| commit.items);
        (0..items.len())
            .filter(|nth| differs_from(world, &items[*nth]))
            .collect()
    };
    let before: Vec<BTreeSet<usize>> = apps.iter().map(differing).collect();
    work();
    for (app, before) in apps.iter().zip(before) {
        let new: Vec<usize> = differing(app).difference(&before).copied().collect();
        world.git.with(|state| {
            let commits = state.commits.get_mut(&place_of(app));
            let Some(items) = commits
                .and_then(|all| all.last_mut())
                .map(|one| Arc::make_mut(&mut one.items))
            else {
                return;
            };
            for nth in new {
                let (kind, namespace, name) = items[nth].at();
                if let Some(object) = world.find(kind, namespace, name) {
                    items[nth].manifest = manifest(&object);
                }
            }
        });
    }
}

/// Whether the world has a resource otherwise than Git names it, or not at all.
pub fn differs_from(world: &World, item: &Item) -> bool {
    let (kind, namespace, name) = item.at();
    world
        .find(kind, namespace, name)
        .is_none_or(|live| !holds(&item.manifest, &live))
}

/// Whether an object has all that a manifest says; what others added does not count.
pub fn holds(wanted: &Value, live: &Value) -> bool {
    match (wanted, live) {
        (Value::Object(wanted), Value::Object(live)) => wanted.iter().all(|(key, value)| {
            value.is_null() || live.get(key).is_some_and(|held| holds(value, held))
        }),
        (Value::Object(wanted), Value::Null) => wanted.is_empty(),
        (Value::Array(wanted), Value::Array(live)) => {
            wanted.len() == live.len()
                && wanted
                    .iter()
                    .zip(live)
                    .all(|(wanted, live)| holds(wanted, live))
        }
        (wanted, live) => wanted == live,
    }
}

/// Whether the status of an application is written by a fault.
pub fn is_scripted(world: &World, app: &Value) -> bool {
    world.fault(app).is_some()
}

/// The name of a kind in messages, as `deployment.apps/homer`.
pub fn short(kind: &str, name: &str) -> String {
    let group = of_kind(kind).map_or("", |kind| kind.group);
    let kind = kind.to_lowercase();
    if group.is_empty() {
        format!("{kind}/{name}")
    } else {
        format!("{kind}.{group}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_added_is_no_difference() {
        let wanted = json!({"spec": {"replicas": 1, "ports": [{"port": 80}]}});
        let live = json!({"spec": {"replicas": 1, "ports": [{"port": 80, "nodePort": 3}], "clusterIP": "x"}, "status": {}});
        assert!(holds(&wanted, &live));
        let scaled = json!({"spec": {"replicas": 2, "ports": [{"port": 80}]}});
        assert!(!holds(&wanted, &scaled));
    }
}
