//! Dry runs and the like, which the table of verbs does not know.

use super::{
    call::Call,
    git, storage,
    verdict::{Part, Verdict, allowed, asked, destructive},
};

/// The judgement of the table, corrected by what the tool is known for.
pub(super) fn adjust(call: &Call, found: Part) -> Part {
    match call.name {
        "oc" | "kubectl" | "k" => kubernetes(call, found),
        "git" => git::adjust(call, found),
        "helm" => helm(call, found),
        "argocd" => argocd(call, found),
        "rsync" => rsync(call, found),
        "zfs" if call.verb == "destroy" && call.has_letter('n') => allowed(&found.command, "-n"),
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

fn kubernetes(call: &Call, found: Part) -> Part {
    let command = &found.command;
    let group = call.verb.split(' ').next().unwrap_or_default();
    // some verbs have no dry run and take the flag for something else, or not at all
    let runs_dry = call.is_dry()
        && !matches!(
            call.verb.as_str(),
            "cp" | "rsync" | "proxy" | "observe" | ""
        );
    match group {
        _ if runs_dry => allowed(command, "--dry-run"),
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

fn helm(call: &Call, found: Part) -> Part {
    let verbs = [
        "install",
        "upgrade",
        "uninstall",
        "delete",
        "del",
        "un",
        "rollback",
    ];
    if call.is_dry() && verbs.contains(&call.verb.as_str()) {
        allowed(&found.command, "--dry-run")
    } else {
        found
    }
}

/// A dry run of a sync changes nothing, whatever it would prune.
fn argocd(call: &Call, found: Part) -> Part {
    if call.verb == "app sync" && call.is_dry() {
        allowed(&found.command, "--dry-run")
    } else {
        found
    }
}

fn rsync(call: &Call, found: Part) -> Part {
    if !(call.is_dry() || call.has_letter('n')) {
        return found;
    }
    // the far side's shell and program are run all the same
    let runs = found.command.split(' ').any(|word| {
        word.starts_with("--rsh") || word.starts_with("--rsync-path") || word.starts_with("-e")
    });
    if runs {
        asked(&found.command, "runs a program of its own", "-e")
    } else {
        allowed(&found.command, "--dry-run")
    }
}
