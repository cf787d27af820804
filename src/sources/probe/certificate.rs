//! How long a server's certificate is still valid. Nothing is sent beside the handshake, so that it
//! does not matter here whether the certificate is trusted.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::domain::Time;

/// Takes any certificate: it is looked at, and nothing is said to who shows it.
#[derive(Debug)]
struct Looks;

impl ServerCertVerifier for Looks {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The end of the certificate of the server at the other end of a connection.
///
/// # Errors
/// Why it cannot be read, in words.
pub(super) async fn valid_until(stream: TcpStream, host: &str) -> Result<Time, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Looks))
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|why| why.to_string())?;
    let connected = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|why| format!("no TLS: {why}"))?;
    let (_, session) = connected.get_ref();
    let shown = session.peer_certificates().and_then(<[_]>::first);
    let shown = shown.ok_or("the server shows no certificate")?;
    let (_, certificate) = x509_parser::parse_x509_certificate(shown)
        .map_err(|why| format!("its certificate cannot be read: {why}"))?;
    Time::from_second(certificate.validity().not_after.timestamp()).map_err(|why| why.to_string())
}
