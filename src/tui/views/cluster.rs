//! Blades, troubles, events and namespaces.

use super::{Cell, Field, Kind, Level, Sheet, Source, age, labels, since_cell};
use crate::{
    domain::{Event, Key, Node, ObjectRef},
    insight::{
        capacity::{Blade, Share},
        troubles::Trouble,
    },
    tui::{rows::Asked, text::bytes},
};

pub(super) fn blade<'a>(source: &Source<'a>, node: &Node) -> Option<&'a Blade> {
    // they are in the order of their names
    let name = &**node.meta.name();
    let at = source
        .blades
        .binary_search_by(|blade| (*blade.node).cmp(name))
        .ok()?;
    source.blades.get(at)
}

pub(super) fn state(node: &Node, blade: Option<&Blade>) -> (&'static str, Level) {
    match blade.map(|blade| (blade.ready, blade.cordoned)) {
        Some((true, false)) => ("ready", Level::Ok),
        Some((true, true)) => ("cordoned", Level::Warning),
        None if node.unschedulable => ("cordoned", Level::Warning),
        _ => ("not ready", Level::Critical),
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".into(), |share| format!("{:.0} %", share * 100.0))
}

/// What is asked for, as an amount and a share.
fn requested<'a>(share: Option<&Share>, amount: impl Fn(&Share) -> String) -> Cell<'a> {
    share.map_or_else(Cell::no_number, |share| {
        let part = share.requested_share();
        Cell::number(
            format!("{} {:>5}", amount(share), percent(part)),
            part.unwrap_or_default(),
        )
    })
}

fn used<'a>(share: Option<&Share>) -> Cell<'a> {
    let part = share.and_then(Share::used_share);
    Cell::number(percent(part), part.unwrap_or(-1.0))
}

pub(super) static BLADES: Sheet<Node> = Sheet {
    fields: &[
        Field::<Node>::name("BLADE", |_, node| Cell::text(&**node.meta.name())),
        Field::<Node>::new("STATE", |source, node| {
            let (word, level) = state(node, blade(source, node));
            Cell::text(word).level(level)
        })
        .between(8, 9),
        Field::<Node>::number("CPU REQ", |source, node| {
            let blade = blade(source, node);
            let cell = requested(blade.map(|blade| &blade.cpu), |cpu| {
                format!("{:.1}", cpu.requested.as_f64())
            });
            cell.level(blade.map_or(Level::Ok, |blade| blade.level))
        }),
        Field::<Node>::number("CPU USE", |source, node| {
            used(blade(source, node).map(|blade| &blade.cpu))
        })
        .rank(1),
        Field::<Node>::number("MEM REQ", |source, node| {
            requested(blade(source, node).map(|blade| &blade.memory), |memory| {
                bytes(memory.requested.value().unsigned_abs())
            })
        }),
        Field::<Node>::number("MEM USE", |source, node| {
            used(blade(source, node).map(|blade| &blade.memory))
        })
        .rank(1),
        Field::<Node>::number("PODS", |source, node| {
            blade(source, node).map_or_else(Cell::no_number, |blade| {
                Cell::number(
                    format!("{}/{}", blade.pods.0, blade.pods.1),
                    blade.pods.0 as f64,
                )
            })
        })
        .rank(1),
        Field::<Node>::number("LINK", |source, node| {
            match blade(source, node).map_or(0, |blade| blade.link_gbit) {
                0 => Cell::no_number(),
                gbit => Cell::number(format!("{gbit}G"), f64::from(gbit)),
            }
        })
        .rank(3),
        age().rank(2),
        Field::<Node>::new("ROLES", |_, node| Cell::text(node.roles().join(",")))
            .between(10, 32)
            .rank(3),
        Field::<Node>::new("KUBELET", |_, node| Cell::text(&*node.kubelet))
            .between(7, 20)
            .rank(4),
        Field::<Node>::new("ADDRESS", |_, node| Cell::text(&*node.address))
            .between(13, 40)
            .rank(5),
        Field::<Node>::new("TAINTS", |_, node| {
            let taints = node.taints.iter();
            let words: Vec<String> = taints
                .map(|taint| format!("{}:{}", taint.key, taint.effect))
                .collect();
            Cell::text(words.join(" "))
        })
        .between(12, 60)
        .rank(6),
        Field::<Node>::new("OS", |_, node| Cell::text(&*node.os_image))
            .between(16, 48)
            .rank(7),
        Field::<Node>::new("KERNEL", |_, node| Cell::text(&*node.kernel))
            .between(12, 40)
            .rank(8),
        labels(),
    ],
    each: |source, _, row| source.inventory.nodes.iter().for_each(row),
    level: |source, node| {
        let blade = blade(source, node);
        let asked = blade.map_or(Level::Ok, |blade| blade.level.min(Level::Warning));
        state(node, blade).1.max(asked)
    },
    alone: false,
    worst_first: true,
    asked: Asked::of_object(|node| super::about("Node", node)),
};

pub(super) static TROUBLES: Sheet<Trouble> = Sheet {
    fields: &[
        Field::<Trouble>::new("KIND", |_, trouble| {
            let kind = &*trouble.object.kind;
            Cell::text(Kind::parse(kind).map_or(kind, |kind| kind.short()))
        })
        .between(4, 14),
        Field::<Trouble>::new("OBJECT", |_, trouble| {
            Cell::text(trouble.object.key.to_string())
        })
        .middle()
        .between(18, 70),
        Field::<Trouble>::new("STATE", |_, trouble| {
            Cell::text(&*trouble.what).level(trouble.level)
        })
        .between(12, 44),
        Field::<Trouble>::since("SINCE", |source, trouble| {
            since_cell(trouble.since, source.now)
        }),
        Field::<Trouble>::new("WHY", |_, trouble| Cell::text(&*trouble.why)).between(12, 200),
    ],
    each: |source, _, row| {
        for trouble in source.troubles {
            row(&trouble.clone().into());
        }
    },
    level: |_, trouble| trouble.level,
    alone: true,
    worst_first: true,
    asked: Asked {
        object: |trouble| trouble.object.clone(),
        same: |a, b| a.object == b.object && a.what == b.what,
        namespace: |trouble| &trouble.object.key.namespace,
        labels: |_| None,
    },
};

fn event_level(event: &Event) -> Level {
    if event.warning {
        Level::Warning
    } else {
        Level::Ok
    }
}

fn event_about(event: &Event) -> ObjectRef {
    ObjectRef {
        kind: event.about_kind.clone(),
        key: event.about.clone(),
    }
}

pub(super) static EVENTS: Sheet<Event> = Sheet {
    fields: &[
        Field::<Event>::since("SEEN", |source, event| since_cell(event.last, source.now)),
        Field::<Event>::new("TYPE", |_, event| {
            Cell::text(if event.warning { "Warning" } else { "Normal" }).level(event_level(event))
        })
        .between(7, 7)
        .rank(3),
        Field::<Event>::number("TIMES", |_, event| Cell::count(i64::from(event.count))).rank(2),
        Field::<Event>::new("REASON", |_, event| Cell::text(&*event.reason)).between(10, 32),
        Field::<Event>::new("OBJECT", |_, event| Cell::text(event_about(event).short()))
            .middle()
            .between(18, 64),
        Field::<Event>::new("MESSAGE", |_, event| Cell::text(&*event.message)).between(20, 400),
        Field::<Event>::new("REPORTER", |_, event| Cell::text(&*event.reporter))
            .between(10, 30)
            .rank(6),
    ],
    each: |source, _, row| {
        let mut events: Vec<_> = source.inventory.events.iter().collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.last));
        events.into_iter().for_each(row);
    },
    level: |_, event| event_level(event),
    alone: true,
    worst_first: false,
    asked: Asked {
        object: event_about,
        same: |a, b| a.meta.key == b.meta.key,
        namespace: |event| &event.about.namespace,
        labels: |event| Some(&event.meta.labels),
    },
};

