//! Kinds without a struct of their own: certificates, secrets from outside, operators. Their
//! conditions and messages are signs like any other.

use std::sync::Arc;

use super::{Evidence, Inquiry, certificate, platform, sign::Sign};
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
    if &*object.kind == "Certificate" && certificate::is_on_its_way(look, object) {
        look.check(
            format!("{} is issued", reference.short()),
            true,
            "on its way",
        );
        return false;
    }
    let before = look.findings.len();
    let mut bad = bad_conditions(object);
    if &*object.kind == "Certificate" {
        bad.extend(certificate::end(look, object));
    }
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
    match &*object.kind {
        "Certificate" => certificate::examine(look, object),
        "ClusterOperator" => platform::operands(look, object),
        "LVMCluster" => super::lvms::objects(look),
        _ => {}
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
        let mut evidence: Vec<Evidence> = evidence;
        evidence.extend(words(object));
        let said = bad.first().map_or(String::new(), |(_, text)| text.clone());
        look.find(
            "resource-health-degraded",
            &reference,
            0.6,
            evidence,
            &[("message", &said)],
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
                || ((one.kind.ends_with("Degraded") || matches!(&*one.kind, "Failing" | "Failed"))
                    && one.status == Truth::True)
                || (&*one.kind == "Issuing"
                    && one.status == Truth::False
                    && &*one.reason == "Failed")
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
pub(super) fn has_ended(object: &Custom) -> bool {
    ["status.state", "status.phase"].iter().any(|path| {
        object.text(path).is_some_and(|word| {
            matches!(
                word.to_lowercase().as_str(),
                "failed"
                    | "error"
                    | "errored"
                    | "degraded"
                    | "invalid"
                    | "partiallyfailed"
                    | "unavailable"
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
pub(super) fn messages(object: &Custom) -> Vec<(String, String)> {
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
