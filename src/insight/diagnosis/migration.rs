//! Live migration: every reason against it, and migrations that find no place.

use std::sync::Arc;

use super::{
    Inquiry,
    machine::{launcher_pods, scheduling_proof},
    pod,
    sign::Sign,
};
use crate::domain::{Conditions, DiskSource, ObjectRef, Pod, Truth, Vmi};

/// Every reason against live migration at once. Says whether it is a fault.
pub(super) fn migratable(look: &mut Inquiry<'_>, vmi: &Arc<Vmi>, object: &ObjectRef) -> bool {
    let conditions = vmi.conditions.as_slice();
    let Some(condition) = conditions
        .condition("LiveMigratable")
        .filter(|one| one.status == Truth::False)
    else {
        look.check("it can be migrated live", true, "");
        return false;
    };
    look.check(
        "it can be migrated live",
        false,
        condition.message.to_string(),
    );
    let complained = look
        .events("VirtualMachineInstance", &**vmi)
        .iter()
        .any(|event| event.message.contains("not migratable"));
    let wanted = complained
        || vmi.spec.eviction.starts_with("LiveMigrate")
            && &*vmi.spec.eviction != "LiveMigrateIfPossible";
    if !wanted {
        return false;
    }
    let sign = Sign::field(
        object,
        "condition:LiveMigratable",
        "status.conditions[LiveMigratable]",
        format!("{}: {}", condition.reason, condition.message),
    );
    let before = look.findings.len();
    let known: Vec<_> = look
        .findings
        .iter()
        .map(|found| found.cause.clone())
        .collect();
    look.read(&sign);
    if look.findings.len() == before
        && !known
            .iter()
            .any(|cause| cause.starts_with("not-migratable"))
    {
        look.find(
            "not-migratable-other",
            object,
            0.5,
            vec![sign.evidence()],
            &[("message", &condition.message)],
        );
    }
    more_reasons(look, vmi, object);
    true
}

/// KubeVirt names one reason at a time; the object shows the others.
pub(super) fn more_reasons(look: &mut Inquiry<'_>, vmi: &Arc<Vmi>, object: &ObjectRef) {
    for disk in &vmi.spec.disks {
        match &disk.source {
            DiskSource::Host(path) => {
                let sign = Sign::field(
                    object,
                    "field",
                    &format!("spec.volumes[{}].hostDisk.path", disk.name),
                    &**path,
                );
                look.find(
                    "not-migratable-hostdisk",
                    object,
                    0.6,
                    vec![sign.evidence()],
                    &[("disk", &disk.name)],
                );
            }
            source => {
                let Some(name) = source.claim() else { continue };
                let modes = look
                    .inventory()
                    .claims
                    .find(&vmi.meta.key.namespace, name)
                    .map(|claim| (claim.short_modes(), super::claim::reference(claim)));
                if let Some((modes, claim)) = modes.filter(|(modes, _)| !modes.contains("RWX")) {
                    let sign = Sign::field(&claim, "field", "spec.accessModes", modes);
                    look.find(
                        "not-migratable-rwo",
                        object,
                        0.55,
                        vec![sign.evidence()],
                        &[("claim", name)],
                    );
                }
            }
        }
    }
    for device in &vmi.spec.host_devices {
        let sign = Sign::field(
            object,
            "field",
            "spec.domain.devices.hostDevices",
            &**device,
        );
        look.find(
            "not-migratable-hostdevice",
            object,
            0.6,
            vec![sign.evidence()],
            &[("device", device)],
        );
    }
    for one in vmi
        .spec
        .interfaces
        .iter()
        .filter(|one| &*one.binding == "bridge" && &*one.network == "pod")
    {
        let sign = Sign::field(
            object,
            "field",
            &format!("spec.domain.devices.interfaces[{}]", one.name),
            "bridge on the pod network",
        );
        look.find(
            "not-migratable-interface",
            object,
            0.6,
            vec![sign.evidence()],
            &[("interface", &one.name)],
        );
    }
}

/// Whether the machine runs already, so that a pod without a node can only be a migration's target.
pub(super) fn has_source(vmi: &Vmi, pods: &[Arc<Pod>]) -> bool {
    &*vmi.phase == "Running" || pods.len() > 1 && pods.iter().any(|one| &*one.phase == "Running")
}

/// A migration that finds no place. Says whether it is in trouble.
pub(super) fn migration(look: &mut Inquiry<'_>, vmi: &Arc<Vmi>, object: &ObjectRef) -> bool {
    let running: Vec<_> = look
        .inventory()
        .migrations
        .in_namespace(&vmi.meta.key.namespace)
        .filter(|one| one.vmi == vmi.meta.key.name && !matches!(&*one.phase, "Succeeded"))
        .cloned()
        .collect();
    for one in &running {
        let reference = ObjectRef {
            kind: "VirtualMachineInstanceMigration".into(),
            key: one.meta.key.clone(),
        };
        look.read_events("VirtualMachineInstanceMigration", &one.meta, |event| {
            event.warning
        });
        for condition in one.conditions.iter().filter(|one| !one.message.is_empty()) {
            look.read(&Sign::field(
                &reference,
                format!("condition:{}", condition.kind),
                "status.conditions[]",
                &*condition.message,
            ));
        }
        if let Some(state) = one.state.as_ref().filter(|state| !state.failure.is_empty()) {
            look.read(&Sign::field(
                &reference,
                "migration",
                "status.migrationState.failureReason",
                &*state.failure,
            ));
        }
    }
    let pods = launcher_pods(look, vmi);
    let has_source = has_source(vmi, &pods);
    let target = pods
        .iter()
        .find(|one| pod::stage(look, one) == pod::Stage::Unscheduled)
        .filter(|_| has_source);
    let Some(target) = target else {
        return !running.is_empty() && look.knows(0.5);
    };
    let mut evidence = scheduling_proof(look, target);
    if !vmi.spec.node_selector.is_empty() {
        let words: Vec<String> = vmi
            .spec
            .node_selector
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        evidence
            .push(Sign::field(object, "field", "spec.nodeSelector", words.join(", ")).evidence());
    }
    let model = look
        .findings
        .iter()
        .any(|found| &*found.cause == "node-cpu-model-incompatible");
    look.check("the migration target finds a node", false, "");
    look.find(
        "migration-target-unschedulable",
        object,
        if model { 0.6 } else { 0.93 },
        evidence,
        &[("vm", &vmi.meta.key.name)],
    );
    true
}
