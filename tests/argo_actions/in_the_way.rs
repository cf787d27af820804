//! Everything that may be in the way of an action by the API: nothing may change, and what is said must
//! be true.

use std::time::{Duration, Instant};

use redbutton::{
    domain::{SyncStatus, Time},
    redbutton::{ArgoWriter, DryRun, Glass, Outcome, Plan, Preflighted, Shut, Verb},
};
use serde_json::json;

use super::{PRUNE, SYNC, bench::Bench, reach::settings};

/// Every action that can be tried as the lab is.
const ALL: [Verb; 4] = [SYNC, PRUNE, Verb::Rollback(6), Verb::AutoSync(true)];

async fn drifted() -> Bench {
    let mut bench = Bench::open().await;
    bench.scale("nautobot", 3).await;
    bench
        .until("nautobot", |app| app.sync == SyncStatus::OutOfSync)
        .await;
    bench
}

/// What an action would change.
async fn seen(bench: &Bench) -> serde_json::Value {
    let app = bench.object("nautobot").await.unwrap_or_default();
    let live = bench.deployment("nautobot").await.unwrap_or_default();
    json!([
        app["spec"],
        app["status"]["history"],
        live["spec"],
        live["metadata"]["uid"]
    ])
}

/// Neither tried nor done, with these words.
async fn refused(bench: &Bench, writer: &ArgoWriter, plan: &Plan, words: &str) {
    let name = format!("{:?}", plan.verb);
    let before = seen(bench).await;
    let (_, said) = writer.preflight(plan.clone()).await;
    assert!(
        matches!(&said, DryRun::Refused(why) if why.contains(words)),
        "{name}: {said:?}"
    );
    let now = Time::now();
    let mut glass = Glass::default();
    glass
        .smash(&plan.context, "a test", now + Duration::from_secs(60))
        .unwrap();
    let shut = Preflighted::new(plan.clone(), said, now).confirm(
        &glass,
        &plan.typed(),
        now + Duration::from_secs(20),
    );
    assert!(
        matches!(shut.map_err(|both| both.1), Err(Shut::DryRun(_))),
        "{name}"
    );
    // and where the preflight saw nothing yet
    let (outcome, _) =
        Bench::carry_out_by(writer, bench.folder.path(), plan.clone(), DryRun::None).await;
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains(words)),
        "{name}: {outcome:?}"
    );
    assert_eq!(seen(bench).await, before, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_nothing_is_done() {
    let bench = drifted().await;
    let viewer = ArgoWriter::connect(&settings(&bench.lab, true))
        .await
        .unwrap();
    for verb in ALL {
        let plan = bench.plan(verb, "nautobot").unwrap();
        refused(&bench, &viewer, &plan, "permission denied").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_shown_is_left_alone() {
    let bench = drifted().await;
    let plans: Vec<Plan> = ALL
        .iter()
        .map(|verb| bench.plan(*verb, "nautobot").unwrap())
        .collect();
    let other = json!({"spec": {"source": {"path": "apps/other"}}});
    bench.patch_app("nautobot", other).await;
    for plan in &plans {
        refused(
            &bench,
            &bench.writer,
            plan,
            "it changed since it was shown: its settings",
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_one_of_its_name_is_left_alone_and_one_that_is_gone_is_told() {
    let bench = drifted().await;
    for verb in ALL {
        let mut plan = bench.plan(verb, "nautobot").unwrap();
        plan.targets[0].uid = "00000000-0000-4000-8000-000000000000".into();
        refused(&bench, &bench.writer, &plan, "a new one of its name").await;
    }
    let plans: Vec<Plan> = ALL
        .iter()
        .map(|verb| bench.plan(*verb, "nautobot").unwrap())
        .collect();
    bench.delete_app("nautobot").await;
    for plan in &plans {
        refused(&bench, &bench.writer, plan, "\"nautobot\" not found").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_holds_a_sync_back() {
    let bench = drifted().await;
    bench.control("POST", "argocd/window/default").await;
    for verb in [SYNC, PRUNE] {
        let plan = bench.plan(verb, "nautobot").unwrap();
        refused(&bench, &bench.writer, &plan, "blocked by").await;
    }
    let (_, said) = bench
        .writer
        .preflight(bench.plan(SYNC, "nautobot").unwrap())
        .await;
    assert!(
        matches!(&said, DryRun::Refused(why) if why.contains("deny at 0 0 * * * for 24h")),
        "{said:?}"
    );
    // one that lets syncs by hand through
    bench
        .control("POST", "argocd/window/default?manual=true")
        .await;
    let (plan, said) = bench
        .writer
        .preflight(bench.plan(SYNC, "nautobot").unwrap())
        .await;
    assert_eq!(said, DryRun::Passed);
    let (outcome, _) = bench.carry_out(plan, said).await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    assert_eq!(bench.replicas("nautobot").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_waited_for_no_longer_than_agreed() {
    let bench = drifted().await;
    let before = seen(&bench).await;
    bench
        .control("POST", "outage/hang?seconds=600&server=argocd")
        .await;
    let patience = Duration::from_millis(300);
    let writer = ArgoWriter::connect(&settings(&bench.lab, false))
        .await
        .unwrap()
        .with_patience(patience);
    for verb in ALL {
        let plan = bench.plan(verb, "nautobot").unwrap();
        let begun = Instant::now();
        let (_, said) = writer.preflight(plan.clone()).await;
        assert!(matches!(said, DryRun::Unknown(_)), "{verb:?}: {said:?}");
        let (outcome, _) =
            Bench::carry_out_by(&writer, bench.folder.path(), plan, DryRun::None).await;
        assert!(
            matches!(&outcome, Outcome::Failed(why) if why.contains("nothing was done")),
            "{verb:?}: {outcome:?}"
        );
        assert!(begun.elapsed() < patience * 10, "{verb:?}");
    }
    bench.control("DELETE", "outage?server=argocd").await;
    assert_eq!(seen(&bench).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_failing_is_told_in_the_servers_words() {
    let bench = drifted().await;
    let before = seen(&bench).await;
    for (kind, words) in [
        ("500", "etcdserver: request timed out"),
        ("429", "too many requests"),
        ("401", "token is expired"),
        ("half", "broke off"),
    ] {
        bench
            .control("POST", &format!("outage/{kind}?seconds=600&server=argocd"))
            .await;
        let plan = bench.plan(SYNC, "nautobot").unwrap();
        let (_, said) = bench.writer.preflight(plan.clone()).await;
        assert!(said.words().contains(words), "{kind}: {said:?}");
        let (outcome, _) = bench.carry_out(plan, DryRun::None).await;
        assert!(
            matches!(&outcome, Outcome::Failed(why) if why.contains(words) && why.contains("nothing was done")),
            "{kind}: {outcome:?}"
        );
        bench.control("DELETE", "outage?server=argocd").await;
    }
    assert_eq!(seen(&bench).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unknown_and_the_application_is_looked_at() {
    let mut bench = drifted().await;
    bench
        .control("POST", "outage/lost?seconds=600&server=argocd")
        .await;
    let plan = bench.plan(SYNC, "nautobot").unwrap();
    let (outcome, _) = bench.carry_out(plan, DryRun::None).await;
    assert!(
        matches!(&outcome, Outcome::Unknown(why) if why.contains("the answer was lost") && why.contains("now app/openshift-gitops/nautobot is")),
        "{outcome:?}"
    );
    // it was done all the same
    bench
        .until("nautobot", |app| app.sync == SyncStatus::Synced)
        .await;
    assert_eq!(bench.replicas("nautobot").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_glass_shuts_the_gate() {
    let bench = drifted().await;
    for verb in ALL {
        let plan = bench.plan(verb, "nautobot").unwrap();
        let typed = plan.typed();
        let now = Time::now();
        let shut = |glass: &Glass, at: Time| {
            Preflighted::new(plan.clone(), DryRun::Passed, now)
                .confirm(glass, &typed, at)
                .map_err(|both| both.1)
        };
        assert!(
            matches!(shut(&Glass::default(), now), Err(Shut::Glass)),
            "{verb:?}"
        );
        let mut glass = Glass::default();
        glass
            .smash(&plan.context, "a test", now + Duration::from_secs(60))
            .unwrap();
        let late = shut(&glass, now + Duration::from_secs(61));
        assert!(matches!(late, Err(Shut::Glass)), "{verb:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_of_somebody_else_is_not_written_over() {
    let mut bench = drifted().await;
    let plan = bench.plan(SYNC, "nautobot").unwrap();
    bench.control("POST", "argocd/hook/nautobot").await;
    let other = json!({"operation": {"initiatedBy": {"username": "somebody"}, "sync": {}}});
    bench.patch_app("nautobot", other).await;
    bench.until("nautobot", |app| app.operation_filed).await;
    refused(
        &bench,
        &bench.writer,
        &plan,
        "another operation is in progress",
    )
    .await;
    let held = bench.object("nautobot").await.unwrap();
    assert_eq!(held["operation"]["initiatedBy"]["username"], "somebody");
}
