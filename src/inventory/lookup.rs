//! Questions that panes and rules ask again and again.

use std::sync::Arc;

use super::Inventory;
use crate::domain::*;

impl Inventory {
    /// The guest of Proxmox VE that a reference names: its kind, the installation and its number.
    #[must_use]
    pub fn guest(&self, object: &ObjectRef) -> Option<&Guest> {
        self.proxmox
            .get(&object.key.namespace)?
            .guests
            .iter()
            .find(|guest| {
                guest.kind.as_str() == &*object.kind && *guest.id.to_string() == *object.key.name
            })
    }

    /// Whether Proxmox VE has the guest, storage or host that a reference names.
    #[must_use]
    pub fn has_of_proxmox(&self, object: &ObjectRef) -> bool {
        let Some(state) = self.proxmox.get(&object.key.namespace) else {
            return false;
        };
        let name = &object.key.name;
        match &*object.kind {
            "storage" => state.storages.iter().any(|one| one.name == *name),
            "pve-node" => state.nodes.iter().any(|one| one.name == *name),
            _ => self.guest(object).is_some(),
        }
    }

    /// The keys of all objects of a kind.
    #[must_use]
    pub fn keys_of(&self, kind: Kind) -> Vec<Key> {
        fn all<T: HasMeta>(table: &super::Table<T>) -> Vec<Key> {
            table.keys().cloned().collect()
        }
        match kind {
            Kind::Node => all(&self.nodes),
            Kind::Pod => all(&self.pods),
            Kind::Claim => all(&self.claims),
            Kind::Volume => all(&self.volumes),
            Kind::StorageClass => all(&self.classes),
            Kind::CsiDriver => all(&self.csi_drivers),
            Kind::CsiNode => all(&self.csi_nodes),
            Kind::StorageCapacity => all(&self.storage_capacities),
            Kind::VolumeAttachment => all(&self.attachments),
            Kind::Event => all(&self.events),
            Kind::Namespace => all(&self.namespaces),
            Kind::Quota => all(&self.quotas),
            Kind::LimitRange => all(&self.limit_ranges),
            Kind::Deployment => all(&self.deployments),
            Kind::ReplicaSet => all(&self.replica_sets),
            Kind::StatefulSet => all(&self.stateful_sets),
            Kind::DaemonSet => all(&self.daemon_sets),
            Kind::Revision => all(&self.revisions),
            Kind::Job => all(&self.jobs),
            Kind::CronJob => all(&self.cron_jobs),
            Kind::DisruptionBudget => all(&self.budgets),
            Kind::NetworkPolicy => all(&self.network_policies),
            Kind::Service => all(&self.services),
            Kind::EndpointSlice => all(&self.endpoint_slices),
            Kind::Ingress => all(&self.ingresses),
            Kind::ConfigMap => all(&self.config_maps),
            Kind::Secret => all(&self.secrets),
            Kind::Vm => all(&self.vms),
            Kind::Vmi => all(&self.vmis),
            Kind::Migration => all(&self.migrations),
            Kind::DataVolume => all(&self.data_volumes),
            Kind::App => all(&self.apps),
            custom => self.customs.get(custom.as_str()).map_or_else(Vec::new, all),
        }
    }

