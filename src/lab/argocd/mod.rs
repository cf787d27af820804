//! Argo CD's API server in the lab: the same applications that the Kubernetes API has, in the forms,
//! with the rules and the errors of the real one.

mod apply;
pub mod control;
pub mod controller;
mod form;
pub mod git;
mod stream;
mod tree;
mod write;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

use super::{Lab, kinds::served, outage};

/// Version that it says it is.
const VERSION: &str = "v3.6.0+37ee009";
/// Namespace of the instance.
pub const NAMESPACE: &str = "openshift-gitops";
/// The user that may log in with a password, which is the lab's secret.
pub const USER: &str = "admin";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// May do everything.
    Console,
    /// May read.
    Viewer,
}

impl Account {
    const fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Viewer => "viewer",
        }
    }
}

/// A token of an account: in the form of a JWT, whose last part is the lab's secret.
#[must_use]
pub fn token(secret: &str, account: Account) -> String {
    let head = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims =
        json!({"iss": "argocd", "sub": format!("{}:apiKey", account.name()), "jti": "lab"});
    format!("{head}.{}.{secret}", BASE64.encode(claims.to_string()))
}

/// One request, taken apart.
struct Asked {
    lab: Arc<Lab>,
    query: BTreeMap<String, String>,
    accept: String,
    account: Account,
}

impl Asked {
    fn param(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    fn applications(&self) -> Vec<Value> {
        self.lab.world.all("Application")
    }

    /// An application by its name, with the server's rules of what is told to whom. A request with a
    /// body says there where it lives.
    fn application_of(&self, name: &str, body: &[u8]) -> Result<Value, Refusal> {
        let sent: Value = serde_json::from_slice(body).unwrap_or_default();
        let said = |field: &str| match self.param(field) {
            "" => sent[field].as_str().unwrap_or_default().to_owned(),
            other => other.to_owned(),
        };
        let namespace = match said("appNamespace") {
            none if none.is_empty() => NAMESPACE.to_owned(),
            other => other,
        };
        let project = said("project");
        let found = self.lab.world.find("Application", &namespace, name);
        match found {
            Some(found) if project.is_empty() || found["spec"]["project"] == *project => Ok(found),
            // without a project nothing is told of what is not there
            None if project.is_empty() => Err(Refusal::new(403, 7, "permission denied")),
            _ => Err(Refusal::new(
                404,
                5,
                format!("applications.argoproj.io \"{name}\" not found"),
            )),
        }
    }

    fn may_write(&self, action: &str, app: &Value) -> Result<(), Refusal> {
        if self.account == Account::Console {
            return Ok(());
        }
        let (project, name) = (&app["spec"]["project"], &app["metadata"]["name"]);
        Err(Refusal::new(
            403,
            7,
            format!(
                "permission denied: applications, {action}, {}/{}, sub: {}, iat: 2026-01-01T00:00:00Z",
                project.as_str().unwrap_or_default(),
                name.as_str().unwrap_or_default(),
                self.account.name()
            ),
        ))
    }
}

/// Answers a request.
pub async fn handle(
    lab: Arc<Lab>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // before anything else, and for requests without a body too
    if method != Method::GET
        && headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) != Some(b"application/json")
    {
        return plain(415, "Invalid content type\n");
    }
    if let Some(failing) = outage(&lab, &uri, &headers).await {
        return failing;
    }
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let path: Vec<&str> = uri
        .path()
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    let account = account_of(&headers, &lab.secret);
    if let Some(open) = without_login(&method, &path, &lab.secret, account.ok(), &body) {
        return open;
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let account = match account {
        Ok(account) => account,
        Err(why) if path.get(2) == Some(&"stream") => {
            return stream::failure(&accept, 401, 16, why, "Unauthorized");
        }
        Err(why) => return Refusal::new(401, 16, why).answer(),
    };
    let asked = Asked {
        lab,
        query,
        accept,
        account,
    };
    let answered = route(&method, &path, &asked, &body);
    let lost = outage::of_argocd(&asked.lab).is_some_and(|(kind, _)| kind == "lost");
    if lost && method != Method::GET {
        // the work is done, and nobody hears of it
        let broken = futures::stream::once(async {
            Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
        });
        return Response::new(Body::from_stream(broken));
    }
    answered
}

/// The answer during an outage.
async fn outage(lab: &Lab, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let (kind, left) = outage::of_argocd(lab)?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let streams = uri.path().contains("/stream/");
    let failing = |status: u16, code: u16, words: &str, reason: &str| {
        if streams {
            stream::failure(accept, status, code, words, reason)
        } else {
            Refusal::new(status, code, words).answer()
        }
    };
    Some(match kind.as_str() {
        "lost" => return None,
        "401" => failing(
            401,
            16,
            "invalid session: token has invalid claims: token is expired",
            "Unauthorized",
        ),
        "429" => failing(429, 8, "too many requests", "Too Many Requests"),
        "half" => with_type(
            200,
            Body::from("{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{\"meta"),
            "application/json",
        ),
        "hang" => {
            tokio::time::sleep(left).await;
            failing(
                503,
                14,
                "connection error: desc = \"transport: Error while dialing: context deadline exceeded\"",
                "Service Unavailable",
            )
        }
        _ => failing(
            500,
            2,
            "rpc error: code = Unknown desc = etcdserver: request timed out",
            "Internal Server Error",
        ),
    })
}

/// What is answered to anybody.
fn without_login(
    method: &Method,
    path: &[&str],
    secret: &str,
    account: Option<Account>,
    body: &[u8],
) -> Option<Response> {
    Some(match (method.as_str(), path) {
        ("GET", ["api", "version"]) if account.is_none() => answer(&json!({"Version": VERSION})),
        ("GET", ["api", "version"]) => answer(
            &json!({"Version": VERSION, "GitTreeState": "clean", "Compiler": "gc", "Platform": "linux/amd64"}),
        ),
        ("GET", ["api", "v1", "session", "userinfo"]) => answer(&account.map_or_else(
            || json!({}),
            |account| json!({"loggedIn": true, "username": account.name(), "iss": "argocd"}),
        )),
        ("GET", ["api", "v1", "settings"]) => {
            answer(&json!({"appLabelKey": "app.kubernetes.io/instance", "url": ""}))
        }
        ("POST", ["api", "v1", "session"]) => log_in(secret, body),
        _ => return None,
    })
}

fn log_in(secret: &str, body: &[u8]) -> Response {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    if asked["username"] == USER && asked["password"] == secret {
        answer(&json!({"token": token(secret, Account::Console)}))
    } else {
        Refusal::new(401, 16, "Invalid username or password").answer()
    }
}

/// Whose token it is, or what the server says of it.
fn account_of(headers: &HeaderMap, secret: &str) -> Result<Account, &'static str> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    // what is no JWT at all counts as nothing
    if bearer.split('.').count() != 3 {
        return Err("no session information");
    }
    [Account::Console, Account::Viewer]
        .into_iter()
        .find(|account| token(secret, *account) == bearer)
        .ok_or("invalid session: token signature is invalid: signature is invalid")
}

