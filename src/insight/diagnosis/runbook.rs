//! Runbooks: rules as data. What to look for, what it means, what to do.

use std::collections::BTreeMap;

use super::{Late, Topics, Via, sieve::Sieve};
use crate::domain::Text;

/// Names found on the way (captures of patterns, objects of the graph), by placeholder.
pub type Facts = BTreeMap<String, String>;

/// One runbook.
#[derive(Clone, Debug, Default)]
pub struct Runbook {
    /// Its own name; another runbook of the same name replaces it.
    pub id: Text,
    /// Word in the vocabulary of causes.
    pub cause: Text,
    /// One line with placeholders.
    pub title: String,
    /// Why this leads to what is seen.
    pub why: String,
    /// Kinds it speaks of; empty means all.
    pub applies: Vec<Text>,
    /// Confidence of a hit, from 0 to 1.
    pub confidence: f64,
    /// What has to be fixed, as `Kind/namespace/name` with placeholders; empty: where the sign was found.
    pub object: String,
    /// It names a symptom: it gives way to a deeper cause.
    pub symptom: bool,
    /// Which way the fix goes first.
    pub via: Via,
    /// Steps by the first way.
    pub fix: Vec<String>,
    /// Steps by hand, for when there is no time.
    pub glass: Vec<String>,
    /// Commands that show that it is over.
    pub verify: Vec<String>,
    /// Patterns.
    pub patterns: Vec<Pattern>,
    /// When it was seen before.
    pub seen: Vec<String>,
    /// Where this knowledge comes from.
    pub source: String,
    /// File it was read from.
    pub file: Text,
}

/// One pattern of a runbook: every part that is given must hold.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What kind of sign, as `event:FailedMount`, `waiting:ErrImagePull`, `log`.
    pub on: Topics,
    /// Text of the sign.
    pub text: Late,
    /// Text that must not be there too; may be empty.
    pub not: Option<Late>,
    /// Exit codes of the container; empty means any.
    pub exit: Vec<i32>,
    /// Confidence of a hit here, where it differs.
    pub confidence: f64,
}

/// Topics of log lines, by whose log it is.
pub const LOG_TOPICS: [&str; 4] = ["log:app", "log:driver", "log:importer", "log:argocd"];

/// All runbooks, ready to be held against signs.
#[derive(Debug, Default)]
pub struct Runbooks {
    all: Vec<Runbook>,
    by_id: BTreeMap<Text, usize>,
    /// Runbook and pattern of each expression of the sieve.
    places: Vec<(usize, usize)>,
    /// Whether it may speak of a line of a log.
    of_logs: Vec<bool>,
    sieve: Sieve,
}

/// A pattern that holds for a sign.
#[derive(Clone, Debug)]
pub struct Hit<'r> {
    /// The runbook.
    pub runbook: &'r Runbook,
    /// Confidence of that pattern.
    pub confidence: f64,
    /// The telling phrase, as byte positions in the text.
    pub telling: (usize, usize),
    /// Named captures.
    pub facts: Facts,
}

impl Runbooks {
    /// Puts runbooks together; a later one of the same name replaces an earlier one.
    #[must_use]
    pub fn new(runbooks: Vec<Runbook>) -> Self {
        let mut out = Self::default();
        for runbook in runbooks {
            if let Some(at) = out.by_id.get(&runbook.id) {
                out.all[*at] = runbook;
            } else {
                out.by_id.insert(runbook.id.clone(), out.all.len());
                out.all.push(runbook);
            }
        }
        let mut texts = Vec::new();
        for (at, runbook) in out.all.iter().enumerate() {
            for (nth, pattern) in runbook.patterns.iter().enumerate() {
                let of_logs = LOG_TOPICS.iter().any(|topic| pattern.on.has(topic));
                out.of_logs.push(of_logs);
                out.places.push((at, nth));
                texts.push(pattern.text.text().to_owned());
            }
        }
        out.sieve = Sieve::new(texts);
        out
    }

    /// All of them, in order of their files.
    pub fn iter(&self) -> impl Iterator<Item = &Runbook> {
        self.all.iter()
    }

