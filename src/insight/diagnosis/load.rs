//! Runbooks as text: the files that come with the program, and those of the user.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{Late, Pattern, Runbook, Topics, Via};

/// Files that come with the program.
pub const BUNDLED: &[(&str, &str)] = &[
    (
        "guests.toml",
        include_str!("../../../assets/runbooks/guests.toml"),
    ),
    (
        "claims.toml",
        include_str!("../../../assets/runbooks/claims.toml"),
    ),
    (
        "scheduling.toml",
        include_str!("../../../assets/runbooks/scheduling.toml"),
    ),
    (
        "images.toml",
        include_str!("../../../assets/runbooks/images.toml"),
    ),
    (
        "start.toml",
        include_str!("../../../assets/runbooks/start.toml"),
    ),
    (
        "crash.toml",
        include_str!("../../../assets/runbooks/crash.toml"),
    ),
    (
        "argocd.toml",
        include_str!("../../../assets/runbooks/argocd.toml"),
    ),
    (
        "machines.toml",
        include_str!("../../../assets/runbooks/machines.toml"),
    ),
    (
        "platform.toml",
        include_str!("../../../assets/runbooks/platform.toml"),
    ),
];

/// Why a runbook file cannot be used: the place and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {why}")]
pub struct RunbookError {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    runbook: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    cause: Option<String>,
    title: Spanned<String>,
    why: String,
    #[serde(default)]
    applies: Vec<String>,
    confidence: Option<Spanned<f64>>,
    #[serde(default)]
    object: String,
    #[serde(default)]
    symptom: bool,
    #[serde(default)]
    via: ViaWord,
    fix: Vec<String>,
    #[serde(default)]
    glass: Vec<String>,
    #[serde(default)]
    verify: Vec<String>,
    #[serde(default)]
    seen: Vec<String>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    r#match: Vec<Match>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ViaWord {
    #[default]
    Git,
    Ansible,
    BreakGlass,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    on: Spanned<String>,
    text: Spanned<String>,
    not: Option<Spanned<String>>,
    #[serde(default)]
    exit: Vec<i32>,
    confidence: Option<Spanned<f64>>,
}

/// Reads one file.
///
/// # Errors
/// [`RunbookError`] with the line and what was expected there.
pub fn parse_runbooks(file: &str, text: &str) -> Result<Vec<Runbook>, RunbookError> {
    let fault = |at: usize, why: String| RunbookError {
        file: file.into(),
        line: text.get(..at).unwrap_or(text).matches('\n').count() + 1,
        why,
    };
    let parsed: File = toml::from_str(text).map_err(|error| {
        fault(
            error.span().map_or(0, |span| span.start),
            error.message().trim_end().replace('\n', "; "),
        )
    })?;
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut topics = Known::new();
    let mut out = Vec::with_capacity(parsed.runbook.len());
    for entry in parsed.runbook {
        let at = entry.id.span().start;
        if let Some(before) = first.insert(entry.id.get_ref().clone(), at) {
            let line = fault(before, String::new()).line;
            return Err(fault(
                at,
                format!(
                    "`id`: `{}` is already there in line {line}: expected a name of its own",
                    entry.id.get_ref()
                ),
            ));
        }
        out.push(runbook(file, entry, &mut topics, &fault)?);
    }
    Ok(out)
}

/// Expressions of topics that are compiled already: a file names the same few again and again.
type Known = BTreeMap<String, Topics>;

/// Whether it is an expression.
fn check(text: &str) -> Result<(), String> {
    regex_syntax::parse(text).map_err(|why| why.to_string())?;
    // only a counted repetition can make a short text too large; compiling all costs the start
    if text.contains('{') {
        Regex::new(text).map_err(|why| why.to_string())?;
    }
    Ok(())
}

fn runbook(
    file: &str,
    entry: Entry,
    topics: &mut Known,
    fault: &impl Fn(usize, String) -> RunbookError,
) -> Result<Runbook, RunbookError> {
    let share = |value: Option<&Spanned<f64>>, or: f64| match value {
        None => Ok(or),
        Some(value) if (0.0..=1.0).contains(value.get_ref()) => Ok(*value.get_ref()),
        Some(value) => Err(fault(
            value.span().start,
            format!(
                "`confidence`: {} is no share: expected 0 to 1",
                value.get_ref()
            ),
        )),
    };
    if entry.title.get_ref().trim().is_empty() {
        return Err(fault(
            entry.title.span().start,
            "`title`: expected a line of text".into(),
        ));
    }
    let confidence = share(entry.confidence.as_ref(), 0.9)?;
    let mut patterns = Vec::with_capacity(entry.r#match.len());
    for one in entry.r#match {
        let confidence = share(one.confidence.as_ref(), confidence)?;
        let wrong = |why: String, at: usize, field: &str| {
            let why = why.replace('\n', " ");
            let what = format!("`{field}`: expected a regular expression: {why}");
            fault(at, what)
        };
        let on = match topics.get(one.on.get_ref()) {
            Some(known) => known.clone(),
            None => {
                let on = Topics::new(one.on.get_ref())
                    .map_err(|why| wrong(why, one.on.span().start, "on"))?;
                topics.insert(one.on.get_ref().clone(), on.clone());
                on
            }
        };
        check(one.text.get_ref()).map_err(|why| wrong(why, one.text.span().start, "text"))?;
        if let Some(not) = &one.not {
            check(not.get_ref()).map_err(|why| wrong(why, not.span().start, "not"))?;
        }
        patterns.push(Pattern {
            on,
            text: Late::new(one.text.into_inner()),
            not: one.not.map(|not| Late::new(not.into_inner())),
            exit: one.exit,
            confidence,
        });
    }
    let id = entry.id.into_inner();
    Ok(Runbook {
        cause: entry.cause.unwrap_or_else(|| id.clone()).into(),
        id: id.into(),
        title: entry.title.into_inner(),
        why: entry.why,
        applies: entry.applies.into_iter().map(Into::into).collect(),
        confidence,
        object: entry.object,
        symptom: entry.symptom,
        via: match entry.via {
            ViaWord::Git => Via::Git,
            ViaWord::Ansible => Via::Ansible,
            ViaWord::BreakGlass => Via::BreakGlass,
        },
        fix: entry.fix,
        glass: entry.glass,
        verify: entry.verify,
        patterns,
        seen: entry.seen,
        source: entry.source,
        file: file.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_files_are_sound_and_each_word_has_one_runbook() {
        let mut seen = std::collections::BTreeSet::new();
        for (file, text) in BUNDLED {
            for runbook in parse_runbooks(file, text).unwrap() {
                assert!(seen.insert(runbook.id.clone()), "{} twice", runbook.id);
                assert!(!runbook.fix.is_empty(), "{} has no fix", runbook.id);
            }
        }
        assert!(seen.len() >= 120, "{} runbooks", seen.len());
    }

    #[test]
    fn errors_name_the_line_and_what_was_expected() {
        let good = "[[runbook]]\nid = \"a\"\ntitle = \"t\"\nwhy = \"w\"\nfix = [\"f\"]\n";
        assert_eq!(parse_runbooks("r.toml", good).unwrap().len(), 1);
        for (text, line, word) in [
            (
                format!("{good}[[runbook.match]]\non = \"log:app\"\ntext = \"(\"\n"),
                8,
                "regular expression",
            ),
            (format!("{good}confidence = 2.0\n"), 6, "0 to 1"),
            (format!("{good}{good}"), 7, "already there"),
            (format!("{good}titel = \"x\"\n"), 6, "titel"),
        ] {
            let error = parse_runbooks("r.toml", &text).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
