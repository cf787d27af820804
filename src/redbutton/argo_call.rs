//! One request to Argo CD's API that changes something, and what is made of its answer.

use std::time::Duration;

use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Shown, SyncOptions, Target, Verb, argo, send::Answer};
use crate::{
    domain::{AppResource, Time, namespace_there},
    sources::{
        argocd::{self, ArgoSettings},
        tls::{self, Untrusted},
    },
};

/// A request.
#[derive(Debug)]
pub(super) struct Call {
    pub method: Method,
    /// Path below `/api/v1`.
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Value,
}

impl Call {
    pub fn get(path: String) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            body: Value::Null,
        }
    }
}

/// An application as the API names it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub name: String,
    pub namespace: String,
    pub project: String,
}

impl Place {
    pub fn of(target: &Target, shown: &Shown) -> Self {
        let key = &target.object.key;
        Self {
            name: key.name.to_string(),
            namespace: namespace_there(key).to_owned(),
            project: shown.project.to_string(),
        }
    }

    pub fn path(&self) -> String {
        format!("/applications/{}", self.name)
    }

    /// Without both, a missing application is told as a missing right, and one of another namespace
    /// is not found.
    fn query(&self) -> Vec<(&'static str, String)> {
        vec![
            ("appNamespace", self.namespace.clone()),
            ("project", self.project.clone()),
        ]
    }

    pub fn read(&self) -> Call {
        self.part("")
    }

    /// The application itself, or a part of it.
    pub fn part(&self, part: &str) -> Call {
        Call {
            query: self.query(),
            ..Call::get(format!("{}{part}", self.path()))
        }
    }

    fn body(&self) -> Value {
        json!({"name": self.name, "appNamespace": self.namespace, "project": self.project})
    }
}

/// The body of a sync. Options that are named replace the application's own, so these are named too.
pub(super) fn sync(
    place: &Place,
    options: SyncOptions,
    resources: &[AppResource],
    own: &[Value],
) -> Call {
    let mut body = place.body();
    body["dryRun"] = json!(options.dry_run);
    body["prune"] = json!(options.prune);
    body["strategy"] = strategy(options);
    if !resources.is_empty() {
        body["resources"] = resources.iter().map(named).collect();
    }
    if options.replace {
        let mut items = own.to_vec();
        items.push(json!("Replace=true"));
        body["syncOptions"] = json!({"items": items});
    }
    post(place, "sync", body)
}

/// Hooks run, as with the tool; objects are made anew where that is asked for.
pub(super) fn strategy(options: SyncOptions) -> Value {
    json!({"hook": if options.force { json!({"force": true}) } else { json!({}) }})
}

/// A resource as a sync names it.
pub(super) fn named(one: &AppResource) -> Value {
    let mut out = json!({"group": &*one.group, "kind": &*one.kind, "name": &*one.name});
    if !one.namespace.is_empty() {
        out["namespace"] = json!(&*one.namespace);
    }
    out
}

pub(super) fn rollback(place: &Place, id: i64, dry_run: bool) -> Call {
    let mut body = place.body();
    body["id"] = json!(id);
    body["dryRun"] = json!(dry_run);
    body["prune"] = json!(false);
    post(place, "rollback", body)
}

fn post(place: &Place, verb: &str, body: Value) -> Call {
    Call {
        method: Method::POST,
        path: format!("{}/{verb}", place.path()),
        query: Vec::new(),
        body,
    }
}

fn patch(place: &Place, patch: &Value) -> Call {
    let mut body = place.body();
    body["patchType"] = json!("merge");
    // a patch is a text in this API
    body["patch"] = json!(patch.to_string());
    Call {
        method: Method::PATCH,
        path: place.path(),
        query: Vec::new(),
        body,
    }
}

/// The request of an action; `own` are the application's sync options.
pub(super) fn call(
    verb: Verb,
    place: &Place,
    resources: &[AppResource],
    own: &[Value],
) -> Option<Call> {
    Some(match verb {
        Verb::Refresh | Verb::HardRefresh => {
            let mut read = place.read();
            let word = if verb == Verb::Refresh {
                "normal"
            } else {
                "hard"
            };
            read.query.push(("refresh", word.into()));
            read
        }
        Verb::Sync(options) => sync(place, options, resources, own),
        Verb::Terminate => Call {
            method: Method::DELETE,
            ..place.part("/operation")
        },
        Verb::Rollback(id) => rollback(place, id, false),
        Verb::AutoSync(on) => patch(place, &argo::switch(on)),
        Verb::ApproveDeletion => patch(
            place,
            &json!({"metadata": {"annotations": {"argocd.argoproj.io/deletion-approved": now()}}}),
        ),
        _ => return None,
    })
}

/// The controller wants whole seconds.
fn now() -> String {
    Time::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The right that an action needs, as the API calls it.
pub(super) const fn right(verb: Verb) -> &'static str {
    match verb {
        Verb::Refresh | Verb::HardRefresh => "get",
        Verb::AutoSync(_) | Verb::ApproveDeletion => "update",
        _ => "sync",
    }
}

/// What sends requests; nothing is sent twice.
pub(super) struct Sender {
    http: reqwest::Client,
    base: String,
    token: SecretString,
    untrusted: Untrusted,
    pub patience: Duration,
}