fn route(method: &Method, path: &[&str], asked: &Asked, body: &[u8]) -> Response {
    let ["api", "v1", path @ ..] = path else {
        return no_route();
    };
    match (method.as_str(), path) {
        ("GET", ["applications"]) => list(asked),
        ("GET", ["stream", "applications"]) => stream::applications(asked),
        ("GET", ["account", "can-i", resource, action, ..]) => can_i(asked, resource, action),
        (method, ["stream", "applications", name, part])
        | (method, ["applications", name, part]) => {
            let streams = path.first() == Some(&"stream");
            match asked.application_of(name, body) {
                Ok(app) if streams && (method, *part) == ("GET", "resource-tree") => {
                    drop(app);
                    stream::silent(asked)
                }
                Ok(_) if streams => no_route(),
                Ok(app) => about_one(asked, method, &app, part, body),
                Err(refused) => refused.answer(),
            }
        }
        (method, ["applications", name]) => match asked.application_of(name, body) {
            Ok(app) => the_one(asked, method, app, body),
            Err(refused) => refused.answer(),
        },
        _ => no_route(),
    }
}

fn the_one(asked: &Asked, method: &str, app: Value, body: &[u8]) -> Response {
    let written = match method {
        "GET" => return get(asked, app),
        "PATCH" => write::patched(asked, &app, body),
        "PUT" => write::put(asked, &app, body),
        _ => return no_route(),
    };
    written.unwrap_or_else(Refusal::answer)
}

fn about_one(asked: &Asked, method: &str, app: &Value, part: &str, body: &[u8]) -> Response {
    let written = match (method, part) {
        ("POST", "sync") => write::sync(asked, app, body),
        ("POST", "rollback") => write::rollback(asked, app, body),
        ("DELETE", "operation") => write::terminate(asked, app),
        ("PUT", "spec") => write::put_spec(asked, app, body),
        ("GET", part) => return part_of(asked, app, part).unwrap_or_else(no_route),
        _ => return no_route(),
    };
    written.unwrap_or_else(Refusal::answer)
}

fn no_route() -> Response {
    plain(404, "Not Found\n")
}

