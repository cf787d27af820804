//! A client that only reads (but for logging in), and the API's way of saying what is wrong.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{ArgoSettings, Credentials};
use crate::sources::tls::{self, TlsError, Untrusted};

/// How long an answer may take; a full list of a thousand applications takes a second.
const PATIENCE: Duration = Duration::from_secs(30);
/// Header that carries the next token when the present one is about to end.
const RENEWED: &str = "grpc-metadata-renew-token";

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArgoError {
    /// TLS cannot be set up.
    #[error("{0}")]
    Tls(#[from] TlsError),
    /// The client cannot be made.
    #[error("{0}")]
    Client(String),
    /// The certificate is not trusted.
    #[error("the certificate is not trusted; its SHA-256 fingerprint is {0}")]
    Untrusted(String),
    /// Not reached, or no (whole) answer.
    #[error("{0}")]
    Transport(String),
    /// Credentials refused.
    #[error("401 {0}")]
    Refused(String),
    /// Anything else that the server said.
    #[error("{0} {1}")]
    Status(u16, String),
}

impl ArgoError {
    /// What the user can do where trying again does not help.
    pub(super) const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Refused(_) => Some(
                "check the token, or user and password, of this entry of the configuration; a session ends after 24 hours, an account's token only when it is revoked",
            ),
            Self::Untrusted(_) => Some(
                "compare the fingerprint with that of the server and put it into `fingerprint`, or name its CA in `ca-file`",
            ),
            Self::Tls(_) | Self::Client(_) => Some("correct this entry of the configuration"),
            Self::Status(403, _) => Some(
                "the account may log in but not read applications: give it the role readonly (argocd-rbac-cm)",
            ),
            _ => None,
        }
    }

    /// The words, and where to look.
    pub(super) fn with_hint(&self) -> String {
        match self.hint() {
            Some(hint) => format!("{self}; {hint}"),
            None => self.to_string(),
        }
    }

    /// What to look at where trying again may help.
    const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Status(429, _) => Some("it is asked less often until it answers again"),
            Self::Status(500.., _) | Self::Transport(_) => {
                Some("look at the pods of argocd-server, argocd-redis and argocd-repo-server")
            }
            _ => None,
        }
    }

    /// From a status and the API's own words, in either of its two shapes.
    fn said(status: u16, body: &[u8]) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let words = json["message"]
            .as_str()
            .or_else(|| json["error"]["message"].as_str())
            .map_or_else(
                || {
                    let text = String::from_utf8_lossy(body);
                    text.lines().next().unwrap_or_default().trim().to_owned()
                },
                ToOwned::to_owned,
            );
        if status == 401 {
            Self::Refused(words)
        } else {
            Self::Status(status, words)
        }
    }

    /// From the error object of a stream.
    pub(super) fn in_stream(error: &Value) -> Self {
        let status = error["http_code"]
            .as_u64()
            .and_then(|code| u16::try_from(code).ok())
            .unwrap_or(500);
        let words = error["message"].as_str().unwrap_or_default().to_owned();
        if status == 401 {
            Self::Refused(words)
        } else {
            Self::Status(status, words)
        }
    }
}

/// A client.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    credentials: Credentials,
    token: Mutex<Option<SecretString>>,
    untrusted: Untrusted,
}

impl Client {
    pub(super) fn new(settings: &ArgoSettings) -> Result<Self, ArgoError> {
        let (config, untrusted) =
            tls::client_config(settings.ca_file.as_deref(), settings.fingerprint.as_deref())?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .http1_only()
            .connect_timeout(Duration::from_secs(4))
            .tcp_keepalive(Duration::from_secs(15))
            .build()
            .map_err(|why| ArgoError::Client(why.to_string()))?;
        Ok(Self {
            http,
            base: format!("{}/api", settings.url.trim_end_matches('/')),
            credentials: settings.credentials.clone(),
            token: Mutex::default(),
            untrusted,
        })
    }

