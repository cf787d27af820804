//! The glass in front of the button: closed at the start, broken for a reason, for a while, for
//! one context.

use crate::domain::Time;

/// The glass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glass {
    welded: bool,
    broken: Option<Broken>,
}

/// A glass that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Broken {
    context: String,
    reason: String,
    until: Time,
}

/// Why the glass cannot be broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlassError {
    /// Read-only by option, by configuration, or on a dump.
    #[error(
        "the glass is welded shut: read-only by option, by configuration, or because this is a dump"
    )]
    Welded,
    /// It is not open there.
    #[error("the glass is closed: break it first")]
    Closed,
    /// No reason given.
    #[error("say why: the reason goes into the journal")]
    NoReason,
}

impl Glass {
    /// A glass that can never be broken.
    #[must_use]
    pub const fn welded() -> Self {
        Self {
            welded: true,
            broken: None,
        }
    }

    /// Whether it can never be broken.
    #[must_use]
    pub const fn is_welded(&self) -> bool {
        self.welded
    }

    /// Breaks it for one context until a time.
    ///
    /// # Errors
    /// [`GlassError`].
    pub fn smash(&mut self, context: &str, reason: &str, until: Time) -> Result<(), GlassError> {
        if self.welded {
            return Err(GlassError::Welded);
        }
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(GlassError::NoReason);
        }
        self.broken = Some(Broken {
            context: context.into(),
            reason: reason.into(),
            until,
        });
        Ok(())
    }

    /// Keeps an open one open until another time, for the same reason.
    ///
    /// # Errors
    /// [`GlassError::Closed`] where it is not open for this context any more.
    pub fn extend(&mut self, context: &str, until: Time, now: Time) -> Result<(), GlassError> {
        let open = self.open_for(context, now).is_some();
        match &mut self.broken {
            Some(broken) if open => {
                broken.until = broken.until.max(until);
                Ok(())
            }
            _ => Err(GlassError::Closed),
        }
    }

    /// Closes it at once.
    pub fn close(&mut self) {
        self.broken = None;
    }

    /// Seconds it stays open for a context; `None` while it is closed there.
    #[must_use]
    pub fn open_for(&self, context: &str, now: Time) -> Option<i64> {
        let broken = self
            .broken
            .as_ref()
            .filter(|broken| broken.context == context)?;
        let left = broken.until.duration_since(now).as_secs();
        (left > 0).then_some(left)
    }

    /// The reason it was broken for.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.broken.as_ref().map_or("", |broken| &broken.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    #[test]
    fn open_only_for_its_context_and_its_time() {
        let mut glass = Glass::default();
        assert_eq!(glass.open_for("lab", at(0)), None);
        assert_eq!(glass.smash("lab", "  ", at(60)), Err(GlassError::NoReason));
        glass.smash("lab", "pvc stuck", at(60)).unwrap();
        assert_eq!(glass.open_for("lab", at(1)), Some(59));
        assert_eq!(glass.open_for("other", at(1)), None);
        assert_eq!(glass.open_for("lab", at(60)), None);
        assert_eq!(
            glass.extend("lab", at(200), at(60)),
            Err(GlassError::Closed)
        );
        glass.smash("lab", "again", at(90)).unwrap();
        assert!(glass.extend("other", at(120), at(61)).is_err());
        glass.extend("lab", at(120), at(61)).unwrap();
        assert_eq!(glass.open_for("lab", at(61)), Some(59));
        glass.close();
        assert_eq!(glass.open_for("lab", at(61)), None);
        assert_eq!(
            Glass::welded().smash("lab", "x", at(9)),
            Err(GlassError::Welded)
        );
    }
}
