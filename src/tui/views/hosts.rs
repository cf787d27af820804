//! Blades of the cluster and hosts of Proxmox VE in one list: all the iron there is.

use std::sync::Arc;

use super::{Cell, Field, Level, Sheet, Source, cluster, storage::full};
use crate::{
    domain::{Node, ObjectRef, PveNode, PveState},
    insight::capacity::{Blade, Share},
    tui::{
        rows::Asked,
        text::{bytes, seconds},
    },
};

/// A machine that others run on.
pub(super) enum Host {
    /// A blade of the cluster.
    Blade(Arc<Node>),
    /// A host of an installation of Proxmox VE, by its place there.
    Pve(Arc<PveState>, usize),
}

impl Host {
    fn object(&self) -> ObjectRef {
        match self {
            Self::Blade(node) => super::about("Node", &**node),
            Self::Pve(state, at) => {
                let node = &state.nodes[*at];
                ObjectRef::new("pve-node", &node.host, &node.name)
            }
        }
    }

    fn pve(&self) -> Option<&PveNode> {
        match self {
            Self::Blade(_) => None,
            Self::Pve(state, at) => state.nodes.get(*at),
        }
    }

    fn each(source: &Source<'_>, row: &mut dyn FnMut(&Arc<Self>)) {
        for node in source.inventory.nodes.iter() {
            row(&Arc::new(Self::Blade(node.clone())));
        }
        for state in source.inventory.proxmox.values() {
            for at in 0..state.nodes.len() {
                row(&Arc::new(Self::Pve(state.clone(), at)));
            }
        }
    }
}

/// The state of a host in a word, and how bad that is.
fn state<'a>(source: &Source<'a>, host: &'a Host) -> (&'a str, Level) {
    match host {
        Host::Blade(node) => {
            let blade = cluster::blade(source, node);
            let (word, level) = cluster::state(node, blade);
            (word, level.max(asked_for(blade)))
        }
        Host::Pve(state, at) => {
            let node = &state.nodes[*at];
            let level = pve_level(source, node);
            (&node.status, level)
        }
    }
}

/// A blade that much is asked of needs a look; it is not broken.
fn asked_for(blade: Option<&Blade>) -> Level {
    blade.map_or(Level::Ok, |one| one.level).min(Level::Warning)
}

/// How a host of Proxmox VE is doing: one that is off is broken, one that is nearly full needs a look.
fn pve_level(source: &Source<'_>, node: &PveNode) -> Level {
    if &*node.status != "online" {
        return Level::Critical;
    }
    let bounds = &source.profile.thresholds;
    let memory = part(node.memory, node.memory_max);
    Level::of(memory, bounds.blade_warning, bounds.blade_critical).min(Level::Warning)
}

#[allow(clippy::cast_precision_loss)] // a share
fn part(used: Option<u64>, all: Option<u64>) -> Option<f64> {
    let (used, all) = (used?, all?);
    (all > 0).then(|| used as f64 / all as f64)
}

/// A share of a blade, where it is one.
fn share<'a>(source: &Source<'a>, host: &Host, of: fn(&Blade) -> &Share) -> Option<&'a Share> {
    match host {
        Host::Blade(node) => cluster::blade(source, node).map(of),
        Host::Pve(..) => None,
    }
}

fn cores<'a>(source: &Source<'a>, host: &'a Host) -> Cell<'a> {
    let cores = match host.pve() {
        Some(node) => node.cores.map(|cores| cores as f64),
        None => share(source, host, |blade| &blade.cpu).map(|cpu| cpu.allocatable.as_f64()),
    };
    cores.map_or_else(Cell::no_number, |cores| {
        Cell::number(format!("{cores:.0}"), cores)
    })
}

fn cpu<'a>(source: &Source<'a>, host: &'a Host) -> Cell<'a> {
    let used = match host.pve() {
        Some(node) => node.cpu,
        None => share(source, host, |blade| &blade.cpu).and_then(Share::used_share),
    };
    full((used, Level::Ok))
}

