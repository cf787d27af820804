//! References to secrets. A secret itself never stands in the configuration.

use std::{path::PathBuf, time::Duration};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// How long a command may take to print a secret (a locked vault asks and waits).
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// Where a secret is: exactly one of an environment variable, a file, or a command that prints it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "RawSecretRef", into = "RawSecretRef")]
#[schemars(with = "RawSecretRef")]
pub enum SecretRef {
    /// Environment variable.
    Env(String),
    /// File that only its owner may read.
    File(PathBuf),
    /// Command and its arguments; its first line of output is the secret.
    Command(Vec<String>),
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RawSecretRef {
    /// Name of an environment variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    env: Option<String>,
    /// File with mode 0600 or stricter.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    /// Command that prints the secret, as ["bw", "get", "password", "NAME"].
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<Vec<String>>,
}

impl TryFrom<RawSecretRef> for SecretRef {
    type Error = &'static str;

    fn try_from(raw: RawSecretRef) -> Result<Self, Self::Error> {
        const EXPECTED: &str =
            "expected exactly one of env, file or command, as { env = \"ARGOCD_TOKEN\" }";
        match (raw.env, raw.file, raw.command) {
            (Some(name), None, None) if !name.is_empty() => Ok(Self::Env(name)),
            (None, Some(path), None) => Ok(Self::File(path)),
            (None, None, Some(words)) if !words.is_empty() => Ok(Self::Command(words)),
            _ => Err(EXPECTED),
        }
    }
}

impl From<SecretRef> for RawSecretRef {
    fn from(reference: SecretRef) -> Self {
        match reference {
            SecretRef::Env(name) => Self {
                env: Some(name),
                ..Self::default()
            },
            SecretRef::File(path) => Self {
                file: Some(path),
                ..Self::default()
            },
            SecretRef::Command(words) => Self {
                command: Some(words),
                ..Self::default()
            },
        }
    }
}

/// Why a secret could not be had. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Variable not set.
    #[error("environment variable {0} is not set")]
    Unset(String),
    /// File not readable.
    #[error("{path}: {why}")]
    File {
        /// File.
        path: PathBuf,
        /// System's words.
        why: std::io::Error,
    },
    /// Others may read the file.
    #[error("{path} has mode {mode:03o}: others can read it; run `chmod 600 {path}`")]
    Mode {
        /// File.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Command failed.
    #[error("command `{program}` {why}")]
    Command {
        /// Program, without its arguments.
        program: String,
        /// What went wrong.
        why: String,
    },
    /// Nothing there.
    #[error("{0} gave an empty secret")]
    Empty(String),
}

impl SecretRef {
    /// Fetches the secret.
    ///
    /// # Errors
    /// When the variable is not set, the file is unreadable or readable by others, the command
    /// fails or takes longer than a minute, or what came is empty.
    pub async fn resolve(&self) -> Result<SecretString, SecretError> {
        let text = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| SecretError::Unset(name.clone()))?,
            Self::File(path) => read_private(&super::expand(path))?,
            Self::Command(words) => run(words).await?,
        };
        let line = text.lines().next().unwrap_or_default().trim();
        if line.is_empty() {
            return Err(SecretError::Empty(self.place()));
        }
        Ok(SecretString::from(line.to_owned()))
    }

    /// Where it is, in words that can be shown.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Env(name) => format!("environment variable {name}"),
            Self::File(path) => format!("file {}", path.display()),
            Self::Command(words) => {
                format!("command `{}`", words.first().map_or("", String::as_str))
            }
        }
    }
}

fn read_private(path: &std::path::Path) -> Result<String, SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let fail = |why| SecretError::File {
        path: path.into(),
        why,
    };
    let mode = std::fs::metadata(path).map_err(fail)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Mode {
            path: path.into(),
            mode,
        });
    }
    std::fs::read_to_string(path).map_err(fail)
}

async fn run(words: &[String]) -> Result<String, SecretError> {
    let program = words.first().cloned().unwrap_or_default();
    let fail = |why: String| SecretError::Command {
        program: program.clone(),
        why,
    };
    let child = tokio::process::Command::new(&program)
        .args(words.iter().skip(1))
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(COMMAND_TIMEOUT, child)
        .await
        .map_err(|_| {
            fail(format!(
                "gave nothing within {} s",
                COMMAND_TIMEOUT.as_secs()
            ))
        })?
        .map_err(|why| fail(format!("cannot be run: {why}")))?;
    if !output.status.success() {
        return Err(fail(format!("ended with {}", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|_| fail("printed something that is no text".into()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    #[tokio::test]
    async fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "s3cret\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let why = SecretRef::File(path.clone())
            .resolve()
            .await
            .unwrap_err()
            .to_string();
        assert!(
            why.contains("chmod 600") && !why.contains("s3cret"),
            "{why}"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(
            SecretRef::File(path)
                .resolve()
                .await
                .unwrap()
                .expose_secret(),
            "s3cret"
        );
    }

    #[tokio::test]
    async fn a_command_prints_it_and_its_failure_is_named() {
        let words = |line: &str| line.split(' ').map(String::from).collect::<Vec<_>>();
        assert_eq!(
            SecretRef::Command(words("echo abc"))
                .resolve()
                .await
                .unwrap()
                .expose_secret(),
            "abc"
        );
        let why = SecretRef::Command(words("false"))
            .resolve()
            .await
            .unwrap_err()
            .to_string();
        assert!(why.contains("`false`"), "{why}");
        assert!(
            SecretRef::Env("REDBUTTON_TEST_UNSET".into())
                .resolve()
                .await
                .is_err()
        );
    }
}
