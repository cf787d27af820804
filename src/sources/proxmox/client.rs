//! A client that only reads, and the API's way of saying what is wrong.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{ProxmoxSettings, credentials::Login};
use crate::sources::tls::{self, TlsError, Untrusted};

/// The API's second hop gives up after 30 s; nothing is waited for longer.
const PATIENCE: Duration = Duration::from_secs(32);
/// What is in the API's memory comes sooner.
const SOON: Duration = Duration::from_secs(8);
/// The server closes idle connections after 5 s.
const IDLE: Duration = Duration::from_secs(4);

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum PveError {
    /// TLS cannot be set up.
    #[error("{0}")]
    Tls(#[from] TlsError),
    /// The client cannot be made.
    #[error("{0}")]
    Client(String),
    /// The certificate is not trusted.
    #[error("the certificate is not trusted; its SHA-256 fingerprint is {0}")]
    Untrusted(String),
    /// Not reached, or no answer.
    #[error("{0}")]
    Transport(String),
    /// Credentials refused.
    #[error("401 {0}")]
    Refused(String),
    /// A right is missing.
    #[error("403 {0}")]
    Forbidden(String),
    /// The hop behind the API did not answer.
    #[error("{0} {1}: the API answers, what is behind it does not")]
    Hop(u16, String),
    /// Anything else.
    #[error("{0} {1}")]
    Status(u16, String),
}

impl PveError {
    /// What the user can do where trying again does not help.
    pub(super) fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Refused(_) => Some(
                "check the token's name and secret (or user and password) in the configuration, and that it has not expired",
            ),
            Self::Untrusted(_) => Some(
                "compare the fingerprint with that of the host (Certificates in its web interface) and put it into `fingerprint`, or name its CA in `ca-file`",
            ),
            Self::Tls(_) | Self::Client(_) => Some("correct this entry of the configuration"),
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
            Self::Forbidden(_) => Some("grant the role PVEAuditor on / to user and token"),
            Self::Hop(595, _) => Some(
                "look at pvedaemon on that host (systemctl status pvedaemon), and whether the host is up",
            ),
            Self::Hop(..) => Some(
                "it is held up, mostly by a storage that does not answer: pvesm status on that host",
            ),
            Self::Status(500, _) => {
                Some("look at the cluster on that host: pvecm status, systemctl status pve-cluster")
            }
            Self::Transport(_) => Some("is pveproxy up, and the way to its port 8006 open?"),
            _ => None,
        }
    }
}

/// A client.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    name: String,
    login: Login,
    untrusted: Untrusted,
}

impl Client {
    pub(super) fn new(settings: &ProxmoxSettings) -> Result<Self, PveError> {
        let (config, untrusted) =
            tls::client_config(settings.ca_file.as_deref(), settings.fingerprint.as_deref())?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .http1_only()
            .pool_idle_timeout(IDLE)
            .connect_timeout(Duration::from_secs(4))
            .timeout(PATIENCE)
            .build()
            .map_err(|why| PveError::Client(why.to_string()))?;
        Ok(Self {
            http,
            base: format!("{}/api2/json", settings.url),
            name: settings.name.clone(),
            login: Login::new(&settings.credentials),
            untrusted,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Makes sure that there is a ticket, where one is needed.
    async fn log_in(&self) -> Result<(), PveError> {
        let Some((username, password)) = self.login.due(tokio::time::Instant::now()) else {
            return Ok(());
        };
        let form = [
            ("username", username.as_str()),
            ("password", password.expose_secret()),
        ];
        let request = self
            .http
            .post(format!("{}/access/ticket", self.base))
            .form(&form);
        let response = request.send().await.map_err(|why| self.transport(&why))?;
        let answer = self.taken(response).await.inspect_err(|_| {
            // an old ticket may be refused: the next try is made with the password
            self.login.forget();
        })?;
        self.login
            .take(&answer)
            .map_err(|why| PveError::Refused(why.into()))
    }

    /// The `data` of a path. A ticket that is refused before its time (the host's key was changed) is
    /// exchanged for a new one.
    pub(super) async fn get(&self, path: &str) -> Result<Value, PveError> {
        let held = self.login.is_by_ticket();
        match self.get_once(path).await {
            Err(PveError::Refused(_)) if held => self.get_once(path).await,
            answer => answer,
        }
    }

    async fn get_once(&self, path: &str) -> Result<Value, PveError> {
        self.log_in().await?;
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .headers(self.login.headers(false));
        let response = request.send().await.map_err(|why| self.transport(&why))?;
        let answer = self.taken(response).await;
        if matches!(answer, Err(PveError::Refused(_))) {
            self.login.forget();
        }
        answer
    }

    /// The lists of everything, which the API has in its memory: it answers at once, or not at all.
    pub(super) async fn get_soon(&self, path: &str) -> Result<Value, PveError> {
        tokio::time::timeout(SOON, self.get(path))
            .await
            .unwrap_or_else(|_| Err(PveError::Transport("no answer in time".into())))
    }

    /// The same, for what one slow storage or node must not hold up.
    pub(super) async fn get_within(
        &self,
        path: &str,
        patience: Duration,
    ) -> Result<Value, PveError> {
        tokio::time::timeout(patience, self.get(path))
            .await
            .unwrap_or_else(|_| Err(PveError::Hop(596, "no answer in time".into())))
    }

    /// The `data` of an answer, or what is said instead.
    async fn taken(&self, response: Response) -> Result<Value, PveError> {
        let status = response.status();
        // the reason phrase has the first line of the message; older servers say no more
        let phrase = response
            .extensions()
            .get::<hyper::ext::ReasonPhrase>()
            .map_or_else(
                || status.canonical_reason().unwrap_or_default().to_owned(),
                |phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned(),
            );
        let body = response.bytes().await;
        if status.is_success() {
            let body = body.map_err(|why| self.transport(&why))?;
            let mut envelope: Value = serde_json::from_slice(&body)
                .map_err(|why| PveError::Transport(format!("the answer is no JSON: {why}")))?;
            return Ok(envelope["data"].take());
        }
        let said: Value = body
            .ok()
            .and_then(|body| serde_json::from_slice(&body).ok())
            .unwrap_or(Value::Null);
        let words = said["message"]
            .as_str()
            .map_or(phrase, |message| message.trim().to_owned());
        Err(match status {
            StatusCode::UNAUTHORIZED => PveError::Refused(words),
            StatusCode::FORBIDDEN => PveError::Forbidden(words),
            other if (595..=599).contains(&other.as_u16()) => PveError::Hop(other.as_u16(), words),
            other => PveError::Status(other.as_u16(), words),
        })
    }

    fn transport(&self, why: &reqwest::Error) -> PveError {
        if let Some(found) = self.untrusted.fingerprint() {
            return PveError::Untrusted(found);
        }
        let mut text = why.without_address();
        let mut source = std::error::Error::source(why);
        while let Some(cause) = source {
            text = cause.to_string();
            source = cause.source();
        }
        PveError::Transport(text)
    }
}

/// An error's words without the address, which the pane shows anyway.
trait WithoutAddress {
    fn without_address(&self) -> String;
}

impl WithoutAddress for reqwest::Error {
    fn without_address(&self) -> String {
        if self.is_timeout() {
            "no answer in time".into()
        } else {
            "not reached".into()
        }
    }
}
