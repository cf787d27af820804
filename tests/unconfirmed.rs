//! A write without a confirmation does not compile, and for the reason that is meant.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

const USES: &str = "use redbutton::{domain::Time, journal::Journal, redbutton::*};\n";

/// The library as cargo built it beside this test: the newest, where there are several.
fn library() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_redbutton")).with_file_name("deps");
    let built = std::fs::read_dir(folder).unwrap().flatten();
    built
        .filter(|file| {
            let name = file.file_name().into_string().unwrap_or_default();
            name.starts_with("libredbutton-") && name.ends_with(".rlib")
        })
        .max_by_key(|file| file.metadata().and_then(|about| about.modified()).unwrap())
        .unwrap()
        .path()
}

/// Codes of the compiler's errors.
fn errors(program: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("written.rs");
    std::fs::write(&source, format!("{USES}{program}")).unwrap();
    let library = library();
    let out = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into()))
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
        ])
        .args(["--error-format", "json", "-A", "warnings"])
        .arg("-L")
        .arg(format!(
            "dependency={}",
            library.parent().unwrap().display()
        ))
        .arg("--extern")
        .arg(format!("redbutton={}", library.display()))
        .arg("--out-dir")
        .arg(folder.path())
        .arg(&source)
        .output()
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    let found: Vec<String> = said
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|message| message["level"] == "error")
        .filter_map(|message| message["code"]["code"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(out.status.success(), found.is_empty(), "{said}");
    found
}

#[test]
fn one_confirmation_is_good_for_one_write() {
    let once = "pub async fn f(w: KubeWriter, j: Journal, c: Confirmed) { w.execute(c, &j, \"me\").await.ok(); }";
    assert_eq!(errors(once), Vec::<String>::new());
    let twice = "pub async fn f(w: KubeWriter, j: Journal, c: Confirmed) { w.execute(c, &j, \"me\").await.ok(); w.execute(c, &j, \"me\").await.ok(); }";
    assert_eq!(errors(twice), ["E0382"]);
}

#[test]
fn no_writer_takes_what_was_not_confirmed() {
    for (writer, more) in [
        ("KubeWriter", ""),
        ("ArgoWriter", ", &|_| {}"),
        ("PveWriter", ", &|_| {}"),
    ] {
        for (given, codes) in [
            ("Confirmed", &[][..]),
            ("Preflighted", &["E0308"]),
            ("Plan", &["E0308"]),
        ] {
            let program = format!(
                "pub async fn f(w: {writer}, j: Journal, c: {given}) {{ w.execute(c, &j, \"me\"{more}).await.ok(); }}"
            );
            assert_eq!(errors(&program), codes, "{program}");
        }
    }
}

#[test]
fn nobody_else_makes_a_confirmation() {
    let reads = "pub fn f(c: &Confirmed) -> Time { c.at() }";
    assert_eq!(errors(reads), Vec::<String>::new());
    let forges = "pub fn f(p: Plan, at: Time) -> Confirmed { Confirmed { plan: p, dry_run: DryRun::Passed, reason: String::new(), overridden: String::new(), at } }";
    let mut codes = errors(forges);
    codes.dedup();
    assert_eq!(codes, ["E0451"]);
    let copies = "pub fn f(c: &Confirmed) -> Confirmed { c.clone() }";
    assert_eq!(errors(copies), ["E0308"]);
}
