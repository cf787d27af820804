//! Tools whose arguments have a language of their own: SQL, HTTP, refspecs, scripts.

use super::{
    Word, databases,
    judge::{Part, Verdict, part},
};
use crate::redbutton::Tier;

/// Judges a tool that has its own rules; `None` leaves it to the table.
pub(super) fn judge(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    match name {
        "psql" | "mysql" | "mariadb" | "sqlite3" | "clickhouse-client" | "sqlcmd" | "cockroach"
        | "influx" | "cqlsh" | "vacuumdb" => Some(databases::sql(arguments, command)),
        "redis-cli" | "valkey-cli" | "keydb-cli" => Some(databases::redis(arguments, command)),
        "mongosh" | "mongo" => Some(databases::mongo(arguments, command)),
        "curl" | "http" | "https" | "xh" => Some(curl(name, arguments, command)),
        "wget" => Some(wget(arguments, command)),
        "sed" | "gsed" => Some(sed(arguments, command)),
        "awk" | "gawk" | "mawk" | "nawk" => Some(awk(arguments, command)),
        "yq" => Some(in_place(arguments, command)),
        "tar" => Some(tar(arguments, command)),
        "nc" | "ncat" | "netcat" | "telnet" | "socat" => Some(connect(name, arguments, command)),
        "export" | "unset" => Some(part(
            command,
            if name == "export" {
                Verdict::Ask
            } else {
                Verdict::Allowed
            },
            Tier::Nudge,
            "changes a variable",
            name,
        )),
        "git" => push(arguments, command),
        "gh" => api(arguments, command),
        "python" | "python3" | "perl" | "ruby" | "node" | "php" | "lua" => {
            Some(script(name, arguments, command))
        }
        "wipefs" => wipefs(arguments, command),
        "mount" | "umount" if arguments.is_empty() => Some(part(
            command,
            Verdict::Allowed,
            Tier::Observe,
            "changes nothing",
            name,
        )),
        "openssl" => Some(openssl(arguments, command)),
        "unzip" | "zip" | "gunzip" | "gzip" | "xz" | "zstd" | "bunzip2" | "7z" => Some(part(
            command,
            Verdict::Ask,
            Tier::Disrupt,
            "writes files",
            name,
        )),
        "init" | "telinit" => None,
        _ => None,
    }
}

pub(super) fn allowed(command: &str, matched: &str) -> Part {
    part(
        command,
        Verdict::Allowed,
        Tier::Observe,
        "changes nothing",
        matched,
    )
}

pub(super) fn asked(command: &str, why: &str, matched: &str) -> Part {
    part(command, Verdict::Ask, Tier::Disrupt, why, matched)
}

pub(super) fn destructive(command: &str, matched: &str) -> Part {
    part(
        command,
        Verdict::Destructive,
        Tier::Destroy,
        format!("`{matched}` loses something"),
        matched,
    )
}

pub(super) fn words(arguments: &[Word]) -> impl Iterator<Item = &str> {
    arguments.iter().map(|word| word.text.as_str())
}

