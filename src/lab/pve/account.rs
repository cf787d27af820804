//! Who may ask what: tokens, a user with a password, and their rights.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::{answer::Failure, release::Release};

/// The user that all tokens belong to.
pub const USER: &str = "sre-bot@pve";
/// The guests that a narrow token may see.
const HALF: [&str; 6] = [
    "/vms/210", "/vms/211", "/vms/212", "/vms/213", "/vms/215", "/vms/216",
];

/// Whose rights count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// May do everything with guests and storages, and see everything.
    Console,
    /// May see all guests and the host, but do nothing, and see no backups.
    Auditor,
    /// May see half of the guests, and do nothing.
    Narrow,
    /// May see nothing.
    Nobody,
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
            Self::Nobody => "sre-bot@pve!nobody",
        }
    }

    /// Paths of the access list, and what is granted there and below.
    fn grants(self, release: Release) -> Vec<(&'static str, Vec<&'static str>)> {
        let sees = vec!["VM.Audit", "Datastore.Audit", "Sys.Audit"];
        match self {
            Self::Console => {
                let acts = [
                    "VM.PowerMgmt",
                    "VM.Snapshot",
                    "VM.Snapshot.Rollback",
                    "VM.Backup",
                    "VM.Allocate",
                    "VM.Config.Options",
                    "Datastore.Allocate",
                    "Datastore.AllocateSpace",
                    release.agent_privilege(),
                ];
                vec![("/", [sees, acts.to_vec()].concat())]
            }
            // the role for auditors may ask the agent since 9 only
            Self::Auditor if release.is_nine() => {
                vec![("/", [sees, vec![release.agent_privilege()]].concat())]
            }
            Self::Auditor => vec![("/", sees)],
            Self::Narrow => HALF
                .into_iter()
                .map(|path| (path, vec!["VM.Audit"]))
                .chain([("/storage", vec!["Datastore.Audit"])])
                .collect(),
            Self::Nobody => Vec::new(),
        }
    }

    pub(super) fn may(self, release: Release, path: &str, privilege: &str) -> bool {
        self.grants(release).iter().any(|(held, privileges)| {
            let covers = *held == "/" || *held == path || path.starts_with(&format!("{held}/"));
            covers && privileges.contains(&privilege)
        })
    }

    /// `/access/permissions`: the access list's paths and the few that are always listed.
    pub(super) fn permissions(self, release: Release) -> Value {
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
        let own = self.grants(release).into_iter().map(|(path, _)| path);
        let mut out = Map::new();
        for path in always.into_iter().chain(own) {
            let held = self.held(release, path);
            if !held.is_empty() {
                out.insert(path.to_owned(), Value::Object(held));
            }
        }
        Value::Object(out)
    }

    /// What is held on a path.
    pub(super) fn held(self, release: Release, path: &str) -> Map<String, Value> {
        self.grants(release)
            .into_iter()
            .flat_map(|(_, privileges)| privileges)
            .filter(|privilege| self.may(release, path, privilege))
            .map(|privilege| (privilege.to_owned(), json!(1)))
            .collect()
    }
}

/// What tickets are made of: the secret, and how often all tickets were made void.
#[derive(Clone, Copy)]
pub(super) struct Seal<'a> {
    pub secret: &'a str,
    pub turn: u32,
}

impl Seal<'_> {
    fn ticket(self) -> String {
        format!(
            "PVE:{USER}:{:08X}::{}",
            0x6B00_3594 + self.turn,
            self.secret
        )
    }

    /// The second half of a ticket.
    fn csrf(self) -> String {
        format!("{:08X}:{}", 0x6B00_3594 + self.turn, self.secret)
    }
}

/// `POST /access/ticket`.
pub(super) fn log_in(
    seal: Seal<'_>,
    parameters: &BTreeMap<String, String>,
) -> Result<Value, Failure> {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    let user = match text("realm") {
        "" => text("username").to_owned(),
        realm => format!("{}@{realm}", text("username")),
    };
    let known =
        user == USER && (text("password") == seal.secret || text("password") == seal.ticket());
    if !known {
        return Err(Failure::new(401, "authentication failure"));
    }
    Ok(
        json!({"username": USER, "ticket": seal.ticket(), "CSRFPreventionToken": seal.csrf(), "cap": {"vms": {"VM.Audit": 1}, "nodes": {}, "dc": {}, "storage": {}, "access": {}, "sdn": {}, "mapping": {}}}),
    )
}

/// Who it is, by token or by ticket; a ticket beats a token, and writes only with its second half.
pub(super) fn login(headers: &HeaderMap, seal: Seal<'_>, writes: bool) -> Option<Login> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let cookie = text(header::COOKIE.as_str())
        .into_iter()
        .flat_map(|all| all.split("; "))
        .find_map(|one| one.strip_prefix("PVEAuthCookie="));
    if let Some(sent) = cookie {
        let sent = percent(sent);
        let csrf = text("csrfpreventiontoken").unwrap_or_default();
        let good = sent == seal.ticket() && (!writes || csrf == seal.csrf());
        return good.then(|| Login {
            account: Account::Console,
            user: USER.into(),
        });
    }
    let sent = text(header::AUTHORIZATION.as_str())?.strip_prefix("PVEAPIToken=")?;
    let sent = percent(sent);
    [
        Account::Console,
        Account::Auditor,
        Account::Narrow,
        Account::Nobody,
    ]
    .into_iter()
    .find(|account| sent == format!("{}={}", account.token_id(), seal.secret))
    .map(|account| Login {
        account,
        user: account.token_id().into(),
    })
}

/// Why nobody is logged in, as versions before 9.1.5 say it in the status line.
pub(super) fn refusal(headers: &HeaderMap) -> &'static str {
    let cookie = headers
        .get(header::COOKIE)
        .is_some_and(|value| value.as_bytes().starts_with(b"PVEAuthCookie="));
    if cookie {
        "permission denied - invalid PVE ticket"
    } else if headers.contains_key(header::AUTHORIZATION) {
        "invalid token value!"
    } else {
        "No ticket"
    }
}

/// Percent signs are decoded in what is sent to log in; a plus stays one.
fn percent(text: &str) -> String {
    let kept = text.replace('+', "%2B");
    url::form_urlencoded::parse(format!("v={kept}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
