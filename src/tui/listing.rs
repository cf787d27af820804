//! The rows of a table: light entries that share the inventory's objects, in the order in which they
//! are shown. Cells are made for what is looked at only.

use std::{cmp::Reverse, sync::Arc};

use super::{
    filter::{Filter, Searched},
    rows::{Cell, Column, Field, Sheet, SortKey},
    views::{Source, View},
};
use crate::{
    domain::{Labels, ObjectRef},
    insight::capacity::Level,
};

/// How a table is looked at.
pub(super) struct Look<'a> {
    pub namespace: Option<&'a str>,
    /// The column that it is sorted by.
    pub sort: Option<usize>,
    pub reverse: bool,
}

/// A row as it is drawn.
pub(super) struct Row<'a> {
    pub object: ObjectRef,
    pub level: Level,
    pub cells: Vec<Cell<'a>>,
}

/// The rows of a table of any noun.
pub(super) trait Listing: Send {
    /// Takes over what the inventory has now.
    fn refill(&mut self, source: &Source<'_>, filter: &mut Filter, look: &Look<'_>);
    /// Rows that are shown.
    fn len(&self) -> usize;
    /// Rows before the filter, in the namespace that is looked at.
    fn unfiltered(&self) -> usize;
    /// Its columns.
    fn columns(&self) -> Vec<Column>;
    /// What the row of this place is about.
    fn object(&self, at: usize) -> Option<ObjectRef>;
    /// The row of this place.
    fn row<'a>(&'a self, source: &Source<'a>, at: usize) -> Option<Row<'a>>;
    /// Remembers the row of this place, wherever it goes.
    fn select(&mut self, at: usize);
    /// Where the remembered row is now.
    fn selected(&self) -> Option<usize>;
}

struct Entry<T> {
    object: Arc<T>,
    level: Level,
}

/// The rows of one noun.
pub(super) struct List<T: 'static> {
    sheet: &'static Sheet<T>,
    view: View,
    entries: Vec<Entry<T>>,
    /// Places of the entries that are shown, in their order.
    shown: Vec<u32>,
    unfiltered: usize,
    selected: Option<Arc<T>>,
}

/// So far ahead an entry is looked for where objects before it went or changed.
const AHEAD: usize = 64;

impl<T> List<T> {
    pub(super) const fn new(sheet: &'static Sheet<T>, view: View) -> Self {
        Self {
            sheet,
            view,
            entries: Vec::new(),
            shown: Vec::new(),
            unfiltered: 0,
            selected: None,
        }
    }

    fn entry(&self, at: usize) -> Option<&Entry<T>> {
        let place = usize::try_from(*self.shown.get(at)?).ok()?;
        self.entries.get(place)
    }

    /// Takes the objects over; what stayed the same keeps its entry.
    fn take_in(&mut self, source: &Source<'_>) {
        let sheet = self.sheet;
        let before = std::mem::take(&mut self.entries);
        let mut entries = Vec::with_capacity(before.len() + 16);
        let mut at = 0;
        (sheet.each)(source, self.view, &mut |object| {
            let ahead = before.get(at..).unwrap_or_default().iter().take(AHEAD);
            let held = ahead
                .enumerate()
                .find(|(_, entry)| Arc::ptr_eq(&entry.object, object));
            let level = match held {
                Some((steps, entry)) => {
                    at += steps + 1;
                    sheet.alone.then_some(entry.level)
                }
                None => None,
            };
            entries.push(Entry {
                level: level.unwrap_or_else(|| (sheet.level)(source, object)),
                object: object.clone(),
            });
        });
        self.entries = entries;
    }

