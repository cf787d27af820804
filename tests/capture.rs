//! A capture of the running lab, opened as a dump, tells the same as the live lab did.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_redbutton");

struct Lab(Child);

impl Drop for Lab {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn serve(folder: &Path) -> Lab {
    let mut child = Command::new(PROGRAM)
        .args(["lab", "serve", "--dir"])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let ready = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .any(|line| line.unwrap().starts_with("contexts"));
    assert!(ready);
    Lab(child)
}

/// The program as a user of this folder's lab.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut program = Command::new(PROGRAM);
    program
        .args(arguments)
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .env("KUBECONFIG", folder.join("kubeconfig"))
        .env("REDBUTTON_CONFIG", folder.join("config.toml"));
    program
}

/// Runs it, and gives what it printed.
fn redbutton(folder: &Path, arguments: &[&str]) -> String {
    let done = program(folder, arguments).output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

/// Incidents by their identity: cause and root.
fn incidents(json: &str) -> BTreeMap<String, String> {
    let answer: serde_json::Value = serde_json::from_str(json).unwrap();
    let found = answer["incidents"].as_array().unwrap();
    found
        .iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap().to_owned();
            (text("id"), text("cause"))
        })
        .collect()
}

#[test]
fn a_capture_tells_what_the_live_lab_told() {
    let folder = tempfile::tempdir().unwrap();
    let _lab = serve(folder.path());
    let dump = folder.path().join("capture");
    let dump = dump.to_str().unwrap();
    let said = redbutton(folder.path(), &["capture", dump]);
    assert!(said.contains("kinds"), "{said}");
    let live = incidents(&redbutton(folder.path(), &["diagnose", "-o", "json"]));
    let again = incidents(&redbutton(
        folder.path(),
        &["--dump", dump, "diagnose", "-o", "json"],
    ));
    assert!(live.len() > 10, "{live:?}");
    assert_eq!(live, again);
    // what is there already is not written over
    let twice = program(folder.path(), &["capture", dump]).status().unwrap();
    assert_eq!(twice.code(), Some(64));
    // Proxmox VE is part of it
    assert!(
        live.values().any(|cause| cause == "guest-stopped"),
        "{live:?}"
    );
    // a context that reads nothing leaves no folder that looks like a capture
    let none = folder.path().join("none");
    redbutton(
        folder.path(),
        &["--context", "badtoken", "capture", none.to_str().unwrap()],
    );
    assert!(!none.exists());
}
