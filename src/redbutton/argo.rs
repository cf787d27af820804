//! Applications of Argo CD: what can be done to them, and how they stood when it was shown.

use super::{Plan, Refusal, Tier, Verb};
use crate::domain::{App, AppResource, Object, ObjectRef, Text, Time};

/// How a sync is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SyncOptions {
    /// Only try it.
    pub dry_run: bool,
    /// Delete what Git no longer names.
    pub prune: bool,
    /// Delete and make anew what cannot be patched.
    pub force: bool,
    /// Replace objects instead of patching them.
    pub replace: bool,
}

impl SyncOptions {
    /// A plain sync.
    pub(super) const APPLY: Self = Self {
        dry_run: false,
        prune: false,
        force: false,
        replace: false,
    };

    /// Risk: what is deleted on the way is lost.
    #[must_use]
    pub const fn tier(self) -> Tier {
        if self.dry_run {
            Tier::Nudge
        } else if self.prune || self.force || self.replace {
            Tier::Destroy
        } else {
            Tier::Disrupt
        }
    }

    /// The flags of the command, each with a blank before it.
    fn flags(self) -> String {
        [
            (self.dry_run, " --dry-run"),
            (self.prune, " --prune"),
            (self.force, " --force"),
            (self.replace, " --replace"),
        ]
        .into_iter()
        .filter_map(|(on, flag)| on.then_some(flag))
        .collect()
    }
}

/// What a plan for applications has beyond its targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppPart {
    /// The Argo CD instance that does it, by its name; empty: it is done to their Kubernetes objects.
    pub instance: Text,
    /// The applications as they were shown, in the order of the targets.
    pub shown: Vec<Shown>,
    /// Resources of the application that are meant; none means all of them.
    pub resources: Vec<AppResource>,
}

/// An application as it was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Name for the command line: with its namespace where that is not the controller's.
    pub named: String,
    /// AppProject.
    pub project: Text,
    /// How it stood.
    pub standing: Standing,
}

/// How an application stood, as far as it matters for a change. Its version alone would not do: the
/// controller writes whenever it compared, and a dry run leaves its traces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    settings: String,
    revision: Text,
    resources: Vec<String>,
    last_deployed: Option<i64>,
    operation: Option<Time>,
    busy: bool,
    deleting: bool,
}

impl Standing {
    /// How an application stands.
    #[must_use]
    pub fn of(app: &App) -> Self {
        let resources = app.resources.iter().map(|one| {
            format!(
                "{}/{}:{}/{} {} {}",
                one.group,
                one.kind,
                one.namespace,
                one.name,
                one.sync.as_str(),
                one.prune
            )
        });
        Self {
            settings: format!(
                "{} {:?} {} {} {:?} {:?}",
                app.project,
                app.sources,
                app.server,
                app.namespace,
                (app.auto_sync, app.resting_sync),
                app.sync_options
            ),
            revision: app.revision.clone(),
            resources: resources.collect(),
            last_deployed: app.history.last().map(|past| past.id),
            operation: app.operation.as_ref().and_then(|one| one.started),
            busy: app.operation_filed,
            deleting: app.meta.deleting.is_some(),
        }
    }

    /// What is not as it was then, as far as it matters for an action.
    #[must_use]
    pub fn changed(&self, now: &Self, verb: Verb) -> Option<&'static str> {
        let all = matches!(verb, Verb::Sync(_) | Verb::Rollback(_));
        if matches!(verb, Verb::Refresh | Verb::HardRefresh) {
            return None;
        }
        if self.deleting != now.deleting {
            return Some("it is being deleted");
        }
        if verb == Verb::Terminate {
            let same = now.busy && (self.operation.is_none() || self.operation == now.operation);
            return (!same).then_some("the operation that was shown has ended");
        }
        if (all || matches!(verb, Verb::AutoSync(_))) && self.settings != now.settings {
            return Some("its settings");
        }
        if verb == Verb::ApproveDeletion && self.resources != now.resources {
            return Some("what is to be deleted");
        }
        if !all {
            return None;
        }
        if now.busy && !self.busy {
            return Some("another operation is in progress");
        }
        [
            (
                self.revision != now.revision,
                "the revision that it is compared with",
            ),
            (self.resources != now.resources, "what is out of sync"),
            (self.last_deployed != now.last_deployed, "its history"),
        ]
        .into_iter()
        .find_map(|(differs, what)| differs.then_some(what))
    }
}

