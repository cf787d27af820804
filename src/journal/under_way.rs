//! Changes that are under way: each holds the lock of a file of its own. The kernel lets go of the
//! lock when a program ends, also when it is killed, so that a change that was cut off is told from
//! one that another console carries out.

use std::{
    fs::{File, TryLockError},
    io,
    path::PathBuf,
};

use super::{Journal, Record};

/// A change that is under way, until its outcome is appended.
#[derive(Debug)]
pub struct UnderWay {
    journal: Journal,
    file: PathBuf,
    _lock: File,
}

impl UnderWay {
    pub(super) fn hold(journal: Journal, id: &str) -> io::Result<Self> {
        let file = place(&journal, id);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let lock = File::create(&file)?;
        lock.lock()?;
        Ok(Self {
            journal,
            file,
            _lock: lock,
        })
    }

    pub(super) fn is_held(journal: &Journal, id: &str) -> bool {
        File::open(place(journal, id))
            .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Appends the outcome.
    ///
    /// # Errors
    /// When it cannot be written: then the intent stays open.
    pub fn end(self, outcome: &Record) -> io::Result<()> {
        self.journal.append(outcome)?;
        // the outcome is on the disk: a file that stays behind says nothing
        std::fs::remove_file(&self.file).or(Ok(()))
    }
}

/// The file of a change, by its number, which has no other characters than these.
fn place(journal: &Journal, id: &str) -> PathBuf {
    let name: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    journal
        .path()
        .with_file_name("under-way")
        .join(format!("{name}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::EntryKind;

    #[test]
    fn a_change_is_under_way_until_its_outcome_or_the_end_of_its_program() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        let intent = |id: &str| Record::new(EntryKind::Intent, id, "t");
        let open = || {
            let verified = journal.verify().unwrap();
            (verified.under_way.len(), verified.open.len())
        };
        let first = journal.begin(&intent("1-2")).unwrap();
        assert_eq!(open(), (1, 0));
        first
            .end(&Record::new(EntryKind::Outcome, "1-2", "t"))
            .unwrap();
        assert_eq!(open(), (0, 0));
        drop(journal.begin(&intent("3-4")).unwrap());
        assert_eq!(open(), (0, 1));
    }
}
