//! Proxmox VE in the lab: a host, or a cluster of two, beside the cluster with its containers and
//! machines, in the real API's shapes, with its rights, its tasks that take time, and its errors in
//! the reason phrase.

mod account;
mod answer;
mod guest;
mod host;
mod node;
mod outage;
mod release;
mod storage;
mod task;

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

use super::Lab;
pub use account::{Account, USER};
use account::{Login, Seal};
use answer::{Answered, Failure, bare, success};
use guest::Guest;
pub use host::Host;
use node::HERE;
pub use release::Release;
use task::Deed;

/// The server thinks for so long before it refuses credentials.
const REFUSAL: Duration = Duration::from_secs(3);
/// An idle connection is closed after so long.
pub const IDLE: Duration = Duration::from_secs(5);

/// Which Proxmox VE a lab has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Version.
    pub release: Release,
    /// A cluster of two hosts, one of which is off.
    pub cluster: bool,
}

/// One request, taken apart.
struct Asked<'a> {
    method: &'a Method,
    login: Login,
    release: Release,
    /// Query and body together; the query wins.
    parameters: BTreeMap<String, String>,
    now: i64,
    /// When the lab began.
    began: i64,
}

impl Asked<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    fn number(&self, name: &str, default: usize) -> usize {
        self.parameter(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    }

    fn may(&self, path: &str, privilege: &str) -> bool {
        self.login.account.may(self.release, path, privilege)
    }

    /// Refuses who lacks a right.
    fn needs(&self, path: &str, privilege: &str) -> Result<(), Failure> {
        if self.may(path, privilege) {
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
    lab: &Lab,
    (method, uri): (Method, Uri),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (release, turn) = {
        let host = lock(lab);
        (host.setup().release, host.turn)
    };
    let seal = Seal {
        secret: &lab.secret,
        turn,
    };
    let path: Vec<&str> = uri
        .path()
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    let path = match transport(&method, &headers, &path) {
        Ok(path) => path,
        // such errors have their text as a plain body, which the lab leaves out
        Err((code, words)) => return bare(code, &words),
    };
    let outage = super::outage::of_pve(lab);
    if let Some((kind, left)) = &outage
        && let Some(failing) = outage::answer(kind, *left, release, path).await
    {
        return failing;
    }
    let parameters = parameters(&uri, &headers, &body);
    if (method == Method::POST, path) == (true, &["access", "ticket"]) {
        return match account::log_in(seal, &parameters) {
            Ok(ticket) => success(&ticket, None),
            Err(why) => {
                tokio::time::sleep(REFUSAL).await;
                why.answer(release)
            }
        };
    }
    let Some(mut login) = account::login(&headers, seal, method != Method::GET) else {
        // the end of such an answer is the end of the connection
        tokio::time::sleep(REFUSAL).await;
        return bare(401, account::refusal(&headers));
    };
    if outage.is_some_and(|(kind, _)| kind == "403") {
        login.account = Account::Nobody;
    }
    if let Some((code, words)) = content(&method, &headers, &body) {
        return bare(code, &words);
    }
    let mut host = lock(lab);
    let asked = Asked {
        method: &method,
        login,
        release,
        parameters,
        now: jiff::Timestamp::now().as_second(),
        began: host.began(),
    };
    host.settle(asked.now);
    match route(&mut host, &asked, path) {
        Ok((answer, total)) => success(&answer, total),
        Err(why) => why.answer(release),
    }
}

fn lock(lab: &Lab) -> std::sync::MutexGuard<'_, Host> {
    lab.pve
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What is refused before anybody is asked who he is; else the path below the format.
fn transport<'p>(
    method: &Method,
    headers: &HeaderMap,
    path: &'p [&'p str],
) -> Result<&'p [&'p str], (u16, String)> {
    if !matches!(method.as_str(), "GET" | "POST" | "PUT" | "DELETE") {
        return Err((501, format!("method '{method}' not available")));
    }
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err((501, "chunked transfer encoding not supported".into()));
    }
    match path {
        ["api2", "json", rest @ ..] => Ok(rest),
        ["api2", ..] => Err((501, format!("no formatter for uri /{}", path.join("/")))),
        _ => Err((500, format!("no such file '/{}'", path.join("/")))),
    }
}

