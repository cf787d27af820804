//! The console on the lab's Argo CD: the ways to log in, applications in every state that a real server
//! had, and everything that can be wrong with the server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/argocd.rs"]
mod reach;
#[path = "common/console.rs"]
mod tell;

use std::{io::Write, os::unix::fs::OpenOptionsExt, time::Duration};

use kube::config::{KubeConfigOptions, Kubeconfig};
use redbutton::{
    domain::{App, AppVia, Health, Key, Phase},
    inventory::SourceId,
    lab::{ArgoAccount, ArgoWear, Options, Running, start},
    sources::argocd::{self, ArgoSettings, Credentials},
};
use serde_json::{Value, json};
use tell::Console;

async fn lab() -> Running {
    let lab = start(&Options {
        scale: Some("nodes=1,pods=0,apps=0".parse().unwrap()),
        ..Options::default()
    })
    .await
    .unwrap();
    lab.bring_in(&recorded());
    lab
}

/// The applications and projects of a real server, as Kubernetes gave them.
fn recorded() -> Vec<Value> {
    let text = std::fs::read_to_string("tests/recordings/argocd/objects.json").unwrap();
    serde_json::from_str(&text).unwrap()
}

/// How its Argo CD is reached, with a token that may do everything.
fn settings(lab: &Running) -> ArgoSettings {
    reach::settings(lab, false)
}

fn on(settings: ArgoSettings) -> Console {
    Console::on(SourceId::Argo("gitops".into()), |tx| {
        argocd::follow(settings, tx)
    })
}

/// One that has read all 36 applications.
async fn whole(settings: ArgoSettings) -> Console {
    let mut console = on(settings);
    console
        .until("applications", |console| {
            console.inventory.apps.len() == 36 && console.said() == "live"
        })
        .await;
    console
}

fn app<'c>(console: &'c Console, namespace: &str, name: &str) -> &'c App {
    let key = Key::new(namespace, name);
    console.inventory.apps.get(&key).unwrap()
}

#[tokio::test]
async fn what_cannot_be_compared_is_never_healthy_and_a_retry_is_a_failure() {
    let lab = lab().await;
    let console = whole(settings(&lab)).await;
    for name in [
        "bad-chart",
        "bad-path",
        "bad-revision",
        "bad-yaml",
        "missing-repo",
    ] {
        let app = app(&console, "openshift-gitops", name);
        assert_eq!(app.health, Health::Healthy, "{name}: the server says so");
        assert_eq!(app.true_health(), Health::Unknown, "{name}");
        assert_eq!(&*app.error().unwrap().kind, "ComparisonError", "{name}");
    }
    let retrying = app(&console, "openshift-gitops", "invalid");
    assert_eq!(retrying.operation.as_ref().unwrap().phase, Phase::Running);
    assert!(retrying.is_retrying());
    assert!(!app(&console, "openshift-gitops", "hook-slow").is_retrying());
    // two of the same name, in two namespaces
    assert_eq!(
        &*app(&console, "openshift-gitops", "frozen").project,
        "frozen"
    );
    assert_eq!(&*app(&console, "team-apps", "frozen").project, "team");
}

#[tokio::test]
async fn objects_and_api_tell_the_same_of_an_application() {
    let lab = lab().await;
    let console = whole(settings(&lab)).await;
    for object in recorded().iter().filter(|one| one["kind"] == "Application") {
        let mut by_object = argocd::application(object, AppVia::Kubernetes);
        let by_api = app(
            &console,
            &by_object.meta.key.namespace,
            &by_object.meta.key.name,
        );
        assert_eq!(by_api.via, AppVia::Api);
        by_object.via = AppVia::Api;
        by_object.instance = "gitops".into();
        // nobody asks the API for these
        by_object.meta.generation = by_api.meta.generation;
        by_object.meta.annotations = by_api.meta.annotations.clone();
        by_object.meta.resource_version = by_api.meta.resource_version.clone();
        assert_eq!(&by_object, by_api);
    }
}

