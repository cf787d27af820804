//! The same actions through the Kubernetes objects, where no API of Argo CD is configured.

use futures::StreamExt;
use kube::core::WatchEvent;
use redbutton::{
    domain::{AppVia, Object, ObjectRef, Profile, Time},
    inventory::{Change, Inventory, Update},
    journal::Journal,
    redbutton::{DryRun, KubeWriter, Outcome, Plan, SyncOptions, Verb, Weight, plan},
    sources::{argocd, kube::KubeSettings},
};
use serde_json::{Value, json};

use super::{
    SYNC,
    bench::{Bench, PATIENCE, application, says},
};

/// An inventory that knows the application by its object alone.
async fn planned(bench: &Bench, verb: Verb) -> Plan {
    let object = bench.object("nautobot").await.unwrap();
    let app = argocd::application(&object, AppVia::Kubernetes);
    let mut inventory = Inventory::new();
    inventory.apply(Update::Changes(vec![Change::Put(Object::App(app.into()))]));
    let objects: [ObjectRef; 1] = [application("nautobot")];
    plan(&inventory, &Profile::default(), verb, &objects, Time::now()).unwrap()
}

async fn writer(bench: &Bench, context: &str) -> KubeWriter {
    let settings = KubeSettings {
        kubeconfig: Some(bench.folder.path().join("kubeconfig")),
        context: Some(context.into()),
        ..KubeSettings::default()
    };
    KubeWriter::connect(&settings).await.unwrap()
}

async fn carry_out(bench: &Bench, writer: &KubeWriter, plan: Plan) -> Outcome {
    let journal = Journal::in_folder(bench.folder.path());
    let confirmed = Bench::confirmed(plan, DryRun::None);
    writer.execute(confirmed, &journal, "tester").await.unwrap()
}

