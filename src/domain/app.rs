//! Argo CD applications: one type, whether they come from Argo CD's API or from Kubernetes.

use super::{Condition, HasMeta, Key, List, Meta, Text, Time};

/// Where an application was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AppVia {
    /// The Kubernetes objects: no health of single resources, no diff, no sync windows.
    #[default]
    Kubernetes,
    /// Argo CD's own API.
    Api,
}

/// An application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Identity.
    pub meta: Meta,
    /// The Argo CD instance it was read from (its name in the configuration; empty: by Kubernetes).
    pub instance: Text,
    /// How it was read.
    pub via: AppVia,
    /// AppProject.
    pub project: Text,
    /// Sources; one in nearly all applications.
    pub sources: Vec<AppSource>,
    /// Destination: server URL or cluster name.
    pub server: Text,
    /// Destination namespace; may be empty.
    pub namespace: Text,
    /// Automatic sync; `None` means by hand.
    pub auto_sync: Option<AutoSync>,
    /// Automatic sync that is switched off and keeps its options.
    pub resting_sync: Option<AutoSync>,
    /// Namespace of the controller, whose applications are named without theirs; may be empty.
    pub home: Text,
    /// Sync options, as `ServerSideApply=true`.
    pub sync_options: Vec<Text>,
    /// Sync status.
    pub sync: SyncStatus,
    /// Revision that was compared; several for several sources, joined by a comma.
    pub revision: Text,
    /// Health.
    pub health: Health,
    /// Message of the health; may be empty.
    pub health_message: Text,
    /// Last change of the health.
    pub health_since: Option<Time>,
    /// Managed resources.
    pub resources: Vec<AppResource>,
    /// Conditions: type and message (all of them are troubles or warnings).
    pub conditions: List<Condition>,
    /// The last or running operation.
    pub operation: Option<Operation>,
    /// An operation is filed and not ended.
    pub operation_filed: bool,
    /// Past syncs, oldest first.
    pub history: Vec<Deployed>,
    /// Last comparison.
    pub reconciled: Option<Time>,
    /// External URLs.
    pub urls: Vec<Text>,
    /// Images in use.
    pub images: Vec<Text>,
}

impl HasMeta for App {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl App {
    /// The first error among its conditions: while there is one, the health field says nothing.
    #[must_use]
    pub fn error(&self) -> Option<&Condition> {
        self.conditions
            .iter()
            .find(|condition| condition.kind.ends_with("Error"))
    }

    /// The health to show: an application that cannot be compared is never healthy.
    #[must_use]
    pub fn true_health(&self) -> Health {
        if self.health == Health::Healthy
            && (self.error().is_some() || self.sync == SyncStatus::Unknown)
        {
            Health::Unknown
        } else {
            self.health
        }
    }

    /// Whether the running operation is a failing automatic sync between two tries.
    #[must_use]
    pub fn is_retrying(&self) -> bool {
        self.operation.as_ref().is_some_and(|op| {
            op.phase == Phase::Running
                && (op.retries > 0 || op.message.contains("Retrying attempt"))
        })
    }

    /// Its namespace, without the instance that a key may carry.
    #[must_use]
    pub fn namespace_there(&self) -> &str {
        namespace_there(&self.meta.key)
    }

    /// Path in Git of the first source; may be empty (Helm charts have none).
    #[must_use]
    pub fn path(&self) -> &str {
        self.sources.first().map_or("", |source| &source.path)
    }
}

/// What stands between a namespace and the Argo CD instance in the key of an application; no
/// namespace has it in its name.
const OF_INSTANCE: char = '@';

/// The key of an application of an instance beside the first one: two of them may have applications
/// of the same namespace and name.
#[must_use]
pub fn key_of_instance(key: &Key, instance: &str) -> Key {
    Key::new(
        &format!("{}{OF_INSTANCE}{instance}", key.namespace),
        &key.name,
    )
}

/// The namespace in the key of an application, without the instance.
#[must_use]
pub fn namespace_there(key: &Key) -> &str {
    key.namespace
        .split_once(OF_INSTANCE)
        .map_or(&*key.namespace, |(namespace, _)| namespace)
}

/// A source of manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AppSource {
    /// Repository.
    pub repo: Text,
    /// Path in it; may be empty.
    pub path: Text,
    /// Wanted revision.
    pub revision: Text,
    /// Helm chart; may be empty.
    pub chart: Text,
}

/// Automatic sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AutoSync {
    /// Deletes what is no longer in Git.
    pub prune: bool,
    /// Reverts changes made in the cluster.
    pub self_heal: bool,
}

/// Sync status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncStatus {
    /// Cannot be told.
    #[default]
    Unknown,
    /// Differs from Git.
    OutOfSync,
    /// As in Git.
    Synced,
}

impl SyncStatus {
    /// From the API's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "Synced" => Self::Synced,
            "OutOfSync" => Self::OutOfSync,
            _ => Self::Unknown,
        }
    }

    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::OutOfSync => "OutOfSync",
            Self::Synced => "Synced",
        }
    }
}

/// Health of an application or a resource; worst first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Health {
    /// Broken.
    Degraded,
    /// Not there.
    Missing,
    /// Cannot be told.
    #[default]
    Unknown,
    /// On its way.
    Progressing,
    /// Held back on purpose.
    Suspended,
    /// Well.
    Healthy,
}

