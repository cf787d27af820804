//! Kinds without a struct of their own: certificates, secrets from outside, operators. Their
//! conditions and messages are signs like any other.

use std::sync::Arc;

use super::{Evidence, Inquiry, sign::Sign};
use crate::domain::{Custom, ObjectRef, Truth};

/// Conditions that are good when they are true.
const GOOD: [&str; 8] = [
    "Ready",
    "Available",
    "Synced",
    "Healthy",
    "Succeeded",
    "Valid",
    "Approved",
    "ResourcesAvailable",
];

/// An object may need so long for its first state, seconds.
const YOUNG: i64 = 60;

/// Looks into such an object and into those it made. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, object: &Arc<Custom>) -> bool {
    let reference = ObjectRef {
        kind: object.kind.clone(),
        key: object.meta.key.clone(),
    };
    let before = look.findings.len();
    let bad = bad_conditions(object);
    for (kind, text) in &bad {
        look.check(format!("{} {kind}", reference.short()), false, text.clone());
    }
    let young = object
        .meta
        .created
        .time()
        .is_some_and(|created| look.age(created) < YOUNG);
    if bad.is_empty() && !has_failed(object) || young && !has_ended(object) {
        look.check(format!("{} is well", reference.short()), true, "");
        return false;
    }
    read_texts(look, &object.kind, object);
    look.read_events(&object.kind, &object.meta, |event| event.warning);
    children(look, object);
    if &*object.kind == "LVMCluster" {
        super::lvms::objects(look);
    }
    if look.findings.len() == before {
        let evidence = bad
            .iter()
            .map(|(kind, text)| {
                Sign::field(
                    &reference,
                    "condition",
                    &format!("status.conditions[{kind}]"),
                    text.clone(),
                )
                .evidence()
            })
            .collect();
        let words = bad.first().map_or(String::new(), |(_, text)| text.clone());
        look.find(
            "resource-health-degraded",
            &reference,
            0.6,
            evidence,
            &[("message", &words)],
        );
    }
    true
}

fn bad_conditions(object: &Custom) -> Vec<(String, String)> {
    object
        .conditions
        .iter()
        .filter(|one| {
            let good = GOOD.contains(&&*one.kind);
            (good && one.status == Truth::False)
                || (matches!(&*one.kind, "Degraded" | "Failing" | "Failed")
                    && one.status == Truth::True)
        })
        .map(|one| {
            (
                one.kind.to_string(),
                format!("{}: {}", one.reason, one.message),
            )
        })
        .collect()
}

fn has_failed(object: &Custom) -> bool {
    has_ended(object)
        || ["status.state", "status.phase"].iter().any(|path| {
            object
                .text(path)
                .is_some_and(|word| word.eq_ignore_ascii_case("pending"))
        })
}

/// Whether the object itself says that it will not go on.
fn has_ended(object: &Custom) -> bool {
    ["status.state", "status.phase"].iter().any(|path| {
        object.text(path).is_some_and(|word| {
            matches!(
                word.to_lowercase().as_str(),
                "failed" | "error" | "errored" | "degraded" | "invalid" | "partiallyfailed"
            )
        })
    })
}

/// Reads conditions and the messages of the status.
pub(super) fn read_texts(look: &mut Inquiry<'_>, kind: &str, object: &Custom) {
    let reference = ObjectRef {
        kind: kind.into(),
        key: object.meta.key.clone(),
    };
    for one in &object.conditions {
        let path = format!("status.conditions[{}]", one.kind);
        look.read(&Sign::field(
            &reference,
            format!("condition:{}", one.kind),
            &path,
            &*one.message,
        ));
    }
    for (path, text) in messages(object) {
        look.read(&Sign::field(&reference, "status", &path, text));
    }
}

/// What the status says in words, as proof.
pub(super) fn words(object: &Custom) -> Vec<Evidence> {
    let reference = ObjectRef {
        kind: object.kind.clone(),
        key: object.meta.key.clone(),
    };
    messages(object)
        .into_iter()
        .take(2)
        .map(|(path, text)| Sign::field(&reference, "status", &path, text).evidence())
        .collect()
}

/// Texts of the status at paths that end in reason, message or error.
fn messages(object: &Custom) -> Vec<(String, String)> {
    fn walk(value: &serde_json::Value, path: &str, out: &mut Vec<(String, String)>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, inner) in fields.iter().filter(|(name, _)| *name != "conditions") {
                    walk(inner, &format!("{path}.{name}"), out);
                }
            }
            serde_json::Value::Array(items) => {
                for (at, inner) in items.iter().enumerate().take(50) {
                    walk(inner, &format!("{path}[{at}]"), out);
                }
            }
            serde_json::Value::String(text) => {
                let last = path.rsplit('.').next().unwrap_or(path).to_lowercase();
                if ["reason", "message", "error"]
                    .iter()
                    .any(|word| last.contains(word))
                    && !text.is_empty()
                {
                    out.push((path.to_owned(), text.clone()));
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Some(status) = object.at("status") {
        walk(status, "status", &mut out);
    }
    // kinds that are nothing but a status keep it in their spec
    if object.kind.ends_with("Status")
        && let Some(spec) = object.at("spec")
    {
        walk(spec, "spec", &mut out);
    }
    out
}

/// What a certificate made on its way: request, order, challenge.
fn children(look: &mut Inquiry<'_>, object: &Custom) {
    let inventory = look.inventory();
    let namespace = object.meta.key.namespace.clone();
    for kind in ["CertificateRequest", "Order", "Challenge"] {
        let made: Vec<_> = inventory
            .custom(kind)
            .into_iter()
            .flat_map(|table| table.in_namespace(&namespace))
            .filter(|one| {
                one.meta.key.name.starts_with(&*object.meta.key.name) || descends(look, one, object)
            })
            .cloned()
            .collect();
        for one in made {
            read_texts(look, kind, &one);
            look.read_events(kind, &one.meta, |event| event.warning);
        }
    }
    issuer(look, object);
}

/// An owner chain of at most three steps leads to the object.
fn descends(look: &Inquiry<'_>, one: &Custom, above: &Custom) -> bool {
    let mut owner = one.meta.owners.first().cloned();
    for _ in 0..3 {
        let Some(up) = owner else { return false };
        if up.name == above.meta.key.name && up.kind == above.kind {
            return true;
        }
        owner = look
            .inventory()
            .custom(&up.kind)
            .and_then(|table| table.find(&one.meta.key.namespace, &up.name))
            .and_then(|found| found.meta.owners.first().cloned());
    }
    false
}

fn issuer(look: &mut Inquiry<'_>, object: &Custom) {
    let Some(name) = object.text("spec.issuerRef.name") else {
        return;
    };
    let kind = object.text("spec.issuerRef.kind").unwrap_or("Issuer");
    let namespace = if kind == "ClusterIssuer" {
        ""
    } else {
        &*object.meta.key.namespace
    };
    let found = look
        .inventory()
        .custom(kind)
        .and_then(|table| table.find(namespace, name))
        .cloned();
    match found {
        Some(issuer) => read_texts(look, kind, &issuer),
        None => look.unknown(
            format!("issuer {name} is ready"),
            "it is not among what was read",
        ),
    }
}