fn curl(name: &str, arguments: &[Word], command: &str) -> Part {
    let mut method = String::new();
    let (mut sends, mut writes) = (false, false);
    let list: Vec<&str> = words(arguments).collect();
    for (at, word) in list.iter().enumerate() {
        match *word {
            "-X" | "--request" => {
                method = list
                    .get(at + 1)
                    .map_or_else(String::new, |method| method.to_uppercase())
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-urlencode" | "-F"
            | "--form" | "--json" | "-T" | "--upload-file" => sends = true,
            "-o" | "--output" => {
                writes |= list
                    .get(at + 1)
                    .is_some_and(|file| !matches!(*file, "/dev/null" | "-"))
            }
            "-O" | "--remote-name" | "-J" | "--output-dir" | "-K" | "--config" => writes = true,
            "-Q" | "--quote" => sends = true,
            "DELETE" | "delete" if name != "curl" => method = "DELETE".into(),
            "POST" | "PUT" | "PATCH" if name != "curl" => sends = true,
            other => {
                if let Some(rest) = other
                    .strip_prefix("--request=")
                    .or_else(|| other.strip_prefix("-X").filter(|rest| !rest.is_empty()))
                {
                    method = rest.to_uppercase();
                }
                let cluster = other.starts_with('-') && !other.starts_with("--");
                if cluster && other.len() > 2 {
                    sends |= other.contains('d') || other.contains('F') || other.contains('T');
                    writes |= other.contains('O');
                    if other.ends_with('X') {
                        method = list
                            .get(at + 1)
                            .map_or_else(String::new, |method| method.to_uppercase());
                    }
                    writes |= other.ends_with('o')
                        && list
                            .get(at + 1)
                            .is_some_and(|file| !matches!(*file, "/dev/null" | "-"));
                }
                sends |= other.starts_with("--data")
                    || other.starts_with("--form")
                    || other.starts_with("--json");
                writes |= other.starts_with("--output=");
            }
        }
    }
    match method.as_str() {
        "DELETE" | "PURGE" => destructive(command, "-X DELETE"),
        "" | "GET" | "HEAD" | "OPTIONS" if !sends && !writes => allowed(command, "GET"),
        "" | "GET" | "HEAD" | "OPTIONS" if !sends => asked(command, "writes into a file", "-o"),
        _ => asked(command, "sends something", &method),
    }
}

fn wget(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    if list
        .iter()
        .any(|word| word.to_uppercase().contains("METHOD=DELETE"))
    {
        return destructive(command, "--method=DELETE");
    }
    let quiet = list.iter().any(|word| {
        matches!(
            *word,
            "--spider" | "-O-" | "-qO-" | "-O/dev/null" | "-qO/dev/null"
        )
    }) || list
        .windows(2)
        .any(|pair| pair[0].ends_with('O') && matches!(pair[1], "-" | "/dev/null"));
    let sends = list.iter().any(|word| {
        word.starts_with("--post") || word.starts_with("--body") || word.starts_with("--method")
    });
    if quiet && !sends {
        allowed(command, "GET")
    } else {
        asked(command, "writes into a file or sends something", "")
    }
}

fn sed(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    let in_place = list.iter().any(|word| {
        *word == "--in-place"
            || word.starts_with("--in-place=")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('i'))
    });
    // the commands w and e of a script write files and run programs
    let scripts = list.iter().filter(|word| !word.starts_with('-'));
    let runs = scripts.take(1).any(|script| {
        let tail = script
            .rsplit(['/', '|', '#', ','])
            .next()
            .unwrap_or_default();
        let flagged = script.starts_with('s')
            && !tail.contains(' ')
            && tail.len() < 6
            && tail.contains(['e', 'w'])
            && tail.chars().all(|c| c.is_ascii_alphanumeric());
        let command = script.split([';', '\n', '}']).any(|piece| {
            let piece = piece.trim_start().trim_start_matches(|c: char| {
                c.is_ascii_digit() || matches!(c, '$' | ',' | '!' | ' ')
            });
            piece.starts_with("e ") || piece.starts_with("w ") || piece == "e"
        });
        flagged || command
    });
    if in_place {
        asked(command, "changes a file in place", "-i")
    } else if runs {
        asked(command, "the script writes or runs something", "sed")
    } else {
        allowed(command, "sed")
    }
}

fn awk(arguments: &[Word], command: &str) -> Part {
    let text = words(arguments).collect::<Vec<_>>().join(" ");
    let runs = text.contains("system(")
        || text.contains("| getline")
        || text.contains("|getline")
        || text.contains("-i inplace");
    let writes = text.contains("print >")
        || text.contains("print>")
        || text.contains(" > \"")
        || text.contains(">> \"")
        || text.contains("| \"")
        || text.contains("|\"");
    let loses = ["rm ", "delete ", "destroy "]
        .iter()
        .any(|word| runs && text.contains(word));
    if loses {
        destructive(command, "system(")
    } else if runs || writes || words(arguments).any(|word| word == "-f") {
        asked(command, "the script writes or runs something", "awk")
    } else {
        allowed(command, "awk")
    }
}

fn in_place(arguments: &[Word], command: &str) -> Part {
    let writes = words(arguments).any(|word| {
        matches!(word, "-i" | "--inplace" | "--in-place" | "-s")
            || (word.starts_with('-')
                && !word.starts_with("--")
                && word.contains('i')
                && word.len() < 4)
    });
    if writes {
        asked(command, "changes a file in place", "-i")
    } else {
        allowed(command, "yq")
    }
}

