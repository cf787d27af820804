//! SQL: the first word of each statement decides, and words that change something inside a query.

use super::super::{
    Word,
    lexicon::lexicon,
    verdict::{Part, allowed, asked, destructive},
    walk::{handed_on, texts},
};
use crate::redbutton::Tier;

/// A client of SQL with its arguments.
pub fn sql(name: &str, arguments: &[Word], command: &str) -> Part {
    let given = match name {
        "sqlite3" => sqlite(arguments),
        _ => statements(name, arguments),
    };
    if let Some(flag) = given.file {
        return asked(command, "runs a file of SQL, or writes one", flag);
    }
    if given.texts.is_empty() {
        let lists = ["-l", "--list", "--version", "--help", "-V"];
        return match texts(arguments).find(|word| lists.contains(word)) {
            Some(flag) => allowed(command, flag),
            None => asked(command, "opens a database", ""),
        };
    }
    let parts = given
        .texts
        .iter()
        .map(|text| statement(name, text, command));
    parts
        .max_by_key(|part| (part.verdict, part.tier))
        .unwrap_or_else(|| asked(command, "opens a database", ""))
}

/// What a client is told to run.
#[derive(Default)]
struct Given<'w> {
    texts: Vec<&'w str>,
    /// A flag that reads statements from a file, or writes into one.
    file: Option<&'w str>,
}

/// `-c TEXT`, `-Atc TEXT`, `--command=TEXT`; a word with blanks counts as well.
fn statements<'w>(name: &str, arguments: &'w [Word]) -> Given<'w> {
    // the letter of the statement, and those that take a value of their own
    let (own, values) = match name {
        "mysql" | "mariadb" => ("e", "uhPDSp"),
        "psql" => ("c", "dhpUvFPRTfoL"),
        _ => ("eqQc", "dhuSPU"),
    };
    let long = ["--command", "--execute", "--query"];
    let files = [
        "--file",
        "--output",
        "--log-file",
        "--tee",
        "--init-command",
    ];
    let mut given = Given::default();
    let mut rest = texts(arguments);
    while let Some(text) = rest.next() {
        let (flag, value) = text
            .split_once('=')
            .map_or((text, None), |(flag, value)| (flag, Some(value)));
        if long.contains(&flag) {
            given.texts.extend(value.or_else(|| rest.next()));
        } else if files.contains(&flag) {
            given.file = Some(text);
        } else if let Some(letters) = text.strip_prefix('-').filter(|rest| !rest.starts_with('-')) {
            let Some(at) = letters.find(|c| own.contains(c) || values.contains(c)) else {
                continue;
            };
            let (letter, attached) = letters[at..].split_at(1);
            let value = Some(attached).filter(|text| !text.is_empty());
            if own.contains(letter) {
                given.texts.extend(value.or_else(|| rest.next()));
            } else if "foL".contains(letter) {
                given.file = Some(text);
            } else if value.is_none() && letter != "p" {
                rest.next();
            }
        } else if text.contains([' ', ';']) {
            given.texts.push(text);
        }
    }
    given
}

/// `sqlite3 FILE STATEMENT…`, with flags of one dash; `-cmd TEXT` is run first.
fn sqlite(arguments: &[Word]) -> Given<'_> {
    let mut given = Given::default();
    let mut files = 0;
    let mut rest = texts(arguments);
    while let Some(text) = rest.next() {
        match text {
            "-cmd" | "-c" => given.texts.extend(rest.next()),
            "-init" => given.file = Some(text),
            "-separator" | "-nullvalue" | "-newline" | "-mmap" | "-vfs" => {
                rest.next();
            }
            _ if text.starts_with('-') => {}
            _ if files == 0 && !text.contains(' ') => files += 1,
            _ => given.texts.push(text),
        }
    }
    given
}

/// The worst of the statements in a text.
fn statement(name: &str, text: &str, command: &str) -> Part {
    let undollared = matches!(name, "psql" | "cockroach").then(|| without_dollars(text));
    let read = undollared.flatten();
    let worst = bare_sql(read.as_deref().unwrap_or(text))
        .split(';')
        .filter(|one| !one.trim().is_empty())
        .map(|one| one_statement(one, command))
        .max_by_key(|part| (part.verdict, part.tier));
    let found = worst.unwrap_or_else(|| allowed(command, "select"));
    // the client runs what follows `\!` in a shell
    match text.split_once("\\!") {
        Some((_, shell)) => handed_on(shell, command, "runs a program", "\\!"),
        None => found,
    }
}

