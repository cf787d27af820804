//! Argo CD's API server in the lab: the same applications that the Kubernetes API has, in the forms,
//! with the rules and the errors of the real one.

mod account;
mod answer;
mod apply;
pub mod control;
pub mod controller;
mod form;
pub mod git;
mod outage;
mod project;
mod stream;
mod tell;
mod tree;
mod write;

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{Lab, kinds::served, outage as outages};
pub use account::{Account, USER, Wear, token};
use answer::{Refusal, answer, marked, nothing_is_null, plain, with_type};

/// Version that it says it is.
const VERSION: &str = "v3.6.0+37ee009";
/// Namespace of the instance.
pub const NAMESPACE: &str = "openshift-gitops";
/// Namespaces whose applications the server serves.
const SERVED: [&str; 2] = [NAMESPACE, "team-apps"];

/// One request, taken apart.
#[derive(Clone)]
struct Asked {
    lab: Arc<Lab>,
    query: Vec<(String, String)>,
    accept: String,
    account: Account,
}

impl Asked {
    fn param(&self, name: &str) -> &str {
        let held = self.query.iter().find(|(held, _)| held == name);
        held.map_or("", |(_, value)| value.as_str())
    }

    /// All values of a parameter that may be given several times.
    fn params<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.query.iter().filter(move |(held, _)| held == name);
        all.map(|(_, value)| value.as_str())
    }

    /// Whether an application is in one of the projects that are asked for, if any are.
    fn in_projects(&self, app: &Value) -> bool {
        let mut wanted = self
            .params("projects")
            .chain(self.params("project"))
            .peekable();
        wanted.peek().is_none() || wanted.any(|one| app["spec"]["project"] == one)
    }

    /// Whether somebody may know of an application.
    fn may_read(&self, app: &Value) -> bool {
        self.account.may("applications", "get", &subject(app))
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
        if !SERVED.contains(&namespace.as_str()) {
            return Err(Refusal::new(403, 7, "permission denied"));
        }
        let project = said("project");
        let found = self.lab.world.find("Application", &namespace, name);
        match found {
            Some(found) if project.is_empty() || found["spec"]["project"] == *project => {
                if !self.may_read(&found) {
                    return Err(Refusal::new(403, 7, "permission denied"));
                }
                let own = found["spec"]["project"].as_str().unwrap_or_default();
                if !project::exists(self, own) {
                    return Err(Refusal::new(
                        400,
                        3,
                        format!(
                            "app is not allowed in project \"{own}\", or the project does not exist"
                        ),
                    ));
                }
                Ok(found)
            }
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
        let about = subject(app);
        if self.account.may("applications", action, &about) {
            return Ok(());
        }
        Err(Refusal::new(
            403,
            7,
            format!(
                "permission denied: applications, {action}, {about}, sub: {}, iat: 2026-01-01T00:00:00Z",
                self.account.name()
            ),
        ))
    }
}