fn tar(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    if list
        .iter()
        .any(|word| matches!(*word, "--remove-files" | "--delete" | "--recursive-unlink"))
    {
        return destructive(command, "--remove-files");
    }
    if list.iter().any(|word| {
        word.starts_with("--to-command")
            || word.starts_with("--checkpoint-action")
            || word.starts_with("--use-compress-program")
            || *word == "-I"
    }) {
        return asked(command, "runs another program", "--to-command");
    }
    let first = list
        .first()
        .copied()
        .unwrap_or_default()
        .trim_start_matches('-');
    let lists = list.contains(&"--list")
        || list.contains(&"-t")
        || (first.contains('t')
            && !first.contains(['x', 'c', 'r', 'u'])
            && !first.starts_with('-')
            && first.len() < 6);
    if lists {
        allowed(command, "-t")
    } else {
        asked(command, "writes files", "tar")
    }
}

fn connect(name: &str, arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    let runs = list.iter().any(|word| {
        matches!(*word, "-e" | "-c" | "--exec" | "--sh-exec")
            || word.to_uppercase().starts_with("EXEC:")
            || word.to_uppercase().starts_with("SYSTEM:")
    });
    let probes = list
        .iter()
        .any(|word| word.starts_with('-') && word.contains('z'));
    if probes && !runs {
        allowed(command, "-z")
    } else {
        asked(command, "opens a connection", name)
    }
}

/// Refspecs that delete or force, which no flag shows.
fn push(arguments: &[Word], command: &str) -> Option<Part> {
    let at = arguments.iter().position(|word| word.text == "push")?;
    // a verb of its own, not a value: only flags with their values may stand before it
    let mut before = arguments[..at].iter();
    while let Some(word) = before.next() {
        if matches!(
            word.text.as_str(),
            "-C" | "-c" | "--git-dir" | "--work-tree"
        ) {
            before.next();
        } else if !word.text.starts_with('-') {
            return None;
        }
    }
    let spec = arguments[at + 1..].iter().find(|word| {
        word.text.starts_with('+') || (word.text.starts_with(':') && word.text.len() > 1)
    });
    spec.map(|word| destructive(command, &word.text))
}

/// `gh api` with a method.
fn api(arguments: &[Word], command: &str) -> Option<Part> {
    let list: Vec<&str> = words(arguments).collect();
    if list.first() != Some(&"api") {
        return None;
    }
    let upper = list.join(" ").to_uppercase();
    if upper.contains("-X DELETE")
        || upper.contains("-XDELETE")
        || upper.contains("--METHOD DELETE")
        || upper.contains("--METHOD=DELETE")
    {
        return Some(destructive(command, "-X DELETE"));
    }
    if upper.contains("MUTATION") && (upper.contains("DELETE") || upper.contains("REMOVE")) {
        return Some(destructive(command, "mutation"));
    }
    let sends = list.iter().any(|word| {
        matches!(
            *word,
            "-X" | "--method" | "-f" | "-F" | "--field" | "--raw-field" | "--input"
        ) || word.starts_with("--method=")
    });
    Some(if sends && !upper.contains("-X GET") {
        asked(command, "sends something", "api")
    } else {
        allowed(command, "api")
    })
}

fn script(name: &str, arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    if list
        .first()
        .is_some_and(|word| matches!(*word, "--version" | "-V"))
        && list.len() == 1
    {
        return allowed(command, "--version");
    }
    if list.windows(2).any(|pair| pair == ["-m", "json.tool"]) {
        return allowed(command, "json.tool");
    }
    let text = list.join(" ");
    for word in [
        "rmtree",
        "os.remove",
        "os.unlink",
        "unlink(",
        "unlinkSync",
        "rmSync",
        "rmdirSync",
        "rm -",
        "shutil.rm",
        "delete_namespaced",
        "FileUtils.rm",
        "File.delete",
        "destroy",
        "truncate(",
        ".unlink()",
        "DROP TABLE",
        "DELETE FROM",
        "drop table",
    ] {
        if text.contains(word) {
            return destructive(command, word);
        }
    }
    asked(command, "runs a program of its own", name)
}

fn wipefs(arguments: &[Word], command: &str) -> Option<Part> {
    let wipes = words(arguments).any(|word| {
        matches!(word, "-a" | "--all" | "-o" | "--offset" | "-f" | "--force")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains(['a', 'f', 'o']))
    });
    (!wipes).then(|| allowed(command, "wipefs"))
}

fn openssl(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    let reads = matches!(
        list.first(),
        Some(
            &("s_client"
                | "x509"
                | "rand"
                | "version"
                | "verify"
                | "dgst"
                | "ciphers"
                | "crl"
                | "asn1parse"
                | "passwd")
        )
    );
    let writes = list.contains(&"-out");
    if reads && !writes {
        allowed(command, list[0])
    } else {
        asked(command, "writes or signs something", "openssl")
    }
}

