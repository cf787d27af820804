//! Commands around commands: `sudo`, `timeout`, `sh -c`, `xargs`, `ssh HOST`, `oc exec … --`.

use super::{
    Simple, Word, inside,
    judge::{Part, Verdict, judge_simple, judge_text, part},
    surround,
};
use crate::{journal::Registry, redbutton::Tier};

/// Words of the shell's own grammar that stand before a command.
const SYNTAX: [&str; 14] = [
    "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time",
    "esac",
];

/// Takes variables and shell grammar off the front of a command.
pub(super) fn strip_syntax(words: &[Word]) -> &[Word] {
    let mut rest = words;
    while let Some(first) = rest.first() {
        let assignment = first.text.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !name.starts_with(|c: char| c.is_ascii_digit())
        });
        let syntax = !first.quoted && SYNTAX.contains(&first.text.as_str());
        if !assignment && !syntax {
            break;
        }
        rest = &rest[1..];
    }
    rest
}

/// How a wrapper takes its own arguments before the command it runs.
struct Wrapper {
    names: &'static [&'static str],
    /// Flags that take the next word.
    values: &'static [&'static str],
    /// Words of its own before the command (a time, a host, a folder).
    own: usize,
}

const WRAPPERS: [Wrapper; 12] = [
    Wrapper {
        names: &["sudo", "doas", "pkexec", "run0"],
        values: &[
            "-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-r", "-t",
            "-T", "-U", "-D", "--chdir", "-R",
        ],
        own: 0,
    },
    Wrapper {
        names: &["env"],
        values: &["-u", "--unset", "-C", "--chdir", "-S", "--split-string"],
        own: 0,
    },
    Wrapper {
        names: &["timeout", "gtimeout"],
        values: &["-k", "--kill-after", "-s", "--signal"],
        own: 1,
    },
    Wrapper {
        names: &["nice"],
        values: &["-n", "--adjustment"],
        own: 0,
    },
    Wrapper {
        names: &["ionice"],
        values: &["-c", "--class", "-n", "--classdata", "-p"],
        own: 0,
    },
    Wrapper {
        names: &[
            "nohup",
            "setsid",
            "command",
            "builtin",
            "exec",
            "unbuffer",
            "catchsegv",
            "chronic",
            "busybox",
            "toybox",
            "coproc",
            "caffeinate",
            "proxychains",
            "proxychains4",
            "torsocks",
            "dbus-run-session",
            "fakeroot",
            "time",
            "eatmydata",
            "sem",
        ],
        values: &["-o", "-f", "-a"],
        own: 0,
    },
    Wrapper {
        names: &["stdbuf"],
        values: &["-i", "-o", "-e", "--input", "--output", "--error"],
        own: 0,
    },
    Wrapper {
        names: &[
            "chroot", "firejail", "taskset", "chrt", "cpulimit", "setpriv", "capsh", "numactl",
            "prlimit",
        ],
        values: &["--userspec", "--groups", "-p", "-c", "--cpu-list"],
        own: 1,
    },
    Wrapper {
        names: &["flock"],
        values: &["-w", "--wait", "--timeout", "-E"],
        own: 1,
    },
    Wrapper {
        names: &[
            "nsenter",
            "unshare",
            "systemd-run",
            "strace",
            "ltrace",
            "perf",
            "valgrind",
            "gdb",
            "systemd-inhibit",
            "bwrap",
        ],
        values: &[
            "-t",
            "--target",
            "-e",
            "-o",
            "-p",
            "-u",
            "--unit",
            "-S",
            "-G",
            "--property",
            "--what",
            "--who",
            "--why",
            "--mode",
        ],
        own: 0,
    },
    Wrapper {
        names: &["parallel"],
        values: &[
            "-j",
            "--jobs",
            "-n",
            "-a",
            "--arg-file",
            "-I",
            "-N",
            "--colsep",
            "--delay",
        ],
        own: 0,
    },
    Wrapper {
        names: &["xargs", "gxargs"],
        values: &[
            "-I",
            "-n",
            "-P",
            "-L",
            "-d",
            "-a",
            "-E",
            "-s",
            "--max-args",
            "--max-procs",
            "--replace",
            "--delimiter",
            "--arg-file",
            "--max-lines",
        ],
        own: 0,
    },
];

