//! What a report says, from the inventory.

use serde::Serialize;

use crate::{
    cli::Exit,
    domain::{Conditions, Denial, Freshness, Health, Kind, Profile, SyncStatus, Time},
    insight::capacity::{self, Level},
    inventory::{Inventory, SourceId, SourceState},
};

/// The overview at one time.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub time: Time,
    pub context: String,
    pub cluster: String,
    pub kubernetes: String,
    pub openshift: String,
    pub user: String,
    pub sources: Vec<Source>,
    pub blades: Vec<BladeLine>,
    pub counts: Counts,
    pub troubles: Vec<Trouble>,
    /// What could not be read, and so is not in here.
    pub unread: Vec<String>,
}

/// A source and its state.
#[derive(Debug, Serialize)]
pub(super) struct Source {
    pub name: String,
    pub state: &'static str,
    pub detail: String,
}

/// A blade in numbers: cores and bytes.
#[derive(Debug, Serialize)]
pub(super) struct BladeLine {
    pub name: String,
    pub ready: bool,
    pub cpu_requested: f64,
    pub cpu_used: Option<f64>,
    pub cpu_allocatable: f64,
    pub memory_requested: i64,
    pub memory_used: Option<i64>,
    pub memory_allocatable: i64,
    pub pods: usize,
    pub pods_max: i64,
}

/// Good ones and all, of each sort.
#[derive(Debug, Default, Serialize)]
pub(super) struct Counts {
    pub blades: (usize, usize),
    pub pods: (usize, usize),
    pub claims: (usize, usize),
    pub apps: (usize, usize),
    pub machines: (usize, usize),
    pub guests: (usize, usize),
}

/// Something that is not as it should be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Trouble {
    pub critical: bool,
    pub object: String,
    pub what: String,
}

impl Report {
    /// How the command ends.
    pub(super) fn exit(&self) -> Exit {
        let unread = self
            .sources
            .iter()
            .any(|source| matches!(source.state, "unreachable" | "refused" | "stale"));
        // what other sources tell says nothing of a cluster that cannot be read
        let blind = self.sources.iter().any(|source| {
            source.name == "k8s" && matches!(source.state, "unreachable" | "refused")
        });
        if blind {
            Exit::Unreadable
        } else if self.troubles.iter().any(|trouble| trouble.critical) {
            Exit::Critical
        } else if unread {
            Exit::Unreadable
        } else if self.troubles.is_empty() {
            Exit::Healthy
        } else {
            Exit::Warnings
        }
    }
}

pub(super) fn report(inventory: &Inventory, profile: &Profile, now: Time) -> Report {
    let identity = &inventory.identity;
    let blades = capacity::blades(inventory, profile);
    Report {
        time: now,
        context: identity.context.to_string(),
        cluster: identity.cluster.to_string(),
        kubernetes: identity.kubernetes.to_string(),
        openshift: identity.openshift.to_string(),
        user: identity.user.to_string(),
        sources: sources(inventory),
        counts: counts(inventory, &blades),
        blades: blades.iter().map(blade_line).collect(),
        troubles: troubles(inventory, profile, now),
        unread: unread(inventory),
    }
}

fn sources(inventory: &Inventory) -> Vec<Source> {
    inventory
        .sources
        .iter()
        .map(|(id, status)| {
            let (state, detail) = match &status.state {
                SourceState::Connecting => ("connecting", String::new()),
                SourceState::Live(_) => ("live", String::new()),
                SourceState::Stale { why, .. } => ("stale", why.to_string()),
                SourceState::Unreachable { why, retry: None } => ("absent", why.to_string()),
                SourceState::Unreachable { why, .. } => ("unreachable", why.to_string()),
                SourceState::Refused { why, advice } => ("refused", format!("{why}; {advice}")),
                SourceState::Limited { why, .. } => ("limited", why.to_string()),
            };
            Source {
                name: match id {
                    SourceId::Argo(name) | SourceId::Proxmox(name) => {
                        format!("{} {name}", id.word())
                    }
                    _ => id.word().to_owned(),
                },
                state,
                detail,
            }
        })
        .collect()
}

