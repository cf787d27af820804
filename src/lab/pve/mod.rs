//! Proxmox VE in the lab: one host beside the cluster with its containers and machines, in the real
//! API's shapes, with its rights, its tasks that take time, and its errors in the reason phrase.

mod account;
mod guest;
mod host;
mod task;

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

pub use account::Account;
use account::Login;
use guest::Guest;
pub use host::Host;
use host::NODE;
use task::Deed;

/// The server thinks for so long before it refuses credentials.
const REFUSAL: std::time::Duration = std::time::Duration::from_secs(3);

/// What is answered: the `data`, or a code and its words.
type Answered = Result<Value, Failure>;

/// An error as the API has them.
struct Failure {
    code: u16,
    message: String,
    /// Parameter and what is wrong with it, only with 400.
    errors: Option<Value>,
}

impl Failure {
    fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            errors: None,
        }
    }

    fn parameter(name: &str, why: &str) -> Self {
        Self {
            errors: Some(json!({name: why})),
            ..Self::new(400, "Parameter verification failed.")
        }
    }

    fn not_implemented(method: &Method, path: &[&str]) -> Self {
        Self::new(
            501,
            format!("Method '{method} /{}' not implemented", path.join("/")),
        )
    }
}

/// One request, taken apart.
struct Asked<'a> {
    method: &'a Method,
    login: Login,
    /// Query and body together; the query wins.
    parameters: BTreeMap<String, String>,
    now: i64,
}

impl Asked<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Refuses who lacks a right.
    fn needs(&self, path: &str, privilege: &str) -> Result<(), Failure> {
        if self.login.account.may(path, privilege) {
            return Ok(());
        }
        Err(Failure::new(
            403,
            format!("Permission check failed ({path}, {privilege})"),
        ))
    }

    /// Refuses parameters that the call does not know.
    fn knows(&self, names: &[&str]) -> Result<(), Failure> {
        match self
            .parameters
            .keys()
            .find(|held| !names.contains(&held.as_str()))
        {
            None => Ok(()),
            Some(other) => Err(Failure::parameter(
                other,
                "property is not defined in schema and the schema does not allow additional properties",
            )),
        }
    }
}

/// Answers a request.
pub async fn handle(
    host: &std::sync::Mutex<Host>,
    secret: &str,
    (method, uri): (Method, Uri),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !matches!(method.as_str(), "GET" | "POST" | "PUT" | "DELETE") {
        return bare(501);
    }
    let path: Vec<&str> = uri
        .path()
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    let ["api2", "json", path @ ..] = path.as_slice() else {
        return failure(&Failure::new(500, format!("no such file '{}'", uri.path())));
    };
    let parameters = parameters(&uri, &headers, &body);
    if (method == Method::POST, path) == (true, &["access", "ticket"]) {
        return match account::log_in(secret, &parameters) {
            Ok(ticket) => success(&ticket, None),
            Err(why) => {
                tokio::time::sleep(REFUSAL).await;
                failure(&why)
            }
        };
    }
    let Some(login) = account::login(&headers, secret, method != Method::GET) else {
        // the end of such an answer is the end of the connection
        tokio::time::sleep(REFUSAL).await;
        return bare(401);
    };
    if matches!(method.as_str(), "GET" | "DELETE") && !body.is_empty() {
        return failure(&Failure::new(
            501,
            format!("Unexpected content for method '{method}'"),
        ));
    }
    let asked = Asked {
        method: &method,
        login,
        parameters,
        now: jiff::Timestamp::now().as_second(),
    };
    let mut host = host
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    host.settle(asked.now);
    match route(&mut host, &asked, path) {
        Ok((answer, total)) => success(&answer, total),
        Err(why) => failure(&why),
    }
}

fn parameters(uri: &Uri, headers: &HeaderMap, body: &Bytes) -> BTreeMap<String, String> {
    let json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let mut out: BTreeMap<String, String> = if json {
        serde_json::from_slice::<BTreeMap<String, Value>>(body)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(text) => (name, text),
                Value::Bool(yes) => (name, i32::from(yes).to_string()),
                other => (name, other.to_string()),
            })
            .collect()
    } else {
        url::form_urlencoded::parse(body).into_owned().collect()
    };
    let query = uri.query().unwrap_or_default();
    out.extend(url::form_urlencoded::parse(query.as_bytes()).into_owned());
    out.remove("_dc");
    out
}