/// If the command only wraps another one, judges that one and says so.
pub(super) fn unwrap(
    name: &str,
    words: &[Word],
    simple: &Simple,
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    let arguments = &words[1..];
    if let Some(wrapper) = WRAPPERS.iter().find(|one| one.names.contains(&name)) {
        return wrapped(wrapper, name, arguments, registry, depth, parts);
    }
    match name {
        "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "fish" | "su" | "runuser" | "script"
        | "rbash" => shell(name, arguments, simple, registry, depth, parts),
        "eval" => {
            judge_text(&joined(arguments), registry, depth + 1, parts);
            if arguments.iter().any(|word| word.dynamic) {
                parts.push(part(
                    "eval",
                    Verdict::Ask,
                    Tier::Disrupt,
                    "what is run is only known at run time",
                    "eval",
                ));
            }
            true
        }
        "for" | "select" if arguments.iter().any(|word| word.text == "in") => true,
        "function" if arguments.len() > 2 => {
            run_inner(&arguments[1..], registry, depth, parts);
            true
        }
        "alias" => {
            for value in arguments
                .iter()
                .filter_map(|word| word.text.split_once('='))
            {
                parts.push(part(
                    name,
                    Verdict::Ask,
                    Tier::Nudge,
                    "gives a command another name",
                    name,
                ));
                judge_text(value.1, registry, depth + 1, parts);
            }
            arguments.iter().any(|word| word.text.contains('='))
        }
        "declare" | "typeset" | "readonly" | "local" => {
            surround::assignments(arguments, registry, depth, parts);
            false
        }
        "sshpass" => {
            let rest = after_flags(&["-p", "-f", "-d", "-P"], arguments);
            run_inner(rest, registry, depth, parts);
            true
        }
        "for" | "select" | "case" | "function" => {
            parts.push(part(
                name,
                Verdict::Ask,
                Tier::Disrupt,
                "a loop or choice of the shell",
                name,
            ));
            true
        }
        "watch" => watch(arguments, registry, depth, parts),
        "ssh" | "mosh" | "autossh" => inside::remote(arguments, registry, depth, parts),
        "find" | "gfind" => inside::find(words, registry, depth, parts),
        "ansible" => inside::ansible(arguments, registry, depth, parts),
        "oc" | "kubectl" | "k" | "docker" | "podman" | "nerdctl" | "crictl" | "pct" | "qm"
        | "docker-compose" | "podman-compose" | "virtctl" | "kubectl.exe" | "toolbox"
        | "distrobox" | "lxc" | "incus" => inside::inside(name, words, registry, depth, parts),
        "trap" => {
            if let Some(first) = arguments.first() {
                judge_text(&first.text, registry, depth + 1, parts);
            }
            true
        }
        _ => false,
    }
}

/// A wrapped shell or database client reads what the line feeds it.
pub(super) fn fed(
    words: &[Word],
    simple: &Simple,
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) {
    let Some(input) = &simple.input else { return };
    let base = |word: &Word| word.text.rsplit('/').next().unwrap_or_default().to_owned();
    let shell = words.iter().skip(1).any(|word| {
        matches!(
            base(word).as_str(),
            "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "su"
        )
    });
    if shell || matches!(base(&words[0]).as_str(), "ssh") {
        judge_text(input, registry, depth + 1, parts);
    }
    for (at, word) in words.iter().enumerate().skip(1) {
        parts.extend(super::special::fed(&base(word), &words[at..], input));
    }
}

pub(super) fn joined(words: &[Word]) -> String {
    words
        .iter()
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Takes flags and their values off the front.
pub(super) fn after_flags<'w>(values: &[&str], words: &'w [Word]) -> &'w [Word] {
    let mut rest = words;
    while let Some(first) = rest.first() {
        let text = first.text.as_str();
        if text == "--" {
            return &rest[1..];
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        let takes = values.contains(&text);
        rest = rest.get(if takes { 2 } else { 1 }..).unwrap_or_default();
    }
    rest
}

pub(super) fn run_inner(words: &[Word], registry: &Registry, depth: usize, parts: &mut Vec<Part>) {
    let simple = Simple {
        words: words.to_vec(),
        ..Simple::default()
    };
    judge_simple(&simple, registry, depth + 1, parts);
}

