//! Rows of tables: cells with a value to sort by, filters, order.

use std::cmp::Ordering;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use crate::{
    domain::{Labels, ObjectRef},
    insight::capacity::Level,
};

/// What a cell is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SortBy {
    Text,
    Number(f64),
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub text: String,
    pub by: SortBy,
    /// `None` is plain text.
    pub level: Option<Level>,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            by: SortBy::Text,
            level: None,
        }
    }

    pub(super) fn number(text: impl Into<String>, value: f64) -> Self {
        Self {
            text: text.into(),
            by: SortBy::Number(value),
            level: None,
        }
    }

    #[allow(clippy::cast_precision_loss)] // sorting only
    pub(super) fn count(value: i64) -> Self {
        Self::number(value.to_string(), value as f64)
    }

    pub(super) fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (&self.by, &other.by) {
            (SortBy::Number(a), SortBy::Number(b)) => a.total_cmp(b),
            _ => self.text.to_lowercase().cmp(&other.text.to_lowercase()),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub object: ObjectRef,
    pub level: Level,
    pub cells: Vec<Cell>,
    pub labels: Labels,
}

/// How a column is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: &'static str,
    /// Numbers stand right.
    pub right: bool,
    /// Never narrower than this.
    pub least: u16,
    /// Left out on screens narrower than this.
    pub from: u16,
    /// Takes what is left over.
    pub stretch: bool,
}

impl Column {
    pub(super) const fn new(name: &'static str, least: u16) -> Self {
        Self {
            name,
            right: false,
            least,
            from: 0,
            stretch: false,
        }
    }

    pub(super) const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    pub(super) const fn from(mut self, width: u16) -> Self {
        self.from = width;
        self
    }

    pub(super) const fn stretch(mut self) -> Self {
        self.stretch = true;
        self
    }
}

/// What a user typed to see fewer rows: words, each fuzzy, or `!word`, `column:value`, `-l key=value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub text: String,
}

impl Filter {
    /// The rows that pass.
    pub(super) fn keep(&self, columns: &[Column], rows: &mut Vec<Row>) {
        let mut words = self.text.split_whitespace().peekable();
        let mut matcher = Matcher::new(Config::DEFAULT);
        while let Some(word) = words.next() {
            if word == "-l" {
                let Some(label) = words.next() else { break };
                rows.retain(|row| has_label(&row.labels, label));
                continue;
            }
            let (negated, word) = word
                .strip_prefix('!')
                .map_or((false, word), |rest| (true, rest));
            if word.is_empty() {
                continue;
            }
            match word
                .split_once(':')
                .and_then(|(name, value)| Some((position(columns, name)?, value.to_lowercase())))
            {
                Some((at, value)) => rows.retain(|row| {
                    row.cells
                        .get(at)
                        .is_some_and(|cell| cell.text.to_lowercase().contains(&value))
                        != negated
                }),
                None if !negated && rows.iter().any(|row| has_literally(row, word)) => {
                    // what is typed as it stands is meant; guessing is for what is found nowhere
                    rows.retain(|row| has_literally(row, word));
                }
                None => {
                    let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
                    rows.retain(|row| row_matches(&pattern, &mut matcher, row, word, negated));
                }
            }
        }
    }
}

fn row_matches(
    pattern: &Pattern,
    matcher: &mut Matcher,
    row: &Row,
    word: &str,
    negated: bool,
) -> bool {
    if negated {
        // a negated word is meant literally: fuzzy would hide nearly everything
        let lower = word.to_lowercase();
        return !row
            .cells
            .iter()
            .any(|cell| cell.text.to_lowercase().contains(&lower));
    }
    let mut buffer = Vec::new();
    row.cells.iter().any(|cell| {
        pattern
            .score(Utf32Str::new(&cell.text, &mut buffer), matcher)
            .is_some_and(|score| score > 20 || word.len() < 3)
    })
}

fn has_literally(row: &Row, word: &str) -> bool {
    let lower = word.to_lowercase();
    row.cells
        .iter()
        .any(|cell| cell.text.to_lowercase().contains(&lower))
}

fn has_label(labels: &Labels, wanted: &str) -> bool {
    match wanted.split_once('=') {
        Some((key, value)) => labels.is(key, value),
        None => labels.has(wanted),
    }
}

fn position(columns: &[Column], name: &str) -> Option<usize> {
    let lower = name.to_lowercase();
    columns
        .iter()
        .position(|column| column.name.to_lowercase() == lower)
}

/// Puts rows in order; equal ones stay in the order of their names.
pub(super) fn sort(rows: &mut [Row], column: Option<usize>, reverse: bool) {
    let Some(column) = column else {
        // by default what is broken comes first
        rows.sort_by_key(|row| std::cmp::Reverse(row.level));
        if reverse {
            rows.reverse();
        }
        return;
    };
    rows.sort_by(|a, b| {
        let order = match (a.cells.get(column), b.cells.get(column)) {
            (Some(a), Some(b)) => a.compare(b),
            _ => Ordering::Equal,
        };
        if reverse { order.reverse() } else { order }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [Column::new("NAME", 5), Column::new("NODE", 5)];

    fn rows() -> Vec<Row> {
        [
            ("plex-0", "node2", "plex"),
            ("sonarr-1", "node3", "sonarr"),
            ("radarr-2", "node2", "radarr"),
        ]
        .into_iter()
        .map(|(name, node, app)| Row {
            object: ObjectRef::new("Pod", "media", name),
            level: Level::Ok,
            cells: vec![Cell::text(name), Cell::text(node)],
            labels: Labels::new(vec![("app".into(), app.into())]),
        })
        .collect()
    }

    fn names(filter: &str) -> Vec<String> {
        let mut rows = rows();
        Filter {
            text: filter.into(),
        }
        .keep(&COLUMNS, &mut rows);
        rows.into_iter()
            .map(|row| row.cells[0].text.clone())
            .collect()
    }

    #[test]
    fn filters_by_word_negation_column_and_label() {
        assert_eq!(names("plex"), ["plex-0"]);
        assert_eq!(names("!arr"), ["plex-0"]);
        assert_eq!(names("node:node2"), ["plex-0", "radarr-2"]);
        assert_eq!(names("node:node2 !plex"), ["radarr-2"]);
        assert_eq!(names("-l app=sonarr"), ["sonarr-1"]);
        assert_eq!(names("").len(), 3);
    }

    #[test]
    fn sorts_numbers_as_numbers() {
        let row = |value: i64| Row {
            object: ObjectRef::new("Pod", "", ""),
            level: Level::Ok,
            cells: vec![Cell::count(value)],
            labels: Labels::default(),
        };
        let mut rows = vec![row(10), row(9), row(100)];
        sort(&mut rows, Some(0), false);
        assert_eq!(
            rows.iter()
                .map(|row| row.cells[0].text.as_str())
                .collect::<Vec<_>>(),
            ["9", "10", "100"]
        );
    }
}
