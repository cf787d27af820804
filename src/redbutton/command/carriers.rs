//! Tools that carry a command to another place: a pod, a guest, a new container, another machine.

use super::{
    Word,
    call::Call,
    lexicon::lexicon,
    table,
    verdict::{Verdict, allowed, asked, destructive, part},
    walk::{Walk, after_flags, joined, texts},
};
use crate::redbutton::Tier;

/// `oc exec POD -- CMD` and its like: the command inside is judged.
pub(super) fn inside(walk: &mut Walk, name: &str, words: &[Word]) -> bool {
    let values = &lexicon().carriers.exec;
    // before the verb stand the flags of the whole tool
    let own = table::tool(name).map_or(values, |tool| &tool.values);
    let before = after_flags(own, &words[1..]);
    let Some((verb, mut rest)) = carrying_verb(before) else {
        return false;
    };
    if runs_nothing(name, &words[1..], rest) {
        return false;
    }
    if matches!(verb, "compose" | "container" | "guest") {
        let group = after_flags(values, rest);
        match group.split_first() {
            Some((second, after)) if matches!(second.text.as_str(), "exec" | "run") => rest = after,
            _ => return false,
        }
    }
    if let Some(text) = flag_value(rest, &["-c", "--command"]).filter(|_| verb == "ssh") {
        walk.text(text);
        return true;
    }
    let starts = verb == "run" || before.get(1).is_some_and(|word| word.text == "run");
    let inner = if starts && !matches!(name, "oc" | "kubectl" | "k" | "redbutton" | "toolbox") {
        in_container(rest)
    } else {
        in_place(name, verb, rest)
    };
    if inner.is_empty() {
        walk.say(asked(&joined(words), "opens a shell inside", verb));
        return true;
    }
    let mark = walk.mark();
    walk.words(&inner);
    if starts && name != "redbutton" && walk.worst_since(mark) < Some(Verdict::Ask) {
        walk.say(asked(&joined(words), "starts a container", "run"));
    }
    true
}

/// `docker run --help`, `kubectl run … --dry-run=client -- CMD`: the table judges such a call.
fn runs_nothing(name: &str, arguments: &[Word], rest: &[Word]) -> bool {
    let own = texts(arguments).position(|text| text == "--");
    let own = &arguments[..own.unwrap_or(arguments.len())];
    let dry = |tool| Call::read(tool, name, own).dry().is_some();
    let help = rest.first().is_some_and(|word| word.text == "--help");
    help || table::tool(name).is_some_and(dry)
}

/// `k3s kubectl get pods`, `minikube kubectl -- get pods`: a client that comes with a cluster.
pub(super) fn client_of(walk: &mut Walk, arguments: &[Word]) -> bool {
    let rest = after_flags(&["-p", "--profile"], arguments);
    let Some((client, after)) = rest.split_first() else {
        return false;
    };
    if !matches!(
        client.text.as_str(),
        "kubectl" | "crictl" | "ctr" | "helm" | "helm3"
    ) {
        return false;
    }
    let dashes = after.first().is_some_and(|word| word.text == "--");
    let mut words = vec![client.clone()];
    words.extend_from_slice(&after[usize::from(dashes)..]);
    walk.words(&words);
    true
}

/// The verb, if it is one that carries a command, and what follows it.
fn carrying_verb(before: &[Word]) -> Option<(&str, &[Word])> {
    let (first, rest) = before.split_first()?;
    let verb = first.text.as_str();
    matches!(
        verb,
        "exec"
            | "rsh"
            | "debug"
            | "enter"
            | "ssh"
            | "run"
            | "unshare"
            | "compose"
            | "container"
            | "guest"
            | "observe"
    )
    .then_some((verb, rest))
}

/// The command behind `--`, or behind the flags and the pod's name.
fn in_place(name: &str, verb: &str, rest: &[Word]) -> Vec<Word> {
    let values = &lexicon().carriers.exec;
    if verb == "unshare" || name == "toolbox" {
        return after_flags(values, rest).to_vec();
    }
    if let Some(at) = texts(rest).position(|text| text == "--") {
        return rest[at + 1..].to_vec();
    }
    let only_behind_dashes = matches!(verb, "debug" | "ssh" | "observe")
        || (verb == "run" && matches!(name, "oc" | "kubectl" | "k"));
    if only_behind_dashes {
        return Vec::new();
    }
    let after = after_flags(values, rest);
    if name == "redbutton" {
        return after.to_vec();
    }
    after_flags(values, after.get(1..).unwrap_or_default()).to_vec()
}

/// The command of a new container: behind the flags and the image, with its entry point before it.
fn in_container(rest: &[Word]) -> Vec<Word> {
    let after = after_flags(&lexicon().carriers.run, rest);
    let own = &rest[..rest.len() - after.len()];
    let entry = flag_value(own, &["--entrypoint"])
        .or_else(|| texts(own).find_map(|text| text.strip_prefix("--entrypoint=")));
    let given = after.get(1..).unwrap_or_default();
    entry
        .map(Word::plain)
        .into_iter()
        .chain(given.iter().cloned())
        .collect()
}