/// What is refused of a body.
fn content(method: &Method, headers: &HeaderMap, body: &Bytes) -> Option<(u16, String)> {
    if body.is_empty() {
        return None;
    }
    if matches!(method.as_str(), "GET" | "DELETE") {
        return Some((501, format!("Unexpected content for method '{method}'")));
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    let known = kind.is_empty()
        || kind.starts_with(b"application/x-www-form-urlencoded")
        || kind.starts_with(b"application/json");
    (!known).then(|| (506, "content type not supported".into()))
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
    if asked.method == Method::GET {
        match path {
            ["version"] => return plain(asked.release.version()),
            ["access", "permissions"] => return plain(permissions(asked)),
            ["nodes"] => {
                return plain(host.nodes().iter().map(|node| node.row(asked)).collect());
            }
            ["cluster", "status"] => {
                asked.needs("/", "Sys.Audit")?;
                return plain(host.members());
            }
            ["cluster", "resources"] => return plain(host.resources(asked)?),
            ["cluster", "tasks"] => return plain(host.recent_tasks(asked)),
            _ => {}
        }
    }
    match path {
        ["nodes", name, rest @ ..] if !rest.is_empty() => {
            let Some(node) = host.nodes().iter().find(|one| one.name == *name) else {
                return Err(Failure::new(
                    500,
                    format!(
                        "hostname lookup '{name}' failed - failed to get address info for: {name}: Name or service not known"
                    ),
                ));
            };
            below_node(host, asked, node, rest)
        }
        other => Err(Failure::not_implemented(asked.method, other)),
    }
}

fn permissions(asked: &Asked<'_>) -> Value {
    match asked.parameter("path") {
        None => asked.login.account.permissions(asked.release),
        Some(one) => json!({one: asked.login.account.held(asked.release, one)}),
    }
}

fn below_node(
    host: &mut Host,
    asked: &Asked<'_>,
    node: &node::Node,
    rest: &[&str],
) -> Result<(Value, Option<usize>), Failure> {
    let reads = asked.method == Method::GET;
    let plain = |answer: Value| Ok((answer, None));
    // what a right is needed for is looked at first, the way to the node after that
    match rest {
        ["status"] => asked.needs(&format!("/nodes/{}", node.name), "Sys.Audit")?,
        ["lxc" | "qemu", id, below @ ..] => allowed(asked, id, below)?,
        _ => {}
    }
    if !node.online {
        return Err(Failure::hop(595, "No route to host"));
    }
    match rest {
        ["status"] if reads => plain(node::status(asked.release)),
        ["tasks"] if reads => Ok(host.tasks(asked)),
        ["tasks", upid, leaf] if reads => host.task(asked, upid, leaf),
        ["storage", below @ ..] if reads => plain(storage::route(asked, below)?),
        [kind @ ("lxc" | "qemu")] if reads => plain(host.list(asked, node.name, kind)),
        [kind @ ("lxc" | "qemu"), id, below @ ..] => {
            plain(one_guest(host, asked, kind, id, below)?)
        }
        other => Err(Failure::not_implemented(asked.method, other)),
    }
}

/// Who lacks the right learns nothing of what is there.
fn allowed(asked: &Asked<'_>, id: &str, rest: &[&str]) -> Result<(), Failure> {
    let privilege = match deed(asked, rest)? {
        Some(deed) => deed.privilege(),
        None if rest.first() == Some(&"agent") => asked.release.agent_privilege(),
        None => "VM.Audit",
    };
    asked.needs(&format!("/vms/{id}"), privilege)
}

fn one_guest(host: &mut Host, asked: &Asked<'_>, kind: &str, id: &str, rest: &[&str]) -> Answered {
    if !matches!(id.parse(), Ok(100..=999_999_999_u32)) {
        return Err(Failure::parameter(
            "vmid",
            "invalid format - value does not look like a valid VM ID\n",
        ));
    }
    let Some(guest) = host.guest(HERE, kind, id) else {
        let folder = if kind == "lxc" { "lxc" } else { "qemu-server" };
        return Err(Failure::new(
            500,
            format!("Configuration file 'nodes/{HERE}/{folder}/{id}.conf' does not exist"),
        ));
    };
    let Some(deed) = deed(asked, rest)? else {
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
        ["status", "current"] => Ok(guest.current(asked.release, asked.now)),
        ["config"] => Ok(guest.config()),
        ["interfaces"] if guest.kind == "lxc" => Ok(guest.interfaces(asked.release)),
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
