//! The inventory and how updates change it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Change, Identity, Indexes, SourceId, SourceStatus, Table, Update,
    news::{News, news},
};
use crate::domain::*;

/// Everything that is known, from all sources.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)] // a table for each noun of its name
pub struct Inventory {
    pub nodes: Table<Node>,
    pub pods: Table<Pod>,
    pub claims: Table<Claim>,
    pub volumes: Table<Volume>,
    pub classes: Table<StorageClass>,
    pub csi_drivers: Table<CsiDriver>,
    pub csi_nodes: Table<CsiNode>,
    pub storage_capacities: Table<StorageCapacity>,
    pub attachments: Table<VolumeAttachment>,
    pub events: Table<Event>,
    pub namespaces: Table<Namespace>,
    pub quotas: Table<Quota>,
    pub limit_ranges: Table<LimitRange>,
    pub deployments: Table<Workload>,
    pub replica_sets: Table<Workload>,
    pub stateful_sets: Table<Workload>,
    pub daemon_sets: Table<Workload>,
    pub revisions: Table<Revision>,
    pub jobs: Table<Job>,
    pub cron_jobs: Table<CronJob>,
    pub budgets: Table<DisruptionBudget>,
    pub network_policies: Table<NetworkPolicy>,
    pub services: Table<Service>,
    pub endpoint_slices: Table<EndpointSlice>,
    pub ingresses: Table<Ingress>,
    pub config_maps: Table<ConfigObject>,
    pub secrets: Table<ConfigObject>,
    pub vms: Table<Vm>,
    pub vmis: Table<Vmi>,
    pub migrations: Table<Migration>,
    pub data_volumes: Table<DataVolume>,
    pub apps: Table<App>,
    /// Custom kinds by their word, as `LVMCluster`.
    pub customs: BTreeMap<Text, Table<Custom>>,
    /// Ways back.
    pub indexes: Indexes,
    /// Usage of nodes by name.
    pub node_usage: Arc<BTreeMap<Text, NodeUsage>>,
    /// Usage of pods, in order of their keys.
    pub pod_usage: Arc<Vec<PodUsage>>,
    /// Fill of claims.
    pub volume_usage: Arc<BTreeMap<Key, VolumeUsage>>,
    /// Disks of nodes by name.
    pub node_disks: Arc<BTreeMap<Text, NodeDisk>>,
    /// Rows of the pod table while the pods stream in.
    pub pod_rows: Arc<Vec<PodRow>>,
    /// Proxmox VE installations by name.
    pub proxmox: Arc<BTreeMap<Text, Arc<PveState>>>,
    /// Probes.
    pub probes: Arc<Vec<ProbeState>>,
    /// What the cluster is.
    pub identity: Arc<Identity>,
    /// State of each source.
    pub sources: Arc<BTreeMap<SourceId, SourceStatus>>,
    freshness: Arc<BTreeMap<Kind, Freshness>>,
    version: u64,
    facts: u64,
}

impl Inventory {
    /// An inventory that knows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Grows with every change that can be seen: what was computed from one version holds as long
    /// as it stands still. That a source was heard of again is no change.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The same, but of what there is and how it is doing: it stands still while only amounts in
    /// use change.
    #[must_use]
    pub const fn facts(&self) -> u64 {
        self.facts
    }

    /// Grows while only amounts in use change.
    #[must_use]
    pub const fn amounts(&self) -> u64 {
        self.version - self.facts
    }

    /// Freshness of a kind.
    #[must_use]
    pub fn freshness(&self, kind: Kind) -> &Freshness {
        self.freshness.get(&kind).unwrap_or(&Freshness::Waiting)
    }