fn part_of(asked: &Asked, app: &Value, part: &str) -> Option<Response> {
    let world = &asked.lab.world;
    Some(answer(&match part {
        "resource-tree" => tree::resource_tree(world, app),
        "managed-resources" => tree::managed_resources(world, app),
        "syncwindows" => windows(asked, app),
        "events" => {
            let about = world.some("Event", |event| {
                event["involvedObject"]["kind"] == "Application"
                    && event["involvedObject"]["name"] == app["metadata"]["name"]
            });
            json!({"metadata": {}, "items": nothing_is_null(about)})
        }
        _ => return None,
    }))
}

/// Windows of its project; without any, the answer is one word.
fn windows(asked: &Asked, app: &Value) -> Value {
    let project = app["spec"]["project"].as_str().unwrap_or_default();
    let Some(manual) = asked.lab.world.git.window(project) else {
        return json!({"canSync": true});
    };
    let window =
        json!([{"kind": "deny", "schedule": "0 0 * * *", "duration": "24h", "manualSync": manual}]);
    json!({"activeWindows": window, "assignedWindows": window, "canSync": manual})
}

fn get(asked: &Asked, mut app: Value) -> Response {
    if !asked.param("refresh").is_empty() {
        let (namespace, name) = (form::text(&app, "namespace"), form::text(&app, "name"));
        let now = super::objects::stamp(jiff::Timestamp::now());
        asked
            .lab
            .world
            .edit("Application", &namespace, &name, |held| {
                held["status"]["reconciledAt"] = json!(now);
            });
        app = asked
            .lab
            .world
            .find("Application", &namespace, &name)
            .unwrap_or(app);
    }
    answer(&form::with_health(&asked.lab.world, &app))
}

fn list(asked: &Asked) -> Response {
    let projects: Vec<&str> = [asked.param("projects"), asked.param("project")]
        .into_iter()
        .filter(|one| !one.is_empty())
        .collect();
    let namespace = asked.param("appNamespace");
    let name = asked.param("name");
    let fields = asked.param("fields");
    let items: Vec<Value> = asked
        .applications()
        .iter()
        .filter(|app| {
            projects.is_empty() || projects.iter().any(|one| app["spec"]["project"] == *one)
        })
        .filter(|app| namespace.is_empty() || app["metadata"]["namespace"] == namespace)
        .filter(|app| name.is_empty() || app["metadata"]["name"] == name)
        .filter(|app| super::select::labels(asked.param("selector"), app))
        .map(form::bare)
        .map(|app| {
            if fields.is_empty() {
                app
            } else {
                form::listed(&app, fields)
            }
        })
        .collect();
    let version = asked.lab.world.version().to_string();
    // the server ends each element with a newline of its own
    let meta = json!({"resourceVersion": version});
    let text = if items.is_empty() {
        format!("{{\"metadata\":{meta}\n,\"items\":null}}")
    } else {
        let rows: Vec<String> = items.iter().map(|item| format!("{item}\n")).collect();
        format!("{{\"metadata\":{meta}\n,\"items\":[{}]}}", rows.join(","))
    };
    with_type(200, Body::from(text), "application/json")
}

fn can_i(asked: &Asked, resource: &str, action: &str) -> Response {
    const ACTIONS: &str = "get create update delete sync rollback override action invoke";
    const RESOURCES: &str = "clusters projects applications applicationsets repositories write-repositories certificates accounts gpgkeys logs exec extensions";
    for (known, said) in [(RESOURCES, resource), (ACTIONS, action)] {
        if !known.split(' ').any(|one| one == said) {
            return Refusal::new(400, 3, format!("[{known}] does not contain {said}")).answer();
        }
    }
    let may = asked.account == Account::Console || action == "get";
    answer(&json!({"value": if may { "yes" } else { "no" }}))
}

/// Lists that are empty are null in this API.
fn nothing_is_null(items: Vec<Value>) -> Value {
    if items.is_empty() {
        Value::Null
    } else {
        Value::Array(items)
    }
}

fn answer(value: &Value) -> Response {
    let mut response = with_type(200, Body::from(value.to_string()), "application/json");
    response.headers_mut().insert(
        "grpc-metadata-content-type",
        HeaderValue::from_static("application/grpc"),
    );
    response
}

/// What the server says no with: its HTTP status, its gRPC code and its words.
struct Refusal {
    status: u16,
    code: u16,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    fn answer(self) -> Response {
        let body = json!({"error": self.message, "code": self.code, "message": self.message});
        with_type(
            self.status,
            Body::from(body.to_string()),
            "application/json",
        )
    }
}

fn plain(status: u16, text: &'static str) -> Response {
    with_type(status, Body::from(text), "text/plain; charset=utf-8")
}

fn with_type(status: u16, body: Body, content: &'static str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    response
}

/// The kind of applications.
fn kind() -> Option<&'static super::kinds::Served> {
    served("argoproj.io", "applications")
}
