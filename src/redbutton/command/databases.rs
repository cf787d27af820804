//! Clients of databases: the language they carry decides.

use super::{
    Word,
    judge::Part,
    special::{allowed, asked, destructive, words},
};
use crate::redbutton::Tier;

/// Takes string literals and comments out of SQL, so that names in them are no verbs.
pub(super) fn bare_sql(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                for inner in chars.by_ref() {
                    if inner == '\'' {
                        break;
                    }
                }
                out.push(' ');
            }
            '-' if chars.peek() == Some(&'-') => {
                for inner in chars.by_ref() {
                    if inner == '\n' {
                        break;
                    }
                }
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for inner in chars.by_ref() {
                    if last == '*' && inner == '/' {
                        break;
                    }
                    last = inner;
                }
                out.push(' ');
            }
            other => out.push(other.to_ascii_lowercase()),
        }
    }
    out
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
        const WRITES: [&str; 22] = [
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
        ) || first.starts_with('\\')
            || first.starts_with('.');
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
        "-h", "-p", "-a", "-n", "-u", "--user", "--pass", "-s", "-i", "-r", "-x",
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
    asked(command, "opens a database", "")
}
