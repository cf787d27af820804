//! Names that the words and commands of a runbook may use: what the graph and the profile know of an
//! object.

use std::sync::LazyLock;

use regex::Regex;

use super::{Case, Facts, bytes};
use crate::domain::{Backend, Claim, Kind, ObjectRef, Pod, Profile, VolumeSource};

/// An object as a command names it: `deploy web -n media`, `node w1`.
pub(super) fn target(object: &ObjectRef) -> String {
    let kind = Kind::parse(&object.kind).map_or_else(
        || object.kind.to_lowercase(),
        |kind| kind.short().to_owned(),
    );
    if object.key.namespace.is_empty() {
        format!("{kind} {}", object.key.name)
    } else {
        format!("{kind} {} -n {}", object.key.name, object.key.namespace)
    }
}

/// All that is known of an object by name.
pub(super) fn of(case: &Case<'_>, object: &ObjectRef) -> Facts {
    let inventory = case.inventory;
    let mut facts = Facts::from([
        ("kind".into(), object.kind.to_string()),
        ("name".into(), object.key.name.to_string()),
        ("ns".into(), object.key.namespace.to_string()),
        ("object".into(), object.short()),
        ("target".into(), target(object)),
    ]);
    facts.extend(of_lab(case.profile));
    match &*object.kind {
        "Pod" => {
            if let Some(pod) = inventory.pods.get(&object.key) {
                of_pod(case, pod, &mut facts);
            }
        }
        "PersistentVolumeClaim" => {
            if let Some(claim) = inventory.claims.get(&object.key) {
                of_claim(case, claim, &mut facts);
            }
        }
        "Node" => {
            facts.insert("node".into(), object.key.name.to_string());
        }
        // the state of a node's volume groups is named after the node
        "LVMVolumeGroupNodeStatus" => {
            facts.insert("node".into(), object.key.name.to_string());
        }
        _ => {}
    }
    if let Some(found) = inventory.object(object)
        && let Some(app) = inventory.app_above(&object.kind, found.meta())
    {
        facts.insert("app".into(), app.meta.key.name.to_string());
        if !app.path().is_empty() {
            facts.insert("path".into(), app.path().to_owned());
        }
    }
    facts
}

fn of_pod(case: &Case<'_>, pod: &Pod, facts: &mut Facts) {
    let failing = pod.all_statuses().find(|status| !status.ready);
    let container = failing.map_or_else(
        || pod.spec.containers.first().map(|one| &**one),
        |status| pod.spec.container(&status.name),
    );
    if let Some(container) = container {
        facts.insert("container".into(), container.name.to_string());
        facts.insert("image".into(), container.image.to_string());
    }
    if let Some(node) = &pod.node {
        facts.insert("node".into(), node.to_string());
    }
    if let Some(vm) = pod.meta.labels.get("vm.kubevirt.io/name") {
        facts.insert("vm".into(), vm.to_string());
    }
    if let Some(top) = case.inventory.top_owner(&pod.meta) {
        facts.insert("workload".into(), top.key.name.to_string());
        facts.insert("controller".into(), target(&top));
    }
    if let Some(server) = nfs_server(case, pod) {
        facts.insert("server".into(), server);
    }
}

fn of_claim(case: &Case<'_>, claim: &Claim, facts: &mut Facts) {
    let inventory = case.inventory;
    facts.insert("claim".into(), claim.meta.key.name.to_string());
    facts.insert("wanted".into(), bytes(claim.requested));
    if !claim.capacity.is_zero() {
        facts.insert("has".into(), bytes(claim.capacity));
    }
    if let Some(class) = claim.class_name().filter(|class| !class.is_empty()) {
        facts.insert("class".into(), class.to_string());
    }
    let classes: Vec<&str> = inventory
        .classes
        .iter()
        .map(|class| &*class.meta.key.name)
        .collect();
    if !classes.is_empty() {
        facts.insert("classes".into(), classes.join(", "));
    }
    let mut users = inventory
        .pods_of_claim(&claim.meta.key)
        .filter(|pod| !pod.is_finished());
    if let Some(pod) = users.next()
        && let Some(top) = inventory.top_owner(&pod.meta)
    {
        facts.insert("controller".into(), target(&top));
    }
}

/// The server of the first NFS volume that a pod mounts.
fn nfs_server(case: &Case<'_>, pod: &Pod) -> Option<String> {
    let inventory = case.inventory;
    let inline = pod
        .spec
        .volumes
        .iter()
        .find_map(|volume| match &volume.source {
            VolumeSource::Nfs(server, _) => Some(server.to_string()),
            _ => None,
        });
    inline.or_else(|| {
        pod.spec.claims().find_map(|name| {
            let claim = inventory.claims.find(&pod.meta.key.namespace, name)?;
            match &inventory.volumes.find("", &claim.volume)?.backend {
                Backend::Nfs(server, _) => Some(server.to_string()),
                Backend::Csi { attributes, .. } => {
                    attributes.get("server").map(|server| server.to_string())
                }
                _ => None,
            }
        })
    })
}

/// What the profile knows by name, so that a fix can say it.
fn of_lab(profile: &Profile) -> Facts {
    let network = profile.networks.get("storage").map_or_else(
        || "the storage network".to_owned(),
        |block| format!("the storage network {block}"),
    );
    let class = profile
        .storage
        .iter()
        .find(|(_, class)| class.shared)
        .map_or_else(
            || "a ReadWriteMany class".to_owned(),
            |(name, _)| format!("the shared class {name}"),
        );
    Facts::from([
        ("storage_network".into(), network),
        ("shared_class".into(), class),
    ])
}

/// The first address of a host in a text.
pub(super) fn address(text: &str) -> Option<String> {
    static ADDRESS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\b\d{1,3}(?:\.\d{1,3}){3}\b").ok());
    let found = ADDRESS.as_ref()?.find(text)?;
    Some(found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_an_object_with_its_namespace() {
        let claim = ObjectRef::new("PersistentVolumeClaim", "media", "films");
        assert_eq!(target(&claim), "pvc films -n media");
        assert_eq!(target(&ObjectRef::new("Node", "", "w1")), "node w1");
        let queue = ObjectRef::new("Queue", "app", "orders");
        assert_eq!(target(&queue), "queue orders -n app");
    }

    #[test]
    fn the_first_address_of_a_text_is_found() {
        let text = "dial tcp 10.0.4.7:443: connect: no route to host";
        assert_eq!(address(text).as_deref(), Some("10.0.4.7"));
        assert_eq!(address("version 1.2.3"), None);
    }
}
