//! Packed files, keys and processes: a letter decides.

use super::{
    Word,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

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
    const READS: [&str; 13] = [
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
        "list",
        "errstr",
        "speed",
    ];
    // they make something new unless they are told to only show it
    const SHOWS: [&str; 8] = ["req", "rsa", "ec", "pkey", "pkcs12", "pkcs7", "ocsp", "dsa"];
    let list: Vec<&str> = texts(arguments).collect();
    let writes = [
        "-out",
        "-keyout",
        "-writerand",
        "-signkey",
        "-CAserial",
        "-CAcreateserial",
    ];
    let writes = list.iter().any(|word| writes.contains(word));
    let shows = list.contains(&"-noout") || list.contains(&"-info");
    match list.first() {
        Some(verb) if !writes && (READS.contains(verb) || (shows && SHOWS.contains(verb))) => {
            allowed(command, verb)
        }
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
