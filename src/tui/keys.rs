//! Keys by action, remappable; the help is made from this table.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

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
    Change,
    Glass,
    Mark,
}

struct Entry {
    act: Act,
    name: &'static str,
    keys: &'static [&'static str],
    what: &'static str,
}

const TABLE: &[Entry] = &[
    Entry {
        act: Act::Quit,
        name: "quit",
        keys: &["q", "ctrl-c"],
        what: "quit",
    },
    Entry {
        act: Act::Help,
        name: "help",
        keys: &["?"],
        what: "this help",
    },
    Entry {
        act: Act::Back,
        name: "back",
        keys: &["esc", "backspace"],
        what: "back",
    },
    Entry {
        act: Act::Open,
        name: "open",
        keys: &["enter"],
        what: "open, go in",
    },
    Entry {
        act: Act::NextPane,
        name: "next-pane",
        keys: &["tab"],
        what: "next pane",
    },
    Entry {
        act: Act::PreviousPane,
        name: "previous-pane",
        keys: &["shift-tab"],
        what: "previous pane",
    },
    Entry {
        act: Act::Pane(1),
        name: "pane-1",
        keys: &["1"],
        what: "blades",
    },
    Entry {
        act: Act::Pane(2),
        name: "pane-2",
        keys: &["2"],
        what: "incidents",
    },
    Entry {
        act: Act::Pane(3),
        name: "pane-3",
        keys: &["3"],
        what: "storage",
    },
    Entry {
        act: Act::Pane(4),
        name: "pane-4",
        keys: &["4"],
        what: "Argo CD",
    },
    Entry {
        act: Act::Pane(5),
        name: "pane-5",
        keys: &["5"],
        what: "virtual machines",
    },
    Entry {
        act: Act::Pane(6),
        name: "pane-6",
        keys: &["6"],
        what: "Proxmox",
    },
    Entry {
        act: Act::Up,
        name: "up",
        keys: &["up", "k"],
        what: "up",
    },
    Entry {
        act: Act::Down,
        name: "down",
        keys: &["down", "j"],
        what: "down",
    },
    Entry {
        act: Act::PageUp,
        name: "page-up",
        keys: &["pageup", "ctrl-b"],
        what: "a page up",
    },
    Entry {
        act: Act::PageDown,
        name: "page-down",
        keys: &["pagedown", "ctrl-f", "space"],
        what: "a page down",
    },
    Entry {
        act: Act::Top,
        name: "top",
        keys: &["home", "g"],
        what: "to the top",
    },
    Entry {
        act: Act::Bottom,
        name: "bottom",
        keys: &["end", "G"],
        what: "to the end",
    },
    Entry {
        act: Act::Left,
        name: "left",
        keys: &["left", "h"],
        what: "left, previous tab",
    },
    Entry {
        act: Act::Right,
        name: "right",
        keys: &["right", "l"],
        what: "right, next tab",
    },
    Entry {
        act: Act::Filter,
        name: "filter",
        keys: &["/"],
        what: "filter rows; search in logs and YAML",
    },
    Entry {
        act: Act::Command,
        name: "command",
        keys: &[":"],
        what: "command bar",
    },
    Entry {
        act: Act::Namespace,
        name: "namespace",
        keys: &["N"],
        what: "only the namespace of this row, or all",
    },
    Entry {
        act: Act::Diagnose,
        name: "diagnose",
        keys: &["d"],
        what: "why? causes, proof, fix",
    },
    Entry {
        act: Act::Change,
        name: "change",
        keys: &["x"],
        what: "what can be done to this",
    },
    Entry {
        act: Act::Glass,
        name: "glass",
        keys: &["B"],
        what: "break the glass, or close it",
    },
    Entry {
        act: Act::Sort,
        name: "sort",
        keys: &["s"],
        what: "sort by the next column",
    },
    Entry {
        act: Act::Reverse,
        name: "reverse",
        keys: &["S"],
        what: "reverse the order",
    },
    Entry {
        act: Act::Yaml,
        name: "yaml",
        keys: &["y"],
        what: "YAML",
    },
    Entry {
        act: Act::Logs,
        name: "logs",
        keys: &["L"],
        what: "logs",
    },
    Entry {
        act: Act::Previous,
        name: "previous-log",
        keys: &["p"],
        what: "log of the container before",
    },
    Entry {
        act: Act::Follow,
        name: "follow",
        keys: &["f"],
        what: "follow the log",
    },
    Entry {
        act: Act::Wrap,
        name: "wrap",
        keys: &["w"],
        what: "wrap lines",
    },
    Entry {
        act: Act::Timestamps,
        name: "timestamps",
        keys: &["t"],
        what: "timestamps in the log",
    },
    Entry {
        act: Act::Container,
        name: "container",
        keys: &["c"],
        what: "next container",
    },
    Entry {
        act: Act::SearchNext,
        name: "search-next",
        keys: &["n"],
        what: "next match",
    },
    Entry {
        act: Act::SearchPrevious,
        name: "search-previous",
        keys: &["P"],
        what: "match before",
    },
    Entry {
        act: Act::Save,
        name: "save",
        keys: &["ctrl-s"],
        what: "save the text to a file",
    },
    Entry {
        act: Act::Copy,
        name: "copy",
        keys: &["Y"],
        what: "copy the name, or the line",
    },
    Entry {
        act: Act::Mark,
        name: "mark",
        keys: &["m"],
        what: "mark the row",
    },
];

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
    by_key: BTreeMap<(String, u8), Act>,
    shown: BTreeMap<Act, String>,
}

