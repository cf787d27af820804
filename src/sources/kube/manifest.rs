//! Objects in files: any kind, any list, JSON, without knowing beforehand what comes.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    decode::{self, Form},
    translate::Translator,
    wire,
};
use crate::domain::{Kind, Object};

/// What a JSON document turned out to be.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// Objects.
    pub objects: Vec<Object>,
    /// Kinds of lists, even of empty ones.
    pub kinds: Vec<Kind>,
    /// Objects that could not be read, and why.
    pub broken: Vec<String>,
    /// The document is no Kubernetes object.
    pub foreign: bool,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, rename = "apiVersion", borrow)]
    api_version: std::borrow::Cow<'a, str>,
    #[serde(default, borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(default, borrow)]
    items: Option<Vec<&'a RawValue>>,
}

/// Reads manifests for as long as a dump is read.
#[derive(Debug, Default)]
pub(crate) struct ManifestReader {
    translator: Translator,
}

impl ManifestReader {
    /// Reads one JSON document.
    ///
    /// # Errors
    /// When it is no JSON at all; the message has line and column.
    pub(crate) fn read(&mut self, text: &str) -> Result<Manifest, String> {
        let head: Head<'_> = serde_json::from_str(text).map_err(|why| why.to_string())?;
        let mut manifest = Manifest::default();
        match head.items {
            Some(items) => {
                let of_list = head
                    .kind
                    .strip_suffix("List")
                    .filter(|kind| !kind.is_empty());
                manifest.kinds.extend(of_list.and_then(Kind::parse));
                for (at, item) in items.into_iter().enumerate() {
                    self.item(item.get(), of_list, &head.api_version, &mut manifest, at);
                }
            }
            None if head.kind.is_empty() => manifest.foreign = true,
            None => self.item(text, None, "", &mut manifest, 0),
        }
        Ok(manifest)
    }

    fn item(
        &mut self,
        text: &str,
        of_list: Option<&str>,
        list_version: &str,
        into: &mut Manifest,
        at: usize,
    ) {
        let head: Head<'_> = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(why) => return into.broken.push(format!("item {at}: {why}")),
        };
        if let (Some(_), true) = (&head.items, head.kind.ends_with("List")) {
            // must-gather puts lists into lists
            match self.read(text) {
                Ok(inner) => {
                    into.objects.extend(inner.objects);
                    into.kinds.extend(inner.kinds);
                    into.broken.extend(inner.broken);
                }
                Err(why) => into.broken.push(format!("item {at}: {why}")),
            }
            return;
        }
        let kind = if head.kind.is_empty() {
            of_list.unwrap_or_default()
        } else {
            &head.kind
        };
        let version = if head.api_version.is_empty() {
            list_version
        } else {
            &head.api_version
        };
        match self.object(kind, version, text) {
            Ok(object) => into.objects.push(object),
            Err(why) => into.broken.push(format!("item {at} ({kind}): {why}")),
        }
    }

    fn object(&mut self, kind: &str, version: &str, text: &str) -> Result<Object, wire::WireError> {
        let translator = &mut self.translator;
        if kind == "Event" && version.starts_with("events.k8s.io/") {
            return Ok(Object::Event(Arc::new(
                translator.new_event(serde_json::from_str(text)?),
            )));
        }
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        let known = Kind::parse(kind).filter(|kind| kind.resource().group == group);
        match known {
            Some(Kind::ConfigMap) => Ok(Object::ConfigMap(Arc::new(
                translator.keyed_object(serde_json::from_str(text)?),
            ))),
            Some(Kind::Secret) => Ok(Object::Secret(Arc::new(
                translator.keyed_object(serde_json::from_str(text)?),
            ))),
            Some(known) => decode::object(
                translator,
                known,
                Form::Json,
                &Bytes::copy_from_slice(text.as_bytes()),
            ),
            None => {
                // other groups have kinds of the same name: they are kept as they are
                let custom = translator.custom(serde_json::from_str(text)?);
                Ok(Object::Custom(Arc::new(custom)))
            }
        }
    }
}