#[tokio::test]
async fn details_are_asked_of_applications_in_any_namespace() {
    let lab = lab().await;
    lab.deny_syncs("team", false);
    let key = Key::new("team-apps", "frozen");
    let told = argocd::details(&settings(&lab), &key, "team")
        .await
        .unwrap();
    assert!(told.gaps.is_empty(), "{:?}", told.gaps);
    assert!(!told.windows.unwrap().can_sync);
    // the same name without its namespace is another one, which is not in this project
    let other = Key::new("openshift-gitops", "frozen");
    let told = argocd::details(&settings(&lab), &other, "team")
        .await
        .unwrap();
    assert_eq!(told.gaps.len(), 4, "{:?}", told.gaps);
}

#[tokio::test]
async fn a_password_logs_in_and_a_wrong_one_is_said_to_be_wrong() {
    let lab = lab().await;
    let (user, password) = lab.argocd_login();
    let with = |password: &str| ArgoSettings {
        credentials: Credentials::Password {
            username: user.into(),
            password: password.to_owned().into(),
        },
        ..settings(&lab)
    };
    let console = whole(with(password)).await;
    drop(console);
    let mut refused = on(with("wrong"));
    refused
        .until("refused", |console| console.status().is_some())
        .await;
    let said = refused.said();
    assert!(
        said.starts_with(
            "refused: 401 Invalid username or password: check the token, or user and password"
        ),
        "{said}"
    );
}

#[tokio::test]
async fn a_session_that_is_about_to_end_goes_on_with_its_successor() {
    let lab = lab().await;
    let ending = lab.argocd_token(ArgoAccount::Admin, ArgoWear::Ending);
    let console = whole(ArgoSettings {
        credentials: Credentials::Token(ending.into()),
        ..settings(&lab)
    })
    .await;
    assert_eq!(console.said(), "live");
    for (wear, words) in [
        (ArgoWear::Expired, "refused: not logged in"),
        (ArgoWear::Revoked, "refused: not logged in"),
    ] {
        let token = lab.argocd_token(ArgoAccount::Console, wear);
        let mut console = on(ArgoSettings {
            credentials: Credentials::Token(token.into()),
            ..settings(&lab)
        });
        console
            .until("refused", |console| console.status().is_some())
            .await;
        let said = console.said().replace("401 ", "");
        assert!(said.starts_with(words), "{said}");
    }
}

#[tokio::test]
async fn the_login_of_the_argocd_command_is_used_where_it_is_for_this_server() {
    let lab = lab().await;
    let (url, _, token) = lab.argocd(false);
    let address = url.trim_start_matches("https://");
    let viewer = lab.argocd_token(ArgoAccount::Viewer, ArgoWear::Good);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let text = format!(
        "contexts:\n- name: {address}\n  server: {address}\n  user: {address}\n- name: lab-viewer\n  server: {address}\n  user: lab-viewer\n- name: core\n  server: kubernetes\n  user: core\ncurrent-context: {address}\nservers:\n- grpc-web-root-path: \"\"\n  insecure: true\n  server: {address}\n- core: true\n  server: kubernetes\nusers:\n- auth-token: {token}\n  name: {address}\n- auth-token: {viewer}\n  name: lab-viewer\n- name: core\n"
    );
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
    for context in [None, Some("lab-viewer")] {
        let token = argocd::cli_token(&path, context, &url).unwrap();
        let console = whole(ArgoSettings {
            credentials: Credentials::Token(token),
            ..settings(&lab)
        })
        .await;
        assert_eq!(console.said(), "live", "{context:?}");
    }
    assert!(argocd::cli_token(&path, Some("core"), &url).is_err());
    assert!(argocd::cli_token(&path, None, "https://another.example").is_err());
}

