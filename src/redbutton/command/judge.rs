//! The judgement of a command: allowed, to be asked, or destructive.

use serde::Serialize;

use super::{Line, Simple, Word, lex, nested, special, surround, table};
use crate::{
    journal::{Approval, Registry},
    redbutton::Tier,
};

/// What may be done with a command, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Runs without a question.
    Allowed,
    /// Is asked for.
    Ask,
    /// Is asked for in the Red Button modal.
    Destructive,
}

/// The judgement of one simple command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its words.
    pub command: String,
    /// What may be done.
    pub verdict: Verdict,
    /// Risk.
    pub tier: Tier,
    /// Why.
    pub why: String,
    /// Entry of the registry, verb or flag that decided; may be empty.
    pub matched: String,
    /// It is asked for even where the whole tool is approved.
    #[serde(skip)]
    pub firm: bool,
}

/// The judgement of a whole command line: that of its worst part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// What may be done.
    pub verdict: Verdict,
    /// Risk.
    pub tier: Tier,
    /// Why.
    pub why: String,
    /// What decided; may be empty.
    pub matched: String,
    /// Its simple commands.
    pub parts: Vec<Part>,
    /// It needs a shell to run.
    #[serde(skip)]
    pub shell: bool,
}

/// Wrappers within wrappers are followed so deep.
const DEEPEST: usize = 8;

/// Judges a shell line.
#[must_use]
pub fn judge_line(text: &str, registry: &Registry) -> Judgement {
    let line = lex(text);
    let mut parts = Vec::new();
    judge_lexed(&line, registry, 0, &mut parts);
    sum(parts, line.shell)
}

/// Judges the words of one command.
#[must_use]
pub fn judge_words(words: &[String], registry: &Registry) -> Judgement {
    let simple = Simple {
        words: words
            .iter()
            .map(|word| Word {
                quoted: true,
                ..Word::plain(word)
            })
            .collect(),
        ..Simple::default()
    };
    let mut parts = Vec::new();
    judge_simple(&simple, registry, 0, &mut parts);
    sum(parts, false)
}

fn sum(parts: Vec<Part>, shell: bool) -> Judgement {
    let worst = parts
        .iter()
        .max_by_key(|part| (part.verdict, part.tier))
        .cloned();
    let worst = worst.unwrap_or_else(|| {
        part(
            "",
            Verdict::Ask,
            Tier::Disrupt,
            "there is no command in it",
            "",
        )
    });
    Judgement {
        verdict: worst.verdict,
        tier: parts
            .iter()
            .map(|part| part.tier)
            .max()
            .unwrap_or(worst.tier),
        why: worst.why,
        matched: worst.matched,
        parts,
        shell,
    }
}

pub(super) fn part(
    command: &str,
    verdict: Verdict,
    tier: Tier,
    why: impl Into<String>,
    matched: impl Into<String>,
) -> Part {
    Part {
        command: command.into(),
        verdict,
        tier,
        why: why.into(),
        matched: matched.into(),
        firm: false,
    }
}

pub(super) fn judge_text(text: &str, registry: &Registry, depth: usize, parts: &mut Vec<Part>) {
    judge_lexed(&lex(text), registry, depth, parts);
}

fn judge_lexed(line: &Line, registry: &Registry, depth: usize, parts: &mut Vec<Part>) {
    if depth > DEEPEST {
        parts.push(part(
            "",
            Verdict::Ask,
            Tier::Disrupt,
            "too many commands inside commands",
            "",
        ));
        return;
    }
    for simple in &line.commands {
        judge_simple(simple, registry, depth, parts);
    }
    for inner in &line.nested {
        judge_text(inner, registry, depth + 1, parts);
    }
    if !line.whole {
        parts.push(part(
            "",
            Verdict::Ask,
            Tier::Disrupt,
            "the line cannot be understood whole",
            "",
        ));
    }
}

pub(super) fn judge_simple(
    simple: &Simple,
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) {
    if depth > DEEPEST {
        parts.push(part(
            "",
            Verdict::Ask,
            Tier::Disrupt,
            "too many commands inside commands",
            "",
        ));
        return;
    }
    redirects(simple, parts);
    let words = nested::strip_syntax(&simple.words);
    let before = &simple.words[..simple.words.len() - words.len()];
    surround::assignments(before, registry, depth, parts);
    let Some(first) = words.first() else { return };
    let command = words
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    if first.dynamic && !matches!(first.text.as_str(), "[" | "[[") || expands(&first.text) {
        parts.push(part(
            &command,
            Verdict::Ask,
            Tier::Disrupt,
            "what is run is only known at run time",
            &*first.text,
        ));
        // what stands after it may still be plain enough to be destructive
        if let Some(found) = telling_word(&words[1..]).or_else(|| telling_piece(&first.text)) {
            parts.push(part(
                &command,
                Verdict::Destructive,
                Tier::Destroy,
                "an argument is a destructive verb",
                found,
            ));
        }
        return;
    }
    let name = first
        .text
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(&first.text)
        .to_owned();
    if nested::unwrap(&name, words, simple, registry, depth, parts) {
        nested::fed(words, simple, registry, depth, parts);
        return;
    }
    let mut found = judge_tool(&name, words, &command, registry);
    if let Some(input) = &simple.input
        && let Some(fed) = special::fed(&name, words, input)
        && (fed.verdict > found.verdict || found.matched.is_empty())
    {
        found = fed;
    }
    parts.push(found);
}

