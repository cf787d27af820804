//! The audit log: one JSON object a line, each holding the hash of the one before it.
//!
//! An entry is written and synced before the call it speaks of; the outcome follows as an entry of
//! its own. Several consoles may write at once: every write holds the file's lock.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::under_way::UnderWay;

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Something is about to be done.
    Intent,
    /// What became of it.
    Outcome,
    /// The glass was broken or closed.
    Glass,
    /// A line by hand.
    Note,
}

/// What an entry says. Empty fields are left out of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What kind.
    pub kind: EntryKind,
    /// Joins an outcome to its intent.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// Context or host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub context: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The command a user would have typed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// Objects with their UIDs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<String>,
    /// Impact as it was shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<String>,
    /// What the dry run said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dry_run: String,
    /// What was typed to go on without a backup.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub overridden: String,
    /// `done`, `failed` or `unknown`, and the server's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub result: String,
    /// How long it took, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

impl Record {
    /// An entry of a kind at a time, everything else empty.
    #[must_use]
    pub fn new(kind: EntryKind, id: &str, at: &str) -> Self {
        Self {
            kind,
            id: id.into(),
            at: at.into(),
            who: String::new(),
            context: String::new(),
            reason: String::new(),
            command: String::new(),
            objects: Vec::new(),
            plan: Vec::new(),
            dry_run: String::new(),
            overridden: String::new(),
            result: String::new(),
            took_ms: None,
        }
    }
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Chained {
    prev: String,
    #[serde(flatten)]
    record: Record,
    hash: String,
}

/// Hash that the first entry follows.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a check of the file found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Sound entries.
    pub entries: usize,
    /// Lines that are not as they were written, from 1, and why.
    pub faults: Vec<(usize, String)>,
    /// Intents without an outcome that nobody carries out any more.
    pub open: Vec<Record>,
    /// Those that a program carries out now.
    pub under_way: Vec<Record>,
}

/// The audit log.
#[derive(Clone, Debug)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The log in a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join("journal.jsonl"),
        }
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an entry and has it on the disk before it returns.
    ///
    /// # Errors
    /// When the file cannot be opened, locked or written: then nothing may be done either.
    pub fn append(&self, record: &Record) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.lock()?;
        let (prev, torn) = last_hash(&mut file)?;
        let prev_is_first = prev == GENESIS;
        let hash = hash_of(&prev, record)?;
        let line = serde_json::to_string(&Chained {
            prev,
            record: record.clone(),
            hash,
        })?;
        // a line torn by a crash is ended, so that this one stands alone
        let start = if torn { "\n" } else { "" };
        file.write_all(format!("{start}{line}\n").as_bytes())?;
        file.sync_data()?;
        if prev_is_first {
            // the name of a new file is on the disk only once its folder is
            File::open(self.path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        }
        file.unlock()
    }

    /// Appends an intent, which counts as under way until its outcome is there or the program ends,
    /// however it ends.
    ///
    /// # Errors
    /// As [`Journal::append`]: then nothing may be done either.
    pub fn begin(&self, intent: &Record) -> io::Result<UnderWay> {
        let held = UnderWay::hold(self.clone(), &intent.id)?;
        self.append(intent)?;
        Ok(held)
    }

    /// Whether a program carries out the intent of this number now.
    #[must_use]
    pub fn is_under_way(&self, id: &str) -> bool {
        UnderWay::is_held(self, id)
    }

    /// All entries that can be read, oldest first.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn entries(&self) -> io::Result<Vec<Record>> {
        let lines = self.text()?;
        Ok(lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Chained>(line).ok())
            .map(|chained| chained.record)
            .collect())
    }

    fn text(&self) -> io::Result<String> {
        match std::fs::read(&self.path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(why) => Err(why),
        }
    }

    /// Checks the chain, line by line.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn verify(&self) -> io::Result<Verified> {
        let mut out = Verified::default();
        let mut prev = GENESIS.to_owned();
        let mut open: Vec<Record> = Vec::new();
        for (at, line) in self.text()?.lines().enumerate() {
            if line.is_empty() {
                continue;
            }
            let Ok(chained) = serde_json::from_str::<Chained>(line) else {
                out.faults
                    .push((at + 1, "the line is torn or no entry".into()));
                continue;
            };
            if chained.prev != prev {
                out.faults.push((
                    at + 1,
                    "an entry before it was changed, removed or put in".into(),
                ));
            }
            if hash_of(&chained.prev, &chained.record)? == chained.hash {
                out.entries += 1;
            } else {
                out.faults.push((at + 1, "its text was changed".into()));
            }
            prev = chained.hash;
            match chained.record.kind {
                EntryKind::Intent => open.push(chained.record),
                EntryKind::Outcome => open.retain(|intent| intent.id != chained.record.id),
                EntryKind::Glass | EntryKind::Note => {}
            }
        }
        (out.under_way, out.open) = open
            .into_iter()
            .partition(|intent| self.is_under_way(&intent.id));
        Ok(out)
    }
}

