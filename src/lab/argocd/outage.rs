//! What can go wrong with the server as a whole: `POST /lab/outage/KIND?server=argocd`.

use axum::{
    body::Body,
    http::{HeaderMap, Uri, header},
    response::Response,
};

use super::{Refusal, stream, with_type};
use crate::lab::{Lab, outage};

/// Streams stay open and tell of no change, as when the server drops what it cannot send in time.
pub const MUTE: &str = "mute";

/// The answer during an outage.
pub async fn answer(lab: &Lab, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let (kind, left) = outage::of_argocd(lab)?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let streams = uri.path().contains("/stream/");
    let failing = |status: u16, code: u16, words: &str, reason: &str| {
        if streams {
            stream::failure(accept, status, code, words, reason)
        } else {
            Refusal::new(status, code, words).answer()
        }
    };
    Some(match kind.as_str() {
        "lost" | "certificate" | MUTE => return None,
        "401" => failing(
            401,
            16,
            "invalid session: token has invalid claims: token is expired",
            "Unauthorized",
        ),
        "429" => failing(429, 8, "too many requests", "Too Many Requests"),
        "half" => with_type(
            200,
            Body::from("{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{\"meta"),
            "application/json",
        ),
        "hang" => {
            tokio::time::sleep(left).await;
            failing(
                503,
                14,
                "connection error: desc = \"transport: Error while dialing: context deadline exceeded\"",
                "Service Unavailable",
            )
        }
        _ => failing(
            500,
            2,
            "rpc error: code = Unknown desc = etcdserver: request timed out",
            "Internal Server Error",
        ),
    })
}
