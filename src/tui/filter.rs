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
/// So many conditions of a filter are looked at.
const MOST_TERMS: usize = 16;

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

/// What is known of a row and the conditions of a filter: which were tried, and which hold, as bits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    tried: u32,
    holds: u32,
}

impl Verdict {
    /// Whether a condition holds, tried if it was not yet.
    fn of(&mut self, bit: u32, holds: impl FnOnce() -> bool) -> bool {
        if self.tried & bit == 0 {
            self.tried |= bit;
            if holds() {
                self.holds |= bit;
            }
        }
        self.holds & bit != 0
    }
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

    /// Whether a condition looks at a column of numbers.
    pub(super) fn asks_for_numbers(&self, columns: &[Column]) -> bool {
        terms(&self.text, columns).iter().any(|term| match term {
            Term::Column(at, ..) => columns.get(*at).is_some_and(|column| column.right),
            _ => false,
        })
    }

    /// Keeps the rows that pass; `row` looks at one by its number, and what `verdicts` has of it under
    /// the same filter is not asked again.
    pub(super) fn keep<R: Searched>(
        &mut self,
        columns: &[Column],
        rows: &mut Vec<u32>,
        verdicts: &mut [Verdict],
        row: impl Fn(u32) -> R,
    ) {
        let mut matcher = Matcher::new(Config::DEFAULT);
        self.terms = terms(&self.text, columns);
        for (place, term) in self.terms.iter_mut().enumerate() {
            let mut is_kept = |term: &Term, at: u32| {
                let guessed = matches!(term, Term::Fuzzy(_));
                let bit = 1 << (2 * place + usize::from(guessed));
                verdicts[at as usize].of(bit, || passes(term, columns, &row(at), &mut matcher))
            };
            if let Term::Word(word) = &*term
                && !rows.iter().any(|at| is_kept(term, *at))
            {
                // what is typed as it stands is meant; guessing is for what is found nowhere
                let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
                *term = Term::Fuzzy(pattern);
            }
            rows.retain(|at| is_kept(term, *at));
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
    while let Some(word) = words.next()
        && found.len() < MOST_TERMS
    {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::rows::Cut;

    struct Line(&'static [&'static str], Labels);

    impl Searched for &Line {
        fn cell(&self, column: usize, is: &mut dyn FnMut(&str) -> bool) -> bool {
            is(self.0[column])
        }

        fn labels(&self) -> Option<&Labels> {
            Some(&self.1)
        }
    }

    const fn column(name: &'static str, right: bool, rank: u8) -> Column {
        Column {
            name,
            right,
            names: false,
            cut: Cut::End,
            least: 5,
            most: 40,
            rank,
            greatest_first: right,
        }
    }

    const COLUMNS: [Column; 5] = [
        column("NAME", false, 0),
        column("NODE", false, 3),
        column("CPU USE", true, 1),
        column("AGE", true, 0),
        column("IMAGE", false, DETAIL_RANK),
    ];
    const DETAIL_RANK: u8 = crate::tui::rows::DETAIL;

    fn lines() -> Vec<Line> {
        let line = |cells, app: &str| Line(cells, Labels::new(vec![("app".into(), app.into())]));
        vec![
            line(&["plex-0", "node2", "12 %", "3d", "plexinc/pms"], "plex"),
            line(
                &["sonarr-1", "node3", "2 %", "3d", "ghcr.io/sonarr"],
                "sonarr",
            ),
            line(
                &["Radarr-2", "node2", "0 %", "4d", "ghcr.io/radarr"],
                "radarr",
            ),
        ]
    }

    fn names(text: &str) -> Vec<&'static str> {
        let (lines, mut filter) = (lines(), Filter::new(text));
        let mut rows = vec![0, 1, 2];
        let mut verdicts = [Verdict::default(); 3];
        filter.keep(&COLUMNS, &mut rows, &mut verdicts, |at| &lines[at as usize]);
        rows.iter().map(|at| lines[*at as usize].0[0]).collect()
    }

    #[test]
    fn filters_by_word_negation_column_and_label() {
        assert_eq!(names("plex"), ["plex-0"]);
        assert_eq!(names("!arr"), ["plex-0"]);
        assert_eq!(names("node:node2"), ["plex-0", "Radarr-2"]);
        assert_eq!(names("node:node2 !plex"), ["Radarr-2"]);
        assert_eq!(names("!node:node2"), ["sonarr-1"]);
        assert_eq!(names("-l app=sonarr"), ["sonarr-1"]);
        assert_eq!(names("-l app"), ["plex-0", "sonarr-1", "Radarr-2"]);
        assert_eq!(names("-l tier"), [""; 0]);
        assert_eq!(names("").len(), 3);
        assert_eq!(names("-l").len(), 3, "half of a label says nothing yet");
    }

    #[test]
    fn a_bare_word_looks_into_names_not_into_numbers_and_details() {
        assert_eq!(names("3d"), [""; 0]);
        assert_eq!(names("age:3d"), ["plex-0", "sonarr-1"]);
        assert_eq!(names("ghcr"), [""; 0]);
        assert_eq!(names("image:ghcr"), ["sonarr-1", "Radarr-2"]);
        assert_eq!(names("cpu-use:12"), ["plex-0"]);
        assert_eq!(
            names("cpu:12"),
            ["plex-0"],
            "a beginning names a column too"
        );
    }

    #[test]
    fn what_is_found_nowhere_is_guessed() {
        assert_eq!(names("snrr"), ["sonarr-1"]);
        assert_eq!(names("RADARR"), ["Radarr-2"]);
        assert_eq!(names("zzzz"), [""; 0]);
    }

    #[test]
    fn what_matched_is_marked() {
        let (lines, mut filter) = (lines(), Filter::new("arr node:3"));
        let mut rows = vec![0, 1, 2];
        let mut verdicts = [Verdict::default(); 3];
        filter.keep(&COLUMNS, &mut rows, &mut verdicts, |at| &lines[at as usize]);
        assert_eq!(filter.marks(0, &COLUMNS, "sonarr-1"), vec![3..6]);
        assert_eq!(filter.marks(1, &COLUMNS, "node3"), vec![4..5]);
        assert!(filter.marks(3, &COLUMNS, "arr").is_empty());
    }
}
