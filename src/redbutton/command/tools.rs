//! A command whose tool is named plainly: what is known of the tool, and what the registry approves.

use super::{
    Word, adjust,
    call::Call,
    magnitude::magnitude,
    special, table,
    telling::{self, Telling},
    verdict::{Part, Verdict, allowed, asked, destructive, part},
    walk::joined,
};
use crate::{
    journal::{Approval, Registry},
    redbutton::Tier,
};

/// Judges a command by its tool.
pub(super) fn judge(name: &str, words: &[Word], registry: &Registry) -> Part {
    let command = joined(words);
    let arguments = &words[1..];
    let found =
        special::judge(name, arguments, &command).unwrap_or_else(|| match table::tool(name) {
            Some(tool) => by_table(tool, name, arguments, &command),
            None => unknown(name, arguments, &command),
        });
    settle(found, name, words, registry)
}

fn by_table(tool: &'static table::Tool, name: &str, arguments: &[Word], command: &str) -> Part {
    let call = Call::read(tool, name, arguments);
    if call.shows_help() {
        let why = "shows its help";
        return part(command, Verdict::Allowed, Tier::Observe, why, "");
    }
    let (tier, matched) = call.tier();
    let found = if tier >= Tier::Destroy {
        Part {
            tier: magnitude(&call).max(tier),
            ..destructive(command, &matched)
        }
    } else if tier == Tier::Observe && !call.hidden {
        match call.written() {
            Some(flag) => asked(command, "writes into a file", flag),
            None => allowed(command, &matched),
        }
    } else if call.is_unclear() {
        guess(&call, command, &matched)
    } else {
        let why = format!("`{matched}` changes something");
        Part {
            tier,
            firm: tool.is_firm(&call.verb),
            ..asked(command, &why, &matched)
        }
    };
    adjust::adjust(&call, found)
}

/// A verb that is not known of a tool that is: its first telling word decides.
fn guess(call: &Call, command: &str, matched: &str) -> Part {
    let first = &call.words[..call.words.len().min(4)];
    match telling::first(first) {
        Telling::Destroys(word) => destructive(command, &word),
        Telling::Reads(word) if !call.hidden && !call.has_changing_flag() => {
            allowed(command, &word)
        }
        _ => asked(command, &format!("`{matched}` is not known"), "").firm(),
    }
}

/// A tool nobody knows: its first words, long flags and its name may still tell.
fn unknown(name: &str, arguments: &[Word], command: &str) -> Part {
    let first: Vec<Word> = arguments
        .iter()
        .filter(|word| !word.text.starts_with('-'))
        .take(3)
        .cloned()
        .collect();
    let telling = telling::word(&first)
        .or_else(|| telling::name(name))
        .or_else(|| telling::flag(arguments));
    match telling {
        Some(word) => destructive(command, &word),
        None => asked(command, &format!("`{name}` is not known"), ""),
    }
}

/// What the registry says of a part that is not destructive.
fn settle(found: Part, name: &str, words: &[Word], registry: &Registry) -> Part {
    if found.verdict == Verdict::Destructive {
        return found;
    }
    let plain: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let values: &[String] = table::tool(name).map_or(&[], |tool| &tool.values);
    let Some((approval, entry)) = registry.look_up(name, &plain, values) else {
        return found;
    };
    let asks = found.verdict == Verdict::Ask;
    // what is only known at run time may be another verb than the entry means
    let hidden = words.get(1).is_some_and(|word| word.dynamic);
    let whole_tool = entry.split(' ').nth(1) == Some("*");
    let approved = match approval {
        Approval::Pending if found.tier > Tier::Observe => {
            return Part {
                verdict: Verdict::Ask,
                why: "is on the list of those that are always asked for".into(),
                matched: entry,
                ..found
            };
        }
        Approval::Pending => false,
        Approval::Approved => {
            asks && found.tier < Tier::Destroy && !hidden && !(found.firm && whole_tool)
        }
        Approval::Exact => asks && found.tier <= Tier::Nudge,
    };
    if approved {
        Part {
            verdict: Verdict::Allowed,
            why: "is on the list of approved commands".into(),
            matched: entry,
            ..found
        }
    } else {
        found
    }
}
