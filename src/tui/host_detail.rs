//! A host of Proxmox VE: how it stands, what it stores on, who lives there and what was done there.

use super::{
    detail::{DetailLine, Lines},
    guest_detail::task_line,
    text::{age, bytes},
};
use crate::{
    domain::{ObjectRef, PveNode, PveState, Time},
    insight::capacity::Level,
};

/// Tasks that are listed.
const TASKS: usize = 15;

impl Lines<'_> {
    /// Everything about a host of Proxmox VE.
    pub(super) fn pve_node(&mut self, object: &ObjectRef) {
        let inventory = self.inventory;
        let state = inventory.proxmox.get(&object.key.namespace);
        let found = state.and_then(|state| {
            let nodes = state.nodes.iter();
            let node = nodes.clone().find(|one| one.name == object.key.name)?;
            Some((state, node))
        });
        let Some((state, node)) = found else {
            return self.note("It is not known (any more).", Level::Warning);
        };
        self.node_status(state, node);
        self.storages_of(state, node);
        self.guests_of(state, node);
        let own: Vec<_> = state
            .tasks
            .iter()
            .filter(|task| task.node == node.name)
            .take(TASKS)
            .collect();
        self.head(format!("Tasks · {}", own.len()));
        for task in own {
            self.out.push(task_line(task, self.now, true));
        }
    }

    fn node_status(&mut self, state: &PveState, node: &PveNode) {
        self.head("Status");
        let online = &*node.status == "online";
        let level = if online { Level::Ok } else { Level::Critical };
        self.field_at("status", &*node.status, level);
        self.field("installation", &*node.host);
        self.field("cluster", &*state.cluster);
        match state.quorate {
            Some(true) => self.field("quorum", "yes"),
            Some(false) => self.field_at(
                "quorum",
                "none: nothing can be changed until it is there again",
                Level::Critical,
            ),
            None => {}
        }
        let version = if node.version.is_empty() {
            &state.version
        } else {
            &node.version
        };
        self.field("version", format!("Proxmox VE {version}"));
        self.field("kernel", &*node.kernel);
        self.field("processor", &*node.cpu_model);
        if let (Some(cores), Some(cpu)) = (node.cores, node.cpu) {
            self.field("cpu", format!("{:.0} % of {cores} threads", cpu * 100.0));
        }
        self.field("load", node.load.join("  "));
        let of = |pair: Option<(u64, u64)>| {
            pair.map_or_else(String::new, |(used, all)| {
                format!("{} of {}", bytes(used), bytes(all))
            })
        };
        self.field("memory", of(node.memory.zip(node.memory_max)));
        self.field("root disk", of(node.root));
        if let Some(up) = node.uptime.filter(|seconds| *seconds > 0) {
            let since = Time::from_second(self.now.as_second() - i64::try_from(up).unwrap_or(0));
            self.field("runs for", age(since.ok(), self.now));
        }
    }

    fn storages_of(&mut self, state: &PveState, node: &PveNode) {
        let own: Vec<_> = state
            .storages
            .iter()
            .filter(|one| one.shared || one.node == node.name)
            .collect();
        self.head(format!("Storages · {}", own.len()));
        for one in own {
            let fill = one.used.zip(one.total).map_or_else(
                || "its fill is not known".to_owned(),
                |(used, total)| format!("{} of {}", bytes(used), bytes(total)),
            );
            let shared = if one.shared { ", shared" } else { "" };
            let away = one.active == Some(false);
            let (words, level) = if away {
                (
                    format!("{}{shared}, cannot be reached", one.kind),
                    Level::Critical,
                )
            } else {
                (format!("{fill}, {}{shared}", one.kind), Level::Ok)
            };
            self.field_at(&one.name, words, level);
        }
    }

    fn guests_of(&mut self, state: &PveState, node: &PveNode) {
        let own: Vec<_> = state
            .guests
            .iter()
            .filter(|guest| guest.node == node.name && !guest.template)
            .collect();
        self.head(format!("Guests · {}", own.len()));
        for guest in own {
            let object = ObjectRef::new(guest.kind.as_str(), &guest.host, &guest.id.to_string());
            self.out.push(DetailLine::Link(
                guest.name.to_string(),
                object,
                guest.status.to_string(),
                super::views::guest_level(guest),
            ));
        }
    }
}