    /// Makes sure that there is a token; logs in where there is none and a password is known.
    pub(super) async fn log_in(&self) -> Result<(), ArgoError> {
        if self.bearer().is_some() {
            return Ok(());
        }
        let (username, password) = match &self.credentials {
            Credentials::Token(token) => {
                self.keep(Some(token.clone()));
                return Ok(());
            }
            Credentials::Password { username, password } => (username, password),
        };
        let body = json!({"username": username, "password": password.expose_secret()});
        // the server wants exactly `application/json`, which is what this sends
        let request = self
            .http
            .post(format!("{}/v1/session", self.base))
            .timeout(PATIENCE)
            .json(&body);
        let response = request.send().await.map_err(|why| self.transport(&why))?;
        let answer = self.whole(response).await?;
        let token = answer["token"]
            .as_str()
            .ok_or_else(|| ArgoError::Transport("the login's answer holds no token".into()))?;
        self.keep(Some(token.to_owned().into()));
        Ok(())
    }

    /// Forgets the token, so that the next call logs in anew.
    pub(super) fn log_out(&self) {
        self.keep(None);
    }

    fn keep(&self, token: Option<SecretString>) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// The token that is held.
    pub(super) fn token(&self) -> Option<SecretString> {
        self.token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn bearer(&self) -> Option<String> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token
            .as_ref()
            .map(|token| format!("Bearer {}", token.expose_secret()))
    }

    /// The answer to a GET of a path below `/api`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, ArgoError> {
        self.get_within(path, query, PATIENCE).await
    }

    /// The same, with a limit of time of its own.
    pub(super) async fn get_within(
        &self,
        path: &str,
        query: &[(&str, &str)],
        patience: Duration,
    ) -> Result<Value, ArgoError> {
        let response = self
            .request(path, query)
            .timeout(patience)
            .send()
            .await
            .map_err(|why| self.transport(&why))?;
        self.renew(&response);
        self.whole(response).await
    }

    /// Opens a stream of events. Its headers come with the first message only, which may take as
    /// long as nothing happens: there is no limit of time.
    pub(super) async fn open(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Response, ArgoError> {
        let response = self
            .request(path, query)
            .header(ACCEPT, "text/event-stream")
            .send()
            .await
            .map_err(|why| self.transport(&why))?;
        self.renew(&response);
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap_or_default();
        // the error stands in one event
        let body = body.strip_prefix(b"data: ").unwrap_or(&body);
        Err(ArgoError::said(status, body.trim_ascii()))
    }

    /// Takes in the next part of a stream; `None` at its end.
    pub(super) async fn chunk(
        &self,
        response: &mut Response,
    ) -> Result<Option<bytes::Bytes>, ArgoError> {
        response.chunk().await.map_err(|why| self.transport(&why))
    }

    fn request(&self, path: &str, query: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let request = self.http.get(format!("{}{path}", self.base)).query(query);
        match self.bearer() {
            Some(bearer) => request.header(AUTHORIZATION, bearer),
            None => request,
        }
    }

    /// A session that is about to end comes with its successor.
    fn renew(&self, response: &Response) {
        let renewed = response
            .headers()
            .get(RENEWED)
            .and_then(|value| value.to_str().ok());
        if let Some(token) = renewed {
            self.keep(Some(token.to_owned().into()));
        }
    }

    async fn whole(&self, response: Response) -> Result<Value, ArgoError> {
        let status = response.status();
        let body = response.bytes().await.map_err(|why| self.transport(&why))?;
        if status != StatusCode::OK {
            return Err(ArgoError::said(status.as_u16(), &body));
        }
        serde_json::from_slice(&body)
            .map_err(|why| ArgoError::Transport(format!("the answer is no JSON: {why}")))
    }

    fn transport(&self, why: &reqwest::Error) -> ArgoError {
        if let Some(found) = self.untrusted.fingerprint() {
            return ArgoError::Untrusted(found);
        }
        if why.is_timeout() {
            return ArgoError::Transport("no answer in time".into());
        }
        let mut text = "not reached".to_owned();
        let mut source = std::error::Error::source(why);
        while let Some(cause) = source {
            text = cause.to_string();
            source = cause.source();
        }
        ArgoError::Transport(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_in_both_shapes_and_as_plain_text() {
        let rest = br#"{"error":"permission denied","code":7,"message":"permission denied"}"#;
        assert_eq!(
            ArgoError::said(403, rest).to_string(),
            "403 permission denied"
        );
        let stream = br#"{"error":{"grpc_code":16,"http_code":401,"message":"no session information","http_status":"Unauthorized"}}"#;
        assert!(
            matches!(ArgoError::said(401, stream), ArgoError::Refused(words) if words == "no session information")
        );
        assert_eq!(
            ArgoError::said(415, b"Invalid content type\n").to_string(),
            "415 Invalid content type"
        );
    }
}
