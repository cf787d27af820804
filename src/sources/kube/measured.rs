//! Lists of metrics.k8s.io, read item by item as the bytes arrive: that of all pods has megabytes and
//! comes every quarter of a minute.

use std::borrow::Cow;

use bytes::{Buf, BytesMut};
use serde::{Deserialize, de::Error};

use super::wire::null;

/// What was measured of a node or a pod.
#[derive(Deserialize)]
pub(super) struct Measured<'a> {
    #[serde(borrow)]
    pub metadata: Named<'a>,
    #[serde(default)]
    pub timestamp: Option<Cow<'a, str>>,
    /// Of a node.
    #[serde(borrow, default)]
    pub usage: Option<Usage<'a>>,
    /// Of a pod.
    #[serde(borrow, default, deserialize_with = "null")]
    pub containers: Vec<Container<'a>>,
}

/// Its name.
#[derive(Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow, default)]
    pub namespace: Cow<'a, str>,
}

/// Amounts in use, as the server writes them.
#[derive(Deserialize, Default)]
pub(super) struct Usage<'a> {
    #[serde(borrow, default)]
    pub cpu: Cow<'a, str>,
    #[serde(borrow, default)]
    pub memory: Cow<'a, str>,
}

/// A container of a pod.
#[derive(Deserialize)]
pub(super) struct Container<'a> {
    #[serde(borrow, default)]
    pub usage: Usage<'a>,
}

/// The items begin within so many bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// Cuts a list into its items.
#[derive(Default)]
pub(super) struct Metrics {
    buffer: BytesMut,
    place: Place,
}

/// Where in the list the bytes are that come next.
#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    #[default]
    Head,
    Items,
    Tail,
}

impl Metrics {
    /// Takes in a part of the list; each item that is whole is shown.
    pub(super) fn feed(
        &mut self,
        part: &[u8],
        take: &mut impl FnMut(Measured<'_>),
    ) -> Result<(), serde_json::Error> {
        self.buffer.extend_from_slice(part);
        if self.place == Place::Head {
            self.find_items();
            if self.place == Place::Head && self.buffer.len() > LONGEST_HEAD {
                return self.end();
            }
        }
        while self.place == Place::Items {
            let between = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
            let skipped = self.buffer.iter().take_while(|byte| between(byte)).count();
            self.buffer.advance(skipped);
            match self.buffer.first().copied() {
                None => return Ok(()),
                Some(b']') => self.place = Place::Tail,
                Some(_) if !self.item(take)? => return Ok(()),
                Some(_) => {}
            }
        }
        if self.place == Place::Tail {
            self.buffer.clear();
        }
        Ok(())
    }

    /// Looks for the beginning of the items. Within a string its quotes would be escaped.
    fn find_items(&mut self) {
        const NAME: &[u8] = b"\"items\"";
        let found = self.buffer.windows(NAME.len()).position(|at| at == NAME);
        let Some(at) = found else {
            return;
        };
        let rest = &self.buffer[at + NAME.len()..];
        let is_gap = |byte: &u8| byte.is_ascii_whitespace() || *byte == b':';
        let gap = rest.iter().take_while(|byte| is_gap(byte)).count();
        match rest.get(gap) {
            None => {}
            Some(b'[') => {
                self.buffer.advance(at + NAME.len() + gap + 1);
                self.place = Place::Items;
            }
            // null: there are none
            Some(_) => self.place = Place::Tail,
        }
    }

    /// Shows the next item; whether it was whole.
    fn item(&mut self, take: &mut impl FnMut(Measured<'_>)) -> Result<bool, serde_json::Error> {
        let mut items = serde_json::Deserializer::from_slice(&self.buffer).into_iter();
        match items.next() {
            None => return Ok(false),
            Some(Err(why)) if why.is_eof() => return Ok(false),
            Some(item) => take(item?),
        }
        let taken = items.byte_offset();
        self.buffer.advance(taken);
        Ok(true)
    }

    /// There is no more to come.
    pub(super) fn end(&self) -> Result<(), serde_json::Error> {
        match self.place {
            Place::Tail => Ok(()),
            Place::Items => Err(serde_json::Error::custom("the list ends within its items")),
            Place::Head => Err(serde_json::Error::custom("this is no list of metrics")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"kind":"PodMetricsList","metadata":{"resourceVersion":"7"},"items" : [ {"metadata":{"name":"a ] , b","namespace":"\u006ds"},"containers":[{"name":"c","usage":{"cpu":"1m"}}]},
{"metadata":{"name":"b"}} ] }"#;

    fn names(list: &str, step: usize) -> Result<Vec<String>, serde_json::Error> {
        let mut found = Vec::new();
        let mut metrics = Metrics::default();
        for part in list.as_bytes().chunks(step) {
            metrics.feed(part, &mut |one| {
                found.push(format!("{}/{}", one.metadata.namespace, one.metadata.name));
            })?;
        }
        metrics.end().map(|()| found)
    }

    #[test]
    fn items_are_the_same_however_the_bytes_arrive() {
        for step in [1, 2, 3, 7, 50, 1000] {
            assert_eq!(names(LIST, step).unwrap(), ["ms/a ] , b", "/b"]);
            assert!(names(r#"{"items":[]}"#, step).unwrap().is_empty());
            assert!(names(r#"{"items": null}"#, step).unwrap().is_empty());
        }
    }

    #[test]
    fn half_a_list_and_what_is_none_are_told() {
        for list in [
            &LIST[..LIST.len() / 2],
            "<html>",
            "",
            r#"{"items":[{"metadata":3}]}"#,
        ] {
            assert!(names(list, 9).is_err(), "{list}");
        }
    }
}
