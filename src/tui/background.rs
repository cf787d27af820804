//! Whether the terminal is light: it is asked for the colour of its background, and nobody waits for
//! the answer. What it answers comes among the keys; it is told apart there.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tokio::time::Instant;

/// The question (OSC 11).
pub(super) const QUESTION: &str = "\x1b]11;?\x1b\\";
/// An answer begins within this time, or it is none.
const PATIENCE: Duration = Duration::from_secs(2);
/// No answer is longer.
const LONGEST: usize = 40;

/// Takes the answer out of the keys.
pub(super) struct Listener {
    /// Until when an answer may begin; `None` when there is nothing to wait for (any more).
    until: Option<Instant>,
    /// What came of an answer so far.
    part: Option<String>,
}

/// What a key is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A key of the user.
    Key(KeyEvent),
    /// A part of the answer.
    Part,
    /// The end of the answer: whether the background is light, where that could be read.
    Answer(Option<bool>),
}

impl Listener {
    /// One that waits for an answer, or for none.
    pub fn new(asked: bool) -> Self {
        Self {
            until: asked.then(|| Instant::now() + PATIENCE),
            part: None,
        }
    }

    /// Looks at a key.
    pub fn hear(&mut self, key: KeyEvent) -> Heard {
        let Some(until) = self.until else {
            return Heard::Key(key);
        };
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let Some(part) = &mut self.part else {
            // `ESC ]` reads as Alt with a bracket
            if alt && key.code == KeyCode::Char(']') && Instant::now() < until {
                self.part = Some(String::new());
                return Heard::Part;
            }
            return Heard::Key(key);
        };
        match key.code {
            // it ends with `ESC \` or with a bell
            KeyCode::Char('\\') if alt => {}
            KeyCode::Char('g') if control => {}
            KeyCode::Char(c) if !alt && !control && part.len() < LONGEST => {
                part.push(c);
                return Heard::Part;
            }
            // no answer after all: this is the user again
            _ => {
                *self = Self::new(false);
                return Heard::Key(key);
            }
        }
        let light = is_light(part);
        *self = Self::new(false);
        Heard::Answer(light)
    }
}

/// Reads `11;rgb:ffff/ffff/ffff`; the components have one to four digits each.
fn is_light(answer: &str) -> Option<bool> {
    let colour = answer.strip_prefix("11;")?;
    let colour = colour
        .strip_prefix("rgb:")
        .or_else(|| colour.strip_prefix("rgba:"))?;
    let share = |digits: &str| {
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)? - 1;
        let value = u32::from_str_radix(digits, 16).ok()?;
        (most > 0).then(|| f64::from(value) / f64::from(most))
    };
    let shares: Vec<f64> = colour
        .split('/')
        .take(3)
        .map(share)
        .collect::<Option<_>>()?;
    let [red, green, blue] = shares[..] else {
        return None;
    };
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
    }

    fn alt(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT)
    }

    #[test]
    fn an_answer_is_taken_out_and_keys_are_not() {
        let mut listener = Listener::new(true);
        assert_eq!(listener.hear(plain('1')), Heard::Key(plain('1')));
        assert_eq!(listener.hear(alt(']')), Heard::Part);
        for c in "11;rgb:fafa/fafa/fafa".chars() {
            assert_eq!(listener.hear(plain(c)), Heard::Part);
        }
        assert_eq!(listener.hear(alt('\\')), Heard::Answer(Some(true)));
        assert_eq!(listener.hear(alt(']')), Heard::Key(alt(']')));
    }

    #[test]
    fn without_a_question_nothing_is_taken() {
        let mut listener = Listener::new(false);
        assert_eq!(listener.hear(alt(']')), Heard::Key(alt(']')));
    }

    #[test]
    fn what_is_no_answer_goes_back_to_the_user() {
        let mut listener = Listener::new(true);
        assert_eq!(listener.hear(alt(']')), Heard::Part);
        let key = KeyEvent::new(KeyCode::Down, KeyModifiers::NONE);
        assert_eq!(listener.hear(key), Heard::Key(key));
        assert_eq!(listener.hear(plain('q')), Heard::Key(plain('q')));
    }

    #[test]
    fn colours_are_light_or_dark() {
        assert_eq!(is_light("11;rgb:ff/ff/ff"), Some(true));
        assert_eq!(is_light("11;rgb:1818/1818/1c1c"), Some(false));
        assert_eq!(is_light("11;rgba:0000/0000/0000/ffff"), Some(false));
        assert_eq!(is_light("10;rgb:ff/ff/ff"), None);
        assert_eq!(is_light("11;rgb:ff/ff"), None);
        assert_eq!(is_light("11;rgb:xx/ff/ff"), None);
    }
}