    /// Any object by its reference.
    #[must_use]
    pub fn object(&self, reference: &ObjectRef) -> Option<Object> {
        let key = &reference.key;
        let Some(kind) = Kind::parse(&reference.kind) else {
            return self
                .customs
                .get(&reference.kind)?
                .get(key)
                .cloned()
                .map(Object::Custom);
        };
        match kind {
            Kind::Node => self.nodes.get(key).cloned().map(Object::Node),
            Kind::Pod => self.pods.get(key).cloned().map(Object::Pod),
            Kind::Claim => self.claims.get(key).cloned().map(Object::Claim),
            Kind::Volume => self.volumes.get(key).cloned().map(Object::Volume),
            Kind::StorageClass => self.classes.get(key).cloned().map(Object::StorageClass),
            Kind::CsiDriver => self.csi_drivers.get(key).cloned().map(Object::CsiDriver),
            Kind::CsiNode => self.csi_nodes.get(key).cloned().map(Object::CsiNode),
            Kind::StorageCapacity => self
                .storage_capacities
                .get(key)
                .cloned()
                .map(Object::StorageCapacity),
            Kind::VolumeAttachment => self
                .attachments
                .get(key)
                .cloned()
                .map(Object::VolumeAttachment),
            Kind::Event => self.events.get(key).cloned().map(Object::Event),
            Kind::Namespace => self.namespaces.get(key).cloned().map(Object::Namespace),
            Kind::Quota => self.quotas.get(key).cloned().map(Object::Quota),
            Kind::LimitRange => self.limit_ranges.get(key).cloned().map(Object::LimitRange),
            Kind::Deployment => self.deployments.get(key).cloned().map(Object::Workload),
            Kind::ReplicaSet => self.replica_sets.get(key).cloned().map(Object::Workload),
            Kind::StatefulSet => self.stateful_sets.get(key).cloned().map(Object::Workload),
            Kind::DaemonSet => self.daemon_sets.get(key).cloned().map(Object::Workload),
            Kind::Revision => self.revisions.get(key).cloned().map(Object::Revision),
            Kind::Job => self.jobs.get(key).cloned().map(Object::Job),
            Kind::CronJob => self.cron_jobs.get(key).cloned().map(Object::CronJob),
            Kind::DisruptionBudget => self.budgets.get(key).cloned().map(Object::DisruptionBudget),
            Kind::NetworkPolicy => self
                .network_policies
                .get(key)
                .cloned()
                .map(Object::NetworkPolicy),
            Kind::Service => self.services.get(key).cloned().map(Object::Service),
            Kind::EndpointSlice => self
                .endpoint_slices
                .get(key)
                .cloned()
                .map(Object::EndpointSlice),
            Kind::Ingress => self.ingresses.get(key).cloned().map(Object::Ingress),
            Kind::ConfigMap => self.config_maps.get(key).cloned().map(Object::ConfigMap),
            Kind::Secret => self.secrets.get(key).cloned().map(Object::Secret),
            Kind::Vm => self.vms.get(key).cloned().map(Object::Vm),
            Kind::Vmi => self.vmis.get(key).cloned().map(Object::Vmi),
            Kind::Migration => self.migrations.get(key).cloned().map(Object::Migration),
            Kind::DataVolume => self.data_volumes.get(key).cloned().map(Object::DataVolume),
            Kind::App => self.apps.get(key).cloned().map(Object::App),
            custom => self
                .customs
                .get(custom.as_str())?
                .get(key)
                .cloned()
                .map(Object::Custom),
        }
    }

    /// Every namespace that anything known lives in.
    #[must_use]
    pub fn namespaces_in_use(&self) -> std::collections::BTreeSet<Text> {
        let named = self.namespaces.keys().map(|key| key.name.clone());
        let kinds = Kind::ALL.iter().filter(|kind| kind.resource().namespaced);
        let used = kinds
            .flat_map(|kind| self.keys_of(*kind))
            .map(|key| key.namespace);
        named.chain(used).collect()
    }

    /// Workloads of one of the four kinds.
    #[must_use]
    pub const fn workloads(&self, kind: WorkloadKind) -> &super::Table<Workload> {
        match kind {
            WorkloadKind::Deployment => &self.deployments,
            WorkloadKind::ReplicaSet => &self.replica_sets,
            WorkloadKind::StatefulSet => &self.stateful_sets,
            WorkloadKind::DaemonSet => &self.daemon_sets,
        }
    }

    /// Pods of the given keys.
    pub fn pods_at<'a>(&'a self, keys: &'a [Key]) -> impl Iterator<Item = &'a Arc<Pod>> {
        keys.iter().filter_map(|key| self.pods.get(key))
    }