/// A redirection into a file asks; into a device it is destructive.
fn redirects(simple: &Simple, parts: &mut Vec<Part>) {
    for one in simple.redirects.iter().filter(|one| one.writes) {
        let target = one.target.text.as_str();
        match target {
            "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" => {}
            _ if target.starts_with("/dev/tcp/") || target.starts_with("/dev/udp/") => {
                parts.push(part(
                    &format!("> {target}"),
                    Verdict::Ask,
                    Tier::Disrupt,
                    "opens a connection",
                    target,
                ));
            }
            _ if target.starts_with("/dev/") || target == "/proc/sysrq-trigger" => {
                parts.push(part(
                    &format!("> {target}"),
                    Verdict::Destructive,
                    Tier::Catastrophe,
                    "writes over a device",
                    target,
                ));
            }
            _ => parts.push(part(
                &format!("> {target}"),
                Verdict::Ask,
                Tier::Disrupt,
                "writes into a file",
                target,
            )),
        }
    }
}

/// Verbs that lose something whatever tool they belong to.
const DESTRUCTIVE_WORDS: [&str; 34] = [
    "delete",
    "destroy",
    "remove",
    "rm",
    "prune",
    "purge",
    "truncate",
    "drop",
    "wipe",
    "erase",
    "uninstall",
    "del",
    "rmi",
    "flush",
    "flushall",
    "flushdb",
    "nuke",
    "obliterate",
    "force-delete",
    "terminate",
    "undeploy",
    "drain",
    "format",
    "shred",
    "reset-hard",
    "delete-all",
    "remove-all",
    "zap",
    "rmdir",
    "unlink",
    "deprovision",
    "teardown",
    "decommission",
    "rollback",
];

/// `{rm,-rf,x}`: a brace that the shell makes several words of.
fn expands(text: &str) -> bool {
    text.starts_with('{') && text.contains(',')
}

/// `rm$IFS-rf`, `{rm,-rf}`: the destructive verb among the pieces of a word.
fn telling_piece(text: &str) -> Option<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .find(|piece| DESTRUCTIVE_WORDS.contains(piece))
        .map(str::to_owned)
}

fn telling_word(words: &[Word]) -> Option<String> {
    words
        .iter()
        .map(|word| word.text.to_lowercase())
        .find(|text| DESTRUCTIVE_WORDS.contains(&text.as_str()) || compound(text))
}

/// `terminate-instances`, `db:drop`: the verb comes first, or behind what it is done to.
fn compound(text: &str) -> bool {
    let verb = match text.split_once(':') {
        Some((_, action)) if !action.starts_with('/') => action,
        Some(_) => return false,
        None => text.split('-').next().unwrap_or(text),
    };
    verb != text && DESTRUCTIVE_WORDS.contains(&verb)
}

/// Judges a command whose tool is named plainly.
fn judge_tool(name: &str, words: &[Word], command: &str, registry: &Registry) -> Part {
    let arguments = &words[1..];
    if let Some(found) = special::judge(name, arguments, command) {
        return settle(found, name, words, registry);
    }
    let Some(tool) = table::tool(name) else {
        return settle(unknown(name, arguments, command), name, words, registry);
    };
    if arguments.last().is_some_and(|last| last.text == "--help")
        || (arguments.len() == 1 && arguments[0].text == "--version")
    {
        return part(
            command,
            Verdict::Allowed,
            Tier::Observe,
            "shows its help",
            "",
        );
    }
    let (positional, flags) = apart(tool, arguments);
    let plain: Vec<&str> = positional.iter().map(|word| word.text.as_str()).collect();
    let (verb, mut tier, known) = match tool.verb(&plain) {
        Some((verb, tier)) => (verb, tier, true),
        None => (
            plain
                .first()
                .map_or_else(String::new, |verb| (*verb).to_owned()),
            tool.default.unwrap_or(Tier::Disrupt),
            tool.default.is_some() || plain.is_empty(),
        ),
    };
    let mut matched = if verb.is_empty() {
        name.to_owned()
    } else {
        format!("{name} {verb}")
    };
    let mut eased = false;
    for flag in &flags {
        match tool.flag(name, &verb, flag) {
            Some(Tier::Observe) => eased = true,
            Some(found) if found > tier => {
                tier = found;
                matched = flag.to_string();
            }
            _ => {}
        }
    }
    if eased
        && tier <= Tier::Destroy
        && !flags
            .iter()
            .any(|flag| tool.flag(name, &verb, flag) == Some(Tier::Destroy))
    {
        tier = Tier::Observe;
    }
    // a verb that is only known at run time may be any verb
    let first_dynamic =
        positional.first().is_some_and(|word| word.dynamic) && tool.default.is_none();
    let found = if tier >= Tier::Destroy {
        let tier = special::magnitude(name, &verb, &plain, &flags).max(tier);
        part(
            command,
            Verdict::Destructive,
            tier,
            format!("`{matched}` loses something"),
            matched,
        )
    } else if first_dynamic || (!known && tool.default.is_none()) {
        match telling_word(
            &positional
                .iter()
                .take(3)
                .map(|word| (*word).clone())
                .collect::<Vec<_>>(),
        ) {
            Some(word) => part(
                command,
                Verdict::Destructive,
                Tier::Destroy,
                format!("`{word}` loses something"),
                word,
            ),
            None => part(
                command,
                Verdict::Ask,
                Tier::Disrupt,
                format!("`{matched}` is not known"),
                "",
            ),
        }
    } else if tier == Tier::Observe {
        part(command, Verdict::Allowed, tier, "changes nothing", matched)
    } else {
        Part {
            firm: tool.is_firm(&verb),
            ..part(
                command,
                Verdict::Ask,
                tier,
                format!("`{matched}` changes something"),
                matched,
            )
        }
    };
    settle(
        special::adjust(name, &verb, &plain, &flags, found),
        name,
        words,
        registry,
    )
}

