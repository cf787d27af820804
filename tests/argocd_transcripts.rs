//! The lab's Argo CD against what a real server (3.6) said to the same requests about the same
//! applications. `transcripts.tsv` has a line for each exchange; `objects.json` the applications and
//! projects of that server, as Kubernetes gave them; `shapes.txt` every field that its answers had.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, time::Duration};

use futures::StreamExt;
use redbutton::lab::{ArgoAccount, ArgoWear, Options, Running, start};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);
/// So long nothing is heard of a stream that has nothing to say.
const SILENCE: Duration = Duration::from_millis(300);

/// An exchange.
struct Exchange<'t> {
    name: &'t str,
    who: &'t str,
    method: &'t str,
    target: &'t str,
    accept: &'t str,
    sends: &'t str,
    body: &'t str,
    status: &'t str,
    content: &'t str,
    compared: &'t str,
    with: &'t str,
}

impl<'t> Exchange<'t> {
    fn read(line: &'t str) -> Self {
        let parts: Vec<&str> = line.split('\t').collect();
        let [
            name,
            who,
            method,
            target,
            accept,
            sends,
            body,
            status,
            content,
            compared,
            with,
        ] = parts[..]
        else {
            panic!("eleven columns are expected: {line}");
        };
        Self {
            name,
            who,
            method,
            target,
            accept,
            sends,
            body,
            status,
            content,
            compared,
            with,
        }
    }
}

fn table(name: &str) -> String {
    std::fs::read_to_string(format!("tests/recordings/argocd/{name}")).unwrap()
}

fn http() -> reqwest::Client {
    // another test of this process may have set it already
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .build()
        .unwrap()
}

fn request(http: &reqwest::Client, lab: &Running, one: &Exchange<'_>) -> reqwest::RequestBuilder {
    let (url, ..) = lab.argocd(false);
    let good = |account| lab.argocd_token(account, ArgoWear::Good);
    let worn = |wear| lab.argocd_token(ArgoAccount::Console, wear);
    let (header, value) = match one.who {
        "nobody" => ("x-nobody", String::new()),
        "console" => (
            "authorization",
            format!("Bearer {}", good(ArgoAccount::Console)),
        ),
        "admin" => (
            "authorization",
            format!("Bearer {}", good(ArgoAccount::Admin)),
        ),
        "viewer" => (
            "authorization",
            format!("Bearer {}", good(ArgoAccount::Viewer)),
        ),
        "dev" => (
            "authorization",
            format!("Bearer {}", good(ArgoAccount::Dev)),
        ),
        "lower" => (
            "authorization",
            format!("bearer {}", good(ArgoAccount::Console)),
        ),
        "text" => ("authorization", "Bearer not-a-token".into()),
        "expired" => (
            "authorization",
            format!("Bearer {}", worn(ArgoWear::Expired)),
        ),
        "forged" => (
            "authorization",
            format!("Bearer {}", worn(ArgoWear::Forged)),
        ),
        "revoked" => (
            "authorization",
            format!("Bearer {}", worn(ArgoWear::Revoked)),
        ),
        "outdated" => (
            "authorization",
            format!("Bearer {}", worn(ArgoWear::Outdated)),
        ),
        "ending" => {
            let token = lab.argocd_token(ArgoAccount::Admin, ArgoWear::Ending);
            ("authorization", format!("Bearer {token}"))
        }
        "cookie:viewer" => (
            "cookie",
            format!("argocd.token={}", good(ArgoAccount::Viewer)),
        ),
        "cookie:console" => (
            "cookie",
            format!("argocd.token={}", good(ArgoAccount::Console)),
        ),
        other => panic!("{other}"),
    };
    let mut request = http
        .request(one.method.parse().unwrap(), format!("{url}{}", one.target))
        .header(header, value);
    match one.accept {
        "sse" => request = request.header("accept", "text/event-stream"),
        "html" => request = request.header("accept", "text/html"),
        _ => {}
    }
    match one.sends {
        "json" => request = request.header("content-type", "application/json"),
        "charset" => request = request.header("content-type", "application/json; charset=utf-8"),
        _ => {}
    }
    if one.body.is_empty() {
        request
    } else {
        request.body(one.body.to_owned())
    }
}

/// A text without what is another each time: versions, and the time at which a token was made.
fn normal(text: &str) -> String {
    let mut value: Value = serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"));
    settle(&mut value);
    value.to_string()
}

fn settle(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields.iter_mut() {
                if matches!(name.as_str(), "resourceVersion" | "uid") && inner.is_string() {
                    *inner = "*".into();
                }
                settle(inner);
            }
            // nobody reads JSON by the order of its fields
            fields.sort_keys();
        }
        Value::Array(all) => all.iter_mut().for_each(settle),
        Value::String(text) => {
            if let Some((before, _)) = text.split_once(", iat: ") {
                *text = before.to_owned();
            }
        }
        _ => {}
    }
}

