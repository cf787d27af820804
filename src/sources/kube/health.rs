//! Whether the server is there: asked every two seconds, so that a hung socket is noticed too.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{
    http::{Getter, JSON, ReadError},
    login::Standing,
};
use crate::{
    domain::{Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};

const EVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_millis(2500);
/// A server that asks to wait is not left alone for longer than this.
const LONGEST_WAIT: u64 = 8;

/// What the watchers go by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Health {
    /// Not known yet: try.
    #[default]
    Unknown,
    /// It answers.
    Up,
    /// It answers that it has too much to do: streams that are open may go on.
    Busy,
    /// It does not: why, and when it last did.
    Down(Text, Option<Time>),
}

/// Resolves when the server is away, and says why.
pub(super) async fn gone(health: &mut watch::Receiver<Health>) -> Text {
    loop {
        if let Health::Down(why, _) = &*health.borrow_and_update() {
            return why.clone();
        }
        if health.changed().await.is_err() {
            // the program ends
            return std::future::pending().await;
        }
    }
}

/// Waits until it is time to ask again: a server that goes away ends the wait at once, one that is
/// away until it is back.
pub(super) async fn pause(health: &mut watch::Receiver<Health>, every: Duration) {
    let is_away = |now: &Health| matches!(now, Health::Down(..));
    let away = is_away(&health.borrow_and_update());
    let turned = async {
        while health.changed().await.is_ok() {
            if is_away(&health.borrow_and_update()) != away {
                return;
            }
        }
        std::future::pending().await
    };
    if away {
        turned.await;
    } else {
        // either end is a reason to ask
        drop(tokio::time::timeout(every, turned).await);
    }
}

/// Asks for ever, and tells the inventory, the watchers and the keeper of the credentials.
pub(super) struct Doorbell {
    pub getter: Getter,
    pub tx: mpsc::Sender<Update>,
    pub health: watch::Sender<Health>,
    pub standing: watch::Sender<Standing>,
    pub address: Text,
}

/// What is remembered from one answer to the next.
#[derive(Default)]
struct Heard {
    last_live: Option<Time>,
    version: Text,
}