fn blade_line(blade: &capacity::Blade) -> BladeLine {
    BladeLine {
        name: blade.label.clone(),
        ready: blade.ready,
        cpu_requested: blade.cpu.requested.as_f64(),
        cpu_used: blade.cpu.used.map(crate::domain::Quantity::as_f64),
        cpu_allocatable: blade.cpu.allocatable.as_f64(),
        memory_requested: blade.memory.requested.value(),
        memory_used: blade.memory.used.map(crate::domain::Quantity::value),
        memory_allocatable: blade.memory.allocatable.value(),
        pods: blade.pods.0,
        pods_max: blade.pods.1,
    }
}

fn counts(inventory: &Inventory, blades: &[capacity::Blade]) -> Counts {
    let pods: Vec<_> = inventory
        .pods
        .iter()
        .filter(|pod| &*pod.phase != "Succeeded")
        .collect();
    let good_pods = pods
        .iter()
        .filter(|pod| pod.conditions.as_slice().holds("Ready"))
        .count();
    let guests: Vec<_> = inventory
        .proxmox
        .values()
        .flat_map(|state| &state.guests)
        .filter(|guest| !guest.template)
        .collect();
    Counts {
        blades: (
            blades.iter().filter(|blade| blade.ready).count(),
            blades.len(),
        ),
        pods: (good_pods, pods.len()),
        claims: (
            inventory
                .claims
                .iter()
                .filter(|claim| &*claim.phase == "Bound")
                .count(),
            inventory.claims.len(),
        ),
        apps: (
            inventory
                .apps
                .iter()
                .filter(|app| {
                    app.true_health() == Health::Healthy && app.sync == SyncStatus::Synced
                })
                .count(),
            inventory.apps.len(),
        ),
        machines: (
            inventory
                .vms
                .iter()
                .filter(|vm| &*vm.status == "Running")
                .count(),
            inventory.vms.len(),
        ),
        guests: (
            guests
                .iter()
                .filter(|guest| &*guest.status == "running")
                .count(),
            guests.len(),
        ),
    }
}

/// The same troubles that the console shows, worst first.
fn troubles(inventory: &Inventory, profile: &Profile, now: Time) -> Vec<Trouble> {
    let found = crate::insight::troubles::troubles(inventory, profile, now);
    let mut lines: Vec<Trouble> = found
        .into_iter()
        .map(|one| Trouble {
            critical: one.level == Level::Critical,
            object: one.object.short(),
            what: one.what,
        })
        .collect();
    lines.sort_by(|a, b| b.critical.cmp(&a.critical).then_with(|| a.cmp(b)));
    lines.dedup();
    lines
}

/// What could not be read, one line for each reason.
fn unread(inventory: &Inventory) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let Some((reason, what)) = why_unread(inventory, kind) else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, kinds)) => kinds.push(what),
            None => reasons.push((reason, vec![what])),
        }
    }
    reasons
        .into_iter()
        .map(|(reason, kinds)| format!("{reason}: {}", kinds.join(", ")))
        .collect()
}

fn why_unread(inventory: &Inventory, kind: Kind) -> Option<(String, String)> {
    let denied = |denial: &Denial| format!("may not {}", denial.verb);
    Some(match inventory.freshness(kind) {
        Freshness::Forbidden(denial) => (denied(denial), denial.resource.to_string()),
        Freshness::Partial(namespaces, denial) => (
            format!("{} outside {}", denied(denial), namespaces.join(", ")),
            denial.resource.to_string(),
        ),
        Freshness::Unreachable { why, .. } => (why.to_string(), kind.plural_group()),
        Freshness::Stale { why, .. } => (format!("stale, {why}"), kind.plural_group()),
        Freshness::Waiting | Freshness::Loading(..)
            if inventory.sources.contains_key(&SourceId::Kube) =>
        {
            ("no answer in time".into(), kind.plural_group())
        }
        _ => return None,
    })
}
