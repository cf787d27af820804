//! Git: settings that run a program, refspecs that delete or force, and changes that are thrown away.

use super::{
    Word,
    call::Call,
    verdict::{Part, Verdict, asked, destructive},
    walk::texts,
};
use crate::redbutton::Tier;

/// `git -c KEY=VALUE`: a key may name a program that is run.
pub(super) fn configured(arguments: &[Word], command: &str) -> Option<Part> {
    const PLAIN: [&str; 12] = [
        "user.",
        "color.",
        "core.quotepath",
        "http.sslverify",
        "advice.",
        "safe.",
        "log.",
        "commit.gpgsign",
        "init.",
        "push.",
        "pull.",
        "fetch.",
    ];
    let mut rest = texts(arguments);
    while let Some(text) = rest.next().filter(|text| text.starts_with('-')) {
        let key = match text {
            "-C" | "--git-dir" | "--work-tree" => {
                rest.next();
                continue;
            }
            "-c" => rest.next().unwrap_or_default().to_lowercase(),
            _ if text.starts_with("--exec-path=") || text.starts_with("--config-env") => {
                text.to_owned()
            }
            _ => continue,
        };
        if !PLAIN.iter().any(|plain| key.starts_with(plain)) {
            // no approval of the verb behind it covers a program of one's own
            let asked = asked(command, "a setting may run a program", &key).firm();
            return Some(Part {
                tier: Tier::Destroy,
                ..asked
            });
        }
    }
    None
}

/// Refspecs that delete or force, which no flag shows.
pub(super) fn push(arguments: &[Word], command: &str) -> Option<Part> {
    let at = texts(arguments).position(|text| text == "push")?;
    // a verb of its own, not a value: only flags with their values may stand before it
    let mut before = texts(&arguments[..at]);
    while let Some(text) = before.next() {
        if matches!(text, "-C" | "-c" | "--git-dir" | "--work-tree") {
            before.next();
        } else if !text.starts_with('-') {
            return None;
        }
    }
    texts(&arguments[at + 1..])
        .find(|text| text.starts_with('+') || (text.starts_with(':') && text.len() > 1))
        .map(|text| destructive(command, text))
}

/// What the table of verbs does not know of git.
pub(super) fn adjust(call: &Call, found: Part) -> Part {
    let command = found.command.clone();
    if call.dry().is_some() {
        // the far side's program is run in a dry run all the same
        let program = ["--receive-pack", "--exec", "--upload-pack"];
        let named = call
            .flags
            .iter()
            .find(|flag| program.contains(&flag.name()));
        return match named {
            Some(flag) => asked(&command, "runs a program of its own", flag.text).firm(),
            None => found,
        };
    }
    match call.verb.as_str() {
        "branch" | "tag" | "remote"
            if names_something(call) && found.verdict == Verdict::Allowed =>
        {
            Part {
                verdict: Verdict::Ask,
                tier: Tier::Nudge,
                why: "makes a name in the repository".into(),
                ..found
            }
        }
        "checkout" if found.verdict == Verdict::Ask && throws_away(call, &command) => {
            destructive(&command, "checkout --")
        }
        "restore" if !call.has(&["--staged", "-S"]) || call.has(&["--worktree", "-W"]) => {
            destructive(&command, "restore")
        }
        _ => found,
    }
}

/// `git branch NAME`, but not `git branch --contains NAME`.
fn names_something(call: &Call) -> bool {
    const LISTS: [&str; 14] = [
        "-l",
        "--list",
        "-a",
        "--all",
        "-r",
        "--remotes",
        "-v",
        "-vv",
        "--contains",
        "--no-contains",
        "--merged",
        "--no-merged",
        "--points-at",
        "-n",
    ];
    call.words.len() > 1 && !call.flags.iter().any(|flag| LISTS.contains(&flag.name()))
}

/// `git checkout -- FILE`: what was changed in it and not committed is gone.
fn throws_away(call: &Call, command: &str) -> bool {
    call.words.contains(&".") || command.contains(" -- ")
}
