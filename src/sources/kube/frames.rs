//! The frames of a watch, in either form.

use bytes::{Buf, BytesMut};
use prost::Message;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    decode::{self, Form},
    translate::Translator,
    wire::{self, WireError},
};
use crate::domain::{Key, Kind, Object};

/// A frame larger than this is broken: the server's own bound on an object is far below.
const LARGEST: usize = 64 * 1024 * 1024;
const INITIAL_END: &str = "k8s.io/initial-events-end";

/// What one frame says.
#[derive(Debug)]
pub(super) enum Frame {
    /// Added or changed.
    Put(Object),
    /// Gone.
    Gone(Key, String),
    /// Nothing happened up to this version; the flag ends a streaming list.
    Bookmark(String, bool),
    /// The server ends the watch: code and message.
    Error(i32, String),
}

/// Cuts a stream of bytes into frames.
#[derive(Debug)]
pub(super) struct Frames {
    kind: Kind,
    form: Form,
    buffer: BytesMut,
}

#[derive(Deserialize)]
struct JsonEvent<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

impl Frames {
    pub(super) fn new(kind: Kind, form: Form) -> Self {
        Self {
            kind,
            form,
            buffer: BytesMut::new(),
        }
    }

    pub(super) fn feed(&mut self, part: &[u8]) {
        self.buffer.extend_from_slice(part);
    }

    /// Gives back the room of a large part once all its frames are out: there is one such buffer for
    /// each kind, and after the first list they stay nearly empty.
    pub(super) fn rest(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    /// Whether bytes of an unfinished frame are left.
    pub(super) fn is_torn(&self) -> bool {
        self.buffer.iter().any(|byte| !byte.is_ascii_whitespace())
    }

    /// The next whole frame.
    pub(super) fn next(&mut self, translator: &mut Translator) -> Result<Option<Frame>, WireError> {
        match self.form {
            Form::Protobuf => self.next_protobuf(translator),
            Form::Json => self.next_json(translator),
        }
    }

    fn next_protobuf(&mut self, translator: &mut Translator) -> Result<Option<Frame>, WireError> {
        let Some(head) = self.buffer.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*head) as usize;
        if length > LARGEST {
            return Err(WireError::NoMagic);
        }
        if self.buffer.len() < 4 + length {
            self.buffer.reserve(4 + length - self.buffer.len());
            return Ok(None);
        }
        self.buffer.advance(4);
        let event = wire::WatchEvent::decode(self.buffer.split_to(length).freeze())?;
        let unknown = wire::unwrap(event.object.map(|object| object.raw).unwrap_or_default())?;
        self.frame(translator, &event.kind, Form::Protobuf, &unknown.raw)
            .map(Some)
    }

    fn next_json(&mut self, translator: &mut Translator) -> Result<Option<Frame>, WireError> {
        let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        let line = self.buffer.split_to(end + 1).freeze();
        if line.iter().all(u8::is_ascii_whitespace) {
            return self.next_json(translator);
        }
        let event: JsonEvent<'_> = serde_json::from_slice(&line)?;
        let object = event.object.get().as_bytes();
        self.frame(translator, &event.kind, Form::Json, object)
            .map(Some)
    }

    fn frame(
        &self,
        translator: &mut Translator,
        event: &str,
        form: Form,
        object: &[u8],
    ) -> Result<Frame, WireError> {
        match event {
            "BOOKMARK" | "DELETED" => {
                let meta = match form {
                    Form::Protobuf => wire::Partial::decode(object)?,
                    Form::Json => serde_json::from_slice(object)?,
                };
                let meta = meta.metadata.unwrap_or_default();
                if event == "DELETED" {
                    return Ok(Frame::Gone(
                        Key::new(&meta.namespace, &meta.name),
                        meta.resource_version,
                    ));
                }
                let end = meta
                    .annotations
                    .get(INITIAL_END)
                    .is_some_and(|value| value == "true");
                Ok(Frame::Bookmark(meta.resource_version, end))
            }
            "ERROR" => {
                let status = match form {
                    Form::Protobuf => wire::Status::decode(object)?,
                    Form::Json => serde_json::from_slice(object)?,
                };
                Ok(Frame::Error(status.code, status.message))
            }
            _ => Ok(Frame::Put(decode::object(
                translator, self.kind, form, object,
            )?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(name: &str) -> Vec<u8> {
        std::fs::read(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/recordings/protobuf")
                .join(name),
        )
        .unwrap()
    }

    fn all(kind: Kind, bytes: &[u8], step: usize) -> Vec<Frame> {
        let mut frames = Frames::new(kind, Form::Protobuf);
        let mut translator = Translator::default();
        let mut found = Vec::new();
        for part in bytes.chunks(step) {
            frames.feed(part);
            while let Some(frame) = frames.next(&mut translator).unwrap() {
                found.push(frame);
            }
        }
        assert!(!frames.is_torn());
        found
    }

    #[test]
    fn a_streaming_list_of_a_real_server_ends_with_its_bookmark() {
        for step in [1, 7, 100_000] {
            let found = all(Kind::Pod, &recording("watch-list-pods.pb"), step);
            assert_eq!(found.len(), 7);
            assert!(matches!(found.last(), Some(Frame::Bookmark(_, true))));
        }
    }

    #[test]
    fn an_expired_version_is_an_error_frame() {
        let found = all(Kind::Pod, &recording("watch-410.pb"), 64);
        assert!(matches!(found[..], [Frame::Error(410, _)]));
    }

    #[test]
    fn a_deletion_names_what_is_gone() {
        let found = all(
            Kind::ConfigMap,
            &recording("watch-configmaps-add-modify-delete.pb"),
            64,
        );
        assert!(
            found
                .iter()
                .any(|frame| matches!(frame, Frame::Gone(key, _) if !key.name.is_empty()))
        );
    }
}
