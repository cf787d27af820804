//! The world of the lab: all objects with their versions, and what changed lately.

mod identity;
mod reading;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Mutex,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    argocd::git::Git,
    kinds::{Served, of_kind},
};

pub use identity::{digest, letters, template_hash, uid};

/// Changes that are kept for watchers; older versions are gone (410).
const KEPT: usize = 4000;

/// Namespace (empty: none) and name.
pub type Place = (String, String);

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It came.
    Added,
    /// It changed.
    Modified,
    /// It went.
    Deleted,
}

impl Happened {
    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
        }
    }
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// Version it made.
    pub version: u64,
    /// What happened.
    pub happened: Happened,
    /// Plural of the kind.
    pub plural: &'static str,
    /// Group of the kind.
    pub group: &'static str,
    /// The object after it (before it, for one that went).
    pub object: Value,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<(&'static str, &'static str), BTreeMap<Place, Value>>,
    version: u64,
    changes: VecDeque<Change>,
    /// Versions up to this one are forgotten.
    compacted: u64,
    made: u64,
    logs: BTreeMap<(String, String, String, bool), String>,
    /// Faults by kind and place: the objects themselves do not show them.
    faults: BTreeMap<(String, Place), String>,
}

/// The world. All access is by short closures; nothing waits while it is held.
#[derive(Debug)]
pub struct World {
    state: Mutex<State>,
    news: watch::Sender<u64>,
    /// What Git names for Argo CD's applications.
    pub git: Git,
    /// When the lab began; what is older is part of the scenario.
    pub began: Timestamp,
}

impl Default for World {
    fn default() -> Self {
        let state = State {
            version: 1000,
            compacted: 999,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            news: watch::Sender::new(1000),
            git: Git::default(),
            began: Timestamp::now(),
        }
    }
}

/// Why a write is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is none.
    NotFound,
    /// There is one already.
    Exists,
    /// A precondition does not hold; in the server's words.
    Conflict(String),
    /// A patch that cannot be applied.
    Unfit,
}

