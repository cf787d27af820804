//! The state of the screen.

use std::collections::BTreeSet;

use super::{
    detail::Detail,
    guide::Guide,
    keys::Keymap,
    logview::TextView,
    modal::Modal,
    rows::{Filter, Row, sort},
    theme::Theme,
    tray::Tray,
    views::{Source, View},
};
use crate::{
    domain::{ObjectRef, Profile, Time},
    insight::{
        capacity,
        incidents::Survey,
        troubles::{Trouble, troubles},
    },
    inventory::Inventory,
    journal::{Record, Registry},
    redbutton::Glass,
};

/// How the program was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// On a cluster.
    Live,
    /// On the files of a dump: nothing changes any more.
    Dump,
    /// There is nothing to look at; why.
    Nothing(String),
}

/// The panes of the overview, in the order of their numbers.
pub(super) const PANES: [View; 6] = [
    View::Blades,
    View::Troubles,
    View::Claims,
    View::Apps,
    View::Machines,
    View::Guests,
];
/// Milliseconds between two new computations of what is derived from the inventory.
const DERIVE_EVERY_MS: i64 = 200;
/// Seconds after which they are made anew without a change: time alone makes troubles.
const DERIVE_AFTER: i64 = 10;
/// Rows whose ages are written anew each second; a table of more rows takes longer.
const ROWS_A_SECOND: usize = 1000;

/// The state of the screen. It owns the inventory; the view only reads.
pub struct App {
    pub(super) inventory: Inventory,
    pub(super) profile: Profile,
    pub(super) theme: Theme,
    pub(super) keys: Keymap,
    pub(super) now: Time,
    pub(super) opening: Opening,
    pub(super) stack: Vec<Screen>,
    pub(super) pane: usize,
    pub(super) cursors: [usize; PANES.len()],
    pub(super) namespace: Option<String>,
    pub(super) input: Option<Input>,
    pub(super) notice: Option<(String, Time)>,
    pub(super) help: bool,
    pub(super) next_log: u64,
    pub(super) derived: Derived,
    /// What stands in front of the screen.
    pub(super) modal: Option<Modal>,
    /// What was confirmed and is under way, or ended just now.
    pub(super) tray: Tray,
    /// The glass in front of the button.
    pub(super) glass: Glass,
    /// Commands that run without a question.
    pub(super) registry: Registry,
    /// Minutes it stays open.
    pub(super) glass_minutes: u16,
    /// What the last survey found; `None` before the first one.
    pub(super) survey: Option<Survey>,
    /// What was surveyed last, or is being surveyed.
    pub(super) surveyed: Option<Surveyed>,
    /// A survey is under way.
    pub(super) surveying: bool,
    /// Rows that fit on the screen, for paging; set by the view's layout of the last frame.
    pub(super) page: usize,
}

/// The inventory that a survey was made of.
#[derive(Clone, Copy)]
pub(super) struct Surveyed {
    pub version: u64,
    pub facts: u64,
    pub at: Time,
}

/// A screen above the overview.
pub(super) enum Screen {
    Table(Box<TableScreen>),
    Detail(Box<Detail>),
    Text(Box<TextView>),
    Guide(Box<Guide>),
}

/// A table that fills the screen.
pub(super) struct TableScreen {
    pub view: View,
    pub rows: Vec<Row>,
    pub selected: Option<ObjectRef>,
    pub cursor: usize,
    pub offset: usize,
    pub filter: Filter,
    pub sort: Option<usize>,
    pub reverse: bool,
    pub marked: BTreeSet<ObjectRef>,
    version: Option<(u64, u64)>,
    filled: Option<Time>,
    /// Grows whenever filter, order or namespace change.
    pub look: u64,
}

/// A line that is being typed.
pub(super) struct Input {
    pub kind: InputKind,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InputKind {
    Filter,
    Command,
    Search,
}

/// What is computed from the inventory now and then.
#[derive(Default)]
pub(super) struct Derived {
    pub blades: Vec<capacity::Blade>,
    pub cluster: capacity::Cluster,
    pub troubles: Vec<Trouble>,
    version: Option<u64>,
    at: Option<Time>,
}

impl App {
    /// A screen that knows nothing yet.
    #[must_use]
    pub fn new(profile: Profile, theme: Theme, keys: Keymap, opening: Opening, now: Time) -> Self {
        Self {
            inventory: Inventory::new(),
            profile,
            theme,
            keys,
            now,
            opening,
            stack: Vec::new(),
            pane: 1,
            cursors: [0; PANES.len()],
            namespace: None,
            input: None,
            notice: None,
            help: false,
            next_log: 1,
            derived: Derived::default(),
            modal: None,
            tray: Tray::default(),
            glass: Glass::welded(),
            registry: Registry::default(),
            glass_minutes: 15,
            survey: None,
            surveyed: None,
            surveying: false,
            page: 20,
        }
    }

