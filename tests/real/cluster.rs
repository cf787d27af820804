//! An etcd and a kube-apiserver of one's own, for as long as a test runs.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use kube::config::{KubeConfigOptions, Kubeconfig};
use redbutton::sources::kube::KubeSettings;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(90);
const JSON: &str = "application/json";

/// Users, their tokens; the last token is nobody's.
pub const USERS: [&str; 5] = ["admin", "reader", "nsuser", "nobody", "bad"];

pub struct Cluster {
    pub folder: tempfile::TempDir,
    client: kube::Client,
    processes: Vec<Child>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            process.kill().ok();
            process.wait().ok();
        }
    }
}

/// Folder with `etcd` and `kube-apiserver`, where the environment names one.
pub fn assets() -> Option<PathBuf> {
    std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn spawn(program: PathBuf, arguments: &[String], log: &Path) -> Child {
    Command::new(&program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(log).unwrap())
        .spawn()
        .unwrap_or_else(|why| panic!("{}: {why}", program.display()))
}

fn kubeconfig(folder: &Path, port: u16) -> String {
    let ca = folder.join("certs/apiserver.crt");
    let mut text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: admin\nclusters:\n- name: real\n  cluster:\n    server: https://127.0.0.1:{port}\n    certificate-authority: {}\nusers:\n",
        ca.display()
    );
    for user in USERS {
        text += &format!("- name: {user}\n  user:\n    token: {user}-token\n");
    }
    text += "contexts:\n";
    for user in USERS {
        let namespace = if user == "nsuser" { "media" } else { "default" };
        text += &format!(
            "- name: {user}\n  context:\n    cluster: real\n    user: {user}\n    namespace: {namespace}\n"
        );
    }
    text
}

impl Cluster {
    pub async fn start(assets: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_owned();
        let place = |name: &str| at.join(name).display().to_string();
        let (client_port, peer_port, port) = (free_port(), free_port(), free_port());
        let etcd = format!("http://127.0.0.1:{client_port}");
        let peer = format!("http://127.0.0.1:{peer_port}");
        let key = rcgen::KeyPair::generate().unwrap();
        std::fs::write(at.join("sa.key"), key.serialize_pem()).unwrap();
        std::fs::write(at.join("sa.pub"), key.public_key_pem()).unwrap();
        let tokens: String = USERS[..4]
            .iter()
            .map(|user| {
                let group = if *user == "admin" {
                    "\"system:masters\""
                } else {
                    "\"lab\""
                };
                format!("{user}-token,{user},{user},{group}\n")
            })
            .collect();
        std::fs::write(at.join("tokens.csv"), tokens).unwrap();
        let mut processes = vec![spawn(
            assets.join("etcd"),
            &[
                format!("--data-dir={}", place("etcd")),
                format!("--listen-client-urls={etcd}"),
                format!("--advertise-client-urls={etcd}"),
                format!("--listen-peer-urls={peer}"),
                format!("--initial-advertise-peer-urls={peer}"),
                format!("--initial-cluster=default={peer}"),
                "--unsafe-no-fsync=true".into(),
            ],
            &at.join("etcd.log"),
        )];
        processes.push(spawn(
            assets.join("kube-apiserver"),
            &[
                format!("--etcd-servers={etcd}"),
                "--bind-address=127.0.0.1".into(),
                format!("--secure-port={port}"),
                format!("--cert-dir={}", place("certs")),
                "--authorization-mode=RBAC".into(),
                format!("--token-auth-file={}", place("tokens.csv")),
                format!("--service-account-key-file={}", place("sa.pub")),
                format!("--service-account-signing-key-file={}", place("sa.key")),
                "--service-account-issuer=https://127.0.0.1".into(),
                "--service-cluster-ip-range=10.0.0.0/24".into(),
                "--disable-admission-plugins=ServiceAccount".into(),
            ],
            &at.join("apiserver.log"),
        ));
        std::fs::write(at.join("kubeconfig"), kubeconfig(&at, port)).unwrap();
        let client = ready(&at, &mut processes).await;
        Self {
            folder,
            client,
            processes,
        }
    }

    /// The settings of a user.
    pub fn settings(&self, user: &str) -> KubeSettings {
        KubeSettings {
            kubeconfig: Some(self.folder.path().join("kubeconfig")),
            context: Some(user.into()),
            ..KubeSettings::default()
        }
    }

    /// A request as admin: the answer, or code and message of the refusal.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        content: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content)
            .body(if body.is_null() {
                Vec::new()
            } else {
                serde_json::to_vec(body).unwrap()
            })
            .unwrap();
        self.client
            .request::<Value>(request)
            .await
            .map_err(|why| why.to_string())
    }

    /// Creates an object.
    pub async fn create(&self, path: &str, body: Value) -> Value {
        self.ask("POST", path, JSON, &body)
            .await
            .unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// Resolves once the server lets a user list pods in a namespace, or everywhere: what was bound just
    /// now holds when its authorizer has heard of it.
    pub async fn may_list(&self, user: &str, namespace: &str) {
        let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {"user": user, "resourceAttributes": {"verb": "list", "resource": "pods", "namespace": namespace}}});
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        until(user, async || {
            let said = self.ask("POST", path, JSON, &review).await?;
            let allowed = said["status"]["allowed"] == true;
            allowed.then_some(()).ok_or_else(|| said.to_string())
        })
        .await;
    }

    /// Defines a kind, and resolves once the server has it.
    pub async fn define(&self, group: &str, version: &str, kind: &str) {
        let singular = kind.to_lowercase();
        let plural = format!("{singular}s");
        let schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        self.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            json!({"metadata": {"name": format!("{plural}.{group}")}, "spec": {"group": group, "scope": "Namespaced", "names": {"plural": plural, "singular": singular, "kind": kind, "listKind": format!("{kind}List")}, "versions": [{"name": version, "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}]}}),
        )
        .await;
        let groups = format!("/apis/{group}/{version}");
        let list = format!("{groups}/{plural}");
        until(kind, async || {
            self.ask("GET", &list, JSON, &Value::Null).await?;
            let found = self.ask("GET", &groups, JSON, &Value::Null).await?;
            let named = found["resources"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one["name"] == plural.as_str()));
            named.then_some(()).ok_or_else(|| found.to_string())
        })
        .await;
    }
}

/// Asks again until there is an answer; fails with what is in the way when patience is over.
async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + PATIENCE;
    let mut turns = tokio::time::interval(Duration::from_millis(50));
    loop {
        turns.tick().await;
        match ask().await {
            Ok(answer) => return answer,
            Err(why) => assert!(Instant::now() < end, "{what}: {why}"),
        }
    }
}

async fn client(folder: &Path) -> Result<kube::Client, Box<dyn std::error::Error>> {
    let file = Kubeconfig::read_from(folder.join("kubeconfig"))?;
    let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?;
    Ok(kube::Client::try_from(config)?)
}

/// A client of the server, once it is ready. A process that ends before that is not waited for.
async fn ready(folder: &Path, processes: &mut [Child]) -> kube::Client {
    until("not ready", async || {
        for process in processes.iter_mut() {
            if let Ok(Some(status)) = process.try_wait() {
                let log = std::fs::read_to_string(folder.join("apiserver.log"));
                panic!("ended with {status}: {}", log.unwrap_or_default());
            }
        }
        // the certificate is written at the server's start
        let client = client(folder).await.map_err(|why| why.to_string())?;
        let request = http::Request::get("/readyz").body(Vec::new()).unwrap();
        let answer = client.request_text(request).await;
        answer.map_err(|why| why.to_string())?;
        Ok(client)
    })
    .await
}
