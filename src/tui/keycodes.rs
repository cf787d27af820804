//! Keys as the configuration writes them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key's name and the bits of its modifiers.
pub(super) type Code = (String, u8);

/// Name and modifiers of a key as the configuration writes it.
pub(super) fn parse(text: &str) -> Option<Code> {
    let mut rest = text;
    let mut modifiers = KeyModifiers::NONE;
    for (prefix, modifier) in [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
        ("shift-", KeyModifiers::SHIFT),
    ] {
        if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
            rest = after;
            modifiers |= modifier;
        }
    }
    const NAMES: [&str; 15] = [
        "enter",
        "esc",
        "tab",
        "space",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ];
    let function = rest
        .strip_prefix('f')
        .and_then(|number| number.parse::<u8>().ok())
        .is_some_and(|number| (1..=12).contains(&number));
    let known = rest.chars().count() == 1 || NAMES.contains(&rest) || function;
    known.then(|| (rest.to_owned(), modifiers.bits()))
}

/// The same of a key that was pressed.
pub(super) fn of_event(key: KeyEvent) -> Option<Code> {
    let mut modifiers =
        key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
    let name = match key.code {
        KeyCode::Char(' ') => "space".into(),
        KeyCode::Char(c) => {
            // the capital letter says it already
            modifiers -= KeyModifiers::SHIFT;
            c.to_string()
        }
        KeyCode::Enter => "enter".into(),
        KeyCode::Esc => "esc".into(),
        KeyCode::Tab => "tab".into(),
        KeyCode::BackTab => {
            modifiers |= KeyModifiers::SHIFT;
            "tab".into()
        }
        KeyCode::Backspace => "backspace".into(),
        KeyCode::Delete => "delete".into(),
        KeyCode::Insert => "insert".into(),
        KeyCode::Home => "home".into(),
        KeyCode::End => "end".into(),
        KeyCode::PageUp => "pageup".into(),
        KeyCode::PageDown => "pagedown".into(),
        KeyCode::Up => "up".into(),
        KeyCode::Down => "down".into(),
        KeyCode::Left => "left".into(),
        KeyCode::Right => "right".into(),
        KeyCode::F(number) => format!("f{number}"),
        _ => return None,
    };
    Some((name, modifiers.bits()))
}
