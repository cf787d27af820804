//! A plan: what exactly will be done, and what it does to everything around.

use super::{AppPart, Tier, Verb, argo, guest, impact};
use crate::{
    domain::{AppResource, Kind, Object, ObjectRef, Profile, Time},
    inventory::Inventory,
};

/// How a fact of the impact weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Plain,
    /// Could not be found out.
    Unknown,
    /// To be thought of.
    Caution,
    /// Something is lost.
    Loss,
}

/// One line of the impact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// How it weighs.
    pub weight: Weight,
    /// What.
    pub text: String,
}

/// What something is done to, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Object.
    pub object: ObjectRef,
    /// Identity; a thing of the same name made since is another thing.
    pub uid: String,
    /// Version; what changed since was not looked at.
    pub version: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is done.
    pub verb: Verb,
    /// To what.
    pub targets: Vec<Target>,
    /// Context it is done in.
    pub context: String,
    /// The commands that a user would type.
    pub commands: Vec<String>,
    /// Risk.
    pub tier: Tier,
    /// What it does to everything around.
    pub impact: Vec<Fact>,
    /// Namespaces and kinds in a line.
    pub scope: String,
    /// Data without a backup would be lost.
    pub lacks_backup: bool,
    /// Pods that a drain asks to go.
    pub evicted: Vec<Target>,
    /// What applications of Argo CD have beyond that.
    pub apps: AppPart,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is chosen.
    #[error("nothing is chosen")]
    Nothing,
    /// It is gone.
    #[error("{0} is gone")]
    Gone(ObjectRef),
    /// Not for this kind, or not for all that are chosen.
    #[error("{1} is nothing that can be done to {0}")]
    Wrong(ObjectRef, String),
    /// Something else holds it.
    #[error("{0} is locked ({1}): wait until that is over")]
    Locked(ObjectRef, String),
    /// Only its playbook may.
    #[error("{0} is not destroyed from here, Ansible is the source of truth for guests: {1}")]
    ByPlaybook(ObjectRef, String),
    /// Argo CD does one thing at a time.
    #[error("another operation of {0} is in progress: wait for its end, or terminate it")]
    Busy(ObjectRef),
    /// Argo CD refuses it, for it would be undone at once.
    #[error("auto-sync of {0} is on: switch it off first, or the rollback is undone at once")]
    Automated(ObjectRef),
    /// They are those of several Argo CD instances.
    #[error("the applications are those of several Argo CD instances: choose those of one")]
    Instances,
    /// The object's version is not known, as in a dump.
    #[error("the identity of {0} is not known, so nothing can be done to it safely")]
    Unidentified(ObjectRef),
}

/// Seconds that a catastrophe has to wait.
const COOL_DOWN: i64 = 5;

impl Plan {
    /// What has to be typed; empty where nothing has to be.
    #[must_use]
    pub fn typed(&self) -> String {
        let name = self
            .targets
            .first()
            .map_or("", |target| &target.object.key.name);
        if self.lacks_backup {
            return format!("lose {name}");
        }
        match self.tier {
            Tier::Observe | Tier::Nudge | Tier::Disrupt => String::new(),
            Tier::Destroy if self.targets.len() == 1 => name.to_owned(),
            Tier::Destroy | Tier::Catastrophe => {
                format!("{name} {}", self.targets.len().max(self.evicted.len()))
            }
        }
    }

    /// Whether another plan is this one, with more found out about it.
    #[must_use]
    pub fn is_of_same(&self, other: &Self) -> bool {
        (self.verb, &self.targets, &self.apps) == (other.verb, &other.targets, &other.apps)
    }

    /// Seconds to wait before it can be confirmed.
    #[must_use]
    pub fn cool_down(&self) -> i64 {
        if self.tier == Tier::Catastrophe || self.targets.len() > 1 || self.lacks_backup {
            COOL_DOWN
        } else {
            0
        }
    }
}

/// Makes a plan for one or several objects.
///
/// # Errors
/// [`Refusal`].
pub fn plan(
    inventory: &Inventory,
    profile: &Profile,
    verb: Verb,
    objects: &[ObjectRef],
    now: Time,
) -> Result<Plan, Refusal> {
    if !objects.is_empty() && objects.iter().all(guest::is_guest) {
        return guest::plan(inventory, profile, verb, objects, now);
    }
    plan_part(inventory, profile, verb, objects, &[], now)
}

/// Makes a plan for some of the resources of one application; for all of them where none is named.
///
/// # Errors
/// [`Refusal`].
pub fn plan_part(
    inventory: &Inventory,
    profile: &Profile,
    verb: Verb,
    objects: &[ObjectRef],
    resources: &[AppResource],
    now: Time,
) -> Result<Plan, Refusal> {
    let mut found: Vec<Object> = Vec::with_capacity(objects.len());
    for object in objects {
        let one = inventory
            .object(object)
            .ok_or_else(|| Refusal::Gone(object.clone()))?;
        if let Some(why) = argo::objection(verb, &one) {
            return Err(why);
        }
        let fits = Verb::for_object(&one)
            .iter()
            .any(|other| std::mem::discriminant(other) == std::mem::discriminant(&verb));
        if !fits {
            return Err(Refusal::Wrong(object.clone(), verb.words()));
        }
        found.push(one);
    }
    if found.is_empty() {
        return Err(Refusal::Nothing);
    }
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
        apps: AppPart {
            resources: resources.to_vec(),
            ..AppPart::default()
        },
    };
    for one in &found {
        let target = target(one)?;
        argo::take_in(&mut out, one)?;
        let of_app = match one {
            Object::App(app) => argo::command(verb, app, resources),
            _ => None,
        };
        out.commands
            .push(of_app.unwrap_or_else(|| verb.command(&target.object)));
        out.targets.push(target);
        impact::of(&mut out, inventory, profile, one, now);
    }
    // many at once, or a loss of data, is no single slip any more
    if out.targets.len() > 1 && out.tier >= Tier::Disrupt {
        out.tier = out.tier.max(Tier::Catastrophe);
    }
    if out.lacks_backup {
        out.tier = Tier::Catastrophe;
    }
    out.scope = scope(&out.targets);
    out.impact
        .sort_by_key(|fact| std::cmp::Reverse(fact.weight));
    out.impact.dedup();
    Ok(out)
}

pub(super) fn target(object: &Object) -> Result<Target, Refusal> {
    let meta = object.meta();
    if meta.uid.is_empty() || meta.resource_version.is_empty() {
        return Err(Refusal::Unidentified(object.reference()));
    }
    Ok(Target {
        object: object.reference(),
        uid: meta.uid.to_string(),
        version: meta.resource_version.to_string(),
    })
}

fn scope(targets: &[Target]) -> String {
    match targets {
        [one] if one.object.key.namespace.is_empty() => one.object.short(),
        [one] => format!(
            "namespace={}, resource={}/{}",
            one.object.key.namespace,
            Kind::parse(&one.object.kind).map_or("object", Kind::short),
            one.object.key.name
        ),
        many => {
            let namespaces: std::collections::BTreeSet<&str> =
                many.iter().map(|one| &*one.object.key.namespace).collect();
            format!("{} objects in {} namespaces", many.len(), namespaces.len())
        }
    }
}