impl World {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // a panic of another task leaves whole objects behind: the world stays usable
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = state.version;
        let out = work(&mut state);
        let after = state.version;
        drop(state);
        if after != before {
            self.news.send_replace(after);
        }
        out
    }

    /// Told of each new version.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// The version now.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.with(|state| state.version)
    }

    /// Forgets all changes up to now: watchers of older versions are told 410.
    pub fn compact(&self) {
        self.with(|state| {
            state.changes.clear();
            state.compacted = state.version;
        });
    }

    /// Makes an object; name, UID and time are filled in.
    ///
    /// # Errors
    /// [`Refused::Exists`].
    pub fn create(&self, mut object: Value, now: &str) -> Result<Value, Refused> {
        let Some(kind) = object["kind"].as_str().and_then(of_kind) else {
            return Err(Refused::NotFound);
        };
        self.with(|state| {
            state.made += 1;
            let made = state.made;
            let meta = &mut object["metadata"];
            if meta["name"].as_str().is_none_or(str::is_empty) {
                let prefix = meta["generateName"].as_str().unwrap_or("lab-").to_owned();
                meta["name"] = json!(format!("{prefix}{}", letters(made)));
            }
            if meta["uid"].is_null() {
                meta["uid"] = json!(uid(made));
            }
            if meta["creationTimestamp"].is_null() {
                meta["creationTimestamp"] = json!(now);
            }
            let place = place(kind, &object);
            if state
                .objects
                .get(&(kind.group, kind.plural))
                .is_some_and(|table| table.contains_key(&place))
            {
                return Err(Refused::Exists);
            }
            Ok(state.put(kind, object, Happened::Added))
        })
    }

    /// Changes an object in place; gives it back as it is now. Nothing is written where nothing changes.
    ///
    /// # Errors
    /// [`Refused::NotFound`], or whatever the change refuses.
    pub fn change(
        &self,
        kind: &Served,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value) -> Result<(), Refused>,
    ) -> Result<Value, Refused> {
        let Some(kind) = super::kinds::served(kind.group, kind.plural) else {
            return Err(Refused::NotFound);
        };
        self.with(|state| {
            let place = (namespace.to_owned(), name.to_owned());
            let before = state
                .objects
                .get(&(kind.group, kind.plural))
                .and_then(|table| table.get(&place))
                .cloned()
                .ok_or(Refused::NotFound)?;
            let mut after = before.clone();
            change(&mut after)?;
            if after == before {
                return Ok(before);
            }
            if after["spec"] != before["spec"] {
                let generation = before["metadata"]["generation"].as_i64().unwrap_or(1) + 1;
                after["metadata"]["generation"] = json!(generation);
            }
            let done = after["metadata"]["deletionTimestamp"].is_string()
                && after["metadata"]["finalizers"]
                    .as_array()
                    .is_none_or(Vec::is_empty)
                && kind.plural != "pods";
            if done {
                return Ok(state.drop_object(kind, &place).unwrap_or(after));
            }
            Ok(state.put(kind, after, Happened::Modified))
        })
    }

    /// The same by the kind's word, for the simulation; a missing object is left alone.
    pub fn edit(&self, kind: &str, namespace: &str, name: &str, change: impl FnOnce(&mut Value)) {
        if let Some(kind) = of_kind(kind) {
            // an object that is gone by now needs no change
            drop(self.change(kind, namespace, name, |object| {
                change(object);
                Ok(())
            }));
        }
    }

    /// The fault that an object suffers from.
    #[must_use]
    pub fn fault(&self, object: &Value) -> Option<String> {
        let kind = of_kind(object["kind"].as_str()?)?;
        let key = (kind.kind.to_owned(), place(kind, object));
        self.with(|state| state.faults.get(&key).cloned())
    }

    /// Has an object suffer from a fault, or cures it.
    pub fn set_fault(&self, kind: &str, place: Place, fault: Option<&str>) {
        self.with(|state| match fault {
            Some(fault) => state
                .faults
                .insert((kind.to_owned(), place), fault.to_owned()),
            None => state.faults.remove(&(kind.to_owned(), place)),
        });
    }

    /// Has everybody who waits for news look up.
    pub fn wake(&self) {
        self.news.send_modify(|_| {});
    }

    /// Takes an object out.
    pub fn remove(&self, kind: &Served, namespace: &str, name: &str) -> Option<Value> {
        let kind = super::kinds::served(kind.group, kind.plural)?;
        self.with(|state| state.drop_object(kind, &(namespace.to_owned(), name.to_owned())))
    }

    /// Puts a log in.
    pub fn set_log(&self, namespace: &str, pod: &str, container: &str, previous: bool, text: &str) {
        self.with(|state| {
            state.logs.insert(
                (namespace.into(), pod.into(), container.into(), previous),
                text.into(),
            );
        });
    }

    /// A log.
    #[must_use]
    pub fn log(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
    ) -> Option<String> {
        self.with(|state| {
            state
                .logs
                .get(&(namespace.into(), pod.into(), container.into(), previous))
                .cloned()
        })
    }
}

impl State {
    fn put(&mut self, kind: &'static Served, mut object: Value, happened: Happened) -> Value {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        object["kind"] = json!(kind.kind);
        object["apiVersion"] = json!(kind.api_version());
        let place = place(kind, &object);
        self.objects
            .entry((kind.group, kind.plural))
            .or_default()
            .insert(place, object.clone());
        self.tell(kind, object.clone(), happened);
        object
    }

    fn drop_object(&mut self, kind: &'static Served, place: &Place) -> Option<Value> {
        let mut object = self
            .objects
            .get_mut(&(kind.group, kind.plural))?
            .remove(place)?;
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.tell(kind, object.clone(), Happened::Deleted);
        Some(object)
    }

    fn tell(&mut self, kind: &'static Served, object: Value, happened: Happened) {
        self.changes.push_back(Change {
            version: self.version,
            happened,
            plural: kind.plural,
            group: kind.group,
            object,
        });
        while self.changes.len() > KEPT {
            if let Some(gone) = self.changes.pop_front() {
                self.compacted = gone.version;
            }
        }
    }
}

/// Namespace and name of an object.
#[must_use]
pub fn place(kind: &Served, object: &Value) -> Place {
    let namespace = if kind.namespaced {
        object["metadata"]["namespace"]
            .as_str()
            .unwrap_or("default")
    } else {
        ""
    };
    (
        namespace.to_owned(),
        object["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    )
}
