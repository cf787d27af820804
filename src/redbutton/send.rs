//! One request of the writing client and what is made of its answer. Nothing is sent twice.

use http::{Request, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::{Value, json};

use super::{
    KubeWriter,
    call::{Call, MACHINES},
};

/// What a server said.
pub(super) enum Answer {
    /// It is done; the answer's body.
    Good(Value),
    /// Refused: status and words.
    Bad(u16, String),
    /// Nobody knows.
    Lost(String),
}

impl KubeWriter {
    /// Sends a request once, dry or in earnest.
    pub(super) async fn send(&self, call: &Call, dry: bool) -> Answer {
        let request = match request(call, dry) {
            Ok(request) => request,
            Err(why) => return Answer::Bad(0, why.to_string()),
        };
        let answered = tokio::time::timeout(self.patience, async {
            let response = self
                .client
                .send(request)
                .await
                .map_err(|why| why.to_string())?;
            let code = response.status().as_u16();
            let bytes = response
                .into_body()
                .collect()
                .await
                .map_err(|why| why.to_string())?
                .to_bytes();
            Ok::<_, String>((code, bytes))
        });
        match answered.await {
            Err(_) => Answer::Lost(format!("no answer within {} s", self.patience.as_secs())),
            Ok(Err(why)) => Answer::Lost(why),
            Ok(Ok((code, bytes))) => judged(code, &bytes),
        }
    }
}

fn request(call: &Call, dry: bool) -> Result<Request<Body>, http::Error> {
    let mark = if call.path.contains('?') { '&' } else { '?' };
    // a DELETE with a body is read from the body alone: there a mark in the query is ignored, and
    // the dry run would delete; the machines' API knows the body only
    let by_body = call.method == "DELETE" || call.path.starts_with(MACHINES);
    let mut sent = call.body.clone();
    let path = match dry {
        true if by_body => {
            sent["dryRun"] = json!(["All"]);
            call.path.clone()
        }
        true => format!("{}{mark}dryRun=All", call.path),
        false => call.path.clone(),
    };
    let body = if sent.is_null() {
        Vec::new()
    } else {
        sent.to_string().into_bytes()
    };
    Request::builder()
        .method(call.method)
        .uri(path)
        .header(CONTENT_TYPE, call.content)
        .body(Body::from(body))
}

fn judged(code: u16, bytes: &[u8]) -> Answer {
    let parsed: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    if (200..300).contains(&code) {
        return Answer::Good(parsed);
    }
    let words = parsed["message"].as_str().map_or_else(
        || String::from_utf8_lossy(bytes).chars().take(300).collect(),
        str::to_owned,
    );
    // a gateway in between, or a server that gave up waiting: it may have been done
    let of_server = parsed["kind"] == "Status";
    let in_doubt = code == 504
        || (matches!(code, 502 | 503) && !of_server)
        || (code == 500 && words.contains("etcdserver"));
    if in_doubt {
        return Answer::Lost(format!("{code} {words}"));
    }
    Answer::Bad(code, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_itself_refused_counts_as_refused() {
        let busy = br#"{"kind":"Status","message":"apiserver is shutting down"}"#;
        assert!(matches!(judged(503, busy), Answer::Bad(503, _)));
        assert!(matches!(judged(503, b"<html>no backend"), Answer::Lost(_)));
        let late = br#"{"kind":"Status","reason":"Timeout","message":"request did not complete within the requested timeout"}"#;
        assert!(matches!(judged(504, late), Answer::Lost(_)));
        assert!(matches!(judged(409, b"{}"), Answer::Bad(409, _)));
    }
}
