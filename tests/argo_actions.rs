//! Argo CD's actions against the lab, the whole way: an application as the stream told of it, a plan,
//! the preflight, the gate, the deed, and the change seen in the simulated world.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "argo_actions/bench.rs"]
mod bench;
#[path = "argo_actions/by_kube.rs"]
mod by_kube;
#[path = "argo_actions/in_the_way.rs"]
mod in_the_way;
#[path = "common/argocd.rs"]
mod reach;

use bench::{Bench, WORKER};
use redbutton::{
    domain::{Phase, SyncStatus},
    journal::Journal,
    redbutton::{DryRun, Outcome, Refusal, SyncOptions, Tier, Verb, Weight},
};
use serde_json::json;

const SYNC: Verb = Verb::Sync(SyncOptions {
    dry_run: false,
    prune: false,
    force: false,
    replace: false,
});
const PRUNE: Verb = Verb::Sync(SyncOptions {
    dry_run: false,
    prune: true,
    force: false,
    replace: false,
});

fn done(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Done(words) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_is_tried_dry_and_then_done() {
    let mut bench = Bench::open().await;
    bench.scale("nautobot", 3).await;
    let differing = bench
        .until("nautobot", |app| app.sync == SyncStatus::OutOfSync)
        .await;
    let before = differing.history.len();
    let plan = bench.plan(SYNC, "nautobot").unwrap();
    assert_eq!(plan.commands, ["argocd app sync nautobot"]);
    assert_eq!(plan.tier, Tier::Disrupt);
    assert!(bench::says(
        &plan,
        Weight::Plain,
        "1 applied, for they differ from Git: Deployment nautobot"
    ));

    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(said, DryRun::Passed);
    assert!(bench::says(
        &plan,
        Weight::Plain,
        "knows you as console, who may sync default/nautobot"
    ));
    assert!(bench::says(
        &plan,
        Weight::Plain,
        "the dry run said: successfully synced (no more tasks), 5 applied"
    ));
    assert_eq!(
        bench.replicas("nautobot").await,
        3,
        "a dry run changes nothing"
    );

    let (outcome, told) = bench.carry_out(plan, said).await;
    let words = done(&outcome);
    assert!(
        words.contains("successfully synced (all tasks run), 5 applied"),
        "{words}"
    );
    assert!(words.contains("is Synced"), "{words}");
    assert_eq!(told.first().map(String::as_str), Some("filed"));
    assert!(told.iter().any(|word| word == "running"), "{told:?}");
    assert_eq!(bench.replicas("nautobot").await, 2);
    let app = bench
        .until("nautobot", |app| app.sync == SyncStatus::Synced)
        .await;
    assert_eq!(app.history.len(), before + 1);
    assert_eq!(&*app.history.last().unwrap().by, "console");
    let journal = std::fs::read_to_string(Journal::in_folder(bench.folder.path()).path()).unwrap();
    let (intent, after) = journal.split_once('\n').unwrap();
    assert!(
        intent.contains("argocd app sync nautobot") && intent.contains(" of gitops"),
        "{intent}"
    );
    assert!(after.contains("successfully synced"), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_chosen_resources_are_synced() {
    let mut bench = Bench::open().await;
    bench.scale("nautobot", 3).await;
    bench.scale(WORKER, 3).await;
    let app = bench
        .until("nautobot", |app| {
            let differing = app
                .resources
                .iter()
                .filter(|one| one.sync == SyncStatus::OutOfSync);
            differing.count() == 2
        })
        .await;
    let chosen: Vec<_> = app
        .resources
        .iter()
        .filter(|one| &*one.name == WORKER)
        .cloned()
        .collect();
    let plan = bench.plan_part(SYNC, "nautobot", &chosen).unwrap();
    assert_eq!(
        plan.commands,
        ["argocd app sync nautobot --resource apps:Deployment:nautobot/nautobot-worker"]
    );
    assert!(bench::says(&plan, Weight::Caution, "runs no hooks"));
    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(said, DryRun::Passed);
    let (outcome, _) = bench.carry_out(plan, said).await;
    assert!(done(&outcome).contains("1 applied"), "{outcome:?}");
    assert_eq!(bench.replicas(WORKER).await, 1);
    assert_eq!(bench.replicas("nautobot").await, 3);
    let after = bench.until("nautobot", |app| !app.operation_filed).await;
    assert_eq!(
        after.history.len(),
        app.history.len(),
        "a part makes no history"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_git_names_no_more_goes_only_when_that_is_asked_for() {
    let mut bench = Bench::open().await;
    bench
        .control("POST", "argocd/drop/nautobot/Deployment/nautobot-worker")
        .await;
    bench
        .until("nautobot", |app| app.resources.iter().any(|one| one.prune))
        .await;
    let plan = bench.plan(SYNC, "nautobot").unwrap();
    assert!(bench::says(
        &plan,
        Weight::Plain,
        "1 not deleted, though Git no longer names them: Deployment nautobot-worker"
    ));
    let (plan, said) = bench.writer.preflight(plan).await;
    let (outcome, _) = bench.carry_out(plan, said).await;
    assert!(done(&outcome).contains("1 not pruned"), "{outcome:?}");
    assert!(bench.deployment(WORKER).await.is_some());

    bench.until("nautobot", |app| app.history.len() == 3).await;
    let plan = bench.plan(PRUNE, "nautobot").unwrap();
    assert_eq!(plan.commands, ["argocd app sync nautobot --prune"]);
    assert_eq!(
        (plan.tier, plan.typed().as_str()),
        (Tier::Destroy, "nautobot")
    );
    assert!(bench::says(
        &plan,
        Weight::Loss,
        "1 deleted, for Git no longer names them: Deployment nautobot-worker"
    ));
    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(said, DryRun::Passed);
    assert!(bench::says(
        &plan,
        Weight::Loss,
        "the dry run would prune: nautobot-worker"
    ));
    assert!(
        bench.deployment(WORKER).await.is_some(),
        "a dry run deletes nothing"
    );
    let (outcome, _) = bench.carry_out(plan, said).await;
    assert!(done(&outcome).contains("1 pruned"), "{outcome:?}");
    assert!(bench.deployment(WORKER).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn pruning_a_claim_asks_for_more_than_a_name() {
    let mut bench = Bench::open().await;
    bench
        .control(
            "POST",
            "argocd/drop/nautobot/PersistentVolumeClaim/nautobot-media",
        )
        .await;
    bench
        .until("nautobot", |app| app.resources.iter().any(|one| one.prune))
        .await;
    let plan = bench.plan(PRUNE, "nautobot").unwrap();
    assert_eq!(plan.tier, Tier::Catastrophe);
    assert_eq!(plan.typed(), "nautobot 1");
    assert!(plan.cool_down() > 0);
    assert!(bench::says(
        &plan,
        Weight::Loss,
        "everything that lives in it goes too"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_brings_the_old_image_back_and_is_refused_while_sync_is_automatic() {
    let mut bench = Bench::open().await;
    bench
        .until("media-stack", |app| app.auto_sync.is_some())
        .await;
    let refused = bench.plan(Verb::Rollback(6), "media-stack").unwrap_err();
    assert!(matches!(refused, Refusal::Automated(_)), "{refused:?}");
    assert!(refused.to_string().contains("switch it off first"));
    let unknown = bench.plan(Verb::Rollback(99), "nautobot").unwrap_err();
    assert!(matches!(unknown, Refusal::Wrong(..)), "{unknown:?}");

    let plan = bench.plan(Verb::Rollback(6), "nautobot").unwrap();
    assert_eq!(plan.commands, ["argocd app rollback nautobot 6"]);
    assert_eq!(plan.tier, Tier::Destroy);
    assert!(bench::says(
        &plan,
        Weight::Loss,
        "deployed since, and undone: 3f2c1abd"
    ));
    assert!(bench::says(
        &plan,
        Weight::Caution,
        "out of sync with Git afterwards"
    ));
    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(said, DryRun::Passed);
    let (outcome, _) = bench.carry_out(plan, said).await;
    assert!(done(&outcome).contains("is OutOfSync"), "{outcome:?}");
    let live = bench.deployment("nautobot").await.unwrap();
    let image = &live["spec"]["template"]["spec"]["containers"][0]["image"];
    assert!(image.as_str().unwrap().ends_with(":previous"), "{image}");
    let app = bench.until("nautobot", |app| app.history.len() == 3).await;
    assert!(app.history[2].revision.starts_with("81d0c9e2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_followed_and_can_be_terminated() {
    let mut bench = Bench::open().await;
    bench.control("POST", "argocd/hook/nautobot").await;
    let plan = bench.plan(SYNC, "nautobot").unwrap();
    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(said, DryRun::Passed);
    let under_way = bench.begin(plan, said).await;
    let busy = bench
        .until("nautobot", |app| {
            app.operation
                .as_ref()
                .is_some_and(|one| one.message.contains("hook"))
        })
        .await;
    assert!(busy.operation_filed);
    let refused = bench.plan(SYNC, "nautobot").unwrap_err();
    assert!(matches!(refused, Refusal::Busy(_)), "{refused:?}");

    let plan = bench.plan(Verb::Terminate, "nautobot").unwrap();
    assert_eq!(plan.commands, ["argocd app terminate-op nautobot"]);
    assert!(bench::says(
        &plan,
        Weight::Plain,
        "waiting for completion of hook"
    ));
    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(said, DryRun::None);
    let (outcome, _) = bench.carry_out(plan.clone(), said).await;
    assert!(
        done(&outcome).contains("Operation terminated"),
        "{outcome:?}"
    );
    let (ended, told) = under_way.await.unwrap();
    assert!(
        matches!(&ended, Outcome::Failed(why) if why.contains("Operation terminated")),
        "{ended:?}"
    );
    assert!(
        told.iter()
            .any(|word| word.contains("hook batch/Job/long-migrate")),
        "{told:?}"
    );
    // what was shown is over
    let (again, _) = bench.carry_out(plan, DryRun::None).await;
    assert!(
        matches!(&again, Outcome::Failed(why) if why.contains("has ended")),
        "{again:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn automatic_sync_is_switched_off_and_on_and_keeps_what_it_does() {
    let mut bench = Bench::healing().await;
    bench.until("keycloak", |app| app.auto_sync.is_some()).await;
    let plan = bench.plan(Verb::AutoSync(false), "keycloak").unwrap();
    assert_eq!(
        plan.commands,
        [
            r#"argocd app patch keycloak --type merge --patch '{"spec":{"syncPolicy":{"automated":{"enabled":false}}}}'"#
        ]
    );
    assert!(bench::says(
        &plan,
        Weight::Caution,
        "prune and self-heal stay set"
    ));
    let (outcome, _) = bench.carry_out(plan, DryRun::None).await;
    done(&outcome);
    let app = bench.until("keycloak", |app| app.auto_sync.is_none()).await;
    assert!(
        app.resting_sync
            .is_some_and(|auto| auto.prune && auto.self_heal)
    );
    // nobody heals it now
    bench
        .patch_deployment("keycloak", "keycloak", json!({"spec": {"replicas": 4}}))
        .await;
    bench
        .until("keycloak", |app| app.sync == SyncStatus::OutOfSync)
        .await;
    let plan = bench.plan(Verb::AutoSync(true), "keycloak").unwrap();
    assert!(bench::says(
        &plan,
        Weight::Caution,
        "1 applied at once, for they differ: Deployment keycloak"
    ));
    assert!(bench::says(&plan, Weight::Plain, "self-heal is set"));
    let (outcome, _) = bench.carry_out(plan, DryRun::None).await;
    done(&outcome);
    let healed = bench
        .until("keycloak", |app| {
            app.sync == SyncStatus::Synced
                && app.operation.as_ref().is_some_and(|one| one.self_heals > 0)
        })
        .await;
    assert!(
        healed
            .auto_sync
            .is_some_and(|auto| auto.prune && auto.self_heal)
    );
    let live = bench.at("keycloak", "keycloak").await.unwrap();
    assert_eq!(live["spec"]["replicas"], 1);
    assert_eq!(healed.history.len(), 2, "self-heal makes no history");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_is_a_nudge_that_needs_no_glass_and_changes_nothing() {
    let bench = Bench::open().await;
    for verb in [Verb::Refresh, Verb::HardRefresh] {
        let plan = bench.plan(verb, "nautobot").unwrap();
        assert_eq!(plan.tier, Tier::Nudge);
        let (plan, said) = bench.writer.preflight(plan).await;
        assert_eq!(said, DryRun::None);
        let (outcome, _) = bench.carry_out(plan, said).await;
        assert!(done(&outcome).contains("is Synced"), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_patched_needs_force() {
    let mut bench = Bench::open().await;
    let before = bench.deployment(WORKER).await.unwrap();
    bench
        .patch_deployment(
            "nautobot",
            WORKER,
            json!({"spec": {"selector": {"matchLabels": {"app": "other"}}}}),
        )
        .await;
    bench
        .until("nautobot", |app| app.sync == SyncStatus::OutOfSync)
        .await;
    let plan = bench.plan(SYNC, "nautobot").unwrap();
    let (plan, said) = bench.writer.preflight(plan).await;
    assert_eq!(
        said,
        DryRun::Passed,
        "its dry run does not ask the API server"
    );
    let (outcome, _) = bench.carry_out(plan, said).await;
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains("field is immutable")),
        "{outcome:?}"
    );
    bench
        .until("nautobot", |app| {
            app.operation
                .as_ref()
                .is_some_and(|one| one.phase == Phase::Failed)
        })
        .await;
    let force = Verb::Sync(SyncOptions {
        force: true,
        ..SyncOptions::default()
    });
    let plan = bench.plan(force, "nautobot").unwrap();
    assert_eq!(plan.tier, Tier::Destroy);
    assert!(bench::says(&plan, Weight::Loss, "deleted and made anew"));
    let (plan, said) = bench.writer.preflight(plan).await;
    let (outcome, _) = bench.carry_out(plan, said).await;
    done(&outcome);
    let after = bench.deployment(WORKER).await.unwrap();
    assert_ne!(before["metadata"]["uid"], after["metadata"]["uid"]);
}
