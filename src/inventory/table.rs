//! All objects of one kind, in order of namespace and name.

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{HasMeta, Key};

/// Objects of one kind. Cloning is cheap: the table is shared until one side changes it.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: Arc<BTreeMap<Key, Arc<T>>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Arc::default(),
        }
    }
}

impl<T: HasMeta> Table<T> {
    /// Puts an object in; gives back the one it replaces.
    pub fn put(&mut self, object: Arc<T>) -> Option<Arc<T>> {
        Arc::make_mut(&mut self.rows).insert(object.meta().key.clone(), object)
    }

    /// Takes an object out.
    pub fn remove(&mut self, key: &Key) -> Option<Arc<T>> {
        self.rows
            .contains_key(key)
            .then(|| Arc::make_mut(&mut self.rows).remove(key))?
    }

    /// The object of this key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Arc<T>> {
        self.rows.get(key)
    }

    /// The object of this namespace and name.
    #[must_use]
    pub fn find(&self, namespace: &str, name: &str) -> Option<&Arc<T>> {
        self.rows.get(&Key::new(namespace, name))
    }

    /// All objects by namespace and name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.rows.values()
    }

    /// The objects of one namespace by name.
    pub fn in_namespace<'a>(&'a self, namespace: &str) -> impl Iterator<Item = &'a Arc<T>> {
        let from = Key::new(namespace, "");
        let wanted = from.namespace.clone();
        self.rows
            .range(from..)
            .take_while(move |(key, _)| key.namespace == wanted)
            .map(|(_, object)| object)
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.rows.keys()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
