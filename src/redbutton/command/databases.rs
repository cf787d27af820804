//! Clients of databases: the language they carry decides.

use super::{
    Word,
    judge::Part,
    special::{allowed, asked, destructive, words},
};
use crate::redbutton::Tier;

/// Takes string literals, quoted names and comments out of SQL, so that words in them are no verbs.
/// Servers differ in whether a backslash hides a quote: both readings are given, one after the other.
pub(super) fn bare_sql(text: &str) -> String {
    format!("{}\n;{}", bare(text, false), bare(text, true))
}

fn bare(text: &str, backslash: bool) -> String {
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
            '-' if next == Some('-') && chars.get(at + 2).is_none_or(|c| c.is_whitespace()) => {
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

/// Commands of the client itself (`\\dt`, `.tables`) that only look.
fn looks(word: &str) -> bool {
    if let Some(rest) = word.strip_prefix('\\') {
        return (rest.starts_with('d') && rest.chars().all(char::is_alphabetic))
            || matches!(
                rest,
                "l" | "conninfo"
                    | "timing"
                    | "x"
                    | "z"
                    | "pset"
                    | "encoding"
                    | "q"
                    | "a"
                    | "t"
                    | "sf"
                    | "sv"
                    | "h"
            );
    }
    matches!(
        word,
        ".tables"
            | ".schema"
            | ".mode"
            | ".headers"
            | ".databases"
            | ".indexes"
            | ".indices"
            | ".dbinfo"
            | ".show"
            | ".quit"
    )
}

pub(super) fn sql(arguments: &[Word], command: &str) -> Part {
    let mut statements = Vec::new();
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        let text = word.text.as_str();
        let is_flag = matches!(
            text,
            "-c" | "-e" | "--command" | "--execute" | "-q" | "--query" | "-cmd"
        );
        if is_flag {
            if let Some(next) = arguments.get(at + 1) {
                statements.push(next.text.clone());
            }
            at += 1;
        } else if let Some(rest) = ["--command=", "--execute=", "--query="]
            .iter()
            .find_map(|flag| text.strip_prefix(flag))
        {
            statements.push(rest.to_owned());
        } else if !text.starts_with("--")
            && (text.starts_with("-c") || text.starts_with("-e"))
            && text.len() > 2
        {
            statements.push(text[2..].to_owned());
        } else if text.contains(' ') || text.contains(';') {
            statements.push(text.to_owned());
        }
        if matches!(text, "-f" | "--file") || text.starts_with("--file=") {
            return asked(command, "runs a file of SQL", "-f");
        }
        at += 1;
    }
    if statements.is_empty() {
        let lists = words(arguments).any(|word| matches!(word, "-l" | "--list" | "--version"));
        return if lists {
            allowed(command, "-l")
        } else {
            asked(command, "opens a database", "")
        };
    }
    let mut tier = Tier::Observe;
    for statement in statements.iter().map(|text| bare_sql(text)) {
        let tokens: Vec<&str> = statement
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\\' || c == '.'))
            .filter(|token| !token.is_empty())
            .collect();
        const LOSES: [&str; 6] = ["drop", "truncate", "delete", "purge", "flush", "reassign"];
        if let Some(verb) = tokens.iter().find(|token| LOSES.contains(token)) {
            return Part {
                tier: if *verb == "delete" {
                    Tier::Destroy
                } else {
                    Tier::Catastrophe
                },
                ..destructive(command, verb)
            };
        }
        const WRITES: [&str; 28] = [
            "into",
            "setval",
            "nextval",
            "dblink_exec",
            "source",
            "system",
            "insert",
            "update",
            "alter",
            "create",
            "grant",
            "revoke",
            "copy",
            "call",
            "do",
            "vacuum",
            "reindex",
            "merge",
            "replace",
            "load",
            "set",
            "lock",
            "import",
            "pg_terminate_backend",
            "kill",
            "shutdown",
            "rename",
            "execute",
        ];
        if tokens.iter().any(|token| WRITES.contains(token))
            || statement.contains("\\i ")
            || statement.contains("\\!")
            || tokens.iter().any(|token| {
                token.starts_with("pg_terminate")
                    || token.starts_with("pg_cancel")
                    || token.starts_with("pg_reload")
                    || token.starts_with("pg_switch")
                    || token.starts_with("pg_rotate")
                    || token.starts_with("lo_import")
                    || token.starts_with("lo_export")
                    || token.starts_with("lo_unlink")
                    || token.starts_with("pg_drop")
            })
        {
            tier = Tier::Disrupt;
        }
        let first = tokens.first().copied().unwrap_or_default();
        let reads = matches!(
            first,
            "select"
                | "show"
                | "explain"
                | "describe"
                | "desc"
                | "with"
                | "values"
                | "table"
                | "pragma"
                | "use"
                | "help"
                | "status"
        ) || looks(first);
        let own = statement
            .lines()
            .filter_map(|line| {
                line.split_whitespace()
                    .find(|word| word.starts_with(['\\', '.']))
            })
            .any(|word| !looks(word.trim_end_matches(['+', ';'])));
        let reads = reads && !own;
        if !reads {
            tier = Tier::Disrupt;
        }
    }
    if tier == Tier::Observe {
        allowed(command, "select")
    } else {
        asked(command, "changes the database", "")
    }
}

pub(super) fn redis(arguments: &[Word], command: &str) -> Part {
    let values = [
        "-h",
        "-p",
        "-a",
        "-n",
        "-u",
        "--user",
        "--pass",
        "-s",
        "-i",
        "-r",
        "--pattern",
        "--count",
    ];
    let mut rest: Vec<&str> = Vec::new();
    let mut skip = false;
    for word in words(arguments) {
        if skip {
            skip = false;
        } else if values.contains(&word) {
            skip = true;
        } else if !word.starts_with('-') {
            rest.push(word);
        }
    }
    let verb = rest
        .first()
        .map(|verb| verb.to_lowercase())
        .unwrap_or_default();
    match verb.as_str() {
        "flushall" | "flushdb" | "del" | "unlink" | "shutdown" | "expire" | "ltrim" | "hdel"
        | "srem" | "zrem" | "lrem" | "xdel" | "xtrim" | "getdel" | "spop" | "lpop" | "rpop"
        | "restore" | "swapdb" | "debug" | "failover" | "replicaof" | "slaveof" => {
            destructive(command, &verb)
        }
        "config" | "script" | "cluster" | "memory" | "acl" | "function" | "client" => {
            match rest.get(1).map(|word| word.to_lowercase()).as_deref() {
                Some(
                    "get" | "info" | "nodes" | "list" | "stats" | "slots" | "usage" | "whoami"
                    | "doctor" | "id",
                ) => allowed(command, &verb),
                Some("flush" | "reset" | "forget" | "deluser" | "kill" | "delete" | "purge") => {
                    destructive(command, &verb)
                }
                _ => asked(command, "changes the server", &verb),
            }
        }
        "get" | "mget" | "keys" | "scan" | "info" | "ping" | "ttl" | "pttl" | "type" | "exists"
        | "dbsize" | "hget" | "hgetall" | "hkeys" | "llen" | "lrange" | "smembers" | "scard"
        | "zrange" | "zcard" | "monitor" | "role" | "time" | "slowlog" | "latency" | "strlen"
        | "xlen" | "xinfo" | "lastsave" | "hscan" | "sscan" => allowed(command, &verb),
        "" if words(arguments).any(|word| word.starts_with("--eval")) => {
            asked(command, "runs a script", "--eval")
        }
        "" if words(arguments).any(|word| {
            matches!(
                word,
                "--scan" | "--bigkeys" | "--memkeys" | "--stat" | "--latency" | "--version"
            )
        }) =>
        {
            allowed(command, "--scan")
        }
        "" => asked(command, "opens a session", ""),
        _ => asked(command, "changes the server", &verb),
    }
}

pub(super) fn mongo(arguments: &[Word], command: &str) -> Part {
    let text = words(arguments)
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    for verb in [
        "drop",
        "deletemany",
        "deleteone",
        "remove(",
        "findoneanddelete",
        "shutdownserver",
        "renamecollection",
        "killop",
    ] {
        if text.contains(verb) {
            return destructive(command, verb);
        }
    }
    let evaluates = words(arguments).any(|word| word.starts_with("--eval"));
    let files =
        words(arguments).any(|word| word.ends_with(".js") || matches!(word, "-f" | "--file"));
    if evaluates && !files && only_looks(&text) {
        allowed(command, "--eval")
    } else {
        asked(command, "opens a database", "")
    }
}

/// Every call in the text is one that reads, and nothing is assigned or indexed by a word made up.
fn only_looks(text: &str) -> bool {
    const READS: [&str; 34] = [
        "find",
        "findone",
        "count",
        "countdocuments",
        "estimateddocumentcount",
        "stats",
        "status",
        "serverstatus",
        "getcollectionnames",
        "getcollectioninfos",
        "limit",
        "sort",
        "pretty",
        "toarray",
        "hello",
        "ismaster",
        "conf",
        "config",
        "getindexes",
        "getreplicationinfo",
        "printreplicationinfo",
        "printsecondaryreplicationinfo",
        "distinct",
        "explain",
        "skip",
        "getname",
        "version",
        "getusers",
        "getroles",
        "hostinfo",
        "currentop",
        "datasize",
        "getmongo",
        "printjson",
    ];
    let mut rest = text;
    while let Some(at) = rest.find('(') {
        let name: String = rest[..at]
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        if !READS.contains(&name.as_str()) {
            return false;
        }
        rest = &rest[at + 1..];
    }
    !text.contains('[')
        && !text.contains("$where")
        && !text.contains("$function")
        && !text.contains("$out")
        && !text.contains('`')
}
