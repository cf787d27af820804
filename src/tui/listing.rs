//! The rows of a table: light entries that share the inventory's objects, in the order in which they
//! are shown. Cells are made for what is looked at only.

use std::{cmp::Ordering, sync::Arc};

use super::{
    filter::{Filter, Searched, Verdict},
    rows::{Cell, Column, Field, Sheet, SortKey},
    views::{Source, View},
};
use crate::{
    domain::{Labels, ObjectRef, Time},
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

/// What else verdicts and keys may hang on: the time, and amounts in use.
type Moment = (Time, u64);

/// The rows of one noun.
pub(super) struct List<T: 'static> {
    sheet: &'static Sheet<T>,
    view: View,
    entries: Vec<Entry<T>>,
    /// What the filter found in each entry, as long as both stay as they are.
    verdicts: Vec<Verdict>,
    /// What each entry is sorted by, as far as it was asked for; empty where nothing is.
    keys: Vec<Option<SortKey>>,
    /// The filter and the moment of the verdicts.
    judged: Option<(String, Option<Moment>)>,
    /// The column and the moment of the keys.
    keyed: Option<(usize, Moment)>,
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
            verdicts: Vec::new(),
            keys: Vec::new(),
            judged: None,
            keyed: None,
            shown: Vec::new(),
            unfiltered: 0,
            selected: None,
        }
    }

    fn entry(&self, at: usize) -> Option<&Entry<T>> {
        let place = usize::try_from(*self.shown.get(at)?).ok()?;
        self.entries.get(place)
    }

    /// Takes the objects over; what stayed the same keeps its entry and what is known of it.
    fn take_in(&mut self, source: &Source<'_>) {
        let sheet = self.sheet;
        let before = std::mem::take(&mut self.entries);
        let verdicts = std::mem::take(&mut self.verdicts);
        let mut keys = std::mem::take(&mut self.keys);
        self.entries.reserve(before.len() + 16);
        self.verdicts.reserve(before.len() + 16);
        let mut at = 0;
        (sheet.each)(source, self.view, &mut |object| {
            let ahead = before.get(at..).unwrap_or_default().iter().take(AHEAD);
            let held = ahead
                .enumerate()
                .find(|(_, entry)| Arc::ptr_eq(&entry.object, object))
                .map(|(steps, _)| at + steps);
            let level = held
                .filter(|_| sheet.alone)
                .and_then(|held| Some(before.get(held)?.level));
            self.entries.push(Entry {
                level: level.unwrap_or_else(|| (sheet.level)(source, object)),
                object: object.clone(),
            });
            let verdict = held.and_then(|held| verdicts.get(held).copied());
            self.verdicts.push(verdict.unwrap_or_default());
            if !keys.is_empty() {
                let key = held.and_then(|held| keys.get_mut(held)?.take());
                self.keys.push(key);
            }
            at = held.map_or(at, |held| held + 1);
        });
    }

    /// Forgets the verdicts that no longer hold.
    fn judge_anew(&mut self, filter: &Filter, columns: &[Column], moment: Moment) {
        // only numbers follow from more than the object
        let moment = filter.asks_for_numbers(columns).then_some(moment);
        let judged = Some((filter.text.clone(), moment));
        if !self.sheet.alone || self.judged != judged {
            self.verdicts.fill(Verdict::default());
            self.judged = judged;
        }
    }

    fn sort(&mut self, source: &Source<'_>, look: &Look<'_>, moment: Moment) {
        let field = look
            .sort
            .and_then(|at| Some((at, self.sheet.fields.get(at)?)));
        match field {
            Some((column, field)) => {
                let keyed = Some((column, moment));
                if !self.sheet.alone || self.keyed != keyed {
                    self.keys.clear();
                    self.keyed = keyed;
                }
                self.sort_by(source, field, look.reverse);
            }
            None => {
                self.keys = Vec::new();
                self.keyed = None;
                self.sort_by_level(look.reverse);
            }
        }
    }

    fn sort_by(&mut self, source: &Source<'_>, field: &Field<T>, reverse: bool) {
        self.keys.resize_with(self.entries.len(), || None);
        for at in &self.shown {
            let at = *at as usize;
            let object = &self.entries[at].object;
            self.keys[at].get_or_insert_with(|| (field.cell)(source, object).sort_key());
        }
        let keys = &self.keys;
        self.shown.sort_by(|a, b| {
            let key = |at: &u32| keys[*at as usize].as_ref();
            let order = key(a)
                .zip(key(b))
                .map_or(Ordering::Equal, |(a, b)| a.compare(b));
            if reverse { order.reverse() } else { order }
        });
    }

    fn sort_by_level(&mut self, reverse: bool) {
        if self.sheet.worst_first {
            let entries = &self.entries;
            let level = |at: &u32| entries[*at as usize].level;
            let worst = [Level::Critical, Level::Warning, Level::Ok];
            self.shown = worst
                .into_iter()
                .flat_map(|wanted| self.shown.iter().filter(move |at| level(at) == wanted))
                .copied()
                .collect();
        }
        if reverse {
            self.shown.reverse();
        }
    }

    /// Where the first entry is that is so.
    fn first(&self, is: impl Fn(&Arc<T>) -> bool) -> Option<usize> {
        (0..self.shown.len()).find(|at| self.entry(*at).is_some_and(|entry| is(&entry.object)))
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
        let moment = (source.now, source.inventory.amounts());
        let columns = self.columns();
        self.judge_anew(filter, &columns, moment);
        let (entries, sheet) = (&self.entries, self.sheet);
        let is_here = |entry: &Entry<T>| {
            look.namespace.is_none_or(|wanted| {
                let namespace = (sheet.asked.namespace)(&entry.object);
                namespace.is_empty() || namespace == wanted
            })
        };
        let mut shown: Vec<u32> = (0_u32..)
            .zip(entries)
            .filter(|(_, entry)| is_here(entry))
            .map(|(at, _)| at)
            .collect();
        self.unfiltered = shown.len();
        filter.keep(&columns, &mut shown, &mut self.verdicts, |at| Looked {
            fields: sheet.fields,
            labels: sheet.asked.labels,
            object: &*entries[at as usize].object,
            source,
        });
        self.shown = shown;
        self.sort(source, look, moment);
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
        // mostly it is the very same object, and to see that costs nearly nothing
        self.first(|object| Arc::ptr_eq(object, wanted))
            .or_else(|| self.first(|object| (self.sheet.asked.same)(object, wanted)))
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
    fn a_filter_and_an_order_look_again_at_what_changed() {
        let mut desk = Desk::new();
        desk.put("a", "plex-0", "Failed");
        desk.put("a", "sonarr-1", "Failed");
        desk.filter = Filter::new("pending");
        assert_eq!(desk.names(&PLAIN), [""; 0]);
        desk.put("a", "sonarr-1", "Pending");
        assert_eq!(desk.names(&PLAIN), ["sonarr-1"]);
        desk.put("a", "sonarr-1", "Failed");
        assert_eq!(desk.names(&PLAIN), [""; 0]);
        let columns = desk.list.columns();
        let look = Look {
            sort: columns.iter().position(|column| column.name == "STATUS"),
            ..PLAIN
        };
        desk.filter = Filter::default();
        assert_eq!(desk.names(&look), ["plex-0", "sonarr-1"]);
        desk.put("a", "sonarr-1", "Ended");
        assert_eq!(desk.names(&look), ["sonarr-1", "plex-0"]);
    }

    #[test]
    fn a_word_is_guessed_only_as_long_as_it_is_found_nowhere() {
        let mut desk = Desk::new();
        desk.put("a", "sonarr-1", "Failed");
        desk.put("a", "plex-0", "Failed");
        desk.filter = Filter::new("snrr");
        assert_eq!(desk.names(&PLAIN), ["sonarr-1"]);
        desk.put("a", "snrr", "Failed");
        assert_eq!(desk.names(&PLAIN), ["snrr"]);
        let gone = Change::Gone(crate::domain::Kind::Pod, Key::new("a", "snrr"));
        desk.inventory.apply(Update::Changes(vec![gone]));
        assert_eq!(desk.names(&PLAIN), ["sonarr-1"]);
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
