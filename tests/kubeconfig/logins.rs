//! The ways to log in, each through the TLS server that asks for it.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    routing::{get, post},
};
use serde_json::json;

use super::{Bench, front, words};

impl Bench {
    /// The lab behind a server that admits who shows this token, or a certificate of this authority.
    async fn behind(
        &self,
        authority: &front::Authority,
        clients: Option<&front::Authority>,
        wanted: Option<String>,
    ) -> u16 {
        let trusted = self.path("lab.pem");
        let (address, pem) = self.lab();
        std::fs::write(&trusted, &pem).unwrap();
        let door = front::door(address, &pem, self.token.clone(), wanted);
        front::serve(authority, clients, door).await
    }

    /// A kubeconfig of one context for the server on this port.
    fn for_port(&self, port: u16, authority: &front::Authority, user: &str) -> std::path::PathBuf {
        std::fs::write(self.path("ca.pem"), authority.pem()).unwrap();
        let path = self.path("kubeconfig");
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- name: front\n  cluster: {{server: \"https://127.0.0.1:{port}\", certificate-authority: ca.pem}}\nusers:\n- name: me\n  user: {{{user}}}\ncontexts:\n- name: c\n  context: {{cluster: front, user: me}}\n"
        );
        std::fs::write(&path, text).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_is_shown() {
    let bench = Bench::start().await;
    let (servers, clients) = (
        front::Authority::new("servers"),
        front::Authority::new("clients"),
    );
    let port = bench.behind(&servers, Some(&clients), None).await;
    let (certificate, key) = clients.sign("lab-admin");
    std::fs::write(bench.path("me.pem"), certificate.pem()).unwrap();
    std::fs::write(bench.path("me.key"), key.serialize_pem()).unwrap();
    let user = "client-certificate: me.pem, client-key: me.key";
    bench
        .is_content(&bench.for_port(port, &servers, user))
        .await;
    // one of another authority opens nothing, nor does none
    let (certificate, key) = servers.sign("lab-admin");
    std::fs::write(bench.path("me.pem"), certificate.pem()).unwrap();
    std::fs::write(bench.path("me.key"), key.serialize_pem()).unwrap();
    bench
        .is_refused(&bench.for_port(port, &servers, user), &["UnknownCA"])
        .await;
    bench
        .is_refused(
            &bench.for_port(port, &servers, ""),
            &["CertificateRequired"],
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_has_ended_is_renewed_with_its_provider() {
    let bench = Bench::start().await;
    let authority = front::Authority::new("servers");
    let fresh = front::token(3600);
    let port = bench.behind(&authority, None, Some(fresh.clone())).await;
    let asked = Arc::new(Mutex::new(Vec::<(String, String)>::new()));
    let (told, issued) = (asked.clone(), fresh.clone());
    let provider = Router::new().route(
        "/token",
        post(async move |form: String| {
            let fields = url::form_urlencoded::parse(form.as_bytes()).into_owned();
            told.lock().unwrap().extend(fields);
            Json(json!({"id_token": issued, "refresh_token": "next", "token_type": "Bearer"}))
        }),
    );
    // the address is known once it is served
    let token_port = front::serve(&authority, None, provider).await;
    let endpoint = format!("https://127.0.0.1:{token_port}/token");
    let metadata = Router::new().route(
        "/.well-known/openid-configuration",
        get(async move || Json(json!({"token_endpoint": endpoint}))),
    );
    let issuer = front::serve(&authority, None, metadata).await;
    let user = |token: &str| {
        format!(
            "auth-provider: {{name: oidc, config: {{client-id: console, client-secret: s, id-token: {token}, idp-issuer-url: \"https://127.0.0.1:{issuer}\", refresh-token: first}}}}"
        )
    };
    let kubeconfig = bench.for_port(port, &authority, &user(&front::token(-60)));
    let said = bench
        .command(&kubeconfig.display().to_string())
        .env("SSL_CERT_FILE", bench.path("ca.pem"))
        .output()
        .await
        .unwrap();
    assert!(words(&said).contains("as lab-admin"), "{}", words(&said));
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    let has = |name: &str, value: &str| asked.contains(&(name.to_owned(), value.to_owned()));
    assert!(
        has("grant_type", "refresh_token") && has("refresh_token", "first"),
        "{asked:?}"
    );
    // one that still holds is shown as it is, and nobody is asked
    bench
        .is_content(&bench.for_port(port, &authority, &user(&fresh)))
        .await;
}

/// Whether a process may have folders of its own on this machine.
fn may_have_own_folders() -> bool {
    std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_pod_its_own_account_is_used() {
    if !may_have_own_folders() {
        eprintln!("SKIPPED: unshare gives no folders of one's own here");
        return;
    }
    let bench = Bench::start().await;
    let authority = front::Authority::new("servers");
    let port = bench
        .behind(&authority, None, Some("of-the-pod".into()))
        .await;
    std::fs::write(bench.path("ca.crt"), authority.pem()).unwrap();
    std::fs::write(bench.path("token"), "of-the-pod").unwrap();
    std::fs::write(bench.path("namespace"), "media").unwrap();
    let script = bench.script(
        "pod",
        "set -e\nmount -t tmpfs none /run\nplace=/run/secrets/kubernetes.io/serviceaccount\nmkdir -p $place\ncp \"$1\"/ca.crt \"$1\"/token \"$1\"/namespace $place\nexec \"$2\" doctor",
    );
    let said = tokio::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .arg(script)
        .arg(bench.path("."))
        .arg(env!("CARGO_BIN_EXE_redbutton"))
        .env_remove("KUBECONFIG")
        .env("HOME", bench.path("home"))
        .env("XDG_STATE_HOME", bench.path("state"))
        .env("XDG_CONFIG_HOME", bench.path("config"))
        .env("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .env("KUBERNETES_SERVICE_PORT", port.to_string())
        .output()
        .await
        .unwrap();
    let text = words(&said);
    assert!(text.contains("context in-cluster as lab-admin"), "{text}");
}
