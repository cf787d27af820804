//! What was seen before: lines of PROGRESS.md and entries of the journal that speak of the same thing.

use std::collections::BTreeSet;

use super::{EntryKind, Journal, Record};

/// So many lines are told of one trouble, the newest first.
const MOST: usize = 3;
/// Weight of words in common from which a line is told.
const ENOUGH: usize = 4;

/// What was done and seen before, each as one line, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Past {
    lines: Vec<(String, BTreeSet<String>)>,
}

impl Past {
    /// From the text of PROGRESS.md and the entries of the journal. Entries that only opened the
    /// glass or began something tell nothing that their outcome does not.
    #[must_use]
    pub fn new(progress: &str, entries: &[Record]) -> Self {
        let written = progress
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- ["))
            .map(|line| format!("PROGRESS.md: [{line}"));
        let told = entries
            .iter()
            .filter(|one| one.kind == EntryKind::Outcome && !one.command.is_empty())
            .map(|one| {
                let day = one.at.split('T').next().unwrap_or_default();
                format!("journal: [{day}] {} - {}", one.command, one.result)
            });
        let lines = written
            .chain(told)
            .map(|line| {
                let words = words(&line).collect();
                (line, words)
            })
            .collect();
        Self { lines }
    }

    /// Reads the journal and, where the configuration names one, PROGRESS.md. What cannot be read
    /// is no past: the file's own commands say why.
    #[must_use]
    pub fn read(progress: Option<&std::path::Path>, journal: &Journal) -> Self {
        let text = progress
            .and_then(|path| std::fs::read_to_string(path).ok())
            .unwrap_or_default();
        Self::new(&text, &journal.entries().unwrap_or_default())
    }

    /// The lines that share telling words with a text, the newest first.
    #[must_use]
    pub fn like(&self, text: &str) -> Vec<String> {
        let wanted: BTreeSet<String> = words(text).collect();
        self.lines
            .iter()
            .rev()
            .filter(|(_, held)| {
                let shared = || held.intersection(&wanted);
                shared().count() >= 2 && shared().map(|word| weight(word)).sum::<usize>() >= ENOUGH
            })
            .take(MOST)
            .map(|(line, _)| line.clone())
            .collect()
    }
}

/// Names, addresses and codes tell more than common words do.
fn weight(word: &str) -> usize {
    if word.bytes().any(|byte| byte.is_ascii_digit()) || word.contains(['-', '.']) {
        3
    } else {
        1 + usize::from(word.len() >= 8)
    }
}

/// Words of a text that can tell something: in lower case, without those that every line has.
fn words(text: &str) -> impl Iterator<Item = String> {
    const COMMON: [&str; 18] = [
        "with",
        "from",
        "that",
        "this",
        "does",
        "have",
        "into",
        "cannot",
        "failed",
        "error",
        "which",
        "there",
        "their",
        "when",
        "back",
        "journal",
        "progress.md",
        "application",
    ];
    text.split(|one: char| !(one.is_alphanumeric() || matches!(one, '-' | '.' | '_')))
        .map(|word| word.trim_matches(['-', '.', '_']).to_lowercase())
        .filter(|word| word.len() >= 4 && !COMMON.contains(&word.as_str()) && !is_day(word))
}

fn is_day(word: &str) -> bool {
    word.len() == 10
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRESS: &str = "# Progress\n\
        - [2025-12-31]: Fixed storage VLAN - democratic-csi could not reach 172.16.160.100, trunk on node4\n\
        - [2026-01-05]: Deployed Grafana - OIDC and dashboards\n";

    #[test]
    fn a_line_about_the_same_thing_is_told_and_no_other() {
        let past = Past::new(PROGRESS, &[]);
        let found = past.like("the driver democratic-csi: connect ETIMEDOUT 172.16.160.100:443");
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("2025-12-31"), "{found:?}");
        assert!(
            past.like("container grafana-agent was OOMKilled on 2025-12-31")
                .is_empty()
        );
    }

    #[test]
    fn outcomes_of_the_journal_are_told_newest_first_and_at_most_three() {
        let mut entries = Vec::new();
        for day in 1..=5 {
            let at = format!("2026-01-0{day}T00:00:00Z");
            entries.push(Record {
                command: "oc delete pod sonarr-0 -n media".into(),
                result: "done".into(),
                ..Record::new(EntryKind::Outcome, "x", &at)
            });
        }
        let found = Past::new("", &entries).like("pod/media/sonarr-0: sonarr OOMKilled");
        assert_eq!(found.len(), 3);
        assert!(found[0].contains("2026-01-05"), "{found:?}");
    }
}
