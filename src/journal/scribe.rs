//! PROGRESS.md: appended to, never rewritten; and looked through for what was seen before.

use std::{
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// Why an entry was not written.
#[derive(Debug, thiserror::Error)]
pub enum ScribeError {
    /// The file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// What was read before is no longer there.
    #[error(
        "{0}: it lost content since it was read; nothing was written (history is only ever appended to)"
    )]
    Lost(PathBuf),
    /// Nothing to say.
    #[error("an entry needs a task and a description")]
    Empty,
}

/// The file as it was read: its length and the hash of that much.
#[derive(Clone, Debug)]
pub struct Scribe {
    path: PathBuf,
    length: usize,
    hash: Vec<u8>,
}

impl Scribe {
    /// Reads the file; a missing one is empty.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn open(path: &Path) -> Result<Self, ScribeError> {
        let bytes = read(path)?;
        Ok(Self {
            path: path.into(),
            length: bytes.len(),
            hash: Sha256::digest(&bytes).to_vec(),
        })
    }

    /// Appends `- [DATE]: Task - Description`.
    ///
    /// # Errors
    /// [`ScribeError::Lost`] when what was read is no longer the beginning of the file.
    pub fn append(
        &mut self,
        date: &str,
        task: &str,
        description: &str,
    ) -> Result<String, ScribeError> {
        use io::Write;
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (task, description) = (one_line(task), one_line(description));
        if task.is_empty() || description.is_empty() {
            return Err(ScribeError::Empty);
        }
        let now = read(&self.path)?;
        let kept = now
            .get(..self.length)
            .is_some_and(|head| Sha256::digest(head).to_vec() == self.hash);
        if !kept {
            return Err(ScribeError::Lost(self.path.clone()));
        }
        let entry = format!("- [{date}]: {task} - {description}");
        let start = if now.is_empty() || now.ends_with(b"\n") {
            ""
        } else {
            "\n"
        };
        let fail = |why| ScribeError::File(self.path.clone(), why);
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(fail)?;
        file.write_all(format!("{start}{entry}\n").as_bytes())
            .map_err(fail)?;
        file.sync_all().map_err(fail)?;
        *self = Self::open(&self.path)?;
        Ok(entry)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ScribeError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(why) => Err(ScribeError::File(path.into(), why)),
    }
}

/// Lines of a text that hold every word of a search, newest last.
#[must_use]
pub fn search<'t>(text: &'t str, wanted: &str) -> Vec<&'t str> {
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    text.lines()
        .filter(|line| {
            let lower = line.to_lowercase();
            !words.is_empty() && words.iter().all(|word| lower.contains(word))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appends_and_refuses_once_history_was_lost() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("PROGRESS.md");
        std::fs::write(&file, "# Progress\n- [2026-01-01]: Old - thing").unwrap();
        let mut scribe = Scribe::open(&file).unwrap();
        scribe
            .append("2026-02-02", "Fixed claim", "image tag of\nthe driver")
            .unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            text.ends_with("thing\n- [2026-02-02]: Fixed claim - image tag of the driver\n"),
            "{text}"
        );
        std::fs::write(&file, "# Progress\n").unwrap();
        assert!(matches!(
            scribe.append("2026-02-03", "a", "b"),
            Err(ScribeError::Lost(_))
        ));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "# Progress\n");
    }
}
