//! Commands around commands: `sudo`, `timeout`, `xargs`, `sh -c`, `eval`, `watch`.

use super::{
    Simple, Word, carriers, finders,
    lexicon::{Wrapper, lexicon},
    shells, steering,
    verdict::{Verdict, allowed, asked, part},
    walk::{Walk, after_flags, joined, strip_syntax, texts},
};
use crate::redbutton::Tier;

/// If the command only wraps another one, judges that one and says so.
pub(super) fn unwrap(walk: &mut Walk, name: &str, words: &[Word], simple: &Simple) -> bool {
    let arguments = &words[1..];
    let known = &lexicon().wrapper;
    if let Some(wrapper) = known
        .iter()
        .find(|one| one.names.iter().any(|own| own == name))
    {
        wrapped(walk, wrapper, name, arguments);
        return true;
    }
    match name {
        "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "fish" | "su" | "script" | "rbash" => {
            shells::shell(walk, name, arguments, simple);
        }
        "runuser" => shells::runuser(walk, arguments, simple),
        "at" | "batch" => shells::later(walk, name, arguments, simple),
        "watch" => watch(walk, arguments),
        "sshpass" => walk.words(after_flags(&["-p", "-f", "-d", "-P"], arguments)),
        "ssh" | "mosh" | "autossh" => carriers::remote(walk, arguments),
        "find" | "gfind" => finders::find(walk, words),
        "ansible" => carriers::ansible(walk, arguments),
        "k3s" | "k0s" | "rke2" | "microk8s" | "minikube" => {
            return carriers::client_of(walk, arguments);
        }
        "oc" | "kubectl" | "k" | "kubecolor" | "docker" | "podman" | "nerdctl" | "crictl"
        | "pct" | "qm" | "docker-compose" | "podman-compose" | "virtctl" | "kubectl.exe"
        | "toolbox" | "distrobox" | "lxc" | "incus" | "buildah" | "redbutton" => {
            return carriers::inside(walk, name, words);
        }
        _ => return shells::grammar(walk, name, arguments),
    }
    true
}

fn wrapped(walk: &mut Walk, wrapper: &Wrapper, name: &str, arguments: &[Word]) {
    if name == "env"
        && let Some(text) = split_string(arguments)
    {
        walk.text(text);
        return;
    }
    if only_shows(wrapper, name, arguments) {
        walk.say(allowed(name, name));
        return;
    }
    let rest = after_flags(&wrapper.values, arguments);
    let rest = rest.get(wrapper.own..).unwrap_or_default();
    let mut rest = after_flags::<&str>(&[], rest);
    if matches!(name, "sudo" | "env") {
        let stripped = strip_syntax(rest);
        steering::assignments(walk, &rest[..rest.len() - stripped.len()]);
        rest = stripped;
    }
    if rest.is_empty() {
        let idle = wrapper.idle && arguments.is_empty();
        let (verdict, tier) = if idle {
            (Verdict::Allowed, Tier::Observe)
        } else {
            (Verdict::Ask, Tier::Disrupt)
        };
        walk.say(part(
            name,
            verdict,
            tier,
            "runs nothing that can be seen",
            name,
        ));
        return;
    }
    walk.words(rest);
    if wrapper.line {
        walk.text(&joined(rest));
    }
    let unknown = |why: &str| why.ends_with("is not known");
    if wrapper.unsure && rest.len() > 1 && walk.last().is_some_and(|last| unknown(&last.why)) {
        walk.words(&rest[1..]);
    }
}

/// `command -v NAME`, `sudo -l`, `taskset -p PID`, `xargs --help` run nothing.
fn only_shows(wrapper: &Wrapper, name: &str, arguments: &[Word]) -> bool {
    let list: Vec<&str> = texts(arguments).collect();
    let looks = |flag: &str| wrapper.looks.iter().any(|one| one == flag);
    match list.as_slice() {
        ["--help" | "--version"] => true,
        ["-v" | "-V", ..] if name == "command" => true,
        [flag] => looks(flag),
        ["-p" | "-cp" | "-pc" | "-ap" | "--pid", process]
            if matches!(name, "taskset" | "chrt" | "ionice" | "prlimit") =>
        {
            process.chars().all(|c| c.is_ascii_digit())
        }
        // what follows is only looked for in the list of what is allowed
        _ if name == "sudo" => {
            let flags =
                &arguments[..arguments.len() - after_flags(&wrapper.values, arguments).len()];
            flags.first().is_some_and(|word| looks(&word.text))
        }
        _ => false,
    }
}

/// `env -S TEXT`: a text that becomes words.
fn split_string(arguments: &[Word]) -> Option<&str> {
    let joined = texts(arguments).find_map(|text| {
        text.strip_prefix("--split-string=")
            .or_else(|| text.strip_prefix("-S").filter(|rest| !rest.is_empty()))
    });
    let apart = || {
        let at = texts(arguments).position(|text| matches!(text, "-S" | "--split-string"))?;
        arguments.get(at + 1).map(|word| word.text.as_str())
    };
    joined.or_else(apart)
}

fn watch(walk: &mut Walk, arguments: &[Word]) {
    let rest = after_flags(&["-n", "--interval"], arguments);
    if rest.is_empty() {
        walk.say(asked("watch", "watches nothing", "watch"));
    } else {
        walk.text(&joined(rest));
    }
}
