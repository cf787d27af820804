//! A TLS server with an authority of its own: before the lab, whose door it keeps, or as a provider of
//! identities.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::Engine;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        server::WebPkiClientVerifier,
    },
};
use tower::service_fn;

/// An authority, and what it signs.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// PEM of its certificate.
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A certificate for a name with its key.
    pub fn sign(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// Serves on 127.0.0.1 with a certificate of the authority; where `clients` names another one, only to
/// those who show a certificate of that. Gives back the port.
pub async fn serve(authority: &Authority, clients: Option<&Authority>, service: Router) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(clients.certificate.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let (own, key) = authority.sign("127.0.0.1");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = builder.with_single_cert(vec![own.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(service.clone()));
            tokio::spawn(async move {
                // who shows no certificate where one is asked for is not served
                if let Ok(stream) = acceptor.accept(stream).await {
                    let server = auto::Builder::new(TokioExecutor::new());
                    server
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok();
                }
            });
        }
    });
    port
}

/// Passes on to the lab as its administrator what shows this token, or everything where it is `None`.
pub fn door(lab: String, trusted: &str, admin: String, wanted: Option<String>) -> Router {
    drop(ring::default_provider().install_default());
    let trusted = reqwest::Certificate::from_pem(trusted.as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([trusted])
        .build()
        .unwrap();
    Router::new().fallback_service(service_fn(move |request: Request| {
        let (client, lab, admin) = (client.clone(), lab.clone(), admin.clone());
        let shown = request.headers().get(header::AUTHORIZATION);
        let shown = shown.map(|shown| shown.to_str().unwrap().to_owned());
        let admitted = wanted
            .as_ref()
            .is_none_or(|wanted| shown == Some(format!("Bearer {wanted}")));
        async move {
            if !admitted {
                return Ok::<_, Infallible>(StatusCode::UNAUTHORIZED.into_response());
            }
            Ok(pass_on(&client, &lab, &admin, request).await)
        }
    }))
}

async fn pass_on(client: &reqwest::Client, lab: &str, admin: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut onward = client
        .request(parts.method, format!("{lab}{}", parts.uri))
        .bearer_auth(admin)
        .body(axum::body::to_bytes(body, usize::MAX).await.unwrap());
    for name in [header::ACCEPT, header::CONTENT_TYPE] {
        if let Some(value) = parts.headers.get(&name) {
            onward = onward.header(name, value);
        }
    }
    let answer = onward.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    if let Some(kind) = answer.headers().get(header::CONTENT_TYPE) {
        response = response.header(header::CONTENT_TYPE, kind);
    }
    response
        .body(Body::from_stream(answer.bytes_stream()))
        .unwrap()
}

/// A token that ends so many seconds from now, as far as its holder can tell.
pub fn token(seconds: i64) -> String {
    let part = |text: String| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let end = jiff::Timestamp::now().as_second() + seconds;
    let claims = serde_json::json!({"sub": "me", "exp": end});
    format!(
        "{}.{}.c2lnbmVk",
        part(r#"{"alg":"none"}"#.into()),
        part(claims.to_string())
    )
}
