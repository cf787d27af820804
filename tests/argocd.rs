//! The source of Argo CD's own API against a server that answers with recorded applications, late
//! headers, the exact bytes of its streams, and what goes wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use redbutton::{
    domain::{AppVia, Health, Key},
    inventory::{Inventory, SourceId, SourceState, Update},
    sources::argocd::{self, ArgoSettings, Credentials},
};
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc, watch};

const PATIENCE: Duration = Duration::from_secs(20);

/// What the server does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Well,
    /// Answers 401 to everything.
    Refusing,
    /// Answers 500 to everything.
    Broken,
    /// Sends half a document.
    Half,
}

struct Server {
    url: String,
    mood: watch::Sender<Mood>,
    /// The headers of a stream come only once this is true.
    spoken: watch::Sender<bool>,
    events: broadcast::Sender<Bytes>,
    /// The `Authorization` of each request.
    bearers: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone)]
struct Shared {
    mood: watch::Receiver<Mood>,
    spoken: watch::Receiver<bool>,
    events: broadcast::Sender<Bytes>,
    bearers: Arc<Mutex<Vec<String>>>,
}

fn recorded(name: &str) -> Value {
    let path = format!("tests/recordings/argocd/{name}.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn message(kind: &str, application: &Value) -> Bytes {
    // the bytes of a real server: a blank before the end of the line, and two empty lines
    let text = json!({"result": {"type": kind, "application": application}});
    format!("data: {text} \n\n\n").into()
}

async fn serve() -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mood = watch::Sender::new(Mood::Well);
    let spoken = watch::Sender::new(true);
    let events = broadcast::Sender::new(64);
    let bearers = Arc::default();
    let shared = Shared {
        mood: mood.subscribe(),
        spoken: spoken.subscribe(),
        events: events.clone(),
        bearers: Arc::clone(&bearers),
    };
    let router = Router::new().fallback(answer).with_state(shared);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Server {
        url,
        mood,
        spoken,
        events,
        bearers,
    }
}

