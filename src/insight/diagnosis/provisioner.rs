//! Who should make the volume: the provisioner behind a class, found by what it runs, its health
//! and its log.

use std::sync::Arc;

use super::{Inquiry, claim::reference, containers, lvms, pod, sign::Sign};
use crate::domain::{
    Claim, Conditions, EnvValue, LogKey, ObjectRef, Pod, PodSpec, StorageClass, VolumeSource,
    Workload, WorkloadKind,
};

/// Whether a template runs a CSI driver or a provisioner: by the name of a container, or by what it
/// is told of its driver and socket.
pub(super) fn is_driver(spec: &PodSpec) -> bool {
    let told = |word: &str| {
        word.contains("csi.sock")
            || ["--csi", "--drivername", "--driver-name="]
                .iter()
                .any(|flag| word.starts_with(flag))
    };
    provisions(spec)
        || spec.containers.iter().any(|one| {
            one.name.split('-').any(|word| word == "csi")
                || one.name.contains("driver-registrar")
                || one.image.contains("node-driver-registrar")
                || one.args.iter().chain(&one.command).any(|word| told(word))
        })
}

/// Whether a template has the container that makes volumes.
fn provisions(spec: &PodSpec) -> bool {
    spec.containers.iter().any(|one| {
        one.name.contains("provisioner")
            || one.image.contains("provisioner")
            || (one.image.contains("topolvm") && one.name.contains("controller"))
    })
}

/// Whether a template has to do with a driver: an argument, a variable, a path or a name says so.
pub(super) fn mentions(spec: &PodSpec, driver: &str) -> bool {
    let in_containers = spec.all_containers().any(|one| {
        let words = one.args.iter().chain(&one.command);
        let values = one.env.iter().filter_map(|variable| match &variable.value {
            EnvValue::Literal(text) => Some(text),
            _ => None,
        });
        words.chain(values).any(|text| text.contains(driver))
            || one.mounts.iter().any(|mount| mount.path.contains(driver))
    });
    in_containers
        || spec.volumes.iter().any(|volume| matches!(&volume.source, VolumeSource::HostPath(path, _) if path.contains(driver)))
}

/// The word of a driver that names of workloads share: `topolvm` of `topolvm.io`, `truenas-nfs` of
/// `org.democratic-csi.truenas-nfs`.
pub(super) fn stem(driver: &str) -> &str {
    driver
        .split(['.', '/'])
        .filter(|part| {
            !matches!(
                *part,
                "io" | "com" | "org" | "csi" | "k8s" | "storage" | "sh" | "cluster" | "local"
            )
        })
        .max_by_key(|part| part.len())
        .unwrap_or(driver)
}

/// Whether a name has a word as a whole, between its dashes and dots.
fn bears(name: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    name.match_indices(word).any(|(at, found)| {
        edge(name[..at].chars().next_back()) && edge(name[at + found.len()..].chars().next())
    })
}

/// Workloads that make the volumes of a driver, the surest first.
fn makers(look: &Inquiry<'_>, driver: &str) -> Vec<Arc<Workload>> {
    let inventory = look.inventory();
    let stem = stem(driver);
    let mut found: Vec<(u8, Arc<Workload>)> = [
        WorkloadKind::Deployment,
        WorkloadKind::StatefulSet,
        WorkloadKind::DaemonSet,
    ]
    .into_iter()
    .flat_map(|kind| inventory.workloads(kind).iter())
    .filter_map(|one| {
        let key = &one.meta.key;
        let named = key.name.contains(stem) || key.namespace.contains(stem);
        // `nas` is a part of `truenas` too
        let bears = bears(&key.name, stem) || bears(&key.namespace, stem);
        let said = mentions(&one.template, driver);
        let makes = provisions(&one.template);
        let daemon = one.kind == WorkloadKind::DaemonSet;
        let sure = match (said, named, makes, daemon) {
            (true, _, true, _) => 6,
            (_, true, true, _) if bears => 5,
            (true, _, false, false) => 4,
            (_, true, true, _) => 3,
            (_, true, false, false) if key.name.contains("controller") => 2,
            _ => return None,
        };
        Some((sure, one.clone()))
    })
    .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.meta.key.cmp(&b.1.meta.key)));
    let best = found.first().map_or(0, |(sure, _)| *sure);
    found
        .into_iter()
        .filter(|(sure, _)| *sure == best)
        .map(|(_, one)| one)
        .collect()
}

