//! Kubeconfigs as kubectl reads them: tokens, files with tokens, plugins, proxies, contexts; and what
//! is said of one that is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "kubeconfig/front.rs"]
mod front;
#[path = "kubeconfig/logins.rs"]
mod logins;

use std::{
    path::{Path, PathBuf},
    process::Output,
    time::{Duration, Instant},
};

use base64::Engine;
use redbutton::{
    inventory::{SourceId, SourceState, Update},
    lab::{Options, Running, start},
    sources::kube::{KubeSettings, follow},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// A lab and the parts of its kubeconfig.
struct Bench {
    folder: tempfile::TempDir,
    cluster: String,
    token: String,
    _lab: Running,
}

impl Bench {
    async fn start() -> Self {
        let options = Options {
            faults: Some(Vec::new()),
            ..Options::default()
        };
        let lab = start(&options).await.unwrap();
        let text = lab.kubeconfig();
        let part = |from: &str, to: &str| {
            let rest = text.split_once(from).unwrap().1;
            rest.split_once(to).unwrap().0.to_owned()
        };
        let token = part("user: {token: ", "}");
        assert!(token.starts_with("admin-"), "{token}");
        Self {
            folder: tempfile::tempdir().unwrap(),
            cluster: part("cluster: {", "}"),
            token,
            _lab: lab,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A kubeconfig of one context, with this user and what is added to the cluster.
    fn kubeconfig(&self, user: &str, more: &str) -> PathBuf {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- name: lab\n  cluster: {{{}{more}}}\nusers:\n- name: me\n  user: {{{user}}}\ncontexts:\n- name: c\n  context: {{cluster: lab, user: me}}\n",
            self.cluster
        );
        let path = self.path("kubeconfig");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A program that may be run.
    fn script(&self, name: &str, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path(name);
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Address of the lab, and PEM of its authority.
    fn lab(&self) -> (String, String) {
        let part = |name: &str| {
            let rest = self.cluster.split_once(name).unwrap().1;
            rest.trim_start_matches([':', ' ', '"'])
                .split(['"', ',', '}'])
                .next()
                .unwrap()
                .to_owned()
        };
        let pem = base64::engine::general_purpose::STANDARD
            .decode(part("certificate-authority-data"))
            .unwrap();
        (part("server"), String::from_utf8(pem).unwrap())
    }

    fn command(&self, kubeconfig: &str) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_redbutton"));
        command
            .arg("doctor")
            .env("KUBECONFIG", kubeconfig)
            .env("XDG_STATE_HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path());
        command
    }

    async fn doctor(&self, kubeconfig: &str) -> Output {
        self.command(kubeconfig).output().await.unwrap()
    }

    async fn is_content(&self, kubeconfig: &Path) {
        let said = self.doctor(&kubeconfig.display().to_string()).await;
        let text = words(&said);
        assert!(text.contains("as lab-admin"), "{text}");
    }

    async fn is_refused(&self, kubeconfig: &Path, wanted: &[&str]) -> String {
        let said = self.doctor(&kubeconfig.display().to_string()).await;
        let text = words(&said);
        assert_eq!(said.status.code(), Some(3), "{text}");
        for part in wanted {
            assert!(text.contains(part), "no `{part}` in {text}");
        }
        text
    }
}

fn words(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn exec(command: &Path) -> String {
    format!(
        "exec: {{apiVersion: client.authentication.k8s.io/v1, command: {}, interactiveMode: IfAvailable}}",
        command.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_a_file_may_end_in_a_line_break_and_lie_beside_the_kubeconfig() {
    let bench = Bench::start().await;
    std::fs::write(bench.path("token"), format!("{}\n", bench.token)).unwrap();
    let kubeconfig = bench.kubeconfig("tokenFile: token", "");
    bench.is_content(&kubeconfig).await;
    let kubeconfig = bench.kubeconfig("tokenFile: elsewhere", "");
    bench
        .is_refused(&kubeconfig, &["kubeconfig: users[me]: tokenFile"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_kubeconfigs_are_one_and_the_first_says_the_context() {
    let bench = Bench::start().await;
    let whole = bench.kubeconfig(&format!("token: {}", bench.token), "");
    let first = bench.path("first");
    std::fs::write(
        &first,
        "apiVersion: v1\nkind: Config\ncurrent-context: own\ncontexts:\n- name: own\n  context: {cluster: lab, user: me, namespace: media}\n",
    )
    .unwrap();
    let both = format!("{}:{}", first.display(), whole.display());
    let text = words(&bench.doctor(&both).await);
    assert!(text.contains("context own as lab-admin"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_gets_no_terminal_and_its_complaint_is_passed_on() {
    let bench = Bench::start().await;
    let credential = format!(
        "{{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{{\"token\":\"{}\"}}}}",
        bench.token
    );
    // it reads nothing, and is told so
    let good = bench.script(
        "good",
        &format!(
            "read line && exit 9\ncase \"$KUBERNETES_EXEC_INFO\" in *'\"interactive\":false'*) ;; *) exit 8;; esac\necho noise >&2\necho '{credential}'"
        ),
    );
    bench.is_content(&bench.kubeconfig(&exec(&good), "")).await;
    let bad = bench.script(
        "bad",
        "echo half-a-token\necho 'the session has expired' >&2\nexit 3",
    );
    let said = bench
        .is_refused(
            &bench.kubeconfig(&exec(&bad), ""),
            &["the session has expired", "exit status: 3"],
        )
        .await;
    assert!(!said.contains("half-a-token"), "{said}");
    let missing = bench.path("not-there");
    bench
        .is_refused(
            &bench.kubeconfig(&exec(&missing), ""),
            &["cannot be started"],
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_with_its_file_and_field() {
    let bench = Bench::start().await;
    let token = format!("token: {}", bench.token);
    let good = std::fs::read_to_string(bench.kubeconfig(&token, "")).unwrap();
    let cases = [
        ("server: \"https://", "server: \"12", "clusters[lab].server"),
        (
            "cluster: lab,",
            "cluster: other,",
            "contexts[c].cluster: no cluster `other`",
        ),
        ("user: me}", "user: you}", "contexts[c].user: no user `you`"),
        (
            "current-context: c",
            "current-context: d",
            "no context `d`; there are: c",
        ),
        ("contexts:", "contexts: 3\nx:", "line 10 column"),
    ];
    for (from, to, wanted) in cases {
        assert!(good.contains(from), "{from}");
        let path = bench.path("wrong");
        std::fs::write(&path, good.replacen(from, to, 1)).unwrap();
        let said = bench.is_refused(&path, &["/wrong: ", wanted]).await;
        assert!(!said.contains(&bench.token), "{said}");
    }
}

/// A proxy that takes CONNECT, and says when it was used.
async fn proxy() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tx, rx) = mpsc::channel(100);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let tx = tx.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(near.read_u8().await.unwrap());
                }
                let line = String::from_utf8_lossy(&head).into_owned();
                let target = line.split(' ').nth(1).unwrap().to_owned();
                let mut far = TcpStream::connect(&target).await.unwrap();
                near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                tx.send(line).await.ok();
                tokio::io::copy_bidirectional(&mut near, &mut far)
                    .await
                    .ok();
            });
        }
    });
    (address, rx)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_of_the_cluster_is_used() {
    let bench = Bench::start().await;
    let (address, mut used) = proxy().await;
    let kubeconfig = bench.kubeconfig(
        &format!("token: {}", bench.token),
        &format!(", proxy-url: {address}"),
    );
    bench.is_content(&kubeconfig).await;
    assert!(used.recv().await.unwrap().starts_with("CONNECT 127.0.0.1:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_login_is_taken_up_without_a_new_start() {
    let bench = Bench::start().await;
    let kubeconfig = bench.kubeconfig("token: expired", "");
    let settings = KubeSettings {
        kubeconfig: Some(kubeconfig),
        ..KubeSettings::default()
    };
    let (tx, mut rx) = mpsc::channel(1000);
    let _source = follow(settings, tx).unwrap();
    let mut until = async |wanted: fn(&SourceState) -> bool| {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let update = rx.recv().await.unwrap();
            if let Update::Source(SourceId::Kube, status) = update
                && wanted(&status.state)
            {
                return;
            }
            assert!(Instant::now() < end);
        }
    };
    until(|state| matches!(state, SourceState::Refused { .. })).await;
    bench.kubeconfig(&format!("token: {}", bench.token), "");
    until(|state| matches!(state, SourceState::Live(_))).await;
}
