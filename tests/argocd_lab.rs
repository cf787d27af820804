//! The lab's Argo CD: the forms and errors of the real one, and the program on top of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/argocd.rs"]
mod reach;
#[path = "common/console.rs"]
mod tell;

use redbutton::{
    domain::{App, AppVia, Key, Object},
    inventory::{Change, SourceId, Update},
    lab::{Options, Running, start},
    sources::argocd::{self, ArgoSettings},
};
use serde_json::{Value, json};
use tell::{Console, PATIENCE};

async fn lab() -> Running {
    start(&Options::default()).await.unwrap()
}

/// A client that takes any certificate of this machine: what is tested is what is said.
fn http() -> reqwest::Client {
    let provider = rustls::crypto::ring::default_provider();
    // another test of this process may have set it already
    drop(provider.install_default());
    reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .build()
        .unwrap()
}

struct Said {
    status: u16,
    content: String,
    text: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

async fn said(request: reqwest::RequestBuilder) -> Said {
    let response = tokio::time::timeout(PATIENCE, request.send())
        .await
        .unwrap()
        .unwrap();
    Said {
        status: response.status().as_u16(),
        content: response.headers()["content-type"].to_str().unwrap().into(),
        text: response.text().await.unwrap(),
    }
}

#[tokio::test]
async fn errors_are_those_of_a_real_server() {
    let lab = lab().await;
    let (url, _, token) = lab.argocd(false);
    let (_, _, viewer) = lab.argocd(true);
    let http = http();
    let get = |path: &str, token: &str| http.get(format!("{url}{path}")).bearer_auth(token);
    let post = |path: &str, token: &str, body: Value| {
        http.post(format!("{url}{path}"))
            .bearer_auth(token)
            .json(&body)
    };
    let homer = "/api/v1/applications/homer";
    let cases = [
        (
            get("/api/v1/applications", "not-a-token"),
            401,
            "no session information",
        ),
        (
            get("/api/v1/applications", "a.b.c"),
            401,
            "invalid session: token signature is invalid: signature is invalid",
        ),
        (
            get("/api/v1/applications/none", &token),
            403,
            "permission denied",
        ),
        (
            get("/api/v1/applications/none?project=default", &token),
            404,
            "applications.argoproj.io \"none\" not found",
        ),
        (
            get(&format!("{homer}?project=other"), &token),
            404,
            "applications.argoproj.io \"homer\" not found",
        ),
        (
            post(
                "/api/v1/session",
                "",
                json!({"username": "admin", "password": "x"}),
            ),
            401,
            "Invalid username or password",
        ),
        (
            post(&format!("{homer}/rollback"), &token, json!({"id": 7})),
            400,
            "rollback cannot be initiated when auto-sync is enabled",
        ),
        (
            post(&format!("{homer}/sync"), &token, json!({"revision": "abc"})),
            400,
            "Cannot sync to abc: auto-sync currently set to main",
        ),
        (
            get("/api/v1/account/can-i/applications/frobnicate/x", &token),
            400,
            "[get create update delete sync rollback override action invoke] does not contain frobnicate",
        ),
    ];
    for (request, status, words) in cases {
        let said = said(request).await;
        assert_eq!(
            (said.status, &*said.content),
            (status, "application/json"),
            "{words}"
        );
        assert_eq!(said.json()["message"], words);
        assert_eq!(said.json()["error"], words);
    }
    let refused = said(post(&format!("{homer}/sync"), &viewer, json!({}))).await;
    let words = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(
        words
            .starts_with("permission denied: applications, sync, default/homer, sub: viewer, iat:"),
        "{words}"
    );
}

#[tokio::test]
async fn content_types_are_checked_to_the_letter_before_anything_else() {
    let lab = lab().await;
    let (url, _, _) = lab.argocd(false);
    let request = http()
        .post(format!("{url}/api/v1/session"))
        .header("content-type", "application/json; charset=utf-8")
        .body("{}");
    let said = said(request).await;
    assert_eq!((said.status, &*said.text), (415, "Invalid content type\n"));
}

#[tokio::test]
async fn lists_have_no_kind_and_know_only_some_fields() {
    let lab = lab().await;
    let (url, _, token) = lab.argocd(false);
    let get = |query: &str| {
        http()
            .get(format!("{url}/api/v1/applications?{query}"))
            .bearer_auth(&token)
    };
    let all = said(get("")).await;
    assert!(
        all.text.contains("}\n,{"),
        "each element ends with a newline"
    );
    let first = &all.json()["items"][0];
    assert!(first["kind"].is_null() && first["apiVersion"].is_null());
    assert!(first["status"]["resources"][0]["health"].is_null());
    let none = said(get("name=none")).await;
    assert!(none.json()["items"].is_null());
    let few = said(get("fields=items.metadata.name,items.metadata.uid")).await;
    let keys: Vec<String> = few.json()["items"][0]["metadata"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(keys, ["name"]);
    let one = http()
        .get(format!(
            "{url}/api/v1/applications/media-stack?project=default"
        ))
        .bearer_auth(&token);
    let one = said(one).await.json();
    assert!(one["status"]["resources"][0]["health"]["status"].is_string());
}

#[tokio::test]
async fn userinfo_never_fails() {
    let lab = lab().await;
    let (url, _, token) = lab.argocd(false);
    let path = format!("{url}/api/v1/session/userinfo");
    assert_eq!(said(http().get(&path)).await.text, "{}");
    let known = said(http().get(&path).bearer_auth(token)).await;
    assert_eq!(known.json()["loggedIn"], true);
}

fn settings(lab: &Running) -> ArgoSettings {
    reach::settings(lab, false)
}

fn follow(settings: ArgoSettings) -> Console {
    Console::on(SourceId::Argo("gitops".into()), |tx| {
        argocd::follow(settings, tx)
    })
}

#[tokio::test]
async fn the_program_follows_the_stream_and_sees_a_sync() {
    let lab = lab().await;
    let mut listener = follow(settings(&lab));
    let key = Key::new("openshift-gitops", "media-stack");
    listener
        .until("applications", |console| {
            let inventory = &console.inventory;
            inventory.apps.get(&key).is_some()
        })
        .await;
    let app = listener.inventory.apps.get(&key).unwrap();
    assert_eq!(app.via, AppVia::Api);
    let before = app.history.len();
    let (url, _, token) = lab.argocd(false);
    let request = http()
        .post(format!("{url}/api/v1/applications/media-stack/sync"))
        .bearer_auth(&token)
        .json(&json!({"prune": false}));
    let answer = said(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json()["status"]["operationState"].is_null());
    listener
        .until("the sync in the history", |console| {
            let inventory = &console.inventory;
            let app = inventory.apps.get(&key);
            app.is_some_and(|app| app.history.len() == before + 1 && !app.operation_filed)
        })
        .await;
    let app = listener.inventory.apps.get(&key).unwrap();
    assert_eq!(&*app.operation.as_ref().unwrap().by, "console");
}

#[tokio::test]
async fn details_have_a_tree_and_what_differs() {
    let lab = lab().await;
    let key = Key::new("openshift-gitops", "homer");
    let told = argocd::details(&settings(&lab), &key, "default")
        .await
        .unwrap();
    let kinds: Vec<(usize, &str)> = told
        .tree
        .iter()
        .map(|node| (node.depth, &*node.object.kind))
        .collect();
    assert!(
        kinds.contains(&(0, "Deployment")) && kinds.contains(&(1, "ReplicaSet")),
        "{kinds:?}"
    );
    assert_eq!(told.differences.len(), 1, "{:?}", told.differences);
    assert!(told.windows.unwrap().can_sync);
}

#[tokio::test]
async fn another_certificate_is_told_with_its_fingerprint() {
    let lab = lab().await;
    let mut settings = settings(&lab);
    let real = settings
        .fingerprint
        .replace("AA:".repeat(31) + "AA")
        .unwrap();
    let mut listener = follow(settings);
    listener
        .until("refused", |console| console.said().starts_with("refused: "))
        .await;
    let told = format!("{:?}", listener.inventory.sources);
    assert!(told.contains(&real), "{told}");
}

#[tokio::test]
async fn two_instances_with_applications_of_the_same_name_do_not_collide() {
    let (first, second) = (lab().await, lab().await);
    let one = settings(&first);
    let other = ArgoSettings {
        name: "second".into(),
        ..settings(&second)
    };
    let beside = other.clone();
    let mut listener = Console::on(SourceId::Argo("gitops".into()), |tx| async move {
        let second = argocd::follow_apart(beside, tx.clone());
        tokio::join!(argocd::follow(one, tx), second);
    });
    listener
        .until("both", |console| console.inventory.apps.len() == 48)
        .await;
    let plain = Key::new("openshift-gitops", "homer");
    let apart = Key::new("openshift-gitops@second", "homer");
    let of = |key: &Key| listener.inventory.apps.get(key).unwrap().clone();
    assert_eq!(&*of(&plain).instance, "gitops");
    assert_eq!(&*of(&apart).instance, "second");
    assert_eq!(of(&apart).namespace_there(), "openshift-gitops");
    // what is asked about it goes to its own server, under its own name
    let told = argocd::details(&other, &apart, "default").await.unwrap();
    assert!(told.gaps.is_empty() && !told.tree.is_empty(), "{told:?}");
    // its object, which the cluster tells of too, is no second one
    let mut copy = (*of(&apart)).clone();
    copy.meta.key = plain.clone();
    copy.via = AppVia::Kubernetes;
    let inventory = &mut listener.inventory;
    inventory.apply(Update::AppsListed {
        instance: "gitops".into(),
        keys: Vec::new(),
    });
    let put = |app: &App| Update::Changes(vec![Change::Put(Object::App(app.clone().into()))]);
    inventory.apply(put(&copy));
    assert!(inventory.apps.get(&plain).is_none());
    copy.meta.uid = "another".into();
    inventory.apply(put(&copy));
    assert!(inventory.apps.get(&plain).is_some());
}

fn recorded(name: &str) -> Value {
    let path = format!("tests/recordings/argocd/{name}.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Names of the fields of an object, without those that a server adds by itself.
fn fields(value: &Value) -> Vec<&String> {
    let mut names: Vec<&String> = value.as_object().unwrap().keys().collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_filed_has_the_form_of_a_real_servers_and_patches_fail_as_there() {
    let lab = lab().await;
    let (url, _, token) = lab.argocd(false);
    let (_, _, viewer) = lab.argocd(true);
    let app = format!("{url}/api/v1/applications/nautobot");
    let send = |method: reqwest::Method, path: &str, token: &str, body: Value| {
        let request = http().request(method, format!("{app}{path}"));
        said(request.bearer_auth(token).json(&body))
    };
    let post = reqwest::Method::POST;
    let body = json!({"revision": "main", "prune": false, "dryRun": true, "strategy": {"hook": {"force": true}}, "syncOptions": {"items": ["ServerSideApply=true", "ApplyOutOfSyncOnly=true"]}, "retryStrategy": {"limit": 2, "backoff": {"duration": "5s", "maxDuration": "3m0s", "factor": 2}}});
    let filed = send(post.clone(), "/sync", &token, body.clone())
        .await
        .json();
    let real = recorded("sync-options");
    assert_eq!(fields(&filed["operation"]), fields(&real["operation"]));
    assert_eq!(
        fields(&filed["operation"]["sync"]),
        fields(&real["operation"]["sync"])
    );
    assert_eq!(filed["operation"]["retry"], real["operation"]["retry"]);
    assert_eq!(
        filed["operation"]["sync"]["syncOptions"],
        real["operation"]["sync"]["syncOptions"]
    );
    assert!(filed["status"]["operationState"].is_null());
    let busy = send(post.clone(), "/sync", &token, body).await;
    assert_eq!((busy.status, busy.json()["code"].as_i64()), (400, Some(9)));
    assert_eq!(
        busy.json()["message"],
        "another operation is already in progress"
    );
    let lost = send(post, "/rollback", &token, json!({"id": 99})).await;
    assert_eq!((lost.status, lost.json()["code"].as_i64()), (400, Some(3)));
    let patch = reqwest::Method::PATCH;
    for (body, token, status, words) in [
        (
            json!({"patchType": "merge", "patch": "{"}),
            &token,
            500,
            "error calculating merge patch: Invalid JSON Patch",
        ),
        (
            json!({"patchType": "strategic", "patch": "{}"}),
            &token,
            400,
            "Patch type 'strategic' is not supported",
        ),
        (
            json!({"patchType": "merge", "patch": "{}"}),
            &viewer,
            403,
            "permission denied: applications, update, default/nautobot, sub: viewer",
        ),
    ] {
        let said = send(patch.clone(), "", token, body).await;
        assert_eq!(said.status, status, "{words}");
        let message = said.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(words), "{message}");
    }
    let spec =
        json!({"project": "default", "source": {"repoURL": "r", "path": "p"}, "destination": {}});
    let put = send(reqwest::Method::PUT, "/spec", &token, spec.clone()).await;
    assert_eq!(put.json(), spec, "the answer is the settings alone");
}

#[tokio::test]
async fn thousands_of_applications_are_listed_and_followed() {
    let scale = "nodes=1,pods=0,apps=300".parse().unwrap();
    let lab = start(&Options {
        scale: Some(scale),
        ..Options::default()
    })
    .await
    .unwrap();
    let mut listener = follow(settings(&lab));
    listener
        .until("all of them", |console| console.inventory.apps.len() == 300)
        .await;
    let one = listener.inventory.apps.iter().next().unwrap();
    assert_eq!((one.resources.len(), one.history.len()), (40, 10));
}
