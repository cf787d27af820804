//! Archives, keys and processes: a letter decides.

use super::{
    Word,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

pub(super) fn tar(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = texts(arguments).collect();
    let loses = ["--remove-files", "--delete", "--recursive-unlink"];
    if let Some(flag) = list.iter().find(|word| loses.contains(word)) {
        return destructive(command, flag);
    }
    let runs = [
        "--to-command",
        "--checkpoint-action",
        "--use-compress-program",
        "--rsh-command",
    ];
    let runs_program =
        |word: &&&str| **word == "-I" || runs.iter().any(|flag| word.starts_with(flag));
    if let Some(flag) = list.iter().find(runs_program) {
        return asked(command, "runs another program", flag);
    }
    let first = list.first().copied().unwrap_or_default();
    let letters = first.trim_start_matches('-');
    let lists = list.contains(&"--list")
        || list.contains(&"-t")
        || (letters.contains('t')
            && !letters.contains(['x', 'c', 'r', 'u'])
            && !first.starts_with("--")
            && letters.len() < 6);
    if lists {
        allowed(command, "-t")
    } else {
        asked(command, "writes files", "tar")
    }
}

/// `unzip -l`, `gzip -t`: listing and testing write nothing.
pub(super) fn pack(name: &str, arguments: &[Word], command: &str) -> Part {
    let looks = ["-l", "-lv", "-v", "-Z", "-t", "l", "--list", "--test"];
    if texts(arguments)
        .next()
        .is_some_and(|first| looks.contains(&first))
    {
        allowed(command, "-l")
    } else {
        asked(command, "writes files", name)
    }
}

pub(super) fn openssl(arguments: &[Word], command: &str) -> Part {
    const READS: [&str; 10] = [
        "s_client",
        "x509",
        "rand",
        "version",
        "verify",
        "dgst",
        "ciphers",
        "crl",
        "asn1parse",
        "passwd",
    ];
    let list: Vec<&str> = texts(arguments).collect();
    match list.first() {
        Some(verb) if READS.contains(verb) && !list.contains(&"-out") => allowed(command, verb),
        _ => asked(command, "writes or signs something", "openssl"),
    }
}

/// `kill -l` and `kill -0` only look; `kill -9` leaves a process no time to save anything.
pub(super) fn kill(arguments: &[Word], command: &str) -> Part {
    let list: Vec<String> = texts(arguments).map(str::to_uppercase).collect();
    let first = list.first().map(String::as_str).unwrap_or_default();
    if matches!(first, "-L" | "--LIST" | "--TABLE" | "-0") {
        return allowed(command, "-l");
    }
    let signals = list
        .iter()
        .enumerate()
        .filter_map(|(at, word)| match word.as_str() {
            "-S" | "-N" | "--SIGNAL" => list.get(at + 1).map(String::as_str),
            word => word
                .strip_prefix("--SIGNAL=")
                .or_else(|| word.strip_prefix('-')),
        });
    let hard = |name: &str| {
        matches!(
            name.trim_start_matches("SIG"),
            "9" | "KILL" | "S9" | "SKILL"
        )
    };
    if signals.into_iter().any(hard) {
        destructive(command, "kill -9")
    } else {
        asked(command, "sends a signal", "kill")
    }
}

/// `tee` without a file only shows.
pub(super) fn tee(arguments: &[Word], command: &str) -> Option<Part> {
    let shows = texts(arguments).all(|word| {
        word.starts_with('-')
            || matches!(
                word,
                "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty"
            )
    });
    shows.then(|| allowed(command, "tee"))
}
