//! What the verbs and flags of known tools do.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{flags::Flag, lexicon::lexicon};
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
    /// Verbs that only look when nothing follows them; with `:1` behind them, when one word does.
    pub alone: Vec<String>,
    /// Verbs that take no flag for a dry run.
    pub never_dry: Vec<String>,
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
    dry_flags: Vec<String>,
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
    pub fn takes_value(&self, name: &str, verb: &str, flag: &str) -> bool {
        let mut bound = bound_to(&self.values, name, verb);
        bound.any(|wanted| wanted == flag)
    }

    /// Whether a flag takes back one that eases: `--dry-run=false`, `--no-dry-run`.
    #[must_use]
    pub fn takes_back(&self, flag: &Flag) -> bool {
        let easing = self.observe_flags.iter().chain(&self.dry_flags);
        let mut names = easing.filter_map(|entry| entry.rsplit(':').next());
        let negated = flag.text.strip_prefix("--no-").unwrap_or_default();
        names.any(|name| {
            (flag.name() == name && flag.is_off())
                || (!negated.is_empty() && name.strip_prefix("--") == Some(negated))
        })
    }

    /// Whether a flag makes a look of whatever the verb and other flags do.
    #[must_use]
    pub fn is_dry(&self, name: &str, verb: &str, flag: &Flag) -> bool {
        let takes = |short: &str| self.takes_value(name, verb, short);
        let mut bound = bound_to(&self.dry_flags, name, verb);
        bound.any(|wanted| {
            flag.is_surely(wanted, self.bundles, takes) && (wanted.contains(' ') || flag.is_on())
        })
    }

    /// Whether a flag for a dry run is taken by every verb of a tool.
    #[must_use]
    pub fn dries_all(&self, name: &str) -> bool {
        let mut bound = self
            .dry_flags
            .iter()
            .filter_map(|entry| entry.split_once(':'));
        bound.any(|(tool, _)| tool == name)
    }

    /// The tier that a flag gives, with the verb or the tool's name it may be bound to.
    #[must_use]
    pub fn flag(&self, name: &str, verb: &str, flag: &Flag) -> Option<Tier> {
        let danger = |list: &[String]| {
            bound_to(list, name, verb).any(|wanted| {
                flag.may_be(wanted, self.bundles) || (self.abbreviates && cuts(flag.name(), wanted))
            })
        };
        let takes = |short: &str| self.takes_value(name, verb, short);
        let mut looks = bound_to(&self.observe_flags, name, verb);
        if danger(&self.destroy_flags) {
            Some(Tier::Destroy)
        } else if danger(&self.disrupt_flags) {
            Some(Tier::Disrupt)
        } else if looks.any(|wanted| flag.is_surely(wanted, self.bundles, takes)) {
            Some(Tier::Observe)
        } else {
            None
        }
    }
}

/// The flags of a list that count for a tool and a verb: `verb:-f` only behind that verb, `tool:-f`
/// only for that one of the names.
fn bound_to<'t>(list: &'t [String], name: &str, verb: &str) -> impl Iterator<Item = &'t str> {
    let first = verb.split(' ').next().unwrap_or_default();
    list.iter()
        .filter_map(move |entry| match entry.split_once(':') {
            Some((bound, wanted)) => [name, verb, first].contains(&bound).then_some(wanted),
            None => Some(entry.as_str()),
        })
}

/// `--delet` for `--delete`; two letters may mean anything.
fn cuts(name: &str, wanted: &str) -> bool {
    name.len() > 4 && name.starts_with("--") && wanted.starts_with(name)
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
                let verb = &verb.trim_end_matches(":1").to_owned();
                assert!(seen.contains(verb), "{}: {verb} is no verb", tool.names[0]);
            }
        }
    }
}
