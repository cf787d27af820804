//! A client that only reads, and the API's way of saying what is wrong.

use std::time::Duration;

use reqwest::{StatusCode, header::AUTHORIZATION};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::ProxmoxSettings;
use crate::sources::tls::{self, TlsError, Untrusted};

/// The API's second hop gives up after 30 s; nothing is waited for longer.
const PATIENCE: Duration = Duration::from_secs(32);
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
    #[error("{0} {1}: the API answers, the daemon or node behind it does not")]
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
                "check token-id and token in the configuration, and that the token has not expired",
            ),
            Self::Untrusted(_) => Some(
                "compare the fingerprint with that of the host (Certificates in its web interface) and put it into `fingerprint`, or name its CA in `ca-file`",
            ),
            Self::Tls(_) | Self::Client(_) => Some("correct this entry of the configuration"),
            _ => None,
        }
    }

    pub(super) const fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden(_))
    }
}

/// A client.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    name: String,
    authorization: secrecy::SecretString,
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
        let authorization = format!(
            "PVEAPIToken={}={}",
            settings.token_id,
            settings.token.expose_secret()
        );
        Ok(Self {
            http,
            base: format!("{}/api2/json", settings.url),
            name: settings.name.clone(),
            authorization: authorization.into(),
            untrusted,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The `data` of a path.
    pub(super) async fn get(&self, path: &str) -> Result<Value, PveError> {
        let request = self
            .http
            .get(format!("{}{path}", self.base))
            .header(AUTHORIZATION, self.authorization.expose_secret());
        let response = request.send().await.map_err(|why| self.transport(&why))?;
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
