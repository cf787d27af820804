//! Reading the configuration file, with errors that point at the spot.

use std::path::{Path, PathBuf};

use super::Config;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// File not readable.
    #[error("{path}: {why}")]
    Read {
        /// File.
        path: PathBuf,
        /// System's words.
        why: std::io::Error,
    },
    /// Contents not right.
    #[error("{path}:{line}:{column}: {field}{why}", field = if field.is_empty() { String::new() } else { format!("field `{field}`: ") })]
    Value {
        /// File.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// Field, where the line names one.
        field: String,
        /// What is wrong and what was expected.
        why: String,
    },
}

/// Reads a file; a missing one at the default place is an empty configuration.
///
/// # Errors
/// When the file cannot be read (or is missing though it was `named`), or its contents are wrong.
pub fn load(path: &Path, named: bool) -> Result<Config, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound && !named => Ok(Config::default()),
        Err(why) => Err(ConfigError::Read {
            path: path.into(),
            why,
        }),
    }
}

/// Reads the text of a configuration file.
///
/// # Errors
/// When it is no TOML, or a field is unknown, of the wrong type, or contradicts another.
pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        spot(path, text, at, error.message().to_owned())
    })?;
    if let Some((needle, why)) = config.contradiction() {
        let at = text.find(&needle).unwrap_or(0);
        return Err(spot(path, text, at, why));
    }
    Ok(config)
}

/// An error at the first place in the text where something stands.
#[must_use]
pub fn error_at(path: &Path, text: &str, needle: &str, why: String) -> ConfigError {
    spot(path, text, text.find(needle).unwrap_or(0), why)
}

fn spot(path: &Path, text: &str, at: usize, why: String) -> ConfigError {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line_text = text[start..].lines().next().unwrap_or_default();
    ConfigError::Value {
        path: path.into(),
        line: before.matches('\n').count() + 1,
        column: before[start..].chars().count() + 1,
        field: field_of(line_text),
        why: why.trim_end().replace('\n', "; "),
    }
}

/// The name before the `=` of a line, or of the table it opens.
fn field_of(line: &str) -> String {
    let line = line.trim();
    if line.starts_with('[') {
        return line.trim_matches(['[', ']']).trim().to_owned();
    }
    line.split_once('=').map_or(String::new(), |(name, _)| {
        name.trim().trim_matches('"').to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        parse(Path::new("config.toml"), text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn errors_name_file_line_column_field_and_what_was_expected() {
        let text = "theme = \"dark\"\n\n[[proxmox]]\nname = \"pve\"\nurl = \"ftp://x\"\n";
        let error = why(text);
        assert!(
            error.starts_with("config.toml:5:7: field `url`:") && error.contains("https://"),
            "{error}"
        );
        let error = why("[glass]\nminuts = 3\n");
        assert!(
            error.starts_with("config.toml:2:1: field `minuts`:")
                && error.contains("expected `minutes`"),
            "{error}"
        );
        let error = why(
            "[[argocd]]\nname = \"a\"\nurl = \"https://a\"\ntoken = { env = \"A\", file = \"b\" }\n",
        );
        assert!(
            error.contains(":4:9:") && error.contains("exactly one of env, file or command"),
            "{error}"
        );
    }

    #[test]
    fn the_template_is_a_valid_empty_configuration() {
        assert_eq!(
            parse(Path::new("t"), crate::config::TEMPLATE).unwrap(),
            Config::default()
        );
    }

    #[test]
    fn every_option_of_the_template_is_valid_once_uncommented() {
        let text: String = crate::config::TEMPLATE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .collect::<Vec<_>>()
            .join("\n");
        let config = parse(Path::new("t"), &text).unwrap();
        assert!(
            !config.argocd.is_empty() && !config.proxmox.is_empty() && !config.probe.is_empty()
        );
    }

    #[test]
    fn every_option_there_is_stands_in_the_template() {
        let schema = serde_json::to_value(schemars::schema_for!(Config)).unwrap();
        let mut tables = vec![&schema];
        tables.extend(schema["$defs"].as_object().unwrap().values());
        let names: Vec<&String> = tables
            .iter()
            .filter_map(|table| table["properties"].as_object())
            .flat_map(|fields| fields.keys())
            .collect();
        assert!(names.len() > 40, "{names:?}");
        for name in names {
            let said = [
                format!("{name} ="),
                format!("[{name}]"),
                format!("[[{name}]]"),
            ];
            assert!(
                said.iter().any(|way| crate::config::TEMPLATE.contains(way)),
                "{name}"
            );
        }
    }
}
