//! Blades, troubles, events, namespaces, services, and kinds without a table of their own.

use super::{Cell, Column, Kind, Level, ObjectRef, Row, Source, age_cell, row, since_cell};
use crate::{
    domain::{HasMeta, Truth},
    insight::{capacity, troubles::troubles as all_troubles},
    tui::text::bytes,
};

pub(super) const BLADES: [Column; 11] = [
    Column::new("BLADE", 14).stretch(),
    Column::new("STATE", 9),
    Column::new("ROLES", 20).from(120),
    Column::new("LINK", 5).right().from(90),
    Column::new("CPU REQ", 12).right(),
    Column::new("CPU USE", 7).right(),
    Column::new("MEM REQ", 15).right(),
    Column::new("MEM USE", 8).right(),
    Column::new("PODS", 8).right(),
    Column::new("KUBELET", 10).from(110),
    Column::new("AGE", 4).right(),
];

pub(super) fn blades(source: &Source<'_>) -> Vec<Row> {
    let share = |share: Option<f64>| {
        share.map_or_else(|| "-".into(), |share| format!("{:.0} %", share * 100.0))
    };
    capacity::blades(source.inventory, source.profile)
        .into_iter()
        .filter_map(|blade| {
            let node = source.inventory.nodes.find("", &blade.node)?;
            let (state, level) = match (blade.ready, blade.cordoned) {
                (false, _) => ("not ready", Level::Critical),
                (true, true) => ("cordoned", Level::Warning),
                (true, false) => ("ready", Level::Ok),
            };
            let cpu = &blade.cpu;
            let memory = &blade.memory;
            let cells = vec![
                Cell::text(&*blade.node),
                Cell::text(state).level(level),
                Cell::text(node.roles().join(",")),
                Cell::text(if blade.link_gbit == 0 {
                    "-".into()
                } else {
                    format!("{}G", blade.link_gbit)
                }),
                Cell::number(
                    format!(
                        "{:.1} {}",
                        cpu.requested.as_f64(),
                        share(cpu.requested_share())
                    ),
                    cpu.requested_share().unwrap_or_default(),
                )
                .level(blade.level),
                Cell::number(share(cpu.used_share()), cpu.used_share().unwrap_or(-1.0)),
                Cell::number(
                    format!(
                        "{} {}",
                        bytes(memory.requested.value().unsigned_abs()),
                        share(memory.requested_share())
                    ),
                    memory.requested_share().unwrap_or_default(),
                ),
                Cell::number(
                    share(memory.used_share()),
                    memory.used_share().unwrap_or(-1.0),
                ),
                Cell::number(
                    format!("{}/{}", blade.pods.0, blade.pods.1),
                    blade.pods.0 as f64,
                ),
                Cell::text(&*node.kubelet),
                age_cell(&node.meta, source.now),
            ];
            Some(row(
                "Node",
                &**node,
                level.max(blade.level.min(Level::Warning)),
                cells,
            ))
        })
        .collect()
}

pub(super) const TROUBLES: [Column; 5] = [
    Column::new("KIND", 12),
    Column::new("OBJECT", 24).stretch(),
    Column::new("STATE", 20),
    Column::new("WHY", 40).stretch(),
    Column::new("SINCE", 5).right(),
];

pub(super) fn troubles(source: &Source<'_>) -> Vec<Row> {
    all_troubles(source.inventory, source.profile, source.now)
        .into_iter()
        .map(|trouble| {
            let cells = vec![
                Cell::text(Kind::parse(&trouble.object.kind).map_or_else(
                    || trouble.object.kind.to_string(),
                    |kind| kind.short().to_owned(),
                )),
                Cell::text(trouble.object.key.to_string()),
                Cell::text(trouble.what).level(trouble.level),
                Cell::text(trouble.why),
                since_cell(trouble.since, source.now),
            ];
            Row {
                object: trouble.object,
                level: trouble.level,
                cells,
                labels: crate::domain::Labels::default(),
            }
        })
        .collect()
}

