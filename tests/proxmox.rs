//! Proxmox VE as other programs see the lab's, byte by byte; and the console on an older version, on a
//! cluster whose second host is off, and through everything that can be wrong with the API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use redbutton::{
    domain::{Guest, ProbeOutcome, PveState},
    inventory::{Inventory, SourceId, SourceState, SourceStatus},
    lab::{self, PveAccount, PveRelease, PveSetup},
    sources::{
        probe,
        proxmox::{self, Credentials, ProxmoxSettings},
    },
};
use serde_json::Value;
use tokio::sync::mpsc;

/// Longer than the longest pause of the console and the slowest answer of the lab together.
const PATIENCE: Duration = Duration::from_secs(60);

async fn lab(pve: PveSetup) -> lab::Running {
    lab::start(&lab::Options {
        // the cluster beside it is of no interest here
        scale: Some("nodes=1,pods=0,apps=0".parse().unwrap()),
        pve,
        ..lab::Options::default()
    })
    .await
    .unwrap()
}

fn settings(lab: &lab::Running, account: PveAccount) -> ProxmoxSettings {
    let (url, fingerprint, id, secret) = lab.pve(account);
    ProxmoxSettings {
        name: "prox".into(),
        url,
        credentials: Credentials::Token {
            id: id.into(),
            secret: secret.to_owned().into(),
        },
        ca_file: None,
        fingerprint: Some(fingerprint.into()),
    }
}

/// The console, which goes on while the lab changes.
struct Console {
    inventory: Inventory,
    rx: mpsc::Receiver<redbutton::inventory::Update>,
}

impl Console {
    fn on(settings: ProxmoxSettings) -> Self {
        let (tx, rx) = mpsc::channel(64);
        tokio::spawn(proxmox::follow(settings, tx));
        Self {
            inventory: Inventory::new(),
            rx,
        }
    }

    async fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is(self) {
            match tokio::time::timeout_at(deadline, self.rx.recv()).await {
                Ok(Some(update)) => self.inventory.apply(update),
                other => panic!("{what}: {other:?}; {:?}", self.inventory.sources),
            }
        }
    }

    async fn first(settings: ProxmoxSettings) -> Self {
        let mut console = Self::on(settings);
        console
            .until("guests", |console| !console.inventory.proxmox.is_empty())
            .await;
        console
    }

    fn status(&self) -> Option<&SourceStatus> {
        let id = SourceId::Proxmox("prox".into());
        self.inventory.sources.get(&id)
    }

    /// What is said of the source, in one text.
    fn said(&self) -> String {
        match self.status().map(|status| &status.state) {
            Some(SourceState::Live(_)) => "live".into(),
            Some(SourceState::Limited { why, .. }) => format!("limited: {why}"),
            Some(SourceState::Stale { why, .. }) => format!("stale: {why}"),
            Some(SourceState::Unreachable { why, .. }) => format!("unreachable: {why}"),
            Some(SourceState::Refused { why, advice }) => format!("refused: {why}: {advice}"),
            other => format!("{other:?}"),
        }
    }

    fn state(&self) -> &PveState {
        self.inventory.proxmox.values().next().unwrap()
    }

    fn guest(&self, id: u32) -> &Guest {
        self.state().guests.iter().find(|one| one.id == id).unwrap()
    }
}

fn http() -> reqwest::Client {
    // another test of this process may have set it already
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .http1_only()
        .build()
        .unwrap()
}

