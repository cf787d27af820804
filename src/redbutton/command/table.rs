//! What the verbs and flags of known tools do (`assets/commands.toml`).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::redbutton::Tier;

#[derive(Debug, Deserialize)]
struct File {
    tool: Vec<Tool>,
}

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
    /// Flags that take the next word as their value.
    pub values: Vec<String>,
    observe: Vec<String>,
    nudge: Vec<String>,
    disrupt: Vec<String>,
    destroy: Vec<String>,
    firm: Vec<String>,
    observe_flags: Vec<String>,
    disrupt_flags: Vec<String>,
    destroy_flags: Vec<String>,
}

static TABLE: LazyLock<BTreeMap<String, Tool>> = LazyLock::new(|| {
    // the file is part of the program; a test reads it
    let file: File = toml::from_str(include_str!("../../../assets/commands.toml"))
        .unwrap_or(File { tool: Vec::new() });
    let mut table = BTreeMap::new();
    for tool in file.tool {
        let names = tool.names.clone();
        for name in names {
            table.insert(
                name,
                Tool {
                    names: vec![tool.names.first().cloned().unwrap_or_default()],
                    default: tool.default,
                    bundles: tool.bundles,
                    values: tool.values.clone(),
                    observe: tool.observe.clone(),
                    nudge: tool.nudge.clone(),
                    disrupt: tool.disrupt.clone(),
                    destroy: tool.destroy.clone(),
                    firm: tool.firm.clone(),
                    observe_flags: tool.observe_flags.clone(),
                    disrupt_flags: tool.disrupt_flags.clone(),
                    destroy_flags: tool.destroy_flags.clone(),
                },
            );
        }
    }
    table
});

/// The tool of this name.
#[must_use]
pub fn tool(name: &str) -> Option<&'static Tool> {
    TABLE.get(name)
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

    /// The tier that a flag gives, with the verb or the tool's name it may be bound to.
    #[must_use]
    pub fn flag(&self, name: &str, verb: &str, flag: &str) -> Option<Tier> {
        let hit = |list: &[String]| {
            list.iter().any(|entry| match entry.split_once(':') {
                Some((bound, wanted)) => {
                    (bound == name || verb == bound || verb.split(' ').next() == Some(bound))
                        && self.same(flag, wanted)
                }
                None => self.same(flag, entry),
            })
        };
        if hit(&self.destroy_flags) {
            Some(Tier::Destroy)
        } else if hit(&self.disrupt_flags) {
            Some(Tier::Disrupt)
        } else if hit(&self.observe_flags) {
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
            return name == wanted && !matches!(value, "false" | "0" | "no" | "none");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_no_verb_has_two_tiers() {
        let file: File = toml::from_str(include_str!("../../../assets/commands.toml")).unwrap();
        assert!(file.tool.len() > 50);
        for tool in &file.tool {
            let all = [&tool.observe, &tool.nudge, &tool.disrupt, &tool.destroy];
            let mut seen = std::collections::BTreeSet::new();
            for verb in all.into_iter().flatten() {
                assert!(seen.insert(verb), "{}: {verb} twice", tool.names[0]);
            }
        }
    }
}