#[tokio::test]
async fn an_account_that_may_see_one_project_sees_its_applications() {
    let lab = lab().await;
    let token = lab.argocd_token(ArgoAccount::Dev, ArgoWear::Good);
    let mut console = on(ArgoSettings {
        credentials: Credentials::Token(token.into()),
        ..settings(&lab)
    });
    console
        .until("applications", |console| console.inventory.apps.len() == 30)
        .await;
    let projects = console.inventory.apps.iter().map(|app| &*app.project);
    assert!(projects.into_iter().all(|project| project == "lab"));
}

#[tokio::test]
async fn what_the_stream_did_not_tell_is_found_by_the_next_list() {
    let lab = lab().await;
    let mut console = whole(ArgoSettings {
        relist: Duration::from_millis(200),
        ..settings(&lab)
    })
    .await;
    // the stream stays open and tells nothing any more
    lab.break_argocd("mute", Duration::from_secs(600));
    let folder = tempfile::tempdir().unwrap();
    lab.write_files(folder.path()).unwrap();
    let file = Kubeconfig::read_from(folder.path().join("kubeconfig")).unwrap();
    let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
        .await
        .unwrap();
    let client = kube::Client::try_from(config).unwrap();
    let path = "/apis/argoproj.io/v1alpha1/namespaces/openshift-gitops/applications";
    let delete = http::Request::delete(format!("{path}/kust")).body(Vec::new());
    client.request_text(delete.unwrap()).await.unwrap();
    let suspend = json!({"spec": {"project": "default"}, "status": {"sync": {"status": "OutOfSync"}, "health": {"status": "Suspended"}}});
    let change = http::Request::patch(format!("{path}/chart"))
        .header("content-type", "application/merge-patch+json")
        .body(suspend.to_string().into_bytes());
    client.request_text(change.unwrap()).await.unwrap();
    console
        .until("the deletion and the change", |console| {
            let apps = &console.inventory.apps;
            let gone = apps.get(&Key::new("openshift-gitops", "kust")).is_none();
            let changed = apps.get(&Key::new("openshift-gitops", "chart"));
            gone && changed.is_some_and(|app| app.health == Health::Suspended)
        })
        .await;
    assert_eq!(console.inventory.apps.len(), 35);
    assert_eq!(console.said(), "live");
}

/// What the console says during each outage; what to do is a part of it.
const OUTAGES: [(&str, &str, &str); 6] = [
    (
        "401",
        "refused: 401 invalid session: token has invalid claims: token is expired",
        "check the token",
    ),
    ("429", "stale: 429 too many requests", "asked less often"),
    (
        "500",
        "stale: 500 rpc error: code = Unknown desc = etcdserver: request timed out",
        "argocd-server",
    ),
    ("half", "stale: the answer is no JSON", "argocd-server"),
    ("hang", "stale: no answer in time", "argocd-server"),
    (
        "certificate",
        "refused: the certificate is not trusted; its SHA-256 fingerprint is",
        "compare the fingerprint",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_outage_is_named_with_what_to_do_and_the_rows_are_kept() {
    // all at once, each with a lab of its own: most of this is waiting
    let all = OUTAGES.map(|(kind, begins, tells)| tokio::spawn(outage(kind, begins, tells)));
    for one in all {
        one.await.unwrap();
    }
}

async fn outage(kind: &str, begins: &str, tells: &str) {
    let lab = lab().await;
    let mut console = whole(settings(&lab)).await;
    lab.break_argocd(kind, Duration::from_secs(600));
    console
        .until(kind, |console| {
            let said = console.said();
            said.starts_with(begins) && said.contains(tells)
        })
        .await;
    let status = console.status().unwrap();
    assert!(
        status.heard.is_some(),
        "{kind}: the age of the rows is known"
    );
    assert_eq!(console.inventory.apps.len(), 36, "{kind}");
    // refused credentials are not tried again for long: wrong ones lock an account out
    if kind != "401" {
        lab.break_argocd(kind, Duration::ZERO);
        console
            .until(kind, |console| console.said() == "live")
            .await;
    }
}
