//! Who keeps an object as Git says, what that does to a change by hand, and the way through Git.

use super::Around;
use crate::{
    domain::{App, Meta},
    redbutton::{Plan, Verb, Weight},
};

/// Minutes between two comparisons of Argo CD where nothing tells it of a change (its default).
const COMPARES: u32 = 3;

/// What Argo CD makes of a change by hand.
enum Drift {
    /// Its own object went away: it is made anew.
    Gone,
    /// A field that Git may name differs.
    Field(&'static str),
    /// Nothing that Git names.
    None,
}

const fn drift(verb: Verb) -> Drift {
    match verb {
        Verb::DeletePod
        | Verb::Evict
        | Verb::DeleteClaim
        | Verb::DeleteVolume
        | Verb::DeleteJob
        | Verb::RemoveFinalizers => Drift::Gone,
        Verb::Scale(_) => Drift::Field("the number of replicas"),
        Verb::Expand(_) => Drift::Field("the size"),
        Verb::Suspend | Verb::Resume => Drift::Field("`suspend`"),
        Verb::Start | Verb::Stop => Drift::Field("the run strategy"),
        Verb::Cordon | Verb::Uncordon | Verb::Drain => Drift::Field("`unschedulable`"),
        _ => Drift::None,
    }
}

/// Adds who keeps it so.
pub(super) fn of_git(plan: &mut Plan, around: &Around<'_>, kind: &str, meta: &Meta) {
    let Some(app) = around.inventory.app_above(kind, meta) else {
        return;
    };
    let own = !around.inventory.apps_managing(kind, meta).is_empty();
    if own {
        let (weight, text) = held(plan.verb, app);
        plan.fact(weight, text);
    }
    if let Some(way) = way(plan.verb, own, &place(around, app)) {
        plan.fact(Weight::Git, way);
    }
}

/// What the application does against the change.
fn held(verb: Verb, app: &App) -> (Weight, String) {
    let name = &app.meta.key.name;
    let within = format!("within seconds of seeing it, in about {COMPARES} minutes at the latest");
    let does = match (drift(verb), app.auto_sync) {
        (Drift::None, _) => {
            return (
                Weight::Plain,
                format!("Argo CD app {name} manages this; for it this is no drift"),
            );
        }
        (Drift::Gone, Some(auto)) if auto.self_heal => {
            let what = if verb == Verb::DeleteClaim {
                "puts an EMPTY one back"
            } else {
                "puts it back"
            };
            format!("self-heal {what} {within}")
        }
        (Drift::Field(field), Some(auto)) if auto.self_heal => {
            format!("self-heal reverts {field} {within}, if Git names it")
        }
        (Drift::Gone, Some(_)) => "without self-heal: the next sync puts it back".into(),
        (Drift::Field(field), Some(_)) => {
            format!("without self-heal: the next sync reverts {field}, if Git names it")
        }
        (Drift::Gone, None) => "it is out of sync until somebody syncs, which puts it back".into(),
        (Drift::Field(field), None) => {
            format!(
                "it may be out of sync afterwards; the next sync reverts {field}, if Git names it"
            )
        }
    };
    (
        Weight::Caution,
        format!("Argo CD app {name} manages this: {does}"),
    )
}

/// Where its manifests are: a path, or a chart.
fn place(around: &Around<'_>, app: &App) -> String {
    let checkout = around.profile.git.checkout.trim_end_matches('/');
    let ours = |repo: &str| {
        let bare = |text: &str| {
            text.trim_end_matches('/')
                .trim_end_matches(".git")
                .to_owned()
        };
        !checkout.is_empty() && bare(repo) == bare(&around.profile.git.repository)
    };
    let places: Vec<String> = app
        .sources
        .iter()
        .filter_map(|source| match (&*source.path, &*source.chart) {
            ("", "") => None,
            ("", chart) => Some(format!("the values of chart {chart}")),
            (path, _) if ours(&source.repo) => Some(format!("{checkout}/{path}")),
            (path, _) => Some(path.to_owned()),
        })
        .collect();
    places.join(" or ")
}

/// The same through Git; none where Git has no say.
fn way(verb: Verb, own: bool, place: &str) -> Option<String> {
    if place.is_empty() {
        return None;
    }
    Some(match drift(verb) {
        Drift::Gone if own => format!("take it out of {place}, push, sync with prune"),
        Drift::Field(field) if own => format!("change {field} in {place}, push, let Argo CD sync"),
        Drift::None if own && verb == Verb::Restart => {
            format!("a new annotation of the pod template in {place} rolls it out as well")
        }
        _ => format!("what it should be is said in {place}"),
    })
}
