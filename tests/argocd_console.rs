//! The console on the lab's Argo CD: the ways to log in, applications in every state that a real server
//! had, and everything that can be wrong with the server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{io::Write, os::unix::fs::OpenOptionsExt, time::Duration};

use redbutton::{
    domain::{App, AppVia, Health, Key, Phase},
    inventory::{Inventory, SourceId, SourceState, SourceStatus, Update},
    lab::{ArgoAccount, ArgoWear, Options, Running, start},
    sources::argocd::{self, ArgoSettings, Credentials},
};
use serde_json::Value;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(60);

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

fn settings(lab: &Running) -> ArgoSettings {
    let (url, fingerprint, token) = lab.argocd(false);
    ArgoSettings {
        name: "gitops".into(),
        url,
        credentials: Credentials::Token(token.into()),
        ca_file: None,
        fingerprint: Some(fingerprint.into()),
    }
}

struct Console {
    inventory: Inventory,
    rx: mpsc::Receiver<Update>,
}

impl Console {
    fn on(settings: ArgoSettings) -> Self {
        let (tx, rx) = mpsc::channel(64);
        tokio::spawn(argocd::follow(settings, tx));
        Self {
            inventory: Inventory::new(),
            rx,
        }
    }

    async fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is(self) {
            match tokio::time::timeout_at(deadline, self.rx.recv()).await {
                Ok(Some(update)) => self.inventory.apply(update),
                other => panic!("{what}: {other:?}; {:?}", self.inventory.sources),
            }
        }
    }

    /// One that has read all 36 applications.
    async fn whole(settings: ArgoSettings) -> Self {
        let mut console = Self::on(settings);
        console
            .until("applications", |console| console.inventory.apps.len() == 36)
            .await;
        console
    }

    fn status(&self) -> Option<&SourceStatus> {
        let id = SourceId::Argo("gitops".into());
        self.inventory.sources.get(&id)
    }

    fn said(&self) -> String {
        match self.status().map(|status| &status.state) {
            Some(SourceState::Live(_)) => "live".into(),
            Some(SourceState::Stale { why, .. }) => format!("stale: {why}"),
            Some(SourceState::Unreachable { why, .. }) => format!("unreachable: {why}"),
            Some(SourceState::Refused { why, advice }) => format!("refused: {why}: {advice}"),
            other => format!("{other:?}"),
        }
    }

    fn app(&self, namespace: &str, name: &str) -> &App {
        let key = Key::new(namespace, name);
        self.inventory.apps.get(&key).unwrap()
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_never_healthy_and_a_retry_is_a_failure() {
    let lab = lab().await;
    let console = Console::whole(settings(&lab)).await;
    for name in [
        "bad-chart",
        "bad-path",
        "bad-revision",
        "bad-yaml",
        "missing-repo",
    ] {
        let app = console.app("openshift-gitops", name);
        assert_eq!(app.health, Health::Healthy, "{name}: the server says so");
        assert_eq!(app.true_health(), Health::Unknown, "{name}");
        assert_eq!(&*app.error().unwrap().kind, "ComparisonError", "{name}");
    }
    let retrying = console.app("openshift-gitops", "invalid");
    assert_eq!(retrying.operation.as_ref().unwrap().phase, Phase::Running);
    assert!(retrying.is_retrying());
    assert!(!console.app("openshift-gitops", "hook-slow").is_retrying());
    // two of the same name, in two namespaces
    assert_eq!(
        &*console.app("openshift-gitops", "frozen").project,
        "frozen"
    );
    assert_eq!(&*console.app("team-apps", "frozen").project, "team");
}

#[tokio::test]
async fn objects_and_api_tell_the_same_of_an_application() {
    let lab = lab().await;
    let console = Console::whole(settings(&lab)).await;
    for object in recorded().iter().filter(|one| one["kind"] == "Application") {
        let mut by_object = argocd::application(object, AppVia::Kubernetes);
        let by_api = console.app(&by_object.meta.key.namespace, &by_object.meta.key.name);
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
    assert_eq!(told.gaps.len(), 3, "{:?}", told.gaps);
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
    let console = Console::whole(with(password)).await;
    assert_eq!(console.said(), "live");
    let mut refused = Console::on(with("wrong"));
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
    let console = Console::whole(ArgoSettings {
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
        let mut console = Console::on(ArgoSettings {
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
        let console = Console::whole(ArgoSettings {
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
    let mut console = Console::on(ArgoSettings {
        credentials: Credentials::Token(token.into()),
        ..settings(&lab)
    });
    console
        .until("applications", |console| console.inventory.apps.len() == 30)
        .await;
    let projects = console.inventory.apps.iter().map(|app| &*app.project);
    assert!(projects.into_iter().all(|project| project == "lab"));
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
    let mut console = Console::whole(settings(&lab)).await;
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
