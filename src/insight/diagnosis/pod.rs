//! Pods: which stage they are stuck in, and what the signs of that stage say.

pub(super) use super::stage::{Stage, stage};
use super::{
    Inquiry, claim, containers, dependency, node, references, scheduling, sign::Sign,
    stage::is_main, unexplained,
};
use crate::domain::{ContainerState, Key, ObjectRef, Pod, PodSpec, VolumeSource};

/// A pod that starts, and of which nothing is said, is called a fault after this, seconds.
const SILENT: i64 = 600;

/// The reference of a pod.
pub(super) fn reference(pod: &Pod) -> ObjectRef {
    ObjectRef {
        kind: "Pod".into(),
        key: pod.meta.key.clone(),
    }
}

/// Looks into a pod. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, pod: &Pod) -> bool {
    let stage = stage(look, pod);
    look.check(
        format!("{} is running and ready", pod.meta.key),
        stage == Stage::Well,
        pod.status_word(),
    );
    let before = look.findings.len();
    match stage {
        Stage::Well | Stage::Young => return false,
        Stage::Unscheduled => scheduling::examine(look, pod),
        Stage::Starting => starting(look, pod),
        Stage::Running => running(look, pod),
        Stage::Failed => failed(look, pod),
        Stage::Stuck => stuck(look, pod),
    }
    if stage == Stage::Starting && look.findings.len() == before {
        unexplained::pod(look, pod);
    }
    let silent = stage == Stage::Starting
        && look.findings.len() == before
        && !look
            .inventory()
            .events_about("Pod", &pod.meta)
            .iter()
            .any(|event| event.warning);
    !silent
        || pod
            .meta
            .created
            .time()
            .is_none_or(|made| look.age(made) > SILENT)
}

fn starting(look: &mut Inquiry<'_>, pod: &Pod) {
    let object = reference(pod);
    node::under(look, pod);
    for status in pod.all_statuses() {
        if let ContainerState::Waiting { reason, message } = &status.state {
            let text = if message.is_empty() { reason } else { message };
            let path = format!(
                "status.containerStatuses[{}].state.waiting.message",
                status.name
            );
            let sign = Sign::field(&object, format!("waiting:{reason}"), &path, &**text)
                .with("container", &*status.name)
                .with("image", image_of(&pod.spec, &status.name));
            look.read(&sign);
        }
        if let ContainerState::Terminated(end) = &status.state
            && end.exit_code != 0
        {
            containers::examine(look, pod, status);
        }
    }
    look.read_events("Pod", &pod.meta, |event| {
        event.warning && &*event.reason != "FailedScheduling"
    });
    initializing(look, pod);
    references::examine(look, pod);
    claims(look, pod);
    mounts(look, pod);
}

/// An init container that runs and does not end may say in its log what it waits for.
fn initializing(look: &mut Inquiry<'_>, pod: &Pod) {
    for status in &pod.init_statuses {
        let sidecar = pod
            .spec
            .container(&status.name)
            .is_some_and(crate::domain::Container::is_sidecar);
        if !sidecar && matches!(status.state, ContainerState::Running(_)) {
            containers::logs(look, pod, status, None);
            dependency::awaited(look, pod, &status.name);
        }
    }
}

fn running(look: &mut Inquiry<'_>, pod: &Pod) {
    node::under(look, pod);
    for status in pod.all_statuses() {
        let ended_well = matches!(&status.state, ContainerState::Terminated(end) if end.exit_code == 0)
            && !is_main(pod, &status.name);
        let crashed = status.last.as_ref().is_some_and(|last| last.exit_code != 0);
        if !ended_well && (!status.ready || crashed) {
            containers::examine(look, pod, status);
        }
    }
    references::examine(look, pod);
}

fn failed(look: &mut Inquiry<'_>, pod: &Pod) {
    let object = reference(pod);
    let text = if pod.message.is_empty() {
        &pod.reason
    } else {
        &pod.message
    };
    look.read(
        &Sign::field(
            &object,
            format!("pod:{}", pod.reason),
            "status.message",
            &**text,
        )
        .with("node", pod.node.as_deref().unwrap_or_default()),
    );
    look.read_events("Pod", &pod.meta, |event| event.warning);
    node::under(look, pod);
    for status in pod.all_statuses() {
        if matches!(&status.state, ContainerState::Terminated(end) if end.exit_code != 0) {
            containers::examine(look, pod, status);
        }
    }
}

