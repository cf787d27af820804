//! Ways back: from a node, an owner, a claim, a class to the objects that name it.

use std::{collections::BTreeSet, hash::Hash, sync::Arc};

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::domain::{
    App, Claim, Conditions, Event, HasMeta, Key, Pod, Quantity, Text, Vmi, VolumeSource,
};

/// Most values are carried by one object only: its key needs no room of its own.
type Keys = SmallVec<[Key; 1]>;

/// From a value to the keys of the objects that carry it.
#[derive(Clone, Debug)]
pub struct Index<K> {
    entries: Arc<HashMap<K, Keys>>,
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            entries: Arc::default(),
        }
    }
}

impl<K: Hash + Eq + Clone> Index<K> {
    /// The keys of the objects that carry `value`, in no particular order.
    #[must_use]
    pub fn get<Q>(&self, value: &Q) -> &[Key]
    where
        Q: Hash + hashbrown::Equivalent<K> + ?Sized,
    {
        self.entries.get(value).map_or(&[], SmallVec::as_slice)
    }

    fn add(&mut self, value: K, key: &Key) {
        let keys = Arc::make_mut(&mut self.entries).entry(value).or_default();
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }

    fn drop_key(&mut self, value: &K, key: &Key) {
        let entries = Arc::make_mut(&mut self.entries);
        if let Some(keys) = entries.get_mut(value) {
            keys.retain(|held| held != key);
            if keys.is_empty() {
                entries.remove(value);
            }
        }
    }
}

/// All indexes of the inventory.
#[derive(Clone, Debug, Default)]
pub struct Indexes {
    /// Pods by node.
    pub pods_by_node: Index<Text>,
    /// Pods by the UID of an owner.
    pub pods_by_owner: Index<Text>,
    /// Pods by claim, generic ephemeral ones included.
    pub pods_by_claim: Index<Key>,
    /// Events by kind and place of the object they are about.
    pub events_by_object: Index<(Text, Key)>,
    /// Claims by volume.
    pub claims_by_volume: Index<Text>,
    /// Claims by class (only those that name one).
    pub claims_by_class: Index<Text>,
    /// Applications by kind and place of a managed object.
    pub apps_by_object: Index<(Text, Key)>,
    /// Running machines by claim.
    pub vmis_by_claim: Index<Key>,
    /// What the pods of a node that have not finished ask for, by node.
    pub asked_by_node: Arc<HashMap<Text, Asked>>,
    /// Pods that neither run and are ready nor have done their work.
    pub unwell_pods: Arc<BTreeSet<Key>>,
}

/// What pods ask for, summed up. The sums are exact, so that a pod can be taken out again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many pods.
    pub pods: usize,
    /// Pods without a memory limit.
    pub unbounded: usize,
    /// CPU asked for.
    pub cpu: Quantity,
    /// Memory asked for.
    pub memory: Quantity,
    /// CPU limits; pods without one add nothing.
    pub cpu_limit: Quantity,
    /// Memory limits; pods without one add nothing.
    pub memory_limit: Quantity,
}

