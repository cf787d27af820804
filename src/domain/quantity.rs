//! Kubernetes quantities, exact, in integers.

use std::{fmt, str::FromStr};

use super::Text;

/// An amount as the Kubernetes API writes it (`100m`, `1e3`, `1.5Gi`, `2k`), held in units of 10⁻⁹.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i128);

const NANOS: i128 = 1_000_000_000;

/// Why a text is no quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no quantity: expected a number with an optional suffix such as m, k, Mi, Gi or e3"
)]
pub struct QuantityError(pub String);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many whole units (cores, bytes, pods).
    #[must_use]
    pub const fn whole(units: i64) -> Self {
        Self(units as i128 * NANOS)
    }

    /// So many thousandths of a unit.
    #[must_use]
    pub const fn from_milli(milli: i64) -> Self {
        Self(milli as i128 * (NANOS / 1000))
    }

    /// So many units of 10⁻⁹ (the usage of a container in nanocores).
    #[must_use]
    pub const fn from_nano(nano: i128) -> Self {
        Self(nano)
    }

    /// In units of 10⁻⁹.
    #[must_use]
    pub const fn nano(self) -> i128 {
        self.0
    }

    /// In thousandths, rounded up as the scheduler does.
    #[must_use]
    pub fn milli(self) -> i64 {
        clamp(ceil_div(self.0, NANOS / 1000))
    }

    /// In whole units, rounded up as the API server does.
    #[must_use]
    pub fn value(self) -> i64 {
        clamp(ceil_div(self.0, NANOS))
    }

    /// As a floating point number of units, for drawing only.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // a bar has fewer than 2^52 cells
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / NANOS as f64
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, saturating at the ends of the range.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, saturating at the ends of the range; may be negative.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times as much.
    #[must_use]
    pub const fn times(self, n: i64) -> Self {
        Self(self.0.saturating_mul(n as i128))
    }

    /// The share of `whole` that this is (1.0 = all of it), or `None` where `whole` is nothing.
    #[must_use]
    pub fn share_of(self, whole: Self) -> Option<f64> {
        (whole.0 != 0).then(|| self.as_f64() / whole.as_f64())
    }
}

fn ceil_div(a: i128, b: i128) -> i128 {
    a.div_euclid(b) + i128::from(a.rem_euclid(b) != 0)
}

fn clamp(v: i128) -> i64 {
    i64::try_from(v).unwrap_or(if v < 0 { i64::MIN } else { i64::MAX })
}

impl std::ops::Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.plus(other)
    }
}

impl std::ops::AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = self.plus(other);
    }
}

impl std::ops::Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.minus(other)
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Self::plus)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    /// Parses every form the API server accepts; digits below 10⁻⁹ round away from zero, as there.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        parse(text).ok_or_else(|| QuantityError(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<Quantity> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (int, frac) = number.split_once('.').unwrap_or((number, ""));
    if (int.is_empty() && frac.is_empty()) || frac.contains('.') {
        return None;
    }
    let scale = suffix_scale(suffix)?;
    let digits: String = format!("{int}{frac}");
    let digits = digits.trim_start_matches('0');
    let mantissa: i128 = if digits.is_empty() {
        0
    } else {
        digits.get(..digits.len().min(36))?.parse().ok()?
    };
    if digits.len() > 36 {
        return None;
    }
    let nanos = scale.apply(mantissa, i32::try_from(frac.len()).ok()?)?;
    Some(Quantity(if negative { -nanos } else { nanos }))
}

enum Scale {
    Ten(i32),
    Two(u32),
}

impl Scale {
    /// `mantissa × 10^-decimals × scale`, in units of 10⁻⁹, rounded up.
    fn apply(&self, mantissa: i128, decimals: i32) -> Option<i128> {
        let (mantissa, exponent) = match self {
            Self::Ten(e) => (mantissa, 9 + e - decimals),
            Self::Two(bits) => (mantissa.checked_mul(1i128 << bits)?, 9 - decimals),
        };
        if mantissa == 0 {
            return Some(0);
        }
        if exponent >= 0 {
            mantissa.checked_mul(10i128.checked_pow(u32::try_from(exponent).ok()?)?)
        } else {
            match 10i128.checked_pow(exponent.unsigned_abs()) {
                Some(divisor) => Some(ceil_div(mantissa, divisor)),
                None => Some(1),
            }
        }
    }
}