fn stuck(look: &mut Inquiry<'_>, pod: &Pod) {
    let object = reference(pod);
    node::under(look, pod);
    look.read_events("Pod", &pod.meta, |event| event.warning);
    if !pod.meta.finalizers.is_empty() {
        let list: Vec<&str> = pod.meta.finalizers.iter().map(|one| &**one).collect();
        let sign = Sign::field(&object, "field", "metadata.finalizers", list.join(", "));
        look.find(
            "finalizer-stuck",
            &object,
            0.7,
            vec![sign.evidence()],
            &[("finalizer", &list.join(", "))],
        );
    }
}

/// Looks into the claims of a pod that are not bound, or that are in trouble.
pub(super) fn claims(look: &mut Inquiry<'_>, pod: &Pod) {
    for name in pod.spec.claims() {
        let key = Key {
            namespace: pod.meta.key.namespace.clone(),
            name: name.clone(),
        };
        let Some(claim) = look.inventory().claims.get(&key).cloned() else {
            if look.readable(crate::domain::Kind::Claim) {
                missing_claim(look, pod, &key);
            }
            continue;
        };
        let reference = claim::reference(&claim);
        if &*claim.phase != "Bound" {
            look.descend(&reference, |look| {
                claim::pending(look, &claim);
            });
        } else if claim.meta.deleting.is_some() {
            look.check(format!("claim {key} stays"), false, "it is being deleted");
        }
    }
}

fn missing_claim(look: &mut Inquiry<'_>, pod: &Pod, key: &Key) {
    let object = reference(pod);
    let volume = pod.spec.volumes.iter().find(
        |volume| matches!(&volume.source, VolumeSource::Claim { name, .. } if **name == *key.name),
    );
    let path = volume.map_or_else(String::new, |volume| {
        format!(
            "spec.volumes[{}].persistentVolumeClaim.claimName",
            volume.name
        )
    });
    let sign = Sign::field(&object, "field", &path, &*key.name);
    let near = nearest(
        &key.name,
        look.inventory()
            .claims
            .in_namespace(&key.namespace)
            .map(|claim| claim.meta.key.name.to_string()),
    );
    let hint = near.map_or_else(String::new, |near| format!("; {near} is there"));
    look.check(
        format!("claim {key} exists"),
        false,
        format!("it does not exist{hint}"),
    );
    look.find(
        "pvc-missing",
        &object,
        0.9,
        vec![sign.evidence()],
        &[("claim", &key.name), ("hint", &hint)],
    );
}

/// The name that differs least from a wanted one, if it is near.
pub(super) fn nearest(wanted: &str, names: impl Iterator<Item = String>) -> Option<String> {
    names
        .map(|name| (common(wanted, &name), name))
        .filter(|(common, name)| *common * 3 >= wanted.len().max(name.len()) * 2)
        .max()
        .map(|(_, name)| name)
}

fn common(a: &str, b: &str) -> usize {
    let head = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let tail = a
        .bytes()
        .rev()
        .zip(b.bytes().rev())
        .take_while(|(x, y)| x == y)
        .count();
    (head + tail).min(a.len().min(b.len()))
}

/// Volumes that cannot be mounted because their driver is not there, or the volume is held elsewhere.
fn mounts(look: &mut Inquiry<'_>, pod: &Pod) {
    for name in pod.spec.claims() {
        let key = Key {
            namespace: pod.meta.key.namespace.clone(),
            name: name.clone(),
        };
        if let Some(claim) = look.inventory().claims.get(&key).cloned() {
            super::attach::examine(look, pod, &claim);
        }
    }
}

/// The image of a container.
pub(super) fn image_of<'s>(spec: &'s PodSpec, container: &str) -> &'s str {
    spec.container(container).map_or("", |one| &one.image)
}
