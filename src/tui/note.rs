//! An entry for PROGRESS.md: offered after something was done and seen to be done, written when the
//! user says so.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::{Line, Span};
use tui_textarea::{CursorMove, TextArea};

use super::{
    app::App,
    guide::wrap,
    modal::Modal,
    msg::Effect,
    text::{clean, fit},
};

/// The entry as it is typed.
pub(super) struct Note {
    /// The change that it is about.
    deed: u64,
    text: TextArea<'static>,
}

/// Opens the entry for what was done last.
pub(super) fn open(app: &mut App) {
    if !app.scribes {
        return app.say("the configuration names no PROGRESS.md: [journal] progress");
    }
    let Some((deed, entry)) = app.tray.noteworthy(app.glass.reason()) else {
        return app.say("nothing was done that is worth a note");
    };
    let mut text = TextArea::new(vec![entry]);
    text.move_cursor(CursorMove::End);
    app.modal = Some(Modal::Note(Box::new(Note { deed, text })));
}

/// A key while the entry is typed.
pub(super) fn key(app: &mut App, key: KeyEvent, mut note: Box<Note>) -> Vec<Effect> {
    let writes = key.code == KeyCode::Char('s') && key.modifiers.contains(KeyModifiers::CONTROL);
    if key.code == KeyCode::Esc {
        return Vec::new();
    }
    if !writes {
        note.text.input(key);
        app.modal = Some(Modal::Note(note));
        return Vec::new();
    }
    let line = note.text.lines().join(" ");
    let Some((task, description)) = line.split_once(" - ") else {
        app.say("an entry is: what was done - how and why");
        app.modal = Some(Modal::Note(note));
        return Vec::new();
    };
    app.tray.noted(note.deed);
    vec![Effect::Note {
        task: task.into(),
        description: description.into(),
    }]
}

/// How it looks.
pub(super) fn lines(app: &App, note: &Note, room: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let date = app.now.strftime("%Y-%m-%d");
    let line = format!("- [{date}]: {}", note.text.lines().join(" "));
    let mut lines: Vec<Line<'static>> = wrap(&clean(&line), room.saturating_sub(3))
        .into_iter()
        .map(|text| Line::styled(format!(" {text}"), theme.text()))
        .collect();
    if let Some(last) = lines.last_mut() {
        last.push_span(Span::styled("▏", theme.accent()));
    }
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        fit(" ctrl-s append it   esc leave it out", room),
        theme.dim(),
    ));
    lines
}
