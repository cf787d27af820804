//! Clients of HTTP: the method decides.

use super::{
    Word,
    verdict::{Part, allowed, asked, destructive},
    walk::texts,
};

/// What a call of curl asks for.
#[derive(Default)]
struct Request {
    method: String,
    /// A later request on the same line hides none before it.
    deletes: bool,
    /// It sends a form or a file.
    sends: bool,
    /// It has data, which `-G` makes part of the address.
    data: bool,
    asks: bool,
    writes: bool,
}

impl Request {
    fn method(&mut self, method: &str) {
        self.method = method.trim_start_matches('=').to_uppercase();
        self.deletes |= matches!(self.method.as_str(), "DELETE" | "PURGE");
    }

    /// A long flag; long flags may be cut short.
    fn long(&mut self, flag: &str, value: &str) {
        match flag {
            "--get" => self.asks = true,
            "--output" => self.writes |= !is_nowhere(value),
            "--request-target" => {}
            _ if flag.starts_with("--req") => self.method(value),
            _ if flag.starts_with("--data") || flag.starts_with("--json") => self.data = true,
            _ => {
                let sends = ["--form", "--upload-file", "--quote"];
                let writes = [
                    "--remote-name",
                    "--output-dir",
                    "--config",
                    "--dump-header",
                    "--cookie-jar",
                    "--trace",
                ];
                self.sends |= sends.iter().any(|known| flag.starts_with(known));
                self.writes |= writes.iter().any(|known| flag.starts_with(known));
            }
        }
    }

    /// Short flags in one word: `-sXDELETE`, `-kX DELETE`.
    fn short(&mut self, letters: &str, next: &str) {
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            let value = if rest.is_empty() { next } else { rest };
            match letter {
                'X' => self.method(value),
                'd' => self.data = true,
                'F' | 'T' | 'Q' => self.sends = true,
                'o' | 'c' | 'D' => self.writes |= !is_nowhere(value),
                'K' => self.writes = true,
                'A' | 'b' | 'C' | 'e' | 'E' | 'h' | 'H' | 'm' | 'P' | 'r' | 't' | 'u' | 'U'
                | 'w' | 'x' | 'Y' | 'y' | 'z' => {}
                'O' | 'J' => {
                    self.writes = true;
                    continue;
                }
                'G' => {
                    self.asks = true;
                    continue;
                }
                _ => continue,
            }
            // the rest of the word was the value of this letter
            break;
        }
    }
}

fn is_nowhere(file: &str) -> bool {
    matches!(file, "/dev/null" | "-")
}

pub(super) fn curl(name: &str, arguments: &[Word], command: &str) -> Part {
    let mut request = Request::default();
    let list: Vec<&str> = texts(arguments).collect();
    for (at, word) in list.iter().enumerate() {
        let next = list.get(at + 1).copied().unwrap_or_default();
        request.sends |= word.to_lowercase().contains("method-override");
        if word.starts_with("--") {
            let (flag, value) = word.split_once('=').unwrap_or((*word, next));
            request.long(flag, value);
        } else if let Some(letters) = word.strip_prefix('-') {
            request.short(letters, next);
        } else if name != "curl" {
            match word.to_uppercase().as_str() {
                method @ "DELETE" => request.method(method),
                "POST" | "PUT" | "PATCH" => request.sends = true,
                _ => {}
            }
        }
    }
    // Elasticsearch deletes by a POST
    if list.iter().any(|word| word.contains("/_delete_by_query")) {
        return destructive(command, "_delete_by_query");
    }
    let sends = request.sends || (request.data && !request.asks);
    match request.method.as_str() {
        _ if request.deletes => destructive(command, "-X DELETE"),
        "" | "GET" | "HEAD" | "OPTIONS" if !sends && !request.writes => allowed(command, "GET"),
        "" | "GET" | "HEAD" | "OPTIONS" if !sends => asked(command, "writes into a file", "-o"),
        method => asked(command, "sends something", method),
    }
}

pub(super) fn wget(arguments: &[Word], command: &str) -> Part {
    let list: Vec<&str> = texts(arguments).collect();
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
    let list: Vec<&str> = texts(arguments).collect();
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
    // a query that stands there in full
    let query = list.get(1) == Some(&"graphql")
        && !upper.contains("MUTATION")
        && !upper.contains("=@")
        && arguments.iter().all(|word| !word.dynamic);
    let sends = list.iter().any(|word| {
        matches!(
            *word,
            "-X" | "--method" | "-f" | "-F" | "--field" | "--raw-field" | "--input"
        ) || word.starts_with("--method=")
    });
    Some(if query || !sends || upper.contains("-X GET") {
        allowed(command, "api")
    } else {
        asked(command, "sends something", "api").firm()
    })
}
