//! What can go wrong with the API as a whole: `POST /lab/outage/KIND?server=proxmox`.

use std::time::Duration;

use axum::response::Response;

use super::{
    REFUSAL,
    answer::{self, Failure},
    release::Release,
};

/// A daemon that does not answer holds a call for so long; 30 s in life, shortened here.
const HELD: Duration = Duration::from_secs(2);

/// The answer during an outage; nothing where it does not touch this call.
pub(super) async fn answer(
    kind: &str,
    left: Duration,
    release: Release,
    path: &[&str],
) -> Option<Response> {
    let said = |code: u16, words: &str| Some(Failure::new(code, words).answer(release));
    match kind {
        "401" => {
            tokio::time::sleep(REFUSAL).await;
            Some(answer::bare(401, "invalid token value!"))
        }
        "500" => said(500, "cluster not ready - no quorum?"),
        "595" if is_behind_the_hop(path) => said(595, "Connection refused"),
        "596" if is_behind_the_hop(path) => {
            tokio::time::sleep(HELD).await;
            said(596, "Connection timed out")
        }
        "hang" => {
            tokio::time::sleep(left).await;
            said(596, "Connection timed out")
        }
        "half" => Some(answer::half()),
        _ => None,
    }
}

/// Whether a call is passed on to the daemon that runs as root. The rest is answered from memory,
/// so that it goes on when that daemon is down.
fn is_behind_the_hop(path: &[&str]) -> bool {
    match path {
        ["cluster", "status"] | ["access", "ticket"] => true,
        ["nodes", _, "status"] | ["nodes", _, "tasks"] => false,
        ["nodes", _, "lxc" | "qemu", _, "config" | "pending"] => false,
        ["nodes", _, _, ..] => true,
        _ => false,
    }
}
