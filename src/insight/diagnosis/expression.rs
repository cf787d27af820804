//! The expressions of runbooks, in little room: there are hundreds, and few are ever needed.

use std::sync::OnceLock;

use regex::Regex;
use regex_automata::{meta, util::syntax};

/// Says of which signs a pattern speaks, by their topics.
///
/// Topics are a few ASCII words, so the automaton does without what makes long texts fast, and without
/// Unicode: a hundredth of the memory.
#[derive(Clone, Debug)]
pub struct Topics(meta::Regex);

impl Topics {
    /// From an expression that a topic must meet as a whole.
    ///
    /// # Errors
    /// Why it is none.
    pub fn new(expression: &str) -> Result<Self, String> {
        let whole = format!("^(?:{expression})$");
        regex_syntax::parse(&whole).map_err(|why| why.to_string())?;
        meta::Regex::builder()
            .configure(meta::Config::new().onepass(false).dfa(false).hybrid(false))
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build(&whole)
            .map(Self)
            .map_err(|why| why.to_string())
    }

    /// Whether a topic is among them.
    #[must_use]
    pub fn has(&self, topic: &str) -> bool {
        self.0.is_match(topic)
    }
}

/// An expression that is compiled when it is first needed.
#[derive(Clone, Debug, Default)]
pub struct Late {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Late {
    /// From an expression that was checked.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// The expression as it is written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The compiled expression; none where it is too large.
    pub fn get(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&self.text).ok())
            .as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_met_as_a_whole() {
        let topics = Topics::new("log:app|event:Failed(Mount|.*Volume)").unwrap();
        for (topic, expected) in [
            ("log:app", true),
            ("log:app2", false),
            ("event:FailedMount", true),
            ("event:FailedAttachVolume", true),
            ("event:Failed", false),
        ] {
            assert_eq!(topics.has(topic), expected, "{topic}");
        }
        assert!(Topics::new("log:(").unwrap_err().contains("unclosed group"));
    }
}
