//! Long text on the screen: logs by how bad a line is, YAML by its keys.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};
use unicode_width::UnicodeWidthChar;

use super::{
    app::App,
    filter::literal_marks,
    keys::Act,
    logview::TextView,
    text::{clean, fit, width},
    theme::Theme,
    widgets::{found, marked, panel},
};
use crate::insight::capacity::Level;

/// Draws a text that fills the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, view: &mut TextView) {
    let inner = panel(frame, area, &app.theme, &view.title, &state(view), true);
    view.width = usize::from(inner.width);
    if view.lines.is_empty() {
        let text = match (&view.end, view.waiting) {
            (Some(why), _) => format!("? {}", clean(why)),
            (None, true) => "◌ Waiting.".into(),
            (None, false) => "It is empty.".into(),
        };
        frame.render_widget(
            Paragraph::new(Line::styled(text, app.theme.dim())).wrap(Wrap { trim: true }),
            inner,
        );
        return;
    }
    let (y, drawn) = draw_lines(frame, inner, app, view);
    below(frame, area, app, view, view.lines.len() - drawn);
    if let Some(why) = view.end.as_ref().filter(|_| y < inner.bottom()) {
        let text = format!("[{}]", clean(why));
        frame.render_widget(
            Line::styled(text, app.theme.dim()),
            Rect {
                y,
                height: 1,
                ..inner
            },
        );
    }
}

/// Draws the lines from the offset on. Gives back the row after the last one, and how many lines of
/// the text are on the screen or above it.
fn draw_lines(frame: &mut Frame<'_>, inner: Rect, app: &App, view: &TextView) -> (u16, usize) {
    let mut y = inner.y;
    for (at, line) in view.lines.iter().enumerate().skip(view.offset) {
        let style = if view.hit() == Some(at) {
            app.theme.selected()
        } else {
            Style::default()
        };
        for line in lines(&app.theme, view, line, usize::from(inner.width)) {
            if y >= inner.bottom() {
                return (y, at);
            }
            let place = Rect {
                y,
                height: 1,
                ..inner
            };
            frame.render_widget(line.style(style), place);
            y += 1;
        }
    }
    (y, view.lines.len())
}

/// Says on the lower border how much follows: who has scrolled away does not take the screen for the end.
fn below(frame: &mut Frame<'_>, area: Rect, app: &App, view: &TextView, left: usize) {
    if left == 0 {
        return;
    }
    let word = match (left, &view.log) {
        (1, Some(_)) => "newer line",
        (_, Some(_)) => "newer lines",
        (1, None) => "line",
        (_, None) => "lines",
    };
    let key = app.keys.key(Act::Bottom);
    let text = fit(
        &format!(" {left} {word} below · {key} to the end "),
        usize::from(area.width.saturating_sub(4)),
    );
    let taken = u16::try_from(width(&text)).unwrap_or_default();
    let style = match &view.log {
        Some(log) if log.follow => app.theme.warning(),
        _ => app.theme.dim(),
    };
    let place = Rect {
        x: area.right().saturating_sub(taken + 2),
        y: area.bottom().saturating_sub(1),
        width: taken,
        height: 1,
    };
    frame.render_widget(Line::styled(text, style), place);
}

/// What stands on the right of the title.
fn state(view: &TextView) -> String {
    let mut words = Vec::new();
    words.extend(view.hits());
    if view.dropped > 0 {
        words.push(format!("{} lines dropped", view.dropped));
    }
    if let Some(log) = &view.log {
        words.push(if view.end.is_some() || !view.waiting && log.previous {
            "ended".into()
        } else if log.follow && !log.previous {
            "following".into()
        } else {
            "not following".into()
        });
        if log.containers.len() > 1 {
            words.push(format!(
                "container {} of {}",
                log.container + 1,
                log.containers.len()
            ));
        }
    }
    if view.wrap {
        words.push("wrapped".into());
    }
    let total = view.lines.len();
    words.push(format!("{}/{total}", (view.offset + 1).min(total)));
    words.join(" · ")
}

/// A line of the text as it is drawn: one, or several where lines are wrapped.
fn lines(theme: &Theme, view: &TextView, line: &str, width: usize) -> Vec<Line<'static>> {
    let text = clean(line);
    let parts = match &view.log {
        Some(_) => log_parts(theme, &text),
        None => yaml_parts(theme, &text),
    };
    let marks = literal_marks(&text, view.searched());
    let mut drawn = Vec::new();
    let mut from = text
        .char_indices()
        .nth(view.sideways)
        .map_or(text.len(), |(at, _)| at);
    loop {
        let to = from + cut(&text[from..], width).len();
        drawn.push(Line::from(piece(theme, &text, from..to, &parts, &marks)));
        from = to;
        if !view.wrap || from >= text.len() {
            return drawn;
        }
    }
}

