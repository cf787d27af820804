//! Guests of Proxmox VE: what they are and why they are not as they should be.

use super::{
    Case, Diagnosis, Evidence, Inquiry,
    pve_host::{fill_words, host, offline, storage},
    rank,
    sign::Sign,
    span,
};
use crate::domain::{Guest, GuestKind, ObjectRef, PveNode, PveState, PveStorage, PveTask};

/// A lock that is older than this without a task of its own was left behind, seconds.
const LEFT_BEHIND: i64 = 3600;

/// Diagnoses a guest, a storage or a host; `None` where it is none of these.
pub(super) fn diagnose(case: &Case<'_>, subject: &ObjectRef) -> Option<Diagnosis> {
    let state = case.inventory.proxmox.get(&subject.key.namespace)?;
    let mut look = Inquiry::new(*case);
    let (words, fault) = match &*subject.kind {
        "lxc" | "qemu" => guest(&mut look, subject, state)?,
        "storage" => {
            let named = |one: &&PveStorage| one.name == subject.key.name;
            let one = state.storages.iter().find(named)?;
            (fill_words(one), storage(&mut look, subject, one))
        }
        "pve-node" => {
            let named = |one: &&PveNode| one.name == subject.key.name;
            let one = state.nodes.iter().find(named)?;
            (one.status.to_string(), host(&mut look, subject, state, one))
        }
        _ => return None,
    };
    let causes = if fault {
        rank::causes(case, subject, look.findings)
    } else {
        Vec::new()
    };
    Some(Diagnosis {
        state: words,
        subject: subject.clone(),
        fault,
        causes,
        checks: look.checks,
        wanted: Vec::new(),
    })
}

pub(super) fn field(object: &ObjectRef, path: &str, text: impl Into<String>) -> Evidence {
    Sign::field(object, "field", path, text).evidence()
}

/// State of a guest in words, and whether something is broken.
fn guest(look: &mut Inquiry<'_>, subject: &ObjectRef, state: &PveState) -> Option<(String, bool)> {
    let guest = look.inventory().guest(subject)?.clone();
    let words = Guest::standing(&guest.status, &guest.lock);
    let node = state.nodes.iter().find(|one| one.name == guest.node);
    if let Some(node) = node {
        let online = &*node.status == "online";
        look.check(
            format!("host {} is online", node.name),
            online,
            &*node.status,
        );
        if !online {
            let object = ObjectRef::new("pve-node", &guest.host, &node.name);
            offline(look, &object, node);
            return Some((words, true));
        }
    }
    let running = &*guest.status == "running";
    look.check(
        format!("it runs ({})", guest.kind.as_str()),
        running,
        &*guest.status,
    );
    storages_of(look, &guest, state);
    let mut fault = lock(look, subject, &guest, state);
    match guest.onboot {
        Some(true) if !running && !guest.template => {
            fault = true;
            down(look, subject, &guest, state);
        }
        Some(wanted) => {
            let wish = if wanted { "yes" } else { "no" };
            look.check(
                "it is as its configuration wants it",
                true,
                format!("starts with its host: {wish}"),
            );
        }
        None => look.unknown(
            "whether it is meant to run",
            "its configuration could not be read (VM.Audit)",
        ),
    }
    backups(look, &guest);
    Some((words, fault))
}

/// Names for the runbooks.
fn names(guest: &Guest) -> Vec<(&'static str, String)> {
    let word = match guest.kind {
        GuestKind::Lxc => "LXC",
        GuestKind::Qemu => "VM",
    };
    let tool = match guest.kind {
        GuestKind::Lxc => "pct",
        GuestKind::Qemu => "qm",
    };
    vec![
        ("guest", format!("{} ({word} {})", guest.name, guest.id)),
        ("id", guest.id.to_string()),
        ("kind", guest.kind.as_str().to_owned()),
        ("node", guest.node.to_string()),
        ("status", guest.status.to_string()),
        ("lock", guest.lock.to_string()),
        ("tool", tool.to_owned()),
    ]
}

