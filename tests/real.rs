//! The program against a real kube-apiserver. Needs a folder with `etcd` and `kube-apiserver`, named
//! by `KUBEBUILDER_ASSETS`; without it the tests say that they were skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/act.rs"]
mod act;

#[path = "real/cluster.rs"]
mod cluster;
#[path = "common/lines.rs"]
mod lines;
#[path = "real/panes.rs"]
mod panes;

use std::process::Output;

use act::{plan, target};
use cluster::{Cluster, assets};
use jiff::{Span, Timestamp};
use redbutton::redbutton::{DryRun, KubeWriter, Outcome, Plan, Verb};
use serde_json::{Value, json};

async fn redbutton(cluster: &Cluster, user: &str, arguments: &[&str]) -> Output {
    let folder = cluster.folder.path();
    tokio::process::Command::new(env!("CARGO_BIN_EXE_redbutton"))
        .args(["--context", user])
        .args(arguments)
        .env("KUBECONFIG", folder.join("kubeconfig"))
        .env("XDG_STATE_HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .env("HOME", folder)
        .output()
        .await
        .unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {}", text(output)))
}

fn container() -> Value {
    json!({"name": "app", "image": "registry.example/app:1"})
}

async fn pod(cluster: &Cluster, namespace: &str, name: &str) -> Value {
    cluster
        .create(
            &format!("/api/v1/namespaces/{namespace}/pods"),
            json!({"metadata": {"name": name, "labels": {"app": name}}, "spec": {"containers": [container()]}}),
        )
        .await
}

/// Two namespaces with a pod each, a node, a claim of a class that is not there, rights for the users.
async fn furnish(cluster: &Cluster) {
    for namespace in ["media", "other"] {
        cluster
            .create(
                "/api/v1/namespaces",
                json!({"metadata": {"name": namespace}}),
            )
            .await;
        pod(cluster, namespace, &format!("{namespace}-app")).await;
    }
    cluster
        .create("/api/v1/nodes", json!({"metadata": {"name": "blade-1"}}))
        .await;
    cluster
        .create(
            "/api/v1/namespaces/media/persistentvolumeclaims",
            json!({"metadata": {"name": "library"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "nfs-fast", "resources": {"requests": {"storage": "1Gi"}}}}),
        )
        .await;
    let read = json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]);
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    cluster
        .create(
            &format!("{rbac}/clusterroles"),
            json!({"metadata": {"name": "reads"}, "rules": read}),
        )
        .await;
    let role =
        json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reads"});
    cluster
        .create(
            &format!("{rbac}/clusterrolebindings"),
            json!({"metadata": {"name": "reader"}, "roleRef": role, "subjects": [{"kind": "User", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}]}),
        )
        .await;
    cluster
        .create(
            &format!("{rbac}/namespaces/media/rolebindings"),
            json!({"metadata": {"name": "nsuser"}, "roleRef": role, "subjects": [{"kind": "User", "name": "nsuser", "apiGroup": "rbac.authorization.k8s.io"}]}),
        )
        .await;
    cluster.may_list("reader", "").await;
    cluster.may_list("nsuser", "media").await;
}

/// Small definitions of kinds that OpenShift's operators would bring, and an application.
async fn install_operators(cluster: &Cluster) {
    for (group, version, kind) in [
        ("argoproj.io", "v1alpha1", "Application"),
        ("kubevirt.io", "v1", "VirtualMachine"),
        ("velero.io", "v1", "Backup"),
    ] {
        cluster.define(group, version, kind).await;
    }
    cluster
        .create(
            "/apis/argoproj.io/v1alpha1/namespaces/media/applications",
            json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "library"}, "spec": {"project": "default", "source": {"repoURL": "https://git.example/lab.git", "path": "apps/library"}, "destination": {"namespace": "media"}}, "status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}}),
        )
        .await;
}

