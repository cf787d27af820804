//! Storages and hosts of Proxmox VE: full, gone, silent, or without a backup.

use super::{
    Inquiry,
    guest::{blame, field, task_proof},
};
use crate::{
    domain::{ObjectRef, PveNode, PveState, PveStorage},
    insight::capacity::Level,
};

#[allow(clippy::cast_precision_loss)] // a share, for thresholds
fn share(one: &PveStorage) -> Option<f64> {
    let (used, total) = one.used.zip(one.total).filter(|(_, total)| *total > 0)?;
    Some(used as f64 / total as f64)
}

/// How full a storage is.
pub(super) fn fill_words(one: &PveStorage) -> String {
    share(one).map_or_else(
        || "there".to_owned(),
        |share| format!("{:.0} % full", share * 100.0),
    )
}

/// Looks at a storage; says whether it is in trouble.
pub(super) fn storage(look: &mut Inquiry<'_>, object: &ObjectRef, one: &PveStorage) -> bool {
    let bounds = &look.case.profile.thresholds;
    let (warning, critical) = (bounds.storage_warning, bounds.storage_critical);
    let names = |percent: String| {
        vec![
            ("storage", one.name.to_string()),
            ("host", one.host.to_string()),
            ("node", one.node.to_string()),
            ("percent", percent),
        ]
    };
    if one.active == Some(false) {
        look.check(format!("storage {} answers", one.name), false, "not active");
        let evidence = vec![field(object, "active", "0")];
        blame(
            look,
            "pve-storage-offline",
            object,
            0.95,
            evidence,
            &names(String::new()),
        );
        return true;
    }
    let level = Level::of(share(one), warning, critical);
    look.check(
        format!("storage {} answers and has room", one.name),
        level == Level::Ok,
        fill_words(one),
    );
    if level == Level::Ok {
        return false;
    }
    let percent = share(one).unwrap_or_default() * 100.0;
    let used = one.used.unwrap_or_default();
    let total = one.total.unwrap_or_default();
    let evidence = vec![field(
        object,
        "used",
        format!("{}: {used} of {total} bytes", fill_words(one)),
    )];
    blame(
        look,
        "pve-storage-full",
        object,
        0.9,
        evidence,
        &names(format!("{percent:.0}")),
    );
    true
}

/// A host that is off takes its guests with it.
pub(super) fn offline(look: &mut Inquiry<'_>, object: &ObjectRef, node: &PveNode) {
    let evidence = vec![field(object, "status", &*node.status)];
    let names = [("node", node.name.to_string())];
    blame(look, "pve-node-offline", object, 0.96, evidence, &names);
}

/// Looks at a host; says whether it is in trouble.
pub(super) fn host(
    look: &mut Inquiry<'_>,
    object: &ObjectRef,
    state: &PveState,
    node: &PveNode,
) -> bool {
    let online = &*node.status != "offline";
    look.check("it is online", online, &*node.status);
    if !online {
        offline(look, object, node);
        return true;
    }
    let mut own = state
        .guests
        .iter()
        .filter(|one| one.node == node.name)
        .peekable();
    let silent = own.peek().is_some() && own.all(|one| &*one.status == "unknown");
    look.check("it reports its guests", !silent, "");
    if silent {
        let storages: Vec<&str> = state.storages.iter().map(|one| &*one.name).collect();
        let names = [
            ("node", node.name.to_string()),
            ("storages", storages.join(", ")),
        ];
        let evidence = vec![field(object, "guests[].status", "unknown")];
        blame(look, "pve-silent", object, 0.85, evidence, &names);
    }
    silent | last_backup(look, object, state, node)
}

/// The newest backup task of a host, where it failed.
fn last_backup(
    look: &mut Inquiry<'_>,
    object: &ObjectRef,
    state: &PveState,
    node: &PveNode,
) -> bool {
    let newest = state
        .tasks
        .iter()
        .find(|task| task.node == node.name && &*task.kind == "vzdump" && task.ended.is_some());
    let Some(task) = newest else {
        look.unknown(
            "its last backup succeeded",
            "no backup in the tasks that are kept",
        );
        return false;
    };
    look.check("its last backup succeeded", !task.failed(), &*task.status);
    if task.failed() {
        let names = [
            ("node", node.name.to_string()),
            ("reason", task.status.to_string()),
        ];
        blame(
            look,
            "pve-backup-failed",
            object,
            0.95,
            vec![task_proof(task)],
            &names,
        );
    }
    task.failed()
}

#[cfg(test)]
mod tests {
    use super::super::guest::tests::{container, first, state, told};
    use crate::domain::PveStorage;

    #[test]
    fn a_host_that_is_offline_is_the_cause_for_its_guests() {
        let mut state = state(container("unknown"));
        state.nodes[0].status = "offline".into();
        let found = told(state, "lxc", "101");
        assert_eq!(first(&found), "pve-node-offline");
        assert_eq!(&*found.causes[0].object.kind, "pve-node");
    }

    #[test]
    fn storages_are_full_or_gone() {
        let mut state = state(container("running"));
        state.storages = vec![PveStorage {
            host: "pve".into(),
            node: "pve1".into(),
            name: "tank".into(),
            used: Some(97),
            total: Some(100),
            active: Some(true),
            ..PveStorage::default()
        }];
        assert_eq!(
            first(&told(state.clone(), "storage", "tank")),
            "pve-storage-full"
        );
        // a guest that runs is no fault because its storage is nearly full
        assert!(!told(state.clone(), "lxc", "101").fault);
        state.storages[0].active = Some(false);
        assert_eq!(
            first(&told(state, "storage", "tank")),
            "pve-storage-offline"
        );
    }
}