impl Keymap {
    /// The default keys with the user's changes.
    ///
    /// # Errors
    /// When an action or key is unknown, or a key has two meanings.
    pub fn new(changes: &BTreeMap<String, String>) -> Result<Self, KeyError> {
        let known = || {
            TABLE
                .iter()
                .map(|entry| entry.name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        if let Some(name) = changes
            .keys()
            .find(|name| !TABLE.iter().any(|entry| entry.name == name.as_str()))
        {
            return Err(KeyError::Action(name.clone(), known()));
        }
        let mut by_key: BTreeMap<(String, u8), Act> = BTreeMap::new();
        let mut shown = BTreeMap::new();
        // the user's keys first: a default key that he gave away yields
        let mut entries: Vec<&Entry> = TABLE.iter().collect();
        entries.sort_by_key(|entry| !changes.contains_key(entry.name));
        for entry in entries {
            let own = changes.get(entry.name);
            let keys: Vec<&str> = own.map_or_else(|| entry.keys.to_vec(), |key| vec![key.as_str()]);
            for key in keys {
                let parsed = parse(key).ok_or_else(|| KeyError::Key(key.into()))?;
                if let Some(taken) = by_key.get(&parsed) {
                    if own.is_none() {
                        continue;
                    }
                    let other = TABLE
                        .iter()
                        .find(|entry| entry.act == *taken)
                        .map_or("", |entry| entry.name);
                    return Err(KeyError::Taken(key.into(), other.into(), entry.name.into()));
                }
                by_key.insert(parsed, entry.act);
                shown.entry(entry.act).or_insert_with(|| key.to_owned());
            }
        }
        Ok(Self { by_key, shown })
    }

    /// What a key does.
    pub(super) fn act(&self, key: KeyEvent) -> Option<Act> {
        self.by_key.get(&of_event(key)?).copied()
    }

    /// The key to show for an action.
    pub(super) fn key(&self, act: Act) -> &str {
        self.shown.get(&act).map_or("", String::as_str)
    }

    /// All actions with their key and meaning, in the order of the table.
    pub(super) fn help(&self) -> impl Iterator<Item = (&str, &'static str, &'static str)> {
        TABLE
            .iter()
            .filter(|entry| self.shown.contains_key(&entry.act))
            .map(|entry| (self.key(entry.act), entry.what, entry.name))
    }
}

/// Name and modifiers of a key as the configuration writes it.
fn parse(text: &str) -> Option<(String, u8)> {
    let mut rest = text;
    let mut modifiers = KeyModifiers::NONE;
    for (prefix, modifier) in [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
        ("shift-", KeyModifiers::SHIFT),
    ] {
        if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
            rest = after;
            modifiers |= modifier;
        }
    }
    const NAMES: [&str; 15] = [
        "enter",
        "esc",
        "tab",
        "space",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ];
    let function = rest
        .strip_prefix('f')
        .and_then(|number| number.parse::<u8>().ok())
        .is_some_and(|number| (1..=12).contains(&number));
    let known = rest.chars().count() == 1 || NAMES.contains(&rest) || function;
    known.then(|| (rest.to_owned(), modifiers.bits()))
}

fn of_event(key: KeyEvent) -> Option<(String, u8)> {
    let mut modifiers =
        key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
    let name = match key.code {
        KeyCode::Char(' ') => "space".into(),
        KeyCode::Char(c) => {
            // the capital letter says it already
            modifiers -= KeyModifiers::SHIFT;
            c.to_string()
        }
        KeyCode::Enter => "enter".into(),
        KeyCode::Esc => "esc".into(),
        KeyCode::Tab => "tab".into(),
        KeyCode::BackTab => {
            modifiers |= KeyModifiers::SHIFT;
            "tab".into()
        }
        KeyCode::Backspace => "backspace".into(),
        KeyCode::Delete => "delete".into(),
        KeyCode::Insert => "insert".into(),
        KeyCode::Home => "home".into(),
        KeyCode::End => "end".into(),
        KeyCode::PageUp => "pageup".into(),
        KeyCode::PageDown => "pagedown".into(),
        KeyCode::Up => "up".into(),
        KeyCode::Down => "down".into(),
        KeyCode::Left => "left".into(),
        KeyCode::Right => "right".into(),
        KeyCode::F(number) => format!("f{number}"),
        _ => return None,
    };
    Some((name, modifiers.bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(changes: &[(&str, &str)]) -> Result<Keymap, KeyError> {
        Keymap::new(
            &changes
                .iter()
                .map(|(name, key)| ((*name).into(), (*key).into()))
                .collect(),
        )
    }

    #[test]
    fn no_key_has_two_meanings() {
        let mut seen = BTreeMap::new();
        for entry in TABLE {
            for key in entry.keys {
                assert_eq!(seen.insert(parse(key).unwrap(), entry.name), None, "{key}");
            }
        }
    }

    #[test]
    fn keys_can_be_changed() {
        let keys = map(&[("quit", "ctrl-q")]).unwrap();
        assert_eq!(
            keys.act(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::CONTROL)),
            Some(Act::Quit)
        );
        assert_eq!(
            keys.act(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE)),
            None
        );
        assert_eq!(
            keys.act(KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT)),
            Some(Act::Bottom)
        );
        assert_eq!(
            keys.act(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
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
