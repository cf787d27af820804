//! The tables: for each kind its columns and rows.

mod apps;
mod cluster;
mod hosts;
mod machines;
mod others;
mod proxmox;
mod storage;
mod timeline;
mod workloads;

pub(super) use apps::{app_level, operation_word};
pub(super) use machines::vm_level;
pub(super) use others::amount;
pub(super) use proxmox::guest_level;
pub(super) use storage::claim_level;

use std::sync::Arc;

use super::{
    listing::{List, Listing},
    rows::{Cell, Field, Sheet},
};
use crate::{
    domain::{HasMeta, Kind, Labels, ObjectRef, Profile, Time},
    insight::{
        capacity::{Blade, Level},
        timeline::TimedChange,
        troubles::Trouble,
    },
    inventory::Inventory,
};

/// A table that can fill the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum View {
    Blades,
    Hosts,
    Troubles,
    Timeline,
    Pods,
    Claims,
    Volumes,
    Classes,
    Apps,
    Machines,
    Guests,
    Tasks,
    PveStorages,
    Deployments,
    ReplicaSets,
    StatefulSets,
    DaemonSets,
    Jobs,
    CronJobs,
    Events,
    Namespaces,
    Services,
    Ingresses,
    Budgets,
    Quotas,
    Policies,
    Custom(Kind),
}

/// What a table needs to know.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub inventory: &'a Inventory,
    pub profile: &'a Profile,
    pub blades: &'a [Blade],
    pub troubles: &'a [Trouble],
    /// What changed, where a timeline is looked at; oldest first.
    pub changes: &'a [Arc<TimedChange>],
    pub now: Time,
}

/// Words of the command bar for a view, the first of which is its title.
const WORDS: &[(View, &[&str])] = &[
    (View::Blades, &["blades", "nodes", "node", "no"]),
    (View::Hosts, &["hosts", "host"]),
    (View::Troubles, &["incidents", "troubles"]),
    (View::Timeline, &["timeline", "changes"]),
    (View::Pods, &["pods", "pod", "po"]),
    (
        View::Claims,
        &["claims", "pvc", "persistentvolumeclaims", "storage"],
    ),
    (View::Volumes, &["volumes", "pv", "persistentvolumes"]),
    (View::Classes, &["classes", "sc", "storageclasses"]),
    (View::Apps, &["applications", "apps", "app", "argo"]),
    (View::Machines, &["machines", "vms", "vm", "vmi"]),
    (View::Guests, &["guests", "lxc", "qemu", "proxmox", "pve"]),
    (View::Tasks, &["tasks"]),
    (View::PveStorages, &["pvestorages", "pve-storages"]),
    (View::Deployments, &["deployments", "deploy"]),
    (View::ReplicaSets, &["replicasets", "rs"]),
    (View::StatefulSets, &["statefulsets", "sts"]),
    (View::DaemonSets, &["daemonsets", "ds"]),
    (View::Jobs, &["jobs", "job"]),
    (View::CronJobs, &["cronjobs", "cj"]),
    (View::Events, &["events", "event", "ev"]),
    (View::Namespaces, &["namespaces"]),
    (View::Services, &["services", "svc"]),
    (View::Ingresses, &["ingresses", "ing"]),
    (View::Budgets, &["budgets", "pdb"]),
    (View::Quotas, &["quotas", "quota"]),
    (View::Policies, &["networkpolicies", "netpol", "policies"]),
];

impl View {
    /// The view that a word of the command bar names.
    pub(super) fn named(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        WORDS
            .iter()
            .find(|(_, words)| words.contains(&word.as_str()))
            .map(|(view, _)| *view)
            .or_else(|| {
                let custom = Kind::ALL.iter().copied().find(|kind| {
                    let resource = kind.resource();
                    resource.plural == word
                        || kind.short() == word
                        || resource.kind.to_lowercase() == word
                })?;
                let mut views = WORDS.iter().map(|(view, _)| *view);
                Some(
                    views
                        .find(|view| view.kind() == Some(custom))
                        .unwrap_or(Self::Custom(custom)),
                )
            })
    }

