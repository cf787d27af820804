//! How far what is on the screen can be trusted.

use super::{Text, Time};

/// Freshness and rights of one kind of one source.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Freshness {
    /// Nothing heard yet.
    #[default]
    Waiting,
    /// The first list streams in: objects so far, and how many there will be where known.
    Loading(usize, Option<usize>),
    /// Followed live; heard of last at that time.
    Live(Time),
    /// No longer followed since then; the rows are kept.
    Stale {
        /// When it was last live.
        since: Time,
        /// Why.
        why: Text,
        /// When it is tried again.
        retry: Option<Time>,
    },
    /// May not be read.
    Forbidden(Denial),
    /// Readable in some namespaces only: those, and what is denied elsewhere.
    Partial(Vec<Text>, Denial),
    /// The server has no such kind.
    NotInstalled,
    /// Never reached.
    Unreachable {
        /// Why.
        why: Text,
        /// When it is tried again.
        retry: Option<Time>,
    },
    /// The configuration names no such source.
    NotConfigured,
}

/// What may not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Denial {
    /// Verb.
    pub verb: Text,
    /// Resource with its group, as `pods` or `applications.argoproj.io`.
    pub resource: Text,
    /// Namespace; empty means the whole cluster.
    pub namespace: Text,
}

impl Freshness {
    /// Whether there are rows to show, fresh or not.
    #[must_use]
    pub const fn has_rows(&self) -> bool {
        matches!(
            self,
            Self::Loading(..) | Self::Live(_) | Self::Stale { .. } | Self::Partial(..)
        )
    }

    /// Whether an absent object is known to be absent (and not merely not seen).
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self, Self::Live(_))
    }
}

/// A value with how far it can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading<T> {
    /// Followed live.
    Live(T, Time),
    /// Still loading: what came so far.
    Loading(T, usize, Option<usize>),
    /// What was known when the source was last heard.
    Stale(T, Time, Text),
    /// Known for some namespaces only.
    Partial(T, Vec<Text>, Denial),
    /// May not be read.
    Forbidden(Denial),
    /// The server has no such kind.
    NotInstalled,
    /// Not reached: why, and when it is tried again.
    Unreachable(Text, Option<Time>),
    /// The configuration names no such source.
    NotConfigured,
    /// Nothing heard yet.
    Waiting,
}

impl<T> Reading<T> {
    /// Joins a value with its freshness.
    pub fn new(value: T, freshness: &Freshness) -> Self {
        match freshness {
            Freshness::Waiting => Self::Waiting,
            Freshness::Loading(seen, all) => Self::Loading(value, *seen, *all),
            Freshness::Live(at) => Self::Live(value, *at),
            Freshness::Stale { since, why, .. } => Self::Stale(value, *since, why.clone()),
            Freshness::Forbidden(denial) => Self::Forbidden(denial.clone()),
            Freshness::Partial(namespaces, denial) => {
                Self::Partial(value, namespaces.clone(), denial.clone())
            }
            Freshness::NotInstalled => Self::NotInstalled,
            Freshness::Unreachable { why, retry } => Self::Unreachable(why.clone(), *retry),
            Freshness::NotConfigured => Self::NotConfigured,
        }
    }

    /// The value, where there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Live(value, _)
            | Self::Loading(value, ..)
            | Self::Stale(value, ..)
            | Self::Partial(value, ..) => Some(value),
            _ => None,
        }
    }
}
