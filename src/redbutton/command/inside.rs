//! Tools that carry a command to another place: a pod, a host, every file that is found.

use super::{
    Word,
    judge::{Part, Verdict, judge_text, part},
    nested::{after_flags, joined, run_inner},
};
use crate::{journal::Registry, redbutton::Tier};

/// `find … -delete`, `-exec CMD ;`, `-fprint FILE`.
pub(super) fn find(
    words: &[Word],
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    let mut at = 1;
    let mut harmless = true;
    while let Some(word) = words.get(at) {
        match word.text.as_str() {
            "-delete" => {
                parts.push(part(
                    &joined(words),
                    Verdict::Destructive,
                    Tier::Destroy,
                    "`-delete` loses something",
                    "-delete",
                ));
                harmless = false;
            }
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let end = words[at + 1..]
                    .iter()
                    .position(|one| matches!(one.text.as_str(), ";" | "+"))
                    .map_or(words.len(), |end| at + 1 + end);
                run_inner(&words[at + 1..end], registry, depth, parts);
                harmless = false;
                at = end;
            }
            "-fprint" | "-fprintf" | "-fls" | "-fprint0" => {
                parts.push(part(
                    &joined(words),
                    Verdict::Ask,
                    Tier::Disrupt,
                    "writes into a file",
                    &*word.text,
                ));
                harmless = false;
            }
            _ => {}
        }
        at += 1;
    }
    if harmless {
        parts.push(part(
            &joined(words),
            Verdict::Allowed,
            Tier::Observe,
            "changes nothing",
            "find",
        ));
    }
    true
}

/// `ansible HOSTS -m MODULE -a ARGUMENTS`.
pub(super) fn ansible(
    arguments: &[Word],
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    let value = |names: [&str; 2]| {
        arguments
            .iter()
            .position(|word| names.contains(&word.text.as_str()))
            .and_then(|at| arguments.get(at + 1))
            .map(|word| word.text.clone())
    };
    if arguments.iter().any(|word| word.text == "--list-hosts") {
        parts.push(part(
            "ansible",
            Verdict::Allowed,
            Tier::Observe,
            "changes nothing",
            "--list-hosts",
        ));
        return true;
    }
    let module = value(["-m", "--module-name"]).unwrap_or_else(|| "command".into());
    let text = value(["-a", "--args"]).unwrap_or_default();
    let module = module.rsplit('.').next().unwrap_or(&module).to_owned();
    match module.as_str() {
        "ping" | "setup" | "debug" | "stat" | "gather_facts" => {
            parts.push(part(
                "ansible",
                Verdict::Allowed,
                Tier::Observe,
                "changes nothing",
                module,
            ));
        }
        "shell" | "command" | "raw" | "script" if !text.is_empty() => {
            judge_text(&text, registry, depth + 1, parts)
        }
        _ if text.contains("state=absent") || text.contains("state=destroyed") => {
            parts.push(part(
                "ansible",
                Verdict::Destructive,
                Tier::Destroy,
                "`state=absent` loses something",
                "state=absent",
            ));
        }
        _ => parts.push(part(
            "ansible",
            Verdict::Ask,
            Tier::Disrupt,
            format!("module {module} changes something"),
            module,
        )),
    }
    true
}

/// `oc exec POD -- CMD` and its like: the command inside is judged; the tool's own part stays.
pub(super) fn inside(
    name: &str,
    words: &[Word],
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    const VALUES: [&str; 22] = [
        "-n",
        "--namespace",
        "-c",
        "--container",
        "--context",
        "--kubeconfig",
        "--image",
        "-u",
        "--user",
        "-w",
        "--workdir",
        "-e",
        "--env",
        "-H",
        "--host",
        "--pod-running-timeout",
        "-s",
        "--server",
        "--as",
        "--token",
        "--timeout",
        "-f",
    ];
    let arguments = &words[1..];
    let verb_at = arguments.iter().position(|word| {
        matches!(
            word.text.as_str(),
            "exec" | "rsh" | "debug" | "run" | "enter" | "ssh"
        )
    });
    let Some(verb_at) = verb_at else { return false };
    // `oc get pod exec`: the word must stand where a verb stands
    let before = after_flags(&VALUES, arguments);
    let verb = before.first().map_or("", |word| word.text.as_str());
    let second = before.get(1).map_or("", |word| word.text.as_str());
    let is_verb = matches!(verb, "exec" | "rsh" | "debug" | "enter" | "ssh" | "run")
        || (matches!(verb, "compose" | "container" | "guest") && matches!(second, "exec" | "run"));
    if !is_verb {
        return false;
    }
    let rest = &arguments[verb_at + 1..];
    let inner = match rest.iter().position(|word| word.text == "--") {
        Some(at) => &rest[at + 1..],
        None if matches!(verb, "debug" | "ssh")
            || (verb == "run" && matches!(name, "oc" | "kubectl" | "k")) =>
        {
            &[]
        }
        // flags, then the pod or container, then the command
        None => {
            let after = after_flags(&VALUES, rest);
            after_flags(&VALUES, after.get(1..).unwrap_or_default())
        }
    };
    let text_flag = rest
        .iter()
        .position(|word| matches!(word.text.as_str(), "-c" | "--command"))
        .filter(|_| verb == "ssh");
    if let Some(text) = text_flag.and_then(|at| rest.get(at + 1)) {
        judge_text(&text.text, registry, depth + 1, parts);
        return true;
    }
    if inner.is_empty() {
        parts.push(part(
            &joined(words),
            Verdict::Ask,
            Tier::Disrupt,
            "opens a shell inside",
            verb,
        ));
        return true;
    }
    let from = parts.len();
    run_inner(inner, registry, depth, parts);
    let worst = parts[from..]
        .iter()
        .map(|one| one.verdict)
        .max()
        .unwrap_or(Verdict::Ask);
    let disturbs = verb == "run" && worst < Verdict::Ask;
    if disturbs {
        parts.push(part(
            &joined(words),
            Verdict::Ask,
            Tier::Disrupt,
            "starts a container",
            verb,
        ));
    }
    true
}

/// `ssh [options] HOST COMMAND…`: the words are joined and read by the far shell.
pub(super) fn remote(
    arguments: &[Word],
    registry: &Registry,
    depth: usize,
    parts: &mut Vec<Part>,
) -> bool {
    const VALUES: [&str; 20] = [
        "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p",
        "-Q", "-R", "-S", "-W", "-w",
    ];
    let rest = after_flags(&VALUES, arguments);
    let after_host = after_flags(&VALUES, rest.get(1..).unwrap_or_default());
    if after_host.is_empty() {
        parts.push(part(
            "ssh",
            Verdict::Ask,
            Tier::Disrupt,
            "opens a shell on another machine",
            "ssh",
        ));
    } else {
        judge_text(&joined(after_host), registry, depth + 1, parts);
        // reading on another machine is still a step outside of what the list approves
        let verdict = if parts.iter().all(|one| one.verdict == Verdict::Allowed) {
            Verdict::Allowed
        } else {
            Verdict::Ask
        };
        parts.push(part(
            "ssh",
            verdict,
            Tier::Observe,
            "runs on another machine",
            "ssh",
        ));
    }
    true
}
