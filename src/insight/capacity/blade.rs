//! Sums per blade and over the cluster, by the scheduler's own rule.

use crate::{
    domain::{Conditions, Freshness, Kind, Node, Profile, Quantity, Text, Thresholds},
    inventory::Inventory,
};

/// How serious a share is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Below every threshold.
    #[default]
    Ok,
    /// A look is due.
    Warning,
    /// Over the upper threshold.
    Critical,
}

impl Level {
    /// The level of `share` (1.0 = all); a share at the threshold counts as over it.
    #[must_use]
    pub fn of(share: Option<f64>, warning: f64, critical: f64) -> Self {
        match share {
            Some(share) if share >= critical => Self::Critical,
            Some(share) if share >= warning => Self::Warning,
            _ => Self::Ok,
        }
    }
}

/// What one resource of a blade is given to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// What pods may ask for.
    pub allocatable: Quantity,
    /// What they ask for.
    pub requested: Quantity,
    /// What they are bounded by; pods without a limit add nothing.
    pub limited: Quantity,
    /// What they use, where metrics tell.
    pub used: Option<Quantity>,
}

impl Share {
    /// Requested share of what there is.
    #[must_use]
    pub fn requested_share(&self) -> Option<f64> {
        self.requested.share_of(self.allocatable)
    }

    /// Used share of what there is.
    #[must_use]
    pub fn used_share(&self) -> Option<f64> {
        self.used?.share_of(self.allocatable)
    }

    /// What can still be asked for.
    #[must_use]
    pub fn free(&self) -> Quantity {
        self.allocatable.minus(self.requested).max(Quantity::ZERO)
    }

    fn add(&mut self, other: &Self) {
        self.allocatable += other.allocatable;
        self.requested += other.requested;
        self.limited += other.limited;
        self.used = match (self.used, other.used) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }
}

/// One blade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blade {
    /// Node name.
    pub node: Text,
    /// Short name of the profile, else the node's.
    pub label: String,
    /// Speed of its workload link in Gbit/s; 0 where not known.
    pub link_gbit: u32,
    /// Takes work.
    pub ready: bool,
    /// Cordoned.
    pub cordoned: bool,
    /// CPU in cores.
    pub cpu: Share,
    /// Memory in bytes.
    pub memory: Share,
    /// Pods that run and pods it may run.
    pub pods: (usize, i64),
    /// Pods without a memory limit.
    pub unbounded: usize,
    /// The worse of CPU and memory.
    pub level: Level,
}

/// The whole cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// CPU in cores.
    pub cpu: Share,
    /// Memory in bytes.
    pub memory: Share,
    /// Blades that are ready, and all.
    pub ready: (usize, usize),
    /// Pods that run and pods it may run.
    pub pods: (usize, i64),
    /// The worse of CPU and memory.
    pub level: Level,
    /// Whether the pods were all known when this was computed.
    pub complete: bool,
}

/// All blades by name.
#[must_use]
pub fn blades(inventory: &Inventory, profile: &Profile) -> Vec<Blade> {
    inventory
        .nodes
        .iter()
        .map(|node| blade(inventory, profile, node))
        .collect()
}

fn blade(inventory: &Inventory, profile: &Profile, node: &Node) -> Blade {
    let name = node.meta.name();
    let facts = profile.blades.get(&**name);
    let usage = inventory.node_usage.get(name);
    let mut blade = Blade {
        node: name.clone(),
        label: facts
            .map(|facts| facts.label.clone())
            .filter(|label| !label.is_empty())
            .unwrap_or_else(|| name.to_string()),
        link_gbit: facts.map_or(0, |facts| facts.link_gbit),
        ready: node.conditions.as_slice().holds("Ready"),
        cordoned: node.unschedulable,
        cpu: Share {
            allocatable: node.allocatable.cpu(),
            used: usage.map(|usage| usage.cpu),
            ..Share::default()
        },
        memory: Share {
            allocatable: node.allocatable.memory(),
            used: usage.map(|usage| usage.memory),
            ..Share::default()
        },
        pods: (0, node.allocatable.of("pods").value()),
        ..Blade::default()
    };
    if let Some(asked) = inventory.indexes.asked_by_node.get(&**name) {
        blade.pods.0 = asked.pods;
        blade.unbounded = asked.unbounded;
        blade.cpu.requested = asked.cpu;
        blade.cpu.limited = asked.cpu_limit;
        blade.memory.requested = asked.memory;
        blade.memory.limited = asked.memory_limit;
    }
    blade.level = level(
        &blade.cpu,
        &blade.memory,
        |limits| (limits.blade_warning, limits.blade_critical),
        &profile.thresholds,
    );
    blade
}

fn level(
    cpu: &Share,
    memory: &Share,
    bounds: impl Fn(&Thresholds) -> (f64, f64),
    thresholds: &Thresholds,
) -> Level {
    let (warning, critical) = bounds(thresholds);
    Level::of(cpu.requested_share(), warning, critical).max(Level::of(
        memory.requested_share(),
        warning,
        critical,
    ))
}

/// Sums over the blades.
#[must_use]
pub fn cluster(inventory: &Inventory, profile: &Profile, blades: &[Blade]) -> Cluster {
    let mut sum = Cluster {
        ready: (
            blades.iter().filter(|blade| blade.ready).count(),
            blades.len(),
        ),
        complete: matches!(
            inventory.freshness(Kind::Pod),
            Freshness::Live(_) | Freshness::Stale { .. }
        ),
        ..Cluster::default()
    };
    for blade in blades {
        sum.cpu.add(&blade.cpu);
        sum.memory.add(&blade.memory);
        sum.pods.0 += blade.pods.0;
        sum.pods.1 += blade.pods.1;
    }
    sum.level = level(
        &sum.cpu,
        &sum.memory,
        |limits| (limits.cluster_warning, limits.cluster_critical),
        &profile.thresholds,
    );
    sum
}