    /// A table with its freshness.
    pub fn reading<'a, T>(&self, kind: Kind, value: &'a T) -> Reading<&'a T> {
        Reading::new(value, self.freshness(kind))
    }

    /// The custom objects of a kind.
    #[must_use]
    pub fn custom(&self, kind: &str) -> Option<&Table<Custom>> {
        self.customs.get(kind)
    }

    /// Takes in what a source sent.
    pub fn apply(&mut self, update: Update) {
        match news(self, &update) {
            News::None => {}
            News::Amounts => self.version += 1,
            News::Facts => {
                self.version += 1;
                self.facts += 1;
            }
        }
        match update {
            Update::Source(id, status) => {
                Arc::make_mut(&mut self.sources).insert(id, status);
            }
            Update::Identity(identity) => self.identity = Arc::new(identity),
            Update::Freshness(kind, freshness) => self.set_freshness(kind, freshness),
            Update::Changes(changes) => changes.into_iter().for_each(|change| self.change(change)),
            Update::Listed {
                kind,
                namespace,
                keys,
            } => self.keep_listed(kind, namespace.as_deref(), keys),
            Update::AppsListed { instance, keys } => self.keep_apps(&instance, keys),
            // rows that come after the pods themselves are late: nobody looks at them
            Update::PodRows(_) if self.freshness(Kind::Pod).is_complete() => {}
            Update::PodRows(rows) => self.pod_rows = Arc::new(rows),
            Update::NodeUsage(usage) => {
                self.node_usage = Arc::new(
                    usage
                        .into_iter()
                        .map(|row| (row.node.clone(), row))
                        .collect(),
                );
            }
            Update::PodUsage(usage) => self.pod_usage = Arc::new(self.usage_by_pod(usage)),
            Update::NodeFill { disk, volumes } => {
                Arc::make_mut(&mut self.node_disks).insert(disk.node.clone(), disk);
                let fill = Arc::make_mut(&mut self.volume_usage);
                fill.extend(volumes.into_iter().map(|row| (row.claim.clone(), row)));
            }
            Update::Proxmox(name, state) => {
                Arc::make_mut(&mut self.proxmox).insert(name, state);
            }
            Update::Probes(probes) => self.probes = Arc::new(probes),
        }
    }

    /// Usage under the pods' own keys, so that their names are held once.
    fn usage_by_pod(&self, mut usage: Vec<PodUsage>) -> Vec<PodUsage> {
        usage.sort_unstable_by(|a, b| a.pod.cmp(&b.pod));
        let mut keys = self.pods.keys().peekable();
        for row in &mut usage {
            while keys.next_if(|key| **key < row.pod).is_some() {}
            if let Some(key) = keys.next_if(|key| **key == row.pod) {
                row.pod.clone_from(key);
            }
        }
        usage.shrink_to_fit();
        usage
    }

    fn set_freshness(&mut self, kind: Kind, freshness: Freshness) {
        if kind == Kind::Pod && freshness.is_complete() {
            self.pod_rows = Arc::default();
        }
        Arc::make_mut(&mut self.freshness).insert(kind, freshness);
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Put(object) => self.put(object),
            Change::Gone(Kind::App, key) => self.app_object_is_gone(&key),
            Change::Gone(kind, key) => self.remove(kind, &key),
            Change::GoneCustom(kind, key) => {
                if let Some(table) = self.customs.get_mut(&kind) {
                    table.remove(&key);
                }
            }
        }
    }

    /// Puts one object in.
    pub fn put(&mut self, object: Object) {
        match object {
            Object::Pod(pod) => {
                let old = self.pods.put(pod.clone());
                self.indexes.replace_pod(old.as_deref(), &pod);
            }
            Object::Event(event) => {
                if let Some(old) = self.events.put(event.clone()) {
                    self.indexes.event(&old, false);
                }
                self.indexes.event(&event, true);
            }
            Object::Claim(claim) => {
                if let Some(old) = self.claims.put(claim.clone()) {
                    self.indexes.claim(&old, false);
                }
                self.indexes.claim(&claim, true);
            }
            Object::App(app) => self.put_app(app),
            Object::Vmi(vmi) => {
                if let Some(old) = self.vmis.put(vmi.clone()) {
                    self.indexes.vmi(&old, false);
                }
                self.indexes.vmi(&vmi, true);
            }
            other => self.put_plain(other),
        }
    }

    fn put_plain(&mut self, object: Object) {
        match object {
            Object::Node(o) => drop(self.nodes.put(o)),
            Object::Volume(o) => drop(self.volumes.put(o)),
            Object::StorageClass(o) => drop(self.classes.put(o)),
            Object::CsiDriver(o) => drop(self.csi_drivers.put(o)),
            Object::CsiNode(o) => drop(self.csi_nodes.put(o)),
            Object::StorageCapacity(o) => drop(self.storage_capacities.put(o)),
            Object::VolumeAttachment(o) => drop(self.attachments.put(o)),
            Object::Namespace(o) => drop(self.namespaces.put(o)),
            Object::Quota(o) => drop(self.quotas.put(o)),
            Object::LimitRange(o) => drop(self.limit_ranges.put(o)),
            Object::Workload(o) => drop(self.workloads_mut(o.kind).put(o)),
            Object::Revision(o) => drop(self.revisions.put(o)),
            Object::Job(o) => drop(self.jobs.put(o)),
            Object::CronJob(o) => drop(self.cron_jobs.put(o)),
            Object::DisruptionBudget(o) => drop(self.budgets.put(o)),
            Object::NetworkPolicy(o) => drop(self.network_policies.put(o)),
            Object::Service(o) => drop(self.services.put(o)),
            Object::EndpointSlice(o) => drop(self.endpoint_slices.put(o)),
            Object::Ingress(o) => drop(self.ingresses.put(o)),
            Object::ConfigMap(o) => drop(self.config_maps.put(o)),
            Object::Secret(o) => drop(self.secrets.put(o)),
            Object::Vm(o) => drop(self.vms.put(o)),
            Object::Migration(o) => drop(self.migrations.put(o)),
            Object::DataVolume(o) => drop(self.data_volumes.put(o)),
            Object::Custom(o) => drop(self.customs.entry(o.kind.clone()).or_default().put(o)),
            Object::Pod(_)
            | Object::Event(_)
            | Object::Claim(_)
            | Object::App(_)
            | Object::Vmi(_) => {}
        }
    }

    fn workloads_mut(&mut self, kind: WorkloadKind) -> &mut Table<Workload> {
        match kind {
            WorkloadKind::Deployment => &mut self.deployments,
            WorkloadKind::ReplicaSet => &mut self.replica_sets,
            WorkloadKind::StatefulSet => &mut self.stateful_sets,
            WorkloadKind::DaemonSet => &mut self.daemon_sets,
        }
    }

    pub(super) fn remove(&mut self, kind: Kind, key: &Key) {
        match kind {
            Kind::Pod => {
                if let Some(old) = self.pods.remove(key) {
                    self.indexes.remove_pod(&old);
                }
            }
            Kind::Event => {
                if let Some(old) = self.events.remove(key) {
                    self.indexes.event(&old, false);
                }
            }
            Kind::Claim => {
                if let Some(old) = self.claims.remove(key) {
                    self.indexes.claim(&old, false);
                }
            }
            Kind::App => {
                if let Some(old) = self.apps.remove(key) {
                    self.indexes.app(&old, false);
                }
            }
            Kind::Vmi => {
                if let Some(old) = self.vmis.remove(key) {
                    self.indexes.vmi(&old, false);
                }
            }
            other => self.remove_plain(other, key),
        }
    }

    fn remove_plain(&mut self, kind: Kind, key: &Key) {
        match kind {
            Kind::Node => drop(self.nodes.remove(key)),
            Kind::Volume => drop(self.volumes.remove(key)),
            Kind::StorageClass => drop(self.classes.remove(key)),
            Kind::CsiDriver => drop(self.csi_drivers.remove(key)),
            Kind::CsiNode => drop(self.csi_nodes.remove(key)),
            Kind::StorageCapacity => drop(self.storage_capacities.remove(key)),
            Kind::VolumeAttachment => drop(self.attachments.remove(key)),
            Kind::Namespace => drop(self.namespaces.remove(key)),
            Kind::Quota => drop(self.quotas.remove(key)),
            Kind::LimitRange => drop(self.limit_ranges.remove(key)),
            Kind::Deployment => drop(self.deployments.remove(key)),
            Kind::ReplicaSet => drop(self.replica_sets.remove(key)),
            Kind::StatefulSet => drop(self.stateful_sets.remove(key)),
            Kind::DaemonSet => drop(self.daemon_sets.remove(key)),
            Kind::Revision => drop(self.revisions.remove(key)),
            Kind::Job => drop(self.jobs.remove(key)),
            Kind::CronJob => drop(self.cron_jobs.remove(key)),
            Kind::DisruptionBudget => drop(self.budgets.remove(key)),
            Kind::NetworkPolicy => drop(self.network_policies.remove(key)),
            Kind::Service => drop(self.services.remove(key)),
            Kind::EndpointSlice => drop(self.endpoint_slices.remove(key)),
            Kind::Ingress => drop(self.ingresses.remove(key)),
            Kind::ConfigMap => drop(self.config_maps.remove(key)),
            Kind::Secret => drop(self.secrets.remove(key)),
            Kind::Vm => drop(self.vms.remove(key)),
            Kind::Migration => drop(self.migrations.remove(key)),
            Kind::DataVolume => drop(self.data_volumes.remove(key)),
            custom => {
                if let Some(table) = self.customs.get_mut(custom.as_str()) {
                    table.remove(key);
                }
            }
        }
    }

    fn keep_listed(&mut self, kind: Kind, namespace: Option<&str>, keys: Vec<Key>) {
        let listed: BTreeSet<Key> = keys.into_iter().collect();
        let gone: Vec<Key> = self
            .keys_of(kind)
            .into_iter()
            .filter(|key| {
                namespace.is_none_or(|namespace| namespace_there(key) == namespace)
                    && !listed.contains(key)
                    && (kind != Kind::App || self.is_unlisted_object(key, &listed))
            })
            .collect();
        for key in gone {
            self.remove(kind, &key);
        }
    }
}
