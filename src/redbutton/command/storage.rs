//! Tools of disks and storage servers whose verb is not the first word.

use super::{
    Word,
    lexicon::lexicon,
    verdict::{Part, allowed, asked, destructive, part},
    walk::texts,
};
use crate::redbutton::Tier;

/// The middleware client of TrueNAS: the last piece of the method is its verb.
pub(super) fn midclt(arguments: &[Word], command: &str) -> Part {
    const LOSES: [&str; 10] = [
        "delete", "destroy", "remove", "wipe", "purge", "rollback", "export", "detach", "format",
        "erase",
    ];
    let mut rest = texts(arguments).filter(|word| !word.starts_with('-'));
    let call = rest.next().unwrap_or_default();
    let method = rest.next().unwrap_or_default();
    let given: String = rest.flat_map(str::chars).filter(|c| *c != ' ').collect();
    let given = given.to_lowercase();
    let verb = method.rsplit('.').next().unwrap_or_default();
    let forced = given.contains("\"destroy\":true") || given.contains("\"force\":true");
    if call == "call" && (forced || LOSES.iter().any(|word| verb.contains(word))) {
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

/// `pvesh create …/status/stop`: the end of the path is the verb.
pub(super) fn pvesh(arguments: &[Word], command: &str) -> Option<Part> {
    let mut plain = texts(arguments).filter(|word| !word.starts_with('-'));
    if plain.next()? != "create" {
        return None;
    }
    let path = plain.next()?.trim_end_matches('/');
    let verb = path.rsplit('/').next().unwrap_or_default();
    let stops = matches!(verb, "stop" | "reset" | "rollback" | "stopall");
    let halts = verb == "status" && plain.any(|word| matches!(word, "reboot" | "shutdown"));
    let loses = stops || halts || lexicon().words.destroy.iter().any(|one| one == verb);
    loses.then(|| destructive(command, verb))
}

/// `parted DEVICE print`: what follows the device is the verb.
pub(super) fn parted(arguments: &[Word], command: &str) -> Option<Part> {
    let plain: Vec<&str> = texts(arguments)
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

/// `wipefs DEVICE` lists signatures; a letter wipes them.
pub(super) fn wipefs(arguments: &[Word], command: &str) -> Option<Part> {
    let wipes = texts(arguments).any(|word| {
        matches!(word, "--all" | "--offset" | "--force")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains(['a', 'f', 'o']))
    });
    (!wipes).then(|| allowed(command, "wipefs"))
}

/// `dd` without a file to write to reads.
pub(super) fn dd(arguments: &[Word], command: &str) -> Option<Part> {
    let mut targets = texts(arguments).filter_map(|word| word.strip_prefix("of="));
    let known = arguments.iter().all(|word| !word.dynamic);
    let reads = targets.all(|target| matches!(target, "/dev/null" | "/dev/stdout"));
    (known && reads && !arguments.is_empty()).then(|| allowed(command, "dd"))
}

/// A size with a dash before it takes room away: `-L -5G`, `-L-5G`, `--size=-5G`.
pub(super) fn lessens(arguments: &[Word]) -> bool {
    let takes_away = |text: &str| {
        let mut letters = text.chars();
        letters.next() == Some('-') && letters.next().is_some_and(|c| c.is_ascii_digit())
    };
    texts(arguments).any(|text| {
        let mut values = ["-L", "-l", "--size=", "--extents="]
            .iter()
            .filter_map(|flag| text.strip_prefix(flag));
        takes_away(text) || values.any(takes_away)
    })
}

/// A tool that makes things larger or smaller.
pub(super) fn resize(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    let resizes = name.starts_with("lv") || texts(arguments).any(|word| word == "resize");
    let dry = texts(arguments).any(|word| matches!(word, "-t" | "--test"));
    (resizes && !dry && lessens(arguments)).then(|| destructive(command, "-"))
}

/// A test of speed that writes over a device.
pub(super) fn fio(arguments: &[Word], command: &str) -> Option<Part> {
    let text = texts(arguments).collect::<Vec<_>>().join(" ");
    let device = text.contains("/dev/") && !text.contains("/dev/shm/");
    let writes = ["write", "rw=rw", "trim"]
        .iter()
        .any(|mode| text.contains(mode));
    (device && writes).then(|| over_device(command))
}

/// `mount` without a place lists; `-t` and `-l` only say what.
pub(super) fn mount(arguments: &[Word], command: &str) -> Option<Part> {
    let mut rest = texts(arguments);
    while let Some(text) = rest.next() {
        match text {
            "-t" | "--types" => {
                rest.next();
            }
            "-l" | "-v" | "-lv" | "--show-labels" => {}
            _ => return None,
        }
    }
    Some(allowed(command, "mount"))
}

/// A device that is written over; reading from one is what `cp` may do to a file.
pub(super) fn is_device(word: &str, name: &str) -> bool {
    let harmless = match word {
        "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" => true,
        "/dev/zero" | "/dev/random" | "/dev/urandom" | "/dev/stdin" => name != "tee",
        _ => word.starts_with("/dev/shm/"),
    };
    word.starts_with("/dev/") && !harmless
}

/// What is written over a device.
pub(super) fn over_device(command: &str) -> Part {
    let why = "writes over a device";
    part(
        command,
        super::Verdict::Destructive,
        Tier::Catastrophe,
        why,
        "/dev/",
    )
}
