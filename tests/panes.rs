//! Every pane at three sizes, with colours and without; and that no frame is ever overrun.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/lines.rs"]
mod lines;
#[path = "common/screen.rs"]
mod screen;

use lines::text;
use proptest::prelude::*;
use redbutton::{
    domain::{Object, Pod},
    inventory::{Change, Update},
    tui::{Msg, update},
};
use screen::{app, frame, press};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

const SCREENS: [(&str, &str); 16] = [
    ("overview", ""),
    ("blades", "1"),
    ("incidents", "2"),
    ("storage", "3"),
    ("apps", "4"),
    ("machines", "5"),
    ("proxmox", "6"),
    ("guide", "<enter>"),
    ("detail", ":pods<enter>/prometheus-0<enter><enter>"),
    ("nodes", ":nodes<enter>"),
    ("pods", ":pods<enter>"),
    ("events", ":events<enter>"),
    ("volumes", ":pv<enter>"),
    ("deployments-alone", ":deployments<enter>v"),
    ("filtered", ":pods<enter>/arr<enter>"),
    ("help", "?"),
];

#[test]
fn every_pane_at_three_sizes() {
    for (name, keys) in SCREENS {
        for (width, height) in SIZES {
            let mut app = app(true);
            press(&mut app, keys);
            let shown = text(&frame(&mut app, width, height));
            assert_eq!(shown.lines().count(), usize::from(height), "{name}");
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), shown);
        }
    }
}

#[test]
fn without_colours_the_text_is_the_same_and_nothing_is_coloured() {
    for (name, keys) in SCREENS {
        let mut plain = app(false);
        press(&mut plain, keys);
        let buffer = frame(&mut plain, 120, 40);
        let mut coloured = app(true);
        press(&mut coloured, keys);
        assert_eq!(
            text(&buffer),
            text(&frame(&mut coloured, 120, 40)),
            "{name}"
        );
        let bare = buffer.content.iter().all(|cell| {
            cell.fg == ratatui::style::Color::Reset && cell.bg == ratatui::style::Color::Reset
        });
        assert!(bare, "{name} has colours");
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{1b}]0;x\u{7}",
        "\0",
        "\u{202e}",
        "漢字",
        "é\u{301}",
        "\r\n",
        "\t",
        "a",
        "👩‍👩‍👧",
        "\u{9b}31m",
        "﷽",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..40).prop_map(|list| list.concat()),
        Just("x".repeat(10_000)),
        ".{0,60}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn hostile_names_and_messages_break_nothing(name in hostile(), message in hostile(), width in 20_u16..210, height in 5_u16..45) {
        let mut app = app(true);
        let mut pod = Pod::default();
        pod.meta.key = redbutton::domain::Key::new(&name, &name);
        pod.phase = "Pending".into();
        pod.message = message.as_str().into();
        pod.reason = message.as_str().into();
        update(&mut app, Msg::Update(Box::new(Update::Changes(vec![Change::Put(Object::Pod(pod.into()))]))));
        for keys in ["", ":pods<enter>", "<enter>", "<esc><esc>d"] {
            press(&mut app, keys);
            let buffer = frame(&mut app, width, height);
            for cell in &buffer.content {
                let bad = cell.symbol().chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
                prop_assert!(!bad, "{:?}", cell.symbol());
            }
            // what a table shows stays within its border
            if keys == ":pods<enter>" && width >= 40 && height >= 10 {
                for y in 2..height - 1 {
                    let last = buffer[(width - 1, y)].symbol();
                    prop_assert!(["│", "╮", "╯"].contains(&last), "{last:?}\n{}", text(&buffer));
                }
            }
        }
    }
}

#[test]
fn how_to_sync_and_what_to_go_back_to_are_chosen_in_forms_that_fit() {
    for (width, height) in SIZES {
        let mut app = app(false);
        press(&mut app, ":apps<enter>/homer<enter>x<down><down><enter>");
        let form = text(&frame(&mut app, width, height));
        for words in [
            "sync app/openshift-gitops/homer",
            "d [ ] dry run",
            "differs",
            "disrupt",
        ] {
            assert!(form.contains(words), "{words}: {form}");
        }
        press(&mut app, "pa");
        let form = text(&frame(&mut app, width, height));
        for words in [
            "p [x] prune",
            "only the 1 marked",
            "[x] Deployment homer/homer",
            "destroy",
        ] {
            assert!(form.contains(words), "{words}: {form}");
        }
        press(&mut app, "<esc>x<down><down><down><enter>");
        let list = text(&frame(&mut app, width, height));
        for words in [
            "roll back app/openshift-gitops/homer",
            "there now, 3f2c1abd90e1",
            "switch it off first",
            "3f2c1abd90e1",
        ] {
            assert!(list.contains(words), "{words}: {list}");
        }
    }
}
