//! A table that fills the screen: what is looked at, and how.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use super::{
    detail::Detail,
    filter::Filter,
    listing::{Listing, Look, Row},
    rows::Column,
    views::{Source, View},
};
use crate::domain::{Kind, ObjectRef};

/// What a list was made of: versions of the inventory, of what is derived from it, and of the look.
type MadeOf = (u64, u64, u64);

/// A table that fills the screen.
pub(super) struct TableScreen {
    pub view: View,
    /// Whose changes a timeline tells; `None` is everything.
    pub scope: Option<ObjectRef>,
    list: Box<dyn Listing>,
    /// The list is that of the server's own rows.
    early: bool,
    pub cursor: usize,
    pub offset: usize,
    pub filter: Filter,
    /// The name of the column that it is sorted by; `None` is the order of the table itself.
    pub sort: Option<&'static str>,
    pub reverse: bool,
    pub marked: BTreeSet<ObjectRef>,
    /// The widest cell of each column that was seen: columns do not jump while one scrolls.
    pub widest: Vec<u16>,
    /// Details of the row under the cursor, where they are shown.
    pub side: Option<Box<Detail>>,
    /// Where its rows and heads were drawn last, for the mouse.
    pub drawn: Drawn,
    made_of: Option<MadeOf>,
    /// Grows whenever filter, order or namespace change.
    look: u64,
}

/// Where the parts of a table were drawn.
#[derive(Default)]
pub(super) struct Drawn {
    pub rows: Rect,
    /// Columns from cell to cell.
    pub heads: Vec<(u16, u16, &'static str)>,
}

impl TableScreen {
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            scope: None,
            list: view.listing(false),
            early: false,
            cursor: 0,
            offset: 0,
            filter: Filter::default(),
            sort: None,
            reverse: false,
            marked: BTreeSet::new(),
            widest: Vec::new(),
            side: None,
            drawn: Drawn::default(),
            made_of: None,
            look: 0,
        }
    }

    /// A timeline of one object, or of everything.
    pub(super) fn timeline(scope: Option<ObjectRef>) -> Self {
        Self {
            scope,
            ..Self::new(View::Timeline)
        }
    }

    /// It is looked at in another way from now on.
    pub(super) fn look_anew(&mut self) {
        self.look += 1;
        self.widest.clear();
    }

    /// Takes over what changed; `derived` is the version of the blades and troubles.
    pub(super) fn fill(&mut self, source: &Source<'_>, namespace: Option<&str>, derived: u64) {
        let inventory = source.inventory;
        let made_of = (inventory.version(), derived, self.look);
        if self.made_of == Some(made_of) {
            return;
        }
        self.made_of = Some(made_of);
        // they stay until all pods are there
        let early = self.view == View::Pods
            && inventory.pods.len() <= inventory.pod_rows.len()
            && !inventory.freshness(Kind::Pod).is_complete();
        if early != self.early {
            self.early = early;
            self.list = self.view.listing(early);
            self.widest.clear();
        }
        let sort = self.sort.and_then(|name| {
            let columns = self.list.columns();
            columns.iter().position(|column| column.name == name)
        });
        let look = Look {
            namespace,
            sort,
            reverse: self.reverse,
        };
        self.list.refill(source, &mut self.filter, &look);
        self.keep_selection();
    }

    /// The selection stays on its object, wherever the row went.
    fn keep_selection(&mut self) {
        let at = self.list.selected().unwrap_or(self.cursor);
        self.cursor = at.min(self.len().saturating_sub(1));
        self.list.select(self.cursor);
    }

    /// Rows that are shown.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Rows before the filter.
    pub(super) fn unfiltered(&self) -> usize {
        self.list.unfiltered()
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        self.list.columns()
    }

    pub(super) fn row<'a>(&'a self, source: &Source<'a>, at: usize) -> Option<Row<'a>> {
        self.list.row(source, at)
    }

    /// The object under the cursor.
    pub(super) fn object(&self) -> Option<ObjectRef> {
        self.list.object(self.cursor)
    }

    /// Moves by so many rows.
    pub(super) fn go(&mut self, by: isize) {
        self.go_to(self.cursor.saturating_add_signed(by));
    }

    /// Moves to a row.
    pub(super) fn go_to(&mut self, at: usize) {
        self.cursor = at.min(self.len().saturating_sub(1));
        self.list.select(self.cursor);
    }

    /// Keeps the selected row on a screen of so many rows.
    pub(super) fn scroll(&mut self, visible: usize) {
        if self.cursor < self.offset {
            self.offset = self.cursor;
        } else if visible > 0 && self.cursor >= self.offset + visible {
            self.offset = self.cursor + 1 - visible;
        }
        self.offset = self.offset.min(self.len().saturating_sub(visible.max(1)));
    }

    /// Sorts by a column; amounts begin with the greatest, ages with the youngest. The same
    /// column again turns the order round.
    pub(super) fn sort_by(&mut self, name: Option<&'static str>) {
        if name.is_some() && self.sort == name {
            self.reverse = !self.reverse;
        } else {
            self.sort = name;
            self.reverse = name.is_some_and(|name| self.begins_with_greatest(name));
        }
        self.look_anew();
    }

    fn begins_with_greatest(&self, name: &str) -> bool {
        let columns = self.columns();
        let column = columns.iter().find(|column| column.name == name);
        column.is_some_and(|column| column.greatest_first)
    }

    /// Sorts by the column after the present one; after the last comes the table's own order.
    pub(super) fn sort_by_next(&mut self) {
        let columns = self.columns();
        let at = self
            .sort
            .and_then(|name| columns.iter().position(|column| column.name == name));
        let next = at.map_or(0, |at| at + 1);
        self.sort_by(columns.get(next).map(|column| column.name));
    }

    /// Turns the order round.
    pub(super) fn turn_round(&mut self) {
        self.reverse = !self.reverse;
        self.look_anew();
    }

    pub(super) fn set_filter(&mut self, text: &str) {
        self.filter = Filter::new(text);
        self.look_anew();
    }

    /// Marks the row under the cursor, or takes the mark away.
    pub(super) fn mark(&mut self) {
        if let Some(object) = self.object() {
            if !self.marked.remove(&object) {
                self.marked.insert(object);
            }
            self.go(1);
        }
    }
}
