//! cert-manager: from a certificate to its order, its challenge and its issuer, and when it ends.

use std::sync::Arc;

use super::{Inquiry, custom, sign::Sign, span};
use crate::domain::{Condition, Conditions, Custom, ObjectRef, Time, Truth};

/// An ACME server and the zone's name servers may need so long, seconds.
const ON_ITS_WAY: i64 = 600;
/// cert-manager renews at the time it names; this much later something holds it up, seconds.
const OVERDUE: i64 = 3600;

/// What cert-manager makes for a certificate on its way.
const MADE: [&str; 3] = ["CertificateRequest", "Order", "Challenge"];

/// Whether it is being issued, since a short while, and nobody speaks of an error yet.
pub(super) fn is_on_its_way(look: &Inquiry<'_>, object: &Custom) -> bool {
    let conditions = object.conditions.as_slice();
    let issuing = conditions
        .condition("Issuing")
        .filter(|one| one.status == Truth::True)
        .and_then(|one: &Condition| one.since.time());
    let Some(since) = issuing.filter(|since| look.age(*since) < ON_ITS_WAY) else {
        return false;
    };
    let attempts = object.at("status.failedIssuanceAttempts");
    let failed_before = attempts.and_then(serde_json::Value::as_i64).unwrap_or(0) > 0;
    let refused = made(look, object)
        .iter()
        .any(|one| custom::has_ended(one) || speaks_of_error(one));
    !failed_before && !refused && end(look, object).is_none() && look.age(since) >= 0
}

fn speaks_of_error(one: &Custom) -> bool {
    custom::messages(one).iter().any(|(_, text)| {
        let text = text.to_lowercase();
        ["error", "fail", "denied", "invalid"]
            .iter()
            .any(|word| text.contains(word))
    })
}

/// What its dates say: it has ended, or should have been renewed by now.
pub(super) fn end(look: &Inquiry<'_>, object: &Custom) -> Option<(String, String)> {
    let at = |path: &str| -> Option<Time> { object.text(path)?.parse().ok() };
    let told = |kind: &str, text: String| Some((kind.to_owned(), text));
    if let Some(ended) = at("status.notAfter").filter(|at| look.age(*at) > 0) {
        return told("notAfter", format!("expired {} ago", span(look.age(ended))));
    }
    let due = at("status.renewalTime").filter(|at| look.age(*at) > OVERDUE)?;
    told(
        "renewalTime",
        format!("renewal is {} late", span(look.age(due))),
    )
}

/// Looks into what was made for a certificate, and into its issuer.
pub(super) fn examine(look: &mut Inquiry<'_>, object: &Custom) {
    for one in made(look, object) {
        custom::read_texts(look, &one.kind, &one);
        look.read_events(&one.kind, &one.meta, |event| event.warning);
    }
    issuer(look, object);
    if let Some((field, words)) = end(look, object) {
        let reference = ObjectRef::new(
            "Certificate",
            &object.meta.key.namespace,
            &object.meta.key.name,
        );
        let path = format!("status.{field}");
        let text = object.text(&path).unwrap_or_default().to_owned();
        let evidence = vec![Sign::field(&reference, "field", &path, text).evidence()];
        // whoever keeps it from being renewed is the deeper cause
        let confidence = if look.knows(0.7) { 0.6 } else { 0.85 };
        let ended = field == "notAfter";
        let cause = if ended {
            "certificate-expired"
        } else {
            "certificate-not-renewed"
        };
        look.find(
            cause,
            &reference,
            confidence,
            evidence,
            &[("words", &words)],
        );
    }
}

/// Requests, orders and challenges of a certificate.
fn made(look: &Inquiry<'_>, object: &Custom) -> Vec<Arc<Custom>> {
    let inventory = look.inventory();
    let namespace = &object.meta.key.namespace;
    MADE.iter()
        .filter_map(|kind| inventory.custom(kind))
        .flat_map(|table| table.in_namespace(namespace))
        .filter(|one| is_named_after(one, object) || descends(look, one, object))
        .cloned()
        .collect()
}

/// `NAME-1`, `NAME-1-2345`: cert-manager counts up what it makes for a certificate.
fn is_named_after(one: &Custom, object: &Custom) -> bool {
    one.meta
        .key
        .name
        .strip_prefix(&*object.meta.key.name)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '-'))
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

/// An issuer that is not ready issues nothing, and is what has to be fixed.
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
    let title = format!("issuer {name} is ready");
    let found = look
        .inventory()
        .custom(kind)
        .and_then(|table| table.find(namespace, name))
        .cloned();
    let Some(issuer) = found else {
        look.unknown(title, "it is not among what was read");
        return;
    };
    let reference = ObjectRef::new(kind, namespace, name);
    let conditions = issuer.conditions.as_slice();
    let Some(ready) = conditions
        .condition("Ready")
        .filter(|one| one.status == Truth::False)
    else {
        look.check(title, true, "");
        return;
    };
    look.check(title, false, ready.message.to_string());
    let before = look.findings.len();
    look.descend(&reference, |look| custom::read_texts(look, kind, &issuer));
    let deeper = look.findings[before..]
        .iter()
        .any(|found| found.confidence >= 0.7);
    let sign = Sign::field(
        &reference,
        "field",
        "status.conditions[Ready].message",
        format!("{}: {}", ready.reason, ready.message),
    );
    look.find(
        "certificate-issuer-not-ready",
        &reference,
        if deeper { 0.6 } else { 0.92 },
        vec![sign.evidence()],
        &[("message", &ready.message)],
    );
}
