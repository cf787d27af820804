//! MongoDB's shell: the calls in the text decide.

use super::super::{
    Word,
    lexicon::lexicon,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

/// A shell of MongoDB with its arguments.
pub fn mongo(arguments: &[Word], command: &str) -> Part {
    let text = texts(arguments)
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    let known = &lexicon().mongo;
    let calls = calls(&text);
    let loses = |name: &&&str| known.loses.iter().any(|start| name.starts_with(start));
    if let Some(call) = calls.iter().find(loses) {
        return destructive(command, call);
    }
    // `runCommand({drop: …})`, `db["drop"]()`
    let indirect = text.contains("command(") || text.contains(['[', '`']);
    if indirect && let Some(verb) = known.loses.iter().find(|verb| text.contains(verb.as_str())) {
        return destructive(command, verb);
    }
    let evaluates = texts(arguments).any(|word| word.starts_with("--eval"));
    let file = |word: &str| word.ends_with(".js") || matches!(word, "-f" | "--file");
    let reads = calls
        .iter()
        .all(|name| known.reads.iter().any(|one| one == name));
    let writes = ["[", "$where", "$function", "$out", "$merge", "`"];
    if evaluates
        && reads
        && !texts(arguments).any(file)
        && !writes.iter().any(|word| text.contains(word))
    {
        allowed(command, "--eval")
    } else {
        asked(command, "opens a database", "")
    }
}

/// The names that stand before a bracket.
fn calls(text: &str) -> Vec<&str> {
    let ends = text.match_indices('(').map(|(at, _)| text[..at].trim_end());
    ends.map(|before| {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        before.rsplit(|c| !is_name(c)).next().unwrap_or_default()
    })
    .collect()
}
