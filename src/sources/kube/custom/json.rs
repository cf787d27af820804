//! Looking things up in JSON without a word for every step.

use serde_json::Value;

use crate::domain::Time;

/// A JSON value with short look-ups; absent and null read as nothing.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a>(pub &'a Value);

const NOTHING: &Value = &Value::Null;

impl<'a> Json<'a> {
    /// The value at a dotted path of field names (none of which contains a dot).
    pub fn at(self, path: &str) -> Self {
        Self(
            path.split('.')
                .try_fold(self.0, |value, step| value.get(step))
                .unwrap_or(NOTHING),
        )
    }

    /// Text at a path; empty where there is none.
    pub fn text(self, path: &str) -> &'a str {
        self.at(path).0.as_str().unwrap_or_default()
    }

    /// Whole number at a path; 0 where there is none.
    pub fn int(self, path: &str) -> i64 {
        self.at(path).0.as_i64().unwrap_or_default()
    }

    /// Truth at a path; false where there is none.
    pub fn flag(self, path: &str) -> bool {
        self.at(path).0.as_bool().unwrap_or_default()
    }

    /// Moment at a path.
    pub fn time(self, path: &str) -> Option<Time> {
        self.text(path).parse().ok()
    }

    /// Elements of a list at a path; none where there is no list.
    pub fn list(self, path: &str) -> impl Iterator<Item = Json<'a>> {
        self.at(path)
            .0
            .as_array()
            .map_or(&[] as &[_], Vec::as_slice)
            .iter()
            .map(Json)
    }

    /// Texts of a list at a path.
    pub fn texts(self, path: &str) -> impl Iterator<Item = &'a str> {
        self.list(path).filter_map(|one| one.0.as_str())
    }

    /// Whether there is something at a path.
    pub fn has(self, path: &str) -> bool {
        !self.at(path).0.is_null()
    }

    /// Names of the fields of an object.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, Json<'a>)> {
        self.0
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), Json(value)))
    }
}
