//! Objects and statistics in the files of a dump.

use serde::Deserialize;

use super::Beside;
use crate::{
    domain::{Kind, Object, Time},
    inventory::Update,
    sources::kube::{ManifestReader, summary_update, usage_updates},
};

/// What one file held.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub objects: Vec<Object>,
    pub kinds: Vec<Kind>,
    pub updates: Vec<Update>,
    /// When it was written, where it says so.
    pub at: Option<Time>,
    pub skipped: Vec<String>,
}

/// Reads files of objects.
#[derive(Default)]
pub(super) struct Reader {
    manifests: ManifestReader,
}

impl Reader {
    /// A JSON file: objects, lists, or a kubelet's statistics.
    pub(super) fn json(&mut self, body: &[u8]) -> Result<Read, String> {
        let text = std::str::from_utf8(body).map_err(|why| format!("no UTF-8 text: {why}"))?;
        if text.trim().is_empty() {
            return Ok(Read::default());
        }
        let manifest = self.manifests.read(text)?;
        let mut read = Read {
            objects: manifest.objects,
            kinds: manifest.kinds,
            skipped: manifest.broken,
            ..Read::default()
        };
        if manifest.foreign {
            match Beside::read(text)? {
                Some(beside) => {
                    read.at = Some(beside.at);
                    read.updates.extend(beside.updates());
                }
                None => read.updates.extend(summary_update(text)),
            }
        } else if manifest.usage {
            read.updates.extend(usage_updates(body)?);
        }
        Ok(read)
    }

    /// A YAML file with one or several documents.
    pub(super) fn yaml(&mut self, body: &[u8]) -> Result<Read, String> {
        let text = std::str::from_utf8(body).map_err(|why| format!("no UTF-8 text: {why}"))?;
        let mut all = Read::default();
        for document in serde_yaml::Deserializer::from_str(text) {
            let value = serde_json::Value::deserialize(document).map_err(|why| why.to_string())?;
            if value.is_null() {
                continue;
            }
            let read = self.json(value.to_string().as_bytes())?;
            all.objects.extend(read.objects);
            all.kinds.extend(read.kinds);
            all.updates.extend(read.updates);
            all.at = all.at.max(read.at);
            all.skipped.extend(read.skipped);
        }
        Ok(all)
    }
}
