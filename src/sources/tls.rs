//! TLS to back ends with certificates of their own: system roots, a CA file, or a pinned fingerprint.
//! What is not trusted is never used; its fingerprint is shown, so that it can be pinned.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest, Sha256};

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// CA file wrong.
    #[error("{0}: {1}")]
    CaFile(String, String),
    /// No root is known.
    #[error("no trusted certificate authority was found on this machine")]
    NoRoots,
    /// Not a fingerprint.
    #[error("`{0}` is no SHA-256 fingerprint: expected 32 pairs of hexadecimal digits")]
    Fingerprint(String),
    /// The library refuses.
    #[error("{0}")]
    Library(String),
}

/// The fingerprint of a certificate that was not trusted, for the user to look at.
#[derive(Clone, Debug, Default)]
pub struct Untrusted(Arc<Mutex<Option<String>>>);

impl Untrusted {
    /// The last one, as `A1:0B:…`.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        self.0.lock().ok()?.clone()
    }
}

/// A fingerprint as it is shown: upper case with colons.
#[must_use]
pub fn fingerprint_of(certificate: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(certificate)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    usual: Option<Arc<WebPkiServerVerifier>>,
    pinned: Option<String>,
    untrusted: Untrusted,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = fingerprint_of(end_entity);
        let result = match (&self.pinned, &self.usual) {
            (Some(pinned), _) if *pinned == found => Ok(ServerCertVerified::assertion()),
            (Some(_), _) | (None, None) => Err(Error::General(
                "the certificate is not the pinned one".into(),
            )),
            (None, Some(usual)) => {
                usual.verify_server_cert(end_entity, intermediates, name, ocsp, now)
            }
        };
        if let Ok(mut held) = self.untrusted.0.lock() {
            // one that was not trusted before says nothing of what fails later
            *held = result.is_err().then_some(found);
        }
        result
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// A client configuration, and where the fingerprint of an untrusted certificate shows up.
///
/// # Errors
/// [`TlsError`].
pub fn client_config(
    ca_file: Option<&Path>,
    fingerprint: Option<&str>,
) -> Result<(ClientConfig, Untrusted), TlsError> {
    let provider = Arc::new(ring::default_provider());
    let pinned = fingerprint.map(normal).transpose()?;
    let usual = if pinned.is_some() {
        None
    } else {
        let verifier = WebPkiServerVerifier::builder_with_provider(
            Arc::new(roots(ca_file)?),
            provider.clone(),
        );
        Some(
            verifier
                .build()
                .map_err(|why| TlsError::Library(why.to_string()))?,
        )
    };
    let untrusted = Untrusted::default();
    let verifier = Verifier {
        provider: provider.clone(),
        usual,
        pinned,
        untrusted: untrusted.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| TlsError::Library(why.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((config, untrusted))
}

fn normal(fingerprint: &str) -> Result<String, TlsError> {
    let digits: String = fingerprint
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect::<String>()
        .to_uppercase();
    if digits.len() != 64 {
        return Err(TlsError::Fingerprint(fingerprint.into()));
    }
    let pairs: Vec<&str> = (0..32)
        .filter_map(|at| digits.get(at * 2..at * 2 + 2))
        .collect();
    Ok(pairs.join(":"))
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        let fail = |why: String| TlsError::CaFile(path.display().to_string(), why);
        let bytes = std::fs::read(path).map_err(|why| fail(why.to_string()))?;
        let added = rustls_pemfile::certs(&mut bytes.as_slice())
            .filter_map(Result::ok)
            .filter(|one| roots.add(one.clone()).is_ok())
            .count();
        if added == 0 {
            return Err(fail("holds no certificate in PEM form".into()));
        }
        return Ok(roots);
    }
    for one in rustls_native_certs::load_native_certs().certs {
        // one bad certificate in the system's store is no reason to trust none
        drop(roots.add(one));
    }
    if roots.is_empty() {
        Err(TlsError::NoRoots)
    } else {
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_in_any_form() {
        let plain = "a1".repeat(32);
        let shown = vec!["A1"; 32].join(":");
        assert_eq!(normal(&plain).unwrap(), shown);
        assert_eq!(normal(&shown).unwrap(), shown);
        assert!(normal("a1:b2").is_err());
    }
}
