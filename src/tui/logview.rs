//! Long text: YAML and logs, with search, wrapping and a bound on what is kept.

use std::collections::VecDeque;

use super::{
    filter::contains,
    text::{clean, width as cells},
};
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
    /// Cells of a row, as it was drawn last.
    pub width: usize,
    search: Search,
    /// Shows the last line with what is searched for as soon as all is there.
    seek: bool,
    /// Of a log: what is being read.
    pub log: Option<LogState>,
    /// Still being fetched.
    pub waiting: bool,
    /// Why it ended, or cannot be had.
    pub end: Option<String>,
}

/// What is searched for.
#[derive(Default)]
struct Search {
    /// In small letters; empty where nothing is.
    wanted: String,
    /// Lines that hold it.
    hits: usize,
    /// The line that was gone to last.
    at: Option<usize>,
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
            width: 0,
            search: Search::default(),
            seek: false,
            log: None,
            waiting: true,
            end: None,
        }
    }

    /// Puts in a whole text.
    pub(super) fn set(&mut self, text: &str) {
        self.lines = text.lines().map(str::to_owned).collect();
        self.waiting = false;
        self.count();
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.partial.clear();
        self.bytes = 0;
        self.dropped = 0;
        self.offset = 0;
        self.search.hits = 0;
        self.search.at = None;
        self.waiting = true;
        self.end = None;
    }

    /// Adds a part of a log.
    pub(super) fn add(&mut self, part: &str, page: usize) {
        self.waiting = false;
        let at_end = self.offset >= self.last(page);
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
            self.offset = self.last(page);
        }
    }

    fn line(&mut self, line: String) {
        self.bytes += line.len() + 1;
        self.search.hits += usize::from(self.is_hit(&line));
        self.lines.push_back(line);
        while self.bytes > KEPT {
            let Some(gone) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= gone.len() + 1;
            self.dropped += 1;
            self.offset = self.offset.saturating_sub(1);
            self.search.hits -= usize::from(self.is_hit(&gone));
            self.search.at = self.search.at.and_then(|at| at.checked_sub(1));
        }
    }

    /// Ends a log.
    pub(super) fn finish(&mut self, why: Option<String>, page: usize) {
        if !self.partial.is_empty() {
            let line = std::mem::take(&mut self.partial);
            let at_end = self.offset >= self.last(page);
            self.line(line);
            if at_end {
                self.offset = self.last(page);
            }
        }
        self.waiting = false;
        self.end = why;
        if std::mem::take(&mut self.seek) {
            self.count();
            self.search.at = None;
            self.offset = 0;
            self.find(false, page);
        }
    }

    /// Moves by so many lines.
    pub(super) fn go(&mut self, by: isize, page: usize) {
        self.offset = self.offset.saturating_add_signed(by).min(self.last(page));
    }

    /// The first line on a page that ends with the last line.
    fn last(&self, page: usize) -> usize {
        let mut room = page.max(1);
        let mut first = self.lines.len();
        for line in self.lines.iter().rev() {
            let rows = self.rows(line);
            if rows > room {
                break;
            }
            room -= rows;
            first -= 1;
        }
        // a line that is longer than a page is shown from its beginning
        first.min(self.lines.len().saturating_sub(1))
    }

    /// Rows that a line takes.
    fn rows(&self, line: &str) -> usize {
        if self.wrap && self.width > 0 {
            cells(&clean(line)).div_ceil(self.width).max(1)
        } else {
            1
        }
    }

    /// What is searched for, in small letters.
    pub(super) fn searched(&self) -> &str {
        &self.search.wanted
    }

    fn is_hit(&self, line: &str) -> bool {
        !self.search.wanted.is_empty() && contains(line, &self.search.wanted)
    }

    fn count(&mut self) {
        self.search.hits = self.lines.iter().filter(|line| self.is_hit(line)).count();
    }

    /// Looks for the last line with a text as soon as all is there.
    pub(super) fn seek(&mut self, wanted: &str) {
        self.search.wanted = wanted.to_lowercase();
        self.seek = true;
    }

    /// Searches for something else, from what is on the screen on. Says whether it is there.
    pub(super) fn search(&mut self, wanted: &str, page: usize) -> bool {
        self.search.wanted = wanted.to_lowercase();
        self.search.at = self.offset.checked_sub(1);
        self.count();
        if self.search.at.is_none() && self.lines.front().is_some_and(|line| self.is_hit(line)) {
            self.search.at = Some(0);
            return true;
        }
        self.find(true, page)
    }

    /// Goes to the next line with what is searched for, forwards or backwards, around the end.
    pub(super) fn find(&mut self, forwards: bool, page: usize) -> bool {
        let total = self.lines.len();
        if self.search.hits == 0 || total == 0 {
            self.search.at = None;
            return false;
        }
        let from = self.search.at.unwrap_or(self.offset).min(total - 1);
        let found = (1..=total)
            .map(|step| (from + if forwards { step } else { total - step }) % total)
            .find(|at| self.is_hit(&self.lines[*at]));
        self.search.at = found;
        if let Some(at) = found
            && !(self.offset..self.offset + page.max(1)).contains(&at)
        {
            // a little of what stands before it helps to read it
            self.offset = at.saturating_sub(page / 4);
        }
        found.is_some()
    }

    /// `match 3 of 17`, while something is searched for.
    pub(super) fn hits(&self) -> Option<String> {
        if self.search.wanted.is_empty() {
            return None;
        }
        let Some(at) = self.search.at else {
            return Some(format!("{} matches", self.search.hits));
        };
        let before = self.lines.iter().take(at + 1);
        let nth = before.filter(|line| self.is_hit(line)).count();
        Some(format!("match {nth} of {}", self.search.hits))
    }

    /// The line of the match that was gone to last.
    pub(super) const fn hit(&self) -> Option<usize> {
        self.search.at
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
    fn a_line_that_is_sought_is_shown_when_the_log_is_there() {
        let mut view = log();
        view.seek("needle");
        let text: String = (0..100)
            .map(|line| if line % 40 == 0 { "needle\n" } else { "hay\n" })
            .collect();
        view.add(&text, 10);
        view.finish(None, 10);
        assert_eq!(view.hit(), Some(80));
    }

    #[test]
    fn a_wrapped_log_is_followed_to_its_last_line() {
        let mut view = log();
        view.log = Some(LogState {
            id: 0,
            containers: Vec::new(),
            container: 0,
            previous: false,
            follow: true,
            timestamps: false,
        });
        (view.wrap, view.width) = (true, 10);
        // each takes three rows
        view.add(&format!("{}\n", "x".repeat(25)).repeat(20), 9);
        assert_eq!(view.offset, 17);
        view.go(-1, 9);
        view.add("short\n", 9);
        assert_eq!(view.offset, 16, "who reads further up is left there");
        view.go(100, 9);
        assert_eq!(view.offset, 18);
        view.add(&format!("{}\n", "y".repeat(200)), 9);
        assert_eq!(view.offset, 21, "a line longer than a page");
    }

    #[test]
    fn search_goes_round_and_counts() {
        let mut view = log();
        view.set("a\nneedle\nb\nneedle\n");
        assert!(view.search("NEEDLE", 10));
        assert_eq!(view.hit(), Some(1));
        assert_eq!(view.hits().as_deref(), Some("match 1 of 2"));
        view.find(true, 10);
        assert_eq!(view.hits().as_deref(), Some("match 2 of 2"));
        view.find(true, 10);
        assert_eq!(view.hit(), Some(1));
        view.find(false, 10);
        assert_eq!(view.hit(), Some(3));
        assert!(!view.search("absent", 10));
        assert_eq!(view.hits().as_deref(), Some("0 matches"));
    }

    #[test]
    fn the_count_of_matches_goes_with_a_growing_log() {
        let mut view = log();
        view.add("needle\n", 10);
        assert!(view.search("needle", 10));
        let long = format!("needle {}\n", "x".repeat(1016));
        for _ in 0..5000 {
            view.add(&long, 10);
        }
        let counted = view.lines.iter().filter(|line| view.is_hit(line)).count();
        assert_eq!(view.search.hits, counted);
        assert!(view.dropped > 0 && view.hit().is_none());
    }

    #[test]
    fn a_match_off_the_screen_is_scrolled_to() {
        let mut view = log();
        let text: String = (0..100).map(|nth| format!("line {nth}\n")).collect();
        view.set(&text);
        assert!(view.search("line 77", 20));
        assert!((view.offset..view.offset + 20).contains(&77));
    }
}
