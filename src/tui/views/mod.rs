//! The tables: for each kind its columns and rows.

mod cluster;
mod machines;
mod storage;
mod workloads;

pub(super) use machines::{guest_level, vm_level};
pub(super) use storage::claim_level;
pub(super) use workloads::{app_level, operation_word};

use super::rows::{Cell, Column, Row};
use crate::{
    domain::{HasMeta, Kind, Meta, ObjectRef, Profile, Time},
    insight::capacity::Level,
    inventory::Inventory,
};

/// A table that can fill the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum View {
    Blades,
    Troubles,
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
pub(super) struct Source<'a> {
    pub inventory: &'a Inventory,
    pub profile: &'a Profile,
    pub now: Time,
}

/// Words of the command bar for a view, the first of which is its title.
const WORDS: &[(View, &[&str])] = &[
    (View::Blades, &["blades", "nodes", "node", "no"]),
    (View::Troubles, &["incidents", "troubles"]),
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
    (View::Policies, &["networkpolicies", "netpol"]),
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
                Some(Self::Custom(custom))
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
            Self::Troubles | Self::Guests | Self::Tasks | Self::PveStorages => return None,
        })
    }

    /// Its columns.
    pub(super) fn columns(self) -> Vec<Column> {
        match self {
            Self::Blades => cluster::BLADES.to_vec(),
            Self::Troubles => cluster::TROUBLES.to_vec(),
            Self::Events => cluster::EVENTS.to_vec(),
            Self::Namespaces => cluster::NAMESPACES.to_vec(),
            Self::Services => cluster::SERVICES.to_vec(),
            Self::Ingresses => cluster::INGRESSES.to_vec(),
            Self::Quotas => cluster::QUOTAS.to_vec(),
            Self::Policies => cluster::POLICIES.to_vec(),
            Self::Pods => workloads::PODS.to_vec(),
            Self::Deployments | Self::ReplicaSets | Self::StatefulSets | Self::DaemonSets => {
                workloads::WORKLOADS.to_vec()
            }
            Self::Jobs => workloads::JOBS.to_vec(),
            Self::CronJobs => workloads::CRON_JOBS.to_vec(),
            Self::Budgets => workloads::BUDGETS.to_vec(),
            Self::Apps => workloads::APPS.to_vec(),
            Self::Claims => storage::CLAIMS.to_vec(),
            Self::Volumes => storage::VOLUMES.to_vec(),
            Self::Classes => storage::CLASSES.to_vec(),
            Self::Machines => machines::MACHINES.to_vec(),
            Self::Guests => machines::GUESTS.to_vec(),
            Self::Tasks => machines::TASKS.to_vec(),
            Self::PveStorages => machines::STORAGES.to_vec(),
            Self::Custom(_) => cluster::CUSTOM.to_vec(),
        }
    }

    /// Its rows in order of their names.
    pub(super) fn rows(self, source: &Source<'_>) -> Vec<Row> {
        match self {
            Self::Blades => cluster::blades(source),
            Self::Troubles => cluster::troubles(source),
            Self::Events => cluster::events(source),
            Self::Namespaces => cluster::namespaces(source),
            Self::Services => cluster::services(source),
            Self::Ingresses => cluster::ingresses(source),
            Self::Quotas => cluster::quotas(source),
            Self::Policies => cluster::policies(source),
            Self::Pods => workloads::pods(source),
            Self::Deployments => workloads::workloads(source, &source.inventory.deployments),
            Self::ReplicaSets => workloads::workloads(source, &source.inventory.replica_sets),
            Self::StatefulSets => workloads::workloads(source, &source.inventory.stateful_sets),
            Self::DaemonSets => workloads::workloads(source, &source.inventory.daemon_sets),
            Self::Jobs => workloads::jobs(source),
            Self::CronJobs => workloads::cron_jobs(source),
            Self::Budgets => workloads::budgets(source),
            Self::Apps => workloads::apps(source),
            Self::Claims => storage::claims(source),
            Self::Volumes => storage::volumes(source),
            Self::Classes => storage::classes(source),
            Self::Machines => machines::machines(source),
            Self::Guests => machines::guests(source),
            Self::Tasks => machines::tasks(source),
            Self::PveStorages => machines::storages(source),
            Self::Custom(kind) => cluster::custom(source, kind),
        }
    }
}

/// A row about an object with metadata.
fn row(kind: &str, object: &impl HasMeta, level: Level, cells: Vec<Cell>) -> Row {
    let meta = object.meta();
    Row {
        object: ObjectRef {
            kind: kind.into(),
            key: meta.key.clone(),
        },
        level,
        cells,
        labels: meta.labels.clone(),
    }
}

/// Age of an object, sorted by seconds.
#[allow(clippy::cast_precision_loss)] // sorting only
fn age_cell(meta: &Meta, now: Time) -> Cell {
    since_cell(meta.created, now)
}

#[allow(clippy::cast_precision_loss)] // sorting only
fn since_cell(since: Option<Time>, now: Time) -> Cell {
    let seconds = since.map_or(f64::MAX, |since| now.duration_since(since).as_secs() as f64);
    Cell::number(super::text::age(since, now), seconds)
}