    fn sort(&mut self, source: &Source<'_>, look: &Look<'_>) {
        let entries = &self.entries;
        let field = look.sort.and_then(|at| self.sheet.fields.get(at));
        if let Some(field) = field {
            let mut keyed: Vec<(SortKey, u32)> = self
                .shown
                .iter()
                .filter_map(|at| {
                    let entry = entries.get(usize::try_from(*at).ok()?)?;
                    Some(((field.cell)(source, &entry.object).sort_key(), *at))
                })
                .collect();
            keyed.sort_by(|(a, _), (b, _)| {
                let order = a.compare(b);
                if look.reverse { order.reverse() } else { order }
            });
            self.shown = keyed.into_iter().map(|(_, at)| at).collect();
            return;
        }
        if self.sheet.worst_first {
            self.shown
                .sort_by_key(|at| Reverse(entries[*at as usize].level));
        }
        if look.reverse {
            self.shown.reverse();
        }
    }
}

/// One row as the filter looks at it.
struct Looked<'l, 's, T: 'static> {
    fields: &'static [Field<T>],
    labels: for<'a> fn(&'a T) -> Option<&'a Labels>,
    object: &'l T,
    source: &'l Source<'s>,
}

impl<T> Searched for Looked<'_, '_, T> {
    fn cell(&self, column: usize, is: &mut dyn FnMut(&str) -> bool) -> bool {
        self.fields
            .get(column)
            .is_some_and(|field| is(&(field.cell)(self.source, self.object).text))
    }

    fn labels(&self) -> Option<&Labels> {
        (self.labels)(self.object)
    }
}

impl<T: Send + Sync> Listing for List<T> {
    fn refill(&mut self, source: &Source<'_>, filter: &mut Filter, look: &Look<'_>) {
        self.take_in(source);
        let (entries, sheet) = (&self.entries, self.sheet);
        let is_here = |entry: &Entry<T>| {
            let namespace = (sheet.asked.namespace)(&entry.object);
            look.namespace
                .is_none_or(|wanted| namespace.is_empty() || namespace == wanted)
        };
        let mut shown: Vec<u32> = (0_u32..)
            .zip(entries)
            .filter(|(_, entry)| is_here(entry))
            .map(|(at, _)| at)
            .collect();
        self.unfiltered = shown.len();
        filter.keep(&self.columns(), &mut shown, |at| Looked {
            fields: sheet.fields,
            labels: sheet.asked.labels,
            object: &*entries[at as usize].object,
            source,
        });
        self.shown = shown;
        self.sort(source, look);
    }

    fn len(&self) -> usize {
        self.shown.len()
    }

    fn unfiltered(&self) -> usize {
        self.unfiltered
    }

    fn columns(&self) -> Vec<Column> {
        self.sheet.fields.iter().map(|field| field.column).collect()
    }

    fn object(&self, at: usize) -> Option<ObjectRef> {
        Some((self.sheet.asked.object)(&self.entry(at)?.object))
    }

    fn row<'a>(&'a self, source: &Source<'a>, at: usize) -> Option<Row<'a>> {
        let entry = self.entry(at)?;
        let fields = self.sheet.fields.iter();
        Some(Row {
            object: (self.sheet.asked.object)(&entry.object),
            level: entry.level,
            cells: fields
                .map(|field| (field.cell)(source, &entry.object))
                .collect(),
        })
    }

    fn select(&mut self, at: usize) {
        self.selected = self.entry(at).map(|entry| entry.object.clone());
    }

