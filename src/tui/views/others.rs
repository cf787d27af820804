//! Services, ingresses, quotas, policies, and kinds without a table of their own.

use super::{Cell, Field, Level, Sheet, View, age, labels, name, namespace, pairs};
use crate::{
    domain::{
        Condition, Ingress, NetworkPolicy, Object, ObjectRef, Quantity, Quota, Service, Truth,
    },
    tui::{rows::Asked, text::bytes},
};

pub(super) static SERVICES: Sheet<Service> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<Service>::new("TYPE", |_, one| Cell::text(&*one.kind)).between(9, 12),
        Field::<Service>::new("ADDRESS", |_, one| {
            Cell::text(&**one.balancer.first().unwrap_or(&one.cluster_ip))
        })
        .between(13, 40),
        Field::<Service>::new("PORTS", |_, one| {
            let ports: Vec<String> = one
                .ports
                .iter()
                .map(|port| format!("{}/{}", port.port, port.protocol))
                .collect();
            Cell::text(ports.join(" "))
        })
        .between(10, 60)
        .rank(1),
        age(),
        Field::<Service>::new("SELECTOR", |_, one| Cell::text(pairs(&one.selector)))
            .between(20, 120)
            .rank(6),
        labels(),
    ],
    each: |source, _, row| source.inventory.services.iter().for_each(row),
    level: |_, _| Level::Ok,
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|one| super::about("Service", one)),
};

pub(super) static INGRESSES: Sheet<Ingress> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<Ingress>::new("HOSTS", |_, one| {
            let hosts: Vec<&str> = one.rules.iter().map(|(host, ..)| &**host).collect();
            Cell::text(hosts.join(" "))
        })
        .between(20, 100),
        age(),
        Field::<Ingress>::new("CLASS", |_, one| Cell::text(&*one.class))
            .between(8, 24)
            .rank(1),
        Field::<Ingress>::new("TLS", |_, one| {
            let tls: Vec<&str> = one.tls.iter().map(|(_, secret)| &**secret).collect();
            Cell::text(if tls.is_empty() {
                "-".into()
            } else {
                tls.join(" ")
            })
        })
        .between(12, 60)
        .rank(2),
        Field::<Ingress>::new("ADDRESS", |_, one| Cell::text(one.addresses.join(" ")))
            .between(13, 60)
            .rank(3),
        labels(),
    ],
    each: |source, _, row| source.inventory.ingresses.iter().for_each(row),
    level: |_, _| Level::Ok,
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|one| super::about("Ingress", one)),
};

fn quota_level(one: &Quota) -> Level {
    let shares = one.hard.iter().map(|(name, hard)| {
        let used = one.used.of(name);
        Level::of(used.share_of(hard), 0.85, 1.0)
    });
    shares.max().unwrap_or_default()
}

/// An amount of a resource in the words for it.
pub(in crate::tui) fn amount(resource: &str, amount: Quantity) -> String {
    let is_size = ["memory", "storage"]
        .iter()
        .any(|word| resource.ends_with(word));
    if is_size {
        bytes(amount.value().unsigned_abs())
    } else if resource.ends_with("cpu") {
        format!("{:.1}", amount.as_f64())
            .trim_end_matches(".0")
            .to_owned()
    } else {
        amount.to_string()
    }
}

pub(super) static QUOTAS: Sheet<Quota> = Sheet {
    fields: &[
        namespace(),
        name(),
        age(),
        Field::<Quota>::new("USED OF HARD", |_, one| {
            let parts: Vec<String> = one
                .hard
                .iter()
                .map(|(name, hard)| {
                    format!(
                        "{name} {} of {}",
                        amount(name, one.used.of(name)),
                        amount(name, hard)
                    )
                })
                .collect();
            Cell::text(parts.join("  ")).level(quota_level(one))
        })
        .between(30, 200),
    ],
    each: |source, _, row| source.inventory.quotas.iter().for_each(row),
    level: |_, one| quota_level(one),
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|one| super::about("ResourceQuota", one)),
};

