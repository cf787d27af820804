//! Values that look different in JSON and in protobuf.

use std::fmt;

use prost::Message;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// Reads `null` as the default value: Go writes it for empty lists and maps.
pub(crate) fn null<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// `metav1.Time` and `metav1.MicroTime`.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct Time {
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

impl Time {
    /// The moment; Go's zero time, and what no calendar holds, is none.
    pub fn moment(self) -> Option<jiff::Timestamp> {
        if self.seconds == 0 && self.nanos == 0 {
            return None;
        }
        jiff::Timestamp::new(self.seconds, self.nanos)
            .ok()
            .filter(|time| time.as_second() > -62_135_596_800)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Written)
    }
}

/// Reads a time as it is written in JSON, without a copy of its text: a pod has a dozen.
struct Written;

impl Visitor<'_> for Written {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
        // hand-written dumps carry empty strings; Go's zero time is before what can be held
        if text.is_empty() || text.starts_with("0001-01-01") {
            return Ok(Time::default());
        }
        let time: jiff::Timestamp = text
            .parse()
            .map_err(|why| E::custom(format!("`{text}` is no RFC 3339 time: {why}")))?;
        Ok(Time {
            seconds: time.as_second(),
            nanos: time.subsec_nanosecond(),
        })
    }
}

/// `resource.Quantity`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Quantity {
    #[prost(string, tag = "1")]
    pub text: String,
}

impl Quantity {
    /// The amount; what is no quantity counts as nothing.
    pub fn amount(&self) -> crate::domain::Quantity {
        self.text.parse().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Amount)
    }
}

/// Reads an amount, which hand-written files also give as a number.
struct Amount;

impl Amount {
    fn of<E>(text: impl ToString) -> Result<Quantity, E> {
        let text = text.to_string();
        Ok(Quantity { text })
    }
}

impl Visitor<'_> for Amount {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
        Self::of(text)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Quantity, E> {
        Self::of(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
        Self::of(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Quantity, E> {
        Self::of(number)
    }

    fn visit_unit<E: Error>(self) -> Result<Quantity, E> {
        Self::of("")
    }
}

/// `intstr.IntOrString`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct IntOrString {
    #[prost(int64, tag = "1")]
    pub form: i64,
    #[prost(int32, tag = "2")]
    pub number: i32,
    #[prost(string, tag = "3")]
    pub text: String,
}

impl IntOrString {
    /// Number or name as text.
    pub fn as_text(&self) -> String {
        if self.form == 1 {
            self.text.clone()
        } else {
            self.number.to_string()
        }
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(text) => Ok(Self {
                form: 1,
                number: 0,
                text,
            }),
            serde_json::Value::Number(number) => {
                let number = number
                    .as_i64()
                    .and_then(|n| i32::try_from(n).ok())
                    .ok_or_else(|| D::Error::custom("port out of range"))?;
                Ok(Self {
                    form: 0,
                    number,
                    text: String::new(),
                })
            }
            other => Err(D::Error::custom(format!(
                "`{other}` is neither a number nor a name"
            ))),
        }
    }
}

/// `runtime.RawExtension`: JSON inside, in either form.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct RawExtension {
    #[prost(bytes = "vec", tag = "1")]
    pub raw: Vec<u8>,
}

impl<'de> Deserialize<'de> for RawExtension {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(from)?;
        Ok(Self {
            raw: serde_json::to_vec(&value).map_err(D::Error::custom)?,
        })
    }
}
