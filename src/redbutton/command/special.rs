//! Tools whose arguments have a language of their own: SQL, HTTP, refspecs, scripts.

use super::{
    Word, databases, http,
    judge::{Part, Verdict, part},
    reading, scripts,
};
use crate::redbutton::Tier;

/// Judges a tool that has its own rules; `None` leaves it to the table.
pub(super) fn judge(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    match name {
        "psql" | "mysql" | "mariadb" | "sqlite3" | "clickhouse-client" | "sqlcmd" | "cockroach"
        | "influx" | "cqlsh" | "vacuumdb" => Some(databases::sql(arguments, command)),
        "redis-cli" | "valkey-cli" | "keydb-cli" => Some(databases::redis(arguments, command)),
        "mongosh" | "mongo" => Some(databases::mongo(arguments, command)),
        "curl" | "http" | "https" | "xh" => Some(http::curl(name, arguments, command)),
        "wget" => Some(http::wget(arguments, command)),
        "sed" | "gsed" => Some(scripts::sed(arguments, command)),
        "awk" | "gawk" | "mawk" | "nawk" => Some(scripts::awk(arguments, command)),
        "yq" => Some(scripts::in_place(arguments, command)),
        "tar" => Some(scripts::tar(arguments, command)),
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
        "git" => configured(arguments, command).or_else(|| push(arguments, command)),
        "gh" => http::api(arguments, command),
        "python" | "python3" | "perl" | "ruby" | "node" | "php" | "lua" => {
            Some(scripts::script(name, arguments, command))
        }
        "wipefs" => wipefs(arguments, command),
        "tee"
            if words(arguments).all(|word| {
                word.starts_with('-')
                    || matches!(
                        word,
                        "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty"
                    )
            }) =>
        {
            Some(allowed(command, "tee"))
        }
        "mount" | "umount" if arguments.is_empty() => Some(part(
            command,
            Verdict::Allowed,
            Tier::Observe,
            "changes nothing",
            name,
        )),
        "openssl" => Some(scripts::openssl(arguments, command)),
        "unzip" | "zipinfo" | "7z" | "gzip" | "xz" | "zstd"
            if arguments.first().is_some_and(|word| {
                matches!(
                    word.text.as_str(),
                    "-l" | "-lv" | "-v" | "-Z" | "-t" | "l" | "--list" | "--test"
                )
            }) =>
        {
            Some(allowed(command, "-l"))
        }
        "unzip" | "zip" | "gunzip" | "gzip" | "xz" | "zstd" | "bunzip2" | "7z" => Some(part(
            command,
            Verdict::Ask,
            Tier::Disrupt,
            "writes files",
            name,
        )),
        "ip" | "nmcli" => reading::network(name, arguments, command),
        "midclt" => Some(midclt(arguments, command)),
        "parted" => parted(arguments, command),
        _ => reading::judge(name, arguments, command),
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

/// `git -c KEY=VALUE`: a key may name a program that is run.
fn configured(arguments: &[Word], command: &str) -> Option<Part> {
    const PLAIN: [&str; 9] = [
        "user.",
        "color.",
        "core.quotepath",
        "http.sslverify",
        "advice.",
        "safe.",
        "log.",
        "commit.gpgsign",
        "init.",
    ];
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let text = word.text.as_str();
        if !text.starts_with('-') {
            break;
        }
        match text {
            "-C" | "--git-dir" | "--work-tree" => {
                rest.next();
            }
            "-c" => {
                let key = rest
                    .next()
                    .map(|word| word.text.to_lowercase())
                    .unwrap_or_default();
                if !PLAIN.iter().any(|plain| key.starts_with(plain)) {
                    return Some(Part {
                        // no approval of the verb behind it covers a program of one's own
                        tier: Tier::Destroy,
                        firm: true,
                        ..asked(command, "a setting may run a program", &key)
                    });
                }
            }
            _ if text.starts_with("--exec-path=") || text.starts_with("--config-env") => {
                return Some(Part {
                    // no approval of the verb behind it covers a program of one's own
                    tier: Tier::Destroy,
                    firm: true,
                    ..asked(command, "a setting may run a program", text)
                });
            }
            _ => {}
        }
    }
    None
}

/// The middleware client of TrueNAS: the last piece of the method is its verb.
fn midclt(arguments: &[Word], command: &str) -> Part {
    let mut rest = words(arguments).filter(|word| !word.starts_with('-'));
    let call = rest.next().unwrap_or_default();
    let method = rest.next().unwrap_or_default();
    let given = rest
        .collect::<Vec<_>>()
        .join(" ")
        .replace(' ', "")
        .to_lowercase();
    let verb = method.rsplit('.').next().unwrap_or_default();
    let loses = [
        "delete", "destroy", "remove", "wipe", "purge", "rollback", "export", "detach", "format",
        "erase",
    ]
    .iter()
    .any(|word| verb.contains(word));
    if call == "call"
        && (loses || given.contains("\"destroy\":true") || given.contains("\"force\":true"))
    {
        return destructive(command, method);
    }
    let reads = matches!(
        verb,
        "query" | "config" | "info" | "list" | "state" | "ready" | "version" | "status" | "stats"
    ) || verb.starts_with("get_")
        || verb.ends_with("_choices")
        || verb.ends_with("_info");
    if (call == "call" && reads) || call == "ping" {
        allowed(command, method)
    } else {
        asked(command, "changes the storage server", method)
    }
}

/// `parted DEVICE print`: what follows the device is the verb.
fn parted(arguments: &[Word], command: &str) -> Option<Part> {
    let plain: Vec<&str> = words(arguments)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let mut rest = plain.get(1..)?.iter();
    let mut seen = false;
    while let Some(word) = rest.next() {
        match *word {
            "print" | "p" | "help" | "quit" | "free" | "all" | "devices" | "list" => seen = true,
            "unit" | "u" => {
                rest.next();
            }
            _ => return None,
        }
    }
    seen.then(|| allowed(command, "parted print"))
}

/// A client of a database or a program's interpreter that is given `input` to read.
pub(super) fn fed(name: &str, given: &[Word], input: &str) -> Option<Part> {
    let all = [
        "psql",
        "mysql",
        "mariadb",
        "sqlite3",
        "clickhouse-client",
        "sqlcmd",
        "cockroach",
        "cqlsh",
        "redis-cli",
        "valkey-cli",
        "mongosh",
        "mongo",
        "python",
        "python3",
        "perl",
        "ruby",
        "node",
        "php",
        "lua",
    ];
    if !all.contains(&name) {
        return None;
    }
    let command = format!("{name} <<< {input}");
    let mut arguments: Vec<Word> = given.get(1..).unwrap_or_default().to_vec();
    let flag = if name.starts_with("mongo") {
        Some("--eval")
    } else {
        Some("-c")
    };
    let bare = matches!(name, "redis-cli" | "valkey-cli");
    if bare {
        let worst = input
            .lines()
            .map(|line| {
                let words: Vec<Word> = line.split_whitespace().map(Word::plain).collect();
                databases::redis(&words, &command)
            })
            .max_by_key(|part| part.verdict);
        return worst;
    }
    arguments.extend(flag.map(Word::plain));
    arguments.push(Word::plain(input));
    judge(name, &arguments, &command)
}

fn wipefs(arguments: &[Word], command: &str) -> Option<Part> {
    let wipes = words(arguments).any(|word| {
        matches!(word, "-a" | "--all" | "-o" | "--offset" | "-f" | "--force")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains(['a', 'f', 'o']))
    });
    (!wipes).then(|| allowed(command, "wipefs"))
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

/// Whether a bundle of short flags has this letter.
fn has_letter(flags: &[&str], letter: char) -> bool {
    flags
        .iter()
        .any(|flag| flag.starts_with('-') && !flag.starts_with("--") && flag.contains(letter))
}

/// A device that is written over; reading from one is what `cp` may do to a file.
fn is_device(word: &str, name: &str) -> bool {
    let harmless = match word {
        "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" => true,
        "/dev/zero" | "/dev/random" | "/dev/urandom" | "/dev/stdin" => name != "tee",
        _ => word.starts_with("/dev/shm/"),
    };
    word.starts_with("/dev/") && !harmless
}

/// A patch that takes finalizers off: what they protect goes at once.
fn frees(command: &str) -> bool {
    let text: String = command
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '"' | '\'' | '\\'))
        .collect();
    text.split("finalizers")
        .skip(1)
        .any(|rest| rest.starts_with(":null") || rest.starts_with(":[]") || rest.starts_with(":~"))
        || (text.contains("/finalizers")
            && (text.contains("op:remove")
                || text.contains("value:[]")
                || text.contains("value:null")))
}

