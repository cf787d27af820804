//! Figures of single steps, in this process.

use std::{
    hint::black_box,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use redbutton::{
    config::profile,
    domain::{Freshness, Kind, LogBook, Object, Time},
    insight::{
        diagnosis::{BUNDLED, Case, Runbooks, parse_runbooks},
        incidents::survey,
        troubles::troubles,
    },
    inventory::{Change, Inventory, Update},
    sources::{dump, kube::read_list},
    tui::{App, Keymap, Msg, Opening, Theme, update, view},
};

use crate::{
    cluster::{Cluster, JSON, PROTOBUF, kinds, path},
    sheet::{Sheet, median, percentile},
};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];
/// Name and the keys that lead there.
const SCREENS: [(&str, &str); 7] = [
    ("overview", ""),
    ("pods", ":pods\r"),
    ("deployments", ":deployments\r"),
    ("claims", ":pvc\r"),
    ("nodes", ":nodes\r"),
    ("events", ":events\r"),
    ("pod details", ":pods\r\r"),
];
/// So many changes come between two looks at the keyboard at a thousand a second.
const CHANGES_A_FRAME: usize = 16;
const FRAME_MS: u32 = 16;
/// One key in so many comes while sums over everything are made and drawn, and waits for that: the
/// screen gives these a share of its time.
const WAITS: usize = 40;
/// Stands for the key that takes back a letter.
const BACK: char = '\u{8}';

/// Measures.
pub fn measure(sheet: &mut Sheet) {
    let cluster = Cluster::start();
    decoding(sheet, &cluster);
    let inventory = applying(sheet, &cluster);
    thinking(sheet, &inventory);
    reading_a_dump(sheet, &cluster);
    frames(sheet, &inventory);
    keys(sheet, &inventory);
}

fn once<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let began = Instant::now();
    let made = work();
    (began.elapsed(), made)
}

fn decoding(sheet: &mut Sheet, cluster: &Cluster) {
    for (word, accept, protobuf, most) in [
        ("protobuf", PROTOBUF, true, 200),
        ("JSON", JSON, false, 1000),
    ] {
        let body: Bytes = cluster.get(&path(Kind::Pod), accept);
        let took = median(5, || {
            once(|| black_box(read_list(Kind::Pod, protobuf, body.clone()).unwrap())).0
        });
        let size = body.len() >> 20;
        sheet.time(
            format!("decode all pods, {word}, {size} MiB"),
            took,
            Some(most),
        );
    }
}

fn objects(cluster: &Cluster) -> Vec<Object> {
    kinds()
        .flat_map(|kind| read_list(kind, true, cluster.get(&path(kind), PROTOBUF)).unwrap())
        .collect()
}

fn applying(sheet: &mut Sheet, cluster: &Cluster) -> Inventory {
    let objects = objects(cluster);
    let fill = || {
        let mut inventory = Inventory::new();
        for batch in objects.chunks(512) {
            let changes = batch.iter().cloned().map(Change::Put).collect();
            inventory.apply(Update::Changes(changes));
        }
        inventory
    };
    let took = median(5, || once(|| black_box(fill())).0);
    sheet.time(
        format!("put {} objects into the inventory", objects.len()),
        took,
        Some(200),
    );
    let mut inventory = fill();
    for kind in Kind::ALL {
        inventory.apply(Update::Freshness(*kind, Freshness::Live(Time::now())));
    }
    inventory
}

fn runbooks() -> Runbooks {
    let all = BUNDLED
        .iter()
        .flat_map(|(file, text)| parse_runbooks(file, text).unwrap());
    Runbooks::new(all.collect())
}

fn thinking(sheet: &mut Sheet, inventory: &Inventory) {
    let profile = profile("neutral").unwrap();
    let now = Time::now();
    let took = median(9, || {
        once(|| black_box(troubles(inventory, &profile, now))).0
    });
    sheet.time("find all troubles", took, Some(50));
    let (took, books) = once(runbooks);
    sheet.time("compile the runbooks", took, None);
    let logs = LogBook::new();
    let case = Case {
        inventory,
        logs: &logs,
        runbooks: &books,
        profile: &profile,
        now,
    };
    let (took, found) = once(|| survey(&case));
    sheet.time(
        format!("diagnose all, {} incidents", found.incidents.len()),
        took,
        Some(1000),
    );
}

