//! Virtual machines: why they do not start, cannot migrate, are paused or silent.

use std::sync::Arc;

use super::{Evidence, Inquiry, containers, data_volume, migration, pod, sign::Sign};
use crate::domain::{Conditions, Key, ObjectRef, Pod, Truth, Vm, Vmi};

/// A machine's agent may take so long to show up, seconds.
const AGENT_GRACE: i64 = 300;

/// Looks into a machine. Says whether it is in trouble.
pub(super) fn examine_vm(look: &mut Inquiry<'_>, vm: &Arc<Vm>) -> bool {
    let object = ObjectRef {
        kind: "VirtualMachine".into(),
        key: vm.meta.key.clone(),
    };
    let stopped = matches!(&*vm.status, "Stopped") || &*vm.run_strategy == "Halted";
    let mut trouble = false;
    if !stopped {
        trouble |= volumes(
            look,
            &vm.meta.key.namespace,
            &vm.spec.disks,
            &vm.data_volumes,
        );
    }
    for one in vm
        .conditions
        .iter()
        .filter(|one| one.status != Truth::True && !one.message.is_empty())
    {
        if !stopped && !matches!(&*one.kind, "LiveMigratable" | "StorageLiveMigratable") {
            look.read(&Sign::field(
                &object,
                format!("condition:{}", one.kind),
                &format!("status.conditions[{}]", one.kind),
                &*one.message,
            ));
        }
    }
    if let Some(vmi) = look.inventory().vmis.get(&vm.meta.key).cloned() {
        let reference = ObjectRef {
            kind: "VirtualMachineInstance".into(),
            key: vmi.meta.key.clone(),
        };
        look.descend(&reference, |look| trouble |= examine_vmi(look, &vmi));
    }
    let bad = !matches!(
        &*vm.status,
        "" | "Running"
            | "Stopped"
            | "Starting"
            | "Stopping"
            | "Migrating"
            | "Terminating"
            | "Provisioning"
    );
    look.check(
        format!("{} has the state it should", vm.meta.key),
        !bad,
        vm.status.to_string(),
    );
    look.read_events("VirtualMachine", &vm.meta, |event| event.warning);
    trouble || (bad && !stopped)
}

/// Claims and DataVolumes behind the disks. Says whether one is in trouble.
fn volumes(
    look: &mut Inquiry<'_>,
    namespace: &str,
    disks: &[crate::domain::Disk],
    made: &[crate::domain::Text],
) -> bool {
    let mut trouble = false;
    let names = disks
        .iter()
        .filter_map(|disk| disk.source.claim())
        .chain(made);
    for name in names {
        let key = Key::new(namespace, name);
        if let Some(volume) = look.inventory().data_volumes.get(&key).cloned() {
            let reference = ObjectRef {
                kind: "DataVolume".into(),
                key,
            };
            look.descend(&reference, |look| {
                trouble |= data_volume::examine(look, &volume)
            });
        } else if let Some(claim) = look.inventory().claims.get(&key).cloned() {
            let reference = super::claim::reference(&claim);
            look.descend(&reference, |look| {
                trouble |= super::claim::examine(look, &claim)
            });
        }
    }
    trouble
}

/// Looks into a running instance. Says whether it is in trouble.
pub(super) fn examine_vmi(look: &mut Inquiry<'_>, vmi: &Arc<Vmi>) -> bool {
    let object = ObjectRef {
        kind: "VirtualMachineInstance".into(),
        key: vmi.meta.key.clone(),
    };
    let before = look.findings.len();
    let mut trouble = volumes(look, &vmi.meta.key.namespace, &vmi.spec.disks, &[]);
    // a complaint of before it could move is over
    let movable = vmi.conditions.as_slice().holds("LiveMigratable");
    look.read_events("VirtualMachineInstance", &vmi.meta, |event| {
        event.warning && !(movable && event.message.contains("migratable"))
    });
    for one in vmi
        .conditions
        .iter()
        .filter(|one| !matches!(&*one.kind, "LiveMigratable" | "StorageLiveMigratable"))
    {
        let bad = one.status == Truth::False || matches!(&*one.kind, "Paused" | "Failure");
        if bad && !one.message.is_empty() {
            let path = format!("status.conditions[{}]", one.kind);
            look.read(&Sign::field(
                &object,
                format!("condition:{}", one.kind),
                &path,
                format!("{}: {}", one.reason, one.message),
            ));
        }
    }
    launchers(look, vmi);
    trouble |= migration::migratable(look, vmi, &object);
    trouble |= migration::migration(look, vmi, &object);
    if &*vmi.phase != "Running" || !vmi.conditions.as_slice().holds("Ready") {
        let proof = launcher_pods(look, vmi)
            .iter()
            .flat_map(|one| scheduling_proof(look, one))
            .collect();
        handler(look, &object, proof);
    }
    // a probe that fails because the agent is silent is no other trouble
    let other = trouble || look.findings[before..].iter().any(|found| !found.symptom);
    trouble |= look.findings.len() > before;
    if !other || look.blames("guest-agent-missing") {
        trouble |= agent(look, vmi, &object);
    }
    trouble
}

