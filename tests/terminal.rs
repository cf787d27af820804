//! The program in a pseudo-terminal: the demo opens, every action goes through the gate, into the
//! world and into the journal, and the terminal is put back whatever ends it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "terminal/actions.rs"]
mod actions;
#[path = "terminal/in_the_way.rs"]
mod in_the_way;
#[path = "terminal/journal.rs"]
mod journal;
#[path = "common/pty.rs"]
mod pty;
#[path = "terminal/session.rs"]
mod session;
#[path = "common/world.rs"]
mod world;

use std::{io::Read, time::Instant};

use pty::{ESC, Screen};

const LEFT: &str = "\u{1b}[?1049l";

#[test]
fn an_action_goes_through_glass_and_gate_into_the_journal() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("holds up");
    screen.send(":deploy\r");
    screen.wait("AVAILABLE");
    screen.send("/homer\r");
    screen.wait("deployments · 1");
    screen.choose("scale to 2");
    screen.wait("Why?");
    // a paste is no key, and Enter only makes a new line
    screen.send("\u{1b}[200~yyyy\r\u{1b}[201~");
    screen.send("test of the gate\u{13}");
    screen.wait("CONFIRM");
    // keys that were typed before it may be answered do not count
    screen.send("\ty\ty");
    screen.wait("tab to Proceed");
    screen.send("y\u{1b}[200~y\u{1b}[201~");
    screen.proceed();
    screen.wait_tray("done: deploy/homer/homer wants 2 replicas, 2 of 2 ready");
    screen.send("q");
    let (code, raw) = screen.end();
    assert_eq!(code, 0);
    assert!(raw.contains(LEFT), "the screen was not left");
    let journal = std::fs::read_to_string(state.path().join("redbutton/journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 3, "{journal}");
    assert!(
        journal.contains("test of the gate") && !journal.contains("yyyy"),
        "{journal}"
    );
    assert!(journal.contains("\"kind\":\"intent\"") && journal.contains("wants 2 replicas"));
}

#[test]
fn a_guest_goes_back_to_its_snapshot_and_its_task_tells_so() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("8 LXC");
    screen.send(":guests\r");
    screen.wait("guests · 12");
    screen.send("/traefik\r");
    screen.wait("guests · 1");
    screen.choose("roll back to the snapshot");
    screen.wait("Why?");
    screen.send("the upgrade broke it\u{13}");
    screen.wait("is lost");
    screen.wait("pct rollback 210 pre-upgrade");
    // it can be answered in a window of another size too
    screen.resize(24, 80);
    screen.proceed();
    screen.wait_tray("done: lxc/wow-prox1/210 is running");
    screen.send(":tasks\r");
    screen.wait("vzrollback");
    screen.send("/vzrollback\r");
    screen.wait("tasks · 1");
    screen.send("\r");
    screen.wait("TASK OK");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
    let journal = std::fs::read_to_string(state.path().join("redbutton/journal.jsonl")).unwrap();
    assert!(
        journal.contains("the upgrade broke it") && journal.contains("pct rollback 210"),
        "{journal}"
    );
}

#[test]
fn nothing_that_is_typed_held_down_or_pasted_confirms() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("holds up");
    screen.row("deploy", "homer");
    screen.choose("restart the rollout");
    screen.wait("Why?");
    screen.send("haste\u{13}");
    screen.send(&"\ty".repeat(100));
    screen.wait("CONFIRM");
    // as a terminal that marks pastes sends it, and as one that does not
    let paste = "y\t\u{1b}[B".repeat(2000);
    screen.wait("tab to Proceed");
    screen.send(&format!("\u{1b}[200~{paste}\u{1b}[201~"));
    screen.send(&paste);
    screen.send("\ty");
    screen.wait("one moment, then y");
    // a key that is held down comes again and again, with no moment between
    for _ in 0..100 {
        screen.send("y");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    screen.wait("Proceed?");
    screen.send(ESC);
    screen.wait("cancelled: nothing was done");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
    let journal = std::fs::read_to_string(state.path().join("redbutton/journal.jsonl")).unwrap();
    assert!(!journal.contains("\"kind\":\"intent\""), "{journal}");
}

#[test]
fn enter_and_escape_cancel_and_a_closed_glass_changes_nothing() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo", "--read-only"], state.path());
    screen.wait("holds up");
    screen.wait("read-only");
    screen.send(":deploy\r");
    screen.wait("AVAILABLE");
    screen.send("x");
    screen.wait("restart the rollout");
    screen.send("\r");
    screen.wait("welded shut");
    screen.send("B");
    screen.wait("welded shut");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
    assert!(!state.path().join("redbutton/journal.jsonl").exists());
}

#[test]
fn a_signal_puts_the_terminal_back() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("Incidents");
    let pid = screen.child.process_id().unwrap();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &pid.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let (_, raw) = screen.end();
    assert!(raw.contains(LEFT), "the screen was not left");
}

#[test]
fn nothing_to_look_at_is_a_friendly_screen() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&[], state.path());
    screen.wait("nothing to look at yet");
    screen.wait("redbutton --demo");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
}

#[test]
fn a_light_terminal_gets_the_light_colours_and_its_answer_is_no_key() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&[], state.path());
    screen.wait("nothing to look at yet");
    let question = b"\x1b]11;?\x1b\\";
    let asked = screen
        .raw
        .windows(question.len())
        .any(|part| part == question);
    assert!(asked, "the terminal was not asked");
    screen.send("\u{1b}]11;rgb:fafa/fafa/fafa\u{1b}\\");
    // the accent of the light theme
    screen.wait_for_bytes(b"38;2;7;87;186");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
}

#[test]
fn a_terminal_that_is_gone_ends_the_program() {
    let state = tempfile::tempdir().unwrap();
    let pair = pty::pair();
    let command = pty::program(&["--demo"], state.path(), None);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 8192];
    while !seen.windows(5).any(|part| part == b"glass") {
        let count = reader.read(&mut buffer).unwrap();
        seen.extend_from_slice(&buffer[..count]);
    }
    // as one closes a window: nobody holds the terminal any more
    drop((reader, pair.master));
    let end = Instant::now() + pty::PATIENCE;
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "it goes on without a terminal");
        std::thread::yield_now();
    }
}