    /// Puts in an inventory that is complete already: that of a dump.
    #[must_use]
    pub fn with_inventory(mut self, inventory: Inventory) -> Self {
        self.inventory = inventory;
        self
    }

    /// Shows changes whose outcome was never recorded.
    #[must_use]
    pub fn with_unsettled(mut self, intents: Vec<Record>) -> Self {
        super::unsettled::open(&mut self, intents);
        self
    }

    /// Puts in the list of approved commands.
    #[must_use]
    pub fn with_registry(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self
    }

    /// Puts in the glass, and how long it stays open once it is broken.
    #[must_use]
    pub fn with_glass(mut self, glass: Glass, minutes: u16) -> Self {
        self.glass = glass;
        self.glass_minutes = minutes;
        self
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some((text.into(), self.now));
    }

    /// Version of the inventory on the screen.
    pub(super) const fn version(&self) -> u64 {
        self.inventory.version()
    }

    /// Computes anew what depends on the inventory, where it changed; not more often than is useful.
    pub fn derive(&mut self, at_once: bool) {
        let version = self.inventory.version();
        let since = self.derived.at.map(|at| self.now.duration_since(at));
        let due = since.is_none_or(|since| since.as_millis() >= i128::from(DERIVE_EVERY_MS));
        let old = since.is_none_or(|since| since.as_secs() >= DERIVE_AFTER);
        if old || (self.derived.version != Some(version) && (at_once || due)) {
            self.derived.blades = capacity::blades(&self.inventory, &self.profile);
            self.derived.cluster =
                capacity::cluster(&self.inventory, &self.profile, &self.derived.blades);
            self.derived.troubles = troubles(&self.inventory, &self.profile, self.now);
            self.derived.version = Some(version);
            self.derived.at = Some(self.now);
        }
        let source = Source {
            inventory: &self.inventory,
            profile: &self.profile,
            now: self.now,
        };
        if let Some(Screen::Table(table)) = self.stack.last_mut() {
            table.fill(&source, self.namespace.as_deref(), at_once || due);
        }
    }
}

impl TableScreen {
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            rows: Vec::new(),
            selected: None,
            cursor: 0,
            offset: 0,
            filter: Filter::default(),
            sort: None,
            reverse: false,
            marked: BTreeSet::new(),
            version: None,
            filled: None,
            look: 0,
        }
    }

    fn fill(&mut self, source: &Source<'_>, namespace: Option<&str>, due: bool) {
        let version = (source.inventory.version(), self.look);
        let looked_otherwise = self.version.is_none_or(|(_, look)| look != self.look);
        let changed = self.version != Some(version) && (due || looked_otherwise);
        if !changed && !self.has_aged(source.now) {
            return;
        }
        self.version = Some(version);
        self.filled = Some(source.now);
        self.rows = self.view.rows(source);
        if let Some(namespace) = namespace {
            self.rows.retain(|row| {
                row.object.key.namespace.is_empty() || *row.object.key.namespace == *namespace
            });
        }
        self.filter.keep(&self.view.columns(), &mut self.rows);
        if self.sort.is_some() || self.view != View::Events {
            sort(&mut self.rows, self.sort, self.reverse);
        }
        self.keep_selection();
    }

    /// Whether the ages in its rows are to be written anew.
    fn has_aged(&self, now: Time) -> bool {
        let after = 1 + i64::try_from(self.rows.len() / ROWS_A_SECOND).unwrap_or(i64::MAX);
        self.filled
            .is_none_or(|at| now.duration_since(at).as_secs() >= after)
    }

    /// The selection stays on its object, wherever the row went.
    fn keep_selection(&mut self) {
        let at = self
            .selected
            .as_ref()
            .and_then(|object| self.rows.iter().position(|row| row.object == *object));
        self.cursor = at
            .unwrap_or(self.cursor)
            .min(self.rows.len().saturating_sub(1));
        self.selected = self.rows.get(self.cursor).map(|row| row.object.clone());
    }

    /// Moves by so many rows.
    pub(super) fn go(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.selected = self.rows.get(self.cursor).map(|row| row.object.clone());
    }

    /// Keeps the selected row on a screen of so many rows.
    pub(super) fn scroll(&mut self, visible: usize) {
        if self.cursor < self.offset {
            self.offset = self.cursor;
        } else if visible > 0 && self.cursor >= self.offset + visible {
            self.offset = self.cursor + 1 - visible;
        }
        self.offset = self
            .offset
            .min(self.rows.len().saturating_sub(visible.max(1)));
    }

    pub(super) fn row(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }
}
