//! What is read of the world: objects by kind and place, and what changed since a version.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    super::kinds::{Served, of_kind},
    Change, Place, World,
};

impl World {
    /// All objects of a kind, by place.
    #[must_use]
    pub fn list(&self, kind: &Served) -> Vec<Value> {
        self.with(|state| {
            state
                .objects
                .get(&(kind.group, kind.plural))
                .map_or_else(Vec::new, |table| table.values().cloned().collect())
        })
    }

    /// Looks at all objects of a kind, by place, without copying them.
    pub fn look<T>(
        &self,
        kind: &Served,
        look: impl FnOnce(&mut dyn Iterator<Item = &Value>) -> T,
    ) -> T {
        self.with(
            |state| match state.objects.get(&(kind.group, kind.plural)) {
                Some(table) => look(&mut table.values()),
                None => look(&mut std::iter::empty()),
            },
        )
    }

    /// The same with those of one namespace only; an empty one means all.
    pub fn look_in<T>(
        &self,
        kind: &Served,
        namespace: &str,
        look: impl FnOnce(&mut dyn Iterator<Item = &Value>) -> T,
    ) -> T {
        if namespace.is_empty() {
            return self.look(kind, look);
        }
        self.with(
            |state| match state.objects.get(&(kind.group, kind.plural)) {
                Some(table) => {
                    let first = (namespace.to_owned(), String::new());
                    let inside = table.range(first..);
                    look(
                        &mut inside
                            .take_while(|(place, _)| place.0 == namespace)
                            .map(|(_, object)| object),
                    )
                }
                None => look(&mut std::iter::empty()),
            },
        )
    }

    /// The objects of a kind, by its word, that are as wanted.
    #[must_use]
    pub fn some(&self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        of_kind(kind).map_or_else(Vec::new, |kind| {
            self.look(kind, |all| all.filter(|one| wanted(one)).cloned().collect())
        })
    }

    /// All objects of a kind by its word.
    #[must_use]
    pub fn all(&self, kind: &str) -> Vec<Value> {
        of_kind(kind).map_or_else(Vec::new, |kind| self.list(kind))
    }

    /// One object.
    #[must_use]
    pub fn get(&self, kind: &Served, namespace: &str, name: &str) -> Option<Value> {
        self.with(|state| {
            state
                .objects
                .get(&(kind.group, kind.plural))?
                .get(&(namespace.to_owned(), name.to_owned()))
                .cloned()
        })
    }

    /// One object by its kind's word.
    #[must_use]
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        self.get(of_kind(kind)?, namespace, name)
    }

    /// Changes of a kind since a version; `None` where that version is forgotten.
    #[must_use]
    pub fn since(&self, kind: &Served, version: u64) -> Option<Vec<Change>> {
        self.with(|state| {
            if version < state.compacted {
                return None;
            }
            // versions only grow: what is older need not be looked at
            let from = state.changes.partition_point(|one| one.version <= version);
            let changes = state
                .changes
                .range(from..)
                .filter(|one| one.plural == kind.plural && one.group == kind.group);
            Some(changes.cloned().collect())
        })
    }

    /// The oldest version that is remembered.
    #[must_use]
    pub fn oldest(&self) -> u64 {
        self.with(|state| state.compacted)
    }

    /// Where something changed since a version; `None` where that version is forgotten.
    #[must_use]
    pub fn touched_since(&self, version: u64) -> Option<BTreeSet<Place>> {
        self.with(|state| {
            if version < state.compacted {
                return None;
            }
            // the newest come last
            let new = state
                .changes
                .iter()
                .rev()
                .take_while(|one| one.version > version);
            let word = |one: &Change, field: &str| {
                one.object["metadata"][field]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            Some(
                new.map(|one| (word(one, "namespace"), word(one, "name")))
                    .collect(),
            )
        })
    }
}
