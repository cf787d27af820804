//! The program against the lab over the wire: each role sees the truth about what it may see, a
//! capture tells the same as the live cluster, what is cured is no incident any more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, path::Path, process::Output};

use redbutton::lab::{Options, Running, start};
use serde_json::Value;

async fn lab() -> (Running, tempfile::TempDir) {
    let running = start(&Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    running.write_files(folder.path()).unwrap();
    (running, folder)
}

async fn run(folder: &Path, arguments: &[&str]) -> Output {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_redbutton"))
        .args(arguments)
        .env("KUBECONFIG", folder.join("kubeconfig"))
        .env("REDBUTTON_CONFIG", folder.join("config.toml"))
        .env("XDG_STATE_HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .output()
        .await
        .unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn causes(found: &Value) -> BTreeSet<String> {
    let list = found["incidents"].as_array().unwrap();
    list.iter()
        .map(|one| one["cause"].as_str().unwrap().to_owned())
        .collect()
}

/// Faults that can be taken back, and the causes that are then over.
const CURABLE: [(&str, &str); 12] = [
    ("csi-unreachable", "provisioner-unreachable-backend"),
    ("csi-api-mismatch", "provisioner-api-version-mismatch"),
    ("lvm-leftover", "lvm-thin-pool-leftover"),
    ("prometheus-disk-full", "disk-full"),
    ("oom", "oom-killed"),
    ("home-denied", "permission-denied-home"),
    ("node-selector", "node-selector-mismatch"),
    ("crd-too-long", "crd-annotation-too-long"),
    ("self-heal-fight", "selfheal-drift"),
    ("image-rate-limit", "image-pull-rate-limited"),
    ("missing-secret", "missing-secret"),
    ("db-refused", "dependency-refused"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cured_is_no_incident_any_more() {
    let (running, folder) = lab().await;
    let before = run(folder.path(), &["diagnose", "-o", "json"]).await;
    assert_eq!(before.status.code(), Some(2));
    let before = causes(&json(&before));
    for (fault, cause) in CURABLE {
        assert!(before.contains(cause), "{cause} in {before:?}");
        assert!(running.set_fault(fault, false));
    }
    assert!(!running.set_fault("no such fault", false));
    // the simulation needs some of its steps to heal
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let after = causes(&json(
            &run(folder.path(), &["diagnose", "-o", "json"]).await,
        ));
        let left: Vec<&str> = CURABLE
            .iter()
            .map(|(_, cause)| *cause)
            .filter(|cause| after.contains(*cause))
            .collect();
        if left.is_empty() {
            // one machine is bound to its node by design
            assert!(after.contains("not-migratable-rwo"), "{after:?}");
            break;
        }
        assert!(std::time::Instant::now() < end, "still {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_the_truth_about_what_it_may_see() {
    let (_running, folder) = lab().await;
    let admin = json(&run(folder.path(), &["report", "-o", "json"]).await);
    let text = admin.to_string();
    assert!(
        text.contains("node2") && text.contains("overseerr"),
        "{text}"
    );
    let own = run(
        folder.path(),
        &["--context", "nsviewer", "report", "-o", "json"],
    )
    .await;
    let own = json(&own).to_string();
    assert!(
        own.contains("overseerr") && !own.contains("nautobot-worker"),
        "{own}"
    );
    // no namespace is named: OpenShift's projects tell which there are for this user
    let elsewhere = [
        "--context",
        "nsviewer",
        "-n",
        "default",
        "report",
        "-o",
        "json",
    ];
    let found = json(&run(folder.path(), &elsewhere).await).to_string();
    assert!(found.contains("overseerr"), "{found}");
    let refused = run(folder.path(), &["--context", "badtoken", "report"]).await;
    assert_eq!(refused.status.code(), Some(3));
    let none = run(
        folder.path(),
        &["--context", "norights", "report", "-o", "json"],
    )
    .await;
    let none = String::from_utf8_lossy(&none.stdout).into_owned();
    assert!(
        none.contains("forbidden") || none.contains("no right") || none.contains("cannot"),
        "{none}"
    );
}
