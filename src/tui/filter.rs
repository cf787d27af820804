//! What a user typed to see fewer rows: words, `!word`, `column:value`, `-l key=value`.

use std::ops::Range;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::rows::Column;
use crate::domain::Labels;

/// A fuzzy match below this score is chance.
const LEAST_SCORE: u32 = 20;

/// One condition of a filter.
#[derive(Clone, Debug)]
enum Term {
    /// `-l key` or `-l key=value`.
    Label(String, Option<String>),
    /// `column:value`, or `!column:value`; the column by its place.
    Column(usize, String, bool),
    /// `!word`, always literally: fuzzy would hide nearly everything.
    Without(String),
    /// A word, as it stands.
    Word(String),
    /// A word that is found nowhere as it stands: its letters in this order.
    Fuzzy(Pattern),
}

/// How a filter looks at a row.
pub(super) trait Searched {
    /// Whether the text of a column's cell is as asked for.
    fn cell(&self, column: usize, is: &mut dyn FnMut(&str) -> bool) -> bool;
    fn labels(&self) -> Option<&Labels>;
}

/// The conditions of a typed filter, all of which must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub text: String,
    /// What the text came to when rows were last filtered, for marking what matched.
    terms: Vec<Term>,
}

impl Filter {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            terms: Vec::new(),
        }
    }

    /// Keeps the rows that pass; `row` looks at one by its number.
    pub(super) fn keep<R: Searched>(
        &mut self,
        columns: &[Column],
        rows: &mut Vec<u32>,
        row: impl Fn(u32) -> R,
    ) {
        let mut matcher = Matcher::new(Config::DEFAULT);
        self.terms = terms(&self.text, columns);
        for term in &mut self.terms {
            let fuzzy = match &*term {
                Term::Word(word)
                    if !rows
                        .iter()
                        .any(|at| passes(term, columns, &row(*at), &mut matcher)) =>
                {
                    // what is typed as it stands is meant; guessing is for what is found nowhere
                    Some(Pattern::parse(
                        word,
                        CaseMatching::Ignore,
                        Normalization::Smart,
                    ))
                }
                _ => None,
            };
            if let Some(pattern) = fuzzy {
                *term = Term::Fuzzy(pattern);
            }
            rows.retain(|at| passes(term, columns, &row(*at), &mut matcher));
        }
    }

    /// The parts of a drawn text that made its row pass.
    pub(super) fn marks(&self, column: usize, columns: &[Column], text: &str) -> Vec<Range<usize>> {
        let searched = columns.get(column).is_some_and(Column::is_searched);
        self.terms
            .iter()
            .flat_map(|term| match term {
                Term::Word(word) if searched => literal_marks(text, word),
                Term::Column(at, value, false) if *at == column => literal_marks(text, value),
                Term::Fuzzy(pattern) if searched => fuzzy_marks(text, pattern),
                _ => Vec::new(),
            })
            .collect()
    }
}

/// Reads what was typed.
fn terms(text: &str, columns: &[Column]) -> Vec<Term> {
    let mut found = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word == "-l" {
            if let Some(label) = words.next() {
                let (key, value) = label
                    .split_once('=')
                    .map_or((label, None), |(key, value)| (key, Some(value.to_owned())));
                found.push(Term::Label(key.to_owned(), value));
            }
            continue;
        }
        let (negated, word) = word
            .strip_prefix('!')
            .map_or((false, word), |rest| (true, rest));
        if word.is_empty() {
            continue;
        }
        let column = word
            .split_once(':')
            .and_then(|(name, value)| Some((position(columns, name)?, value.to_lowercase())));
        found.push(match column {
            Some((at, value)) => Term::Column(at, value, negated),
            None if negated => Term::Without(word.to_lowercase()),
            None => Term::Word(word.to_lowercase()),
        });
    }
    found
}

/// The column of a name; `cpu-use` and `cpuuse` stand for `CPU USE`, and a beginning for the whole.
fn position(columns: &[Column], name: &str) -> Option<usize> {
    let plain = |name: &str| {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let wanted = plain(name);
    let is =
        |test: &dyn Fn(&str) -> bool| columns.iter().position(|column| test(&plain(column.name)));
    (!wanted.is_empty()).then_some(())?;
    is(&|name| name == wanted).or_else(|| is(&|name| name.starts_with(&wanted)))
}

fn passes(term: &Term, columns: &[Column], row: &impl Searched, matcher: &mut Matcher) -> bool {
    let anywhere = |is: &mut dyn FnMut(&str) -> bool| {
        columns
            .iter()
            .enumerate()
            .any(|(at, column)| column.is_searched() && row.cell(at, is))
    };
    match term {
        Term::Label(key, value) => row.labels().is_some_and(|labels| match value {
            Some(value) => labels.is(key, value),
            None => labels.has(key),
        }),
        Term::Column(at, value, negated) => {
            row.cell(*at, &mut |text| contains(text, value)) != *negated
        }
        Term::Without(word) => !anywhere(&mut |text| contains(text, word)),
        Term::Word(word) => anywhere(&mut |text| contains(text, word)),
        Term::Fuzzy(pattern) => {
            let mut buffer = Vec::new();
            anywhere(&mut |text| {
                pattern
                    .score(Utf32Str::new(text, &mut buffer), matcher)
                    .is_some_and(|score| score > LEAST_SCORE)
            })
        }
    }
}

/// Whether a text holds a word that is in small letters already.
pub(super) fn contains(text: &str, small: &str) -> bool {
    if text.is_ascii() && small.is_ascii() {
        return small.is_empty()
            || text
                .as_bytes()
                .windows(small.len())
                .any(|part| part.eq_ignore_ascii_case(small.as_bytes()));
    }
    text.to_lowercase().contains(small)
}

/// Where a text holds a word that is in small letters already.
pub(super) fn literal_marks(text: &str, small: &str) -> Vec<Range<usize>> {
    if small.is_empty() || !text.is_ascii() {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    lower
        .match_indices(small)
        .map(|(at, found)| at..at + found.len())
        .collect()
}

fn fuzzy_marks(text: &str, pattern: &Pattern) -> Vec<Range<usize>> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let (mut buffer, mut places) = (Vec::new(), Vec::new());
    let score = pattern.indices(Utf32Str::new(text, &mut buffer), &mut matcher, &mut places);
    if !text.is_ascii() || score.is_none_or(|score| score <= LEAST_SCORE) {
        return Vec::new();
    }
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .filter_map(|at| usize::try_from(at).ok())
        .map(|at| at..at + 1)
        .collect()
}
