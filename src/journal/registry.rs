//! Approved commands: a plain text file, one pattern a line, `*` for anything, `?` in front of those
//! that are always asked for, and a comment that says since when and why.

use std::{io, path::Path};

/// What the list says of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// A pattern with `*` approves it.
    Approved,
    /// An entry without `*` has the same first words.
    Exact,
    /// It is on the list of those that are always asked for.
    Pending,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    pattern: String,
    words: Vec<String>,
    pending: bool,
}

/// A line that is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Its number, from 1.
    pub line: usize,
    /// What is the matter with it.
    pub why: &'static str,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    entries: Vec<Entry>,
    malformed: Vec<Malformed>,
}

const SEED_LAB: &str = include_str!("../../assets/registry/seed-lab.txt");
const NEUTRAL: &str = include_str!("../../assets/registry/neutral.txt");

impl Registry {
    /// Reads a list. In a section whose comment says that approval is pending every entry is
    /// pending, also without the `?`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut list = Self::default();
        let mut pending_section = false;
        for (at, line) in text.lines().map(str::trim).enumerate() {
            if line.starts_with('#') || line.starts_with("**") {
                let lower = line.to_lowercase();
                if lower.contains("pending approval") || lower.contains("ask before using") {
                    pending_section = true;
                } else if lower.contains("approved commands") {
                    pending_section = false;
                }
            } else if !line.is_empty() && !line.starts_with("```") {
                match entry(line, pending_section) {
                    Ok(entry) => list.entries.push(entry),
                    Err(why) => list.malformed.push(Malformed { line: at + 1, why }),
                }
            }
        }
        list
    }

    /// Lines that are no entries and approve nothing.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    /// The list that a profile names: `seed-lab`, `neutral`, or none.
    #[must_use]
    pub fn bundled(name: &str) -> Self {
        match name {
            "seed-lab" => Self::parse(SEED_LAB),
            "none" => Self::default(),
            _ => Self::parse(NEUTRAL),
        }
    }

    /// Adds the entries of another list.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self
    }

    /// Reads a list from a file; a missing one is empty.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(why) => Err(why),
        }
    }

    /// Appends an entry that the user allowed, with date and context. Nothing else is touched.
    ///
    /// # Errors
    /// When the pattern is none, or the file cannot be written.
    pub fn append(path: &Path, pattern: &str, date: &str, why: &str) -> io::Result<()> {
        use io::Write;
        entry(pattern, false).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let one_line = |text: &str| text.replace(['\n', '\r'], " ");
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)?;
        file.lock()?;
        let mut held = String::new();
        io::Read::read_to_string(&mut file, &mut held)?;
        // an editor may have left the last line without its end
        let start = if held.is_empty() || held.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let line = format!(
            "{start}{}  # Added {date} - {}\n",
            one_line(pattern),
            one_line(why)
        );
        file.write_all(line.as_bytes())?;
        file.sync_all()
    }

    /// What the list says of a command: its tool's plain name, its words, and the flags of the tool
    /// that take a value (left out when they stand before the verb). Pending entries win.
    #[must_use]
    pub fn look_up(
        &self,
        name: &str,
        words: &[&str],
        values: &[String],
    ) -> Option<(Approval, String)> {
        let plain = verb_first(name, words, values);
        let mut found: Option<(Approval, String)> = None;
        for entry in &self.entries {
            if entry.pending {
                // up to its first flag or star: `oc apply -f *` speaks of every apply
                let head: Vec<&String> = entry
                    .words
                    .iter()
                    .take_while(|word| !word.starts_with('-') && *word != "*")
                    .collect();
                if !head.is_empty()
                    && head.len() <= plain.len()
                    && head.iter().zip(&plain).all(|(a, b)| a.as_str() == *b)
                {
                    return Some((Approval::Pending, entry.pattern.clone()));
                }
            } else if found.is_none() {
                found = approves(entry, &plain);
            } else if let Some((Approval::Exact, _)) = found
                && let Some(better @ (Approval::Approved, _)) = approves(entry, &plain)
            {
                found = Some(better);
            }
        }
        found
    }
}

