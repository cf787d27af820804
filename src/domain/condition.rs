//! Conditions, as nearly every kind has them.

use std::{ops::Deref, sync::Arc};

use super::{Moment, Text};

/// The three values of a condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Nobody knows.
    #[default]
    Unknown,
}

impl Truth {
    /// From the text of the API; anything else than `True` and `False` is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "True" => Self::True,
            "False" => Self::False,
            _ => Self::Unknown,
        }
    }

    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// One condition of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// What it says. Thousands of pods say the same, each since another time.
    pub said: Arc<Said>,
    /// Last change of `status`.
    pub since: Moment,
}

impl Deref for Condition {
    type Target = Said;

    fn deref(&self) -> &Said {
        &self.said
    }
}

/// What a condition says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Said {
    /// Its type, as `Ready`.
    pub kind: Text,
    /// Whether it holds.
    pub status: Truth,
    /// Machine word; may be empty.
    pub reason: Text,
    /// Sentence for people; may be empty.
    pub message: Text,
}

/// Look-ups in a list of conditions.
pub trait Conditions {
    /// The condition of this type.
    fn condition(&self, kind: &str) -> Option<&Condition>;

    /// Whether the condition of this type is there and true.
    fn holds(&self, kind: &str) -> bool {
        self.condition(kind)
            .is_some_and(|found| found.status == Truth::True)
    }

    /// Whether the condition of this type is there and false.
    fn fails(&self, kind: &str) -> bool {
        self.condition(kind)
            .is_some_and(|found| found.status == Truth::False)
    }
}

impl Conditions for [Condition] {
    fn condition(&self, kind: &str) -> Option<&Condition> {
        self.iter().find(|found| *found.kind == *kind)
    }
}