pub(super) static POLICIES: Sheet<NetworkPolicy> = Sheet {
    fields: &[
        namespace(),
        name(),
        Field::<NetworkPolicy>::new("TYPES", |_, one| Cell::text(one.types.join(",")))
            .between(7, 16),
        Field::<NetworkPolicy>::number("PEERS", |_, one| {
            Cell::count(i64::try_from(one.peers.len()).unwrap_or(i64::MAX))
        })
        .rank(1),
        age(),
        labels(),
    ],
    each: |source, _, row| source.inventory.network_policies.iter().for_each(row),
    level: |_, _| Level::Ok,
    alone: true,
    worst_first: true,
    asked: Asked::of_object(|one| super::about("NetworkPolicy", one)),
};

/// Any object: its phase, or else its conditions, tell how it is.
pub(super) static OTHERS: Sheet<Object> = Sheet {
    fields: &[
        Field::<Object>::new("NAMESPACE", |_, one: &Object| {
            Cell::text(&**one.meta().namespace())
        })
        .between(9, 30),
        Field::<Object>::name("NAME", |_, one| Cell::text(&**one.meta().name())),
        Field::<Object>::new("STATE", |_, one| {
            Cell::text(state(one)).level(other_level(one))
        })
        .between(8, 44),
        Field::<Object>::since("AGE", |source, one| {
            super::since_cell(one.meta().created.time(), source.now)
        }),
        Field::<Object>::new("MESSAGE", |_, one| {
            let telling = failing(one).or_else(|| conditions(one).first());
            Cell::text(telling.map_or("", |condition| &condition.message))
        })
        .between(20, 200)
        .rank(3),
        Field::<Object>::new("LABELS", |_, one| Cell::text(pairs(&one.meta().labels)))
            .between(24, 200)
            .rank(8),
    ],
    each: |source, view, row| {
        let View::Custom(kind) = view else { return };
        for key in source.inventory.keys_of(kind) {
            let reference = ObjectRef {
                kind: kind.as_str().into(),
                key,
            };
            if let Some(object) = source.inventory.object(&reference) {
                row(&object.into());
            }
        }
    },
    level: |_, one| other_level(one),
    alone: true,
    worst_first: true,
    asked: Asked {
        object: Object::reference,
        same: |a, b| a.meta().key == b.meta().key,
        namespace: |one| &one.meta().key.namespace,
        labels: |one| Some(&one.meta().labels),
    },
};

fn conditions(object: &Object) -> &[Condition] {
    match object {
        Object::Custom(one) => &one.conditions,
        Object::Vmi(one) => &one.conditions,
        Object::DataVolume(one) => &one.conditions,
        _ => &[],
    }
}

fn phase(object: &Object) -> &str {
    match object {
        Object::Custom(one) => one
            .text("status.phase")
            .or_else(|| one.text("status.state"))
            .unwrap_or_default(),
        Object::Vmi(one) => &one.phase,
        Object::DataVolume(one) => &one.phase,
        _ => "",
    }
}

/// The condition that says that something is wrong.
fn failing(object: &Object) -> Option<&Condition> {
    conditions(object).iter().find(|condition| {
        let good = matches!(
            &*condition.kind,
            "Ready" | "Available" | "Synced" | "Healthy"
        );
        (good && condition.status == Truth::False)
            || (&*condition.kind == "Degraded" && condition.status == Truth::True)
    })
}

fn state(object: &Object) -> String {
    let phase = phase(object);
    if !phase.is_empty() {
        return phase.to_owned();
    }
    let holding: Vec<&str> = conditions(object)
        .iter()
        .filter(|condition| condition.status == Truth::True)
        .map(|condition| &*condition.kind)
        .collect();
    holding.join(",")
}

fn other_level(object: &Object) -> Level {
    if failing(object).is_some() || phase(object).contains("Fail") {
        Level::Critical
    } else {
        Level::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_in_the_words_for_them() {
        let told = |resource, text: &str| amount(resource, text.parse().unwrap());
        assert_eq!(told("requests.memory", "17Gi"), "17 Gi");
        assert_eq!(told("requests.storage", "512Mi"), "512 Mi");
        assert_eq!(told("limits.cpu", "4500m"), "4.5");
        assert_eq!(told("requests.cpu", "8"), "8");
        assert_eq!(told("pods", "20"), "20");
    }
}