/// The object as soon as it is as it is wanted: it is watched.
async fn until(bench: &Bench, wanted: impl Fn(&Value) -> bool) -> Value {
    let path = "/apis/argoproj.io/v1alpha1/namespaces/openshift-gitops/applications?watch=true&fieldSelector=metadata.name%3Dnautobot";
    let request = http::Request::get(path).body(Vec::new()).unwrap();
    let events = bench.client.request_events::<Value>(request).await.unwrap();
    let mut objects = std::pin::pin!(events.filter_map(async |event| match event.unwrap() {
        WatchEvent::Added(object) | WatchEvent::Modified(object) => Some(object),
        _ => None,
    }));
    let found = async {
        loop {
            let now = objects.next().await.unwrap();
            if wanted(&now) {
                return now;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.unwrap()
}

fn differs(app: &Value) -> bool {
    app["status"]["sync"]["status"] == "OutOfSync"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_is_filed_with_preconditions_and_followed() {
    let bench = Bench::open().await;
    let admin = writer(&bench, "admin").await;
    bench.scale("nautobot", 3).await;
    until(&bench, differs).await;
    let plan = planned(&bench, SYNC).await;
    says(&plan, Weight::Unknown, "sync windows are not asked");
    assert_eq!(admin.dry_run(&plan).await, DryRun::Passed);
    assert!(bench.object("nautobot").await.unwrap()["operation"].is_null());
    let outcome = carry_out(&bench, &admin, plan).await;
    assert!(
        matches!(&outcome, Outcome::Done(words) if words.contains("all tasks run") && words.contains("is Synced")),
        "{outcome:?}"
    );
    assert_eq!(bench.replicas("nautobot").await, 2);
    let after = bench.object("nautobot").await.unwrap();
    let by = &after["status"]["operationState"]["operation"]["initiatedBy"];
    assert_eq!(by["username"], "redbutton");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_a_switch_and_a_refresh_are_done_to_the_object() {
    let bench = Bench::open().await;
    let admin = writer(&bench, "admin").await;
    let plan = planned(&bench, Verb::Rollback(6)).await;
    let outcome = carry_out(&bench, &admin, plan).await;
    assert!(
        matches!(&outcome, Outcome::Done(words) if words.contains("is OutOfSync")),
        "{outcome:?}"
    );
    let live = bench.deployment("nautobot").await.unwrap();
    let image = &live["spec"]["template"]["spec"]["containers"][0]["image"];
    assert!(image.as_str().unwrap().ends_with(":previous"), "{image}");

    let plan = planned(&bench, Verb::AutoSync(true)).await;
    let outcome = carry_out(&bench, &admin, plan).await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    // what is automatic brings the branch back at once
    until(&bench, |app| app["status"]["sync"]["status"] == "Synced").await;
    let held = bench.object("nautobot").await.unwrap();
    assert_eq!(held["spec"]["syncPolicy"]["automated"]["enabled"], true);

    let plan = planned(&bench, Verb::Refresh).await;
    let outcome = carry_out(&bench, &admin, plan).await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn terminating_needs_the_operation_that_was_shown() {
    let bench = Bench::open().await;
    let admin = writer(&bench, "admin").await;
    bench.control("POST", "argocd/hook/nautobot").await;
    let filed = json!({"operation": {"initiatedBy": {"username": "somebody"}, "sync": {}}});
    bench.patch_app("nautobot", filed).await;
    until(&bench, |app| {
        app["status"]["operationState"]["phase"] == "Running"
    })
    .await;
    let plan = planned(&bench, Verb::Terminate).await;
    let outcome = carry_out(&bench, &admin, plan.clone()).await;
    assert!(
        matches!(&outcome, Outcome::Done(words) if words.contains("Operation terminated")),
        "{outcome:?}"
    );
    // an idle application would stay Terminating for ever
    let again = carry_out(&bench, &admin, plan).await;
    assert!(
        matches!(&again, Outcome::Failed(why) if why.contains("has ended")),
        "{again:?}"
    );
    let after = bench.object("nautobot").await.unwrap();
    assert_eq!(after["status"]["operationState"]["phase"], "Failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_busy_gone_and_without_rights_nothing_is_done() {
    let bench = Bench::open().await;
    let (admin, viewer) = (
        writer(&bench, "admin").await,
        writer(&bench, "viewer").await,
    );
    let all = [SYNC, Verb::Rollback(6), Verb::AutoSync(true)];
    for verb in all {
        let plan = planned(&bench, verb).await;
        let outcome = carry_out(&bench, &viewer, plan).await;
        assert!(
            matches!(&outcome, Outcome::Failed(why) if why.contains("forbidden")),
            "{verb:?}: {outcome:?}"
        );
    }
    let mut plans = Vec::new();
    for verb in all {
        plans.push(planned(&bench, verb).await);
    }
    let other = json!({"spec": {"source": {"path": "apps/other"}}});
    bench.patch_app("nautobot", other).await;
    for plan in &plans {
        let said = admin.dry_run(plan).await;
        assert!(
            matches!(&said, DryRun::Refused(why) if why.contains("its settings")),
            "{said:?}"
        );
        let outcome = carry_out(&bench, &admin, plan.clone()).await;
        assert!(matches!(&outcome, Outcome::Failed(_)), "{outcome:?}");
    }
    let mut fresh = Vec::new();
    for verb in [SYNC, Verb::Rollback(6)] {
        fresh.push(planned(&bench, verb).await);
    }
    bench.control("POST", "argocd/hook/nautobot").await;
    let filed = json!({"operation": {"initiatedBy": {"username": "somebody"}, "sync": {}}});
    bench.patch_app("nautobot", filed).await;
    for plan in &fresh {
        let outcome = carry_out(&bench, &admin, plan.clone()).await;
        assert!(
            matches!(&outcome, Outcome::Failed(why) if why.contains("another operation")),
            "{outcome:?}"
        );
    }
    let held = bench.object("nautobot").await.unwrap();
    assert_eq!(held["operation"]["initiatedBy"]["username"], "somebody");
    bench.delete_app("nautobot").await;
    let outcome = carry_out(&bench, &admin, fresh.remove(0)).await;
    assert!(matches!(&outcome, Outcome::Failed(_)), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unguarded_start_is_refused_by_the_server_itself() {
    let bench = Bench::open().await;
    bench.control("POST", "argocd/hook/nautobot").await;
    let start = json!([{"op": "test", "path": "/operation", "value": null}, {"op": "add", "path": "/operation", "value": {"sync": {}}}]);
    let path = "/apis/argoproj.io/v1alpha1/namespaces/openshift-gitops/applications/nautobot";
    let request = || {
        http::Request::patch(path)
            .header("content-type", "application/json-patch+json")
            .body(start.to_string().into_bytes())
            .unwrap()
    };
    let first: Value = bench.client.request(request()).await.unwrap();
    assert!(first["operation"].is_object());
    let second = bench.client.request::<Value>(request()).await.unwrap_err();
    assert!(
        matches!(&second, kube::Error::Api(status) if status.code == 422 && status.message.contains("rejected our request")),
        "{second:?}"
    );
    assert_eq!(SyncOptions::default().tier(), SYNC.tier());
}