/// How rights name an application: `project/name`, and its namespace between where it is another.
fn subject(app: &Value) -> String {
    let project = app["spec"]["project"].as_str().unwrap_or_default();
    match form::text(app, "namespace").as_str() {
        NAMESPACE => format!("{project}/{}", form::text(app, "name")),
        other => format!("{project}/{other}/{}", form::text(app, "name")),
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
    if !matches!(method, Method::GET | Method::HEAD)
        && headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) != Some(b"application/json")
    {
        return plain(415, "Invalid content type\n");
    }
    if let Some(failing) = outage::answer(&lab, &uri, &headers).await {
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
    let login = account::login(&headers, &lab.secret);
    let known = login.as_ref().ok().copied();
    if let Some(open) = without_login(&method, &path, &lab.secret, known, &body) {
        return open;
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let login = match login {
        Ok(login) => login,
        Err(why) if path.get(2) == Some(&"stream") => {
            return stream::failure(&accept, 401, 16, &why, "Unauthorized");
        }
        Err(why) => return Refusal::new(401, 16, why).answer(),
    };
    let asked = Asked {
        lab,
        query,
        accept,
        account: login.account,
    };
    let answered = route(&method, &path, &asked, &body).await;
    let answered = account::renew(answered, login, &asked.lab.secret);
    let lost = outages::of_argocd(&asked.lab).is_some_and(|(kind, _)| kind == "lost");
    if lost && method != Method::GET {
        // the work is done, and nobody hears of it
        let broken = futures::stream::once(async {
            Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
        });
        return Response::new(Body::from_stream(broken));
    }
    answered
}

/// What is answered to anybody.
fn without_login(
    method: &Method,
    path: &[&str],
    secret: &str,
    login: Option<account::Login>,
    body: &[u8],
) -> Option<Response> {
    let renewed = |response| match login {
        Some(login) => account::renew(response, login, secret),
        None => response,
    };
    Some(match (method.as_str(), path) {
        ("HEAD", _) => plain(405, "Method Not Allowed\n"),
        ("GET", ["healthz"]) => plain(200, "ok\n"),
        ("GET", ["api", "version"]) if login.is_none() => answer(&json!({"Version": VERSION})),
        ("GET", ["api", "version"]) => answer(
            &json!({"Version": VERSION, "GitTreeState": "clean", "Compiler": "gc", "Platform": "linux/amd64"}),
        ),
        ("GET", ["api", "v1", "session", "userinfo"]) => renewed(answer(&login.map_or_else(
            || json!({}),
            |login| json!({"loggedIn": true, "username": login.account.name(), "iss": "argocd"}),
        ))),
        ("GET", ["api", "v1", "settings"]) => answer(
            &json!({"url": "", "appLabelKey": "app.kubernetes.io/instance", "trackingMethod": "annotation", "appsInAnyNamespaceEnabled": true, "syncWithReplaceAllowed": true, "resourceViewEnabled": true}),
        ),
        ("POST", ["api", "v1", "session"]) => account::log_in(secret, body),
        ("DELETE", ["api", "v1", "session"]) => answer(&json!({})),
        _ => return None,
    })
}

async fn route(method: &Method, path: &[&str], asked: &Asked, body: &[u8]) -> Response {
    let ["api", "v1", path @ ..] = path else {
        return no_route();
    };
    // only what is filed says in its body where its application lives
    let says: &[u8] = if method == Method::PUT { b"" } else { body };
    match (method.as_str(), path) {
        ("GET", ["applications"]) => list(asked),
        ("GET", ["stream", "applications"]) => stream::applications(asked).await,
        ("GET", ["stream", "applications", name, "resource-tree"]) => {
            match asked.application_of(name, b"") {
                Ok(_) => stream::silent(asked).await,
                Err(refused) => stream::refused(&asked.accept, &refused),
            }
        }
        ("GET", ["account", "can-i", resource, action, subject @ ..]) => {
            project::can_i(asked, resource, action, subject)
        }
        ("GET", ["projects", rest @ ..]) => project::route(asked, rest),
        (method, ["applications", name, part]) => match asked.application_of(name, says) {
            Ok(app) => about_one(asked, method, &app, part, body),
            Err(refused) => refused.answer(),
        },
        (method, ["applications", name]) => match asked.application_of(name, says) {
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
        "managed-resources" => form::chosen(
            &tree::managed_resources(world, app, asked),
            asked.param("fields"),
        ),
        "syncwindows" => project::windows(asked, app),
        "links" => json!({}),
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
    let selector = asked.param("selector");
    if selector.starts_with('=') {
        let why = format!(
            "error parsing the selector: found '{selector}', expected: !, identifier, or 'end of string'"
        );
        return Refusal::new(500, 2, why).answer();
    }
    let (namespace, name, repo) = (
        asked.param("appNamespace"),
        asked.param("name"),
        asked.param("repo"),
    );
    let fields = asked.param("fields");
    let items: Vec<Value> = asked
        .applications()
        .iter()
        .filter(|app| asked.may_read(app) && asked.in_projects(app))
        .filter(|app| namespace.is_empty() || app["metadata"]["namespace"] == namespace)
        .filter(|app| name.is_empty() || app["metadata"]["name"] == name)
        .filter(|app| repo.is_empty() || app["spec"]["source"]["repoURL"] == repo)
        .filter(|app| super::select::labels(selector, app))
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
    marked(with_type(200, Body::from(text), "application/json"))
}

/// The kind of applications.
fn kind() -> Option<&'static super::kinds::Served> {
    served("argoproj.io", "applications")
}