    /// All words that the command bar knows for views.
    pub(super) fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, words)| words[0])
    }

    /// Its title.
    pub(super) fn title(self) -> String {
        match self {
            Self::Custom(kind) => kind.resource().plural.to_owned(),
            view => WORDS
                .iter()
                .find(|(known, _)| *known == view)
                .map_or_else(String::new, |(_, words)| words[0].to_owned()),
        }
    }

    /// The kind whose freshness it shows; `None` for tables of several sources.
    pub(super) const fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Blades => Kind::Node,
            Self::Pods => Kind::Pod,
            Self::Claims => Kind::Claim,
            Self::Volumes => Kind::Volume,
            Self::Classes => Kind::StorageClass,
            Self::Apps => Kind::App,
            Self::Machines => Kind::Vm,
            Self::Deployments => Kind::Deployment,
            Self::ReplicaSets => Kind::ReplicaSet,
            Self::StatefulSets => Kind::StatefulSet,
            Self::DaemonSets => Kind::DaemonSet,
            Self::Jobs => Kind::Job,
            Self::CronJobs => Kind::CronJob,
            Self::Events => Kind::Event,
            Self::Namespaces => Kind::Namespace,
            Self::Services => Kind::Service,
            Self::Ingresses => Kind::Ingress,
            Self::Budgets => Kind::DisruptionBudget,
            Self::Quotas => Kind::Quota,
            Self::Policies => Kind::NetworkPolicy,
            Self::Custom(kind) => kind,
            Self::Hosts
            | Self::Troubles
            | Self::Timeline
            | Self::Guests
            | Self::Tasks
            | Self::PveStorages => {
                return None;
            }
        })
    }

    /// An empty list of its rows. Pods have two: that of the server's own table while the pods
    /// themselves stream in.
    pub(super) fn listing(self, early: bool) -> Box<dyn Listing> {
        fn of<T: Send + Sync>(sheet: &'static Sheet<T>, view: View) -> Box<dyn Listing> {
            Box::new(List::new(sheet, view))
        }
        match self {
            Self::Blades => of(&cluster::BLADES, self),
            Self::Hosts => of(&hosts::HOSTS, self),
            Self::Troubles => of(&cluster::TROUBLES, self),
            Self::Timeline => of(&timeline::CHANGES, self),
            Self::Events => of(&cluster::EVENTS, self),
            Self::Namespaces => of(&cluster::NAMESPACES, self),
            Self::Services => of(&others::SERVICES, self),
            Self::Ingresses => of(&others::INGRESSES, self),
            Self::Quotas => of(&others::QUOTAS, self),
            Self::Policies => of(&others::POLICIES, self),
            Self::Pods if early => of(&workloads::EARLY_PODS, self),
            Self::Pods => of(&workloads::PODS, self),
            Self::Deployments | Self::ReplicaSets | Self::StatefulSets | Self::DaemonSets => {
                of(&workloads::WORKLOADS, self)
            }
            Self::Jobs => of(&workloads::JOBS, self),
            Self::CronJobs => of(&workloads::CRON_JOBS, self),
            Self::Budgets => of(&workloads::BUDGETS, self),
            Self::Apps => of(&apps::APPS, self),
            Self::Claims => of(&storage::CLAIMS, self),
            Self::Volumes => of(&storage::VOLUMES, self),
            Self::Classes => of(&storage::CLASSES, self),
            Self::Machines => of(&machines::MACHINES, self),
            Self::Guests => of(&proxmox::GUESTS, self),
            Self::Tasks => of(&proxmox::TASKS, self),
            Self::PveStorages => of(&proxmox::STORAGES, self),
            Self::Custom(_) => of(&others::OTHERS, self),
        }
    }
}

/// A reference to an object of a kind.
fn about(kind: &str, object: &impl HasMeta) -> ObjectRef {
    ObjectRef {
        kind: kind.into(),
        key: object.meta().key.clone(),
    }
}

const fn namespace<T: HasMeta>() -> Field<T> {
    Field::<T>::new("NAMESPACE", |_, one| Cell::text(&**one.meta().namespace())).between(9, 30)
}

const fn name<T: HasMeta>() -> Field<T> {
    Field::name("NAME", |_, one| Cell::text(&**one.meta().name()))
}

const fn age<T: HasMeta>() -> Field<T> {
    Field::since("AGE", |source, one| {
        since_cell(one.meta().created.time(), source.now)
    })
}

/// Who made it.
const fn owner<T: HasMeta>() -> Field<T> {
    Field::<T>::new("OWNER", |_, one| {
        let meta = one.meta();
        let owner = meta.controller().or_else(|| meta.owners.first());
        Cell::text(owner.map_or_else(String::new, |owner| {
            let kind = Kind::parse(&owner.kind).map_or(&*owner.kind, |kind| kind.short());
            format!("{kind}/{}", owner.name)
        }))
    })
    .middle()
    .between(16, 60)
    .rank(6)
}

const fn labels<T: HasMeta>() -> Field<T> {
    Field::<T>::new("LABELS", |_, one| Cell::text(pairs(&one.meta().labels)))
        .between(24, 200)
        .rank(8)
}

/// `key=value key=value`
fn pairs(labels: &Labels) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(" ")
}

/// How long ago, sorted by seconds.
#[allow(clippy::cast_precision_loss)] // sorting only
fn since_cell<'a>(since: Option<Time>, now: Time) -> Cell<'a> {
    let seconds = since.map_or(f64::MAX, |since| now.duration_since(since).as_secs() as f64);
    Cell::number(super::text::age(since, now), seconds)
}
