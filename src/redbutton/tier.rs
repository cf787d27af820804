//! How much a change may hurt decides how hard it is to confirm.

use serde::{Deserialize, Serialize};

/// Risk of a change, mildest first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Changes nothing.
    #[default]
    Observe,
    /// Harmless: a single key.
    Nudge,
    /// Interrupts something: a question with Cancel in front.
    Disrupt,
    /// Loses something: the name has to be typed.
    Destroy,
    /// Loses data or much at once: name and count have to be typed after a cool-down.
    Catastrophe,
}

impl Tier {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Nudge => "nudge",
            Self::Disrupt => "disrupt",
            Self::Destroy => "destroy",
            Self::Catastrophe => "catastrophe",
        }
    }

    /// The tier of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Observe,
            Self::Nudge,
            Self::Disrupt,
            Self::Destroy,
            Self::Catastrophe,
        ]
        .into_iter()
        .find(|tier| tier.as_str() == word)
    }
}