/// A piece of a text with the styles of its parts.
fn piece(
    theme: &Theme,
    text: &str,
    piece: Range<usize>,
    parts: &[(Range<usize>, Style)],
    marks: &[Range<usize>],
) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (part, style) in parts {
        let (start, end) = (part.start.max(piece.start), part.end.min(piece.end));
        let Some(inside) = text.get(start..end).filter(|inside| !inside.is_empty()) else {
            continue;
        };
        let marks: Vec<Range<usize>> = marks
            .iter()
            .map(|mark| mark.start.max(start)..mark.end.min(end))
            .filter(|mark| mark.start < mark.end)
            .map(|mark| mark.start - start..mark.end - start)
            .collect();
        spans.extend(marked(inside, &marks, *style, found(theme)));
    }
    spans
}

/// As much of a text as fits into so many cells; at least one character, so that wrapping ends.
fn cut(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += UnicodeWidthChar::width(c).unwrap_or(0);
        if used > cells && at > 0 {
            return &text[..at];
        }
    }
    text
}

/// A line of a log: its time dim, and the rest by how bad it says that it is.
fn log_parts(theme: &Theme, text: &str) -> Vec<(Range<usize>, Style)> {
    let style = match severity(text) {
        Some(Level::Critical) => theme.broken().remove_modifier(Modifier::BOLD),
        Some(Level::Warning) => theme.warning(),
        _ => theme.text(),
    };
    let time = text.find(' ').filter(|end| is_time(&text[..*end]));
    let time = time.unwrap_or(0);
    vec![(0..time, theme.dim()), (time..text.len(), style)]
}

/// `2025-11-25T14:00:42.123Z`, as the API server puts before lines.
fn is_time(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 20 && bytes[4] == b'-' && bytes[10] == b'T' && bytes[13] == b':'
}

/// How bad a line says that it is: by a word for it, or by klog's first letter.
fn severity(text: &str) -> Option<Level> {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    // it is said at the beginning, if at all
    for word in words.take(12) {
        let klog = word.len() == 5 && word.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        match (word.bytes().next(), klog) {
            (Some(b'E' | b'F'), true) => return Some(Level::Critical),
            (Some(b'W'), true) => return Some(Level::Warning),
            (Some(b'I'), true) => return None,
            _ => {}
        }
        match word.to_ascii_lowercase().as_str() {
            "error" | "err" | "fatal" | "panic" | "critical" => return Some(Level::Critical),
            "warn" | "warning" => return Some(Level::Warning),
            "info" | "debug" | "trace" | "notice" => return None,
            _ => {}
        }
    }
    None
}

/// A line of YAML: keys in the accent's colour, comments and marks dim.
fn yaml_parts(theme: &Theme, text: &str) -> Vec<(Range<usize>, Style)> {
    let mut at = text.len() - text.trim_start_matches(' ').len();
    if text[at..].starts_with('#') {
        return vec![(0..text.len(), theme.dim())];
    }
    while text[at..].starts_with("- ") {
        at += 2;
    }
    let mut parts = vec![(0..at, theme.dim())];
    if let Some(key) = key_of(&text[at..]) {
        let accent = theme.accent().remove_modifier(Modifier::BOLD);
        parts.push((at..at + key, accent));
        parts.push((at + key..at + key + 1, theme.dim()));
        at += key + 1;
    }
    parts.push((at..text.len(), theme.text()));
    parts
}

/// Length of the key that a line of YAML begins with.
fn key_of(text: &str) -> Option<usize> {
    let end = match text.find(": ") {
        Some(end) => end,
        None => text.len().checked_sub(1).filter(|_| text.ends_with(':'))?,
    };
    let quoted = text.starts_with(['"', '\'']);
    (quoted || !text[..end].contains(' ')).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_bad_it_is() {
        assert_eq!(
            severity("E1125 14:00:01 driver.go:12] refused"),
            Some(Level::Critical)
        );
        assert_eq!(severity("I1125 14:00:01 retry after error"), None);
        assert_eq!(severity("level=warn msg=\"slow\""), Some(Level::Warning));
        assert_eq!(severity("{\"level\":\"error\"}"), Some(Level::Critical));
        assert_eq!(severity("GET /errors 200"), None);
    }

    #[test]
    fn keys_of_yaml_are_found() {
        assert_eq!(key_of("name: plex"), Some(4));
        assert_eq!(key_of("spec:"), Some(4));
        assert_eq!(key_of("just some text: here"), None);
        assert_eq!(key_of("\"a b\": 1"), Some(5));
        assert_eq!(key_of("plain"), None);
        assert_eq!(key_of(""), None);
    }

    #[test]
    fn the_parts_of_a_line_are_all_of_it() {
        let theme = Theme::named(
            "dark",
            std::path::Path::new("none"),
            crate::tui::Ground::Dark,
        )
        .unwrap();
        for line in ["  - name: x", "# note", "", "a: b: c", "- - :", "ключ: ö"] {
            let parts = yaml_parts(&theme, line);
            let whole: String = parts.iter().map(|(part, _)| &line[part.clone()]).collect();
            assert_eq!(whole, line);
        }
    }
}