/// Looks for the one who should make the claim's volume.
pub(super) fn examine(look: &mut Inquiry<'_>, claim: &Claim, class: &StorageClass) {
    let object = reference(claim);
    let driver = class.provisioner.to_string();
    let events = look.events("PersistentVolumeClaim", claim);
    let waits = events
        .iter()
        .rev()
        .find(|event| &*event.reason == "ExternalProvisioning")
        .copied();
    let failed = events
        .iter()
        .any(|event| &*event.reason == "ProvisioningFailed");
    let makers = makers(look, &driver);
    let registered = look.inventory().csi_drivers.find("", &driver).is_some();
    let mut evidence: Vec<_> = waits
        .map(|event| Sign::event(event).evidence())
        .into_iter()
        .collect();
    evidence.push(
        Sign::field(
            &class_reference(class),
            "field",
            "provisioner",
            driver.clone(),
        )
        .evidence(),
    );
    if !look.inventory().csi_drivers.is_empty() {
        look.check(format!("driver {driver} is registered"), registered, "");
    }
    if makers.is_empty() {
        nobody(look, claim, class, registered, failed, evidence.clone());
    }
    for maker in &makers {
        health(look, maker, &driver, failed, &evidence);
    }
    for maker in makers {
        log(look, &maker, claim);
    }
    lvms::examine(look, &driver);
    probes(look);
    if !look.knows(0.5) && !failed {
        silence(
            look,
            claim,
            &object,
            &driver,
            waits.map(|event| Sign::event(event).evidence()),
        );
    }
}

fn class_reference(class: &StorageClass) -> ObjectRef {
    ObjectRef {
        kind: "StorageClass".into(),
        key: class.meta.key.clone(),
    }
}

fn nobody(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    class: &StorageClass,
    registered: bool,
    failed: bool,
    evidence: Vec<super::Evidence>,
) {
    if failed {
        return;
    }
    let driver = class.provisioner.to_string();
    let nodes = look
        .inventory()
        .csi_nodes
        .iter()
        .any(|node| node.drivers.iter().any(|(name, _)| **name == *driver));
    let known: Vec<String> = look
        .inventory()
        .csi_drivers
        .iter()
        .map(|one| one.meta.key.name.to_string())
        .collect();
    let facts = [
        ("driver", driver.as_str()),
        ("class", &*class.meta.key.name),
        ("drivers", &known.join(", ")),
        ("claim", &*claim.meta.key.name),
        ("provisioner", driver.as_str()),
    ];
    // the class alone, without a word of who waits for it, may be a driver that is not in sight
    let confidence = if evidence.len() > 1 { 0.9 } else { 0.75 };
    if registered || nodes {
        look.find(
            "provisioner-not-running",
            &class_reference(class),
            0.8,
            evidence,
            &facts,
        );
    } else if !look.inventory().deployments.is_empty() || !look.inventory().csi_drivers.is_empty() {
        look.find(
            "provisioner-name-mismatch",
            &class_reference(class),
            confidence,
            evidence,
            &facts,
        );
    }
}

/// Whether a maker runs; its pods are looked into where not.
fn health(
    look: &mut Inquiry<'_>,
    maker: &Arc<Workload>,
    driver: &str,
    failed: bool,
    proof: &[super::Evidence],
) {
    let object = ObjectRef {
        kind: maker.kind.kind().as_str().into(),
        key: maker.meta.key.clone(),
    };
    let name = maker.meta.key.name.to_string();
    let well = maker.ready > 0;
    look.check(
        format!("provisioner {} is running", maker.meta.key),
        well,
        format!("{} of {} ready", maker.ready, maker.desired),
    );
    if well {
        return;
    }
    let mut evidence = proof.to_vec();
    let words = format!("{} wanted, {} ready", maker.desired, maker.ready);
    evidence.push(Sign::field(&object, "field", "spec.replicas", words).evidence());
    let before = look.findings.len();
    for one in pods_of(look, maker) {
        look.descend(&pod::reference(&one), |look| {
            pod::examine(look, &one);
        });
    }
    if look.findings.len() == before {
        super::workload::creation(look, maker);
    }
    let deeper = look.findings[before..].iter().any(|found| {
        !found.symptom && found.confidence >= 0.5 && &*found.cause != "app-error-unknown"
    });
    let confidence = match (deeper, failed) {
        (true, _) => 0.6,
        (false, true) => 0.7,
        (false, false) => 0.94,
    };
    look.find(
        "provisioner-not-running",
        &object,
        confidence,
        evidence,
        &[("driver", driver), ("provisioner", &name)],
    );
}

