//! What the verbs and flags of known tools do.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::lexicon::lexicon;
use crate::redbutton::Tier;

/// One tool, or several that are used alike.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Tool {
    /// Names.
    pub names: Vec<String>,
    /// Tier where no verb says more; `None` where an unknown verb is not understood.
    pub default: Option<Tier>,
    /// Short flags may be joined, as `-fd`.
    pub bundles: bool,
    /// Flags that take the next word as their value; `verb:-f` only behind that verb.
    pub values: Vec<String>,
    /// Tier where there is no verb at all.
    pub bare: Option<Tier>,
    /// Verbs that only look when nothing follows them.
    pub alone: Vec<String>,
    /// Long flags may be cut short, as `--delet`.
    pub abbreviates: bool,
    /// `-h` is help, as `--help` is.
    pub short_help: bool,
    observe: Vec<String>,
    nudge: Vec<String>,
    disrupt: Vec<String>,
    destroy: Vec<String>,
    firm: Vec<String>,
    observe_flags: Vec<String>,
    disrupt_flags: Vec<String>,
    destroy_flags: Vec<String>,
}

static BY_NAME: LazyLock<BTreeMap<&str, &Tool>> = LazyLock::new(|| {
    let named = |tool: &'static Tool| tool.names.iter().map(move |name| (name.as_str(), tool));
    lexicon().tool.iter().flat_map(named).collect()
});

/// The tool of this name.
#[must_use]
pub fn tool(name: &str) -> Option<&'static Tool> {
    BY_NAME.get(name).copied()
}

impl Tool {
    /// The verb that the first words make, and its tier: the longest known one.
    #[must_use]
    pub fn verb(&self, words: &[&str]) -> Option<(String, Tier)> {
        let lists = [
            (&self.destroy, Tier::Destroy),
            (&self.disrupt, Tier::Disrupt),
            (&self.nudge, Tier::Nudge),
            (&self.observe, Tier::Observe),
        ];
        (1..=words.len().min(4)).rev().find_map(|count| {
            let wanted = words[..count].join(" ");
            lists
                .iter()
                .find(|(list, _)| list.contains(&wanted))
                .map(|(_, tier)| (wanted.clone(), *tier))
        })
    }

    /// Whether a verb is asked for even where all of the tool is approved.
    #[must_use]
    pub fn is_firm(&self, verb: &str) -> bool {
        self.firm.iter().any(|one| {
            verb.strip_prefix(one.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    }

    /// Whether a flag takes the next word as its value, behind a verb.
    #[must_use]
    pub fn takes_value(&self, flag: &str, verb: &str) -> bool {
        self.values.iter().any(|entry| match entry.split_once(':') {
            Some((bound, wanted)) => wanted == flag && verb.split(' ').next() == Some(bound),
            None => entry == flag,
        })
    }

    /// Whether a flag takes back one that eases: `--dry-run=false`.
    #[must_use]
    pub fn takes_back(&self, flag: &str) -> bool {
        let Some((name, value)) = flag.split_once('=') else {
            return false;
        };
        is_off(value)
            && self
                .observe_flags
                .iter()
                .any(|entry| entry.rsplit(':').next() == Some(name))
    }

    /// The tier that a flag gives, with the verb or the tool's name it may be bound to.
    #[must_use]
    pub fn flag(&self, name: &str, verb: &str, flag: &str) -> Option<Tier> {
        let hit = |list: &[String], short: bool| {
            let same = |wanted: &str| self.same(flag, wanted) || (short && cuts(flag, wanted));
            list.iter().any(|entry| match entry.split_once(':') {
                Some((bound, wanted)) => {
                    (bound == name || verb == bound || verb.split(' ').next() == Some(bound))
                        && same(wanted)
                }
                None => same(entry),
            })
        };
        if hit(&self.destroy_flags, self.abbreviates) {
            Some(Tier::Destroy)
        } else if hit(&self.disrupt_flags, self.abbreviates) {
            Some(Tier::Disrupt)
        } else if hit(&self.observe_flags, false) {
            Some(Tier::Observe)
        } else {
            None
        }
    }

    fn same(&self, flag: &str, wanted: &str) -> bool {
        if flag == wanted {
            return true;
        }
        if let Some((name, value)) = flag.split_once('=') {
            // `--force=false` is no force
            return name == wanted && !is_off(value);
        }
        let letter = wanted
            .strip_prefix('-')
            .filter(|rest| rest.chars().count() == 1);
        self.bundles
            && letter.is_some_and(|letter| {
                flag.starts_with('-') && !flag.starts_with("--") && flag[1..].contains(letter)
            })
    }
}

/// `--delet` for `--delete`; two letters may mean anything.
fn cuts(flag: &str, wanted: &str) -> bool {
    let name = flag.split('=').next().unwrap_or(flag);
    name.len() > 4 && name.starts_with("--") && wanted.starts_with(name)
}

fn is_off(value: &str) -> bool {
    matches!(
        value.to_lowercase().as_str(),
        "false" | "f" | "0" | "no" | "none"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tool_is_described_twice_and_no_verb_has_two_tiers() {
        let file = lexicon();
        let mut names = std::collections::BTreeSet::new();
        for tool in &file.tool {
            for name in &tool.names {
                assert!(names.insert(name), "{name} is described twice");
            }
            let all = [&tool.observe, &tool.nudge, &tool.disrupt, &tool.destroy];
            let mut seen = std::collections::BTreeSet::new();
            for verb in all.into_iter().flatten() {
                assert!(seen.insert(verb), "{}: {verb} twice", tool.names[0]);
            }
            for verb in &tool.alone {
                assert!(seen.contains(verb), "{}: {verb} is no verb", tool.names[0]);
            }
        }
    }
}
