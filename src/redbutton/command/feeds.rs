//! Programs that read what the line itself feeds them: shells, clients of databases, interpreters.

use super::{
    Simple, Word, databases,
    lexicon::lexicon,
    special,
    verdict::Part,
    walk::{Walk, base_name},
};

const SHELLS: [&str; 9] = [
    "sh", "bash", "zsh", "dash", "ash", "ksh", "su", "at", "batch",
];

/// A wrapped shell or client reads what the line feeds it.
pub(super) fn inside(walk: &mut Walk, words: &[Word], simple: &Simple) {
    let Some(input) = &simple.input else { return };
    let carries = base_name(&words[0].text) == "ssh";
    if carries
        || words
            .iter()
            .skip(1)
            .any(|word| SHELLS.contains(&base_name(&word.text)))
    {
        walk.text(input);
    }
    for (at, word) in words.iter().enumerate().skip(1) {
        if let Some(found) = fed(base_name(&word.text), &words[at..], input) {
            walk.say(found);
        }
    }
}

/// A client of a database or a program's interpreter that is given `input` to read.
pub(super) fn fed(name: &str, given: &[Word], input: &str) -> Option<Part> {
    let known = &lexicon().interpreters;
    if !known
        .names
        .iter()
        .chain(&known.clients)
        .any(|one| one == name)
    {
        return None;
    }
    let command = format!("{name} <<< {input}");
    if matches!(name, "redis-cli" | "valkey-cli") {
        return input
            .lines()
            .map(|line| {
                let words: Vec<Word> = line.split_whitespace().map(Word::plain).collect();
                databases::redis(&words, &command)
            })
            .max_by_key(|part| part.verdict);
    }
    let flag = match name {
        "mongosh" | "mongo" => "--eval",
        "mysql" | "mariadb" | "perl" | "ruby" | "node" => "-e",
        _ => "-c",
    };
    let mut arguments: Vec<Word> = given.get(1..).unwrap_or_default().to_vec();
    arguments.extend([Word::plain(flag), Word::plain(input)]);
    special::judge(name, &arguments, &command)
}