struct Said {
    status: u16,
    phrase: String,
    closes: bool,
    body: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

async fn said(request: reqwest::RequestBuilder) -> Said {
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

fn authorization(lab: &lab::Running, account: PveAccount) -> String {
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
        let mut status = get(&format!("{task}/status")).await.json();
        assert_eq!(status["data"]["status"], "running");
        while status["data"]["status"] == "running" {
            tokio::time::sleep(Duration::from_millis(200)).await;
            status = get(&format!("{task}/status")).await.json();
        }
        assert_eq!(status["data"]["exitstatus"], "OK");
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

#[tokio::test]
async fn an_older_version_says_less_and_the_console_says_what_is_missing() {
    let setup = PveSetup {
        release: PveRelease::Eight,
        cluster: false,
    };
    let lab = lab(setup).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let base = format!("{url}/api2/json/nodes/wow-prox1");
    let token = authorization(&lab, PveAccount::Console);
    let get = |path: &str| {
        http()
            .get(format!("{base}{path}"))
            .header("Authorization", &token)
    };
    let refused = said(get("/lxc/999/config")).await;
    assert_eq!(
        refused.body, "{\"data\":null}",
        "the words are in the status line alone"
    );
    let list = said(get("/lxc")).await.json();
    assert!(list["data"][0]["vmid"].is_string(), "{list}");
    let addresses = said(get("/lxc/210/interfaces")).await.json();
    assert!(addresses["data"][1]["ip-addresses"].is_null());

    let console = Console::first(settings(&lab, PveAccount::Console)).await;
    assert_eq!(console.said(), "live");
    assert_eq!(&*console.state().version, "8.1.4");
    let proxy = console.guest(210);
    assert_eq!(&*proxy.addresses.as_ref().unwrap()[0], "172.16.100.10");
    assert!(console.guest(215).addresses.is_some(), "the agent is asked");
    // the role for auditors has no right to ask agents here
    let auditor = Console::first(settings(&lab, PveAccount::Auditor)).await;
    assert!(
        auditor
            .said()
            .contains("no VM.Monitor on /vms: addresses of machines are hidden"),
        "{}",
        auditor.said()
    );
    assert!(auditor.guest(215).addresses.is_none());
}

#[tokio::test]
async fn a_host_that_is_off_hides_its_guests_and_not_the_others() {
    let setup = PveSetup {
        cluster: true,
        ..PveSetup::default()
    };
    let lab = lab(setup).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let token = authorization(&lab, PveAccount::Console);
    let path = format!("{url}/api2/json/nodes/wow-prox2/lxc/310/config");
    let hop = said(http().get(path).header("Authorization", &token)).await;
    assert_eq!(
        (hop.status, &*hop.phrase, &*hop.body),
        (595, "No route to host", "")
    );

    let console = Console::first(settings(&lab, PveAccount::Console)).await;
    let state = console.state();
    assert_eq!((&*state.cluster, state.quorate), ("lab", Some(true)));
    let second = &state.nodes[1];
    assert_eq!((&*second.status, second.memory), ("offline", None));
    assert_eq!(state.guests.len(), 14);
    assert_eq!(
        (&*console.guest(310).status, console.guest(310).memory),
        ("unknown", None)
    );
    assert!(console.guest(210).addresses.is_some());
    // the shared storage is told by the host that reaches it
    let shared = state.storages.iter().find(|one| one.shared).unwrap();
    assert_eq!((&*shared.node, shared.active), ("wow-prox1", Some(true)));
    assert_eq!(
        console.said(),
        "limited: wow-prox2 is offline: how its 2 guests are is not known"
    );
}

#[tokio::test]
async fn a_user_logs_in_with_a_password_and_is_told_when_it_is_wrong() {
    let lab = lab(PveSetup::default()).await;
    let (user, password) = lab.pve_login();
    let with = |password: &str| ProxmoxSettings {
        credentials: Credentials::Password {
            username: user.into(),
            password: password.to_owned().into(),
        },
        ..settings(&lab, PveAccount::Console)
    };
    let console = Console::first(with(password)).await;
    assert_eq!(console.said(), "live");
    assert_eq!(console.state().guests.len(), 12);
    let mut refused = Console::on(with("wrong"));
    refused
        .until("refused", |console| console.status().is_some())
        .await;
    let said = refused.said();
    assert!(
        said.starts_with("refused: 401 authentication failure: check the token"),
        "{said}"
    );
    assert!(!said.contains("wrong"), "no secret is shown: {said}");
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_and_its_fingerprint_is_offered() {
    let lab = lab(PveSetup::default()).await;
    let (_, fingerprint, ..) = lab.pve(PveAccount::Console);
    let unpinned = ProxmoxSettings {
        fingerprint: Some("AA".repeat(32)),
        ..settings(&lab, PveAccount::Console)
    };
    let mut console = Console::on(unpinned);
    console
        .until("refused", |console| console.status().is_some())
        .await;
    let said = console.said();
    assert!(
        said.starts_with("refused: ") && said.contains(fingerprint),
        "{said}"
    );
    assert!(console.inventory.proxmox.is_empty());
}

/// What the console says during each outage; a word of what to do is a part of it.
const OUTAGES: [(&str, &str, &str); 8] = [
    (
        "401",
        "refused: 401 invalid token value!",
        "check the token",
    ),
    (
        "403",
        "limited: no VM.Audit on /vms: no guest is shown, and there may be many",
        "no Sys.Audit on /nodes",
    ),
    (
        "500",
        "stale: 500 cluster not ready - no quorum?",
        "pvecm status",
    ),
    (
        "595",
        "limited: ",
        "595 Connection refused: the API answers, what is behind it does not; look at pvedaemon",
    ),
    (
        "596",
        "limited: ",
        "596 Connection timed out: the API answers, what is behind it does not; it is held up, mostly by a storage",
    ),
    ("half", "stale: the answer is no JSON", "is pveproxy up"),
    (
        "certificate",
        "refused: the certificate is not trusted; its SHA-256 fingerprint is",
        "compare the fingerprint",
    ),
    ("hang", "stale: no answer in time", "is pveproxy up"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_outage_is_named_with_what_to_do_and_the_rows_are_kept() {
    // all at once, each with a lab of its own: most of this is waiting
    let all = OUTAGES.map(|(kind, begins, tells)| tokio::spawn(outage(kind, begins, tells)));
    for one in all {
        one.await.unwrap();
    }
}

async fn outage(kind: &str, begins: &str, tells: &str) {
    let lab = lab(PveSetup::default()).await;
    // what is behind the hop is asked for once a minute: the console is not there yet
    let hop = kind.starts_with("59");
    if hop {
        lab.break_pve(kind, Duration::from_secs(600));
    }
    let mut console = Console::first(settings(&lab, PveAccount::Console)).await;
    if !hop {
        assert_eq!(console.said(), "live", "{kind}");
        lab.break_pve(kind, Duration::from_secs(600));
    }
    console
        .until(kind, |console| {
            let said = console.said();
            said.starts_with(begins) && said.contains(tells)
        })
        .await;
    let status = console.status().unwrap();
    assert!(
        status.heard.is_some(),
        "{kind}: the age of the rows is known"
    );
    if kind != "403" {
        assert_eq!(console.state().guests.len(), 12, "{kind}");
        assert_eq!(console.guest(210).addresses.is_some(), !hop, "{kind}");
        assert_eq!(console.guest(214).last_backup.is_some(), !hop, "{kind}");
    }
    lab.break_pve(kind, Duration::ZERO);
    // that it is well is told just before what it told
    console
        .until(kind, |console| {
            let mut guests = console.state().guests.iter();
            let whole = guests.any(|guest| guest.id == 210 && guest.addresses.is_some());
            whole && console.said() == "live"
        })
        .await;
}

#[tokio::test]
async fn a_probe_reads_until_when_a_certificate_is_valid() {
    let lab = lab(PveSetup::default()).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let (host, port) = url.trim_start_matches("https://").split_once(':').unwrap();
    let endpoint = probe::ProbeSettings {
        name: "prox".into(),
        host: host.into(),
        port: port.parse().unwrap(),
        interval: Duration::from_secs(1),
        timeout: Duration::from_secs(5),
        tls: true,
        dns: None,
    };
    let (tx, mut rx) = mpsc::channel(4);
    tokio::spawn(probe::follow(vec![endpoint], tx));
    let mut inventory = Inventory::new();
    while inventory.probes.is_empty() {
        inventory.apply(rx.recv().await.unwrap());
    }
    let state = &inventory.probes[0];
    assert!(matches!(
        state.last().unwrap().outcome,
        ProbeOutcome::Open(_)
    ));
    assert!(state.certificate_until.unwrap() > state.last().unwrap().at);
}

#[tokio::test]
async fn an_idle_connection_is_closed_by_the_server_and_not_used_again() {
    let lab = lab(PveSetup::default()).await;
    let (url, ..) = lab.pve(PveAccount::Console);
    let address = url.trim_start_matches("https://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    // nothing is said in time: the server ends it, without TLS too
    let begun = tokio::time::Instant::now();
    let mut byte = [0];
    let end = tokio::io::AsyncReadExt::read(&mut stream, &mut byte);
    assert_eq!(
        tokio::time::timeout(PATIENCE, end).await.unwrap().unwrap(),
        0
    );
    assert!(begun.elapsed() >= Duration::from_secs(4));
    // the console looks every 8 s, so each look meets a connection that is gone
    let mut console = Console::first(settings(&lab, PveAccount::Console)).await;
    let first = console.status().unwrap().heard;
    console
        .until("a second look", |console| {
            console.status().is_some_and(|status| status.heard > first)
        })
        .await;
    assert_eq!(console.said(), "live");
}
