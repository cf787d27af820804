//! The configuration file of the `argocd` command: contexts with their servers and tokens.

use std::path::Path;

use secrecy::SecretString;
use serde::Deserialize;

/// Why the file gives no token. Never holds a token.
#[derive(Debug, thiserror::Error)]
pub enum CliConfigError {
    /// Cannot be read.
    #[error("{0}: {1}")]
    Read(String, String),
    /// Others may read it.
    #[error("{0}: mode {1:o} lets others read its tokens; expected 600 (chmod 600)")]
    Mode(String, u32),
    /// Not such a file.
    #[error("{0}: {1}")]
    Format(String, String),
    /// No such context.
    #[error("{file}: no context `{wanted}`; there are {known}")]
    Context {
        /// File.
        file: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// The context is for another server than the configured address.
    #[error("{file}: context `{context}` is for {server}, but the address here is {url}")]
    Server {
        /// File.
        file: String,
        /// Context.
        context: String,
        /// Its server.
        server: String,
        /// Address in the configuration.
        url: String,
    },
    /// The user of the context has no token.
    #[error("{0}: user `{1}` has no token: log in with `argocd login`")]
    NoToken(String, String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    contexts: Vec<Context>,
    #[serde(default)]
    current_context: String,
    #[serde(default)]
    users: Vec<User>,
}

#[derive(Deserialize)]
struct Context {
    name: String,
    server: String,
    user: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct User {
    name: String,
    #[serde(default)]
    auth_token: Option<String>,
}

/// The token of a context (the current one where none is named), which must be for this address.
///
/// # Errors
/// [`CliConfigError`].
pub fn cli_token(
    path: &Path,
    context: Option<&str>,
    url: &str,
) -> Result<SecretString, CliConfigError> {
    let name = path.display().to_string();
    let fail = |why: std::io::Error| CliConfigError::Read(name.clone(), why.to_string());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(fail)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(CliConfigError::Mode(name, mode));
        }
    }
    let text = std::fs::read_to_string(path).map_err(fail)?;
    token_of(&name, &text, context, url)
}

fn token_of(
    name: &str,
    text: &str,
    context: Option<&str>,
    url: &str,
) -> Result<SecretString, CliConfigError> {
    let file: File = serde_yaml::from_str(text).map_err(|why| {
        // the parser's words may quote the line, and with it a token: only its place is told
        let place = why.location().map_or_else(String::new, |at| {
            format!(", line {} column {}", at.line(), at.column())
        });
        CliConfigError::Format(
            name.to_owned(),
            format!("not a configuration of the argocd command{place}"),
        )
    })?;
    let wanted = context.unwrap_or(&file.current_context);
    let Some(found) = file.contexts.iter().find(|one| one.name == wanted) else {
        let known: Vec<&str> = file.contexts.iter().map(|one| one.name.as_str()).collect();
        return Err(CliConfigError::Context {
            file: name.to_owned(),
            wanted: wanted.to_owned(),
            known: known.join(", "),
        });
    };
    if address(url) != address(&found.server) {
        return Err(CliConfigError::Server {
            file: name.to_owned(),
            context: wanted.to_owned(),
            server: found.server.clone(),
            url: url.to_owned(),
        });
    }
    file.users
        .into_iter()
        .find(|user| user.name == found.user)
        .and_then(|user| user.auth_token)
        .map(SecretString::from)
        .ok_or_else(|| CliConfigError::NoToken(name.to_owned(), found.user.clone()))
}

/// Host and port, without the scheme and the ports that go without saying.
fn address(text: &str) -> String {
    let bare = text
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    bare.trim_end_matches(":443").to_lowercase()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const FILE: &str = "contexts:
- {name: prod, server: argocd.example.test, user: prod}
- {name: other, server: 'argocd.example.test:7490', user: nobody}
current-context: prod
users:
- {name: prod, auth-token: abc}
- {name: nobody}
";

    #[test]
    fn the_current_context_is_taken_where_none_is_named() {
        let token = token_of("f", FILE, None, "https://argocd.example.test/").unwrap();
        assert_eq!(token.expose_secret(), "abc");
    }

    #[test]
    fn a_token_never_goes_to_another_server() {
        let said = token_of("f", FILE, Some("prod"), "https://elsewhere.test").unwrap_err();
        assert!(
            said.to_string().contains("is for argocd.example.test"),
            "{said}"
        );
        let said = token_of("f", FILE, Some("none"), "https://x").unwrap_err();
        assert!(said.to_string().contains("there are prod, other"), "{said}");
        let said = token_of("f", FILE, Some("other"), "https://argocd.example.test:7490");
        assert!(matches!(said, Err(CliConfigError::NoToken(..))));
    }

    #[test]
    fn a_broken_file_is_named_without_its_words() {
        let said =
            token_of("f", "users: [{name: a, auth-token: [s3cret]}]", None, "x").unwrap_err();
        assert!(!said.to_string().contains("s3cret"), "{said}");
    }
}