pub(super) const EVENTS: [Column; 6] = [
    Column::new("SEEN", 5).right(),
    Column::new("TYPE", 7),
    Column::new("REASON", 20),
    Column::new("OBJECT", 30),
    Column::new("MESSAGE", 30).stretch(),
    Column::new("TIMES", 5).right(),
];

pub(super) fn events(source: &Source<'_>) -> Vec<Row> {
    let mut events: Vec<_> = source.inventory.events.iter().collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.last));
    events
        .into_iter()
        .map(|event| {
            let level = if event.warning {
                Level::Warning
            } else {
                Level::Ok
            };
            let about = ObjectRef {
                kind: event.about_kind.clone(),
                key: event.about.clone(),
            };
            let cells = vec![
                since_cell(event.last, source.now),
                Cell::text(if event.warning { "Warning" } else { "Normal" }).level(level),
                Cell::text(&*event.reason),
                Cell::text(about.short()),
                Cell::text(&*event.message),
                Cell::count(i64::from(event.count)),
            ];
            Row {
                object: about,
                level: Level::Ok,
                cells,
                labels: event.meta.labels.clone(),
            }
        })
        .collect()
}

pub(super) const NAMESPACES: [Column; 5] = [
    Column::new("NAME", 24).stretch(),
    Column::new("STATUS", 11),
    Column::new("PODS", 5).right(),
    Column::new("CLAIMS", 6).right(),
    Column::new("AGE", 4).right(),
];

pub(super) fn namespaces(source: &Source<'_>) -> Vec<Row> {
    let inventory = source.inventory;
    inventory
        .namespaces
        .iter()
        .map(|one| {
            let level = if &*one.phase == "Active" {
                Level::Ok
            } else {
                Level::Warning
            };
            let name = one.meta.name();
            let cells = vec![
                Cell::text(&**name),
                Cell::text(&*one.phase).level(level),
                Cell::count(
                    i64::try_from(inventory.pods.in_namespace(name).count()).unwrap_or(i64::MAX),
                ),
                Cell::count(
                    i64::try_from(inventory.claims.in_namespace(name).count()).unwrap_or(i64::MAX),
                ),
                age_cell(&one.meta, source.now),
            ];
            row("Namespace", &**one, level, cells)
        })
        .collect()
}

pub(super) const SERVICES: [Column; 6] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16).stretch(),
    Column::new("TYPE", 12),
    Column::new("ADDRESS", 16),
    Column::new("PORTS", 26).from(90),
    Column::new("AGE", 4).right(),
];

pub(super) fn services(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .services
        .iter()
        .map(|one| {
            let ports: Vec<String> = one
                .ports
                .iter()
                .map(|port| format!("{}/{}", port.port, port.protocol))
                .collect();
            let address = one.balancer.first().unwrap_or(&one.cluster_ip);
            let cells = vec![
                Cell::text(&**one.meta.namespace()),
                Cell::text(&**one.meta.name()),
                Cell::text(&*one.kind),
                Cell::text(&**address),
                Cell::text(ports.join(" ")),
                age_cell(&one.meta, source.now),
            ];
            row("Service", &**one, Level::Ok, cells)
        })
        .collect()
}

pub(super) const INGRESSES: [Column; 5] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16),
    Column::new("HOSTS", 30).stretch(),
    Column::new("TLS", 20).from(100),
    Column::new("AGE", 4).right(),
];

pub(super) fn ingresses(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .ingresses
        .iter()
        .map(|one| {
            let hosts: Vec<&str> = one.rules.iter().map(|(host, ..)| &**host).collect();
            let tls: Vec<&str> = one.tls.iter().map(|(_, secret)| &**secret).collect();
            let cells = vec![
                Cell::text(&**one.meta.namespace()),
                Cell::text(&**one.meta.name()),
                Cell::text(hosts.join(" ")),
                Cell::text(if tls.is_empty() {
                    "-".into()
                } else {
                    tls.join(" ")
                }),
                age_cell(&one.meta, source.now),
            ];
            row("Ingress", &**one, Level::Ok, cells)
        })
        .collect()
}

