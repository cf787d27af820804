//! Requests that only read, and what goes wrong with them.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use kube::client::Body;
use prost::Message;
use tokio::sync::watch;

use super::{connect::chain, decode::Form, wire};
use crate::domain::{Denial, Text};

/// A question that is not answered within this time counts as lost.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// Protobuf where the server has it, JSON otherwise.
pub(super) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf,application/json";
/// A server's word on the length of its answer is believed up to this.
const LARGEST_HINT: usize = 64 << 20;

/// JSON only.
pub(super) const JSON: &str = "application/json";

/// What went wrong with a request.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum ReadError {
    /// Not reached, cut off, or too slow.
    #[error("{0}")]
    Transport(Text),
    /// There are no credentials to ask with.
    #[error("{0}")]
    NotLoggedIn(Text),
    /// Credentials refused.
    #[error("credentials are refused (401): {0}; log in again, which is taken up by itself")]
    Unauthorized(Text),
    /// Right missing.
    #[error("may not {verb} {resource}: {message}", verb = .0.verb, resource = .0.resource, message = .1)]
    Forbidden(Denial, Text),
    /// Not there.
    #[error("not found: {0}")]
    NotFound(Text),
    /// The version to go on from is too old.
    #[error("the version is too old (410)")]
    Gone,
    /// Too many requests; try again after so many seconds.
    #[error("the server asks to wait {0} s (429)")]
    Busy(u64),
    /// The server does not know what was asked for, or not in this form.
    #[error("the server refuses the request ({0}): {1}")]
    Refused(u16, Text),
    /// The server failed.
    #[error("the server failed ({0}): {1}")]
    Server(u16, Text),
    /// An answer that cannot be read.
    #[error("unreadable answer: {0}")]
    Unreadable(Text),
}

impl From<wire::WireError> for ReadError {
    fn from(why: wire::WireError) -> Self {
        Self::Unreadable(why.to_string().into())
    }
}

/// Sends requests that only read. All copies go by the same credentials, which may be renewed.
#[derive(Clone)]
pub(crate) struct Getter {
    client: Arc<watch::Sender<Option<Result<kube::Client, ReadError>>>>,
}

impl Getter {
    /// One whose requests wait for the first credentials.
    pub(crate) fn waiting() -> Self {
        Self {
            client: Arc::new(watch::Sender::new(None)),
        }
    }

    async fn client(&self) -> Result<kube::Client, ReadError> {
        let mut now = self.client.subscribe();
        let held = now.wait_for(Option::is_some).await;
        match held.as_deref() {
            Ok(Some(client)) => client.clone(),
            Ok(None) | Err(_) => Err(ReadError::Transport("not logged in".into())),
        }
    }

    /// Goes on with these credentials.
    pub(super) fn renew(&self, client: kube::Client) {
        self.client.send_replace(Some(Ok(client)));
    }

    /// Says why there are no credentials.
    pub(super) fn close(&self, why: ReadError) {
        self.client.send_replace(Some(Err(why)));
    }

    /// Resolves once there are credentials, or a reason why not.
    pub(super) async fn ready(&self) {
        // either way the next request tells
        drop(self.client().await);
    }

    /// Opens an answer; its body may go on for ever.
    pub(crate) async fn open(
        &self,
        path: &str,
        accept: &str,
    ) -> Result<(Form, Response<Body>), ReadError> {
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header(header::ACCEPT, accept)
            .body(Body::empty())
            .map_err(|why| ReadError::Transport(why.to_string().into()))?;
        self.exchange(request, path).await
    }

