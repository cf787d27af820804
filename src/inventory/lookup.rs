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
        // an application's own key may carry the instance that tells of it
        let place = Key::new(namespace_there(&meta.key), &meta.key.name);
        let listed = self.indexes.apps_by_object.get(&(Text::from(kind), place));
        let mut apps: Vec<&Arc<App>> = listed.iter().filter_map(|key| self.apps.get(key)).collect();
        // those of the first instance come first: the others may be those of another cluster
        apps.sort_by_key(|app| app.namespace_there() != &**app.meta.namespace());
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

    /// How often self-heal has synced the present revision of an application: as its operation
    /// counts it, or as the events tell, which outlive an operation that another one has replaced.
    #[must_use]
    pub fn self_heals(&self, app: &App) -> i64 {
        let counted = app.operation.as_ref().map_or(0, |one| one.self_heals);
        let told: i64 = self
            .self_heal_events(app)
            .iter()
            .map(|event| i64::from(event.count.max(1)))
            .sum();
        counted.max(told)
    }

    /// The ends of the syncs that self-heal made of the present revision, oldest first. Such a sync is
    /// partial, and nobody asked for it: as many automatic ones were begun.
    #[must_use]
    pub fn self_heal_events(&self, app: &App) -> Vec<&Arc<Event>> {
        let mut key = app.meta.clone();
        key.key.namespace = app.namespace_there().into();
        let events = self.events_about("Application", &key);
        let of_revision = |event: &&Arc<Event>, reason: &str, start: &str| {
            *event.reason == *reason
                && event.message.starts_with(start)
                && !app.revision.is_empty()
                && event.message.contains(&*app.revision)
        };
        let begun = events
            .iter()
            .filter(|event| of_revision(event, "OperationStarted", "Initiated automated sync"))
            .count();
        let ended: Vec<_> = events
            .iter()
            .filter(|event| of_revision(event, "OperationCompleted", "Partial sync operation"))
            .copied()
            .collect();
        let first = ended.len().saturating_sub(begun);
        ended.into_iter().skip(first).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Change, Update};

    fn event(nth: i64, reason: &str, message: &str) -> Change {
        let mut event = Event {
            about_kind: "Application".into(),
            about: Key::new("argocd", "web"),
            reason: reason.into(),
            message: message.into(),
            last: Time::from_second(nth).ok(),
            count: 1,
            ..Event::default()
        };
        event.meta.key = Key::new("argocd", &format!("web.{nth}"));
        Change::Put(Object::Event(event.into()))
    }

    #[test]
    fn a_fight_that_an_operation_does_not_count_any_more_is_told_by_its_events() {
        let mut inventory = Inventory::new();
        let mut app = App {
            revision: "abc".into(),
            ..App::default()
        };
        app.meta.key = Key::new("argocd", "web");
        assert_eq!(inventory.self_heals(&app), 0);
        let mut events = Vec::new();
        for round in 0..4 {
            let begun = "Initiated automated sync to 'abc'";
            events.push(event(10 * round, "OperationStarted", begun));
            let ended = "Partial sync operation to abc succeeded";
            events.push(event(10 * round + 1, "OperationCompleted", ended));
        }
        // another revision, and a whole sync by hand, are no part of it
        events.push(event(
            90,
            "OperationCompleted",
            "Partial sync operation to xyz succeeded",
        ));
        events.push(event(
            91,
            "OperationCompleted",
            "Sync operation to abc succeeded",
        ));
        inventory.apply(Update::Changes(events));
        assert_eq!(inventory.self_heals(&app), 4);
        // as told by an instance beside the first one
        app.meta.key = Key::new("argocd@second", "web");
        assert_eq!(inventory.self_heals(&app), 4);
    }
}