/// Words that are no flags (nor values of flags), and the flags.
fn apart<'w>(tool: &table::Tool, arguments: &'w [Word]) -> (Vec<&'w Word>, Vec<&'w str>) {
    let (mut positional, mut flags) = (Vec::new(), Vec::new());
    let mut at = 0;
    let mut only_words = false;
    while let Some(word) = arguments.get(at) {
        let text = word.text.as_str();
        if only_words || !text.starts_with('-') || text == "-" {
            positional.push(word);
        } else if text == "--" {
            only_words = true;
        } else {
            flags.push(text);
            let value = tool.values.iter().any(|flag| flag == text);
            if value && arguments.get(at + 1).is_some() {
                at += 1;
            }
        }
        at += 1;
    }
    (positional, flags)
}

/// A tool nobody knows: its first words and long flags may still tell.
fn unknown(name: &str, arguments: &[Word], command: &str) -> Part {
    let first: Vec<Word> = arguments
        .iter()
        .filter(|word| !word.text.starts_with('-'))
        .take(3)
        .cloned()
        .collect();
    let flag = arguments.iter().find(|word| {
        let bare = word
            .text
            .trim_start_matches('-')
            .split('=')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        word.text.starts_with('-')
            && !word.text.ends_with("=false")
            && (bare == "force" || DESTRUCTIVE_WORDS.contains(&bare.as_str()))
    });
    let verb = telling_word(&first).or_else(|| {
        let own = name
            .split(['-', '_', '.'])
            .any(|piece| DESTRUCTIVE_WORDS.contains(&piece));
        own.then(|| name.to_owned())
    });
    match verb.or_else(|| flag.map(|word| word.text.clone())) {
        Some(word) => part(
            command,
            Verdict::Destructive,
            Tier::Destroy,
            format!("`{word}` loses something"),
            word,
        ),
        None => part(
            command,
            Verdict::Ask,
            Tier::Disrupt,
            format!("`{name}` is not known"),
            "",
        ),
    }
}

/// What the registry says of a part that is not destructive.
fn settle(found: Part, name: &str, words: &[Word], registry: &Registry) -> Part {
    if found.verdict == Verdict::Destructive {
        return found;
    }
    let plain: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let tool = table::tool(name);
    let values: &[String] = tool.map_or(&[], |tool| &tool.values);
    match registry.look_up(name, &plain, values) {
        Some((Approval::Pending, entry)) if found.tier > Tier::Observe => Part {
            verdict: Verdict::Ask,
            why: "is on the list of those that are always asked for".into(),
            matched: entry,
            ..found
        },
        Some((Approval::Approved, entry)) if found.firm && entry.split(' ').nth(1) == Some("*") => {
            found
        }
        Some((Approval::Approved, entry))
            if found.verdict == Verdict::Ask && found.tier < Tier::Destroy =>
        {
            let surprising = words.iter().skip(1).take(1).any(|word| word.dynamic);
            if surprising {
                found
            } else {
                Part {
                    verdict: Verdict::Allowed,
                    why: "is on the list of approved commands".into(),
                    matched: entry,
                    ..found
                }
            }
        }
        Some((Approval::Exact, entry))
            if found.verdict == Verdict::Ask && found.tier <= Tier::Nudge =>
        {
            Part {
                verdict: Verdict::Allowed,
                why: "is on the list of approved commands".into(),
                matched: entry,
                ..found
            }
        }
        _ => found,
    }
}