async fn answer(State(mut shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let bearer = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default();
    shared.bearers.lock().unwrap().push(bearer);
    let mood = *shared.mood.borrow();
    match mood {
        Mood::Refusing => {
            let body = r#"{"error":"invalid session: token has invalid claims: token is expired","code":16,"message":"invalid session: token has invalid claims: token is expired"}"#;
            return (StatusCode::UNAUTHORIZED, body).into_response();
        }
        Mood::Broken => {
            return (
                StatusCode::INTERNAL_SERVER_ERROR,
                r#"{"error":"boom","code":2,"message":"boom"}"#,
            )
                .into_response();
        }
        Mood::Half => return r#"{"Version":"v3."#.into_response(),
        Mood::Well => {}
    }
    match uri.path() {
        "/api/version" => r#"{"Version":"v3.6.0+37ee009"}"#.into_response(),
        "/api/v1/session/userinfo" => r#"{"loggedIn":true,"username":"console"}"#.into_response(),
        "/api/v1/session" => r#"{"token":"fresh"}"#.into_response(),
        "/api/v1/applications" => {
            let items = ["bad-path", "degraded"].map(recorded);
            let body = json!({"metadata": {"resourceVersion": "1"}, "items": items}).to_string();
            ([("grpc-metadata-renew-token", "renewed")], body).into_response()
        }
        "/api/v1/stream/applications" => {
            assert_eq!(headers["accept"], "text/event-stream");
            let feed = shared.events.subscribe();
            shared.spoken.wait_for(|spoken| *spoken).await.unwrap();
            let replay = ["bad-path", "degraded"].map(|name| message("ADDED", &recorded(name)));
            let news = futures::stream::unfold(feed, |mut feed| async move {
                feed.recv().await.ok().map(|part| (part, feed))
            });
            let body = futures::stream::iter(replay)
                .chain(news)
                .map(Ok::<_, std::convert::Infallible>);
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(Body::from_stream(body))
                .unwrap()
        }
        _ => (StatusCode::NOT_FOUND, "Not Found").into_response(),
    }
}

/// A follower with what it told so far.
struct Listener {
    inventory: Inventory,
    rx: mpsc::Receiver<Update>,
}

impl Listener {
    fn follow(server: &Server, credentials: Credentials) -> Self {
        let (tx, rx) = mpsc::channel(64);
        let settings = ArgoSettings {
            name: "gitops".into(),
            url: server.url.clone(),
            credentials,
            ca_file: None,
            fingerprint: Some("A1".repeat(32)),
            relist: ArgoSettings::RELIST,
        };
        tokio::spawn(argocd::follow(settings, tx));
        Self {
            inventory: Inventory::new(),
            rx,
        }
    }

    /// Listens until something is true.
    async fn until(&mut self, what: &str, is: impl Fn(&Inventory) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is(&self.inventory) {
            let update = tokio::time::timeout_at(deadline, self.rx.recv()).await;
            match update {
                Ok(Some(update)) => self.inventory.apply(update),
                other => panic!("{what}: {other:?}; {:?}", self.inventory.sources),
            }
        }
    }
}

fn state(inventory: &Inventory) -> Option<&SourceState> {
    let id = SourceId::Argo("gitops".into());
    inventory.sources.get(&id).map(|status| &status.state)
}

fn is_live(inventory: &Inventory) -> bool {
    matches!(state(inventory), Some(SourceState::Live(_)))
}

fn token() -> Credentials {
    Credentials::Token("first".to_owned().into())
}

fn key(name: &str) -> Key {
    Key::new("openshift-gitops", name)
}

#[tokio::test]
async fn applications_come_with_the_stream_and_late_headers_are_no_error() {
    let server = serve().await;
    server.spoken.send_replace(false);
    let mut listener = Listener::follow(&server, token());
    listener.until("live by the list alone", is_live).await;
    assert!(listener.inventory.apps.is_empty());
    server.spoken.send_replace(true);
    listener
        .until("both applications", |inventory| inventory.apps.len() == 2)
        .await;
    let broken = listener.inventory.apps.get(&key("bad-path")).unwrap();
    // the server calls it healthy: nothing that could not be compared is
    assert_eq!(broken.health, Health::Healthy);
    assert_eq!(broken.true_health(), Health::Unknown);
    assert_eq!(broken.via, AppVia::Api);
    assert!(
        broken
            .error()
            .unwrap()
            .message
            .contains("app path does not exist")
    );
    let degraded = listener.inventory.apps.get(&key("degraded")).unwrap();
    assert!(
        degraded
            .resources
            .iter()
            .any(|one| one.health == Some(Health::Degraded)),
        "the health of single resources is told: {:?}",
        degraded.resources
    );
    server
        .events
        .send(message("DELETED", &recorded("degraded")))
        .unwrap();
    listener
        .until("one is gone", |inventory| inventory.apps.len() == 1)
        .await;
}

#[tokio::test]
async fn a_renewed_token_is_taken_over_and_a_password_logs_in() {
    let server = serve().await;
    let password = Credentials::Password {
        username: "admin".into(),
        password: "not shown".to_owned().into(),
    };
    let mut listener = Listener::follow(&server, password);
    listener
        .until("both applications", |inventory| inventory.apps.len() == 2)
        .await;
    let bearers = server.bearers.lock().unwrap().clone();
    assert_eq!(bearers[0], "", "the login has no token yet");
    assert_eq!(bearers[1], "Bearer fresh");
    assert_eq!(bearers.last().unwrap(), "Bearer renewed");
}

#[tokio::test]
async fn refused_credentials_are_said_with_what_to_do_and_without_the_token() {
    let server = serve().await;
    server.mood.send_replace(Mood::Refusing);
    let mut listener = Listener::follow(&server, token());
    listener
        .until("refused", |inventory| {
            matches!(state(inventory), Some(SourceState::Refused { .. }))
        })
        .await;
    let said = format!("{:?}", listener.inventory.sources);
    assert!(
        said.contains("token is expired") && said.contains("check the token"),
        "{said}"
    );
    assert!(!said.contains("first"), "{said}");
}

#[tokio::test]
async fn rows_are_kept_while_the_server_is_broken_and_it_comes_back() {
    let server = serve().await;
    let mut listener = Listener::follow(&server, token());
    listener
        .until("both applications", |inventory| inventory.apps.len() == 2)
        .await;
    for mood in [Mood::Broken, Mood::Half] {
        server.mood.send_replace(mood);
        listener
            .until("stale", |inventory| {
                matches!(state(inventory), Some(SourceState::Stale { .. }))
            })
            .await;
        assert_eq!(listener.inventory.apps.len(), 2, "rows are kept");
        server.mood.send_replace(Mood::Well);
        listener.until("live again", is_live).await;
    }
}
