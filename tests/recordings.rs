//! The lab's API server against recordings of a real one: the same questions, the same answers but for
//! names, numbers and times.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, path::Path};

use http_body_util::BodyExt;
use kube::config::{KubeConfigOptions, Kubeconfig};
use redbutton::lab::{Options, Running, start};
use regex::Regex;
use serde_json::Value;

/// Recording, and the context of the lab whose user asks.
const RECORDINGS: [(&str, &str); 18] = [
    ("anonymous-403", "anonymous"),
    ("bad-json-400", "admin"),
    ("delete-precondition-rv-409", "admin"),
    ("delete-precondition-uid-409", "admin"),
    ("eviction-dryrun", "admin"),
    ("forbidden-cluster-list-403", "norights"),
    ("forbidden-delete-403", "viewer"),
    ("forbidden-namespaced-403", "nsviewer"),
    ("get-pod-404", "admin"),
    ("log-bad-container-400", "admin"),
    ("log-previous-400", "admin"),
    ("patch-conflict-409", "admin"),
    ("scale-get", "admin"),
    ("selfsubjectaccessreview", "viewer"),
    ("selfsubjectreview", "viewer"),
    ("unauthorized-401", "badtoken"),
    ("watch-too-old-410", "admin"),
    ("version", "admin"),
];

/// A question and the answer to it.
struct Recording {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    sent: String,
    code: u16,
    answer: Value,
}

impl Recording {
    /// Reads one; what it names is renamed to what the lab has.
    fn read(name: &str, pod: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/recordings/kube")
            .join(format!("{name}.http"));
        let text = std::fs::read_to_string(path)
            .unwrap()
            .replace("cert-manager-api-8tf6dnx7tw-9v9zg", pod)
            .replace(
                "cert-manager-api kube-rbac-proxy",
                "plex rclone-zurg rclone-torbox",
            )
            .replace("cert-manager-api", "plex")
            .replace("cert-manager", "media");
        let (asked, answered) = text.split_once("\n\n").unwrap();
        let mut asked = asked.lines().map(|line| line.strip_prefix("> ").unwrap());
        let (method, path) = asked.next().unwrap().split_once(' ').unwrap();
        let (bodies, headers): (Vec<&str>, Vec<&str>) =
            asked.partition(|line| line.starts_with('{'));
        let (head, body) = answered.split_once("\n\n").unwrap();
        Self {
            method: method.into(),
            path: path.into(),
            headers: headers
                .iter()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            sent: bodies.concat(),
            code: head.split(' ').nth(1).unwrap().parse().unwrap(),
            answer: serde_json::from_str(body.trim()).unwrap(),
        }
    }
}

async fn client(lab: &Running, context: &str) -> kube::Client {
    let known = if context == "anonymous" {
        "admin"
    } else {
        context
    };
    let text = lab.kubeconfig();
    let mut kubeconfig = Kubeconfig::from_yaml(&text).unwrap();
    if context == "anonymous" {
        for user in &mut kubeconfig.auth_infos {
            user.auth_info = Some(kube::config::AuthInfo::default());
        }
    }
    let options = KubeConfigOptions {
        context: Some(known.into()),
        ..KubeConfigOptions::default()
    };
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .unwrap();
    kube::Client::try_from(config).unwrap()
}

async fn ask(lab: &Running, context: &str, recording: &Recording) -> (u16, Value) {
    let mut request = http::Request::builder()
        .method(recording.method.as_str())
        .uri(&recording.path);
    for (name, value) in &recording.headers {
        request = request.header(name, value);
    }
    let request = request
        .body(kube::client::Body::from(
            recording.sent.clone().into_bytes(),
        ))
        .unwrap();
    let answer = client(lab, context).await.send(request).await.unwrap();
    let code = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (code, serde_json::from_slice(&body).unwrap())
}

/// A failure with what differs from one cluster to the next taken out.
fn plain(mut status: Value) -> Value {
    let held = if status["type"] == "ERROR" {
        &mut status["object"]
    } else {
        &mut status
    };
    if let Some(message) = held["message"].as_str() {
        let user = Regex::new(r#"User "[^"]*""#).unwrap();
        let record = Regex::new(r"(record |version: 1 )\([0-9a-f-]+\)").unwrap();
        let message = user.replace(message, "User");
        held["message"] = Value::from(record.replace(&message, "$1").into_owned());
    }
    status
}

/// All paths to values; the items of a list count as one.
fn paths(value: &Value, at: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| paths(value, &format!("{at}.{name}"), out)),
        Value::Array(items) => items
            .iter()
            .for_each(|item| paths(item, &format!("{at}[]"), out)),
        _ => {
            out.insert(at.into());
        }
    }
}

/// Fields that the lab has no use for.
const LEFT_OUT: [&str; 8] = [
    "managedFields",
    ".metadata.creationTimestamp",
    ".userInfo.uid",
    ".reason",
    ".emulationMajor",
    ".emulationMinor",
    ".minCompatibilityMajor",
    ".minCompatibilityMinor",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_lab_answers_as_a_real_server_does() {
    let options = Options {
        faults: Some(Vec::new()),
        ..Options::default()
    };
    let lab = start(&options).await.unwrap();
    let pods: Value = client(&lab, "admin")
        .await
        .request(
            http::Request::get("/api/v1/namespaces/media/pods?labelSelector=app%3Dplex")
                .body(Vec::new())
                .unwrap(),
        )
        .await
        .unwrap();
    let pod = pods["items"][0]["metadata"]["name"].as_str().unwrap();
    for (name, context) in RECORDINGS {
        let recording = Recording::read(name, pod);
        let (code, answer) = ask(&lab, context, &recording).await;
        assert_eq!(code, recording.code, "{name}: {answer}");
        let failed = recording.answer["kind"] == "Status" || recording.answer["type"] == "ERROR";
        if failed {
            assert_eq!(plain(answer), plain(recording.answer), "{name}");
            continue;
        }
        assert_eq!(answer["kind"], recording.answer["kind"], "{name}");
        let (mut wanted, mut has) = (BTreeSet::new(), BTreeSet::new());
        paths(&recording.answer, "", &mut wanted);
        paths(&answer, "", &mut has);
        wanted.retain(|path| !LEFT_OUT.iter().any(|out| path.contains(out)));
        let missing: Vec<&String> = wanted.difference(&has).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} in {answer}");
    }
}
