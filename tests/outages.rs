//! A back end that fails: said within five seconds, whole again within ten of its return, figures too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use redbutton::{
    domain::{Freshness, Kind},
    inventory::{Inventory, SourceId, SourceState, Update},
    lab::{Options, start},
    sources::kube::{KubeSettings, follow},
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

/// Seconds that an outage lasts.
const LASTS: u32 = 3;

struct Screen {
    inventory: Inventory,
    rx: mpsc::Receiver<Update>,
}

impl Screen {
    /// Takes in what comes until something holds; fails when it does not in time.
    async fn until(&mut self, what: &str, end: Instant, holds: impl Fn(&Inventory) -> bool) {
        while !holds(&self.inventory) {
            let update = timeout_at(end, self.rx.recv()).await;
            let update = update.unwrap_or_else(|_| panic!("{what}: {:?}", self.inventory.sources));
            self.inventory.apply(update.unwrap());
        }
    }
}

fn live(inventory: &Inventory, source: &SourceId) -> bool {
    let status = inventory.sources.get(source);
    status.is_some_and(|status| matches!(status.state, SourceState::Live(_)))
}

fn whole(inventory: &Inventory) -> bool {
    live(inventory, &SourceId::Kube)
        && live(inventory, &SourceId::Metrics)
        && matches!(inventory.freshness(Kind::Pod), Freshness::Live(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_fail_is_said_soon_and_over_soon_after_its_end() {
    let lab = start(&Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    lab.write_files(folder.path()).unwrap();
    let settings = KubeSettings {
        kubeconfig: Some(folder.path().join("kubeconfig")),
        metrics: true,
        ..KubeSettings::default()
    };
    let (tx, rx) = mpsc::channel(1000);
    let _source = follow(settings, tx).unwrap();
    let mut screen = Screen {
        inventory: Inventory::new(),
        rx,
    };
    let patience = |seconds| Instant::now() + Duration::from_secs(seconds);
    screen.until("start", patience(30), whole).await;
    let rows = screen.inventory.pods.iter().count();
    for kind in ["500", "429", "401", "half", "hang"] {
        lab.fail(kind, LASTS);
        let begun = Instant::now();
        let said = |inventory: &Inventory| {
            let pods = matches!(inventory.freshness(Kind::Pod), Freshness::Stale { .. });
            pods && !live(inventory, &SourceId::Kube)
        };
        screen
            .until(kind, begun + Duration::from_secs(5), said)
            .await;
        assert!(screen.inventory.pods.iter().count() >= rows, "{kind}");
        screen
            .until(
                kind,
                begun + Duration::from_secs(u64::from(LASTS) + 10),
                whole,
            )
            .await;
    }
}
