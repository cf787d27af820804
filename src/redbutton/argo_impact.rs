//! What a change of an application does, as far as it is known before it is tried.

use super::{
    Plan, SyncOptions, Tier, Verb, Weight,
    argo::{names, reference},
    impact::{Around, backup},
};
use crate::domain::{App, AppResource, AppVia, Deployed, Object, SyncStatus};

/// Kinds whose deletion takes more with it than themselves.
const DEEP: [&str; 4] = [
    "Namespace",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
];

/// Adds what a plan does to an application.
pub(super) fn of(plan: &mut Plan, around: &Around<'_>, app: &App) {
    match plan.verb {
        Verb::Refresh | Verb::HardRefresh => plan.fact(
            Weight::Plain,
            "Argo CD compares it with Git again; automatic sync acts on what it finds",
        ),
        Verb::Sync(options) => of_sync(plan, around, app, options),
        Verb::Terminate => of_end(plan, app),
        Verb::Rollback(id) => of_rollback(plan, app, id),
        Verb::AutoSync(on) => of_switch(plan, around, app, on),
        Verb::ApproveDeletion => {
            plan.fact(
                Weight::Loss,
                "Argo CD deletes whatever waits for this confirmation",
            );
            pruned(plan, around, app.resources.iter());
        }
        _ => return,
    }
    if let Some(error) = app.error() {
        let text = format!("{}: {}", error.kind, error.message);
        plan.fact(Weight::Caution, text);
    }
    let bypasses = matches!(plan.verb, Verb::Sync(_) | Verb::Rollback(_));
    if app.via == AppVia::Kubernetes && bypasses {
        plan.fact(Weight::Unknown,
            "done to its Kubernetes object: Argo CD's own rights and sync windows are not asked, and could not be looked at",
        );
    }
}

fn of_sync(plan: &mut Plan, around: &Around<'_>, app: &App, options: SyncOptions) {
    let chosen = plan.apps.resources.clone();
    let meant: Vec<&AppResource> = if chosen.is_empty() {
        app.resources.iter().collect()
    } else {
        chosen.iter().collect()
    };
    if options.dry_run {
        plan.fact(Weight::Plain, "a dry run: nothing in the cluster changes");
    }
    let differing = || {
        meant
            .iter()
            .copied()
            .filter(|one| one.sync == SyncStatus::OutOfSync && !one.prune && !one.hook)
    };
    match differing().count() {
        0 => {
            let text = format!(
                "none of {} differs from Git: all is applied again",
                meant.len()
            );
            plan.fact(Weight::Plain, text);
        }
        count => {
            let text = format!(
                "{count} applied, for they differ from Git: {}",
                names(differing())
            );
            plan.fact(Weight::Plain, text);
        }
    }
    of_pruning(plan, around, app, &meant, options);
    let hooks: Vec<&AppResource> = app.resources.iter().filter(|one| one.hook).collect();
    if !hooks.is_empty() && chosen.is_empty() {
        let text = format!("hooks run: {}", names(hooks.iter().copied()));
        plan.fact(Weight::Caution, text);
    } else if !chosen.is_empty() {
        plan.fact(
            Weight::Caution,
            "a sync of chosen resources runs no hooks and makes no entry to roll back to",
        );
    }
    if options.dry_run {
        return;
    }
    if options.force {
        plan.fact(
            Weight::Loss,
            "what cannot be patched is deleted and made anew: its pods stop meanwhile",
        );
        for one in differing() {
            of_lost(plan, around, one);
        }
    }
    if options.replace {
        plan.fact(
            Weight::Loss,
            "objects are replaced: fields that were set in the cluster alone are lost",
        );
    }
    own_options(plan, app);
}

fn of_pruning(
    plan: &mut Plan,
    around: &Around<'_>,
    app: &App,
    meant: &[&AppResource],
    options: SyncOptions,
) {
    let going = || meant.iter().copied().filter(|one| one.prune && !one.hook);
    let count = going().count();
    let would = if options.dry_run { " would be" } else { "" };
    if count == 0 && options.prune {
        plan.fact(Weight::Plain, "there is nothing to prune now");
    } else if options.prune {
        let text = format!(
            "{count}{would} deleted, for Git no longer names them: {}",
            names(going())
        );
        let weight = if options.dry_run {
            Weight::Caution
        } else {
            Weight::Loss
        };
        plan.fact(weight, text);
        if !options.dry_run {
            pruned(plan, around, going());
        }
    } else if count > 0 && app.auto_sync.is_none_or(|auto| !auto.prune) {
        let text = format!(
            "{count} not deleted, though Git no longer names them: {}",
            names(going())
        );
        plan.fact(Weight::Plain, text);
    } else if count > 0 {
        let text = format!("automatic sync prunes by itself: {}", names(going()));
        plan.fact(Weight::Caution, text);
    }
}

