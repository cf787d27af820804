//! The state of the screen.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    command_bar::Input,
    detail::Detail,
    guide::Guide,
    keys::Keymap,
    logview::TextView,
    modal::Modal,
    panes::Place,
    picker::Picker,
    table_screen::TableScreen,
    theme::Theme,
    tray::Tray,
    views::{Source, View},
};
use crate::{
    domain::{ObjectRef, Profile, Text, Time},
    insight::{
        capacity,
        incidents::Survey,
        timeline::{TimedChange, timeline},
        troubles::{Trouble, troubles},
    },
    inventory::Inventory,
    journal::{Record, Registry},
    redbutton::{Glass, Rules},
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
/// Seconds after which what is derived is made anew without a change: time alone makes troubles.
const DERIVE_AFTER: i64 = 10;

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
    /// Where panes were drawn last, for the mouse.
    pub(super) panes: Vec<Place>,
    pub(super) namespace: Option<String>,
    pub(super) input: Option<Input>,
    /// Commands that were typed, oldest first.
    pub(super) history: Vec<String>,
    /// A list to choose from, in front of the screen.
    pub(super) picker: Option<Picker>,
    /// Contexts of the kubeconfig.
    pub(super) contexts: Vec<String>,
    pub(super) notice: Option<(String, Time)>,
    pub(super) help: bool,
    pub(super) next_log: u64,
    pub(super) derived: Derived,
    /// What was done from here, as the journal tells it.
    pub(super) deeds: Vec<TimedChange>,
    /// What stands in front of the screen.
    pub(super) modal: Option<Modal>,
    /// What was confirmed and is under way, or ended just now.
    pub(super) tray: Tray,
    /// The glass in front of the button.
    pub(super) glass: Glass,
    /// Commands that run without a question.
    pub(super) registry: Registry,
    /// How hard changes are to confirm.
    pub(super) rules: Rules,
    /// There is a PROGRESS.md to append to.
    pub(super) scribes: bool,
    /// Minutes it stays open.
    pub(super) glass_minutes: u16,
    /// What the last survey found; `None` before the first one.
    pub(super) survey: Option<Survey>,
    /// Incidents that are over, the latest first: said for a while.
    pub(super) closed: Vec<Closed>,
    /// What was surveyed last, or is being surveyed.
    pub(super) surveyed: Option<Surveyed>,
    /// A survey is under way.
    pub(super) surveying: bool,
    /// How long the last one took.
    pub(super) survey_took: Duration,
    /// How tables that were left were sorted: by which column, and whether from the end.
    pub(super) orders: BTreeMap<View, (Option<&'static str>, bool)>,
    /// Tables show the details of the row under the cursor beside them, where there is room.
    pub(super) side: bool,
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

/// An incident that is over.
pub(super) struct Closed {
    pub id: Text,
    pub title: String,
    pub at: Time,
}

/// A screen above the overview.
pub(super) enum Screen {
    Table(Box<TableScreen>),
    Detail(Box<Detail>),
    Text(Box<TextView>),
    Guide(Box<Guide>),
}

/// What is computed from the inventory now and then.
#[derive(Default)]
pub(super) struct Derived {
    pub blades: Vec<capacity::Blade>,
    pub cluster: capacity::Cluster,
    pub troubles: Vec<Trouble>,
    /// What changed, while a timeline is looked at, and what it was made of.
    pub changes: Vec<Arc<TimedChange>>,
    changes_of: Option<(u64, Option<ObjectRef>)>,
    /// Grows each time it is made.
    made: u64,
    /// Storage classes with what hangs on them.
    pub classes: Vec<capacity::ClassUse>,
    /// How many claims no backup covers; `None` where backups are not known.
    pub unprotected: Option<usize>,
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
            panes: Vec::new(),
            namespace: None,
            input: None,
            history: Vec::new(),
            picker: None,
            contexts: Vec::new(),
            notice: None,
            help: false,
            next_log: 1,
            derived: Derived::default(),
            deeds: Vec::new(),
            modal: None,
            tray: Tray::default(),
            glass: Glass::welded(),
            registry: Registry::default(),
            rules: Rules::default(),
            scribes: false,
            glass_minutes: 15,
            survey: None,
            closed: Vec::new(),
            surveyed: None,
            surveying: false,
            survey_took: Duration::ZERO,
            orders: BTreeMap::new(),
            side: true,
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

    /// Puts in the contexts that there are to choose from.
    #[must_use]
    pub fn with_contexts(mut self, contexts: Vec<String>) -> Self {
        self.contexts = contexts;
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

    /// Puts in how hard changes are to confirm, and whether what was reached can be noted.
    #[must_use]
    pub fn with_rules(mut self, rules: Rules, scribes: bool) -> Self {
        self.rules = rules;
        self.scribes = scribes;
        self
    }

    /// Whether it matters that no key comes for a moment.
    pub(super) fn waits_for_quiet(&self) -> bool {
        super::modal::waits_for_quiet(self)
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some((text.into(), self.now));
    }

    /// Version of the inventory on the screen.
    pub(super) const fn version(&self) -> u64 {
        self.inventory.version()
    }

    /// Computes anew what depends on the inventory, where it changed.
    pub fn derive(&mut self) {
        self.sum_up();
        self.refill();
    }

    /// Whether nothing was summed up yet.
    pub(super) const fn is_blank(&self) -> bool {
        self.derived.version.is_none()
    }

    fn sum_up(&mut self) {
        let version = self.inventory.version();
        let since = self.derived.at.map(|at| self.now.duration_since(at));
        let old = since.is_none_or(|since| since.as_secs() >= DERIVE_AFTER);
        if old || self.derived.version != Some(version) {
            self.derived.blades = capacity::blades(&self.inventory, &self.profile);
            self.derived.cluster =
                capacity::cluster(&self.inventory, &self.profile, &self.derived.blades);
            self.derived.troubles = troubles(&self.inventory, &self.profile, self.now);
            self.derived.classes = capacity::classes(&self.inventory, &self.profile);
            self.derived.unprotected =
                capacity::unprotected(&self.inventory, &self.profile, self.now)
                    .map(|claims| claims.len());
            self.derived.version = Some(version);
            self.derived.at = Some(self.now);
            self.derived.made += 1;
        }
    }

    /// Takes the rows over that changed; sums and troubles stay as they were last derived.
    pub fn refill(&mut self) {
        // taken out for as long as it looks at the rest
        let Some(mut screen) = self.stack.pop() else {
            return;
        };
        if let Screen::Table(table) = &mut screen {
            if table.view == View::Timeline {
                self.retell(table.scope.as_ref());
            }
            let namespace = self.namespace.as_deref();
            table.fill(&self.source(), namespace, self.derived.made);
        }
        self.stack.push(screen);
    }

    /// Tells anew what changed, where anything did.
    fn retell(&mut self, scope: Option<&ObjectRef>) {
        let of = (self.inventory.version(), scope.cloned());
        if self.derived.changes_of.as_ref() == Some(&of) {
            return;
        }
        let told = timeline(&self.inventory, scope, &self.deeds);
        self.derived.changes = told.into_iter().map(Arc::new).collect();
        self.derived.changes_of = Some(of);
    }

    /// Takes in what was done from here.
    pub(super) fn take_deeds(&mut self, deeds: Vec<TimedChange>) {
        self.deeds = deeds;
        self.derived.changes_of = None;
    }

    /// What tables are made of.
    pub(super) fn source(&self) -> Source<'_> {
        Source {
            inventory: &self.inventory,
            profile: &self.profile,
            blades: &self.derived.blades,
            troubles: &self.derived.troubles,
            changes: &self.derived.changes,
            now: self.now,
        }
    }
}