    async fn exchange(
        &self,
        request: Request<Body>,
        path: &str,
    ) -> Result<(Form, Response<Body>), ReadError> {
        let client = self.client().await?;
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, client.send(request)).await;
        let response = answer
            .map_err(|_| {
                ReadError::Transport(
                    format!("no answer within {} s", ANSWER_TIMEOUT.as_secs()).into(),
                )
            })?
            .map_err(|why| ReadError::Transport(chain(&why).into()))?;
        let form = match response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
        {
            Some(kind) if kind.starts_with("application/vnd.kubernetes.protobuf") => Form::Protobuf,
            _ => Form::Json,
        };
        if response.status().is_success() {
            return Ok((form, response));
        }
        Err(self.failure(form, response, path).await)
    }

    async fn failure(&self, form: Form, response: Response<Body>, path: &str) -> ReadError {
        let code = response.status();
        let wait = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let body = whole(response).await.unwrap_or_default();
        let message: Text = message_of(form, &body).into();
        match code {
            StatusCode::UNAUTHORIZED => ReadError::Unauthorized(message),
            StatusCode::FORBIDDEN => ReadError::Forbidden(denial(path, &message), message),
            StatusCode::NOT_FOUND => ReadError::NotFound(message),
            StatusCode::GONE => ReadError::Gone,
            StatusCode::TOO_MANY_REQUESTS => ReadError::Busy(wait.unwrap_or(1)),
            code if code.is_server_error() => ReadError::Server(code.as_u16(), message),
            code => ReadError::Refused(code.as_u16(), message),
        }
    }

    /// The whole answer to a GET.
    pub(crate) async fn get(&self, path: &str, accept: &str) -> Result<(Form, Bytes), ReadError> {
        let (form, response) = self.open(path, accept).await?;
        Ok((form, whole(response).await?))
    }

    /// Shows the parts of the answer to a GET as they arrive.
    pub(super) async fn parts(
        &self,
        path: &str,
        accept: &str,
        take: impl FnMut(&[u8]) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let (_, response) = self.open(path, accept).await?;
        each_part(response, take).await
    }

    /// The answer to a GET as JSON.
    pub(crate) async fn json(&self, path: &str) -> Result<serde_json::Value, ReadError> {
        let (_, body) = self.get(path, JSON).await?;
        serde_json::from_slice(&body).map_err(|why| ReadError::Unreadable(why.to_string().into()))
    }

    /// Asks the server about one's own rights: a SelfSubject… review is created and changes nothing.
    pub(crate) async fn review(
        &self,
        path: &str,
        review: &serde_json::Value,
    ) -> Result<serde_json::Value, ReadError> {
        debug_assert!(path.contains("selfsubject"));
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::ACCEPT, JSON)
            .header(header::CONTENT_TYPE, JSON)
            .body(Body::from(review.to_string().into_bytes()))
            .map_err(|why| ReadError::Transport(why.to_string().into()))?;
        let (_, response) = self.exchange(request, path).await?;
        let body = whole(response).await?;
        serde_json::from_slice(&body).map_err(|why| ReadError::Unreadable(why.to_string().into()))
    }
}

async fn whole(response: Response<Body>) -> Result<Bytes, ReadError> {
    let length = response
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .map_or(0, |length: usize| length.min(LARGEST_HINT));
    // straight into one buffer: collecting the parts first would hold all of it twice
    let mut whole = BytesMut::with_capacity(length);
    let take = |part: &[u8]| {
        whole.extend_from_slice(part);
        Ok(())
    };
    each_part(response, take).await?;
    Ok(whole.freeze())
}

/// Shows the parts of an answer as they arrive.
async fn each_part(
    response: Response<Body>,
    mut take: impl FnMut(&[u8]) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut body = response.into_body();
    let cut_off = |why: kube::Error| {
        ReadError::Transport(format!("the answer was cut off: {}", chain(&why)).into())
    };
    let read = async {
        while let Some(frame) = body.frame().await {
            if let Ok(part) = frame.map_err(cut_off)?.into_data() {
                take(&part)?;
            }
        }
        Ok(())
    };
    tokio::time::timeout(Duration::from_secs(120), read)
        .await
        .map_err(|_| ReadError::Transport("the answer did not end within 120 s".into()))?
}

/// The server's own words in an error, in either form.
pub(super) fn message_of(form: Form, body: &Bytes) -> String {
    match form {
        Form::Protobuf => wire::unwrap(body.clone())
            .ok()
            .and_then(|unknown| wire::Status::decode(unknown.raw).ok())
            .map_or_else(String::new, |status| status.message),
        Form::Json => match serde_json::from_slice::<wire::Status>(body) {
            Ok(status) => status.message,
            Err(_) => String::from_utf8_lossy(body)
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect(),
        },
    }
}

/// What was denied, from the server's sentence, else from the path.
fn denial(path: &str, message: &str) -> Denial {
    let quoted = |after: &str| {
        message
            .split(after)
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
    };
    let resource = quoted("resource \"");
    let group = quoted("API group \"");
    let verb = message
        .split(" cannot ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .unwrap_or("get");
    let resource = match (resource, group) {
        ("", _) => path.split('?').next().unwrap_or(path).to_owned(),
        (resource, "") => resource.to_owned(),
        (resource, group) => format!("{resource}.{group}"),
    };
    Denial {
        verb: verb.into(),
        resource: resource.into(),
        namespace: quoted("in the namespace \"").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_read_from_the_servers_sentence() {
        let message = "pods is forbidden: User \"norights\" cannot list resource \"pods\" in API group \"\" in the namespace \"media\"";
        let found = denial("/api/v1/pods", message);
        assert_eq!(
            (&*found.verb, &*found.resource, &*found.namespace),
            ("list", "pods", "media")
        );
        let message = "x is forbidden: User \"a\" cannot watch resource \"applications\" in API group \"argoproj.io\" at the cluster scope";
        let found = denial("/x", message);
        assert_eq!(
            (&*found.verb, &*found.resource, &*found.namespace),
            ("watch", "applications.argoproj.io", "")
        );
    }

    #[test]
    fn errors_of_a_real_server_are_read_in_protobuf() {
        for (file, words) in [
            ("status-403.pb", "forbidden"),
            ("status-404.pb", "not found"),
            ("status-401.pb", "Unauthorized"),
        ] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/recordings/protobuf")
                .join(file);
            let message = message_of(Form::Protobuf, &std::fs::read(path).unwrap().into());
            assert!(message.contains(words), "{file}: {message}");
        }
    }
}
