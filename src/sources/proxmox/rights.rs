//! What the credentials may do, and what cannot be seen for want of a right.

use serde_json::Value;

use super::truthy;
use crate::domain::{GuestKind, MissingRight, PveState, Text};

/// Whether a right is held on a path. The nearest path that is listed counts: an entry there
/// replaces what is inherited, and what does not go further down is a zero.
pub(super) fn has(rights: &Value, path: &str, privilege: &str) -> bool {
    let nearest = rights
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(held, _)| *held == path || *held == "/" || path.starts_with(&format!("{held}/")))
        .max_by_key(|(held, _)| held.len());
    nearest.is_some_and(|(held, privileges)| {
        let value = &privileges[privilege];
        !value.is_null() && (held == path || truthy(value))
    })
}

/// Rights to ask the agent inside a machine: the last of them is that of 8 and before.
const AGENT: [&str; 3] = [
    "VM.GuestAgent.Audit",
    "VM.GuestAgent.Unrestricted",
    "VM.Monitor",
];

/// Rights that are needed to see everything and are not there.
pub(super) fn missing(rights: &Value, state: &PveState) -> Vec<MissingRight> {
    let right = |path: &str, privilege: &str, hides: String| MissingRight {
        path: path.into(),
        privilege: privilege.into(),
        hides: hides.into(),
    };
    let mut out = Vec::new();
    if !has(rights, "/vms", "VM.Audit") {
        out.push(right("/vms", "VM.Audit", unseen(rights, state)));
    }
    let plain = [
        (
            "/storage",
            "Datastore.Audit",
            "storages and their fill are hidden",
        ),
        (
            "/nodes",
            "Sys.Audit",
            "the host's load and memory are hidden, and tasks of others",
        ),
    ];
    for (path, privilege, hides) in plain {
        if !has(rights, path, privilege) {
            out.push(right(path, privilege, hides.into()));
        }
    }
    let backups = has(rights, "/storage", "Datastore.Allocate")
        || (has(rights, "/storage", "Datastore.AllocateSpace") && has(rights, "/vms", "VM.Backup"));
    if !backups {
        let hides = "backups are hidden, so their age is not known";
        out.push(right("/storage", "Datastore.Allocate", hides.into()));
    }
    out.extend(agent(rights, state));
    out
}

/// What is said of the guests where not all can be seen: an empty list would look like none.
fn unseen(rights: &Value, state: &PveState) -> String {
    if state.guests.is_empty() {
        return "no guest is shown, and there may be many".into();
    }
    let own = |path: &str| {
        path.strip_prefix("/vms/")
            .is_some_and(|id| state.guests.iter().any(|guest| guest.id.to_string() == *id))
    };
    let single = rights
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(path, _)| own(path))
        .count();
    format!(
        "only {} guests are shown, {single} of them by a right of their own; there may be more",
        state.guests.len()
    )
}

/// The right to ask the agents of machines, where there are machines.
fn agent(rights: &Value, state: &PveState) -> Option<MissingRight> {
    let mut machines = state
        .guests
        .iter()
        .filter(|guest| guest.kind == GuestKind::Qemu);
    let asks = AGENT.iter().any(|one| has(rights, "/vms", one));
    if asks || machines.next().is_none() {
        return None;
    }
    let old = state
        .version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| major < 9);
    Some(MissingRight {
        path: "/vms".into(),
        privilege: Text::from(if old { "VM.Monitor" } else { AGENT[0] }),
        hides: "addresses of machines are hidden".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Guest;
    use serde_json::json;

    #[test]
    fn missing_rights_are_named_and_inherited_ones_count() {
        let state = PveState::default();
        let all = json!({"/": {"VM.Audit": 1, "Datastore.Audit": 1, "Datastore.Allocate": 1, "Sys.Audit": 1}});
        assert!(missing(&all, &state).is_empty());
        let some = missing(&json!({"/vms": {"VM.Audit": 1}}), &state);
        let names: Vec<&str> = some.iter().map(|one| &*one.privilege).collect();
        assert_eq!(
            names,
            ["Datastore.Audit", "Sys.Audit", "Datastore.Allocate"]
        );
    }

    #[test]
    fn the_agents_right_has_another_name_before_9() {
        let mut state = PveState {
            guests: vec![Guest {
                kind: GuestKind::Qemu,
                ..Guest::default()
            }],
            ..PveState::default()
        };
        let rights = json!({"/": {"VM.Audit": 1, "Datastore.Audit": 1, "Datastore.Allocate": 1, "Sys.Audit": 1}});
        for (version, name) in [("9.1.2", "VM.GuestAgent.Audit"), ("8.1.4", "VM.Monitor")] {
            state.version = version.into();
            let lacks = missing(&rights, &state);
            assert_eq!(&*lacks[0].privilege, name);
        }
    }

    #[test]
    fn a_nearer_entry_takes_the_place_of_what_is_inherited() {
        let rights = json!({"/": {"VM.Audit": 1}, "/vms/210": {"VM.PowerMgmt": 1}, "/storage": {"Datastore.Audit": 0}});
        assert!(has(&rights, "/vms/211", "VM.Audit"));
        assert!(!has(&rights, "/vms/210", "VM.Audit"));
        assert!(has(&rights, "/storage", "Datastore.Audit"));
        assert!(!has(&rights, "/storage/nfs", "Datastore.Audit"));
    }
}