fn one_statement(statement: &str, command: &str) -> Part {
    let known = &lexicon().sql;
    let among = |list: &[String], token: &str| list.iter().any(|one| one == token);
    let tokens: Vec<&str> = statement
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '\\' | '.')))
        .filter(|token| !token.is_empty())
        .collect();
    let first = tokens.first().copied().unwrap_or_default();
    let shows = (among(&known.shows, first) && !statement.contains('=')) || looks(first);
    if shows && !calls_client(statement) {
        return allowed(command, first);
    }
    if let Some(verb) = tokens.iter().find(|token| among(&known.loses, token)) {
        let tier = if *verb == "delete" {
            Tier::Destroy
        } else {
            Tier::Catastrophe
        };
        return Part {
            tier,
            ..destructive(command, verb)
        };
    }
    let writes = |token: &&&str| {
        among(&known.writes, token)
            || known
                .write_starts
                .iter()
                .any(|start| token.starts_with(start))
    };
    let session = first == "set" && !statement.contains("global") && !statement.contains("persist");
    let reads = among(&known.queries, first) && !tokens.iter().any(|token| writes(&token));
    if (reads || (session && tokens.get(1) != Some(&"password"))) && !calls_client(statement) {
        allowed(command, first)
    } else {
        asked(command, "changes the database", first)
    }
}

/// Commands of the client itself (`\\dt`, `.tables`) that only look.
fn looks(word: &str) -> bool {
    let client = &lexicon().sql.client;
    let describes = |rest: &str| rest.starts_with('d') && rest.chars().all(char::is_alphabetic);
    word.strip_prefix('\\').is_some_and(describes) || client.iter().any(|one| one == word)
}

/// A line begins with a command of the client that does more.
fn calls_client(statement: &str) -> bool {
    statement
        .lines()
        .filter_map(|line| {
            line.split_whitespace()
                .find(|word| word.starts_with(['\\', '.']))
        })
        .any(|word| !looks(word.trim_end_matches(['+', ';'])))
}

/// `select $$text$$`: in a query alone, a text in dollars is a literal. `None` where there is anything
/// else that may hide a quote.
fn without_dollars(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?.to_lowercase();
    let hides = ["--", "/*", "\\", "'", "\""]
        .iter()
        .any(|one| text.contains(one));
    let pieces: Vec<&str> = text.split("$$").collect();
    let outside = || pieces.iter().step_by(2);
    let one = outside().all(|piece| !piece.trim_end().trim_end_matches(';').contains(';'));
    let plain = pieces.len() > 1 && pieces.len() % 2 == 1 && one && !hides;
    (plain && first == "select").then(|| outside().copied().collect::<Vec<_>>().join(" '' "))
}

/// Takes string literals, quoted names and comments out of SQL, so that words in them are no verbs.
/// Servers differ in whether a backslash hides a quote, and whether two dashes need a blank behind
/// them to begin a comment: all readings are given, one after the other.
fn bare_sql(text: &str) -> String {
    let readings = [(false, false), (true, false), (false, true), (true, true)];
    let read = readings.map(|(backslash, dashes)| bare(text, backslash, dashes));
    read.join("\n;")
}

fn bare(text: &str, backslash: bool, dashes: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let next = chars.get(at + 1).copied();
        match c {
            '\'' | '"' | '`' => match closing(&chars, at, backslash && c != '`') {
                Some(end) => {
                    out.push(' ');
                    at = end;
                }
                None => out.push(' '),
            },
            '-' if next == Some('-')
                && (dashes || chars.get(at + 2).is_none_or(|c| c.is_whitespace())) =>
            {
                while chars.get(at + 1).is_some_and(|c| *c != '\n') {
                    at += 1;
                }
            }
            // some servers run what stands in such a comment
            '/' if next == Some('*') && chars.get(at + 2) != Some(&'!') => {
                let end = (at + 2..chars.len())
                    .find(|end| chars[*end] == '*' && chars.get(end + 1) == Some(&'/'));
                out.push(' ');
                at = end.map_or(at + 1, |end| end + 1);
            }
            other => out.extend(other.to_lowercase()),
        }
        at += 1;
    }
    out
}

fn closing(chars: &[char], start: usize, backslash: bool) -> Option<usize> {
    let mut at = start + 1;
    while let Some(c) = chars.get(at) {
        if backslash && *c == '\\' {
            at += 1;
        } else if *c == chars[start] {
            return Some(at);
        }
        at += 1;
    }
    None
}