pub(super) const QUOTAS: [Column; 4] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 16),
    Column::new("USED OF HARD", 30).stretch(),
    Column::new("AGE", 4).right(),
];

pub(super) fn quotas(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .quotas
        .iter()
        .map(|one| {
            let mut level = Level::Ok;
            let parts: Vec<String> = one
                .hard
                .iter()
                .map(|(name, hard)| {
                    let used = one.used.of(name);
                    level = level.max(Level::of(used.share_of(hard), 0.85, 1.0));
                    format!("{name} {used}/{hard}")
                })
                .collect();
            let cells = vec![
                Cell::text(&**one.meta.namespace()),
                Cell::text(&**one.meta.name()),
                Cell::text(parts.join("  ")).level(level),
                age_cell(&one.meta, source.now),
            ];
            row("ResourceQuota", &**one, level, cells)
        })
        .collect()
}

pub(super) const POLICIES: [Column; 4] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 20).stretch(),
    Column::new("TYPES", 16),
    Column::new("AGE", 4).right(),
];

pub(super) fn policies(source: &Source<'_>) -> Vec<Row> {
    source
        .inventory
        .network_policies
        .iter()
        .map(|one| {
            let cells = vec![
                Cell::text(&**one.meta.namespace()),
                Cell::text(&**one.meta.name()),
                Cell::text(one.types.join(",")),
                age_cell(&one.meta, source.now),
            ];
            row("NetworkPolicy", &**one, Level::Ok, cells)
        })
        .collect()
}

pub(super) const CUSTOM: [Column; 4] = [
    Column::new("NAMESPACE", 10),
    Column::new("NAME", 20),
    Column::new("STATE", 30).stretch(),
    Column::new("AGE", 4).right(),
];

/// Kinds without a table of their own: their conditions, or their phase, tell how they are.
pub(super) fn custom(source: &Source<'_>, kind: Kind) -> Vec<Row> {
    let Some(table) = source.inventory.custom(kind.as_str()) else {
        return source
            .inventory
            .keys_of(kind)
            .into_iter()
            .map(|key| {
                let cells = vec![
                    Cell::text(&*key.namespace),
                    Cell::text(&*key.name),
                    Cell::text(""),
                    Cell::text(""),
                ];
                let object = ObjectRef {
                    kind: kind.as_str().into(),
                    key,
                };
                Row {
                    object,
                    level: Level::Ok,
                    cells,
                    labels: crate::domain::Labels::default(),
                }
            })
            .collect();
    };
    table
        .iter()
        .map(|one| {
            let holding: Vec<&str> = one
                .conditions
                .iter()
                .filter(|c| c.status == Truth::True)
                .map(|c| &*c.kind)
                .collect();
            let bad = one.conditions.iter().any(|c| {
                let good_when_true =
                    matches!(&*c.kind, "Ready" | "Available" | "Synced" | "Healthy");
                (good_when_true && c.status == Truth::False)
                    || (&*c.kind == "Degraded" && c.status == Truth::True)
            });
            let phase = one
                .text("status.phase")
                .or_else(|| one.text("status.state"))
                .unwrap_or_default();
            let state = if phase.is_empty() {
                holding.join(",")
            } else {
                phase.to_owned()
            };
            let level = if bad || phase.contains("Fail") {
                Level::Critical
            } else {
                Level::Ok
            };
            let meta = one.meta();
            let cells = vec![
                Cell::text(&**meta.namespace()),
                Cell::text(&**meta.name()),
                Cell::text(state).level(level),
                age_cell(meta, source.now),
            ];
            row(kind.as_str(), &**one, level, cells)
        })
        .collect()
}
