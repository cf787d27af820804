//! The program in a pseudo-terminal: the demo opens, an action goes through the gate and into the
//! journal, and the terminal is put back whatever ends it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{Read, Write},
    path::Path,
    sync::mpsc,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use redbutton::journal::{EntryKind, Journal, Record};

const PATIENCE: Duration = Duration::from_secs(60);

struct Screen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    output: mpsc::Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Screen {
    fn open(arguments: &[&str], state: &Path) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 30,
                cols: 100,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_redbutton"));
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", state);
        command.env("XDG_CONFIG_HOME", state);
        command.env("HOME", state);
        for name in ["KUBECONFIG", "COLORFGBG", "NO_COLOR"] {
            command.env_remove(name);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let input = pair.master.take_writer().unwrap();
        let (tx, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || tx.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            parser: vt100::Parser::new(30, 100, 0),
            raw: Vec::new(),
            output,
            input,
            child,
            master: pair.master,
        }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Reads until the screen holds a text.
    fn wait(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.text().contains(wanted) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(why) => panic!("no `{wanted}` ({why}):\n{}", self.text()),
            }
        }
    }

    /// Reads until these bytes were written.
    fn wait_for_bytes(&mut self, wanted: &[u8]) {
        let end = Instant::now() + PATIENCE;
        while !self.raw.windows(wanted.len()).any(|part| part == wanted) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(why) => panic!("never written ({why}):\n{}", self.text()),
            }
        }
    }

    /// Reads until the screen no longer holds a text.
    fn gone(&mut self, unwanted: &str) {
        let end = Instant::now() + PATIENCE;
        while self.text().contains(unwanted) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(why) => panic!("still `{unwanted}` ({why}):\n{}", self.text()),
            }
        }
    }

    fn send(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Makes the window another size.
    fn resize(&mut self, rows: u16, cols: u16) {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.resize(size).unwrap();
        self.parser.screen_mut().set_size(rows, cols);
    }

    /// Goes through the gate: the question is there; it is answered once keys count.
    fn proceed(&mut self, typed: &str) {
        self.wait("Proceed?");
        // the line that says what to do next comes when keys count
        self.wait("tab to Proceed");
        self.send(typed);
        self.wait(&format!("{typed}▏"));
        self.send("\ty");
    }

    /// Reads to the end and gives what was written last.
    fn end(mut self) -> (u32, String) {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self
            .output
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            self.raw.extend(bytes);
        }
        let code = self.child.wait().unwrap().exit_code();
        (code, String::from_utf8_lossy(&self.raw).into_owned())
    }
}

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
    screen.send("x");
    screen.wait("scale to 2");
    screen.send("\u{1b}[B\r");
    screen.wait("Why?");
    // a paste is no key, and Enter only makes a new line
    screen.send("\u{1b}[200~yyyy\r\u{1b}[201~");
    screen.send("test of the gate\u{13}");
    screen.wait("CONFIRM");
    // keys that were typed before it may be answered do not count
    screen.send("\ty\ty");
    screen.wait("tab to Proceed");
    screen.send("y\u{1b}[200~y\u{1b}[201~");
    screen.send("\t");
    screen.send("y");
    screen.wait("done: deploy/homer/homer wants 2 replicas");
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
    screen.wait("guests · 7");
    screen.send("/traefik\r");
    screen.wait("guests · 1");
    screen.send("x");
    screen.wait("roll back to the snapshot");
    screen.send("\u{1b}[B\u{1b}[B\u{1b}[B\u{1b}[B\r");
    screen.wait("Why?");
    screen.send("the upgrade broke it\u{13}");
    screen.wait("is lost");
    screen.wait("pct rollback 210 pre-upgrade");
    // it can be answered in a window of another size too
    screen.resize(24, 80);
    screen.proceed("210 1");
    screen.wait("done: lxc/wow-prox1/210 is running");
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
fn nothing_that_is_typed_or_pasted_in_haste_confirms() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("holds up");
    screen.send(":deploy\r");
    screen.wait("AVAILABLE");
    screen.send("/homer\r");
    screen.wait("deployments · 1");
    screen.send("x");
    screen.wait("restart the rollout");
    screen.send("\r");
    screen.wait("Why?");
    screen.send("haste\u{13}");
    screen.send(&"\ty".repeat(100));
    screen.wait("CONFIRM");
    screen.send(&format!("\u{1b}[200~{}\u{1b}[201~", "y\t\r".repeat(3400)));
    screen.send("\u{1b}");
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
fn a_change_whose_end_was_never_recorded_is_shown_and_looked_at_again() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(&state.path().join("redbutton"));
    journal
        .append(&Record {
            context: "admin".into(),
            command: "oc rollout restart deploy/homer -n homer".into(),
            objects: vec!["deploy/homer/homer uid of-another-day".into()],
            ..Record::new(EntryKind::Intent, "cut-off", "2026-01-01T00:00:00Z")
        })
        .unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("never recorded");
    // what the server has is known once the lists are there
    screen.wait("holds up");
    screen.send("r");
    screen.wait("a new one of");
    screen.send("\u{1b}");
    screen.gone("never recorded");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
    let verified = journal.verify().unwrap();
    assert_eq!((verified.faults.len(), verified.open.len()), (0, 0));
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