fn hash_of(prev: &str, record: &Record) -> io::Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(prev.as_bytes());
    hasher.update(serde_json::to_vec(record)?);
    Ok(hex::encode(hasher.finalize()))
}

/// Hash of the last sound line, and whether the file ends in a torn one.
fn last_hash(file: &mut File) -> io::Result<(String, bool)> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut window: u64 = 64 * 1024;
    loop {
        let start = length.saturating_sub(window);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let torn = !text.is_empty() && !text.ends_with('\n');
        let found = text
            .lines()
            .rev()
            .find_map(|line| serde_json::from_str::<Chained>(line).ok());
        if let Some(chained) = found {
            return Ok((chained.hash, torn));
        }
        if start == 0 {
            return Ok((GENESIS.into(), torn));
        }
        window *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Record {
        Record {
            reason: text.into(),
            ..Record::new(EntryKind::Note, text, "2026-01-01T00:00:00Z")
        }
    }

    #[test]
    fn the_chain_holds_and_shows_every_change() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        for text in ["one", "two", "three"] {
            journal.append(&note(text)).unwrap();
        }
        assert_eq!(journal.verify().unwrap().entries, 3);
        let text = std::fs::read_to_string(journal.path()).unwrap();
        std::fs::write(journal.path(), text.replace("\"two\"", "\"TWO\"")).unwrap();
        assert_eq!(journal.verify().unwrap().faults.len(), 1);
        let without: Vec<&str> = text.lines().filter(|line| !line.contains("two")).collect();
        std::fs::write(journal.path(), without.join("\n") + "\n").unwrap();
        let faults = journal.verify().unwrap().faults;
        assert_eq!(faults.len(), 1, "{faults:?}");
    }

    #[test]
    fn a_torn_line_is_named_and_the_next_entry_stands() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        journal.append(&note("one")).unwrap();
        let mut text = std::fs::read_to_string(journal.path()).unwrap();
        let half = text.len() / 2;
        let torn = text[..half].to_owned();
        text.push_str(&torn);
        std::fs::write(journal.path(), text).unwrap();
        journal.append(&note("two")).unwrap();
        let verified = journal.verify().unwrap();
        assert_eq!((verified.entries, verified.faults.len()), (2, 1));
    }

    #[test]
    fn an_intent_without_an_outcome_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        for id in ["a", "b"] {
            journal
                .append(&Record::new(EntryKind::Intent, id, "t"))
                .unwrap();
        }
        journal
            .append(&Record::new(EntryKind::Outcome, "a", "t"))
            .unwrap();
        let open: Vec<String> = journal
            .verify()
            .unwrap()
            .open
            .into_iter()
            .map(|one| one.id)
            .collect();
        assert_eq!(open, ["b"]);
    }

    #[test]
    fn several_writers_keep_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let journal = journal.clone();
                scope.spawn(move || {
                    for nth in 0..25 {
                        journal.append(&note(&format!("{writer}-{nth}"))).unwrap();
                    }
                });
            }
        });
        let verified = journal.verify().unwrap();
        assert_eq!((verified.entries, verified.faults.len()), (100, 0));
    }
}
