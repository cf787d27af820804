//! The arrows between the rooms of the house, read from the `use` lines and paths of the source.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

/// What each room may name of the others. A room may always name itself.
fn arrows() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("domain", &[] as &[_]),
        ("inventory", &["domain"]),
        ("insight", &["domain", "inventory"]),
        ("sources", &["domain", "inventory"]),
        ("journal", &["domain", "inventory"]),
        (
            "redbutton",
            &["domain", "inventory", "insight", "journal", "sources"],
        ),
        ("config", &["domain"]),
        (
            "tui",
            &["domain", "inventory", "insight", "redbutton", "journal"],
        ),
        ("lab", &[]),
        (
            "cli",
            &[
                "domain",
                "inventory",
                "insight",
                "redbutton",
                "journal",
                "tui",
                "config",
                "sources",
                "lab",
            ],
        ),
    ])
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(path);
        }
    }
}

/// The code of a file without comments, and without what only tests compile.
fn product_code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    code.split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap()
        .to_owned()
}

/// Rooms that a piece of code names as `crate::room`, also inside `use crate::{a::…, b::…}`.
fn rooms_named(code: &str, rooms: &[&str]) -> Vec<String> {
    let mut named = Vec::new();
    let direct = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    named.extend(direct.captures_iter(code).map(|found| found[1].to_owned()));
    let grouped = Regex::new(r"crate::\{").unwrap();
    for start in grouped.find_iter(code) {
        let mut depth = 1;
        let mut word = String::new();
        for c in code[start.end()..].chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                c if depth == 1 && (c.is_ascii_alphanumeric() || c == '_') => {
                    word.push(c);
                    continue;
                }
                _ => {}
            }
            if rooms.contains(&word.as_str()) {
                named.push(word.clone());
            }
            word.clear();
            if depth == 0 {
                break;
            }
        }
    }
    named
}

#[test]
fn arrows_point_one_way() {
    let arrows = arrows();
    let rooms: Vec<&str> = arrows.keys().copied().collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (room, allowed) in &arrows {
        let mut files = Vec::new();
        rust_files(&src.join(room), &mut files);
        for file in files {
            seen += 1;
            for named in rooms_named(&product_code(&file), &rooms) {
                if named != *room
                    && rooms.contains(&named.as_str())
                    && !allowed.contains(&named.as_str())
                {
                    wrong.push(format!(
                        "{} names {named}",
                        file.strip_prefix(&src).unwrap().display()
                    ));
                }
            }
        }
    }
    assert!(seen > rooms.len(), "the rooms were not found");
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "arrows that point the wrong way:\n{}",
        wrong.join("\n")
    );
}

/// What reads a clock, the network or files, by the names that would have to be used for it.
const FORBIDDEN_IN_INSIGHT: [&str; 9] = [
    "Timestamp::now",
    "Time::now",
    "Instant::now",
    "SystemTime",
    "std::fs",
    "std::net",
    "std::env",
    "tokio::",
    "reqwest",
];

#[test]
fn insight_reads_no_clock_and_does_no_io() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for room in ["insight", "domain", "inventory"] {
        rust_files(&src.join(room), &mut files);
    }
    assert!(files.len() > 10);
    for file in files {
        let code = product_code(&file);
        for word in FORBIDDEN_IN_INSIGHT {
            assert!(!code.contains(word), "{} uses {word}", file.display());
        }
    }
}

#[test]
fn the_screen_never_talks_to_the_network() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src.join("tui"), &mut files);
    for file in files {
        let code = product_code(&file);
        for word in [
            "reqwest",
            "kube::",
            "hyper",
            "TcpStream",
            "tokio::net",
            "std::net",
        ] {
            assert!(!code.contains(word), "{} uses {word}", file.display());
        }
    }
}

#[test]
fn only_the_red_button_holds_what_can_write() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let writes =
        Regex::new(r"Method::(POST|PUT|PATCH|DELETE)|\.(post|patch|delete)\(|\.put\(\s*(&?format!|&?url|&?path)").unwrap();
    // reviews of one's own rights and sessions are created by POST and change nothing
    let harmless = Regex::new(r"(?i)selfsubject|self_subject|/session|access/ticket").unwrap();
    let mut files = Vec::new();
    for room in [
        "sources",
        "insight",
        "tui",
        "cli",
        "journal",
        "inventory",
        "domain",
        "config",
    ] {
        rust_files(&src.join(room), &mut files);
    }
    for file in files {
        let code = product_code(&file);
        for found in writes.find_iter(&code) {
            let near: String = code[..found.start()]
                .chars()
                .rev()
                .take(400)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            let after: String = code[found.end()..].chars().take(200).collect();
            assert!(
                harmless.is_match(&near) || harmless.is_match(&after),
                "{} seems to write: {}",
                file.display(),
                found.as_str()
            );
        }
    }
}
