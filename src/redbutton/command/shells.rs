//! Shells with a text to run, and words of the shell's own language.

use super::{
    Simple, Word, steering,
    verdict::{Verdict, allowed, asked, destructive, part},
    walk::{Walk, after_flags, joined, texts},
};
use crate::redbutton::Tier;

/// `sh -c TEXT`, `su -c TEXT`, `bash FILE`, or a shell that reads a pipe.
pub(super) fn shell(walk: &mut Walk, name: &str, arguments: &[Word], simple: &Simple) {
    if let Some(input) = &simple.input {
        walk.text(input);
    }
    if let Some(word) = command_text(arguments) {
        if word.dynamic {
            walk.say(asked(name, "what is run is only known at run time", name));
        }
        walk.text(&word.text);
        return;
    }
    if let Some(text) = texts(arguments).find_map(|text| text.strip_prefix("--command=")) {
        walk.text(text);
        return;
    }
    let why = if simple.piped {
        "runs whatever the pipe brings"
    } else {
        "runs a script or opens a shell"
    };
    walk.say(asked(name, why, name));
}

/// The text of `-c`: the first word behind it that is no flag, as in `bash -c -o pipefail -- TEXT`.
fn command_text(arguments: &[Word]) -> Option<&Word> {
    let at = texts(arguments).position(|text| {
        text == "--command"
            || (text.starts_with('-') && !text.starts_with("--") && text.contains('c'))
    })?;
    let own = &arguments[at].text;
    let skip = usize::from(own.len() > 2 && !own.starts_with("--") && own.ends_with(['o', 'O']));
    let rest = arguments.get(at + 1 + skip..)?;
    after_flags(&["-o", "-O"], rest).first()
}

/// `at TIME`: what it reads is run later. `at -l` and `at -c` look, `at -r` takes a job away.
pub(super) fn later(walk: &mut Walk, name: &str, arguments: &[Word], simple: &Simple) {
    match texts(arguments).next() {
        Some(flag @ ("-l" | "-c")) => return walk.say(allowed(name, flag)),
        Some(flag @ ("-r" | "-d")) => return walk.say(destructive(name, flag)),
        _ => {}
    }
    if let Some(input) = &simple.input {
        walk.text(input);
    }
    walk.say(asked(name, "runs something later", name));
}

/// `runuser -u NAME -- CMD`, or as `su`.
pub(super) fn runuser(walk: &mut Walk, arguments: &[Word], simple: &Simple) {
    let named = texts(arguments).any(|text| text == "-u" || text.starts_with("--user"));
    if named {
        let values = ["-u", "--user", "-g", "--group", "-G", "--supp-group"];
        walk.words(after_flags(&values, arguments));
    } else {
        shell(walk, "runuser", arguments, simple);
    }
}

/// Words of the shell's own language that carry commands, or steer what is run.
pub(super) fn grammar(walk: &mut Walk, name: &str, arguments: &[Word]) -> bool {
    match name {
        "eval" => {
            walk.text(&joined(arguments));
            if arguments.iter().any(|word| word.dynamic) {
                walk.say(asked(
                    "eval",
                    "what is run is only known at run time",
                    "eval",
                ));
            }
        }
        "for" | "select" if arguments.iter().any(|word| word.text == "in") => {}
        "function" if arguments.len() > 2 => walk.words(&arguments[1..]),
        "for" | "select" | "case" | "function" => {
            walk.say(asked(name, "a loop or choice of the shell", name));
        }
        "alias" if arguments.iter().any(|word| word.text.contains('=')) => alias(walk, arguments),
        "export" | "declare" | "typeset" | "readonly" | "local" => {
            steering::assignments(walk, arguments);
            walk.say(allowed(name, name));
        }
        "trap" => {
            if let Some(first) = arguments.first() {
                walk.text(&first.text);
            }
        }
        _ => return false,
    }
    true
}

fn alias(walk: &mut Walk, arguments: &[Word]) {
    for (_, value) in texts(arguments).filter_map(|text| text.split_once('=')) {
        let why = "gives a command another name";
        walk.say(part("alias", Verdict::Ask, Tier::Nudge, why, "alias"));
        walk.text(value);
    }
}