/// The answer, and how many there are in all where the envelope says so.
fn route(
    host: &mut Host,
    asked: &Asked<'_>,
    path: &[&str],
) -> Result<(Value, Option<usize>), Failure> {
    let plain = |answer: Value| Ok((answer, None));
    let reads = asked.method == Method::GET;
    match path {
        ["version"] if reads => {
            plain(json!({"version": "9.1.2", "release": "9.1", "repoid": "9d436f37a0ac4172"}))
        }
        ["access", "permissions"] if reads => plain(match asked.parameter("path") {
            None => asked.login.account.permissions(),
            Some(one) => json!({one: asked.login.account.held(one)}),
        }),
        ["nodes"] if reads => plain(json!([host::node(asked)])),
        ["cluster", "status"] if reads => {
            asked.needs("/", "Sys.Audit")?;
            plain(
                json!([{"type": "node", "id": format!("node/{NODE}"), "name": NODE, "nodeid": 0, "ip": "172.16.110.101", "online": 1, "local": 1, "level": ""}]),
            )
        }
        ["cluster", "resources"] if reads => plain(host.resources(asked)?),
        ["cluster", "tasks"] if reads => plain(host.recent_tasks(asked)),
        ["nodes", NODE, "status"] if reads => {
            asked.needs(&format!("/nodes/{NODE}"), "Sys.Audit")?;
            plain(host::node_status())
        }
        ["nodes", NODE, "tasks", rest @ ..] if reads => host.tasks(asked, rest),
        ["nodes", NODE, "storage", rest @ ..] if reads => plain(host.storage(asked, rest)?),
        ["nodes", NODE, kind @ ("lxc" | "qemu")] if reads => plain(host.list(asked, kind)),
        ["nodes", NODE, kind @ ("lxc" | "qemu"), id, rest @ ..] => {
            plain(one_guest(host, asked, kind, id, rest)?)
        }
        ["nodes", other, ..] if *other != NODE => Err(Failure::new(
            500,
            format!(
                "hostname lookup '{other}' failed - failed to get address info for: {other}: Name or service not known"
            ),
        )),
        other => Err(Failure::not_implemented(asked.method, other)),
    }
}

fn one_guest(host: &mut Host, asked: &Asked<'_>, kind: &str, id: &str, rest: &[&str]) -> Answered {
    let place = format!("/vms/{id}");
    let deed = deed(asked, rest)?;
    // who lacks the right learns nothing of what is there
    match &deed {
        None => asked.needs(&place, "VM.Audit")?,
        Some(deed) => asked.needs(&place, deed.privilege())?,
    }
    if !matches!(id.parse(), Ok(100..=999_999_999_u32)) {
        return Err(Failure::parameter(
            "vmid",
            "invalid format - value does not look like a valid VM ID\n",
        ));
    }
    let Some(guest) = host.guest(kind, id) else {
        let folder = if kind == "lxc" { "lxc" } else { "qemu-server" };
        return Err(Failure::new(
            500,
            format!("Configuration file 'nodes/{NODE}/{folder}/{id}.conf' does not exist"),
        ));
    };
    let Some(deed) = deed else {
        return read_guest(guest, asked, rest);
    };
    deed.check(asked)?;
    if let Some(why) = deed.refused(guest) {
        return Err(Failure::new(500, why));
    }
    let id = guest.id;
    Ok(json!(host.begin(id, deed, &asked.login.user, asked.now)))
}

/// What is to be done, where the call is one that does something.
fn deed(asked: &Asked<'_>, rest: &[&str]) -> Result<Option<Deed>, Failure> {
    if asked.method == Method::GET {
        return Ok(None);
    }
    Ok(Some(match (asked.method.as_str(), rest) {
        ("POST", ["status", "start"]) => Deed::Start,
        ("POST", ["status", "shutdown"]) => Deed::Shutdown,
        ("POST", ["status", "stop"]) => Deed::Stop,
        ("POST", ["status", "reboot"]) => Deed::Reboot,
        ("POST", ["snapshot"]) => {
            Deed::Snapshot(asked.parameter("snapname").unwrap_or_default().to_owned())
        }
        ("POST", ["snapshot", name, "rollback"]) => Deed::Rollback {
            name: (*name).to_owned(),
            start: asked.parameter("start") == Some("1"),
        },
        ("DELETE", ["snapshot", name]) => Deed::DeleteSnapshot((*name).to_owned()),
        _ => return Err(Failure::not_implemented(asked.method, rest)),
    }))
}

fn read_guest(guest: &Guest, asked: &Asked<'_>, rest: &[&str]) -> Answered {
    match rest {
        ["status", "current"] => Ok(guest.current(asked.now)),
        ["config"] => Ok(guest.config()),
        ["interfaces"] if guest.kind == "lxc" => Ok(guest.interfaces()),
        ["agent", "network-get-interfaces"] if guest.kind == "qemu" => {
            if guest.since.is_none() {
                return Err(Failure::new(500, format!("VM {} is not running", guest.id)));
            }
            Ok(guest.agent_interfaces())
        }
        ["snapshot"] => Ok(guest.snapshot_rows()),
        _ => Err(Failure::not_implemented(asked.method, rest)),
    }
}

fn envelope(code: u16, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    response
}

fn success(answer: &Value, total: Option<usize>) -> Response {
    let mut body = json!({"data": answer});
    if let Some(total) = total.filter(|total| *total > 0) {
        body["total"] = json!(total);
    }
    envelope(200, &body)
}

fn failure(why: &Failure) -> Response {
    let mut body = json!({"data": null, "message": format!("{}\n", why.message)});
    if let Some(errors) = &why.errors {
        body["errors"] = errors.clone();
    }
    let mut response = envelope(why.code, &body);
    let first = why.message.lines().next().unwrap_or_default();
    if let Ok(phrase) = hyper::ext::ReasonPhrase::try_from(first.as_bytes()) {
        response.extensions_mut().insert(phrase);
    }
    close(response)
}

/// A code without a word.
fn bare(code: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::UNAUTHORIZED);
    close(response)
}

/// After an error the server always closes.
fn close(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