impl Sender {
    /// Gets ready with the settings of the reading side, logging in where there is no token.
    pub async fn connect(settings: &ArgoSettings, patience: Duration) -> Result<Self, String> {
        let (config, untrusted) =
            tls::client_config(settings.ca_file.as_deref(), settings.fingerprint.as_deref())
                .map_err(|why| why.to_string())?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .http1_only()
            // no connection is used that the server may have closed
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(4))
            .build()
            .map_err(|why| why.to_string())?;
        Ok(Self {
            http,
            base: format!("{}/api/v1", settings.url.trim_end_matches('/')),
            token: argocd::token(settings).await?,
            untrusted,
            patience,
        })
    }

    pub async fn send(&self, call: &Call) -> Answer {
        let mut request = self
            .http
            .request(call.method.clone(), format!("{}{}", self.base, call.path))
            .query(&call.query)
            .timeout(self.patience)
            .header(
                AUTHORIZATION,
                format!("Bearer {}", self.token.expose_secret()),
            );
        if call.method != Method::GET {
            // exactly this, and for requests without a body too
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if !call.body.is_null() {
            request = request.body(call.body.to_string());
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(why) => return self.broken(&why),
        };
        let status = response.status();
        let Ok(body) = response.bytes().await else {
            return Answer::Lost("the answer broke off".into());
        };
        judged(status, &body)
    }

    fn broken(&self, why: &reqwest::Error) -> Answer {
        if let Some(found) = self.untrusted.fingerprint() {
            return Answer::Bad(
                0,
                format!("the certificate is not trusted; its SHA-256 fingerprint is {found}"),
            );
        }
        if why.is_connect() {
            return Answer::Bad(0, "not reached".into());
        }
        if why.is_timeout() {
            return Answer::Lost(format!("no answer within {} s", self.patience.as_secs()));
        }
        Answer::Lost("the connection broke".into())
    }
}

/// What an answer means. A gateway's word, or the server's that its other half did not answer, says
/// nothing of what was done.
fn judged(status: StatusCode, body: &[u8]) -> Answer {
    let said: Result<Value, _> = serde_json::from_slice(body);
    let code = status.as_u16();
    if status.is_success() {
        return said.map_or_else(
            |_| Answer::Lost("the answer broke off".into()),
            Answer::Good,
        );
    }
    let said = said.unwrap_or(Value::Null);
    let words = said["message"].as_str().map_or_else(
        || {
            let text = String::from_utf8_lossy(body);
            let line = text.lines().next().unwrap_or_default();
            line.chars().take(200).collect()
        },
        str::to_owned,
    );
    // deadline exceeded and unavailable, in the numbers of gRPC
    let silent = matches!(said["code"].as_i64(), Some(4 | 14));
    if (502..=504).contains(&code) || silent {
        Answer::Lost(format!("{code} {words}"))
    } else {
        Answer::Bad(code, words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            name: "drift".into(),
            namespace: "openshift-gitops".into(),
            project: "lab".into(),
        }
    }

    #[test]
    fn bodies_have_the_form_that_was_recorded() {
        let one = AppResource {
            kind: "ConfigMap".into(),
            name: "drift-config".into(),
            namespace: "lab-drift".into(),
            ..AppResource::default()
        };
        let options = SyncOptions {
            force: true,
            replace: true,
            ..SyncOptions::default()
        };
        let own = [json!("CreateNamespace=true")];
        let call = sync(&place(), options, &[one], &own);
        assert_eq!(call.path, "/applications/drift/sync");
        assert_eq!(
            call.body,
            json!({"name": "drift", "appNamespace": "openshift-gitops", "project": "lab", "dryRun": false, "prune": false, "strategy": {"hook": {"force": true}}, "resources": [{"group": "", "kind": "ConfigMap", "name": "drift-config", "namespace": "lab-drift"}], "syncOptions": {"items": ["CreateNamespace=true", "Replace=true"]}})
        );
        // zero is a number of the history like any other
        assert_eq!(rollback(&place(), 0, false).body["id"], 0);
        let off = call_of(Verb::AutoSync(false));
        assert_eq!(
            off.body["patch"],
            r#"{"spec":{"syncPolicy":{"automated":{"enabled":false}}}}"#
        );
        assert_eq!(call_of(Verb::Terminate).method, Method::DELETE);
    }

    fn call_of(verb: Verb) -> Call {
        call(verb, &place(), &[], &[]).unwrap()
    }

    #[test]
    fn only_what_the_server_itself_refused_counts_as_refused() {
        let busy = br#"{"error":"another operation is already in progress","code":9,"message":"another operation is already in progress"}"#;
        assert!(
            matches!(judged(StatusCode::BAD_REQUEST, busy), Answer::Bad(400, why) if why.contains("already in progress"))
        );
        let cut = br#"{"error":"connection error","code":14,"message":"connection error"}"#;
        assert!(matches!(
            judged(StatusCode::INTERNAL_SERVER_ERROR, cut),
            Answer::Lost(_)
        ));
        assert!(matches!(
            judged(StatusCode::BAD_GATEWAY, b"<html>"),
            Answer::Lost(_)
        ));
        assert!(matches!(judged(StatusCode::OK, b"{\"a\""), Answer::Lost(_)));
    }
}
