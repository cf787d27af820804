//! One automaton over all patterns at once: which of them may hold for a text.

use std::sync::{Mutex, OnceLock, PoisonError};

use regex_automata::{
    Input, MatchKind, PatternSet,
    hybrid::dfa::{Cache, DFA},
    nfa::thompson::{self, WhichCaptures},
    util::syntax,
};

/// The automaton as a whole may not grow beyond this; the user's patterns are in it too.
const LARGEST: usize = 64 << 20;

/// Sorts out the few patterns that are worth a closer look.
///
/// What passes is looked at again by its own expression, so the automaton may do with ASCII and
/// with one direction: a fraction of the memory of a set of full expressions. It is made at the
/// first text, which is never on the way to the first frame.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    texts: Vec<String>,
    built: OnceLock<Option<Built>>,
}

#[derive(Debug)]
struct Built {
    dfa: DFA,
    cache: Mutex<Cache>,
}

impl Sieve {
    pub(super) fn new(texts: Vec<String>) -> Self {
        Self {
            texts,
            built: OnceLock::new(),
        }
    }

    /// The patterns that may hold, in their order. All of them where no automaton can be made.
    pub(super) fn passing(&self, text: &str) -> Vec<usize> {
        self.built
            .get_or_init(|| build(&self.texts))
            .as_ref()
            .and_then(|built| built.passing(text))
            .unwrap_or_else(|| (0..self.texts.len()).collect())
    }
}

impl Built {
    fn passing(&self, text: &str) -> Option<Vec<usize>> {
        let mut found = PatternSet::new(self.dfa.pattern_len());
        // a cache that another task left in the middle of a search starts each search anew
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        self.dfa
            .try_which_overlapping_matches(&mut cache, &Input::new(text), &mut found)
            .ok()?;
        Some(found.iter().map(|pattern| pattern.as_usize()).collect())
    }
}

fn build(texts: &[String]) -> Option<Built> {
    let dfa = DFA::builder()
        .configure(
            DFA::config()
                .match_kind(MatchKind::All)
                .skip_cache_capacity_check(true),
        )
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(
            thompson::Config::new()
                .utf8(false)
                .which_captures(WhichCaptures::None)
                .nfa_size_limit(Some(LARGEST)),
        )
        .build_many(texts)
        .ok()?;
    let cache = Mutex::new(dfa.create_cache());
    Some(Built { dfa, cache })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(patterns: &[&str], text: &str) -> Vec<usize> {
        Sieve::new(patterns.iter().map(|text| (*text).to_owned()).collect()).passing(text)
    }

    #[test]
    fn all_patterns_that_hold_anywhere_pass() {
        let patterns = ["no such host", "(?i)REFUSED", r"\d+ Gi", "absent"];
        assert_eq!(
            passing(&patterns, "dial: no such host, connection refused"),
            [0, 1]
        );
        assert_eq!(passing(&patterns, "needs 12 Gi"), [2]);
        assert!(passing(&patterns, "").is_empty());
    }

    #[test]
    fn where_no_automaton_can_be_made_every_pattern_is_looked_at() {
        assert_eq!(passing(&["plain", r"\p{Greek}+"], "nothing"), [0, 1]);
    }
}