pub(super) fn blame(
    look: &mut Inquiry<'_>,
    cause: &str,
    object: &ObjectRef,
    confidence: f64,
    evidence: Vec<Evidence>,
    names: &[(&'static str, String)],
) {
    let names: Vec<(&str, &str)> = names
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    look.find(cause, object, confidence, evidence, &names);
}

/// Tasks about a guest, newest first.
fn tasks_of<'s>(guest: &Guest, state: &'s PveState) -> impl Iterator<Item = &'s PveTask> {
    let id = guest.id.to_string();
    let node = guest.node.clone();
    state
        .tasks
        .iter()
        .filter(move |task| *task.about == *id && task.node == node)
}

pub(super) fn task_proof(task: &PveTask) -> Evidence {
    let object = ObjectRef::new("task", &task.host, &task.upid);
    let words = format!("{} by {}: {}", task.kind, task.user, task.status);
    field(&object, "status", words)
}

/// A guest that should run and does not: what the newest task about it says.
fn down(look: &mut Inquiry<'_>, subject: &ObjectRef, guest: &Guest, state: &PveState) {
    let mut names = names(guest);
    let mut evidence = vec![
        field(subject, "status", &*guest.status),
        field(subject, "config.onboot", "1"),
    ];
    let failed = tasks_of(guest, state)
        .find(|task| task.kind.ends_with("start"))
        .filter(|task| task.failed());
    if let Some(task) = failed {
        names.push(("reason", task.status.to_string()));
        evidence.insert(0, task_proof(task));
        return blame(look, "guest-start-failed", subject, 0.92, evidence, &names);
    }
    match &guest.last_change {
        Some(change) if change.task.ends_with("stop") || change.task.ends_with("shutdown") => {
            let when = change
                .at
                .map_or_else(String::new, |at| format!(" {} ago", span(look.age(at))));
            let words = format!("{} by {}{when}", change.task, change.user);
            evidence.insert(0, field(subject, "last task", words));
            names.push(("user", change.user.to_string()));
            blame(look, "guest-stopped", subject, 0.95, evidence, &names);
        }
        _ => blame(look, "guest-down", subject, 0.7, evidence, &names),
    }
}

/// Whether a lock stands that no running task owns.
fn lock(look: &mut Inquiry<'_>, subject: &ObjectRef, guest: &Guest, state: &PveState) -> bool {
    if guest.lock.is_empty() {
        return false;
    }
    let works = state
        .tasks
        .iter()
        .any(|task| task.node == guest.node && task.ended.is_none());
    let since = tasks_of(guest, state).find_map(|task| task.ended.or(task.started));
    let fresh = since.is_some_and(|at| look.age(at) < LEFT_BEHIND);
    look.check(
        "its lock belongs to a task that runs",
        works || fresh,
        &*guest.lock,
    );
    if works || fresh {
        return false;
    }
    let evidence = vec![field(subject, "lock", &*guest.lock)];
    blame(look, "guest-locked", subject, 0.85, evidence, &names(guest));
    true
}

/// The storages that a guest's configuration names: `rootfs: truenas-nfs:213/vm-213-disk-0.raw,…`.
fn storages_of(look: &mut Inquiry<'_>, guest: &Guest, state: &PveState) {
    for one in &state.storages {
        let named = guest.config.iter().any(|(_, value)| {
            value
                .split_once(':')
                .is_some_and(|(storage, _)| *storage == *one.name)
        });
        if named {
            let object = ObjectRef::new("storage", &guest.host, &one.name);
            storage(look, &object, one);
        }
    }
}