/// The pods of a workload, also through its ReplicaSets.
pub(super) fn pods_of(look: &Inquiry<'_>, workload: &Workload) -> Vec<Arc<Pod>> {
    let inventory = look.inventory();
    let sets = inventory
        .replica_sets
        .in_namespace(&workload.meta.key.namespace)
        .filter(|set| {
            set.meta
                .owners
                .iter()
                .any(|owner| owner.uid == workload.meta.uid && owner.name == workload.meta.key.name)
        });
    let uids: Vec<_> = std::iter::once(workload.meta.uid.clone())
        .chain(sets.map(|set| set.meta.uid.clone()))
        .collect();
    uids.iter()
        .flat_map(|uid| inventory.pods_owned_by(uid))
        .cloned()
        .collect()
}

/// The log of a maker that runs may say what the event only hints at.
fn log(look: &mut Inquiry<'_>, maker: &Arc<Workload>, claim: &Claim) {
    let book = look.case.logs;
    for one in pods_of(look, maker) {
        if !one.conditions.as_slice().holds("Ready") {
            continue;
        }
        let object = pod::reference(&one);
        for container in &one.spec.containers {
            let key = LogKey {
                namespace: one.meta.key.namespace.clone(),
                pod: one.meta.key.name.clone(),
                container: container.name.clone(),
                previous: false,
            };
            match book.get(&key.namespace, &key.pod, &key.container, false) {
                Some(Ok(text)) => {
                    for line in containers::tail(text).filter(|line| speaks_of(line, claim)) {
                        look.read(
                            &Sign::line(&object, "log:driver", &key, line, None)
                                .with("claim", &*claim.meta.key.name),
                        );
                    }
                }
                Some(Err(why)) => {
                    look.unknown(format!("log of {}", container.name), why.to_owned())
                }
                None => look.wanted.push(key),
            }
        }
    }
}

/// Lines of a driver's log about other volumes prove nothing for this one; lines about none do.
fn speaks_of(line: &str, claim: &Claim) -> bool {
    let other =
        line.contains("pvc-") && !claim.meta.uid.is_empty() && !line.contains(&*claim.meta.uid);
    let named = line.contains(&*claim.meta.key.name)
        || (!claim.meta.uid.is_empty() && line.contains(&*claim.meta.uid));
    named || !other
}

/// Probes of the configuration that fail support what a driver says of its back end.
fn probes(look: &mut Inquiry<'_>) {
    use crate::domain::ProbeOutcome;
    for probe in look.inventory().probes.iter() {
        let Some(last) = probe.last() else { continue };
        let good = matches!(last.outcome, ProbeOutcome::Open(_));
        look.check(
            format!("probe {} ({})", probe.name, probe.target),
            good,
            last.outcome.to_string(),
        );
        if good {
            continue;
        }
        let object = ObjectRef::new("Probe", "", &probe.name);
        let evidence = super::Evidence {
            from: super::Origin::Probe,
            ..Sign::field(&object, "probe", &probe.target, last.outcome.to_string()).evidence()
        };
        look.support("provisioner-unreachable-backend", &[evidence]);
    }
}

/// Asked, and nobody answers, and nothing says why.
fn silence(
    look: &mut Inquiry<'_>,
    claim: &Claim,
    object: &ObjectRef,
    driver: &str,
    waits: Option<super::Evidence>,
) {
    let Some(evidence) = waits else { return };
    let old = claim
        .meta
        .created
        .time()
        .is_some_and(|created| look.age(created) > 300);
    if old {
        look.find(
            "provisioner-not-running",
            object,
            0.45,
            vec![evidence],
            &[("driver", driver), ("provisioner", driver)],
        );
    }
}
