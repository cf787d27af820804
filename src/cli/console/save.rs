//! Saving what is on the screen as a file.

use std::{io, path::Path};

use tokio::io::AsyncWriteExt;

/// So many files of one name are made.
const MOST: usize = 1000;

/// Saves under this name, or where that is taken with a number after it: nothing is written over.
/// Says what became of it.
pub(super) async fn save(name: &str, text: &str) -> String {
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let more = (2..=MOST).map(|nth| format!("{stem}-{nth}.{kind}"));
    for name in std::iter::once(name.to_owned()).chain(more) {
        match create(Path::new(&name), text).await {
            Ok(()) => return format!("saved as {name}"),
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return format!("{name}: {why}"),
        }
    }
    format!("{name}: there are {MOST} of them already")
}

/// Writes a new file that only its owner may read: logs tell more than others should hear.
async fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(text.as_bytes()).await?;
    file.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_saved_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name).display().to_string();
        let name = place("media-plex.log");
        assert_eq!(save(&name, "first").await, format!("saved as {name}"));
        let second = place("media-plex-2.log");
        assert_eq!(save(&name, "second").await, format!("saved as {second}"));
        assert_eq!(std::fs::read_to_string(&name).unwrap(), "first");
        assert_eq!(std::fs::read_to_string(&second).unwrap(), "second");
        let nowhere = place("none/media-plex.log");
        let said = save(&nowhere, "third").await;
        assert!(
            said.starts_with(&nowhere) && said.len() > nowhere.len() + 2,
            "{said}"
        );
    }
}
