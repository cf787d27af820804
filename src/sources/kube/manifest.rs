//! Objects in files: any kind, any list, JSON, without knowing beforehand what comes.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    decode::{self, Form},
    translate::Translator,
    wire,
};
use crate::domain::{Kind, Object};

/// Items of a list that are not worth a thread of their own.
const SHORT: usize = 256;

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
    /// The document is a list of metrics.k8s.io.
    pub usage: bool,
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

impl Manifest {
    fn append(&mut self, other: Self) {
        self.objects.extend(other.objects);
        self.kinds.extend(other.kinds);
        self.broken.extend(other.broken);
    }
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
            Some(_) if head.api_version.starts_with("metrics.k8s.io/") => manifest.usage = true,
            Some(items) => {
                let of_list = head
                    .kind
                    .strip_suffix("List")
                    .filter(|kind| !kind.is_empty());
                manifest.kinds.extend(of_list.and_then(Kind::parse));
                self.items(&items, of_list, &head.api_version, &mut manifest);
            }
            None if head.kind.is_empty() => manifest.foreign = true,
            None => self.item(text, None, "", &mut manifest, 0),
        }
        Ok(manifest)
    }

    /// Reads the items of a list: those of a long one in several threads, in their order all the same.
    fn items(
        &mut self,
        items: &[&RawValue],
        of_list: Option<&str>,
        version: &str,
        into: &mut Manifest,
    ) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let part = items.len().div_ceil(threads).max(SHORT);
        let mut parts = items.chunks(part).enumerate();
        let Some((_, first)) = parts.next() else {
            return;
        };
        std::thread::scope(|scope| {
            let others: Vec<_> = parts
                .map(|(nth, items)| {
                    scope.spawn(move || {
                        let mut read = Manifest::default();
                        Self::default().some(items, nth * part, of_list, version, &mut read);
                        read
                    })
                })
                .collect();
            self.some(first, 0, of_list, version, into);
            for other in others {
                match other.join() {
                    Ok(read) => into.append(read),
                    Err(_) => into
                        .broken
                        .push("a part of the list could not be read".into()),
                }
            }
        });
    }

    fn some(
        &mut self,
        items: &[&RawValue],
        start: usize,
        of_list: Option<&str>,
        version: &str,
        into: &mut Manifest,
    ) {
        for (at, item) in items.iter().enumerate() {
            self.item(item.get(), of_list, version, into, start + at);
        }
    }

    fn item(
        &mut self,
        text: &str,
        of_list: Option<&str>,
        list_version: &str,
        into: &mut Manifest,
        at: usize,
    ) {
        if let Some(kind) = of_list {
            // items of a typed list are of its kind: they need not be read twice to know it
            return self.put(kind, list_version, text, at, into);
        }
        let head: Head<'_> = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(why) => return into.broken.push(format!("item {at}: {why}")),
        };
        if let (Some(_), true) = (&head.items, head.kind.ends_with("List")) {
            // must-gather puts lists into lists
            match self.read(text) {
                Ok(inner) => into.append(inner),
                Err(why) => into.broken.push(format!("item {at}: {why}")),
            }
            return;
        }
        let version = if head.api_version.is_empty() {
            list_version
        } else {
            &head.api_version
        };
        self.put(&head.kind, version, text, at, into);
    }

    fn put(&mut self, kind: &str, version: &str, text: &str, at: usize, into: &mut Manifest) {
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
            Some(known) => decode::object(translator, known, Form::Json, text.as_bytes()),
            None => {
                // other groups have kinds of the same name: they are kept as they are
                let custom = translator.custom(serde_json::from_str(text)?);
                Ok(Object::Custom(Arc::new(custom)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_list_keeps_its_order_and_its_broken_items_their_numbers() {
        let many = SHORT * 3;
        let mut items: Vec<serde_json::Value> = (0..many)
            .map(|nth| json!({"metadata": {"namespace": "n", "name": format!("pod-{nth}")}}))
            .collect();
        items[many - 2] = json!({"metadata": 7});
        let list = json!({"apiVersion": "v1", "kind": "PodList", "items": items}).to_string();
        let read = ManifestReader::default().read(&list).unwrap();
        assert_eq!(read.objects.len(), many - 1);
        assert_eq!(read.broken.len(), 1);
        let number = format!("item {} (Pod)", many - 2);
        assert!(read.broken[0].starts_with(&number), "{:?}", read.broken);
        let names: Vec<&str> = read
            .objects
            .iter()
            .map(|one| &**one.meta().name())
            .collect();
        assert_eq!(names[1], "pod-1");
        assert_eq!(names[SHORT + 1], format!("pod-{}", SHORT + 1));
        assert_eq!(names[many - 2], format!("pod-{}", many - 1));
    }
}