fn paths(value: &Value, at: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                // free texts of the user's, and what is no part of the API
                if ["managedFields", "annotations", "labels", "finalizers"].contains(&name.as_str())
                {
                    continue;
                }
                let path = format!("{at}/{name}");
                paths(inner, &path, out);
                out.insert(path);
            }
        }
        Value::Array(all) => all
            .iter()
            .for_each(|one| paths(one, &format!("{at}[]"), out)),
        _ => {}
    }
}

/// Fields of an answer that no recorded answer of its kind had.
fn invented(kind: &str, answer: &Value) -> Vec<String> {
    let shapes = table("shapes.txt");
    let of = |kind: &str| -> BTreeSet<&str> {
        shapes
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter(|(held, _)| *held == kind)
            .map(|(_, path)| path)
            .collect()
    };
    let item = of(match kind {
        "list" => "application",
        "projects" => "project",
        _ => "",
    });
    let own = of(kind);
    assert!(!own.is_empty(), "no shape of {kind}");
    let mut seen = BTreeSet::new();
    paths(answer, "", &mut seen);
    seen.into_iter()
        .filter(|path| {
            let listed = path.strip_prefix("/items[]");
            !own.contains(path.as_str()) && !listed.is_some_and(|path| item.contains(path))
        })
        .collect()
}

/// What is otherwise than it was recorded.
async fn compared(http: &reqwest::Client, lab: &Running, one: &Exchange<'_>) -> Vec<String> {
    let sent = request(http, lab, one).send();
    if one.compared == "silent" {
        return match tokio::time::timeout(SILENCE, sent).await {
            Err(_) => Vec::new(),
            Ok(answer) => vec![format!("it is not silent: {answer:?}")],
        };
    }
    let response = tokio::time::timeout(PATIENCE, sent).await.unwrap().unwrap();
    let mut wrong = Vec::new();
    let mut differs = |what: &str, recorded: &str, here: &str| {
        if recorded != here {
            wrong.push(format!(
                "{what}:\n    recorded {recorded}\n    here     {here}"
            ));
        }
    };
    differs("status", one.status, response.status().as_str());
    let content = response
        .headers()
        .get("content-type")
        .map_or("", |value| value.to_str().unwrap());
    differs("content type", one.content, content);
    let renews = response.headers().contains_key("grpc-metadata-renew-token");
    differs(
        "renewed",
        &(one.who == "ending").to_string(),
        &renews.to_string(),
    );
    match one.compared {
        "exact" => differs(
            "body",
            &normal(one.with),
            &normal(&response.text().await.unwrap()),
        ),
        // the answer to HEAD has none
        "text" => differs("body", one.with, response.text().await.unwrap().trim()),
        "shape" => {
            let answer = response.json().await.unwrap();
            differs(
                "invented fields",
                "[]",
                &format!("{:?}", invented(one.with, &answer)),
            );
        }
        "stream" => {
            let recorded: Vec<String> = one.with.split('\u{1f}').map(normal).collect();
            let here = messages(response, one.accept == "sse", recorded.len()).await;
            differs("messages", &recorded.join("\n"), &here.join("\n"));
        }
        other => panic!("{other}"),
    }
    wrong
}

/// The first messages of a stream, framed as a real server frames them.
async fn messages(response: reqwest::Response, is_sse: bool, count: usize) -> Vec<String> {
    let (begin, end) = if is_sse {
        ("data: ", " \n\n\n")
    } else {
        ("", "\n")
    };
    let mut body = response.bytes_stream();
    let mut text = String::new();
    let mut out = Vec::new();
    while out.len() < count {
        let part = tokio::time::timeout(PATIENCE, body.next()).await.unwrap();
        text.push_str(std::str::from_utf8(&part.unwrap().unwrap()).unwrap());
        while let Some((message, rest)) = text.split_once(end) {
            out.push(normal(message.strip_prefix(begin).unwrap()));
            text = rest.to_owned();
        }
    }
    out.truncate(count);
    out
}

#[tokio::test]
async fn each_recorded_exchange_goes_the_same_way_here() {
    let lab = start(&Options {
        // its own applications would be in the lists
        scale: Some("nodes=1,pods=0,apps=0".parse().unwrap()),
        ..Options::default()
    })
    .await
    .unwrap();
    let objects: Vec<Value> = serde_json::from_str(&table("objects.json")).unwrap();
    let mut frozen = objects.clone();
    frozen.retain(|one| one["kind"] == "AppProject" && one["metadata"]["name"] == "frozen");
    for one in &mut frozen {
        let window = one["spec"]["syncWindows"][0].as_object_mut().unwrap();
        window.remove("manualSync").unwrap();
    }
    let http = http();
    let transcripts = table("transcripts.tsv");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in transcripts.lines().filter(|line| !line.starts_with('#')) {
        let one = Exchange::read(line);
        // each finds everything as it was recorded
        lab.bring_in(&objects);
        if !one.name.contains("manual-allowed") {
            // the freeze let syncs by hand through for some of the time only
            lab.bring_in(&frozen);
        }
        lab.deny_syncs("frozen", one.name.contains("manual-allowed"));
        for what in compared(&http, &lab, &one).await {
            wrong.push(format!("{}: {what}", one.name));
        }
        count += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
