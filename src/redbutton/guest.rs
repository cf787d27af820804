//! What can be done to guests of Proxmox VE, and what that does to those who need them.

use super::{Fact, Plan, Refusal, Target, Verb, Weight};
use crate::{
    domain::{Guest, GuestKind, ObjectRef, Profile, Snapshot, Time},
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
        let mut verbs = match &*guest.status {
            "running" => vec![
                Self::Shutdown,
                Self::RestartMachine,
                Self::Snapshot(0),
                Self::Stop,
            ],
            "stopped" => vec![Self::Start, Self::Snapshot(0)],
            "paused" => vec![Self::Stop],
            _ => return Vec::new(),
        };
        let kept: Vec<i64> = guest
            .snapshots
            .iter()
            .flatten()
            .filter_map(|one| one.at)
            .map(Time::as_second)
            .collect();
        verbs.extend(kept.iter().map(|second| Self::RestoreSnapshot(*second)));
        verbs.extend(kept.iter().map(|second| Self::DropSnapshot(*second)));
        verbs.push(Self::DestroyGuest);
        verbs
    }

    /// The right that Proxmox VE asks for.
    pub(super) const fn privilege(self) -> &'static str {
        match self {
            Self::Snapshot(_) | Self::RestoreSnapshot(_) | Self::DropSnapshot(_) => "VM.Snapshot",
            Self::DestroyGuest => "VM.Allocate",
            _ => "VM.PowerMgmt",
        }
    }
}

/// Name of the snapshot that is taken at a time.
pub(super) fn snapshot_name(second: i64) -> String {
    let at = Time::from_second(second).unwrap_or_default();
    format!("redbutton-{}", at.strftime("%Y%m%d-%H%M%S"))
}

/// A call of the API.
pub(super) struct Call {
    pub method: reqwest::Method,
    /// Below the guest's own path.
    pub path: String,
    pub form: Vec<(&'static str, String)>,
}

/// The call for a verb; `None` for what guests have not. `snapshot` is the name of the one that the
/// verb is about, and `standing` how the guest stood when it was shown.
pub(super) fn call(verb: Verb, snapshot: &str, standing: &str) -> Option<Call> {
    let post = |path: &str| Call {
        method: reqwest::Method::POST,
        path: path.to_owned(),
        form: Vec::new(),
    };
    Some(match verb {
        Verb::Start => post("status/start"),
        Verb::Shutdown => post("status/shutdown"),
        Verb::Stop => post("status/stop"),
        Verb::RestartMachine => post("status/reboot"),
        Verb::Snapshot(second) => Call {
            form: vec![("snapname", snapshot_name(second))],
            ..post("snapshot")
        },
        Verb::RestoreSnapshot(_) => Call {
            // it is stopped for this; what ran is to run again
            form: if standing.starts_with("running") {
                vec![("start", "1".to_owned())]
            } else {
                Vec::new()
            },
            ..post(&format!("snapshot/{snapshot}/rollback"))
        },
        Verb::DropSnapshot(_) => Call {
            method: reqwest::Method::DELETE,
            ..post(&format!("snapshot/{snapshot}"))
        },
        _ => return None,
    })
}

/// The second that the snapshot of a verb was taken in.
pub(super) const fn snapshot_of(verb: Verb) -> Option<i64> {
    match verb {
        Verb::RestoreSnapshot(second) | Verb::DropSnapshot(second) => Some(second),
        _ => None,
    }
}

fn snapshot(guest: &Guest, verb: Verb) -> Option<&Snapshot> {
    let second = snapshot_of(verb)?;
    guest
        .snapshots
        .iter()
        .flatten()
        .find(|one| one.at.is_some_and(|at| at.as_second() == second))
}

fn name(guest: &Guest, verb: Verb) -> &str {
    snapshot(guest, verb).map_or("", |one| &one.name)
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
        Verb::RestoreSnapshot(_) => format!("rollback {id} {}", name(guest, verb)),
        Verb::DropSnapshot(_) => format!("delsnapshot {id} {}", name(guest, verb)),
        _ => format!("stop {id}"),
    };
    format!("{tool} {words}   # on {}", guest.node)
}