fn suffix_scale(suffix: &str) -> Option<Scale> {
    Some(match suffix {
        "" => Scale::Ten(0),
        "n" => Scale::Ten(-9),
        "u" => Scale::Ten(-6),
        "m" => Scale::Ten(-3),
        "k" => Scale::Ten(3),
        "M" => Scale::Ten(6),
        "G" => Scale::Ten(9),
        "T" => Scale::Ten(12),
        "P" => Scale::Ten(15),
        "E" => Scale::Ten(18),
        "Ki" => Scale::Two(10),
        "Mi" => Scale::Two(20),
        "Gi" => Scale::Two(30),
        "Ti" => Scale::Two(40),
        "Pi" => Scale::Two(50),
        "Ei" => Scale::Two(60),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            let exponent: i32 = exponent
                .strip_prefix('+')
                .unwrap_or(exponent)
                .parse()
                .ok()?;
            (-40..=40)
                .contains(&exponent)
                .then_some(Scale::Ten(exponent))?
        }
    })
}

impl fmt::Display for Quantity {
    /// The shortest exact plain form: whole units, else `m`, `u` or `n`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, suffix) in [(NANOS, ""), (1_000_000, "m"), (1_000, "u"), (1, "n")] {
            if self.0 % unit == 0 {
                return write!(f, "{}{suffix}", self.0 / unit);
            }
        }
        Ok(())
    }
}

/// A map of resource names to amounts, sorted by name and shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceList(Option<std::sync::Arc<[(Text, Quantity)]>>);

impl ResourceList {
    /// From pairs in any order.
    #[must_use]
    pub fn new(mut pairs: Vec<(Text, Quantity)>) -> Self {
        if pairs.is_empty() {
            return Self(None);
        }
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        Self(Some(pairs.into()))
    }

    /// The amount of `name`, or `None` where the list does not say.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Quantity> {
        let pairs = self.0.as_ref()?;
        let at = pairs.binary_search_by(|(key, _)| (**key).cmp(name)).ok()?;
        Some(pairs[at].1)
    }

    /// The amount of `name`, nothing where the list does not say.
    #[must_use]
    pub fn of(&self, name: &str) -> Quantity {
        self.get(name).unwrap_or_default()
    }

    /// CPU in cores.
    #[must_use]
    pub fn cpu(&self) -> Quantity {
        self.of("cpu")
    }

    /// Memory in bytes.
    #[must_use]
    pub fn memory(&self) -> Quantity {
        self.of("memory")
    }

    /// All pairs by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, Quantity)> {
        self.0
            .iter()
            .flat_map(|pairs| pairs.iter())
            .map(|(key, amount)| (key, *amount))
    }

    /// Whether nothing is listed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nano(text: &str) -> i128 {
        text.parse::<Quantity>().unwrap().nano()
    }

    #[test]
    fn reads_every_form_exactly() {
        for (text, expected) in [
            ("100m", NANOS / 10),
            ("1e3", 1000 * NANOS),
            ("1.5Gi", 3 * (1 << 29) * NANOS),
            ("128974848", 128_974_848 * NANOS),
            ("2k", 2000 * NANOS),
            ("0", 0),
            ("-1", -NANOS),
            ("+5", 5 * NANOS),
            (".5", NANOS / 2),
            ("1.", NANOS),
            ("1E3", 1000 * NANOS),
            ("1E", 1_000_000_000_000_000_000 * NANOS),
            ("12e-3", 12_000_000),
            ("1n", 1),
            ("0.1n", 1),
            ("11Ti", (11i128 << 40) * NANOS),
        ] {
            assert_eq!(nano(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_quantity() {
        for text in [
            "", "m", "1.2.3", "1 Gi", "Gi", "1gi", "--1", "1e", "0x10", "1e99", "١",
        ] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }

    #[test]
    fn rounds_up_like_the_scheduler() {
        assert_eq!("1.0001m".parse::<Quantity>().unwrap().milli(), 2);
        assert_eq!("1500m".parse::<Quantity>().unwrap().value(), 2);
    }

    proptest! {
        #[test]
        fn display_and_parse_are_inverse(nano in -(1i128 << 90)..(1i128 << 90)) {
            let quantity = Quantity::from_nano(nano);
            prop_assert_eq!(quantity.to_string().parse::<Quantity>().unwrap(), quantity);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Quantity>().is_ok();
        }
    }
}