impl Doorbell {
    pub(super) async fn ring(self) {
        let mut heard = Heard::default();
        // a plugin that waits for somebody to log in is no server that is away
        self.getter.ready().await;
        loop {
            let asked = tokio::time::timeout(PATIENCE, self.getter.get("/version", JSON)).await;
            let answer = asked
                .unwrap_or_else(|_| Err(ReadError::Transport("no answer within 2.5 s".into())))
                .and_then(|(_, body)| git_version(&body));
            let pause = match &answer {
                Err(ReadError::Busy(seconds)) => {
                    Duration::from_secs((*seconds).clamp(1, LONGEST_WAIT))
                }
                _ => EVERY,
            };
            let status = SourceStatus {
                state: self.judge(answer, &mut heard, pause),
                version: heard.version.clone(),
                address: self.address.clone(),
                heard: heard.last_live,
            };
            let update = Update::Source(SourceId::Kube, status);
            if self.tx.send(update).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }

    fn judge(
        &self,
        answer: Result<Text, ReadError>,
        heard: &mut Heard,
        pause: Duration,
    ) -> SourceState {
        let now = Time::now();
        let standing = match &answer {
            Err(ReadError::Unauthorized(_) | ReadError::NotLoggedIn(_)) => Standing::Refused,
            Err(ReadError::Transport(_)) => Standing::Silent,
            _ => Standing::Fine,
        };
        self.standing.send_replace(standing);
        let lost = |heard: &Heard, why: Text| {
            let retry = now.checked_add(pause).ok();
            match heard.last_live {
                Some(since) => SourceState::Stale { since, why, retry },
                None => SourceState::Unreachable { why, retry },
            }
        };
        match answer {
            Ok(version) => {
                heard.version = version;
                heard.last_live = Some(now);
                self.tell(Health::Up);
                SourceState::Live(now)
            }
            Err(ReadError::Unauthorized(why)) => {
                self.tell(Health::Up);
                SourceState::Refused {
                    why,
                    advice:
                        "log in again: the credentials of this context are wrong or have expired; \
                             a new login is taken up by itself"
                            .into(),
                }
            }
            Err(ReadError::NotLoggedIn(why)) => {
                self.tell(Health::Up);
                SourceState::Refused {
                    why,
                    advice: "log in, or correct the kubeconfig: both are taken up by themselves"
                        .into(),
                }
            }
            // it answers, if only that it will not say its version: watchers find out the rest
            Err(ReadError::Forbidden(..) | ReadError::NotFound(_) | ReadError::Refused(..)) => {
                heard.last_live = Some(now);
                self.tell(Health::Up);
                SourceState::Live(now)
            }
            Err(why @ ReadError::Busy(_)) => {
                self.tell(Health::Busy);
                lost(heard, why.to_string().into())
            }
            // something answers: watchers find out whether it is an API server
            Err(why @ ReadError::Unreadable(_)) => {
                self.tell(Health::Up);
                lost(heard, why.to_string().into())
            }
            Err(why) => {
                let why: Text = with_advice(&why.to_string()).into();
                self.tell(Health::Down(why.clone(), heard.last_live));
                lost(heard, why)
            }
        }
    }

    fn tell(&self, now: Health) {
        self.health.send_if_modified(|health| {
            let changed = *health != now;
            *health = now;
            changed
        });
    }
}

/// A server that asks for a certificate says so by an alert.
const CLIENT_CERTIFICATE: &str = "it wants a client certificate that it knows and that has not expired: log in again, or fetch the kubeconfig anew";

/// What to look at, for what is known to go wrong.
fn with_advice(why: &str) -> String {
    let advice = [
        (
            "UnknownIssuer",
            "its certificate is of an authority that the context does not trust: fetch the kubeconfig anew",
        ),
        (
            "NotValidForName",
            "its certificate is for other names: set tls-server-name, or the right server, in the kubeconfig",
        ),
        (
            "certificate: Expired",
            "its certificate has expired: renew it on the server",
        ),
        ("fatal alert: UnknownCA", CLIENT_CERTIFICATE),
        ("fatal alert: DecryptError", CLIENT_CERTIFICATE),
        ("fatal alert: BadCertificate", CLIENT_CERTIFICATE),
        ("fatal alert: Certificate", CLIENT_CERTIFICATE),
        (
            "Connection refused",
            "nothing listens there: is the API server up?",
        ),
        (
            "failed to lookup address",
            "the name is not known: is the VPN or the DNS server up?",
        ),
    ];
    let known = advice.iter().find(|(sign, _)| why.contains(sign));
    known.map_or_else(|| why.to_owned(), |(_, advice)| format!("{why}; {advice}"))
}

fn git_version(body: &[u8]) -> Result<Text, ReadError> {
    let unreadable = |why: String| ReadError::Unreadable(why.into());
    let version: serde_json::Value =
        serde_json::from_slice(body).map_err(|why| unreadable(why.to_string()))?;
    let found = version.get("gitVersion").and_then(|found| found.as_str());
    found
        .map(Text::from)
        .ok_or_else(|| unreadable("/version names no gitVersion".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pause_ends_when_the_server_goes_and_when_it_is_back() {
        let (tx, mut rx) = watch::channel(Health::Up);
        let long = Duration::from_secs(3600);
        tokio::join!(pause(&mut rx, long), async {
            tx.send_replace(Health::Down("cut".into(), None));
        });
        assert_eq!(&*gone(&mut rx).await, "cut");
        // while it is away the time of the next poll means nothing
        let soon = Duration::from_millis(20);
        let waited = tokio::time::timeout(soon, pause(&mut rx, Duration::ZERO)).await;
        assert!(waited.is_err());
        tokio::join!(pause(&mut rx, long), async {
            tx.send_replace(Health::Up);
        });
        pause(&mut rx, Duration::from_millis(1)).await;
    }

    #[test]
    fn a_changed_certificate_is_said_with_what_to_do() {
        let said = with_advice("invalid peer certificate: UnknownIssuer");
        assert!(said.contains("fetch the kubeconfig anew"), "{said}");
        assert_eq!(with_advice("odd"), "odd");
    }
}