fn wrapped(
    wrapper: &Wrapper,
    name: &str,
    arguments: &[Word],
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    if name == "env"
        && let Some(text) = arguments.iter().find_map(|word| {
            let text = word.text.as_str();
            text.strip_prefix("--split-string=")
                .or_else(|| text.strip_prefix("-S").filter(|rest| !rest.is_empty()))
        })
    {
        judge_text(text, registry, depth + 1, parts);
        return true;
    }
    if name == "env"
        && let Some(at) = arguments
            .iter()
            .position(|word| matches!(word.text.as_str(), "-S" | "--split-string"))
        && let Some(text) = arguments.get(at + 1)
    {
        judge_text(&text.text, registry, depth + 1, parts);
        return true;
    }
    let mut rest = after_flags(wrapper.values, arguments);
    rest = rest.get(wrapper.own..).unwrap_or_default();
    let mut rest = after_flags(&[], rest);
    if name == "sudo" || name == "env" {
        let stripped = strip_syntax(rest);
        surround::assignments(&rest[..rest.len() - stripped.len()], registry, depth, parts);
        rest = stripped;
    }
    if rest.is_empty() {
        let harmless = matches!(
            name,
            "env" | "time" | "nice" | "ionice" | "command" | "exec"
        ) && arguments.is_empty();
        let (verdict, tier) = if harmless {
            (Verdict::Allowed, Tier::Observe)
        } else {
            (Verdict::Ask, Tier::Disrupt)
        };
        parts.push(part(
            name,
            verdict,
            tier,
            "runs nothing that can be seen",
            name,
        ));
        return true;
    }
    if matches!(name, "command")
        && arguments
            .first()
            .is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V"))
    {
        parts.push(part(
            name,
            Verdict::Allowed,
            Tier::Observe,
            "looks a command up",
            name,
        ));
        return true;
    }
    run_inner(rest, registry, depth, parts);
    if name == "parallel" || name == "flock" {
        // these take a whole line as one word too
        judge_text(&joined(rest), registry, depth + 1, parts);
    }
    if name == "chroot"
        || name == "taskset"
        || name == "nsenter"
        || name == "unshare"
        || name == "timeout"
    {
        // an option nobody expected may have taken the place of the command
        second_look(rest, registry, depth, parts);
    }
    true
}

/// If the word taken for the command is not known, the next one may be it.
fn second_look(rest: &[Word], registry: &Registry, depth: usize, parts: &mut Vec<Part>) {
    let unknown = parts
        .last()
        .is_some_and(|last| last.verdict == Verdict::Ask && last.why.ends_with("is not known"));
    if unknown && rest.len() > 1 {
        run_inner(&rest[1..], registry, depth, parts);
    }
}

/// `sh -c TEXT`, `su -c TEXT`, `bash FILE`, or a shell that reads a pipe.
fn shell(
    name: &str,
    arguments: &[Word],
    simple: &Simple,
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    if let Some(input) = &simple.input {
        judge_text(input, registry, depth + 1, parts);
    }
    let takes_text = arguments.iter().position(|word| {
        let text = word.text.as_str();
        text == "--command"
            || (text.starts_with('-') && !text.starts_with("--") && text.contains('c'))
    });
    if let Some(at) = takes_text
        && let Some(text) = arguments.get(at + 1)
    {
        if text.dynamic {
            parts.push(part(
                name,
                Verdict::Ask,
                Tier::Disrupt,
                "what is run is only known at run time",
                name,
            ));
        }
        judge_text(&text.text, registry, depth + 1, parts);
        return true;
    }
    if let Some(text) = arguments
        .iter()
        .find_map(|word| word.text.strip_prefix("--command="))
    {
        judge_text(text, registry, depth + 1, parts);
        return true;
    }
    let why = if simple.piped {
        "runs whatever the pipe brings"
    } else {
        "runs a script or opens a shell"
    };
    parts.push(part(name, Verdict::Ask, Tier::Disrupt, why, name));
    true
}

fn watch(arguments: &[Word], registry: &Registry, depth: usize, parts: &mut Vec<Part>) -> bool {
    let rest = after_flags(&["-n", "--interval"], arguments);
    if rest.is_empty() {
        parts.push(part(
            "watch",
            Verdict::Ask,
            Tier::Disrupt,
            "watches nothing",
            "watch",
        ));
    } else {
        judge_text(&joined(rest), registry, depth + 1, parts);
    }
    true
}
