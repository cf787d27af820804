//! A tool's command line, taken apart by what is known of the tool.

use super::{Word, table::Tool};
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
    pub flags: Vec<&'w str>,
    /// The verb is only known at run time.
    pub hidden: bool,
}

impl<'w> Call<'w> {
    pub(super) fn read(tool: &'static Tool, name: &'w str, arguments: &'w [Word]) -> Self {
        let (positional, flags) = apart(tool, arguments);
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

    /// Nothing follows the verb but flags that say where.
    pub(super) fn stands_alone(&self) -> bool {
        self.words.len() <= self.verb.split(' ').count()
            && self.flags.iter().all(|flag| {
                let name = flag.split('=').next().unwrap_or(flag);
                self.tool.takes_value(name, &self.verb)
            })
    }

    /// The tier of verb and flags together, and what decided it.
    pub(super) fn tier(&self) -> (Tier, String) {
        let bare = self.tool.bare.filter(|_| self.words.is_empty());
        let alone = self.tool.alone.contains(&self.verb) && self.stands_alone();
        let mut tier = match self.known {
            _ if alone => Tier::Observe,
            Some(tier) => tier,
            None => bare.or(self.tool.default).unwrap_or(Tier::Disrupt),
        };
        let mut matched = [self.name, &self.verb].join(" ").trim_end().to_owned();
        let (mut eased, mut loses) = (false, false);
        for flag in &self.flags {
            match self.tool.flag(self.name, &self.verb, flag) {
                Some(Tier::Observe) => eased = true,
                Some(found) => {
                    loses |= found == Tier::Destroy;
                    if found > tier {
                        tier = found;
                        matched = (*flag).to_owned();
                    }
                }
                // the last one counts: `--dry-run --dry-run=false`
                None => eased &= !self.tool.takes_back(flag),
            }
        }
        if eased && !loses {
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
        self.flags.iter().any(|flag| wanted.contains(flag))
    }

    /// Whether a bundle of short flags has this letter.
    pub(super) fn has_letter(&self, letter: char) -> bool {
        self.flags
            .iter()
            .any(|flag| flag.starts_with('-') && !flag.starts_with("--") && flag.contains(letter))
    }

    /// `--dry-run` in one of its forms; the last one counts.
    pub(super) fn is_dry(&self) -> bool {
        let spoken = |flag: &&&str| flag.starts_with("--dry-run") || **flag == "--no-dry-run";
        let last = self.flags.iter().rfind(spoken);
        last.is_some_and(|flag| {
            matches!(
                *flag,
                "--dry-run" | "--dry-run=client" | "--dry-run=server" | "--dry-run=true"
            )
        })
    }
}

/// Words that are no flags (nor values of flags), and the flags.
fn apart<'w>(tool: &Tool, arguments: &'w [Word]) -> (Vec<&'w Word>, Vec<&'w str>) {
    let (mut positional, mut flags) = (Vec::<&Word>::new(), Vec::new());
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if text == "--" {
            positional.extend(rest.by_ref());
        } else if !text.starts_with('-') || text == "-" {
            positional.push(word);
        } else {
            flags.push(text);
            let first = positional.first().map_or("", |word| word.text.as_str());
            if tool.takes_value(text, first) {
                rest.next();
            }
        }
    }
    (positional, flags)
}