    /// The runbook of this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Runbook> {
        self.by_id.get(id).map(|at| &self.all[*at])
    }

    /// Patterns that hold for a sign: its topic, its text, and the exit code it came with.
    #[must_use]
    pub fn hits(&self, topic: &str, text: &str, exit: Option<i32>) -> Vec<Hit<'_>> {
        self.sieve
            .passing(text)
            .into_iter()
            .filter_map(|nth| self.hit(nth, topic, text, exit))
            .collect()
    }

    /// The same for one line of a log.
    #[must_use]
    pub fn log_hits(&self, topic: &str, line: &str, exit: Option<i32>) -> Vec<Hit<'_>> {
        self.sieve
            .passing(line)
            .into_iter()
            .filter(|nth| self.of_logs[*nth])
            .filter_map(|nth| self.hit(nth, topic, line, exit))
            .collect()
    }

    fn hit(&self, nth: usize, topic: &str, text: &str, exit: Option<i32>) -> Option<Hit<'_>> {
        let (at, pattern) = self.places[nth];
        let runbook = &self.all[at];
        let pattern = &runbook.patterns[pattern];
        if !pattern.on.has(topic) {
            return None;
        }
        if !pattern.exit.is_empty() && !exit.is_some_and(|code| pattern.exit.contains(&code)) {
            return None;
        }
        let not = pattern.not.as_ref().and_then(Late::get);
        if not.is_some_and(|not| not.is_match(text)) {
            return None;
        }
        let regex = pattern.text.get()?;
        let captures = regex.captures(text)?;
        let whole = captures.get(0)?;
        let facts = regex
            .capture_names()
            .flatten()
            // `name`, `name2`, … are the same name in different alternatives
            .filter_map(|name| {
                let base = name.trim_end_matches(|digit: char| digit.is_ascii_digit());
                Some((base.to_owned(), captures.name(name)?.as_str().to_owned()))
            })
            .collect();
        Some(Hit {
            runbook,
            confidence: pattern.confidence,
            telling: (whole.start(), whole.end()),
            facts,
        })
    }
}

/// Fills the placeholders of a line: `{name}`, or `{name|words}` with words for when it is not
/// known. What is not known and has no such words stays as `<name>`.
#[must_use]
pub fn fill(template: &str, facts: &Facts) -> String {
    fill_known(template, facts).unwrap_or_else(|filled| filled)
}

/// The same; an error where something was not known.
///
/// # Errors
/// The line with `<name>` in place of what is not known.
pub(super) fn fill_known(template: &str, facts: &Facts) -> Result<String, String> {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    let mut known = true;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let Some(close) = after.find('}') else {
            rest = after;
            break;
        };
        let inner = &after[1..close];
        let (name, words) = match inner.split_once('|') {
            Some((name, words)) => (name, Some(words)),
            None => (inner, None),
        };
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        match (facts.get(name).map(String::as_str).or(words), is_name) {
            (Some(value), true) => out.push_str(value),
            (None, true) => {
                known = false;
                out.push('<');
                out.push_str(name);
                out.push('>');
            }
            (_, false) => out.push_str(&after[..=close]),
        }
        rest = &after[close + 1..];
    }
    out.push_str(rest);
    if known { Ok(out) } else { Err(out) }
}

/// Fills a title: of a part in brackets, as `[claim {claim}|a claim of {name}]`, the first wording is
/// taken of which all is known; where there is none the part is left out.
#[must_use]
pub fn fill_title(template: &str, facts: &Facts) -> String {
    let known = |wording: &&str| {
        let mut names = wording.split('{').skip(1);
        names.all(|name| {
            name.split('}')
                .next()
                .is_some_and(|name| facts.get(name).is_some_and(|value| !value.is_empty()))
        })
    };
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let Some((part, after)) = after.split_once(']') else {
            out.push('[');
            rest = after;
            continue;
        };
        out.push_str(part.split('|').find(known).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    fill(&out, facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_leaves_out_what_is_not_known() {
        let title = "[{claim} is full ({share} %)|the volume of {name} is full][, ×{times}]";
        let mut facts = Facts::from([("name".into(), "plex".into())]);
        assert_eq!(fill_title(title, &facts), "the volume of plex is full");
        facts.insert("claim".into(), "plex-data".into());
        facts.insert("share".into(), "97".into());
        facts.insert("times".into(), "3".into());
        assert_eq!(fill_title(title, &facts), "plex-data is full (97 %), ×3");
        assert_eq!(fill_title("open [ end", &facts), "open [ end");
    }

    #[test]
    fn fills_what_is_known_and_names_what_is_not() {
        let facts = Facts::from([("name".into(), "plex".into())]);
        assert_eq!(
            fill("oc get pvc {name} -n {ns} -o jsonpath='{.spec}'", &facts),
            "oc get pvc plex -n <ns> -o jsonpath='{.spec}'"
        );
        assert_eq!(fill("on {node|its node}", &facts), "on its node");
        assert_eq!(fill("{name|it} {broken", &facts), "plex {broken");
    }
}
