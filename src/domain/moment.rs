//! Moments as objects carry them.

use std::num::NonZeroI64;

use super::Time;

/// A moment, or none, to the nanosecond in eight bytes: a pod carries a dozen, and an optional
/// [`Time`] is three times as large. It holds the years 1678 to 2261; what is outside is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(Option<NonZeroI64>);

impl Moment {
    /// The time, where there is one.
    #[must_use]
    pub fn time(self) -> Option<Time> {
        Time::from_nanosecond(i128::from(self.0?.get())).ok()
    }

    /// Whether there is one.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0.is_some()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0.is_none()
    }
}

impl From<Time> for Moment {
    fn from(time: Time) -> Self {
        let nanoseconds = i64::try_from(time.as_nanosecond()).ok();
        Self(nanoseconds.and_then(NonZeroI64::new))
    }
}

impl From<Option<Time>> for Moment {
    fn from(time: Option<Time>) -> Self {
        time.map_or_else(Self::default, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_exact_small_and_in_order() {
        assert_eq!(size_of::<Moment>(), 8);
        let times = ["1969-07-20T20:17:40.5Z", "2026-11-25T14:00:00.123456789Z"];
        let times = times.map(|text| text.parse::<Time>().unwrap());
        let moments = times.map(Moment::from);
        assert_eq!(moments.map(Moment::time), times.map(Some));
        assert!(Moment::default() < moments[0] && moments[0] < moments[1]);
        let far: Time = "2400-01-01T00:00:00Z".parse().unwrap();
        assert!(Moment::from(far).is_none());
    }
}
