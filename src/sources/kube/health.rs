//! Whether the server is there: asked every two seconds, so that a hung socket is noticed too.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::http::{Getter, JSON, ReadError};
use crate::{
    domain::{Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};

const EVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_millis(2500);

/// What the watchers go by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Health {
    /// Not known yet: try.
    #[default]
    Unknown,
    /// It answers.
    Up,
    /// It does not, and why.
    Down(Text),
}

/// Asks for ever, tells the watchers and the inventory.
pub(super) async fn watch_health(
    getter: Getter,
    tx: mpsc::Sender<Update>,
    health: watch::Sender<Health>,
    address: Text,
) {
    let mut last_live: Option<Time> = None;
    let mut version = Text::default();
    loop {
        let asked = tokio::time::timeout(PATIENCE, getter.get("/version", JSON)).await;
        let answer =
            asked.unwrap_or_else(|_| Err(ReadError::Transport("no answer within 2.5 s".into())));
        let now = Time::now();
        let state = match answer {
            Ok((_, body)) => {
                if let Some(found) = git_version(&body) {
                    version = found;
                }
                last_live = Some(now);
                health.send_if_modified(|state| std::mem::replace(state, Health::Up) != Health::Up);
                SourceState::Live(now)
            }
            Err(ReadError::Unauthorized(why)) => {
                health.send_if_modified(|state| std::mem::replace(state, Health::Up) != Health::Up);
                SourceState::Refused {
                    why,
                    advice: "log in again: the token of this context is wrong or has expired"
                        .into(),
                }
            }
            // it answers, if only that it will not say its version: watchers find out the rest
            Err(ReadError::Forbidden(..) | ReadError::NotFound(_) | ReadError::Refused(..)) => {
                last_live = Some(now);
                health.send_if_modified(|state| std::mem::replace(state, Health::Up) != Health::Up);
                SourceState::Live(now)
            }
            Err(why) => {
                let why: Text = why.to_string().into();
                let down = Health::Down(why.clone());
                health.send_if_modified(|state| std::mem::replace(state, down.clone()) != down);
                let retry = now.checked_add(EVERY).ok();
                match last_live {
                    Some(since) => SourceState::Stale { since, why, retry },
                    None => SourceState::Unreachable { why, retry },
                }
            }
        };
        let status = SourceStatus {
            state,
            version: version.clone(),
            address: address.clone(),
            ..SourceStatus::default()
        };
        if tx
            .send(Update::Source(SourceId::Kube, status))
            .await
            .is_err()
        {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn git_version(body: &[u8]) -> Option<Text> {
    let version: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(version.get("gitVersion")?.as_str()?.into())
}
