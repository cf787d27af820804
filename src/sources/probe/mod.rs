//! Probes: are the endpoints of the configuration reachable, and how fast? Nothing else is contacted.

use std::{io::ErrorKind, time::Duration};

use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::{
    domain::{ProbeOutcome, ProbeResult, ProbeState, Text, Time},
    inventory::{SourceId, SourceState, SourceStatus, Update},
};

/// Results that are kept of each endpoint.
const KEPT: usize = 60;

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeSettings {
    /// Name on the screen.
    pub name: String,
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Time between two probes.
    pub interval: Duration,
    /// Time after which one counts as failed.
    pub timeout: Duration,
}

/// Probes all endpoints until nobody listens any more.
pub async fn follow(endpoints: Vec<ProbeSettings>, tx: mpsc::Sender<Update>) {
    let mut states: Vec<ProbeState> = endpoints
        .iter()
        .map(|one| ProbeState {
            name: one.name.as_str().into(),
            target: format!("{}:{}", one.host, one.port).into(),
            history: Vec::new(),
            certificate_until: None,
        })
        .collect();
    let pause = endpoints
        .iter()
        .map(|one| one.interval)
        .min()
        .unwrap_or(Duration::from_secs(15));
    loop {
        let looks = endpoints.iter().map(probe);
        let outcomes = futures::future::join_all(looks).await;
        let now = Time::now();
        for (state, outcome) in states.iter_mut().zip(outcomes) {
            state.history.push(ProbeResult { at: now, outcome });
            if state.history.len() > KEPT {
                state.history.remove(0);
            }
        }
        let status = SourceStatus {
            state: SourceState::Live(now),
            ..SourceStatus::default()
        };
        if tx
            .send(Update::Source(SourceId::Probes, status))
            .await
            .is_err()
            || tx.send(Update::Probes(states.clone())).await.is_err()
        {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = tx.closed() => return,
        }
    }
}

async fn probe(endpoint: &ProbeSettings) -> ProbeOutcome {
    let begun = Instant::now();
    match timeout(
        endpoint.timeout,
        TcpStream::connect((endpoint.host.as_str(), endpoint.port)),
    )
    .await
    {
        Err(_) => ProbeOutcome::TimedOut,
        Ok(Ok(_)) => ProbeOutcome::Open(begun.elapsed().as_secs_f64() * 1000.0),
        Ok(Err(why)) => match why.kind() {
            ErrorKind::ConnectionRefused => ProbeOutcome::Refused,
            ErrorKind::TimedOut => ProbeOutcome::TimedOut,
            _ if why.to_string().contains("lookup") => {
                ProbeOutcome::NoName(Text::from(why.to_string()))
            }
            _ => ProbeOutcome::Failed(Text::from(why.to_string())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_open_port_is_open_and_a_closed_one_refuses() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let endpoint = |port| ProbeSettings {
            name: "x".into(),
            host: "127.0.0.1".into(),
            port,
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(5),
        };
        assert!(matches!(
            probe(&endpoint(port)).await,
            ProbeOutcome::Open(_)
        ));
        drop(listener);
        assert_eq!(probe(&endpoint(port)).await, ProbeOutcome::Refused);
    }
}
