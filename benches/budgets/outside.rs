//! Figures of the program itself, in a pseudo-terminal, against a lab in a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::{
    NODES, PODS,
    cluster::{JSON, client, get},
    sheet::{Sheet, percentile},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_redbutton");
const PATIENCE: Duration = Duration::from_secs(60);
/// So long it is watched while nothing happens.
const IDLE: Duration = Duration::from_secs(60);
/// The same where more would only cost patience.
const SHORTER: Duration = Duration::from_secs(30);
/// First polls of usage and the first diagnosis are over after this time.
const SETTLED: Duration = Duration::from_secs(25);

/// Measures.
pub fn measure(sheet: &mut Sheet) {
    let size = std::fs::metadata(PROGRAM).unwrap().len();
    sheet.number("binary", mebibytes(size), "MiB", Some(15.0));
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::start(folder.path(), 0);
    let json = whole_list(folder.path());
    sheet.time("(all pods as one JSON list, by a plain client)", json, None);
    let (first, full) = start(folder.path());
    sheet.time("start to first frame", first, Some(50));
    sheet.time("start to the full pod table", full, None);
    sheet.number(
        "the same, as a share of the JSON list",
        full.as_secs_f64() / json.as_secs_f64(),
        "×",
        Some(0.2),
    );
    let mut console = Console::open(folder.path());
    console.watch(SETTLED);
    sheet.number(
        "resident memory",
        console.memory("VmRSS"),
        "MiB",
        Some(40.0),
    );
    sheet.number(
        "resident memory, at its peak",
        console.memory("VmHWM"),
        "MiB",
        None,
    );
    sheet.number(
        "CPU, idle, overview",
        console.load(IDLE),
        "% of a core",
        Some(0.5),
    );
    console.open_pods();
    sheet.number(
        "CPU, idle, pod table",
        console.load(SHORTER),
        "% of a core",
        Some(0.5),
    );
    sheet.time(
        "key to what the terminal is sent, p99",
        console.keys(),
        Some(16),
    );
    drop((console, lab));
    let lab = Lab::start(folder.path(), 60);
    let mut console = Console::open(folder.path());
    console.watch(SETTLED);
    let load = console.load(SHORTER);
    sheet.number("CPU at 60 updates/s", load, "% of a core", Some(5.0));
    sheet.number(
        "resident memory at 60 updates/s, at its peak",
        console.memory("VmHWM"),
        "MiB",
        None,
    );
    drop((console, lab));
}

#[allow(clippy::cast_precision_loss)] // to two digits
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

struct Lab(Child);

impl Lab {
    fn start(folder: &Path, churn: usize) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["lab", "serve", "--scale"])
            .arg(format!("nodes={NODES},pods={PODS},churn={churn}"))
            .arg("--dir")
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        // the last line it prints before it serves for good
        let ready = out
            .lines()
            .any(|line| line.unwrap().starts_with("contexts"));
        assert!(ready);
        Self(child)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// How long a plain client takes for what the console shows.
fn whole_list(folder: &Path) -> Duration {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kubeconfig = kube::config::Kubeconfig::read_from(folder.join("kubeconfig")).unwrap();
    runtime.block_on(async {
        let client = client(kubeconfig).await;
        get(&client, "/version", JSON).await;
        let began = Instant::now();
        assert!(get(&client, "/api/v1/pods", JSON).await.len() > PODS);
        began.elapsed()
    })
}

/// First frame and full pod table, each the median of five starts.
fn start(folder: &Path) -> (Duration, Duration) {
    let mut first = Vec::new();
    let mut full = Vec::new();
    for _ in 0..5 {
        let mut console = Console::open(folder);
        console.wait("redbutton");
        first.push(console.began.elapsed());
        console.open_pods();
        full.push(console.began.elapsed());
    }
    (percentile(&mut first, 50), percentile(&mut full, 50))
}

struct Console {
    parser: vt100::Parser,
    output: mpsc::Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    began: Instant,
    _master: Box<dyn MasterPty + Send>,
}

impl Console {
    fn open(folder: &Path) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 50,
                cols: 200,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", folder);
        command.env("XDG_CONFIG_HOME", folder);
        command.env("HOME", folder);
        command.env("KUBECONFIG", folder.join("kubeconfig"));
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let input = pair.master.take_writer().unwrap();
        let (tx, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || tx.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            parser: vt100::Parser::new(50, 200, 0),
            output,
            input,
            child,
            began,
            _master: pair.master,
        }
    }

    /// Reads until the screen holds a text.
    fn wait(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.parser.screen().contents().contains(wanted) {
            let left = end.saturating_duration_since(Instant::now());
            let part = self.output.recv_timeout(left);
            self.parser
                .process(&part.unwrap_or_else(|_| panic!("no `{wanted}` on the screen")));
        }
    }

    fn press(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    fn open_pods(&mut self) {
        self.press(":pods\r");
        self.wait(&format!("pods · {PODS}"));
    }

    /// Takes in what it draws for a while.
    fn watch(&mut self, how_long: Duration) {
        let end = Instant::now() + how_long;
        while let Ok(part) = self
            .output
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            self.parser.process(&part);
        }
    }

    fn proc(&self, file: &str) -> String {
        let id = self.child.process_id().unwrap();
        std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap()
    }

    /// A figure of its memory in MiB.
    fn memory(&self, name: &str) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        mebibytes(kibibytes * 1024)
    }

    /// Hundredths of a second that it has run, threads that ended among them.
    fn ran(&self) -> u32 {
        let stat = self.proc("stat");
        // the name before the last bracket may hold anything
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        fields[11..13]
            .iter()
            .map(|ticks| ticks.parse::<u32>().unwrap())
            .sum()
    }

    /// Its share of a core over a time, in percent.
    fn load(&mut self, how_long: Duration) -> f64 {
        let (before, began) = (self.ran(), Instant::now());
        self.watch(how_long);
        f64::from(self.ran() - before) / began.elapsed().as_secs_f64()
    }

    /// From a key to the first bytes of its frame, the slowest but one in a hundred.
    fn keys(&mut self) -> Duration {
        let mut all: Vec<Duration> = (0..200)
            .map(|nth| {
                self.watch(Duration::from_millis(20));
                let began = Instant::now();
                self.press(if nth % 2 == 0 { "j" } else { "k" });
                let part = self.output.recv_timeout(PATIENCE).unwrap();
                let took = began.elapsed();
                self.parser.process(&part);
                took
            })
            .collect();
        percentile(&mut all, 99)
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