pub(super) fn launcher_pods(look: &Inquiry<'_>, vmi: &Vmi) -> Vec<Arc<Pod>> {
    look.inventory()
        .pods
        .in_namespace(&vmi.meta.key.namespace)
        .filter(|one| {
            one.meta.controller().is_some_and(|owner| {
                &*owner.kind == "VirtualMachineInstance" && owner.name == vmi.meta.key.name
            }) || one
                .meta
                .labels
                .is("vm.kubevirt.io/name", &vmi.meta.key.name)
        })
        .cloned()
        .collect()
}

/// The pods that run it: their log tells of input and output errors, their scheduling of room.
fn launchers(look: &mut Inquiry<'_>, vmi: &Arc<Vmi>) {
    let pods = launcher_pods(look, vmi);
    let migrating = migration::has_source(vmi, &pods);
    for one in &pods {
        let reference = pod::reference(one);
        let stage = pod::stage(look, one);
        if stage == pod::Stage::Unscheduled && !migrating {
            look.descend(&reference, |look| {
                pod::examine(look, one);
            });
            unschedulable(look, vmi, one);
        } else if stage != pod::Stage::Unscheduled {
            look.descend(&reference, |look| {
                pod::examine(look, one);
            });
            for (key, text) in look
                .case
                .logs
                .of_pod(&one.meta.key.namespace, &one.meta.key.name)
            {
                for line in containers::tail(text) {
                    look.read(&Sign::line(&reference, "log:app", key, line, None));
                }
            }
        }
    }
}

pub(super) fn scheduling_proof(look: &Inquiry<'_>, one: &Pod) -> Vec<Evidence> {
    look.events("Pod", one)
        .into_iter()
        .rev()
        .filter(|event| &*event.reason == "FailedScheduling")
        .take(1)
        .map(|event| Sign::event(event).evidence())
        .collect()
}

fn unschedulable(look: &mut Inquiry<'_>, vmi: &Vmi, one: &Pod) {
    let evidence = scheduling_proof(look, one);
    look.find(
        "unschedulable",
        &pod::reference(one),
        0.7,
        evidence,
        &[("vm", &vmi.meta.key.name)],
    );
}

/// Nodes that may run no machine because nobody handles them there.
pub(super) fn handler(look: &mut Inquiry<'_>, object: &ObjectRef, proof: Vec<Evidence>) {
    let off: Vec<String> = look
        .inventory()
        .nodes
        .iter()
        .filter(|node| node.meta.labels.is("kubevirt.io/schedulable", "false"))
        .map(|node| node.meta.key.name.to_string())
        .collect();
    if off.is_empty() {
        return;
    }
    let down: Vec<_> = look
        .inventory()
        .daemon_sets
        .iter()
        .filter(|one| &*one.meta.key.name == "virt-handler" && one.ready < one.desired.max(1))
        .cloned()
        .collect();
    let mut evidence = proof;
    evidence.extend(off.iter().take(3).map(|name| {
        Sign::field(
            &ObjectRef::new("Node", "", name),
            "field",
            "metadata.labels[kubevirt.io/schedulable]",
            "kubevirt.io/schedulable=false",
        )
        .evidence()
    }));
    for one in &down {
        let words = format!("{} wanted, {} ready", one.desired, one.ready);
        let place = super::workload::reference(one);
        evidence.push(Sign::field(&place, "field", "status.numberReady", words).evidence());
        look.descend(&place, |look| {
            super::workload::examine(look, one);
        });
    }
    let target = down
        .first()
        .map_or_else(|| object.clone(), |one| super::workload::reference(one));
    let all = off.len() == look.inventory().nodes.len();
    let confidence = match (down.is_empty(), all) {
        (false, _) => 0.95,
        (true, true) => 0.8,
        (true, false) => 0.5,
    };
    look.find(
        "virt-handler-not-running",
        &target,
        confidence,
        evidence,
        &[("nodes", &off.join(", "))],
    );
}

/// A running guest that does not talk. Says whether it is a fault.
fn agent(look: &mut Inquiry<'_>, vmi: &Vmi, object: &ObjectRef) -> bool {
    let connected = vmi.conditions.as_slice().holds("AgentConnected");
    let old = vmi
        .running_since
        .or(vmi.meta.created.time())
        .is_some_and(|since| look.age(since) > AGENT_GRACE);
    look.check("the guest agent is connected", connected, "");
    if connected || !old || &*vmi.phase != "Running" {
        return false;
    }
    let text = vmi
        .conditions
        .as_slice()
        .condition("AgentConnected")
        .map_or_else(
            || "no AgentConnected among the conditions".to_owned(),
            |one| format!("{} {} {}", one.kind, one.status.as_str(), one.message),
        );
    let mut evidence = vec![
        Sign::field(
            object,
            "condition:AgentConnected",
            "status.conditions",
            text,
        )
        .evidence(),
    ];
    for one in launcher_pods(look, vmi) {
        let said = look
            .events("Pod", &*one)
            .into_iter()
            .rfind(|event| event.warning && event.message.to_lowercase().contains("guest agent"));
        evidence.extend(said.map(|event| Sign::event(event).evidence()));
    }
    look.find(
        "guest-agent-missing",
        object,
        0.85,
        evidence,
        &[("vm", &vmi.meta.key.name)],
    );
    true
}
