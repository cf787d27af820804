//! A console on one source of the lab, which goes on while the lab changes.

use std::time::Duration;

use redbutton::inventory::{Inventory, SourceId, SourceState, SourceStatus, Update};
use tokio::sync::mpsc;

/// Longer than the longest pause of the console and the slowest answer of the lab together.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the console knows, and where its news come from.
pub struct Console {
    pub inventory: Inventory,
    id: SourceId,
    rx: mpsc::Receiver<Update>,
}

impl Console {
    /// Follows a source with what is given here.
    pub fn on<F>(id: SourceId, follow: impl FnOnce(mpsc::Sender<Update>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (tx, rx) = mpsc::channel(64);
        tokio::spawn(follow(tx));
        Self {
            inventory: Inventory::new(),
            id,
            rx,
        }
    }

    /// Listens until something is so.
    pub async fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is(self) {
            match tokio::time::timeout_at(deadline, self.rx.recv()).await {
                Ok(Some(update)) => self.inventory.apply(update),
                other => panic!("{what}: {other:?}; {:?}", self.inventory.sources),
            }
        }
    }

    pub fn status(&self) -> Option<&SourceStatus> {
        self.inventory.sources.get(&self.id)
    }

    /// What is said of the source, in one text.
    pub fn said(&self) -> String {
        match self.status().map(|status| &status.state) {
            Some(SourceState::Live(_)) => "live".into(),
            Some(SourceState::Limited { why, .. }) => format!("limited: {why}"),
            Some(SourceState::Stale { why, .. }) => format!("stale: {why}"),
            Some(SourceState::Unreachable { why, .. }) => format!("unreachable: {why}"),
            Some(SourceState::Refused { why, advice }) => format!("refused: {why}: {advice}"),
            other => format!("{other:?}"),
        }
    }
}