impl Verb {
    /// Whether it is done by Argo CD to one of its applications.
    #[must_use]
    pub const fn is_of_apps(self) -> bool {
        matches!(
            self,
            Self::Refresh
                | Self::HardRefresh
                | Self::Sync(_)
                | Self::Terminate
                | Self::Rollback(_)
                | Self::AutoSync(_)
                | Self::ApproveDeletion
        )
    }
}

/// What can be done to an application. Where something waits for a confirmation, that too.
pub(super) fn verbs(app: &App) -> Vec<Verb> {
    let mut verbs = vec![Verb::Refresh, Verb::HardRefresh];
    if app.operation_filed {
        verbs.push(Verb::Terminate);
    } else if app.meta.deleting.is_none() {
        verbs.push(Verb::Sync(SyncOptions::default()));
        if let Some(last) = app.history.last() {
            verbs.push(Verb::Rollback(last.id));
        }
    }
    if app.meta.deleting.is_none() {
        verbs.push(Verb::AutoSync(app.auto_sync.is_none()));
    }
    let waits = app
        .operation
        .as_ref()
        .is_some_and(|operation| operation.message.contains("pruning confirmation"));
    if waits || app.meta.deleting.is_some() {
        verbs.push(Verb::ApproveDeletion);
    }
    verbs
}

/// The patch that switches automatic sync on or off. What it was set to do stays set.
pub(super) fn switch(on: bool) -> serde_json::Value {
    serde_json::json!({"spec": {"syncPolicy": {"automated": {"enabled": on}}}})
}

/// The command that a user would type; `None` for what is not done by Argo CD.
pub(super) fn command(verb: Verb, app: &App, resources: &[AppResource]) -> Option<String> {
    let name = named(app);
    Some(match verb {
        Verb::Refresh => format!("argocd app get {name} --refresh"),
        Verb::HardRefresh => format!("argocd app get {name} --hard-refresh"),
        Verb::Sync(options) => {
            let mut line = format!("argocd app sync {name}{}", options.flags());
            for one in resources {
                let place = if one.namespace.is_empty() {
                    String::new()
                } else {
                    format!("{}/", one.namespace)
                };
                line.push_str(&format!(
                    " --resource {}:{}:{place}{}",
                    one.group, one.kind, one.name
                ));
            }
            line
        }
        Verb::Terminate => format!("argocd app terminate-op {name}"),
        Verb::Rollback(id) => format!("argocd app rollback {name} {id}"),
        Verb::AutoSync(on) => {
            format!(
                "argocd app patch {name} --type merge --patch '{}'",
                switch(on)
            )
        }
        Verb::ApproveDeletion => format!("argocd app confirm-deletion {name}"),
        _ => return None,
    })
}

fn named(app: &App) -> String {
    let (namespace, name) = (app.namespace_there(), &app.meta.key.name);
    if app.home.is_empty() || *app.home == *namespace {
        name.to_string()
    } else {
        format!("{namespace}/{name}")
    }
}