/// How much is lost: all of a kind, a namespace, a volume, a cluster.
pub(super) fn magnitude(name: &str, verb: &str, words: &[&str], flags: &[&str]) -> Tier {
    let everything = flags
        .iter()
        .any(|flag| matches!(*flag, "--all" | "-A" | "--all-namespaces" | "--all=true"));
    let kind = words
        .get(verb.split(' ').count())
        .copied()
        .unwrap_or_default()
        .split('/')
        .next()
        .unwrap_or_default()
        .split('.')
        .next()
        .unwrap_or_default();
    let large = matches!(
        kind,
        "ns" | "namespace"
            | "namespaces"
            | "project"
            | "projects"
            | "pv"
            | "persistentvolume"
            | "persistentvolumes"
            | "crd"
            | "crds"
            | "customresourcedefinition"
            | "customresourcedefinitions"
            | "node"
            | "nodes"
            | "all"
            | "sc"
            | "storageclass"
    );
    let devices = matches!(
        name,
        "dd" | "blkdiscard"
            | "wipefs"
            | "shred"
            | "zpool"
            | "vgremove"
            | "pvremove"
            | "sgdisk"
            | "fdisk"
            | "parted"
            | "cryptsetup"
            | "nvme"
    ) || name.starts_with("mkfs");
    let terraform = matches!(
        (name, verb),
        ("terraform" | "tofu" | "terragrunt", "destroy")
    );
    if (matches!(name, "oc" | "kubectl" | "k") && (large || everything)) || devices || terraform {
        Tier::Catastrophe
    } else {
        Tier::Destroy
    }
}

/// Dry runs and the like, which the table of verbs does not know.
pub(super) fn adjust(name: &str, verb: &str, words: &[&str], flags: &[&str], found: Part) -> Part {
    let kubernetes = matches!(name, "oc" | "kubectl" | "k");
    let dry = flags.iter().any(|flag| {
        matches!(
            *flag,
            "--dry-run" | "--dry-run=client" | "--dry-run=server" | "--dry-run=true"
        )
    });
    let command = found.command.clone();
    match name {
        _ if kubernetes
            && dry
            && verb.starts_with("adm drain") | (verb == "drain") | (verb == "delete") =>
        {
            Part {
                verdict: Verdict::Ask,
                tier: Tier::Nudge,
                why: "only a dry run, of something destructive".into(),
                ..found
            }
        }
        _ if kubernetes && dry && found.verdict == Verdict::Ask => allowed(&command, "--dry-run"),
        _ if kubernetes && verb == "scale" && flags.contains(&"--replicas=0") => {
            asked(&command, "stops every pod of it", "--replicas=0")
        }
        "helm" if dry && found.verdict != Verdict::Destructive => allowed(&command, "--dry-run"),
        "helm" if dry => Part {
            verdict: Verdict::Ask,
            tier: Tier::Nudge,
            why: "only a dry run, of something destructive".into(),
            ..found
        },
        "argocd"
            if flags.contains(&"--dry-run")
                && verb == "app sync"
                && found.verdict == Verdict::Ask =>
        {
            allowed(&command, "--dry-run")
        }
        "ansible-playbook" if found.verdict == Verdict::Ask && command.contains("state=absent") => {
            destructive(&command, "state=absent")
        }
        "rsync"
            if flags.iter().any(|flag| {
                *flag == "--dry-run"
                    || (flag.starts_with('-') && !flag.starts_with("--") && flag.contains('n'))
            }) =>
        {
            Part {
                verdict: Verdict::Ask,
                tier: Tier::Nudge,
                why: "only a dry run".into(),
                ..found
            }
        }
        "git"
            if matches!(verb, "branch" | "tag" | "remote")
                && words.len() > 1
                && found.verdict == Verdict::Allowed
                && !flags.iter().any(|flag| {
                    matches!(
                        *flag,
                        "-l" | "--list" | "-a" | "-r" | "-v" | "-vv" | "--contains" | "--merged"
                    )
                }) =>
        {
            Part {
                verdict: Verdict::Ask,
                tier: Tier::Nudge,
                why: "makes a name in the repository".into(),
                ..found
            }
        }
        "git"
            if verb == "checkout"
                && found.verdict == Verdict::Ask
                && (words.contains(&".") || command.contains(" -- ")) =>
        {
            asked(&command, "throws away changes of files", "checkout --")
        }
        "journalctl" | "dmesg" => found,
        _ => found,
    }
}
