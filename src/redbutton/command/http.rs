//! Clients of HTTP: the method decides.

use super::{
    Word,
    judge::Part,
    special::{allowed, asked, destructive, words},
};

pub(super) fn curl(name: &str, arguments: &[Word], command: &str) -> Part {
    let mut method = String::new();
    let (mut sends, mut writes, mut deletes) = (false, false, false);
    let list: Vec<&str> = words(arguments).collect();
    for (at, word) in list.iter().enumerate() {
        match *word {
            "-X" | "--request" => {
                method = list
                    .get(at + 1)
                    .map_or_else(String::new, |method| method.to_uppercase())
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-urlencode" | "-F"
            | "--form" | "--json" | "-T" | "--upload-file" => sends = true,
            "-o" | "--output" => {
                writes |= list
                    .get(at + 1)
                    .is_some_and(|file| !matches!(*file, "/dev/null" | "-"))
            }
            "-O" | "--remote-name" | "-J" | "--output-dir" | "-K" | "--config" => writes = true,
            "-Q" | "--quote" => sends = true,
            "DELETE" | "delete" if name != "curl" => method = "DELETE".into(),
            "POST" | "PUT" | "PATCH" if name != "curl" => sends = true,
            other => {
                if let Some(rest) = other
                    .strip_prefix("--request=")
                    .or_else(|| other.strip_prefix("-X").filter(|rest| !rest.is_empty()))
                {
                    method = rest.to_uppercase();
                }
                if other.starts_with('-') && !other.starts_with("--") {
                    let next = list.get(at + 1).copied().unwrap_or_default();
                    let bundle = bundle(&other[1..], next);
                    sends |= bundle.sends;
                    writes |= bundle.writes;
                    if let Some(found) = bundle.method {
                        method = found;
                    }
                }
                // long flags may be cut short
                if other.starts_with("--req") && !other.contains('=') && other != "--request-target"
                {
                    method = list
                        .get(at + 1)
                        .map_or_else(String::new, |method| method.to_uppercase());
                }
                sends |= other.to_lowercase().contains("method-override");
                writes |= other.starts_with("--dump-header")
                    || other.starts_with("--cookie-jar")
                    || other.starts_with("--trace");
                sends |= other.starts_with("--data")
                    || other.starts_with("--form")
                    || other.starts_with("--json");
                writes |= other.starts_with("--output=");
            }
        }
        // a later request on the same line hides none before it
        deletes |= matches!(method.as_str(), "DELETE" | "PURGE");
    }
    // Elasticsearch deletes by a POST
    if list.iter().any(|word| word.contains("/_delete_by_query")) {
        return destructive(command, "_delete_by_query");
    }
    match method.as_str() {
        _ if deletes => destructive(command, "-X DELETE"),
        "DELETE" | "PURGE" => destructive(command, "-X DELETE"),
        "" | "GET" | "HEAD" | "OPTIONS" if !sends && !writes => allowed(command, "GET"),
        "" | "GET" | "HEAD" | "OPTIONS" if !sends => asked(command, "writes into a file", "-o"),
        _ => asked(command, "sends something", &method),
    }
}

pub(super) fn wget(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = words(arguments).collect();
    if list
        .iter()
        .any(|word| word.to_uppercase().contains("METHOD=DELETE"))
    {
        return destructive(command, "--method=DELETE");
    }
    let quiet = list.iter().any(|word| {
        matches!(
            *word,
            "--spider" | "-O-" | "-qO-" | "-O/dev/null" | "-qO/dev/null"
        )
    }) || list
        .windows(2)
        .any(|pair| pair[0].ends_with('O') && matches!(pair[1], "-" | "/dev/null"));
    let sends = list.iter().any(|word| {
        word.starts_with("--post") || word.starts_with("--body") || word.starts_with("--method")
    });
    if quiet && !sends {
        allowed(command, "GET")
    } else {
        asked(command, "writes into a file or sends something", "")
    }
}

/// `gh api` with a method.
pub(super) fn api(arguments: &[Word], command: &str) -> Option<Part> {
    let list: Vec<&str> = words(arguments).collect();
    if list.first() != Some(&"api") {
        return None;
    }
    let upper = list.join(" ").to_uppercase();
    if upper.contains("-X DELETE")
        || upper.contains("-XDELETE")
        || upper.contains("--METHOD DELETE")
        || upper.contains("--METHOD=DELETE")
    {
        return Some(destructive(command, "-X DELETE"));
    }
    if upper.contains("MUTATION") && (upper.contains("DELETE") || upper.contains("REMOVE")) {
        return Some(destructive(command, "mutation"));
    }
    let sends = list.iter().any(|word| {
        matches!(
            *word,
            "-X" | "--method" | "-f" | "-F" | "--field" | "--raw-field" | "--input"
        ) || word.starts_with("--method=")
    });
    Some(if sends && !upper.contains("-X GET") {
        Part {
            firm: true,
            ..asked(command, "sends something", "api")
        }
    } else {
        allowed(command, "api")
    })
}

/// Short flags of curl in one word.
#[derive(Default)]
struct Bundle {
    sends: bool,
    writes: bool,
    method: Option<String>,
}

fn bundle(letters: &str, next: &str) -> Bundle {
    let mut found = Bundle::default();
    for (at, letter) in letters.char_indices() {
        let rest = &letters[at + letter.len_utf8()..];
        let value = if rest.is_empty() { next } else { rest };
        match letter {
            'X' => found.method = Some(value.trim_start_matches('=').to_uppercase()),
            'd' | 'F' | 'T' | 'Q' => found.sends = true,
            'o' => found.writes |= !matches!(value, "/dev/null" | "-"),
            'c' | 'D' => found.writes |= !matches!(value, "/dev/null" | "-"),
            'O' | 'J' | 'K' => found.writes = true,
            'A' | 'b' | 'C' | 'e' | 'E' | 'h' | 'H' | 'm' | 'P' | 'r' | 't' | 'u' | 'U' | 'w'
            | 'x' | 'Y' | 'y' | 'z' => {}
            _ => continue,
        }
        if !matches!(letter, 'O' | 'J') {
            break;
        }
    }
    found
}