/// Why Argo CD would not do this to an application as it stands.
pub(super) fn objection(verb: Verb, object: &Object) -> Option<Refusal> {
    let Object::App(app) = object else {
        return None;
    };
    let reference = object.reference();
    Some(match verb {
        Verb::Sync(_) | Verb::Rollback(_) if app.operation_filed => Refusal::Busy(reference),
        Verb::Rollback(_) if app.auto_sync.is_some() => Refusal::Automated(reference),
        Verb::Rollback(id) if !app.history.iter().any(|past| past.id == id) => {
            Refusal::Wrong(reference, verb.words())
        }
        Verb::AutoSync(on) if on == app.auto_sync.is_some() => {
            Refusal::Wrong(reference, verb.words())
        }
        _ => return None,
    })
}

/// Takes an application into a plan.
pub(super) fn take_in(plan: &mut Plan, object: &Object) -> Result<(), Refusal> {
    let Object::App(app) = object else {
        return Ok(());
    };
    if !plan.apps.shown.is_empty() && plan.apps.instance != app.instance {
        return Err(Refusal::Instances);
    }
    plan.apps.instance.clone_from(&app.instance);
    plan.apps.shown.push(Shown {
        named: named(app),
        project: app.project.clone(),
        standing: Standing::of(app),
    });
    Ok(())
}

/// Names of resources in a line, the first of many.
pub(super) fn names<'a>(resources: impl Iterator<Item = &'a AppResource>) -> String {
    const MOST: usize = 12;
    let all: Vec<String> = resources
        .map(|one| format!("{} {}", one.kind, one.name))
        .collect();
    let more = all.len().saturating_sub(MOST);
    let mut line = all.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
    if more > 0 {
        line.push_str(&format!(" and {more} more"));
    }
    line
}

/// A resource as a reference.
pub(super) fn reference(one: &AppResource) -> ObjectRef {
    ObjectRef::new(&one.kind, &one.namespace, &one.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AutoSync, Key, Meta};

    fn app() -> App {
        App {
            meta: Meta {
                key: Key::new("openshift-gitops", "homer"),
                ..Meta::default()
            },
            home: "openshift-gitops".into(),
            ..App::default()
        }
    }

    #[test]
    fn commands_are_those_of_the_tool() {
        let options = SyncOptions {
            dry_run: true,
            prune: true,
            ..SyncOptions::default()
        };
        let said = |verb, app: &App, resources: &[AppResource]| {
            command(verb, app, resources).unwrap_or_default()
        };
        assert_eq!(
            said(Verb::Sync(options), &app(), &[]),
            "argocd app sync homer --dry-run --prune"
        );
        let one = AppResource {
            group: "apps".into(),
            kind: "Deployment".into(),
            namespace: "homer".into(),
            name: "web".into(),
            ..AppResource::default()
        };
        assert_eq!(
            said(Verb::Sync(SyncOptions::default()), &app(), &[one]),
            "argocd app sync homer --resource apps:Deployment:homer/web"
        );
        assert_eq!(
            said(Verb::Rollback(0), &app(), &[]),
            "argocd app rollback homer 0"
        );
        let mut elsewhere = app();
        elsewhere.meta.key = Key::new("team-apps@second", "web");
        assert_eq!(
            said(Verb::Terminate, &elsewhere, &[]),
            "argocd app terminate-op team-apps/web"
        );
    }

    #[test]
    fn only_what_matters_counts_as_a_change() {
        let then = Standing::of(&app());
        let mut now = app();
        now.meta.resource_version = "77".into();
        now.health_message = "other".into();
        let sync = Verb::Sync(SyncOptions::default());
        assert_eq!(then.changed(&Standing::of(&now), sync), None);
        now.revision = "abc".into();
        assert!(then.changed(&Standing::of(&now), sync).is_some());
        assert_eq!(
            then.changed(&Standing::of(&now), Verb::AutoSync(true)),
            None
        );
        now.auto_sync = Some(AutoSync::default());
        assert!(
            then.changed(&Standing::of(&now), Verb::AutoSync(true))
                .is_some()
        );
        assert_eq!(then.changed(&Standing::of(&now), Verb::Refresh), None);
        assert!(then.changed(&Standing::of(&now), Verb::Terminate).is_some());
    }
}