    fn selected(&self) -> Option<usize> {
        let wanted = self.selected.as_ref()?;
        (0..self.shown.len()).find(|at| {
            self.entry(*at).is_some_and(|entry| {
                Arc::ptr_eq(&entry.object, wanted) || (self.sheet.asked.same)(&entry.object, wanted)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Key, Object, Pod, Profile, Text, Time},
        inventory::{Change, Inventory, Update},
    };

    struct Desk {
        inventory: Inventory,
        profile: Profile,
        list: Box<dyn Listing>,
        filter: Filter,
    }

    impl Desk {
        fn new() -> Self {
            Self {
                inventory: Inventory::new(),
                profile: Profile::default(),
                list: View::Pods.listing(false),
                filter: Filter::default(),
            }
        }

        fn put(&mut self, namespace: &str, name: &str, phase: &str) {
            let mut pod = Pod::default();
            pod.meta.key = Key::new(namespace, name);
            pod.phase = Text::from(phase);
            let change = Change::Put(Object::Pod(pod.into()));
            self.inventory.apply(Update::Changes(vec![change]));
        }

        fn source(&self) -> Source<'_> {
            Source {
                inventory: &self.inventory,
                profile: &self.profile,
                blades: &[],
                troubles: &[],
                changes: &[],
                now: Time::now(),
            }
        }

        fn names(&mut self, look: &Look<'_>) -> Vec<String> {
            let source = Source {
                inventory: &self.inventory,
                profile: &self.profile,
                blades: &[],
                troubles: &[],
                changes: &[],
                now: Time::now(),
            };
            self.list.refill(&source, &mut self.filter, look);
            let rows = (0..self.list.len()).filter_map(|at| self.list.object(at));
            rows.map(|object| object.key.name.to_string()).collect()
        }
    }

    const PLAIN: Look<'_> = Look {
        namespace: None,
        sort: None,
        reverse: false,
    };

    #[test]
    fn what_is_broken_comes_first_and_changes_are_taken_over() {
        let mut desk = Desk::new();
        desk.put("a", "done", "Succeeded");
        desk.put("b", "lost", "Failed");
        assert_eq!(desk.names(&PLAIN), ["lost", "done"]);
        desk.put("b", "lost", "Succeeded");
        desk.put("c", "new", "Pending");
        assert_eq!(desk.names(&PLAIN), ["new", "done", "lost"]);
        let gone = Change::Gone(crate::domain::Kind::Pod, Key::new("a", "done"));
        desk.inventory.apply(Update::Changes(vec![gone]));
        assert_eq!(desk.names(&PLAIN), ["new", "lost"]);
    }

    #[test]
    fn the_level_of_a_row_is_that_of_its_object_after_many_changes() {
        let mut desk = Desk::new();
        for nth in 0..300 {
            desk.put("a", &format!("pod-{nth:03}"), "Succeeded");
        }
        desk.names(&PLAIN);
        // more in a row than are looked ahead for
        for nth in 50..250 {
            desk.put("a", &format!("pod-{nth:03}"), "Failed");
        }
        desk.names(&PLAIN);
        let source = desk.source();
        let rows: Vec<Row<'_>> = (0..300)
            .filter_map(|at| desk.list.row(&source, at))
            .collect();
        assert!(rows[..200].iter().all(|row| row.level == Level::Critical));
        assert!(rows[200..].iter().all(|row| row.level == Level::Ok));
    }

    #[test]
    fn a_column_and_a_namespace_are_chosen() {
        let mut desk = Desk::new();
        desk.put("a", "z", "Succeeded");
        desk.put("b", "Y", "Succeeded");
        desk.put("b", "x", "Failed");
        let name = desk
            .list
            .columns()
            .iter()
            .position(|column| column.name == "NAME");
        let look = Look {
            sort: name,
            ..PLAIN
        };
        assert_eq!(desk.names(&look), ["x", "Y", "z"]);
        let look = Look {
            namespace: Some("b"),
            sort: name,
            reverse: true,
        };
        assert_eq!(desk.names(&look), ["Y", "x"]);
        assert_eq!(desk.list.unfiltered(), 2);
    }

    #[test]
    fn the_selection_stays_on_its_object() {
        let mut desk = Desk::new();
        desk.put("b", "mine", "Succeeded");
        desk.names(&PLAIN);
        desk.list.select(0);
        desk.put("a", "before", "Succeeded");
        desk.put("b", "mine", "Pending");
        desk.put("c", "worse", "Failed");
        desk.names(&PLAIN);
        assert_eq!(desk.list.selected(), Some(1));
    }
}
