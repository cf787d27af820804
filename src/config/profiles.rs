//! Profiles: the bundled ones and the user's own.

use std::path::{Path, PathBuf};

use crate::domain::Profile;

const BUNDLED: [(&str, &str); 2] = [
    (
        "neutral",
        include_str!("../../assets/profiles/neutral.toml"),
    ),
    (
        "seed-lab",
        include_str!("../../assets/profiles/seed-lab.toml"),
    ),
];

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Neither bundled nor a file.
    #[error("no profile `{0}`: expected neutral, seed-lab, or the path of a TOML file")]
    Unknown(String),
    /// File not readable.
    #[error("{path}: {why}")]
    Read {
        /// File.
        path: PathBuf,
        /// System's words.
        why: std::io::Error,
    },
    /// Contents not right.
    #[error("{path}: {why}")]
    Value {
        /// File.
        path: PathBuf,
        /// Line, column and what was expected.
        why: String,
    },
}

/// Names of the bundled profiles.
pub fn bundled_profiles() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|(name, _)| *name)
}

/// The profile of this name or file.
///
/// # Errors
/// When there is no such profile, or its file is unreadable or wrong.
pub fn profile(name: &str) -> Result<Profile, ProfileError> {
    if let Some((_, text)) = BUNDLED.iter().find(|(bundled, _)| *bundled == name) {
        return parse(Path::new(name), text);
    }
    let path = super::expand(Path::new(name));
    if !path.exists() {
        return Err(ProfileError::Unknown(name.into()));
    }
    let text = std::fs::read_to_string(&path).map_err(|why| ProfileError::Read {
        path: path.clone(),
        why,
    })?;
    parse(&path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Profile, ProfileError> {
    toml::from_str(text).map_err(|why| ProfileError::Value {
        path: path.into(),
        why: why.to_string().trim_end().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_profiles_are_valid_and_bear_their_names() {
        for name in bundled_profiles() {
            assert_eq!(profile(name).unwrap().name, name);
        }
    }

    #[test]
    fn an_unknown_profile_says_what_there_is() {
        assert!(
            profile("nowhere")
                .unwrap_err()
                .to_string()
                .contains("neutral, seed-lab")
        );
    }
}