impl Health {
    /// From the API's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "Healthy" => Self::Healthy,
            "Degraded" => Self::Degraded,
            "Missing" => Self::Missing,
            "Progressing" => Self::Progressing,
            "Suspended" => Self::Suspended,
            _ => Self::Unknown,
        }
    }

    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Degraded => "Degraded",
            Self::Missing => "Missing",
            Self::Unknown => "Unknown",
            Self::Progressing => "Progressing",
            Self::Suspended => "Suspended",
            Self::Healthy => "Healthy",
        }
    }
}

/// A managed resource as the application's status lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AppResource {
    /// API group; empty for core.
    pub group: Text,
    /// Kind.
    pub kind: Text,
    /// Namespace; may be empty.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Sync status.
    pub sync: SyncStatus,
    /// Health, where it was given (never by the Kubernetes way since Argo CD 3.0).
    pub health: Option<Health>,
    /// Message of the health; may be empty.
    pub health_message: Text,
    /// It is a hook.
    pub hook: bool,
    /// It must be pruned.
    pub prune: bool,
}

/// Phase of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// At work, or between two tries.
    #[default]
    Running,
    /// Being ended.
    Terminating,
    /// A resource or hook failed.
    Failed,
    /// Could not even start.
    Error,
    /// Done.
    Succeeded,
}

impl Phase {
    /// From the API's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "Terminating" => Self::Terminating,
            "Failed" => Self::Failed,
            "Error" => Self::Error,
            "Succeeded" => Self::Succeeded,
            _ => Self::Running,
        }
    }

    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Terminating => "Terminating",
            Self::Failed => "Failed",
            Self::Error => "Error",
            Self::Succeeded => "Succeeded",
        }
    }
}

/// The last or running operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// Phase.
    pub phase: Phase,
    /// Message; may be empty.
    pub message: Text,
    /// Start.
    pub started: Option<Time>,
    /// End.
    pub finished: Option<Time>,
    /// Tries after the first.
    pub retries: i64,
    /// Syncs that self-heal has made of the same revision, as far as was seen.
    pub self_heals: i64,
    /// The same as this operation counts it, which begins anew after any other one.
    pub heals_counted: i64,
    /// Revision it brings.
    pub revision: Text,
    /// Who asked; empty for automatic ones.
    pub by: Text,
    /// Started by Argo CD itself.
    pub automated: bool,
    /// It is a dry run.
    pub dry_run: bool,
    /// What became of each resource.
    pub results: Vec<SyncResult>,
}

/// After so long without self-heal's work, the next time is another matter.
const LULL: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

impl Operation {
    /// Takes over what was counted before it. A dry run, or a sync by hand, replaces the operation
    /// that the count stands in, and does not end a fight.
    pub fn follow_on(&mut self, before: &Self) {
        let gap = self
            .started
            .zip(before.finished.or(before.started))
            .map(|(now, then)| now.duration_since(then));
        if self.revision != before.revision || gap.is_none_or(|gap| gap > LULL) {
            return;
        }
        let goes_on = self.heals_counted >= before.heals_counted;
        let new = if goes_on {
            self.heals_counted - before.heals_counted
        } else {
            self.heals_counted
        };
        self.self_heals = before.self_heals + new;
    }
}

/// What became of one resource in a sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncResult {
    /// API group; empty for core.
    pub group: Text,
    /// Kind.
    pub kind: Text,
    /// Namespace; may be empty.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// `Synced`, `SyncFailed`, `Pruned`, `PruneSkipped`; empty for hooks.
    pub status: Text,
    /// Message.
    pub message: Text,
    /// Hook type (`PreSync`, …); empty for ordinary resources.
    pub hook: Text,
    /// Phase of the hook; says nothing for ordinary resources.
    pub hook_phase: Text,
}

/// A past sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// Number, which a rollback names.
    pub id: i64,
    /// Revision.
    pub revision: Text,
    /// When it was done.
    pub at: Option<Time>,
    /// Who asked; empty for automatic ones.
    pub by: Text,
    /// Started by Argo CD itself.
    pub automated: bool,
    /// Path in Git then.
    pub path: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(counted: i64, minute: i64) -> Operation {
        let at = Time::from_second(minute * 60).unwrap();
        Operation {
            self_heals: counted,
            heals_counted: counted,
            revision: "abc".into(),
            started: Some(at),
            finished: Some(at),
            ..Operation::default()
        }
    }

    #[test]
    fn a_dry_run_between_does_not_make_a_fight_forgotten() {
        // minute, what the operation counts, what is known then
        let told = [(0, 12, 12), (1, 13, 13), (2, 0, 13), (4, 1, 14), (6, 2, 15)];
        let mut before: Option<Operation> = None;
        for (minute, counted, known) in told {
            let mut now = operation(counted, minute);
            if let Some(before) = &before {
                now.follow_on(before);
            }
            assert_eq!(now.self_heals, known, "in minute {minute}");
            before = Some(now);
        }
        let long_after = {
            let mut now = operation(1, 60);
            now.follow_on(&before.clone().unwrap());
            now
        };
        assert_eq!(long_after.self_heals, 1, "a lull ends it");
        let mut other = operation(1, 7);
        other.revision = "def".into();
        other.follow_on(&before.unwrap());
        assert_eq!(other.self_heals, 1, "so does another revision");
    }
}
