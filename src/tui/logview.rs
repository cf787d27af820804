//! Long text: YAML and logs, with search, wrapping and a bound on what is kept.

use std::collections::VecDeque;

use crate::domain::ObjectRef;

/// Bytes of a log that are kept; older lines go and are counted.
const KEPT: usize = 4 * 1024 * 1024;

/// A text that fills the screen.
pub(super) struct TextView {
    pub title: String,
    pub about: ObjectRef,
    pub lines: VecDeque<String>,
    bytes: usize,
    /// Lines that were dropped because the log grew too long.
    pub dropped: usize,
    partial: String,
    pub offset: usize,
    pub sideways: usize,
    pub wrap: bool,
    pub search: String,
    /// Of a log: what is being read.
    pub log: Option<LogState>,
    /// Still being fetched.
    pub waiting: bool,
    /// Why it ended, or cannot be had.
    pub end: Option<String>,
}

/// What log is being read.
pub(super) struct LogState {
    pub id: u64,
    pub containers: Vec<String>,
    pub container: usize,
    pub previous: bool,
    pub follow: bool,
    pub timestamps: bool,
}

impl TextView {
    pub(super) fn new(title: String, about: ObjectRef) -> Self {
        Self {
            title,
            about,
            lines: VecDeque::new(),
            bytes: 0,
            dropped: 0,
            partial: String::new(),
            offset: 0,
            sideways: 0,
            wrap: false,
            search: String::new(),
            log: None,
            waiting: true,
            end: None,
        }
    }

    /// Puts in a whole text.
    pub(super) fn set(&mut self, text: &str) {
        self.lines = text.lines().map(str::to_owned).collect();
        self.waiting = false;
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.partial.clear();
        self.bytes = 0;
        self.dropped = 0;
        self.offset = 0;
        self.waiting = true;
        self.end = None;
    }

    /// Adds a part of a log.
    pub(super) fn add(&mut self, part: &str, page: usize) {
        self.waiting = false;
        let at_end = self.offset + page >= self.lines.len();
        self.partial.push_str(part);
        while let Some(end) = self.partial.find('\n') {
            let line: String = self.partial.drain(..=end).collect();
            self.line(line.trim_end_matches(['\n', '\r']).to_owned());
        }
        // a line without end must not grow without bound
        if self.partial.len() > 64 * 1024 {
            let line = std::mem::take(&mut self.partial);
            self.line(line);
        }
        if at_end && self.log.as_ref().is_some_and(|log| log.follow) {
            self.offset = self.lines.len().saturating_sub(page);
        }
    }

    fn line(&mut self, line: String) {
        self.bytes += line.len() + 1;
        self.lines.push_back(line);
        while self.bytes > KEPT {
            let Some(gone) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= gone.len() + 1;
            self.dropped += 1;
            self.offset = self.offset.saturating_sub(1);
        }
    }

    /// Ends a log.
    pub(super) fn finish(&mut self, why: Option<String>, page: usize) {
        if !self.partial.is_empty() {
            let line = std::mem::take(&mut self.partial);
            self.line(line);
            self.offset = self.lines.len().saturating_sub(page);
        }
        self.waiting = false;
        self.end = why;
    }

    /// Moves by so many lines.
    pub(super) fn go(&mut self, by: isize, page: usize) {
        let last = self.lines.len().saturating_sub(page.max(1));
        self.offset = self.offset.saturating_add_signed(by).min(last);
    }

    /// Goes to the next line with what is searched for, forwards or backwards, around the end.
    pub(super) fn find(&mut self, forwards: bool) -> bool {
        let total = self.lines.len();
        if self.search.is_empty() || total == 0 {
            return false;
        }
        let wanted = self.search.to_lowercase();
        for step in 1..=total {
            let at = if forwards {
                (self.offset + step) % total
            } else {
                (self.offset + total - step) % total
            };
            if self.lines[at].to_lowercase().contains(&wanted) {
                self.offset = at;
                return true;
            }
        }
        false
    }

    /// The whole text, to be saved.
    pub(super) fn whole(&self) -> String {
        let mut text = String::with_capacity(self.bytes);
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> TextView {
        TextView::new("log".into(), ObjectRef::new("Pod", "media", "sonarr"))
    }

    #[test]
    fn lines_are_put_together_from_parts_and_the_oldest_go() {
        let mut view = log();
        view.add("one\ntw", 10);
        view.add("o\nthree", 10);
        assert_eq!(view.lines, ["one", "two"]);
        view.finish(None, 10);
        assert_eq!(view.lines.len(), 3);
        let long = "x".repeat(1023) + "\n";
        for _ in 0..5000 {
            view.add(&long, 10);
        }
        assert!(view.bytes <= KEPT && view.dropped > 0);
        assert_eq!(view.dropped + view.lines.len(), 5003);
    }

    #[test]
    fn search_goes_round() {
        let mut view = log();
        view.set("a\nneedle\nb\nneedle\n");
        view.search = "NEEDLE".into();
        assert!(view.find(true));
        assert_eq!(view.offset, 1);
        view.find(true);
        assert_eq!(view.offset, 3);
        view.find(true);
        assert_eq!(view.offset, 1);
        view.search = "absent".into();
        assert!(!view.find(true));
    }
}
