//! A plan: what exactly will be done, and what it does to everything around.

use std::collections::BTreeSet;

use super::{AppPart, Tier, Verb, argo, guest, impact, impact::Around};
use crate::{
    domain::{AppResource, Kind, Object, ObjectRef, Profile, Time},
    inventory::Inventory,
};

/// How a fact of the impact weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// How it is done in Git instead.
    Git,
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
    /// Seconds that a batch or a loss of data has to wait before it can be confirmed.
    pub cool_down_seconds: i64,
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

/// Seconds that a batch or a loss of data has to wait where the configuration says nothing.
pub(super) const COOL_DOWN: i64 = 5;

impl Plan {
    /// A plan that does nothing to nobody yet.
    #[must_use]
    pub fn new(verb: Verb, context: String) -> Self {
        Self {
            verb,
            targets: Vec::new(),
            context,
            commands: Vec::new(),
            tier: verb.tier(),
            impact: Vec::new(),
            scope: String::new(),
            lacks_backup: false,
            evicted: Vec::new(),
            apps: AppPart::default(),
            cool_down_seconds: COOL_DOWN,
        }
    }

    /// Adds a line to its impact.
    pub(super) fn fact(&mut self, weight: Weight, text: impl Into<String>) {
        self.impact.push(Fact {
            weight,
            text: text.into(),
        });
    }

    /// Its risk is at least this.
    pub(super) fn at_least(&mut self, tier: Tier) {
        self.tier = self.tier.max(tier);
    }

    /// All is known: what weighs most comes first, and much at once or a loss of data without a way
    /// back is no single slip any more.
    pub(super) fn weighed(mut self, scope: String) -> Self {
        if self.targets.len() > 1 && self.tier >= Tier::Disrupt || self.lacks_backup {
            self.tier = Tier::Catastrophe;
        }
        self.scope = scope;
        self.impact
            .sort_by_key(|fact| std::cmp::Reverse(fact.weight));
        self.impact.dedup();
        self
    }

    /// What has to be typed; empty where nothing has to be.
    #[must_use]
    pub fn typed(&self) -> String {
        let name = self
            .targets
            .first()
            .map_or("", |target| &target.object.key.name);
        if self.lacks_backup {
            return match self.targets.len() {
                0 | 1 => format!("lose the data of {name}"),
                more => format!("lose the data of {name} and {} more", more - 1),
            };
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
            self.cool_down_seconds
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
    let mut out = Plan::new(verb, inventory.identity.context.to_string());
    out.apps.resources = resources.to_vec();
    let around = Around {
        inventory,
        profile,
        now,
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
        impact::of(&mut out, &around, one);
    }
    let scope = scope(&out.targets);
    Ok(out.weighed(scope))
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

/// How far it reaches, in the words that the Red Button has used from the start.
fn scope(targets: &[Target]) -> String {
    match targets {
        [one] if one.object.key.namespace.is_empty() => format!("resource={}", one.object.short()),
        [one] => format!(
            "namespace={}, resource={}/{}",
            one.object.key.namespace,
            Kind::parse(&one.object.kind).map_or("object", Kind::short),
            one.object.key.name
        ),
        many => {
            let namespaces: BTreeSet<&str> =
                many.iter().map(|one| &*one.object.key.namespace).collect();
            let names = namespaces.into_iter().collect::<Vec<_>>().join(", ");
            if names.is_empty() {
                format!("{} objects of the cluster", many.len())
            } else {
                format!("{} objects, namespace={names}", many.len())
            }
        }
    }
}
