//! Events, from both of their API groups.

use super::{HasMeta, Key, Meta, Text, Time};

/// An event of either form, with the times worked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Identity of the event itself.
    pub meta: Meta,
    /// Kind of the object it is about.
    pub about_kind: Text,
    /// Place of the object it is about.
    pub about: Key,
    /// UID of the object it is about; may be empty.
    pub about_uid: Text,
    /// Field of that object, as `spec.containers{sonarr}`; may be empty.
    pub field: Text,
    /// Machine word.
    pub reason: Text,
    /// Sentence.
    pub message: Text,
    /// `Warning` (else `Normal`).
    pub warning: bool,
    /// First seen.
    pub first: Option<Time>,
    /// Last seen: series, then last timestamp, then event time, then first, then creation.
    pub last: Option<Time>,
    /// How often.
    pub count: i32,
    /// Who reports it.
    pub reporter: Text,
    /// Host of the reporter; may be empty.
    pub host: Text,
}

impl HasMeta for Event {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl Event {
    /// Whether it is about that object: by kind, name and, where both are known, UID.
    #[must_use]
    pub fn concerns(&self, kind: &str, key: &Key, uid: &str) -> bool {
        *self.about_kind == *kind
            && self.about == *key
            && (uid.is_empty() || self.about_uid.is_empty() || *self.about_uid == *uid)
    }
}
