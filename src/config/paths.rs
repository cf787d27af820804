//! Where files are.

use std::path::{Path, PathBuf};

/// The folders of the program, by the XDG rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Configuration folder.
    pub config: PathBuf,
    /// State folder: journal and log.
    pub state: PathBuf,
}

impl Paths {
    /// The user's folders; below the current folder where there is no home at all.
    #[must_use]
    pub fn of_user() -> Self {
        directories::ProjectDirs::from("", "", "redbutton").map_or_else(
            || Self {
                config: ".redbutton".into(),
                state: ".redbutton".into(),
            },
            |dirs| Self {
                config: dirs.config_dir().into(),
                state: dirs
                    .state_dir()
                    .unwrap_or_else(|| dirs.data_local_dir())
                    .into(),
            },
        )
    }

    /// The configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's own runbooks.
    #[must_use]
    pub fn runbooks(&self) -> PathBuf {
        self.config.join("runbooks")
    }

    /// The user's own themes.
    #[must_use]
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The log file.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.state.join("redbutton.log")
    }
}

/// A path with a leading `~/` put in place of the home folder.
#[must_use]
pub fn expand(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => path.into(),
    }
}
