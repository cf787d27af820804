//! TLS for the lab: an authority of its own, made anew at each start.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use sha2::{Digest, Sha256};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::{
    Lab,
    outage::{self, Outage},
};

/// What a server shows, and what a client has to trust.
pub struct Identity {
    acceptor: TlsAcceptor,
    /// Certificate of the authority, PEM.
    pub authority: String,
    /// SHA-256 fingerprint of the certificate.
    pub fingerprint: String,
}

/// Makes an identity for 127.0.0.1 that offers these protocols, the best first.
///
/// # Errors
/// When no certificate can be made.
pub fn identity(protocols: &[&str]) -> io::Result<Identity> {
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()])
        .map_err(io::Error::other)?;
    let chain = vec![CertificateDer::from(own.cert.der().to_vec())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let digest = Sha256::digest(own.cert.der());
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(Identity {
        fingerprint: pairs.join(":"),
        acceptor: TlsAcceptor::from(Arc::new(config)),
        authority: own.cert.pem(),
    })
}

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// A server of the lab.
pub struct Server {
    /// Where it listens.
    pub listener: TcpListener,
    /// What it shows.
    pub identity: Identity,
    /// Idle connections are closed after so long.
    pub idle: Option<Duration>,
    /// What is wrong with it now: another certificate may be a part of that.
    pub outage: fn(&Lab) -> &Mutex<Outage>,
}

/// Serves until the lab stops.
pub async fn serve(lab: Arc<Lab>, server: Server, service: Router) {
    let service = TowerToHyperService::new(service);
    loop {
        let accepted = tokio::select! {
            accepted = server.listener.accept() => accepted,
            () = lab.stopped() => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        let acceptor = if outage::is_renewed((server.outage)(&lab)) {
            match identity(&["http/1.1"]) {
                Ok(other) => other.acceptor,
                Err(_) => continue,
            }
        } else {
            server.identity.acceptor.clone()
        };
        let (service, lab, idle) = (service.clone(), lab.clone(), server.idle);
        tokio::spawn(async move {
            let patience = idle.unwrap_or(HANDSHAKE);
            let Ok(Ok(stream)) = tokio::time::timeout(patience, acceptor.accept(stream)).await
            else {
                return;
            };
            let mut builder = auto::Builder::new(TokioExecutor::new());
            if idle.is_some() {
                builder
                    .http1()
                    .timer(TokioTimer::new())
                    .header_read_timeout(idle);
            }
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                ended = connection => if let Err(why) = ended {
                    tracing::debug!("a connection to the lab ended: {why}");
                },
                () = lab.stopped() => {}
            }
        });
    }
}
