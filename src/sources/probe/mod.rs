//! Probes: are the endpoints of the configuration reachable, and how fast? Nothing else is contacted.

mod certificate;
mod dns;

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
    /// Reads how long the server's certificate is still valid.
    pub tls: bool,
    /// It is a name server, which is asked for this name.
    pub dns: Option<String>,
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
        for (state, (outcome, until)) in states.iter_mut().zip(outcomes) {
            // what is not reached now still has the certificate that it had
            state.certificate_until = until.or(state.certificate_until);
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

/// What a probe found, and the end of the certificate where that was asked for.
async fn probe(endpoint: &ProbeSettings) -> (ProbeOutcome, Option<Time>) {
    let begun = Instant::now();
    match timeout(endpoint.timeout, reach(endpoint, begun)).await {
        Err(_) => (ProbeOutcome::TimedOut, None),
        Ok(Ok(found)) => found,
        Ok(Err(why)) => (failure(&why), None),
    }
}

async fn reach(
    endpoint: &ProbeSettings,
    begun: Instant,
) -> std::io::Result<(ProbeOutcome, Option<Time>)> {
    let open = |begun: Instant| ProbeOutcome::Open(begun.elapsed().as_secs_f64() * 1000.0);
    let place = (endpoint.host.as_str(), endpoint.port);
    if let Some(name) = &endpoint.dns {
        let server = tokio::net::lookup_host(place)
            .await?
            .next()
            .ok_or_else(|| std::io::Error::other("its name has no address"))?;
        let outcome = match dns::ask(server, name).await? {
            Ok(()) => open(begun),
            Err(why) => ProbeOutcome::Failed(Text::from(why)),
        };
        return Ok((outcome, None));
    }
    let stream = TcpStream::connect(place).await?;
    let outcome = open(begun);
    if !endpoint.tls {
        return Ok((outcome, None));
    }
    Ok(
        match certificate::valid_until(stream, &endpoint.host).await {
            Ok(until) => (outcome, Some(until)),
            Err(why) => (ProbeOutcome::Failed(Text::from(why)), None),
        },
    )
}

fn failure(why: &std::io::Error) -> ProbeOutcome {
    match why.kind() {
        ErrorKind::ConnectionRefused => ProbeOutcome::Refused,
        ErrorKind::TimedOut => ProbeOutcome::TimedOut,
        _ if why.to_string().contains("lookup") => {
            ProbeOutcome::NoName(Text::from(why.to_string()))
        }
        _ => ProbeOutcome::Failed(Text::from(why.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, UdpSocket};

    fn endpoint(port: u16) -> ProbeSettings {
        ProbeSettings {
            name: "x".into(),
            host: "127.0.0.1".into(),
            port,
            interval: Duration::from_millis(20),
            timeout: Duration::from_secs(5),
            tls: false,
            dns: None,
        }
    }

    #[tokio::test]
    async fn an_open_port_is_open_and_a_closed_one_refuses() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(matches!(
            probe(&endpoint(port)).await,
            (ProbeOutcome::Open(_), None)
        ));
        drop(listener);
        assert_eq!(probe(&endpoint(port)).await.0, ProbeOutcome::Refused);
    }

    #[tokio::test]
    async fn a_name_server_is_asked_for_its_name() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut asked = [0; 512];
            loop {
                let (length, from) = server.recv_from(&mut asked).await.unwrap();
                let known = asked[..length].windows(4).any(|part| part == b"good");
                let mut answer = asked[..length].to_vec();
                answer[2] = 0x81;
                answer[3] = if known { 0x80 } else { 0x83 };
                answer[7] = u8::from(known);
                server.send_to(&answer, from).await.unwrap();
            }
        });
        let asks = |name: &str| ProbeSettings {
            dns: Some(name.into()),
            ..endpoint(port)
        };
        assert!(matches!(
            probe(&asks("good.example")).await.0,
            ProbeOutcome::Open(_)
        ));
        let (bad, _) = probe(&asks("bad.example")).await;
        assert!(bad.to_string().contains("NXDOMAIN"), "{bad}");
    }

    #[tokio::test]
    async fn a_silent_endpoint_times_out_and_the_history_is_bounded() {
        // a bound socket that nobody reads never answers
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let silent = ProbeSettings {
            dns: Some("x".into()),
            timeout: Duration::from_millis(1),
            interval: Duration::from_millis(1),
            ..endpoint(server.local_addr().unwrap().port())
        };
        let (tx, mut rx) = mpsc::channel(4);
        let task = tokio::spawn(follow(vec![silent], tx));
        let mut rounds = 0;
        let mut last = Vec::new();
        while rounds < KEPT + 5 {
            if let Update::Probes(states) = rx.recv().await.unwrap() {
                rounds += 1;
                last = states;
            }
        }
        task.abort();
        assert_eq!(last[0].history.len(), KEPT);
        assert_eq!(last[0].last().unwrap().outcome, ProbeOutcome::TimedOut);
    }
}
