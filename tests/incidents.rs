//! The lab's dump: each fault of the standard scenario has its root among the incidents, and what
//! is in order is no incident.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use redbutton::{
    config::profile,
    domain::{Conditions, ObjectRef},
    insight::{
        diagnosis::{Case, diagnose},
        incidents::survey,
    },
    sources::dump,
};

#[test]
fn every_fault_of_the_lab_has_its_root() {
    let read = dump::read(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/dump"
    )))
    .unwrap();
    let (profile, books) = (profile("seed-lab").unwrap(), common::runbooks());
    let case = Case {
        inventory: &read.inventory,
        logs: &read.logs,
        runbooks: &books,
        profile: &profile,
        now: include_str!("dump/now.txt").parse().unwrap(),
    };
    let found = survey(&case);
    for (cause, kind) in [
        ("provisioner-unreachable-backend", "Pod"),
        ("provisioner-api-version-mismatch", "Pod"),
        ("lvm-thin-pool-leftover", "LVMCluster"),
        ("disk-full", "PersistentVolumeClaim"),
        ("oom-killed", "Pod"),
        ("permission-denied-home", "Pod"),
        ("node-selector-mismatch", "Pod"),
        ("crd-annotation-too-long", "Application"),
        ("selfheal-drift", "Application"),
        ("not-migratable-rwo", "VirtualMachineInstance"),
        ("image-pull-rate-limited", "Pod"),
        ("missing-secret", "Secret"),
        ("dependency-refused", "StatefulSet"),
    ] {
        let incident = found.incidents.iter().find(|one| *one.cause == *cause);
        let incident = incident.unwrap_or_else(|| panic!("no incident {cause}"));
        assert_eq!(&*incident.root.kind, kind, "{cause}");
        assert!(
            incident.confidence >= 0.8 && !incident.evidence.is_empty(),
            "{incident:?}"
        );
    }
    let held = found
        .incidents
        .iter()
        .find(|one| &*one.cause == "provisioner-unreachable-backend")
        .unwrap();
    assert!(
        held.holds_up_words().contains("2 claims"),
        "{}",
        held.holds_up_words()
    );
}

#[test]
fn what_is_in_order_is_no_fault() {
    let read = dump::read(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/dump"
    )))
    .unwrap();
    let (profile, books) = (profile("seed-lab").unwrap(), common::runbooks());
    let case = Case {
        inventory: &read.inventory,
        logs: &read.logs,
        runbooks: &books,
        profile: &profile,
        now: include_str!("dump/now.txt").parse().unwrap(),
    };
    let mut looked = 0;
    for pod in read
        .inventory
        .pods
        .iter()
        .filter(|pod| pod.conditions.as_slice().holds("Ready"))
    {
        let answer = diagnose(
            &case,
            &ObjectRef {
                kind: "Pod".into(),
                key: pod.meta.key.clone(),
            },
        )
        .unwrap();
        assert!(!answer.fault && answer.causes.is_empty(), "{answer:?}");
        looked += 1;
    }
    for claim in read
        .inventory
        .claims
        .iter()
        .filter(|claim| &*claim.phase == "Bound" && &*claim.meta.key.name != "prometheus-data")
    {
        let answer = diagnose(
            &case,
            &ObjectRef {
                kind: "PersistentVolumeClaim".into(),
                key: claim.meta.key.clone(),
            },
        )
        .unwrap();
        assert!(!answer.fault, "{answer:?}");
        looked += 1;
    }
    assert!(looked > 20);
}
