//! Who may ask what: tokens, a user with a password, and their rights.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::Failure;

/// The user that all tokens belong to.
const USER: &str = "sre-bot@pve";

/// Whose rights count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// May do everything with guests and storages, and see everything.
    Console,
    /// May see all guests and the host, but do nothing, and see no backups.
    Auditor,
    /// May see two of the guests.
    Narrow,
}

/// Who asks.
pub(super) struct Login {
    pub account: Account,
    /// As it stands in the names of tasks.
    pub user: String,
}

impl Account {
    /// Name of its token, with the user's.
    #[must_use]
    pub const fn token_id(self) -> &'static str {
        match self {
            Self::Console => "sre-bot@pve!sre-token",
            Self::Auditor => "sre-bot@pve!audit",
            Self::Narrow => "sre-bot@pve!narrow",
        }
    }

    /// Paths of the access list, and what is granted there and below.
    const fn grants(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Console => &[(
                "/",
                &[
                    "VM.Audit",
                    "VM.PowerMgmt",
                    "VM.Snapshot",
                    "VM.Snapshot.Rollback",
                    "VM.Backup",
                    "VM.Allocate",
                    "VM.Config.Options",
                    "VM.GuestAgent.Audit",
                    "Datastore.Audit",
                    "Datastore.Allocate",
                    "Datastore.AllocateSpace",
                    "Sys.Audit",
                ],
            )],
            Self::Auditor => &[(
                "/",
                &[
                    "VM.Audit",
                    "VM.GuestAgent.Audit",
                    "Datastore.Audit",
                    "Sys.Audit",
                ],
            )],
            Self::Narrow => &[
                ("/vms/210", &["VM.Audit"]),
                ("/vms/211", &["VM.Audit"]),
                ("/storage", &["Datastore.Audit"]),
            ],
        }
    }

    pub(super) fn may(self, path: &str, privilege: &str) -> bool {
        self.grants().iter().any(|(held, privileges)| {
            let covers = *held == "/" || *held == path || path.starts_with(&format!("{held}/"));
            covers && privileges.contains(&privilege)
        })
    }

    /// `/access/permissions`: the access list's paths and the few that are always listed.
    pub(super) fn permissions(self) -> Value {
        let always = [
            "/",
            "/access",
            "/access/groups",
            "/nodes",
            "/pool",
            "/sdn",
            "/storage",
            "/vms",
        ];
        let own = self.grants().iter().map(|(path, _)| *path);
        let mut out = Map::new();
        for path in always.into_iter().chain(own) {
            let held = self.held(path);
            if !held.is_empty() {
                out.insert(path.to_owned(), Value::Object(held));
            }
        }
        Value::Object(out)
    }

    /// What is held on a path.
    pub(super) fn held(self, path: &str) -> Map<String, Value> {
        self.grants()
            .iter()
            .flat_map(|(_, privileges)| privileges.iter())
            .filter(|privilege| self.may(path, privilege))
            .map(|privilege| ((*privilege).to_owned(), json!(1)))
            .collect()
    }
}

fn ticket(secret: &str) -> String {
    format!("PVE:{USER}:6B003594::{secret}")
}

/// `POST /access/ticket`.
pub(super) fn log_in(
    secret: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<Value, Failure> {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    let user = match text("realm") {
        "" => text("username").to_owned(),
        realm => format!("{}@{realm}", text("username")),
    };
    let known = user == USER && (text("password") == secret || text("password") == ticket(secret));
    if !known {
        return Err(Failure::new(401, "authentication failure"));
    }
    Ok(
        json!({"username": USER, "ticket": ticket(secret), "CSRFPreventionToken": format!("6B003594:{secret}"), "cap": {"vms": {"VM.Audit": 1}, "nodes": {}, "dc": {}, "storage": {}, "access": {}, "sdn": {}, "mapping": {}}}),
    )
}

/// Who it is, by token or by ticket; a ticket beats a token, and writes only with its second half.
pub(super) fn login(headers: &HeaderMap, secret: &str, writes: bool) -> Option<Login> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let cookie = text(header::COOKIE.as_str())
        .into_iter()
        .flat_map(|all| all.split("; "))
        .find_map(|one| one.strip_prefix("PVEAuthCookie="));
    if let Some(sent) = cookie {
        let sent = percent(sent);
        let csrf = text("csrfpreventiontoken").unwrap_or_default();
        let good = sent == ticket(secret) && (!writes || csrf == format!("6B003594:{secret}"));
        return good.then(|| Login {
            account: Account::Console,
            user: USER.into(),
        });
    }
    let sent = text(header::AUTHORIZATION.as_str())?.strip_prefix("PVEAPIToken=")?;
    let sent = percent(sent);
    [Account::Console, Account::Auditor, Account::Narrow]
        .into_iter()
        .find(|account| sent == format!("{}={secret}", account.token_id()))
        .map(|account| Login {
            account,
            user: account.token_id().into(),
        })
}

/// Percent signs are decoded in what is sent to log in; a plus stays one.
fn percent(text: &str) -> String {
    let kept = text.replace('+', "%2B");
    url::form_urlencoded::parse(format!("v={kept}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