fn memory<'a>(source: &Source<'a>, host: &'a Host) -> Cell<'a> {
    let all = match host.pve() {
        Some(node) => node.memory_max,
        None => share(source, host, |blade| &blade.memory)
            .map(|memory| memory.allocatable.value().unsigned_abs()),
    };
    all.map_or_else(Cell::no_number, |all| Cell::number(bytes(all), all as f64))
}

fn memory_used<'a>(source: &Source<'a>, host: &'a Host) -> Cell<'a> {
    let used = match host.pve() {
        Some(node) => part(node.memory, node.memory_max),
        None => share(source, host, |blade| &blade.memory).and_then(Share::used_share),
    };
    let bounds = &source.profile.thresholds;
    let level = Level::of(used, bounds.blade_warning, bounds.blade_critical);
    full((used, level))
}

/// What runs on it: pods of a blade, guests of a host.
fn runs<'a>(source: &Source<'a>, host: &'a Host) -> Cell<'a> {
    match host {
        Host::Blade(node) => cluster::blade(source, node).map_or_else(Cell::no_number, |blade| {
            Cell::number(format!("{} pods", blade.pods.0), blade.pods.0 as f64)
        }),
        Host::Pve(state, at) => {
            let name = &state.nodes[*at].name;
            let own = state
                .guests
                .iter()
                .filter(|guest| guest.node == *name && !guest.template);
            let up = own
                .clone()
                .filter(|guest| &*guest.status == "running")
                .count();
            Cell::number(format!("{up}/{} guests", own.count()), up as f64)
        }
    }
}

pub(super) static HOSTS: Sheet<Host> = Sheet {
    fields: &[
        Field::<Host>::name("HOST", |_, host| match host {
            Host::Blade(node) => Cell::text(&**node.meta.name()),
            Host::Pve(state, at) => Cell::text(&*state.nodes[*at].name),
        }),
        Field::<Host>::new("KIND", |_, host| {
            Cell::text(match host {
                Host::Blade(_) => "blade",
                Host::Pve(..) => "proxmox",
            })
        })
        .between(7, 7),
        Field::<Host>::new("STATE", |source, host| {
            let (word, level) = state(source, host);
            Cell::text(word).level(level)
        })
        .between(7, 9),
        Field::<Host>::number("CORES", cores).rank(2),
        Field::<Host>::number("CPU USE", cpu),
        Field::<Host>::number("MEM", memory).rank(1),
        Field::<Host>::number("MEM USE", memory_used),
        Field::<Host>::number("RUNS", runs),
        Field::<Host>::number("UP", |_, host| {
            let up = host.pve().and_then(|node| node.uptime);
            up.filter(|up| *up > 0)
                .map_or_else(Cell::no_number, |up| Cell::number(seconds(up), up as f64))
        })
        .rank(3),
        Field::<Host>::new("OF", |source, host| match host {
            Host::Blade(_) => Cell::text(&*source.inventory.identity.context),
            Host::Pve(state, at) => Cell::text(&*state.nodes[*at].host),
        })
        .middle()
        .between(8, 30)
        .rank(3),
        Field::<Host>::new("VERSION", |_, host| match host {
            Host::Blade(node) => Cell::text(&*node.kubelet),
            Host::Pve(state, at) => {
                let own = &state.nodes[*at].version;
                Cell::text(if own.is_empty() { &*state.version } else { own })
            }
        })
        .between(8, 20)
        .rank(4),
        Field::<Host>::new("KERNEL", |_, host| match host {
            Host::Blade(node) => Cell::text(&*node.kernel),
            Host::Pve(state, at) => Cell::text(&*state.nodes[*at].kernel),
        })
        .middle()
        .between(12, 40)
        .rank(6),
    ],
    each: |source, _, row| Host::each(source, row),
    level: |source, host| state(source, host).1,
    alone: false,
    worst_first: true,
    asked: Asked {
        object: Host::object,
        same: |a, b| a.object() == b.object(),
        namespace: |_| "",
        labels: |_| None,
    },
};