impl Asked {
    fn of(pod: &Pod) -> Self {
        let memory_limit = pod.spec.limit("memory");
        Self {
            pods: 1,
            unbounded: usize::from(memory_limit.is_none()),
            cpu: pod.spec.request("cpu"),
            memory: pod.spec.request("memory"),
            cpu_limit: pod.spec.limit("cpu").unwrap_or_default(),
            memory_limit: memory_limit.unwrap_or_default(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.pods += other.pods;
        self.unbounded += other.unbounded;
        self.cpu += other.cpu;
        self.memory += other.memory;
        self.cpu_limit += other.cpu_limit;
        self.memory_limit += other.memory_limit;
    }

    fn take(&mut self, other: &Self) {
        self.pods = self.pods.saturating_sub(other.pods);
        self.unbounded = self.unbounded.saturating_sub(other.unbounded);
        self.cpu = self.cpu.minus(other.cpu);
        self.memory = self.memory.minus(other.memory);
        self.cpu_limit = self.cpu_limit.minus(other.cpu_limit);
        self.memory_limit = self.memory_limit.minus(other.memory_limit);
    }
}

impl Indexes {
    /// Puts a pod in the place of what it was. Most changes are of its state: they leave the indexes,
    /// which a diagnosis may be holding a copy of, alone.
    pub(super) fn replace_pod(&mut self, old: Option<&Pod>, new: &Pod) {
        let stays = |old: &Pod| {
            old.node == new.node && old.meta.owners == new.meta.owners && old.spec == new.spec
        };
        if !old.is_some_and(stays) {
            if let Some(old) = old {
                self.place(old, false);
            }
            self.place(new, true);
        }
        if !old.is_some_and(|old| stays(old) && old.is_finished() == new.is_finished()) {
            if let Some(old) = old {
                self.sum_up(old, false);
            }
            self.sum_up(new, true);
        }
        self.note_unwell(new, true);
    }

    /// Takes out a pod that is gone.
    pub(super) fn remove_pod(&mut self, pod: &Pod) {
        self.place(pod, false);
        self.sum_up(pod, false);
        self.note_unwell(pod, false);
    }

    fn place(&mut self, pod: &Pod, there: bool) {
        let key = &pod.meta.key;
        if let Some(node) = &pod.node {
            set(&mut self.pods_by_node, node.clone(), key, there);
        }
        for owner in &pod.meta.owners {
            set(&mut self.pods_by_owner, owner.uid.clone(), key, there);
        }
        for claim in claims_of(pod) {
            set(&mut self.pods_by_claim, claim, key, there);
        }
    }

    fn note_unwell(&mut self, pod: &Pod, there: bool) {
        let key = &pod.meta.key;
        let unwell = there && !is_well(pod);
        if unwell != self.unwell_pods.contains(key) {
            let pods = Arc::make_mut(&mut self.unwell_pods);
            if unwell {
                pods.insert(key.clone());
            } else {
                pods.remove(key);
            }
        }
    }

    fn sum_up(&mut self, pod: &Pod, there: bool) {
        let Some(node) = pod.node.as_ref().filter(|_| !pod.is_finished()) else {
            return;
        };
        let sums = Arc::make_mut(&mut self.asked_by_node);
        let sum = sums.entry(node.clone()).or_default();
        if there {
            sum.add(&Asked::of(pod));
        } else {
            sum.take(&Asked::of(pod));
            if sum.pods == 0 {
                sums.remove(node);
            }
        }
    }

    pub(super) fn event(&mut self, event: &Event, there: bool) {
        set(
            &mut self.events_by_object,
            (event.about_kind.clone(), event.about.clone()),
            &event.meta.key,
            there,
        );
    }

    pub(super) fn claim(&mut self, claim: &Claim, there: bool) {
        let key = &claim.meta.key;
        if !claim.volume.is_empty() {
            set(&mut self.claims_by_volume, claim.volume.clone(), key, there);
        }
        if let Some(class) = claim.class_name() {
            set(&mut self.claims_by_class, class.clone(), key, there);
        }
    }

    pub(super) fn app(&mut self, app: &App, there: bool) {
        for resource in &app.resources {
            let object = Key {
                namespace: resource.namespace.clone(),
                name: resource.name.clone(),
            };
            set(
                &mut self.apps_by_object,
                (resource.kind.clone(), object),
                &app.meta().key,
                there,
            );
        }
    }

    pub(super) fn vmi(&mut self, vmi: &Vmi, there: bool) {
        for disk in &vmi.spec.disks {
            if let Some(claim) = disk.source.claim() {
                let claim = Key {
                    namespace: vmi.meta.key.namespace.clone(),
                    name: claim.clone(),
                };
                set(&mut self.vmis_by_claim, claim, &vmi.meta.key, there);
            }
        }
    }
}

fn set<K: Hash + Eq + Clone>(index: &mut Index<K>, value: K, key: &Key, there: bool) {
    if there {
        index.add(value, key);
    } else {
        index.drop_key(&value, key);
    }
}

fn is_well(pod: &Pod) -> bool {
    match pod.status_word().as_str() {
        "Completed" | "Succeeded" => true,
        "Running" => pod.conditions.as_slice().holds("Ready"),
        _ => false,
    }
}

/// The claims of a pod, those of generic ephemeral volumes included.
fn claims_of(pod: &Pod) -> impl Iterator<Item = Key> {
    pod.spec.volumes.iter().filter_map(|volume| {
        let name = match &volume.source {
            VolumeSource::Claim { name, .. } => name.clone(),
            VolumeSource::Ephemeral { .. } => {
                format!("{}-{}", pod.meta.key.name, volume.name).into()
            }
            _ => return None,
        };
        Some(Key {
            namespace: pod.meta.key.namespace.clone(),
            name,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{Container, Object, PodSpec, ResourceList},
        inventory::{Change, Inventory, Update},
    };

    fn pod(name: u8, node: u8, phase: &str, cpu: &str) -> Pod {
        let mut container = Container::default();
        let asked = vec![("cpu".into(), cpu.parse().unwrap())];
        container.requests = ResourceList::new(asked);
        let spec = PodSpec {
            containers: thin_vec::thin_vec![container.into()],
            ..PodSpec::default()
        };
        let mut pod = Pod {
            spec: Arc::new(spec),
            node: (node > 0).then(|| format!("node{node}").into()),
            phase: phase.into(),
            ..Pod::default()
        };
        pod.meta.key = Key::new("media", &format!("pod{name}"));
        pod
    }

    proptest! {
        #[test]
        fn sums_and_the_unwell_are_what_a_look_at_all_pods_finds(
            changes in prop::collection::vec((0_u8..6, 0_u8..3, 0_usize..4, 0_usize..3), 1..60),
        ) {
            let mut inventory = Inventory::new();
            for (name, node, phase, cpu) in changes {
                let key = Key::new("media", &format!("pod{name}"));
                let change = match ["Running", "Succeeded", "Pending"].get(phase) {
                    None => Change::Gone(crate::domain::Kind::Pod, key),
                    Some(phase) => {
                        let pod = pod(name, node, phase, ["100m", "2", "0"][cpu]);
                        Change::Put(Object::Pod(pod.into()))
                    }
                };
                inventory.apply(Update::Changes(vec![change]));
            }
            let mut sums: HashMap<Text, Asked> = HashMap::new();
            for pod in inventory.pods.iter().filter(|pod| !pod.is_finished()) {
                if let Some(node) = &pod.node {
                    sums.entry(node.clone()).or_default().add(&Asked::of(pod));
                }
            }
            prop_assert_eq!(&*inventory.indexes.asked_by_node, &sums);
            let unwell: BTreeSet<Key> = inventory
                .pods
                .iter()
                .filter(|pod| !is_well(pod))
                .map(|pod| pod.meta.key.clone())
                .collect();
            prop_assert_eq!(&*inventory.indexes.unwell_pods, &unwell);
        }
    }
}