/// The word behind one of the flags.
fn flag_value<'w>(words: &'w [Word], flags: &[&str]) -> Option<&'w str> {
    let at = texts(words).position(|text| flags.contains(&text))?;
    words.get(at + 1).map(|word| word.text.as_str())
}

/// `ssh [options] HOST COMMAND…`: the words are joined and read by the far shell.
pub(super) fn remote(walk: &mut Walk, arguments: &[Word]) {
    let values = &lexicon().carriers.ssh;
    let rest = after_flags(values, arguments);
    let after_host = after_flags(values, rest.get(1..).unwrap_or_default());
    let own = &arguments[..arguments.len() - after_host.len()];
    options(walk, own);
    if let Some(flag) = texts(own)
        .next()
        .filter(|flag| matches!(*flag, "-G" | "-V" | "-Q"))
    {
        walk.say(allowed("ssh", flag));
        return;
    }
    if after_host.is_empty() {
        walk.say(asked("ssh", "opens a shell on another machine", "ssh"));
        return;
    }
    let mark = walk.mark();
    walk.text(&joined(after_host));
    // reading on another machine is still a step outside of what the list approves
    let verdict = if walk.worst_since(mark) == Some(Verdict::Allowed) {
        Verdict::Allowed
    } else {
        Verdict::Ask
    };
    walk.say(part(
        "ssh",
        verdict,
        Tier::Observe,
        "runs on another machine",
        "ssh",
    ));
}

/// Options of ssh that run a program on this machine, read a file of such options, or write a log.
fn options(walk: &mut Walk, own: &[Word]) {
    for (at, text) in texts(own).enumerate() {
        let next = own.get(at + 1).map_or("", |word| word.text.as_str());
        let option = match text.strip_prefix("-o") {
            Some("") => next,
            Some(joined) => joined,
            None => {
                if matches!(text, "-F" | "-E") && next != "/dev/null" {
                    walk.say(asked(
                        "ssh",
                        "reads its options from a file, or writes one",
                        text,
                    ));
                }
                continue;
            }
        };
        let Some((key, value)) = option.split_once(['=', ' ']) else {
            continue;
        };
        let runs = &lexicon().carriers.ssh_programs;
        if runs.iter().any(|one| one.eq_ignore_ascii_case(key.trim())) && value.trim() != "none" {
            walk.say(asked(
                "ssh",
                "an option runs a program on this machine",
                key,
            ));
            walk.text(value);
        }
    }
}

/// `ansible HOSTS -m MODULE -a ARGUMENTS`.
pub(super) fn ansible(walk: &mut Walk, arguments: &[Word]) {
    let looks = ["--list-hosts", "--version", "--help", "-h"];
    if let Some(flag) = texts(arguments).find(|text| looks.contains(text)) {
        walk.say(allowed("ansible", flag));
        return;
    }
    let module = flag_value(arguments, &["-m", "--module-name"]).unwrap_or("command");
    let module = module.rsplit('.').next().unwrap_or(module);
    let text = flag_value(arguments, &["-a", "--args"]).unwrap_or_default();
    let reads = &lexicon().carriers.ansible_reads;
    match module {
        "shell" | "command" | "raw" | "script" if !text.is_empty() => {
            walk.text(&free_form(text));
        }
        _ if module.ends_with("_info") || module.ends_with("_facts") => {
            walk.say(allowed("ansible", module));
        }
        _ if texts(arguments).any(|word| matches!(word, "--check" | "-C")) => {
            walk.say(allowed("ansible", "--check"));
        }
        _ if reads.iter().any(|one| one == module) => walk.say(allowed("ansible", module)),
        _ if text.contains("state=absent") || text.contains("state=destroyed") => {
            walk.say(destructive("ansible", "state=absent"));
        }
        _ => {
            let why = format!("module {module} changes something");
            walk.say(asked("ansible", &why, module));
        }
    }
}

/// The command of a module that takes it freely: `chdir=/x rm -rf y`, `cmd='rm -rf y'`.
fn free_form(text: &str) -> String {
    const KEYS: [&str; 6] = [
        "chdir=",
        "creates=",
        "removes=",
        "executable=",
        "warn=",
        "stdin=",
    ];
    let mut rest = text.trim_start();
    while KEYS.iter().any(|key| rest.starts_with(key)) {
        rest = rest
            .split_once(' ')
            .map_or("", |(_, after)| after.trim_start());
    }
    let named = ["cmd=", "_raw_params="]
        .iter()
        .find_map(|key| rest.strip_prefix(key));
    match named {
        Some(value) => value.replace(['\'', '"'], " "),
        None => rest.to_owned(),
    }
}
