//! Redis: the command is the first word, or the first two.

use super::super::{
    Word,
    lexicon::lexicon,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

/// A client of Redis with its arguments.
pub fn redis(arguments: &[Word], command: &str) -> Part {
    let known = &lexicon().redis;
    let among = |list: &[String], word: &str| list.iter().any(|one| one == word);
    let mut words = Vec::new();
    let mut rest = texts(arguments);
    while let Some(text) = rest.next() {
        if among(&known.values, text) {
            rest.next();
        } else if !text.starts_with('-') {
            words.push(text.to_lowercase());
        }
    }
    let Some(verb) = words.first() else {
        return session(arguments, command);
    };
    let second = words.get(1).map(String::as_str).unwrap_or_default();
    let group = among(&known.groups, verb);
    if among(&known.loses, verb) || (group && among(&known.group_loses, second)) {
        destructive(command, verb)
    } else if among(&known.reads, verb) || (group && among(&known.group_reads, second)) {
        allowed(command, verb)
    } else {
        asked(command, "changes the server", verb)
    }
}

/// No command: a flag may look, or run a script.
fn session(arguments: &[Word], command: &str) -> Part {
    let looks = &lexicon().redis.read_flags;
    if texts(arguments).any(|word| word.starts_with("--eval")) {
        return asked(command, "runs a script", "--eval");
    }
    match texts(arguments).find(|word| looks.iter().any(|one| one == word)) {
        Some(flag) => allowed(command, flag),
        None => asked(command, "opens a session", ""),
    }
}
