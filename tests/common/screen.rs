//! What the screen tests share: an app on a small dump of the lab, at a fixed time.

use std::{path::Path, time::Duration};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use redbutton::{
    config::profile,
    domain::Time,
    insight::{diagnosis::Case, incidents::survey},
    sources::dump,
    tui::{App, Keymap, Msg, Opening, Theme, update, view},
};

use crate::common::runbooks;

/// An app on the dump, surveyed.
pub fn app(colours: bool) -> App {
    let now: Time = include_str!("../dump/now.txt").parse().unwrap();
    let read = dump::read(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/dump"
    )))
    .unwrap();
    assert!(read.skipped.is_empty());
    let profile = profile("seed-lab").unwrap();
    let books = runbooks();
    let found = survey(&Case {
        inventory: &read.inventory,
        logs: &read.logs,
        runbooks: &books,
        profile: &profile,
        now,
    });
    let theme = Theme::named("dark", Path::new("none"), redbutton::tui::Ground::Dark).unwrap();
    let theme = if colours {
        theme
    } else {
        theme.without_colours()
    };
    let keys = Keymap::new(&Default::default()).unwrap();
    let mut app = App::new(profile, theme, keys, Opening::Dump, now).with_inventory(read.inventory);
    update(&mut app, Msg::Surveyed(Box::new(found), Duration::ZERO));
    app
}

/// Presses keys: characters, or `<enter>`, `<esc>`, `<tab>`, `<down>`, `<up>`, `<right>`.
pub fn press(app: &mut App, keys: &str) {
    let mut rest = keys;
    while let Some(first) = rest.chars().next() {
        let (code, used) = match rest
            .strip_prefix('<')
            .and_then(|inner| inner.split_once('>'))
        {
            Some((name, _)) if first == '<' => {
                let code = match name {
                    "enter" => KeyCode::Enter,
                    "esc" => KeyCode::Esc,
                    "tab" => KeyCode::Tab,
                    "down" => KeyCode::Down,
                    "up" => KeyCode::Up,
                    "right" => KeyCode::Right,
                    other => panic!("no key {other}"),
                };
                (code, name.len() + 2)
            }
            _ => (KeyCode::Char(first), first.len_utf8()),
        };
        update(app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        app.derive();
        rest = &rest[used..];
    }
}

/// Draws one frame of a size.
pub fn frame(app: &mut App, width: u16, height: u16) -> Buffer {
    app.derive();
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view(app, frame)).unwrap();
    terminal.backend().buffer().clone()
}
