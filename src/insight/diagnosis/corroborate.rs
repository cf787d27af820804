//! More proof for what is known already: a log says the same as a field or an event.

use std::sync::Arc;

use super::{Inquiry, containers, pod, sign::Sign};
use crate::domain::{LogKey, ObjectRef, Pod};

/// Lines of one log that are quoted for one cause.
const MOST_LINES: usize = 2;

/// Holds the logs at hand of the pods that have to do with the findings against the runbooks, and
/// quotes the lines that tell a cause which was found elsewhere. No new cause comes from here.
pub(super) fn logs(look: &mut Inquiry<'_>) {
    let book = look.case.logs;
    for (key, text) in book.iter() {
        if let Some(one) = concerned(look, key) {
            quote(look, &one, key, text);
        }
    }
}

/// The pod of a log, where a finding is about it or about what owns it.
fn concerned(look: &Inquiry<'_>, key: &LogKey) -> Option<Arc<Pod>> {
    let one = look.inventory().pods.find(&key.namespace, &key.pod)?;
    let itself = pod::reference(one);
    let owner = one
        .meta
        .controller()
        .map(|owner| ObjectRef::new(&owner.kind, &key.namespace, &owner.name));
    look.findings
        .iter()
        .any(|found| found.object == itself || owner.as_ref() == Some(&found.object))
        .then(|| one.clone())
}

fn quote(look: &mut Inquiry<'_>, one: &Pod, key: &LogKey, text: &str) {
    let object = pod::reference(one);
    let topic = containers::log_topic(one, &key.container);
    let mut told: Vec<(crate::domain::Text, usize)> = Vec::new();
    for line in containers::tail(text) {
        for hit in look.case.runbooks.log_hits(topic, line, None) {
            let cause = &hit.runbook.cause;
            let nth = told.iter_mut().find(|(known, _)| known == cause);
            match nth {
                Some((_, count)) if *count >= MOST_LINES => continue,
                Some((_, count)) => *count += 1,
                None => told.push((cause.clone(), 1)),
            }
            let evidence = Sign::line(&object, topic, key, line, None).evidence_of(&hit);
            look.support(cause, &[evidence]);
        }
    }
}
