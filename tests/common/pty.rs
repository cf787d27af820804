//! The program in a pseudo-terminal.

use std::{
    io::{Read, Write},
    path::Path,
    sync::mpsc,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtyPair, PtySize, native_pty_system};

pub const PATIENCE: Duration = Duration::from_secs(90);
pub const DOWN: &str = "\u{1b}[B";
pub const ESC: &str = "\u{1b}";
/// Breaks the glass once its reason is typed.
pub const BREAK: &str = "\u{13}";

pub struct Screen {
    parser: vt100::Parser,
    pub raw: Vec<u8>,
    output: mpsc::Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

/// A terminal of 120×40.
pub fn pair() -> PtyPair {
    let size = PtySize {
        rows: 40,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    native_pty_system().openpty(size).unwrap()
}

/// The program with a folder for all it keeps.
pub fn program(arguments: &[&str], state: &Path, kubeconfig: Option<&Path>) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_redbutton"));
    command.args(arguments);
    command.env("TERM", "xterm-256color");
    command.env("XDG_STATE_HOME", state);
    command.env("XDG_CONFIG_HOME", state);
    command.env("HOME", state);
    match kubeconfig {
        Some(file) => command.env("KUBECONFIG", file),
        None => command.env_remove("KUBECONFIG"),
    }
    for name in ["COLORFGBG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

/// A text whose lines are joined.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the question may be answered by now.
pub fn is_answerable(text: &str) -> bool {
    text.contains("tab to Proceed") || text.contains("press y to do it")
}

impl Screen {
    /// The program with a folder for all it keeps.
    pub fn open(arguments: &[&str], state: &Path) -> Self {
        Self::on(arguments, state, None)
    }

    /// The program on a cluster.
    pub fn on(arguments: &[&str], state: &Path, kubeconfig: Option<&Path>) -> Self {
        let pair = pair();
        let command = program(arguments, state, kubeconfig);
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
            parser: vt100::Parser::new(40, 120, 0),
            raw: Vec::new(),
            output,
            input,
            child,
            master: pair.master,
        }
    }

    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Reads until the screen holds a text.
    pub fn wait(&mut self, wanted: &str) {
        self.until(wanted, |text| text.contains(wanted));
    }

    /// Reads until the screen no longer holds a text.
    pub fn gone(&mut self, unwanted: &str) {
        self.until(&format!("end of {unwanted}"), |text| {
            !text.contains(unwanted)
        });
    }

    /// Reads until the screen is as it is wanted. Its lines are joined, for a text may be wrapped.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.text()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(why) => panic!("no `{what}` ({why}):\n{}", self.text()),
            }
        }
    }

    /// Reads until these bytes were written.
    pub fn wait_for_bytes(&mut self, wanted: &[u8]) {
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

    /// Reads until the tray, whose lines are wrapped, holds these words.
    pub fn wait_tray(&mut self, wanted: &str) {
        self.until(wanted, |text| flat(text).contains(wanted));
    }

    pub fn send(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Presses a key until the screen is as it is wanted, with a moment between: one that is held down
    /// is no answer.
    pub fn press(&mut self, key: &str, what: &str, wanted: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.text()) {
            assert!(Instant::now() < end, "no {what}:\n{}", self.text());
            self.send(key);
            let next = Instant::now() + Duration::from_secs(1);
            while let left = next.saturating_duration_since(Instant::now())
                && let Ok(bytes) = self.output.recv_timeout(left)
            {
                self.parser.process(&bytes);
                self.raw.extend(bytes);
            }
        }
    }

    /// Makes the window another size.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.resize(size).unwrap();
        self.parser.screen_mut().set_size(rows, cols);
    }

    /// Opens a table and leaves one row in it.
    pub fn row(&mut self, view: &str, filter: &str) {
        self.send(&format!(":{view}\r"));
        self.wait("/ filter");
        self.send(&format!("/{filter}\r"));
        self.wait(" · 1 ");
        self.gone("▏");
    }

    /// Opens the menu and takes an entry of it.
    pub fn choose(&mut self, entry: &str) {
        let wanted = format!("▶ {entry}");
        let end = Instant::now() + PATIENCE;
        loop {
            self.send("x");
            self.wait("enter plan it");
            let text = self.text();
            if text.contains(&wanted) || text.contains(&format!("│   {entry}")) {
                break;
            }
            // the row changed just before: the menu is that of the state before
            assert!(Instant::now() < end, "no `{entry}`:\n{text}");
            self.send(ESC);
            self.gone("enter plan it");
        }
        let chosen = |text: &str| {
            let mut lines = text.lines();
            lines.find(|line| line.contains('▶')).map(str::to_owned)
        };
        for _ in 0..12 {
            let before = chosen(&self.text());
            if before.as_ref().is_some_and(|line| line.contains(&wanted)) {
                break;
            }
            self.send(DOWN);
            // the rest of the screen changes by itself
            self.until("another entry", |text| chosen(text) != before);
        }
        self.wait(&wanted);
        self.send("\r");
    }

    /// Goes through the gate: types what is asked for, and answers once keys count.
    pub fn proceed(&mut self) {
        // what is harmless is answered at once
        self.until("tab to Proceed", is_answerable);
        if self.text().contains("press y to do it") {
            self.send("y");
            return self.gone("Proceed?");
        }
        let text = self.text();
        if let Some((_, rest)) = text.split_once("Type \"") {
            let typed = rest.split_once("\":").unwrap().0.to_owned();
            self.send(&typed);
            self.wait(&format!("{typed}▏"));
        }
        self.send("\t");
        self.wait("press y to do it");
        self.send("y");
        self.gone("Proceed?");
    }

    /// Breaks the glass for a reason.
    pub fn break_glass(&mut self, reason: &str) {
        self.send("B");
        self.wait("Why?");
        self.send(&format!("{reason}{BREAK}"));
        self.wait("GLASS OPEN");
    }

    /// Reads to the end and gives what was written last.
    pub fn end(mut self) -> (u32, String) {
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
