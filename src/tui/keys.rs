//! Keys by action, remappable; the help is made from this table.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;

use super::{
    bindings::{BINDINGS, Binding},
    keycodes::{Code, of_event, parse},
};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Act {
    Quit,
    Help,
    Back,
    Open,
    NextPane,
    PreviousPane,
    Pane(u8),
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Left,
    Right,
    Filter,
    Command,
    Namespace,
    Sort,
    Order,
    Reverse,
    Yaml,
    Logs,
    Previous,
    Follow,
    Wrap,
    Timestamps,
    Container,
    SearchNext,
    SearchPrevious,
    Save,
    Copy,
    Diagnose,
    Timeline,
    Change,
    Glass,
    Note,
    Mark,
    Side,
}

/// Where a key has its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    Everywhere,
    /// Panes, tables, details.
    Lists,
    /// Logs and YAML.
    Texts,
}

impl Place {
    /// Whether a key cannot mean one thing here and another thing there.
    fn meets(self, other: Self) -> bool {
        self == other || self == Self::Everywhere || other == Self::Everywhere
    }
}

/// Why a key cannot be set.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Unknown action.
    #[error("no action `{0}`; there are: {1}")]
    Action(String, String),
    /// Unknown key.
    #[error(
        "`{0}` is no key: expected a character, or a name such as enter, esc, tab, up, f5, with ctrl-, alt- or shift- before it"
    )]
    Key(String),
    /// Key taken.
    #[error("key `{0}` is given to both {1} and {2}")]
    Taken(String, String, String),
}

/// Actions by key.
#[derive(Clone, Debug)]
pub struct Keymap {
    by_key: BTreeMap<Code, Vec<(Place, Act)>>,
    shown: BTreeMap<Act, String>,
}

impl Keymap {
    /// The default keys with the user's changes.
    ///
    /// # Errors
    /// When an action or key is unknown, or a key has two meanings in one place.
    pub fn new(changes: &BTreeMap<String, String>) -> Result<Self, KeyError> {
        let named = |name: &str| BINDINGS.iter().any(|binding| binding.name == name);
        if let Some(name) = changes.keys().find(|name| !named(name)) {
            let known: Vec<&str> = BINDINGS.iter().map(|binding| binding.name).collect();
            return Err(KeyError::Action(name.clone(), known.join(", ")));
        }
        let mut map = Self {
            by_key: BTreeMap::new(),
            shown: BTreeMap::new(),
        };
        // the user's keys first: a default key that he gave away yields
        let (own, other): (Vec<_>, Vec<_>) = BINDINGS
            .iter()
            .partition(|binding| changes.contains_key(binding.name));
        for binding in own {
            let key = changes.get(binding.name).map_or("", String::as_str);
            if let Some(taken) = map.bind(binding, key)? {
                let (taken, name) = (taken.to_owned(), binding.name.to_owned());
                return Err(KeyError::Taken(key.into(), taken, name));
            }
        }
        for binding in other {
            for key in binding.keys {
                map.bind(binding, key)?;
            }
        }
        Ok(map)
    }

    /// Gives a key to an action, or says whose it is already.
    fn bind(&mut self, binding: &Binding, key: &str) -> Result<Option<&'static str>, KeyError> {
        let code = parse(key).ok_or_else(|| KeyError::Key(key.into()))?;
        let held = self.by_key.entry(code).or_default();
        let taken = held.iter().find(|(place, _)| place.meets(binding.place));
        if let Some((_, act)) = taken {
            let mut all = BINDINGS.iter();
            let other = all.find(|other| other.act == *act);
            return Ok(Some(other.map_or("", |other| other.name)));
        }
        held.push((binding.place, binding.act));
        let shown = self.shown.entry(binding.act);
        shown.or_insert_with(|| key.to_owned());
        Ok(None)
    }

    /// What a key does in a place.
    pub(super) fn act(&self, key: KeyEvent, place: Place) -> Option<Act> {
        let held = self.by_key.get(&of_event(key)?)?;
        let here = held.iter().find(|(at, _)| at.meets(place));
        here.map(|(_, act)| *act)
    }

    /// The key to show for an action.
    pub(super) fn key(&self, act: Act) -> &str {
        self.shown.get(&act).map_or("", String::as_str)
    }

    /// All actions with their key and meaning, in the order of the table.
    pub(super) fn help(&self) -> impl Iterator<Item = (&str, &'static str, &'static str)> {
        BINDINGS
            .iter()
            .filter(|binding| self.shown.contains_key(&binding.act))
            .map(|binding| (self.key(binding.act), binding.what, binding.name))
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    fn map(changes: &[(&str, &str)]) -> Result<Keymap, KeyError> {
        Keymap::new(
            &changes
                .iter()
                .map(|(name, key)| ((*name).into(), (*key).into()))
                .collect(),
        )
    }

    fn pressed(keys: &Keymap, letter: char, place: Place) -> Option<Act> {
        keys.act(
            KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE),
            place,
        )
    }

    #[test]
    fn no_key_has_two_meanings_in_one_place() {
        let mut map = Keymap {
            by_key: BTreeMap::new(),
            shown: BTreeMap::new(),
        };
        for binding in BINDINGS {
            for key in binding.keys {
                assert_eq!(map.bind(binding, key), Ok(None), "{key}");
            }
        }
    }

    #[test]
    fn a_key_may_mean_another_thing_in_a_text() {
        let keys = map(&[]).unwrap();
        assert_eq!(pressed(&keys, 'N', Place::Lists), Some(Act::Namespace));
        assert_eq!(pressed(&keys, 'N', Place::Texts), Some(Act::SearchPrevious));
        assert_eq!(pressed(&keys, 'n', Place::Lists), None);
        assert!(map(&[("wrap", "s")]).is_ok(), "s sorts in tables only");
        assert!(matches!(
            map(&[("wrap", "q"), ("quit", "q")]),
            Err(KeyError::Taken(..))
        ));
    }

    #[test]
    fn keys_can_be_changed() {
        let keys = map(&[("quit", "ctrl-q")]).unwrap();
        assert_eq!(
            keys.act(
                KeyEvent::new(KeyCode::Char('q'), KeyModifiers::CONTROL),
                Place::Lists
            ),
            Some(Act::Quit)
        );
        assert_eq!(
            keys.act(
                KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE),
                Place::Lists
            ),
            None
        );
        assert_eq!(
            keys.act(
                KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT),
                Place::Lists
            ),
            Some(Act::Bottom)
        );
        assert_eq!(
            keys.act(
                KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT),
                Place::Lists
            ),
            Some(Act::PreviousPane)
        );
        assert!(matches!(map(&[("quti", "x")]), Err(KeyError::Action(..))));
        assert!(matches!(map(&[("quit", "hyper-x")]), Err(KeyError::Key(_))));
        assert!(matches!(
            map(&[("quit", "x"), ("help", "x")]),
            Err(KeyError::Taken(..))
        ));
    }
}
