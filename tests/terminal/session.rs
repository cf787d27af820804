//! The program on a lab of its own, and the world beside it.

use std::{path::PathBuf, time::Instant};

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{
    pty::{ESC, PATIENCE, Screen, flat, is_answerable},
    world::World,
};

pub struct Session {
    pub runtime: Runtime,
    pub world: World,
    pub screen: Screen,
    /// What the program keeps.
    pub state: tempfile::TempDir,
}

impl Session {
    /// The program on the lab, once it knows its world, with more lines for the configuration.
    pub fn open(config: &str) -> Self {
        Self::with(config, &[])
    }

    /// The same, as another of the lab's users.
    pub fn with(config: &str, arguments: &[&str]) -> Self {
        let runtime = Runtime::new().unwrap();
        let world = runtime.block_on(World::open());
        let file = world.folder.path().join("config.toml");
        let own = std::fs::read_to_string(&file).unwrap();
        std::fs::write(
            &file,
            format!("{own}\n[glass]\ncool-down-seconds = 3\n{config}"),
        )
        .unwrap();
        let state = tempfile::tempdir().unwrap();
        let mut screen = screen(&world, &state, arguments);
        screen.wait("holds up");
        Self {
            runtime,
            world,
            screen,
            state,
        }
    }

    /// Another console on the same world with the same books.
    pub fn another(&self) -> Screen {
        screen(&self.world, &self.state, &[])
    }

    pub fn get(&self, path: &str) -> Option<Value> {
        self.runtime.block_on(self.world.get(path))
    }

    pub fn list(&self, path: &str) -> Vec<Value> {
        self.runtime.block_on(self.world.list(path))
    }

    pub fn make(&self, path: &str, object: Value) -> Value {
        self.runtime.block_on(self.world.make(path, object))
    }

    /// Asks for an object until it is as it is wanted.
    pub fn until(&self, what: &str, path: &str, wanted: impl Fn(Option<&Value>) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            let now = self.get(path);
            if wanted(now.as_ref()) {
                return;
            }
            assert!(Instant::now() < end, "{what}: {now:#?}");
        }
    }

    /// A merge patch, as somebody else would send it.
    pub fn patch(&self, path: &str, patch: &Value) {
        let request = http::Request::patch(path)
            .header("content-type", "application/merge-patch+json")
            .body(patch.to_string().into_bytes())
            .unwrap();
        let done = self
            .runtime
            .block_on(self.world.client.request_text(request));
        assert!(done.is_ok(), "{path}: {done:?}");
    }

    pub fn delete(&self, path: &str) {
        let request = http::Request::delete(path).body(Vec::new()).unwrap();
        let done = self
            .runtime
            .block_on(self.world.client.request_text(request));
        assert!(done.is_ok(), "{path}: {done:?}");
    }

    /// Begins an outage of the lab, or ends it.
    pub fn outage(&self, method: &str, path: &str) {
        self.runtime.block_on(self.world.outage(method, path));
    }

    /// Has the lab do something of its own.
    pub fn control(&self, path: &str) {
        self.runtime.block_on(self.world.control("POST", path));
    }

    /// Takes an entry of the menu for a row, through the gate, and waits for its words in the tray. What
    /// changed just before is looked at again, as one would.
    pub fn act(&mut self, view: &str, filter: &str, entry: &str, says: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.is_done(view, filter, entry, says) {
            assert!(Instant::now() < end, "{entry}:\n{}", self.screen.text());
        }
    }

    /// Tries it once; whether it was not refused for what had changed.
    fn is_done(&mut self, view: &str, filter: &str, entry: &str, says: &str) -> bool {
        const REFUSED: &str = "the server would refuse it";
        const LOCKED: &str = "wait until that is over";
        let refusals = |text: &str| text.matches("nothing was done").count();
        self.screen.row(view, filter);
        self.screen.choose(entry);
        self.screen.until("the question", |text| {
            text.contains(REFUSED) || text.contains(LOCKED) || is_answerable(text)
        });
        let text = self.screen.text();
        if text.contains(REFUSED) {
            self.screen.send(ESC);
            self.screen.gone("Proceed?");
            return false;
        }
        if text.contains(LOCKED) {
            return false;
        }
        let before = refusals(&text);
        self.screen.proceed();
        self.screen.until(says, |text| {
            flat(text).contains(says) || refusals(text) > before
        });
        refusals(&self.screen.text()) == before
    }

    pub fn journal(&self) -> PathBuf {
        self.state.path().join("redbutton/journal.jsonl")
    }

    /// What the program itself says of its journal: its exit code and its words.
    pub fn verified(&self) -> (i32, String) {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_redbutton"))
            .args(["journal", "verify"])
            .env("XDG_STATE_HOME", self.state.path())
            .env("XDG_CONFIG_HOME", self.state.path())
            .env("HOME", self.state.path())
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&out.stdout).into_owned();
        (out.status.code().unwrap(), words)
    }
}

fn screen(world: &World, state: &tempfile::TempDir, arguments: &[&str]) -> Screen {
    let config = world.folder.path().join("config.toml");
    let mut all = vec!["--config", config.to_str().unwrap()];
    all.extend(arguments);
    let kubeconfig = world.folder.path().join("kubeconfig");
    Screen::on(&all, state.path(), Some(&kubeconfig))
}