/// The application's own options that make a sync hurt.
fn own_options(plan: &mut Plan, app: &App) {
    let hard: Vec<&str> = app
        .sync_options
        .iter()
        .map(|option| &**option)
        .filter(|option| matches!(*option, "Force=true" | "Replace=true"))
        .collect();
    if !hard.is_empty() {
        let text = format!("the application itself asks for {}", hard.join(", "));
        plan.fact(Weight::Caution, text);
        plan.at_least(Tier::Destroy);
    }
}

/// What goes with what is pruned.
fn pruned<'a>(plan: &mut Plan, around: &Around<'_>, going: impl Iterator<Item = &'a AppResource>) {
    for one in going.filter(|one| one.prune) {
        of_lost(plan, around, one);
    }
}

fn of_lost(plan: &mut Plan, around: &Around<'_>, one: &AppResource) {
    if !DEEP.contains(&&*one.kind) {
        return;
    }
    let claim = match around.inventory.object(&reference(one)) {
        Some(Object::Claim(claim)) => Some(claim),
        _ => None,
    };
    let volume = claim
        .as_ref()
        .and_then(|claim| around.inventory.volumes.find("", &claim.volume));
    if volume.is_some_and(|volume| &*volume.reclaim == "Retain") {
        let text = format!("claim {} goes; its volume and data stay (Retain)", one.name);
        return plan.fact(Weight::Caution, text);
    }
    plan.at_least(Tier::Catastrophe);
    let text = format!(
        "{} {}: everything that lives in it goes too",
        one.kind, one.name
    );
    plan.fact(Weight::Loss, text);
    if let Some(claim) = claim.filter(|claim| !claim.volume.is_empty()) {
        backup(plan, around, &claim);
    }
}

fn of_end(plan: &mut Plan, app: &App) {
    let under_way = app.operation.as_ref().map_or_else(
        || "an operation is filed and not begun".to_owned(),
        |one| format!("under way: {} {}", one.phase.as_str(), one.message),
    );
    plan.fact(Weight::Plain, under_way);
    plan.fact(
        Weight::Caution,
        "what it applied so far stays as it is; hooks that run are deleted",
    );
    if app.auto_sync.is_some() {
        plan.fact(
            Weight::Caution,
            "automatic sync is on: it may begin again by itself",
        );
    }
}

fn of_rollback(plan: &mut Plan, app: &App, id: i64) {
    let short = |past: &Deployed| past.revision.chars().take(8).collect::<String>();
    let Some(at) = app.history.iter().position(|past| past.id == id) else {
        return;
    };
    let past = &app.history[at];
    let when = past
        .at
        .map_or_else(String::new, |at| format!(" of {}", at.strftime("%F %R")));
    let text = format!(
        "the cluster becomes what revision {}{when} says",
        short(past)
    );
    plan.fact(Weight::Caution, text);
    let since: Vec<String> = app.history[at + 1..].iter().map(short).collect();
    if !since.is_empty() {
        let text = format!("deployed since, and undone: {}", since.join(", "));
        plan.fact(Weight::Loss, text);
    }
    if app
        .sources
        .first()
        .is_some_and(|source| source.path != past.path)
    {
        let text = format!("then it came from {}, now from {}", past.path, app.path());
        plan.fact(Weight::Caution, text);
    }
    plan.fact(Weight::Caution,
        "it is out of sync with Git afterwards: revert there too, or the next sync brings the new one back",
    );
    plan.fact(
        Weight::Unknown,
        "what newer versions did to their data is not undone",
    );
}

fn of_switch(plan: &mut Plan, around: &Around<'_>, app: &App, on: bool) {
    if !on {
        let auto = app.auto_sync.unwrap_or_default();
        let keeps = match (auto.prune, auto.self_heal) {
            (true, true) => "; prune and self-heal stay set for when it is on again",
            (true, false) => "; prune stays set for when it is on again",
            (false, true) => "; self-heal stays set for when it is on again",
            (false, false) => "",
        };
        let text = format!("commits and drift wait until somebody syncs{keeps}");
        plan.fact(Weight::Caution, text);
        return;
    }
    let auto = app.resting_sync.unwrap_or_default();
    let differing = || {
        app.resources
            .iter()
            .filter(|one| one.sync == SyncStatus::OutOfSync && !one.prune)
    };
    let count = differing().count();
    if count > 0 {
        let text = format!(
            "{count} applied at once, for they differ: {}",
            names(differing())
        );
        plan.fact(Weight::Caution, text);
    }
    if auto.self_heal {
        plan.fact(
            Weight::Plain,
            "self-heal is set: it reverts changes made in the cluster",
        );
    }
    let going = || app.resources.iter().filter(|one| one.prune && !one.hook);
    if auto.prune && going().count() > 0 {
        plan.at_least(Tier::Destroy);
        let text = format!(
            "prune is set, and {} deleted at once: {}",
            going().count(),
            names(going())
        );
        plan.fact(Weight::Loss, text);
        pruned(plan, around, going());
    } else if auto.prune {
        plan.fact(Weight::Plain, "prune is set: what goes from Git is deleted");
    }
}