    /// The pods that run a machine.
    pub fn launchers<'a>(&'a self, vmi: &'a Vmi) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.pods
            .in_namespace(&vmi.meta.key.namespace)
            .filter(|pod| vmi.pods.contains(&pod.meta.uid))
    }

    /// What a pod uses, where that was measured.
    #[must_use]
    pub fn usage_of(&self, pod: &Key) -> Option<&PodUsage> {
        let found = self.pod_usage.binary_search_by(|row| row.pod.cmp(pod));
        found.ok().map(|at| &self.pod_usage[at])
    }

    /// Pods that use a claim.
    pub fn pods_of_claim(&self, claim: &Key) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods_at(self.indexes.pods_by_claim.get(claim))
    }

    /// Pods on a node.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods_at(self.indexes.pods_by_node.get(node))
    }

    /// Pods that an object owns directly.
    pub fn pods_owned_by(&self, uid: &str) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods_at(self.indexes.pods_by_owner.get(uid))
    }

    /// Events about an object, oldest first. Those of an earlier object of the same name are left
    /// out where both carry a UID.
    #[must_use]
    pub fn events_about(&self, kind: &str, meta: &Meta) -> Vec<&Arc<Event>> {
        let mut events: Vec<&Arc<Event>> = self
            .indexes
            .events_by_object
            .get(&(Text::from(kind), meta.key.clone()))
            .iter()
            .filter_map(|key| self.events.get(key))
            .filter(|event| event.concerns(kind, &meta.key, &meta.uid))
            .collect();
        events.sort_by(|a, b| (a.last, &a.meta.key).cmp(&(b.last, &b.meta.key)));
        events
    }

    /// The top of the chain of controllers above an object: Deployment for a pod of its ReplicaSet.
    #[must_use]
    pub fn top_owner(&self, meta: &Meta) -> Option<ObjectRef> {
        let mut found: Option<ObjectRef> = None;
        let mut owner = meta.controller().cloned();
        // four steps are more than any real chain has; a cycle must not hang the console
        for _ in 0..4 {
            let Some(up) = owner else { break };
            let reference = ObjectRef {
                kind: up.kind.clone(),
                key: Key {
                    namespace: meta.key.namespace.clone(),
                    name: up.name.clone(),
                },
            };
            owner = self
                .object(&reference)
                .and_then(|object| object.meta().controller().cloned());
            found = Some(reference);
        }
        found
    }

    /// Applications that manage an object: by their resource lists, else by the object's tracking mark.
    #[must_use]
    pub fn apps_managing(&self, kind: &str, meta: &Meta) -> Vec<&Arc<App>> {
        let listed = self
            .indexes
            .apps_by_object
            .get(&(Text::from(kind), meta.key.clone()));
        let mut apps: Vec<&Arc<App>> = listed.iter().filter_map(|key| self.apps.get(key)).collect();
        if apps.is_empty()
            && let Some(tracked) = meta.tracking_app()
        {
            // an application outside the install namespace is tracked as namespace_name
            apps.extend(self.apps.iter().filter(|app| {
                let key = &app.meta.key;
                *key.name == *tracked || format!("{}_{}", key.namespace, key.name) == tracked
            }));
        }
        apps
    }

    /// The application above an object: its own, or that of the controllers above it.
    #[must_use]
    pub fn app_above(&self, kind: &str, meta: &Meta) -> Option<&Arc<App>> {
        if let Some(app) = self.apps_managing(kind, meta).first() {
            return Some(app);
        }
        let top = self.top_owner(meta)?;
        let object = self.object(&top)?;
        self.apps_managing(&top.kind, object.meta())
            .first()
            .copied()
    }

    /// The default storage class: the newest of those marked.
    #[must_use]
    pub fn default_class(&self) -> Option<&Arc<StorageClass>> {
        self.classes
            .iter()
            .filter(|class| class.is_default())
            .max_by_key(|class| class.meta.created.time())
    }
}