async fn each_user_is_told_the_truth(cluster: &Cluster) {
    // a claim that was made just now may still be on its way
    let later = Timestamp::now() + Span::new().minutes(10);
    for user in ["admin", "reader"] {
        let seen = redbutton(cluster, user, &["--now", &later.to_string(), "report"]).await;
        let said = text(&seen);
        assert_eq!(seen.status.code(), Some(2), "{user}: {said}");
        assert!(
            said.contains("library") && said.contains("blade-1"),
            "{user}: {said}"
        );
    }
    let diagnosed = redbutton(
        cluster,
        "reader",
        &["diagnose", "pvc/media/library", "-o", "json"],
    )
    .await;
    let first = &report(&diagnosed)["causes"][0];
    assert_eq!(first["id"], "storageclass-missing", "{}", text(&diagnosed));
    let part = redbutton(cluster, "nsuser", &["doctor"]).await;
    let said = text(&part);
    assert!(said.contains("read in media only"), "{said}");
    assert!(said.contains("no right to"), "{said}");
    let none = redbutton(cluster, "nobody", &["report"]).await;
    assert_eq!(none.status.code(), Some(3), "{}", text(&none));
    let bad = redbutton(cluster, "bad", &["report"]).await;
    assert_eq!(bad.status.code(), Some(3), "{}", text(&bad));
    assert!(text(&bad).contains("Unauthorized"), "{}", text(&bad));
}

async fn carry_out(cluster: &Cluster, writer: &KubeWriter, plan: Plan) -> Outcome {
    act::carry_out(cluster.folder.path(), writer, plan).await
}

async fn what_is_written_holds(cluster: &Cluster) {
    let writer = KubeWriter::connect(&cluster.settings("admin"))
        .await
        .unwrap();
    let path = "/api/v1/namespaces/media/pods/precious";
    let held = pod(cluster, "media", "precious").await;
    let get = async || {
        cluster
            .ask("GET", path, "application/json", &Value::Null)
            .await
    };

    let delete = plan(Verb::DeletePod, target(&held, "Pod"));
    assert_eq!(writer.dry_run(&delete).await, DryRun::Passed);
    assert_eq!(
        get().await.unwrap()["metadata"],
        held["metadata"],
        "a dry run changes nothing"
    );

    let mut stale = target(&held, "Pod");
    stale.uid = "00000000-0000-4000-8000-000000000000".into();
    let outcome = carry_out(cluster, &writer, plan(Verb::DeletePod, stale)).await;
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains("409") && why.contains("UID")),
        "{outcome:?}"
    );
    assert!(get().await.is_ok());

    cluster
        .create(
            "/apis/policy/v1/namespaces/media/poddisruptionbudgets",
            json!({"metadata": {"name": "keep"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "precious"}}}}),
        )
        .await;
    // a budget counts for running pods only, and nobody runs pods here
    cluster
        .ask(
            "PATCH",
            &format!("{path}/status"),
            "application/merge-patch+json",
            &json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}),
        )
        .await
        .unwrap();
    let running = get().await.unwrap();
    let outcome = carry_out(cluster, &writer, plan(Verb::Evict, target(&running, "Pod"))).await;
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains("disruption budget")),
        "{outcome:?}"
    );
    assert!(get().await.is_ok(), "the budget keeps the pod");

    let outcome = carry_out(
        cluster,
        &writer,
        plan(Verb::DeletePod, target(&running, "Pod")),
    )
    .await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_shows_the_same_picture_and_holds_what_is_written() {
    let Some(assets) = assets() else {
        eprintln!("SKIPPED: KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver");
        return;
    };
    let cluster = Cluster::start(&assets).await;
    furnish(&cluster).await;
    each_user_is_told_the_truth(&cluster).await;
    panes::each_user_sees_the_truth(&cluster, false).await;
    install_operators(&cluster).await;
    each_user_is_told_the_truth(&cluster).await;
    panes::each_user_sees_the_truth(&cluster, true).await;
    let found = report(&redbutton(&cluster, "reader", &["report", "-o", "json"]).await);
    assert_eq!(found["counts"]["apps"], json!([1, 1]), "{found}");
    what_is_written_holds(&cluster).await;
}
