//! What a table is made of: cells, columns, and a sheet that says both for one noun.

use std::{borrow::Cow, cmp::Ordering, sync::Arc};

use super::views::{Source, View};
use crate::{
    domain::{HasMeta, Labels, ObjectRef},
    insight::capacity::Level,
};

/// What a cell is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SortBy {
    Text,
    Number(f64),
}

/// One cell. It is made when it is drawn, filtered or sorted by, and not kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell<'a> {
    pub text: Cow<'a, str>,
    pub by: SortBy,
    /// `None` is plain text.
    pub level: Option<Level>,
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            text: text.into(),
            by: SortBy::Text,
            level: None,
        }
    }

    pub(super) fn number(text: impl Into<Cow<'a, str>>, value: f64) -> Self {
        Self {
            text: text.into(),
            by: SortBy::Number(value),
            level: None,
        }
    }

    /// A number that is not known; it sorts below all others.
    pub(super) fn no_number() -> Self {
        Self::number("-", -1.0)
    }

    #[allow(clippy::cast_precision_loss)] // sorting only
    pub(super) fn count(value: i64) -> Self {
        Self::number(value.to_string(), value as f64)
    }

    pub(super) fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// What it is ordered by, free of the object it was made from.
    pub(super) fn sort_key(&self) -> SortKey {
        match self.by {
            SortBy::Number(value) => SortKey::Number(value),
            SortBy::Text => SortKey::Text(self.text.to_lowercase()),
        }
    }
}

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SortKey {
    Number(f64),
    Text(String),
}

impl SortKey {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// Which end of a text is kept where it does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The end goes.
    End,
    /// The middle goes: names that share their beginning differ in their end.
    Middle,
}

/// Columns of this rank and above are details for wide screens; a bare word does not search them.
pub(super) const DETAIL: u8 = 6;

/// How a column is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: &'static str,
    /// Numbers stand right and are never cut.
    pub right: bool,
    /// It names the row: the last one to be cut.
    pub names: bool,
    pub cut: Cut,
    /// Never narrower than this while it is shown.
    pub least: u16,
    /// Never wider than this.
    pub most: u16,
    /// 0 is always shown; where room is short the highest goes first.
    pub rank: u8,
    /// Sorted by it, the greatest comes first: of amounts that is what is looked for.
    pub greatest_first: bool,
}

impl Column {
    /// Whether a bare word of the filter looks into it.
    pub(super) const fn is_searched(&self) -> bool {
        !self.right && self.rank < DETAIL
    }
}

/// Makes a cell of an object.
type CellOf<T> = for<'s, 'a> fn(&'s Source<'a>, &'a T) -> Cell<'a>;

/// Shows all objects of a view to a function, one after the other.
type Each<T> = fn(&Source<'_>, View, &mut dyn FnMut(&Arc<T>));

/// A column of a noun, and its cells.
pub(super) struct Field<T: 'static> {
    pub column: Column,
    pub cell: CellOf<T>,
}

impl<T> Field<T> {
    /// A text that may be cut at its end.
    pub(super) const fn new(name: &'static str, cell: CellOf<T>) -> Self {
        Self {
            column: Column {
                name,
                right: false,
                names: false,
                cut: Cut::End,
                least: 6,
                most: 40,
                rank: 0,
                greatest_first: false,
            },
            cell,
        }
    }

    /// What the row is called.
    pub(super) const fn name(name: &'static str, cell: CellOf<T>) -> Self {
        let mut field = Self::new(name, cell).middle().between(12, 70);
        field.column.names = true;
        field
    }

    /// A number with its unit.
    pub(super) const fn number(name: &'static str, cell: CellOf<T>) -> Self {
        let mut field = Self::new(name, cell);
        field.column.right = true;
        field.column.greatest_first = true;
        field
    }

    /// How long ago: sorted by it, what happened last comes first.
    pub(super) const fn since(name: &'static str, cell: CellOf<T>) -> Self {
        Self::number(name, cell).smallest_first()
    }

    pub(super) const fn smallest_first(mut self) -> Self {
        self.column.greatest_first = false;
        self
    }

    pub(super) const fn middle(mut self) -> Self {
        self.column.cut = Cut::Middle;
        self
    }

    pub(super) const fn between(mut self, least: u16, most: u16) -> Self {
        self.column.least = least;
        self.column.most = most;
        self
    }

    pub(super) const fn rank(mut self, rank: u8) -> Self {
        self.column.rank = rank;
        self
    }
}

/// A table of one noun: its columns, where its rows come from, and what is asked of a row.
pub(super) struct Sheet<T: 'static> {
    pub fields: &'static [Field<T>],
    /// Gives all objects, in the order in which equal rows stay.
    pub each: Each<T>,
    pub level: fn(&Source<'_>, &T) -> Level,
    /// The level follows from the object alone, so that it holds as long as the object stays.
    pub alone: bool,
    /// What is broken comes first where no order was asked for; else the order of `each` holds.
    pub worst_first: bool,
    pub asked: Asked<T>,
}

/// What is asked of a row beside its cells.
pub(super) struct Asked<T> {
    /// Where Enter goes.
    pub object: fn(&T) -> ObjectRef,
    /// Whether two objects are the same row at two times.
    pub same: fn(&T, &T) -> bool,
    pub namespace: fn(&T) -> &str,
    pub labels: for<'a> fn(&'a T) -> Option<&'a Labels>,
}

impl<T: HasMeta> Asked<T> {
    /// For objects of Kubernetes.
    pub(super) const fn of_object(object: fn(&T) -> ObjectRef) -> Self {
        Self {
            object,
            same: |a, b| a.meta().key == b.meta().key,
            namespace: |one| &one.meta().key.namespace,
            labels: |one| Some(&one.meta().labels),
        }
    }
}
