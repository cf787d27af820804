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

use std::{collections::BTreeMap, sync::Arc};

use hashbrown::HashSet;

use super::wire;
use crate::domain::{self, Interner, Labels, PodSpec, ResourceList, Text};

/// Translates objects of one source; keeps what they share.
#[derive(Debug, Default)]
pub(crate) struct Translator {
    strings: Interner,
    templates: HashSet<Arc<PodSpec>>,
    labels: HashSet<Labels>,
    amounts: HashSet<ResourceList>,
}

impl Translator {
    /// The shared form of a text.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        self.strings.text(text)
    }

    pub(crate) fn texts(&mut self, texts: &[String]) -> Vec<Text> {
        texts.iter().map(|text| self.strings.text(text)).collect()
    }

    pub(crate) fn pairs(&mut self, map: &BTreeMap<String, String>) -> Labels {
        let labels = Labels::new(
            map.iter()
                .map(|(key, value)| (self.strings.text(key), self.strings.text(value)))
                .collect(),
        );
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
        self.templates
            .get_or_insert_with(&spec, |spec| Arc::new(spec.clone()))
            .clone()
    }

    /// Forgets what no object uses any more; to be called now and then on a long-lived source.
    pub(crate) fn sweep(&mut self) {
        self.templates
            .retain(|template| Arc::strong_count(template) > 1);
        self.labels.clear();
        self.amounts.clear();
        self.strings.sweep();
    }
}

/// The moment of an optional wire time.
pub(crate) fn moment(time: Option<wire::Time>) -> Option<domain::Time> {
    time.and_then(wire::Time::moment)
}
