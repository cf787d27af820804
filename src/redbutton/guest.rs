//! What can be done to guests of Proxmox VE, and what that does to those who need them.

use super::{Fact, Plan, Refusal, Target, Tier, Verb, Weight};
use crate::{
    domain::{Guest, GuestKind, ObjectRef, Time},
    inventory::Inventory,
};

/// Whether a reference is to a guest.
pub(super) fn is_guest(object: &ObjectRef) -> bool {
    matches!(&*object.kind, "lxc" | "qemu")
}

impl Verb {
    /// What can be done to a guest as it is. Destroying one is left to its playbook.
    #[must_use]
    pub fn for_guest(guest: &Guest) -> Vec<Self> {
        if guest.template {
            return Vec::new();
        }
        match &*guest.status {
            "running" => vec![
                Self::Shutdown,
                Self::RestartMachine,
                Self::Snapshot(0),
                Self::Stop,
            ],
            "stopped" => vec![Self::Start, Self::Snapshot(0)],
            "paused" => vec![Self::Stop],
            _ => Vec::new(),
        }
    }
}

/// Name of the snapshot that is taken at a time.
pub(super) fn snapshot_name(second: i64) -> String {
    let at = Time::from_second(second).unwrap_or_default();
    format!("redbutton-{}", at.strftime("%Y%m%d-%H%M%S"))
}

/// Path below a guest's own, and the parameters; `None` for what guests have not.
pub(super) fn call(verb: Verb) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    Some(match verb {
        Verb::Start => ("status/start", Vec::new()),
        Verb::Shutdown => ("status/shutdown", Vec::new()),
        Verb::Stop => ("status/stop", Vec::new()),
        Verb::RestartMachine => ("status/reboot", Vec::new()),
        Verb::Snapshot(second) => ("snapshot", vec![("snapname", snapshot_name(second))]),
        _ => return None,
    })
}

/// The command that a user would type on the host.
fn command(verb: Verb, guest: &Guest) -> String {
    let tool = match guest.kind {
        GuestKind::Lxc => "pct",
        GuestKind::Qemu => "qm",
    };
    let id = guest.id;
    let words = match verb {
        Verb::Start => format!("start {id}"),
        Verb::Shutdown => format!("shutdown {id}"),
        Verb::RestartMachine => format!("reboot {id}"),
        Verb::Snapshot(second) => format!("snapshot {id} {}", snapshot_name(second)),
        _ => format!("stop {id}"),
    };
    format!("{tool} {words}   # on {}", guest.node)
}

/// How a guest stood when it was shown: what is compared just before it is touched.
pub(super) fn standing(status: &str, lock: &str) -> String {
    if lock.is_empty() {
        status.to_owned()
    } else {
        format!("{status}, locked ({lock})")
    }
}

/// Makes a plan for one or several guests.
///
/// # Errors
/// [`Refusal`].
pub(super) fn plan(
    inventory: &Inventory,
    verb: Verb,
    objects: &[ObjectRef],
    now: Time,
) -> Result<Plan, Refusal> {
    let verb = match verb {
        Verb::Snapshot(_) => Verb::Snapshot(now.as_second()),
        other => other,
    };
    let mut out = Plan {
        verb,
        targets: Vec::new(),
        context: inventory.identity.context.to_string(),
        commands: Vec::new(),
        tier: verb.tier(),
        impact: Vec::new(),
        scope: String::new(),
        lacks_backup: false,
        evicted: Vec::new(),
        apps: super::AppPart::default(),
    };
    for object in objects {
        let guest = inventory
            .guest(object)
            .ok_or_else(|| Refusal::Gone(object.clone()))?;
        let fits = Verb::for_guest(guest)
            .iter()
            .any(|other| std::mem::discriminant(other) == std::mem::discriminant(&verb));
        if !fits {
            return Err(Refusal::Wrong(object.clone(), verb.words()));
        }
        // the server would take the call, and its task would fail
        if !matches!(&*guest.lock, "" | "mounted") {
            return Err(Refusal::Locked(object.clone(), guest.lock.to_string()));
        }
        out.commands.push(command(verb, guest));
        out.targets.push(Target {
            object: object.clone(),
            uid: format!("/nodes/{}/{}/{}", guest.node, guest.kind.as_str(), guest.id),
            version: standing(&guest.status, &guest.lock),
        });
        impact(&mut out, inventory, guest, now);
    }
    if out.targets.len() > 1 {
        out.tier = out.tier.max(Tier::Catastrophe);
    }
    let hosts: std::collections::BTreeSet<&str> = out
        .targets
        .iter()
        .map(|one| &*one.object.key.namespace)
        .collect();
    let hosts: Vec<&str> = hosts.into_iter().collect();
    out.scope = format!("{} guests of {}", out.targets.len(), hosts.join(", "));
    out.impact
        .sort_by_key(|fact| std::cmp::Reverse(fact.weight));
    out.impact.dedup();
    Ok(out)
}

fn impact(plan: &mut Plan, inventory: &Inventory, guest: &Guest, now: Time) {
    let verb = plan.verb;
    let mut fact = |weight: Weight, text: String| plan.impact.push(Fact { weight, text });
    let name = format!("{} {}", guest.id, guest.name);
    let ends = matches!(verb, Verb::Shutdown | Verb::Stop | Verb::RestartMachine);
    match verb {
        Verb::Stop => fact(
            Weight::Loss,
            format!("{name} is cut off as by a power failure: what is not on its disk is lost"),
        ),
        Verb::Shutdown => fact(
            Weight::Caution,
            format!("{name} is down until somebody starts it"),
        ),
        Verb::RestartMachine => fact(Weight::Caution, format!("{name} goes down and boots again")),
        Verb::Start => fact(Weight::Plain, format!("{name} boots")),
        _ => fact(
            Weight::Plain,
            format!("the snapshot grows with every change in {name} until it is deleted"),
        ),
    }
    let addresses = guest.addresses.as_deref().unwrap_or_default();
    if ends {
        for address in addresses {
            let watched = inventory
                .probes
                .iter()
                .find(|probe| probe.target.split(':').next() == Some(&**address));
            match watched {
                Some(probe) => fact(
                    Weight::Caution,
                    format!(
                        "{address} stops answering; the probe {} watches it",
                        probe.name
                    ),
                ),
                None => fact(Weight::Plain, format!("{address} stops answering")),
            }
        }
        fact(
            Weight::Unknown,
            "who needs its services is not known to the console".into(),
        );
    }
    if !guest.ha.is_empty() {
        fact(
            Weight::Caution,
            format!("high availability ({}) may act against it", guest.ha),
        );
    }
    if verb == Verb::Shutdown && guest.onboot == Some(true) {
        fact(Weight::Plain, "it starts again with its host".into());
    }
    if ends {
        match guest.last_backup {
            Some(Some(at)) => {
                let hours = now.duration_since(at).as_hours();
                fact(Weight::Plain, format!("its last backup is {hours} h old"));
            }
            Some(None) => fact(Weight::Caution, "there is no backup of it".into()),
            None => fact(Weight::Unknown, "its backups could not be read".into()),
        }
    }
}