fn backups(look: &mut Inquiry<'_>, guest: &Guest) {
    match guest.last_backup {
        Some(Some(at)) => {
            let words = format!("{} ago", span(look.age(at)));
            look.check("it has a backup", true, words);
        }
        Some(None) => look.check("it has a backup", false, "none"),
        None => look.unknown("it has a backup", "backups could not be read"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{GuestChange, LogBook, Profile, Time},
        insight::diagnosis::{BUNDLED, Runbooks, parse_runbooks},
        inventory::{Inventory, Update},
    };

    const NOW: &str = "2026-03-01T12:00:00Z";

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    pub(in crate::insight::diagnosis) fn container(status: &str) -> Guest {
        Guest {
            host: "pve".into(),
            node: "pve1".into(),
            id: 101,
            name: "git".into(),
            status: status.into(),
            onboot: Some(true),
            config: vec![("rootfs".into(), "tank:subvol-101-disk-0,size=8G".into())],
            ..Guest::default()
        }
    }

    pub(in crate::insight::diagnosis) fn state(guest: Guest) -> PveState {
        let node = PveNode {
            host: "pve".into(),
            name: "pve1".into(),
            status: "online".into(),
            ..PveNode::default()
        };
        PveState {
            nodes: vec![node],
            guests: vec![guest],
            ..PveState::default()
        }
    }

    fn task(kind: &str, about: &str, status: &str) -> PveTask {
        PveTask {
            host: "pve".into(),
            node: "pve1".into(),
            kind: kind.into(),
            about: about.into(),
            user: "root@pam".into(),
            started: Some(time("2026-03-01T10:00:00Z")),
            ended: Some(time("2026-03-01T10:01:00Z")),
            status: status.into(),
            ..PveTask::default()
        }
    }

    pub(in crate::insight::diagnosis) fn told(
        state: PveState,
        kind: &str,
        name: &str,
    ) -> Diagnosis {
        let mut inventory = Inventory::new();
        inventory.apply(Update::Proxmox("pve".into(), Arc::new(state)));
        let books = BUNDLED
            .iter()
            .flat_map(|(file, text)| parse_runbooks(file, text).unwrap())
            .collect();
        let case = Case {
            inventory: &inventory,
            logs: &LogBook::new(),
            runbooks: &Runbooks::new(books),
            profile: &Profile::default(),
            now: time(NOW),
        };
        diagnose(&case, &ObjectRef::new(kind, "pve", name)).unwrap()
    }

    pub(in crate::insight::diagnosis) fn first(found: &Diagnosis) -> &str {
        found.first().map_or("", |cause| &cause.id)
    }

    #[test]
    fn a_guest_that_runs_is_no_fault() {
        let found = told(state(container("running")), "lxc", "101");
        assert!(!found.fault && found.causes.is_empty());
    }

    #[test]
    fn who_stopped_a_guest_is_named() {
        let mut guest = container("stopped");
        guest.last_change = Some(GuestChange {
            task: "vzshutdown".into(),
            at: Some(time("2026-03-01T09:00:00Z")),
            user: "anna@pve".into(),
        });
        let found = told(state(guest), "lxc", "101");
        assert_eq!(first(&found), "guest-stopped");
        assert!(found.causes[0].title.contains("anna@pve"));
        assert!(found.causes[0].evidence[0].quote.contains("vzshutdown"));
    }

    #[test]
    fn a_guest_that_nobody_wants_running_is_no_fault() {
        let mut guest = container("stopped");
        guest.onboot = Some(false);
        assert!(!told(state(guest), "lxc", "101").fault);
    }

    #[test]
    fn the_error_of_its_last_start_comes_before_everything() {
        let mut state = state(container("stopped"));
        let words = "startup for container '101' failed";
        state.tasks = vec![task("vzstart", "101", words)];
        let found = told(state, "lxc", "101");
        assert_eq!(first(&found), "guest-start-failed");
        assert!(found.causes[0].title.contains(words));
    }

    #[test]
    fn a_lock_is_left_behind_only_where_no_task_could_own_it() {
        let mut guest = container("running");
        guest.lock = "backup".into();
        let left = told(state(guest.clone()), "lxc", "101");
        assert_eq!(first(&left), "guest-locked");
        let mut busy = state(guest);
        let mut backup = task("vzdump", "", "");
        backup.ended = None;
        busy.tasks = vec![backup];
        assert!(!told(busy, "lxc", "101").fault);
    }
}
