//! From the wire to the domain: shares strings and templates, keeps nothing that is not read.

mod claim;
mod cluster;
mod event;
mod meta;
mod network;
mod node;
mod pod;
mod podspec;
mod podvolume;
mod storage;
mod workload;

use std::{
    collections::BTreeMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use hashbrown::HashSet;

use super::wire;
use crate::domain::{
    self, Container, Interner, Labels, Owner, PodSpec, ResourceList, Said, Shared, Text, Which,
};

/// Translates objects of one source; keeps what they share.
#[derive(Debug, Default)]
pub(crate) struct Translator {
    strings: Interner,
    templates: HashSet<Arc<PodSpec>>,
    containers: HashSet<Arc<Container>>,
    labels: HashSet<Labels>,
    amounts: HashSet<ResourceList>,
    owners: HashSet<Shared<Owner>>,
    said: HashSet<Arc<Said>>,
    which: HashSet<Arc<Which>>,
}

impl Translator {
    /// The shared form of a text.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        self.strings.text(text)
    }

    pub(crate) fn texts<L: FromIterator<Text>>(&mut self, texts: &[String]) -> L {
        texts.iter().map(|text| self.strings.text(text)).collect()
    }

    pub(crate) fn pairs(&mut self, map: &BTreeMap<String, String>) -> Labels {
        let pairs = map
            .iter()
            .map(|(key, value)| (self.strings.text(key), self.strings.text(value)))
            .collect();
        self.shared_pairs(pairs)
    }

    /// The shared form of pairs: the pods of one template carry the same.
    fn shared_pairs(&mut self, pairs: Vec<(Text, Text)>) -> Labels {
        let labels = Labels::new(pairs);
        self.labels
            .get_or_insert_with(&labels, Clone::clone)
            .clone()
    }

    pub(crate) fn resources(&mut self, map: &BTreeMap<String, wire::Quantity>) -> ResourceList {
        let list = ResourceList::new(
            map.iter()
                .map(|(name, amount)| (self.strings.text(name), amount.amount()))
                .collect(),
        );
        self.amounts.get_or_insert_with(&list, Clone::clone).clone()
    }

    /// The shared form of a template.
    pub(crate) fn template(&mut self, spec: PodSpec) -> Arc<PodSpec> {
        let mut spec = spec;
        spec.volumes.shrink_to_fit();
        one_of(&mut self.templates, spec)
    }

    /// The shared form of a container: those of a template and of its pods are mostly the same, though
    /// the server adds to the pods' other parts.
    fn shared_container(&mut self, container: Container) -> Arc<Container> {
        let mut container = container;
        container.mounts.shrink_to_fit();
        container.env_from.shrink_to_fit();
        one_of(&mut self.containers, container)
    }

    /// Forgets what no object uses any more; to be called now and then on a long-lived source.
    pub(crate) fn sweep(&mut self) {
        self.templates
            .retain(|template| Arc::strong_count(template) > 1);
        self.containers
            .retain(|container| Arc::strong_count(container) > 1);
        self.labels.clear();
        self.amounts.clear();
        self.owners.clear();
        self.said.retain(|said| Arc::strong_count(said) > 1);
        self.which.retain(|which| Arc::strong_count(which) > 1);
        self.strings.sweep();
    }
}

/// The one that is held of all equal ones.
fn one_of<T: Eq + Hash>(held: &mut HashSet<Arc<T>>, new: T) -> Arc<T> {
    if let Some(held) = held.get(&new) {
        return held.clone();
    }
    let new = Arc::new(new);
    held.insert(new.clone());
    new
}

/// A translator that all kinds of one cluster share: a template of a Deployment is that of its
/// ReplicaSet and of their pods. It is held for one object at a time and never across a wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedTranslator(Arc<Mutex<Translator>>);

impl SharedTranslator {
    /// Does something with it.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Translator) -> T) -> T {
        // what a panic of another task left behind is whole: entries are put in one by one
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The moment of an optional wire time.
pub(crate) fn moment(time: Option<wire::Time>) -> Option<domain::Time> {
    time.and_then(wire::Time::moment)
}