/// One line of the list; a comment begins at a `#` after a blank.
fn entry(line: &str, pending: bool) -> Result<Entry, &'static str> {
    let mut before_comment = line.split(" #");
    let pattern = before_comment.next().unwrap_or(line).trim();
    let (pending, pattern) = match pattern.strip_prefix('?') {
        Some(rest) if rest.starts_with(' ') => (true, rest.trim()),
        Some(_) => return Err("a blank and a pattern belong behind `?`"),
        None => (pending, pattern),
    };
    if pattern.is_empty() {
        return Err("there is no pattern");
    }
    if pattern.starts_with('*') {
        return Err("a pattern begins with the name of a tool");
    }
    if pattern.chars().any(char::is_control) {
        return Err("there are control characters in it");
    }
    if pattern.contains([';', '|', '&', '<', '>', '`']) || pattern.contains("$(") {
        return Err("a pattern is one command: the commands of a line are judged one by one");
    }
    Ok(Entry {
        pattern: pattern.into(),
        words: pattern.split_whitespace().map(str::to_owned).collect(),
        pending,
    })
}

/// The words with flags that stand before the verb taken out.
fn verb_first<'w>(name: &'w str, words: &[&'w str], values: &[String]) -> Vec<&'w str> {
    let mut out = vec![name];
    let mut rest = words.iter().skip(1).copied().peekable();
    while let Some(word) = rest.peek().copied() {
        if !word.starts_with('-') || name == "ls" {
            break;
        }
        rest.next();
        if values.iter().any(|flag| flag == word) {
            rest.next();
        }
    }
    out.extend(rest);
    out
}

fn approves(entry: &Entry, words: &[&str]) -> Option<(Approval, String)> {
    let starred = entry.pattern.contains('*');
    if starred {
        let text = words.join(" ");
        // `oc get *` also means `oc get` alone
        let alone = entry
            .pattern
            .strip_suffix(" *")
            .is_some_and(|head| head == text);
        (alone || glob(&entry.pattern, &text)).then(|| (Approval::Approved, entry.pattern.clone()))
    } else if entry
        .words
        .iter()
        .map(String::as_str)
        .eq(words.iter().copied())
    {
        Some((Approval::Approved, entry.pattern.clone()))
    } else {
        let same =
            entry.words.len() <= words.len() && entry.words.iter().zip(words).all(|(a, b)| a == b);
        same.then(|| (Approval::Exact, entry.pattern.clone()))
    }
}

/// `*` stands for any text, also none.
fn glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|head| text.strip_prefix(head)) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    for (nth, piece) in pieces.iter().enumerate() {
        let last = nth + 1 == pieces.len();
        if last {
            return piece.is_empty() || rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_wins_over_a_star() {
        let list = Registry::bundled("seed-lab");
        let none: &[String] = &[];
        let of = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            list.look_up(words[0], &words, none).map(|(kind, _)| kind)
        };
        assert_eq!(of("oc apply -f x.yaml"), Some(Approval::Pending));
        assert_eq!(of("oc apply --filename x.yaml"), Some(Approval::Pending));
        assert_eq!(of("oc scale deploy/x"), Some(Approval::Approved));
        assert_eq!(of("git push origin main"), Some(Approval::Exact));
        assert_eq!(of("helm upgrade x y"), None);
    }

    #[test]
    fn lines_that_are_no_entries_are_named_and_approve_nothing() {
        let list = Registry::parse("oc get *\n\n*\n? \n?oc edit *\noc get x | sh\n# a note\ngh *");
        let lines: Vec<usize> = list.malformed().iter().map(|one| one.line).collect();
        assert_eq!(lines, [3, 4, 5, 6]);
        assert_eq!(list.entries.len(), 2);
        for bundled in ["seed-lab", "neutral"] {
            assert_eq!(Registry::bundled(bundled).malformed(), []);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("approved.txt");
        assert!(Registry::append(&file, "* delete", "2026-02-03", "no").is_err());
        assert!(!file.exists());
    }

    #[test]
    fn a_learned_entry_keeps_date_and_context_and_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("approved.txt");
        std::fs::write(&file, "oc get *").unwrap();
        Registry::append(
            &file,
            "tkn pipeline *",
            "2026-02-03",
            "allowed for\nthe build day",
        )
        .unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            text,
            "oc get *\ntkn pipeline *  # Added 2026-02-03 - allowed for the build day\n"
        );
        assert_eq!(Registry::read(&file).unwrap().entries.len(), 2);
    }
}
