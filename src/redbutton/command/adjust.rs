//! What a tool is known for and the table of verbs does not say.

use super::{
    call::Call,
    flags::Flag,
    git, storage,
    telling::{self, Telling},
    verdict::{Part, Verdict, allowed, asked, destructive},
};

/// The judgement of the table, corrected by what the tool is known for.
pub(super) fn adjust(call: &Call, found: Part) -> Part {
    match call.name {
        "rsync" => rsync(call, found),
        "git" => git::adjust(call, found),
        _ if call.dry().is_some() => found,
        "oc" | "kubectl" | "k" | "kubecolor" => kubernetes(call, found),
        "service" | "rc-service" if call.words.get(1..) == Some(&["status"]) => {
            allowed(&found.command, "status")
        }
        "vtysh" | "birdc"
            if !call.flags.is_empty() && call.flags.iter().all(shows) && call.words.is_empty() =>
        {
            allowed(&found.command, "show")
        }
        "cp" | "mv" | "install" | "tee"
            if call
                .words
                .iter()
                .any(|word| storage::is_device(word, call.name)) =>
        {
            storage::over_device(&found.command)
        }
        "ansible-playbook"
            if found.verdict == Verdict::Ask && found.command.contains("state=absent") =>
        {
            destructive(&found.command, "state=absent")
        }
        _ => found,
    }
}

/// `-c 'show …'` of a router's shell.
fn shows(flag: &Flag) -> bool {
    flag.name() == "-c" && flag.value().is_some_and(|text| text.starts_with("show "))
}

fn kubernetes(call: &Call, found: Part) -> Part {
    let command = &found.command;
    let group = call.verb.split(' ').next().unwrap_or_default();
    match group {
        // a group of verbs: a new one in it is told by its words
        "adm" if call.verb == "adm" => match telling::first(&call.words[1..]) {
            Telling::Destroys(word) => destructive(command, &word),
            _ => found,
        },
        // what does not tolerate it is evicted at once
        "taint" if found.verdict == Verdict::Ask && command.contains(":NoExecute") => {
            if command.trim_end().ends_with('-') {
                found
            } else {
                destructive(command, "NoExecute")
            }
        }
        "patch" if frees(command) => destructive(command, "finalizers"),
        "scale" if stops(command) => asked(command, "stops every pod of it", "--replicas=0").firm(),
        "label" | "annotate" | "set" if takes_off(call) => found.firm(),
        _ => found,
    }
}

/// `label pod x app-`, `set env deploy/x A-`: a name with a dash behind it is taken off.
fn takes_off(call: &Call) -> bool {
    let mut words = call.words.iter().skip(1);
    words.any(|word| word.ends_with('-') && word.len() > 1)
}

/// A patch that takes finalizers off: what they protect goes at once.
fn frees(command: &str) -> bool {
    let text: String = command
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '"' | '\'' | '\\'))
        .collect();
    let emptied = |rest: &str| {
        [":null", ":[]", ":~"]
            .iter()
            .any(|value| rest.starts_with(value))
    };
    let by_path = ["op:remove", "value:[]", "value:null"];
    text.split("finalizers").skip(1).any(emptied)
        || (text.contains("/finalizers") && by_path.iter().any(|one| text.contains(one)))
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

/// The far side's shell and program are run in a dry run all the same.
fn rsync(call: &Call, found: Part) -> Part {
    let plain = |value: &str| {
        let mut words = value.split_whitespace();
        words.next() == Some("ssh") && !words.any(|word| word.starts_with("-o"))
    };
    let runs = call.flags.iter().find(|flag| {
        let shell = flag.name() == "--rsh" || flag.letters().is_some_and(|all| all.contains('e'));
        (shell && !flag.value().or(flag.next).is_some_and(plain)) || flag.name() == "--rsync-path"
    });
    match runs {
        Some(flag) if found.verdict == Verdict::Allowed => {
            asked(&found.command, "runs a program of its own", flag.text)
        }
        _ => found,
    }
}
