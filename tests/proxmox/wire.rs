//! Proxmox VE as other programs see the lab's, byte by byte.

use std::time::Duration;

use redbutton::lab::{self, PveAccount, PveSetup};
use serde_json::Value;

use super::{lab, tell::PATIENCE};

pub fn http() -> reqwest::Client {
    // another test of this process may have set it already
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .http1_only()
        .build()
        .unwrap()
}

pub struct Said {
    pub status: u16,
    pub phrase: String,
    closes: bool,
    pub body: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub async fn said(request: reqwest::RequestBuilder) -> Said {
    let response = request.send().await.unwrap();
    let phrase = response
        .extensions()
        .get::<hyper::ext::ReasonPhrase>()
        .map(|phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned());
    Said {
        status: response.status().as_u16(),
        phrase: phrase.unwrap_or_default(),
        closes: response
            .headers()
            .get("connection")
            .is_some_and(|value| value == "close"),
        body: response.text().await.unwrap(),
    }
}

pub fn authorization(lab: &lab::Running, account: PveAccount) -> String {
    let (_, _, id, secret) = lab.pve(account);
    format!("PVEAPIToken={id}={secret}")
}

#[tokio::test]
async fn the_calls_of_a_python_client_are_answered_by_token_and_by_ticket() {
    let lab = lab(PveSetup::default()).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let (user, password) = lab.pve_login();
    let base = format!("{url}/api2/json");
    let http = http();
    let token = authorization(&lab, PveAccount::Console);
    let login = [("username", user), ("password", password)];
    let ticket = said(http.post(format!("{base}/access/ticket")).form(&login))
        .await
        .json();
    let cookie = format!(
        "PVEAuthCookie={}",
        ticket["data"]["ticket"].as_str().unwrap()
    );
    let csrf = ticket["data"]["CSRFPreventionToken"].as_str().unwrap();
    let by_token = |request: reqwest::RequestBuilder| request.header("Authorization", &token);
    let by_ticket = |request: reqwest::RequestBuilder| {
        let request = request.header("Cookie", &cookie);
        request.header("CSRFPreventionToken", csrf)
    };
    let ways: [&dyn Fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder; 2] =
        [&by_token, &by_ticket];
    // one starts what the other has stopped
    for (way, action, kind) in [(ways[0], "stop", "vzstop"), (ways[1], "start", "vzstart")] {
        let get = |path: &str| said(way(http.get(format!("{base}{path}"))));
        assert_eq!(get("/nodes").await.json()["data"][0]["node"], "wow-prox1");
        for (list, count) in [("lxc", 8), ("qemu", 4), ("storage", 2)] {
            let rows = get(&format!("/nodes/wow-prox1/{list}")).await.json();
            assert_eq!(rows["data"].as_array().unwrap().len(), count, "{list}");
        }
        // this client sends an empty form
        let path = format!("{base}/nodes/wow-prox1/lxc/210/status/{action}");
        let form = "application/x-www-form-urlencoded";
        let begun = said(way(http.post(path)).header("Content-Type", form).body("")).await;
        let upid = begun.json()["data"].as_str().unwrap().to_owned();
        assert!(upid.contains(&format!(":{kind}:210:{user}")), "{upid}");
        let task = format!("/nodes/wow-prox1/tasks/{upid}");
        let status = get(&format!("{task}/status")).await.json();
        assert_eq!(status["data"]["status"], "running");
        let over = tokio::time::timeout(PATIENCE, async {
            // as such clients do: there is nothing to wait on but the next answer
            let mut turns = tokio::time::interval(Duration::from_millis(200));
            loop {
                turns.tick().await;
                let status = get(&format!("{task}/status")).await.json();
                if status["data"]["status"] != "running" {
                    return status;
                }
            }
        });
        assert_eq!(over.await.unwrap()["data"]["exitstatus"], "OK");
        let log = get(&format!("{task}/log")).await.json();
        assert_eq!(log["total"], 2);
        assert_eq!(log["data"][1]["t"], "TASK OK");
    }
}

#[tokio::test]
async fn requests_are_refused_as_by_the_real_server() {
    let lab = lab(PveSetup::default()).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let base = format!("{url}/api2/json");
    let http = http();
    let token = authorization(&lab, PveAccount::Console);
    let narrow = authorization(&lab, PveAccount::Narrow);
    let get = |path: &str| {
        http.get(format!("{base}{path}"))
            .header("Authorization", &token)
    };
    let node = format!("{base}/nodes/wow-prox1");
    let post = |path: &str, token: &str| {
        let request = http.post(format!("{node}{path}"));
        request.header("Authorization", token)
    };
    let cases = [
        (
            get("/nodes/wow-prox1/lxc/999/config"),
            500,
            "Configuration file 'nodes/wow-prox1/lxc/999.conf' does not exist",
        ),
        (
            get("/nodes/wow-prox1/lxc/12/config"),
            400,
            "Parameter verification failed.",
        ),
        (
            get("/nodes/x/lxc"),
            500,
            "hostname lookup 'x' failed - failed to get address info for: x: Name or service not known",
        ),
        (
            get("/cluster/resources?type=lxc"),
            400,
            "Parameter verification failed.",
        ),
        (
            get("/nodes/wow-prox1/storage/x/content"),
            500,
            "storage 'x' does not exist",
        ),
        (
            get("/nodes/wow-prox1/storage/x/status"),
            400,
            "Parameter verification failed.",
        ),
        (
            get("/nodes/wow-prox1/foo"),
            501,
            "Method 'GET /foo' not implemented",
        ),
        (
            get("/version").body("\"\""),
            501,
            "Unexpected content for method 'GET'",
        ),
        (
            http.head(format!("{base}/version")),
            501,
            "method 'HEAD' not available",
        ),
        (
            http.get(format!("{url}/api2/xml/version")),
            501,
            "no formatter for uri /api2/xml/version",
        ),
        (
            post("/lxc/213/status/stop", &token),
            500,
            "CT 213 not running",
        ),
        (
            post("/lxc/213/status/reboot", &token),
            500,
            "VM 213 not running",
        ),
        (
            post("/lxc/210/status/start", &token),
            500,
            "CT 210 already running",
        ),
        (
            post("/lxc/210/status/stop?digest=1", &token),
            400,
            "Parameter verification failed.",
        ),
        // without the right nothing is told of what is not there, nor of a wrong parameter
        (
            post("/lxc/999/status/stop?x=1", &narrow),
            403,
            "Permission check failed (/vms/999, VM.PowerMgmt)",
        ),
        (
            post("/qemu/215/status/stop", &token)
                .header("Transfer-Encoding", "chunked")
                .body(reqwest::Body::wrap_stream(futures::stream::iter(
                    ["x=1"].map(Ok::<_, std::io::Error>),
                ))),
            501,
            "chunked transfer encoding not supported",
        ),
        (
            post("/qemu/215/status/stop", &token)
                .header("Content-Type", "text/plain")
                .body("x"),
            506,
            "content type not supported",
        ),
    ];
    for (request, status, phrase) in cases {
        let answer = said(request).await;
        assert_eq!((answer.status, &*answer.phrase), (status, phrase));
        assert!(
            answer.closes,
            "{phrase}: no connection goes on after an error"
        );
        if !answer.body.is_empty() {
            let body = answer.json();
            assert!(body["data"].is_null());
            assert_eq!(body["message"], format!("{phrase}\n"));
            assert_eq!(body["errors"].is_object(), status == 400, "{body}");
        }
    }
}

#[tokio::test]
async fn a_refused_login_comes_late_and_empty() {
    let lab = lab(PveSetup::default()).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let base = format!("{url}/api2/json");
    let http = http();
    let (user, password) = lab.pve_login();
    let form = [("username", user), ("password", "wrong")];
    let begun = tokio::time::Instant::now();
    let get =
        |name: &'static str, value: &str| http.get(format!("{base}/version")).header(name, value);
    let half = format!("PVEAuthCookie=PVE:{user}:6B003594::{password}");
    let write = http.post(format!("{base}/nodes/wow-prox1/lxc/210/status/stop"));
    let (none, wrong, ticket, csrf, user) = tokio::join!(
        said(http.get(format!("{base}/version"))),
        said(get(
            "Authorization",
            "PVEAPIToken=sre-bot@pve!sre-token=wrong"
        )),
        said(get("Cookie", "PVEAuthCookie=PVE:x")),
        said(write.header("Cookie", half)),
        said(http.post(format!("{base}/access/ticket")).form(&form)),
    );
    assert!(begun.elapsed() >= Duration::from_secs(3));
    for (answer, phrase) in [
        (&none, "No ticket"),
        (&wrong, "invalid token value!"),
        (&ticket, "permission denied - invalid PVE ticket"),
    ] {
        assert_eq!((answer.status, &*answer.phrase), (401, phrase));
        assert!(answer.body.is_empty() && answer.closes);
    }
    assert_eq!(csrf.status, 401, "a ticket alone changes nothing");
    assert_eq!(
        (user.status, &*user.phrase),
        (401, "authentication failure")
    );
    assert_eq!(user.json()["message"], "authentication failure\n");
}
