//! Attaching and mounting: volumes held by another node, drivers not registered on this one.

use super::{Inquiry, claim::reference, inquiry::is_ended, pod, provisioner, sign::Sign};
use crate::domain::{Backend, Claim, Key, ObjectRef, Pod, PodSpec, WorkloadKind};

/// Looks why a pod with a node cannot have a bound claim's volume.
pub(super) fn examine(look: &mut Inquiry<'_>, one: &Pod, claim: &Claim) {
    let Some(node) = one.node.clone() else { return };
    let Some(volume) = look.inventory().volumes.find("", &claim.volume).cloned() else {
        return;
    };
    held_elsewhere(look, one, claim, &node);
    let Backend::Csi { driver, .. } = &volume.backend else {
        return;
    };
    let Some(csi_node) = look.inventory().csi_nodes.find("", &node).cloned() else {
        return;
    };
    let registered = csi_node.drivers.iter().any(|(name, _)| name == driver);
    look.check(
        format!("driver {driver} is registered on {node}"),
        registered,
        "",
    );
    if registered {
        return;
    }
    let mut evidence: Vec<_> = look
        .events("Pod", one)
        .into_iter()
        .filter(|event| event.warning && event.message.contains(&**driver))
        .map(|event| Sign::event(event).evidence())
        .collect();
    let told = !evidence.is_empty();
    // a driver that answers on this node is there, whatever the list says
    let answered = !told && look.knows(0.8);
    let object = ObjectRef::new("CSINode", "", &node);
    let list: Vec<&str> = csi_node.drivers.iter().map(|(name, _)| &**name).collect();
    let list = if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    };
    evidence.push(Sign::field(&object, "field", "spec.drivers", list).evidence());
    let plugin = plugin_on(look, driver, &node);
    let target = plugin
        .as_ref()
        .map_or_else(|| object.clone(), |plugin| pod::reference(plugin));
    let before = look.findings.len();
    if let Some(plugin) = &plugin {
        evidence
            .push(Sign::field(&target, "field", "status.phase", plugin.status_word()).evidence());
        look.descend(&target, |look| {
            pod::examine(look, plugin);
        });
    } else {
        unmade_plugin(look, driver);
    }
    let confidence = match (answered, told) {
        (true, _) => 0.5,
        (false, true) => 0.95,
        // the list alone: nobody has complained yet
        (false, false) => 0.75,
    };
    let mut names = vec![("driver", &**driver), ("node", &*node)];
    if let Some(plugin) = &plugin {
        names.push(("plugin", &plugin.meta.key.name));
        names.push(("plugin_ns", &plugin.meta.key.namespace));
    }
    look.find(
        "csi-node-plugin-not-running",
        &target,
        confidence,
        evidence,
        &names,
    );
    look.gives_way("csi-node-plugin-not-running", before);
}

/// Looks into the DaemonSets of a driver that has no pod on a node: what refuses their pods is at fault.
fn unmade_plugin(look: &mut Inquiry<'_>, driver: &str) {
    let sets: Vec<_> = look
        .inventory()
        .daemon_sets
        .iter()
        .filter(|one| {
            one.ready < one.desired.max(1) && serves(&one.template, &one.meta.key, driver)
        })
        .cloned()
        .collect();
    for one in sets {
        look.descend(&super::workload::reference(&one), |look| {
            super::workload::creation(look, &one);
        });
    }
}

/// Whether pods of a template serve a driver: they say so, or they are a driver's and bear its name.
fn serves(spec: &PodSpec, key: &Key, driver: &str) -> bool {
    let stem = provisioner::stem(driver);
    provisioner::is_driver(spec)
        && (provisioner::mentions(spec, driver)
            || key.name.contains(stem)
            || key.namespace.contains(stem))
}

/// The pod of the node plugin on a node.
fn plugin_on(look: &Inquiry<'_>, driver: &str, node: &str) -> Option<std::sync::Arc<Pod>> {
    look.inventory()
        .pods_on(node)
        .find(|other| {
            other
                .meta
                .controller()
                .is_some_and(|owner| &*owner.kind == "DaemonSet")
                && serves(&other.spec, &other.meta.key, driver)
        })
        .cloned()
}

/// A volume for one node that a pod on another one still uses.
fn held_elsewhere(look: &mut Inquiry<'_>, one: &Pod, claim: &Claim, node: &str) {
    if claim
        .modes
        .iter()
        .any(|mode| matches!(&**mode, "ReadWriteMany" | "ReadOnlyMany"))
    {
        return;
    }
    let events = look.events("Pod", one);
    let said = events
        .iter()
        .copied()
        .rfind(|event| event.message.contains("Multi-Attach"))
        .filter(|event| !is_ended(event, &events));
    let holder = look
        .inventory()
        .pods_of_claim(&claim.meta.key)
        .find(|other| {
            other.meta.key != one.meta.key
                && !other.is_finished()
                && other.node.as_deref().is_some_and(|at| at != node)
        })
        .cloned();
    let attached = look
        .inventory()
        .attachments
        .iter()
        .find(|held| held.volume == claim.volume && *held.node != *node && held.attached)
        .cloned();
    if said.is_none() && (holder.is_none() || attached.is_none()) {
        return;
    }
    let mut evidence: Vec<_> = said
        .map(|event| Sign::event(event).evidence())
        .into_iter()
        .collect();
    if let Some(holder) = &holder {
        evidence.push(
            Sign::field(
                &pod::reference(holder),
                "field",
                "spec.nodeName",
                holder.node.as_deref().unwrap_or_default(),
            )
            .evidence(),
        );
    }
    if let Some(attached) = &attached {
        let object = ObjectRef {
            kind: "VolumeAttachment".into(),
            key: attached.meta.key.clone(),
        };
        evidence.push(Sign::field(&object, "field", "spec.nodeName", &*attached.node).evidence());
    }
    let strategy = look.inventory().top_owner(&one.meta).and_then(|owner| {
        look.inventory()
            .workloads(WorkloadKind::Deployment)
            .get(&owner.key)
            .map(|workload| workload.strategy.to_string())
    });
    let holder_name = holder.as_ref().map_or_else(
        || "another pod".to_owned(),
        |holder| holder.meta.key.name.to_string(),
    );
    let object = holder
        .as_ref()
        .map_or_else(|| reference(claim), |holder| pod::reference(holder));
    let confidence = if said.is_some() { 0.95 } else { 0.6 };
    look.find(
        "volume-in-use-multi-attach",
        &object,
        confidence,
        evidence,
        &[
            ("holder", &holder_name),
            ("claim", &claim.meta.key.name),
            ("node", node),
            ("strategy", &strategy.unwrap_or_default()),
        ],
    );
}