fn reading_a_dump(sheet: &mut Sheet, cluster: &Cluster) {
    let folder = tempfile::tempdir().unwrap();
    for kind in kinds() {
        let file = format!("{}.json", kind.resource().plural);
        std::fs::write(folder.path().join(file), cluster.get(&path(kind), JSON)).unwrap();
    }
    let books = runbooks();
    let profile = profile("neutral").unwrap();
    let took = median(3, || {
        once(|| {
            let read = dump::read(folder.path()).unwrap();
            assert!(read.inventory.pods.len() == crate::PODS);
            let case = Case {
                inventory: &read.inventory,
                logs: &read.logs,
                runbooks: &books,
                profile: &profile,
                now: read.now,
            };
            black_box(survey(&case))
        })
        .0
    });
    sheet.time("read a dump of all that and diagnose it", took, Some(1000));
}

fn app(inventory: &Inventory) -> App {
    let theme = Theme::named("dark", Path::new("none"), redbutton::tui::Ground::Dark).unwrap();
    let keys = Keymap::new(&Default::default()).unwrap();
    App::new(
        profile("neutral").unwrap(),
        theme,
        keys,
        Opening::Live,
        Time::now(),
    )
    .with_inventory(inventory.clone())
}

fn key(letter: char) -> Msg {
    let code = match letter {
        '\r' => KeyCode::Enter,
        BACK => KeyCode::Backspace,
        letter => KeyCode::Char(letter),
    };
    Msg::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn draw(app: &mut App, terminal: &mut Terminal<TestBackend>) {
    app.derive();
    terminal.draw(|frame| view(app, frame)).unwrap();
}

fn frames(sheet: &mut Sheet, inventory: &Inventory) {
    for (name, keys) in SCREENS {
        for (width, height) in SIZES {
            let mut app = app(inventory);
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            for letter in keys.chars() {
                update(&mut app, key(letter));
                draw(&mut app, &mut terminal);
            }
            let took = median(51, || {
                update(&mut app, Msg::Resize);
                once(|| draw(&mut app, &mut terminal)).0
            });
            sheet.time(
                format!("frame of {name}, {width}×{height}"),
                took,
                Some(FRAME_MS),
            );
        }
    }
}

/// A key to its frame while a thousand pods a second change: the worst that a user meets.
fn keys(sheet: &mut Sheet, inventory: &Inventory) {
    for (name, keys, presses) in [
        ("overview", "", ['j', 'k']),
        ("pods", ":pods\r", ['j', 'k']),
        ("pods by memory", ":pods\rsssssss", ['j', 'k']),
        ("pods filtered", ":pods\r/1\r", ['j', 'k']),
        ("a letter of a filter", ":pods\r/app-0", ['1', BACK]),
    ] {
        let mut app = app(inventory);
        let mut terminal = Terminal::new(TestBackend::new(200, 50)).unwrap();
        for letter in keys.chars() {
            update(&mut app, key(letter));
            draw(&mut app, &mut terminal);
        }
        let pods: Vec<_> = inventory.pods.iter().cloned().collect();
        let mut pods = pods.iter().cycle();
        let mut all: Vec<Duration> = (0..300)
            .map(|nth| {
                let changes = pods
                    .by_ref()
                    .take(CHANGES_A_FRAME)
                    // another object, as every event brings one
                    .map(|pod| Change::Put(Object::Pod(Arc::new((**pod).clone()))))
                    .collect();
                let change = Msg::Update(Box::new(Update::Changes(changes)));
                let press = key(presses[nth % 2]);
                once(|| {
                    update(&mut app, change);
                    if nth % WAITS == 0 {
                        draw(&mut app, &mut terminal);
                    }
                    update(&mut app, press);
                    app.refill();
                    terminal.draw(|frame| view(&mut app, frame)).unwrap();
                })
                .0
            })
            .collect();
        let p99 = percentile(&mut all, 99);
        sheet.time(
            format!("key to frame at 1,000 updates/s, {name}, p99"),
            p99,
            Some(FRAME_MS),
        );
    }
}
