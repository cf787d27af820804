//! A tool's command line, taken apart by what is known of the tool.

use super::{Word, flags::Flag, lexicon::lexicon, table::Tool};
use crate::redbutton::Tier;

/// One call of a known tool.
pub(super) struct Call<'w> {
    /// The tool's name.
    pub name: &'w str,
    /// What is known of it.
    pub tool: &'static Tool,
    /// The verb: the longest one that is known, else the first word.
    pub verb: String,
    /// The tier of the verb, where it is known.
    known: Option<Tier>,
    /// Words that are no flags and no values of flags.
    pub words: Vec<&'w str>,
    /// Flags.
    pub flags: Vec<Flag<'w>>,
    /// The verb is only known at run time.
    pub hidden: bool,
}

impl<'w> Call<'w> {
    pub(super) fn read(tool: &'static Tool, name: &'w str, arguments: &'w [Word]) -> Self {
        let (positional, flags) = apart(tool, name, arguments);
        let words: Vec<&str> = positional.iter().map(|word| word.text.as_str()).collect();
        let (verb, known) = match tool.verb(&words) {
            Some((verb, tier)) => (verb, Some(tier)),
            None => (
                words
                    .first()
                    .map_or_else(String::new, |verb| (*verb).to_owned()),
                None,
            ),
        };
        let hidden = tool.default.is_none() && positional.first().is_some_and(|word| word.dynamic);
        Self {
            name,
            tool,
            verb,
            known,
            words,
            flags,
            hidden,
        }
    }

    /// Whether nothing is known of the verb.
    pub(super) fn is_unclear(&self) -> bool {
        let nothing = self.known.is_none() && self.tool.default.is_none() && !self.words.is_empty();
        self.hidden || nothing
    }

    /// Nothing follows the verb but flags that say where, and `most` words.
    pub(super) fn stands_alone(&self, most: usize) -> bool {
        self.words.len() <= self.verb.split(' ').count() + most
            && self
                .flags
                .iter()
                .all(|flag| self.tool.takes_value(self.name, &self.verb, flag.name()))
    }

    /// The verb only looks where so little follows it.
    fn only_looks(&self) -> bool {
        let mut alone = self.tool.alone.iter();
        alone.any(|entry| match entry.strip_suffix(":1") {
            Some(verb) => verb == self.verb && self.stands_alone(1),
            None => *entry == self.verb && self.stands_alone(0),
        })
    }

    /// A flag that makes a look of it all; the last one counts: `--dry-run --dry-run=false`.
    pub(super) fn dry(&self) -> Option<&'w str> {
        // a verb nobody knows may take the flag for something else
        let known = self.known.is_some()
            || self.tool.default.is_some()
            || self.words.is_empty()
            || self.tool.dries_all(self.name);
        if !known || self.hidden || self.tool.never_dry.contains(&self.verb) {
            return None;
        }
        self.flags.iter().fold(None, |found, flag| {
            if self.tool.is_dry(self.name, &self.verb, flag) {
                Some(flag.text)
            } else {
                found.filter(|_| !self.tool.takes_back(flag))
            }
        })
    }

    /// The tier of verb and flags together, and what decided it.
    pub(super) fn tier(&self) -> (Tier, String) {
        if let Some(flag) = self.dry() {
            return (Tier::Observe, flag.to_owned());
        }
        let bare = self.tool.bare.filter(|_| self.words.is_empty());
        let alone = self.only_looks();
        let mut tier = match self.known {
            _ if alone => Tier::Observe,
            Some(tier) => tier,
            None => bare.or(self.tool.default).unwrap_or(Tier::Disrupt),
        };
        let mut matched = [self.name, &self.verb].join(" ").trim_end().to_owned();
        let (mut eased, mut changes) = (false, false);
        for flag in &self.flags {
            match self.tool.flag(self.name, &self.verb, flag) {
                Some(Tier::Observe) => eased = true,
                Some(found) => {
                    changes = true;
                    if found > tier {
                        tier = found;
                        matched = flag.text.to_owned();
                    }
                }
                // the last one counts: `--dry-run --dry-run=false`
                None => eased &= !self.tool.takes_back(flag),
            }
        }
        if eased && !changes {
            (Tier::Observe, matched)
        } else {
            (tier, matched)
        }
    }

    /// A flag raises what the verb does.
    pub(super) fn has_changing_flag(&self) -> bool {
        self.flags
            .iter()
            .any(|flag| self.tool.flag(self.name, &self.verb, flag) > Some(Tier::Observe))
    }

    /// Whether one of the flags is given.
    pub(super) fn has(&self, wanted: &[&str]) -> bool {
        self.flags.iter().any(|flag| wanted.contains(&flag.text))
    }

    /// The help is asked for: `help VERB`, `--help`, or `-h` where that is the same.
    pub(super) fn shows_help(&self) -> bool {
        let verbs = self.tool.default.is_none();
        let help =
            |flag: &Flag| flag.text == "--help" || (flag.text == "-h" && self.tool.short_help);
        let last = self.flags.last().is_some_and(help);
        let only = self.words.is_empty() && self.flags.len() == 1;
        let version = only && self.flags[0].text == "--version";
        let told = verbs && self.words.first() == Some(&"help");
        version || told || (last && (verbs || only))
    }

    /// A flag of a look that writes what it saw into a file.
    pub(super) fn written(&self) -> Option<&'w str> {
        let writes = &lexicon().words.writes;
        let nowhere = |value: &str| matches!(value, "-" | "/dev/null" | "/dev/stdout");
        let written = self.flags.iter().find(|flag| {
            writes.iter().any(|one| one == flag.name())
                && !flag.value().or(flag.next).is_some_and(nowhere)
        });
        written.map(|flag| flag.text)
    }
}

/// Words that are no flags (nor values of flags), and the flags.
fn apart<'w>(tool: &Tool, name: &str, arguments: &'w [Word]) -> (Vec<&'w Word>, Vec<Flag<'w>>) {
    let (mut positional, mut flags) = (Vec::<&Word>::new(), Vec::new());
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if text == "--" {
            positional.extend(rest.by_ref());
        } else if !text.starts_with('-') || text == "-" {
            positional.push(word);
        } else {
            let first = positional.first().map_or("", |word| word.text.as_str());
            let takes = tool.takes_value(name, first, text);
            let next = rest.clone().next().map(|word| word.text.as_str());
            flags.push(Flag { text, next, takes });
            if takes {
                rest.next();
            }
        }
    }
    (positional, flags)
}