fn count<'a>(number: usize) -> Cell<'a> {
    Cell::count(i64::try_from(number).unwrap_or(i64::MAX))
}

pub(super) static NAMESPACES: Sheet<crate::domain::Namespace> = Sheet {
    fields: &[
        Field::<crate::domain::Namespace>::name("NAME", |_, one| Cell::text(&**one.meta.name())),
        Field::<crate::domain::Namespace>::new("STATUS", |_, one| {
            let level = if &*one.phase == "Active" {
                Level::Ok
            } else {
                Level::Warning
            };
            Cell::text(&*one.phase).level(level)
        })
        .between(6, 12),
        Field::<crate::domain::Namespace>::number("PODS", |source, one| {
            count(source.inventory.pods.in_namespace(one.meta.name()).count())
        }),
        Field::<crate::domain::Namespace>::number("UNWELL", |source, one| {
            let unwell = unwell(source, one.meta.name());
            count(unwell).level(if unwell > 0 {
                Level::Warning
            } else {
                Level::Ok
            })
        }),
        Field::<crate::domain::Namespace>::number("CLAIMS", |source, one| {
            count(
                source
                    .inventory
                    .claims
                    .in_namespace(one.meta.name())
                    .count(),
            )
        }),
        age(),
        labels(),
    ],
    each: |source, _, row| source.inventory.namespaces.iter().for_each(row),
    level: |_, one| {
        if &*one.phase == "Active" {
            Level::Ok
        } else {
            Level::Warning
        }
    },
    alone: true,
    worst_first: true,
    asked: Asked {
        namespace: |_| "",
        ..Asked::of_object(|one| super::about("Namespace", one))
    },
};

/// Pods of a namespace that are not well.
fn unwell(source: &Source<'_>, namespace: &str) -> usize {
    let pods = &source.inventory.indexes.unwell_pods;
    pods.range(Key::new(namespace, "")..)
        .take_while(|key| *key.namespace == *namespace)
        .count()
}
