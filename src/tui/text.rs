//! Text from servers, made harmless and cut to width.

use std::{borrow::Cow, ops::Range};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::Time;

/// No text of a server is drawn longer than this; what is longer is for the YAML view.
const LONGEST: usize = 4096;

/// Whether a character could move the cursor, turn the writing direction, or hide.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{061c}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e0fff}' | '\u{fe00}'..='\u{fe0f}' | '\u{00ad}')
}

/// Text without anything that a terminal would obey, on one line.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cleaned = text[..end].chars().map(|c| match c {
        '\n' | '\t' | '\r' => ' ',
        c if is_harmful(c) => '\u{fffd}',
        c => c,
    });
    Cow::Owned(cleaned.collect())
}

/// Whether each byte of a text is one cell, as nearly always.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Cells that a text takes.
pub(super) fn width(text: &str) -> usize {
    if is_plain(text) {
        text.len()
    } else {
        text.width()
    }
}

/// The text cut to so many cells; a cut shows as `…`. Never longer, and no character is halved.
pub(super) fn fit(text: &str, cells: usize) -> String {
    let text = clean(text);
    if width(&text) <= cells {
        return text.into_owned();
    }
    if cells == 0 {
        return String::new();
    }
    if is_plain(&text) {
        return format!("{}…", &text[..cells - 1]);
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = grapheme.width();
        if used + wide > cells - 1 {
            break;
        }
        used += wide;
        kept.push_str(grapheme);
    }
    kept.push('…');
    kept
}

/// The text cut to so many cells with its beginning and its end kept: names of siblings differ in
/// their ends.
pub(super) fn fit_middle(text: &str, cells: usize) -> String {
    let text = clean(text);
    if width(&text) <= cells {
        return text.into_owned();
    }
    if cells < 5 {
        return fit(&text, cells);
    }
    let tail_room = (cells - 1) * 2 / 5;
    let mut tail = Vec::new();
    let mut used = 0;
    for grapheme in text.graphemes(true).rev() {
        used += grapheme.width();
        if used > tail_room {
            break;
        }
        tail.push(grapheme);
    }
    let tail: String = tail.into_iter().rev().collect();
    let head = text.strip_suffix(tail.as_str()).unwrap_or(&text);
    fit(head, cells - tail.width()) + &tail
}

/// The text cut or filled to exactly so many cells, on the left or right.
pub(super) fn pad(text: &str, cells: usize, right: bool) -> String {
    let text = fit(text, cells);
    let space = " ".repeat(cells.saturating_sub(width(&text)));
    if right { space + &text } else { text + &space }
}

/// Breaks a text at blanks where it can, else anywhere, into lines of so many cells.
pub(super) fn wrap(text: &str, cells: usize) -> Vec<String> {
    breaks(text, cells)
        .into_iter()
        .map(|place| text[place].to_owned())
        .collect()
}

/// Where a text breaks into lines of so many cells, as byte positions; at least one line.
pub(super) fn breaks(text: &str, cells: usize) -> Vec<Range<usize>> {
    let cells = cells.max(8);
    let mut lines = Vec::new();
    let (mut from, mut to, mut used) = (0, 0, 0);
    for word in text.split_inclusive(' ') {
        let wide = width(word.trim_end());
        if used > 0 && used + wide > cells {
            lines.push(from..to);
            (from, used) = (to, 0);
        }
        if used + wide <= cells && is_plain(word) {
            used += word.len();
            to += word.len();
            continue;
        }
        for grapheme in word.graphemes(true) {
            let wide = grapheme.width();
            if used + wide > cells && grapheme != " " {
                lines.push(from..to);
                (from, used) = (to, 0);
            }
            used += wide;
            to += grapheme.len();
        }
    }
    lines.push(from..to);
    for line in &mut lines {
        line.end = line.start + text[line.clone()].trim_end().len();
    }
    if lines.len() > 1 {
        lines.retain(|line| !line.is_empty());
    }
    lines
}

/// How long ago, in one unit: `14m`, `2h`, `3d`.
pub(super) fn age(since: Option<Time>, now: Time) -> String {
    let Some(since) = since else {
        return "-".into();
    };
    seconds(now.duration_since(since).as_secs().max(0).unsigned_abs())
}

/// A length of time in one unit.
#[must_use]
pub fn seconds(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Bytes with a binary unit and at most three digits that matter.
#[allow(clippy::cast_precision_loss)] // for people
pub(super) fn bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "Ki", "Mi", "Gi", "Ti", "Pi"] {
        if value < 1000.0 {
            return if value >= 10.0 || unit == "B" || (value - value.round()).abs() < 0.05 {
                format!("{value:.0} {unit}")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1024.0;
    }
    format!("{value:.0} Ei")
}

/// A share as a percentage, right-aligned in four cells, `-` where not known.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "   -".into(), |share| format!("{:3.0}%", share * 100.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_direction_marks_are_taken_out() {
        let hostile = "a\u{1b}[2Jb\u{202e}c\0d\u{9b}31me\nf";
        assert!(!clean(hostile).chars().any(is_harmful));
        assert_eq!(clean("plex-config"), "plex-config");
    }

    #[test]
    fn a_name_keeps_the_end_that_tells_it_from_its_siblings() {
        let name = "truenas-iscsi-democratic-csi-controller-6c9f7d-x2x9q";
        assert_eq!(fit_middle(name, 24), "truenas-iscsi-…f7d-x2x9q");
        assert_eq!(fit_middle("plex-0", 24), "plex-0");
        assert_eq!(fit_middle(name, 3), "tr…");
    }

    #[test]
    fn wrapping_loses_nothing_and_keeps_to_the_width() {
        let text = "a rather long sentence with averyveryverylongwordthatmustbecut and an end";
        let lines = wrap(text, 12);
        assert!(lines.iter().all(|line| width(line) <= 12), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert_eq!(wrap("", 12), [""]);
    }

    proptest! {
        #[test]
        fn any_text_wraps_within_its_width(text in ".{0,80}", cells in 8usize..30) {
            for line in wrap(&text, cells) {
                prop_assert!(line.width() <= cells, "{line:?}");
            }
        }

        #[test]
        fn any_text_fits_and_is_harmless(text in any::<String>(), cells in 0usize..60) {
            let fitted = fit(&text, cells);
            prop_assert!(fitted.width() <= cells);
            prop_assert!(!fitted.chars().any(is_harmful));
            prop_assert_eq!(pad(&text, cells, true).width(), cells);
            let middle = fit_middle(&text, cells);
            prop_assert!(middle.width() <= cells);
            prop_assert!(!middle.chars().any(is_harmful));
        }
    }
}
