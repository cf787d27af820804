//! A cluster as files: `oc get -o json|yaml`, must-gather, inspect, and our own captures.
//!
//! A kind counts as known when the dump holds at least one object or list of it; of the others
//! nothing is known, which is not the same as "there is none".

mod beside;
mod files;
mod logs;
mod objects;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use crate::{
    domain::{Freshness, Kind, LogBook, Object, Text, Time},
    inventory::{Inventory, SourceId, SourceState, SourceStatus, Update},
};

pub use beside::Beside;
pub use files::DumpError;

/// A dump that was read.
#[derive(Clone, Debug)]
pub struct Dump {
    /// What it holds.
    pub inventory: Inventory,
    /// Its logs.
    pub logs: LogBook,
    /// Its newest timestamp.
    pub now: Time,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
}

/// A file, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// File, from the root of the dump.
    pub file: String,
    /// Why, with the line where it is known.
    pub why: String,
}

/// Reads a folder, a file, or an archive of either.
///
/// # Errors
/// When the path itself cannot be opened. What is wrong inside is listed in [`Dump::skipped`].
pub fn read(path: &Path) -> Result<Dump, DumpError> {
    let mut builder = Builder::default();
    files::each(path, &mut builder)?;
    Ok(builder.finish(path))
}

/// Collects what the files hold.
#[derive(Default)]
struct Builder {
    inventory: Inventory,
    logs: LogBook,
    kinds: BTreeSet<Kind>,
    newest: Option<Time>,
    skipped: Vec<Skipped>,
    reader: objects::Reader,
}

impl Builder {
    /// Takes one file of the dump; `name` is its path from the root.
    fn file(&mut self, name: &str, body: Vec<u8>) {
        if let Some(key) = logs::key_of(name) {
            self.logs.put(key, Ok(logs::bounded(&body)));
            return;
        }
        let result = match extension(name) {
            "json" => self.reader.json(&body),
            "yaml" | "yml" => self.reader.yaml(&body),
            _ => return,
        };
        let read = result.unwrap_or_else(|why| {
            self.skip(name, why);
            objects::Read::default()
        });
        for why in read.skipped {
            self.skip(name, why);
        }
        self.kinds.extend(read.kinds);
        for object in read.objects {
            self.object(object);
        }
        self.newest = self.newest.max(read.at);
        for update in read.updates {
            self.inventory.apply(update);
        }
    }

    fn skip(&mut self, file: &str, why: String) {
        self.skipped.push(Skipped {
            file: file.into(),
            why,
        });
    }

    fn object(&mut self, object: Object) {
        if let Some(kind) = Kind::parse(object.kind()) {
            self.kinds.insert(kind);
        }
        let meta = object.meta();
        let seen = match &object {
            Object::Event(event) => event.last,
            Object::Node(node) => node.heartbeat.or(meta.created.time()),
            _ => meta.created.time().max(meta.deleting.time()),
        };
        self.newest = self.newest.max(seen);
        self.inventory.put(object);
    }

    fn finish(mut self, path: &Path) -> Dump {
        let now = self.newest.unwrap_or(Time::UNIX_EPOCH);
        for kind in self.kinds {
            self.inventory
                .apply(Update::Freshness(kind, Freshness::Live(now)));
        }
        let address: Text = path.display().to_string().into();
        let status = SourceStatus {
            state: SourceState::Live(now),
            address: address.clone(),
            ..SourceStatus::default()
        };
        for name in self.inventory.proxmox.keys().cloned().collect::<Vec<_>>() {
            let id = SourceId::Proxmox(name);
            self.inventory.apply(Update::Source(id, status.clone()));
        }
        self.inventory.apply(Update::Source(SourceId::Dump, status));
        let mut identity = (*self.inventory.identity).clone();
        if identity.context.is_empty() {
            identity.context = path
                .file_name()
                .map_or(address, |name| name.to_string_lossy().into());
            self.inventory.identity = Arc::new(identity);
        }
        Dump {
            inventory: self.inventory,
            logs: self.logs,
            now,
            skipped: self.skipped,
        }
    }
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