/// Makes a plan for one or several guests.
///
/// # Errors
/// [`Refusal`].
pub(super) fn plan(
    inventory: &Inventory,
    profile: &Profile,
    verb: Verb,
    objects: &[ObjectRef],
    now: Time,
) -> Result<Plan, Refusal> {
    if let (Verb::DestroyGuest, Some(first)) = (verb, objects.first()) {
        let way = match profile.git.automation.as_str() {
            "" => "take it out of the inventory and run its playbook, first with --check".into(),
            folder => format!(
                "take it out of {folder}/inventory/hosts.yaml and run its playbook in {folder}/playbooks, first with --check"
            ),
        };
        return Err(Refusal::ByPlaybook(first.clone(), way));
    }
    let verb = match verb {
        Verb::Snapshot(_) => Verb::Snapshot(now.as_second()),
        other => other,
    };
    let mut out = Plan::new(verb, inventory.identity.context.to_string());
    for object in objects {
        let guest = inventory
            .guest(object)
            .ok_or_else(|| Refusal::Gone(object.clone()))?;
        let fits = Verb::for_guest(guest)
            .iter()
            .any(|other| std::mem::discriminant(other) == std::mem::discriminant(&verb));
        let kept = snapshot_of(verb).is_none() || snapshot(guest, verb).is_some();
        if !fits || !kept {
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
            version: Guest::standing(&guest.status, &guest.lock),
        });
        impact(&mut out, inventory, guest, now);
    }
    let hosts: std::collections::BTreeSet<&str> = out
        .targets
        .iter()
        .map(|one| &*one.object.key.namespace)
        .collect();
    let hosts: Vec<&str> = hosts.into_iter().collect();
    let scope = match out.targets.as_slice() {
        [one] => format!("resource={}", one.object.short()),
        many => format!("{} guests of {}", many.len(), hosts.join(", ")),
    };
    Ok(out.weighed(scope))
}

fn hours(span: jiff::SignedDuration) -> String {
    match span.as_hours() {
        0 => format!("{} min", span.as_mins()),
        hours @ 1..=72 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    }
}

fn impact(plan: &mut Plan, inventory: &Inventory, guest: &Guest, now: Time) {
    let verb = plan.verb;
    let running = &*guest.status == "running";
    let ends = matches!(verb, Verb::Shutdown | Verb::Stop | Verb::RestartMachine)
        || (running && matches!(verb, Verb::RestoreSnapshot(_)));
    let facts = &mut plan.impact;
    deed(facts, verb, guest, now);
    if ends {
        silent(facts, inventory, guest);
    }
    if !guest.ha.is_empty() {
        facts.push(Fact {
            weight: Weight::Caution,
            text: format!("high availability ({}) may act against it", guest.ha),
        });
    }
    if verb == Verb::Shutdown && guest.onboot == Some(true) {
        facts.push(Fact {
            weight: Weight::Plain,
            text: "it starts again with its host".into(),
        });
    }
    if ends || snapshot_of(verb).is_some() {
        facts.push(backup(guest, now));
    }
}

/// What a verb does to the guest itself.
fn deed(facts: &mut Vec<Fact>, verb: Verb, guest: &Guest, now: Time) {
    let mut fact = |weight: Weight, text: String| facts.push(Fact { weight, text });
    let name = format!("{} {}", guest.id, guest.name);
    let kept = snapshot(guest, verb);
    let ago = kept
        .and_then(|one| one.at)
        .map_or_else(String::new, |at| hours(now.duration_since(at)));
    let kept = kept.map_or("", |one| &one.name);
    match verb {
        Verb::RestoreSnapshot(_) => {
            fact(
                Weight::Loss,
                format!("everything that {name} wrote in the {ago} since {kept} is lost"),
            );
            if &*guest.status == "running" {
                fact(
                    Weight::Caution,
                    format!("{name} is cut off, rolled back and booted again"),
                );
            }
        }
        Verb::DropSnapshot(_) => fact(
            Weight::Loss,
            format!("{name} cannot go back to {kept} ({ago} ago) any more"),
        ),
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
}

/// Who hears nothing of a guest any more while it is down.
fn silent(facts: &mut Vec<Fact>, inventory: &Inventory, guest: &Guest) {
    for address in guest.addresses.as_deref().unwrap_or_default() {
        let watched = inventory
            .probes
            .iter()
            .find(|probe| probe.target.split(':').next() == Some(&**address));
        facts.push(match watched {
            Some(probe) => Fact {
                weight: Weight::Caution,
                text: format!(
                    "{address} stops answering; the probe {} watches it",
                    probe.name
                ),
            },
            None => Fact {
                weight: Weight::Plain,
                text: format!("{address} stops answering"),
            },
        });
    }
    facts.push(Fact {
        weight: Weight::Unknown,
        text: "who needs its services is not known to the console".into(),
    });
}

/// What could be gone back to.
fn backup(guest: &Guest, now: Time) -> Fact {
    let (weight, text) = match guest.last_backup {
        Some(Some(at)) => {
            let age = hours(now.duration_since(at));
            (Weight::Plain, format!("its last backup is {age} old"))
        }
        Some(None) => (Weight::Caution, "there is no backup of it".into()),
        None => (Weight::Unknown, "its backups could not be read".into()),
    };
    Fact { weight, text }
}
