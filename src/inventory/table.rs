//! All objects of one kind, in order of namespace and name.

use std::{cmp::Ordering, sync::Arc};

use crate::domain::{HasMeta, Key};

/// So many objects are in one part at the most; one that grows beyond is halved.
const PART: usize = 128;

type Part<T> = Arc<Vec<Arc<T>>>;

/// Objects of one kind. Cloning is cheap: the table is shared until one side changes it, and then
/// only the part that holds the changed object is copied. Keys are those of the objects themselves.
#[derive(Clone, Debug)]
pub struct Table<T> {
    /// Sorted, and none of them empty.
    parts: Arc<Vec<Part<T>>>,
    len: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            parts: Arc::default(),
            len: 0,
        }
    }
}

/// Where an object is, or where it would be put.
struct Place {
    part: usize,
    at: usize,
    there: bool,
}

fn compare<T: HasMeta>(object: &T, namespace: &str, name: &str) -> Ordering {
    let key = &object.meta().key;
    // the objects of one source share the strings of their namespaces
    let shared = std::ptr::eq(&*key.namespace, namespace);
    if shared {
        key.name.as_str().cmp(name)
    } else {
        (&*key.namespace, &*key.name).cmp(&(namespace, name))
    }
}

impl<T: HasMeta> Table<T> {
    /// Puts an object in; gives back the one it replaces.
    pub fn put(&mut self, object: Arc<T>) -> Option<Arc<T>> {
        let key = &object.meta().key;
        let place = self.place(&key.namespace, &key.name);
        let parts = Arc::make_mut(&mut self.parts);
        if place.there {
            let part = Arc::make_mut(&mut parts[place.part]);
            return Some(std::mem::replace(&mut part[place.at], object));
        }
        self.len += 1;
        if place.part == parts.len() || (place.at == PART && place.part + 1 == parts.len()) {
            // lists come in order: full parts are left behind full
            parts.push(Arc::new(vec![object]));
            return None;
        }
        let part = Arc::make_mut(&mut parts[place.part]);
        part.insert(place.at, object);
        if part.len() > PART {
            let second = part.split_off(PART / 2);
            part.shrink_to_fit();
            parts.insert(place.part + 1, Arc::new(second));
        }
        None
    }

    /// Takes an object out.
    pub fn remove(&mut self, key: &Key) -> Option<Arc<T>> {
        let place = self.place(&key.namespace, &key.name);
        if !place.there {
            return None;
        }
        self.len -= 1;
        let parts = Arc::make_mut(&mut self.parts);
        let part = Arc::make_mut(&mut parts[place.part]);
        let object = part.remove(place.at);
        if part.is_empty() {
            parts.remove(place.part);
        }
        Some(object)
    }

    /// The object of this key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Arc<T>> {
        self.find(&key.namespace, &key.name)
    }

    /// The object of this namespace and name.
    #[must_use]
    pub fn find(&self, namespace: &str, name: &str) -> Option<&Arc<T>> {
        let place = self.place(namespace, name);
        place.there.then(|| &self.parts[place.part][place.at])
    }

    fn place(&self, namespace: &str, name: &str) -> Place {
        // the first part whose last object is not before it; the last part takes what comes after all
        let part = self.parts.partition_point(|part| {
            part.last()
                .is_some_and(|last| compare(&**last, namespace, name) == Ordering::Less)
        });
        let part = part.min(self.parts.len().saturating_sub(1));
        let found = self.parts.get(part).map_or(Err(0), |objects| {
            objects.binary_search_by(|object| compare(&**object, namespace, name))
        });
        Place {
            part,
            at: found.unwrap_or_else(|at| at),
            there: found.is_ok(),
        }
    }

    /// All objects by namespace and name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// The objects of one namespace by name.
    pub fn in_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Arc<T>> {
        let from = self.place(namespace, "");
        self.parts[from.part.min(self.parts.len())..]
            .iter()
            .enumerate()
            .flat_map(move |(nth, part)| &part[if nth == 0 { from.at } else { 0 }..])
            .take_while(move |object| *object.meta().key.namespace == *namespace)
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.iter().map(|object| &object.meta().key)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Meta, Namespace};

    fn object(number: u16, version: usize) -> Arc<Namespace> {
        Arc::new(Namespace {
            meta: Meta {
                key: Key::new(&format!("n{}", number % 7), &format!("{number:05}")),
                resource_version: version.to_string().into(),
                ..Meta::default()
            },
            ..Namespace::default()
        })
    }

    proptest! {
        #[test]
        fn it_holds_what_a_map_would_hold(steps in prop::collection::vec((0u16..600, any::<bool>()), 0..1500)) {
            let mut map = BTreeMap::new();
            let mut table = Table::default();
            let before = table.clone();
            for (version, (number, put)) in steps.into_iter().enumerate() {
                let object = object(number, version);
                let key = object.meta.key.clone();
                let (old, expected) = if put {
                    (table.put(object.clone()), map.insert(key, object))
                } else {
                    (table.remove(&key), map.remove(&key))
                };
                prop_assert_eq!(old, expected);
            }
            prop_assert_eq!(table.len(), map.len());
            prop_assert!(table.iter().eq(map.values()));
            prop_assert!(table.iter().rev().eq(map.values().rev()));
            for nth in 0..8 {
                let namespace = format!("n{nth}");
                let wanted = map.values().filter(|one| *one.meta.key.namespace == *namespace);
                prop_assert!(table.in_namespace(&namespace).eq(wanted));
            }
            prop_assert!(map.keys().all(|key| table.get(key).is_some()));
            prop_assert!(before.is_empty());
        }
    }

    #[test]
    fn a_copy_keeps_what_it_held() {
        let mut table = Table::default();
        for number in 0..1000 {
            table.put(object(number, 1));
        }
        let copy = table.clone();
        for number in 0..1000 {
            table.put(object(number, 2));
        }
        assert!(copy.iter().all(|one| &*one.meta.resource_version == "1"));
        assert!(table.iter().all(|one| &*one.meta.resource_version == "2"));
    }
}
