//! The console on an older version, on a cluster whose second host is off, and through everything that
//! can be wrong with the API.

use std::time::Duration;

use redbutton::{
    domain::{Guest, ProbeOutcome, PveState},
    inventory::{Inventory, SourceId},
    lab::{PveAccount, PveRelease, PveSetup},
    sources::{
        probe,
        proxmox::{self, Credentials, ProxmoxSettings},
    },
};
use tokio::sync::{mpsc, watch};

use super::{
    lab, settings,
    tell::{Console, PATIENCE},
    wire::{authorization, http, said},
};

/// What a console tells of guests.
trait Guests {
    fn state(&self) -> &PveState;
    fn guest(&self, id: u32) -> &Guest;
}

impl Guests for Console {
    fn state(&self) -> &PveState {
        self.inventory.proxmox.values().next().unwrap()
    }

    fn guest(&self, id: u32) -> &Guest {
        self.state().guests.iter().find(|one| one.id == id).unwrap()
    }
}

/// A console that is told of no change.
fn on(settings: ProxmoxSettings) -> Console {
    told_by(settings, &watch::Sender::new(()))
}

/// A console that is told when a guest was changed.
fn told_by(settings: ProxmoxSettings, changes: &watch::Sender<()>) -> Console {
    let changed = changes.subscribe();
    Console::on(SourceId::Proxmox("prox".into()), |tx| {
        proxmox::follow(settings, changed, tx)
    })
}

/// One that has read the guests.
async fn first(settings: ProxmoxSettings) -> Console {
    let mut console = on(settings);
    console
        .until("guests", |console| !console.inventory.proxmox.is_empty())
        .await;
    console
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

    let console = first(settings(&lab, PveAccount::Console)).await;
    assert_eq!(console.said(), "live");
    assert_eq!(&*console.state().version, "8.1.4");
    let proxy = console.guest(210);
    assert_eq!(&*proxy.addresses.as_ref().unwrap()[0], "172.16.100.10");
    assert!(console.guest(215).addresses.is_some(), "the agent is asked");
    // the role for auditors has no right to ask agents here
    let auditor = first(settings(&lab, PveAccount::Auditor)).await;
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

    let console = first(settings(&lab, PveAccount::Console)).await;
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
    let console = first(with(password)).await;
    assert_eq!(console.said(), "live");
    assert_eq!(console.state().guests.len(), 12);
    let mut refused = on(with("wrong"));
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
    let mut console = on(unpinned);
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
    let mut console = first(settings(&lab, PveAccount::Console)).await;
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
async fn what_the_console_changed_is_looked_at_again_at_once() {
    let lab = lab(PveSetup::default()).await;
    let changes = watch::Sender::new(());
    // by itself it would look again after an hour
    let seldom = ProxmoxSettings {
        every: Duration::from_secs(3600),
        ..settings(&lab, PveAccount::Console)
    };
    let mut console = told_by(seldom, &changes);
    console
        .until("guests", |console| !console.inventory.proxmox.is_empty())
        .await;
    assert_eq!(&*console.guest(210).status, "running");
    let (url, ..) = lab.pve(PveAccount::Console);
    let stop = http()
        .post(format!(
            "{url}/api2/json/nodes/wow-prox1/lxc/210/status/stop"
        ))
        .header("Authorization", authorization(&lab, PveAccount::Console));
    assert_eq!(said(stop).await.status, 200);
    changes.send_replace(());
    console
        .until("the stop", |console| {
            let mut tasks = console.state().tasks.iter();
            tasks.any(|task| &*task.kind == "vzstop" && &*task.about == "210")
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
    let mut console = first(settings(&lab, PveAccount::Console)).await;
    let first = console.status().unwrap().heard;
    console
        .until("a second look", |console| {
            console.status().is_some_and(|status| status.heard > first)
        })
        .await;
    assert_eq!(console.said(), "live");
}
