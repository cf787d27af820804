//! Outages of the lab's servers: for some seconds they fail in the ways that real ones do.

use std::{sync::Mutex, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use jiff::Timestamp;
use serde_json::json;

use super::{Lab, answer};

/// Outages that only writes meet: denied by admission, or done with the answer lost.
const WRITES: [&str; 2] = ["deny", "lost"];

/// An outage of the server.
#[derive(Clone, Debug, Default)]
pub struct Outage {
    kind: String,
    until: Option<Timestamp>,
}

impl Outage {
    /// Begins one, or ends it with none.
    fn set(of: &Mutex<Self>, outage: Self) {
        *of.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = outage;
    }

    /// What it is called, while it lasts.
    fn now(of: &Mutex<Self>) -> Option<Self> {
        let outage = of
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        outage
            .until
            .is_some_and(|until| until >= Timestamp::now())
            .then_some(outage)
    }

    /// Time that is left of it.
    fn left(&self) -> Duration {
        let seconds = self.until.map_or(0, |until| {
            until.duration_since(Timestamp::now()).as_secs().max(0)
        });
        Duration::from_secs(seconds.unsigned_abs())
    }
}

/// Begins an outage of the API server, or of another one (`argocd`, `proxmox`); those that do not only
/// meet writes cut the watches that are open.
pub fn begin(lab: &Lab, server: Option<&str>, kind: &str, lasts: Duration) {
    begin_at(of(lab, server), kind, lasts);
    if server.is_none() && !WRITES.contains(&kind) {
        // open watches end when they look up
        lab.world.wake();
    }
}

/// Begins an outage of one server.
pub fn begin_at(place: &Mutex<Outage>, kind: &str, lasts: Duration) {
    let until = Timestamp::now().checked_add(lasts).ok();
    let outage = Outage {
        kind: kind.into(),
        until,
    };
    Outage::set(place, outage);
}

/// Ends an outage before its time.
pub fn end(lab: &Lab, server: Option<&str>) {
    Outage::set(of(lab, server), Outage::default());
}

/// Where the outage of a server is held.
fn of<'l>(lab: &'l Lab, server: Option<&str>) -> &'l Mutex<Outage> {
    match server {
        Some("argocd") => &lab.argo_outage,
        Some("proxmox") => &lab.pve_outage,
        _ => &lab.outage,
    }
}

/// Whether a server has another certificate for now.
pub fn is_renewed(place: &Mutex<Outage>) -> bool {
    Outage::now(place).is_some_and(|outage| outage.kind == "certificate")
}

/// Whether watches that are open end now.
pub fn cuts(lab: &Lab) -> bool {
    present(lab).is_some_and(|outage| !WRITES.contains(&outage.kind.as_str()))
}

/// What an outage does to requests.
fn present(lab: &Lab) -> Option<Outage> {
    Outage::now(&lab.outage)
}

/// The kind of an outage of Argo CD's server, and how long it lasts.
pub fn of_argocd(lab: &Lab) -> Option<(String, Duration)> {
    let outage = Outage::now(&lab.argo_outage)?;
    let left = outage.left();
    Some((outage.kind, left))
}

/// The same of the Proxmox VE beside it.
pub fn of_pve(lab: &Lab) -> Option<(String, Duration)> {
    let outage = Outage::now(&lab.pve_outage)?;
    let left = outage.left();
    Some((outage.kind, left))
}

/// The answer to every write while admission denies them, in a webhook's words.
pub fn denied(lab: &Lab) -> Option<Response> {
    let outage = present(lab).filter(|outage| outage.kind == "deny")?;
    let why = format!(
        "admission webhook \"policy.lab\" denied the request: no changes while `{}` is on",
        outage.kind
    );
    Some(answer::failure(403, "Forbidden", &why, json!({})))
}

/// The answer to a write on its way back: with `lost` the connection breaks after the work was done.
pub fn way_back(lab: &Lab, response: Response) -> Response {
    if present(lab).is_none_or(|outage| outage.kind != "lost") {
        return response;
    }
    let broken = futures::stream::once(async {
        Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Response::new(Body::from_stream(broken))
}

/// The answer during an outage.
pub async fn outage(lab: &Lab) -> Option<Response> {
    // these two are about writes alone
    let outage = present(lab).filter(|outage| !WRITES.contains(&outage.kind.as_str()))?;
    Some(match outage.kind.as_str() {
        "429" => {
            let mut response = answer::failure(
                429,
                "TooManyRequests",
                "too many requests, please try again later",
                json!({}),
            );
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        "401" => answer::unauthorized(),
        "half" => {
            let mut response = Response::new(Body::from(
                "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"na",
            ));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            response
        }
        "hang" => {
            tokio::time::sleep(outage.left()).await;
            answer::failure(
                504,
                "Timeout",
                "the server was unable to return a response in the time allotted",
                json!({}),
            )
        }
        _ => answer::failure(
            500,
            "InternalError",
            "Internal error occurred: etcdserver: request timed out",
            json!({}),
        ),
    })
}