/// The verb of a cloud's client that only looks; it stands behind the service and the kind.
fn lists(words: &[&str]) -> bool {
    const CHANGES: [&str; 28] = [
        "stop",
        "start",
        "create",
        "update",
        "set",
        "add",
        "ssh",
        "scp",
        "run",
        "deploy",
        "restart",
        "resize",
        "attach",
        "detach",
        "import",
        "export",
        "move",
        "enable",
        "disable",
        "invoke",
        "call",
        "submit",
        "execute",
        "apply",
        "upload",
        "download",
        "configure",
        "login",
    ];
    words
        .iter()
        .take(4)
        .take_while(|word| !CHANGES.contains(word))
        .any(|word| {
            matches!(*word, "list" | "describe" | "show")
                || word.starts_with("describe-")
                || word.starts_with("list-")
        })
}

/// `--replicas=0`, `--replicas 0`, `--replicas=00`.
fn stops(command: &str) -> bool {
    let text = command.replace('=', " ");
    let mut words = text.split_whitespace();
    words.any(|word| word == "--replicas")
        && words
            .next()
            .is_some_and(|count| !count.is_empty() && count.chars().all(|c| c == '0'))
}

/// Dry runs and the like, which the table of verbs does not know.
pub(super) fn adjust(name: &str, verb: &str, words: &[&str], flags: &[&str], found: Part) -> Part {
    let kubernetes = matches!(name, "oc" | "kubectl" | "k");
    // the last one counts
    let dry = flags
        .iter()
        .rfind(|flag| flag.starts_with("--dry-run"))
        .is_some_and(|flag| {
            matches!(
                *flag,
                "--dry-run" | "--dry-run=client" | "--dry-run=server" | "--dry-run=true"
            )
        });
    let command = found.command.clone();
    match name {
        _ if kubernetes && dry && !matches!(verb, "cp" | "rsync" | "proxy" | "observe" | "") => {
            allowed(&command, "--dry-run")
        }
        _ if kubernetes && verb == "patch" && frees(&command) => {
            destructive(&command, "finalizers")
        }
        "git" if verb == "clean" && (dry || has_letter(flags, 'n')) => {
            allowed(&command, "--dry-run")
        }
        "zfs" if verb == "destroy" && has_letter(flags, 'n') => allowed(&command, "-n"),
        "cp" | "mv" | "install" | "tee" if words.iter().any(|word| is_device(word, name)) => {
            destructive(&command, "/dev/")
        }
        "aws" | "gcloud" | "az" | "doctl" | "hcloud" | "linode-cli"
            if found.verdict == Verdict::Ask && found.matched.is_empty() && lists(words) =>
        {
            allowed(&command, "list")
        }
        _ if kubernetes && verb == "scale" && stops(&command) => Part {
            firm: true,
            ..asked(&command, "stops every pod of it", "--replicas=0")
        },
        _ if kubernetes
            && matches!(verb.split(' ').next(), Some("label" | "annotate" | "set"))
            && words
                .iter()
                .skip(1)
                .any(|word| word.ends_with('-') && word.len() > 1) =>
        {
            Part {
                firm: true,
                ..found
            }
        }
        "helm"
            if dry
                && matches!(
                    verb,
                    "install" | "upgrade" | "uninstall" | "delete" | "del" | "un" | "rollback"
                ) =>
        {
            allowed(&command, "--dry-run")
        }
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
            // the far side's shell and program are run all the same
            let runs = command.split(' ').any(|word| {
                word.starts_with("--rsh")
                    || word.starts_with("--rsync-path")
                    || (word.starts_with("-e") && word.len() > 2)
                    || word == "-e"
            });
            if runs {
                asked(&command, "runs a program of its own", "-e")
            } else {
                allowed(&command, "--dry-run")
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
