//! Every action against everything that may be in its way.

use std::time::{Duration, Instant};

use redbutton::{
    domain::Time,
    redbutton::{DryRun, Glass, Outcome, Preflighted, Shut, Verb},
};

use super::{PATIENCE, World, act, cases, cases::Case};

/// Those that can be tried as the world is; the others need one before them.
fn by_itself(case: &&Case) -> bool {
    !matches!(case.verb, Verb::Start | Verb::Unpause)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_done_changes_nothing() {
    let world = World::open().await;
    let (admin, viewer) = (world.writer("admin").await, world.writer("viewer").await);
    for case in &cases::all(&world).await {
        let name = format!("{:?}", case.verb);
        let before = case.seen(&world).await;
        let target = case.target(&world).await;
        let mut old = target.clone();
        old.version = "1".into();
        let mut other = target.clone();
        other.uid = "00000000-0000-4000-8000-000000000000".into();
        for (what, writer, target) in [
            ("changed since shown", &admin, old),
            ("another of its name", &admin, other),
            ("gone", &admin, case.nobody(&target)),
            ("no rights", &viewer, target.clone()),
        ] {
            let plan = act::plan(case.verb, target);
            let outcome = world.carry_out(writer, plan).await;
            assert!(
                matches!(outcome, Outcome::Failed(_)),
                "{name}, {what}: {outcome:?}"
            );
            assert_eq!(case.seen(&world).await, before, "{name}, {what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_changes_nothing_and_a_refused_one_shuts_the_gate() {
    let world = World::open().await;
    let admin = world.writer("admin").await;
    let all = cases::all(&world).await;
    for case in all.iter().filter(by_itself) {
        let before = case.seen(&world).await;
        let said = fresh_dry_run(&world, case).await;
        assert_eq!(said, DryRun::Passed, "{:?}", case.verb);
        assert_eq!(case.seen(&world).await, before, "{:?}", case.verb);
    }
    world.outage("POST", "/deny?seconds=600").await;
    for case in all.iter().filter(by_itself) {
        let before = case.seen(&world).await;
        let said = fresh_dry_run(&world, case).await;
        assert!(
            matches!(&said, DryRun::Refused(why) if why.contains("denied the request")),
            "{:?}: {said:?}",
            case.verb
        );
        let plan = act::plan(case.verb, case.target(&world).await);
        let typed = plan.typed();
        let now = Time::now();
        let mut glass = Glass::default();
        glass
            .smash("admin", "a test", now + Duration::from_secs(60))
            .unwrap();
        let shut = Preflighted::new(plan.clone(), said, now).confirm(&glass, &typed, now);
        assert!(
            matches!(shut.map_err(|both| both.1), Err(Shut::DryRun(_))),
            "{:?}",
            case.verb
        );
        // admission that changed its mind after the dry run is told in its words
        let outcome = world.carry_out(&admin, plan).await;
        assert!(
            matches!(&outcome, Outcome::Failed(_)),
            "{:?}: {outcome:?}",
            case.verb
        );
        assert_eq!(case.seen(&world).await, before, "{:?}", case.verb);
    }
}

/// A dry run of the object as it is now: controllers write between the look and the question.
async fn fresh_dry_run(world: &World, case: &Case) -> DryRun {
    let admin = world.writer("admin").await;
    let end = Instant::now() + PATIENCE;
    loop {
        let plan = act::plan(case.verb, case.target(world).await);
        match admin.dry_run(&plan).await {
            DryRun::Refused(why) if stale(&why) && Instant::now() < end => {}
            said => return said,
        }
    }
}

fn stale(why: &str) -> bool {
    [
        "modified",
        "changed since",
        "ResourceVersion in precondition",
        "ResourceVersion in the precondition",
    ]
    .iter()
    .any(|word| why.contains(word))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_glass_or_a_window_run_out_shuts_the_gate() {
    let world = World::open().await;
    for case in &cases::all(&world).await {
        let plan = act::plan(case.verb, case.target(&world).await);
        let typed = plan.typed();
        let now = Time::now();
        let shut = |glass: &Glass, at: Time| {
            Preflighted::new(plan.clone(), DryRun::Passed, now)
                .confirm(glass, &typed, at)
                .map_err(|both| both.1)
        };
        let closed = shut(&Glass::default(), now);
        assert!(
            matches!(closed, Err(Shut::Glass)),
            "{:?}: {closed:?}",
            case.verb
        );
        let mut glass = Glass::default();
        glass
            .smash("admin", "a test", now + Duration::from_secs(60))
            .unwrap();
        let late = shut(&glass, now + Duration::from_secs(61));
        assert!(matches!(late, Err(Shut::Glass)), "{:?}", case.verb);
        let mut elsewhere = Glass::default();
        elsewhere
            .smash("other", "a test", now + Duration::from_secs(60))
            .unwrap();
        assert!(matches!(shut(&elsewhere, now), Err(Shut::Glass)));
        assert!(shut(&glass, now).is_ok(), "{:?}", case.verb);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_back_end_that_hangs_is_waited_for_no_longer_than_agreed() {
    let world = World::open().await;
    let all = cases::all(&world).await;
    let mut plans = Vec::new();
    for case in &all {
        plans.push((
            case,
            case.seen(&world).await,
            act::plan(case.verb, case.target(&world).await),
        ));
    }
    world.outage("POST", "/hang?seconds=600").await;
    let patience = Duration::from_millis(300);
    for (case, _, plan) in &plans {
        let writer = world.writer("admin").await.with_patience(patience);
        let begun = Instant::now();
        let said = writer.dry_run(plan).await;
        assert!(
            matches!(said, DryRun::Unknown(_)),
            "{:?}: {said:?}",
            case.verb
        );
        let outcome = world.carry_out(&writer, plan.clone()).await;
        let honest = match &outcome {
            Outcome::Unknown(_) => true,
            Outcome::Failed(why) => why.contains("nothing was done"),
            Outcome::Done(_) => false,
        };
        assert!(honest, "{:?}: {outcome:?}", case.verb);
        assert!(begun.elapsed() < patience * 10, "{:?}", case.verb);
    }
    world.outage("DELETE", "").await;
    for (case, before, _) in &plans {
        assert_eq!(case.seen(&world).await, *before, "{:?}", case.verb);
    }
}

/// Does something to an object as it is now; refused for its version, it is looked at again.
async fn done(world: &World, case: &Case) -> Outcome {
    let admin = world.writer("admin").await;
    let end = Instant::now() + PATIENCE;
    loop {
        let plan = act::plan(case.verb, case.target(world).await);
        match world.carry_out(&admin, plan).await {
            Outcome::Failed(why) if stale(&why) && Instant::now() < end => {}
            outcome => return outcome,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_is_done_and_seen() {
    let world = World::open().await;
    for case in &cases::all(&world).await {
        case.ready(&world).await;
        let before = case.seen(&world).await;
        let outcome = done(&world, case).await;
        assert!(
            matches!(outcome, Outcome::Done(_)),
            "{:?}: {outcome:?}",
            case.verb
        );
        seen_to_differ(&world, case, &before).await;
    }
}

async fn seen_to_differ(world: &World, case: &Case, before: &serde_json::Value) {
    let end = Instant::now() + PATIENCE;
    // what a node or a CronJob is told twice changes nothing the second time
    while case.seen(world).await == *before {
        assert!(Instant::now() < end, "{:?} changed nothing", case.verb);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unknown_and_the_world_is_looked_at() {
    let world = World::open().await;
    let all = cases::all(&world).await;
    world.outage("POST", "/lost?seconds=600").await;
    for case in &all {
        case.ready(&world).await;
        let before = case.seen(&world).await;
        let outcome = done(&world, case).await;
        assert!(
            matches!(&outcome, Outcome::Unknown(why) if why.contains("the answer was lost") && why.contains("now ")),
            "{:?}: {outcome:?}",
            case.verb
        );
        // it was done all the same
        seen_to_differ(&world, case, &before).await;
    }
}
