//! What may be done with a command, and why.

use serde::Serialize;

use crate::redbutton::Tier;

/// What may be done with a command, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Runs without a question.
    Allowed,
    /// Is asked for.
    Ask,
    /// Is asked for in the Red Button modal.
    Destructive,
}

impl Verdict {
    /// Its name, as it is written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Ask => "ask",
            Self::Destructive => "destructive",
        }
    }
}

/// The judgement of one simple command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its words.
    pub command: String,
    /// What may be done.
    pub verdict: Verdict,
    /// Risk.
    pub tier: Tier,
    /// Why.
    pub why: String,
    /// Entry of the registry, verb or flag that decided; may be empty.
    pub matched: String,
    /// It is asked for even where the whole tool is approved.
    #[serde(skip)]
    pub firm: bool,
}

impl Part {
    /// Asked for even where the whole tool is approved.
    pub(super) fn firm(self) -> Self {
        Self { firm: true, ..self }
    }
}

/// The judgement of a whole command line: that of its worst part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// What may be done.
    pub verdict: Verdict,
    /// Risk.
    pub tier: Tier,
    /// Why.
    pub why: String,
    /// What decided; may be empty.
    pub matched: String,
    /// Its simple commands.
    pub parts: Vec<Part>,
    /// It needs a shell to run.
    #[serde(skip)]
    pub shell: bool,
}

impl Judgement {
    /// The worst of the parts decides.
    pub(super) fn of(parts: Vec<Part>, shell: bool) -> Self {
        let worst = parts
            .iter()
            .max_by_key(|part| (part.verdict, part.tier))
            .cloned()
            .unwrap_or_else(|| allowed("", ""));
        Self {
            verdict: worst.verdict,
            tier: worst.tier.max(
                parts
                    .iter()
                    .map(|part| part.tier)
                    .max()
                    .unwrap_or(worst.tier),
            ),
            why: worst.why,
            matched: worst.matched,
            parts,
            shell,
        }
    }
}

pub(super) fn part(
    command: &str,
    verdict: Verdict,
    tier: Tier,
    why: impl Into<String>,
    matched: impl Into<String>,
) -> Part {
    Part {
        command: command.into(),
        verdict,
        tier,
        why: why.into(),
        matched: matched.into(),
        firm: false,
    }
}

/// It only looks.
pub(super) fn allowed(command: &str, matched: &str) -> Part {
    part(
        command,
        Verdict::Allowed,
        Tier::Observe,
        "changes nothing",
        matched,
    )
}

/// It changes something, or cannot be understood.
pub(super) fn asked(command: &str, why: &str, matched: &str) -> Part {
    part(command, Verdict::Ask, Tier::Disrupt, why, matched)
}

/// It loses something.
pub(super) fn destructive(command: &str, matched: &str) -> Part {
    let why = format!("`{matched}` loses something");
    part(command, Verdict::Destructive, Tier::Destroy, why, matched)
}
