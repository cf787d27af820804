//! What the panes of the console show each user of a real server.

use std::{path::Path, time::Duration};

use ratatui::{Terminal, backend::TestBackend};
use redbutton::{
    config::profile,
    domain::{Freshness, Kind, Time},
    inventory::{Inventory, Update},
    sources::kube::follow,
    tui::{App, Keymap, Opening, Theme, view},
};
use tokio::{sync::mpsc, time::timeout};

use crate::{cluster::Cluster, lines::text};

const PATIENCE: Duration = Duration::from_secs(60);

/// What came of following the cluster until all was read that may be read.
struct Seen {
    inventory: Inventory,
    /// Pods of the first screen, as `namespace/name`.
    first_screen: Vec<String>,
}

fn is_settled(inventory: &Inventory) -> bool {
    let waits =
        |freshness: &Freshness| matches!(freshness, Freshness::Waiting | Freshness::Loading(..));
    !inventory.identity.context.is_empty()
        && !Kind::ALL
            .iter()
            .any(|kind| waits(inventory.freshness(*kind)))
}

async fn look(cluster: &Cluster, user: &str) -> Seen {
    let (tx, mut rx) = mpsc::channel(1000);
    let _source = follow(cluster.settings(user), tx).unwrap();
    let mut seen = Seen {
        inventory: Inventory::new(),
        first_screen: Vec::new(),
    };
    let all = async {
        while !is_settled(&seen.inventory) {
            let update = rx.recv().await.unwrap();
            if let Update::PodRows(rows) = &update {
                let pods = rows.iter().map(|row| row.pod.to_string());
                seen.first_screen.extend(pods);
                assert!(rows.iter().all(|row| &*row.status == "Pending"), "{rows:?}");
            }
            seen.inventory.apply(update);
        }
    };
    let done = timeout(PATIENCE, all).await;
    assert!(done.is_ok(), "{user}: {:?}", seen.inventory.sources);
    seen.first_screen.sort();
    seen
}

/// The overview, each column of panes below the other: words that are wrapped stay together.
fn overview(inventory: Inventory) -> String {
    let keys = Keymap::new(&Default::default()).unwrap();
    let theme = Theme::named("dark", Path::new("none"), redbutton::tui::Ground::Dark).unwrap();
    let profile = profile("neutral").unwrap();
    let mut app =
        App::new(profile, theme, keys, Opening::Live, Time::now()).with_inventory(inventory);
    app.derive();
    let mut terminal = Terminal::new(TestBackend::new(120, 50)).unwrap();
    terminal.draw(|frame| view(&mut app, frame)).unwrap();
    let drawn = text(terminal.backend().buffer());
    let columns = [0, 1].map(|column| {
        let cells = drawn.lines().map(|line| {
            let mut parts = line.split("││").flat_map(|part| part.split("╮╭"));
            parts
                .nth(column)
                .unwrap_or_default()
                .trim_matches([' ', '│'])
        });
        cells.collect::<Vec<_>>().join(" ")
    });
    columns.join("\n")
}

fn holds(user: &str, screen: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(screen.contains(words), "{user}: no `{words}` in\n{screen}");
    }
}

/// With and without the kinds of operators.
pub async fn each_user_sees_the_truth(cluster: &Cluster, operators: bool) {
    let machines = if operators {
        "Virtual machines · none"
    } else {
        "not installed"
    };
    let applications = if operators {
        "1 healthy, in sync"
    } else {
        "not installed"
    };
    for user in ["admin", "reader"] {
        let seen = look(cluster, user).await;
        assert_eq!(
            seen.first_screen,
            ["media/media-app", "other/other-app"],
            "{user}"
        );
        let screen = overview(seen.inventory);
        holds(
            user,
            &screen,
            &[
                "blade-1",
                "media/library Pending nfs-fast",
                machines,
                applications,
            ],
        );
        assert_eq!(screen.contains("(admin)"), user == "admin", "{screen}");
    }

    let part = look(cluster, "nsuser").await;
    assert!(part.first_screen.is_empty());
    assert_eq!(part.inventory.pods.len(), 1);
    let screen = overview(part.inventory);
    let own = [
        "⊘ only media",
        "media/library Pending",
        "May not watch nodes in the whole cluster",
    ];
    holds("nsuser", &screen, &own);
    holds("nsuser", &screen, &[machines, applications]);

    let none = look(cluster, "nobody").await;
    let screen = overview(none.inventory);
    holds(
        "nobody",
        &screen,
        &["✖ ? broken", "May not watch pods", "May not watch nodes"],
    );

    let bad = look(cluster, "bad").await;
    let screen = overview(bad.inventory);
    holds(
        "bad",
        &screen,
        &[
            "redbutton bad",
            "✖ ? broken",
            "credentials are refused (401)",
        ],
    );
}
