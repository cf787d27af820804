//! Namespaces that do not go away.

use std::sync::Arc;

use super::{Inquiry, sign::Sign};
use crate::domain::{Namespace, ObjectRef, Truth};

/// Emptying a namespace takes a while, seconds.
const DELETION_GRACE: i64 = 90;

/// Looks into a namespace. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, namespace: &Arc<Namespace>) -> bool {
    let terminating = namespace
        .meta
        .deleting
        .time()
        .is_some_and(|since| look.age(since) >= DELETION_GRACE);
    look.check(
        format!("namespace {} stays", namespace.meta.key.name),
        !terminating,
        "",
    );
    if !terminating {
        return false;
    }
    let object = ObjectRef {
        kind: "Namespace".into(),
        key: namespace.meta.key.clone(),
    };
    let mut evidence: Vec<_> = namespace
        .conditions
        .iter()
        .filter(|one| one.status == Truth::True)
        .map(|one| {
            Sign::field(
                &object,
                format!("condition:{}", one.kind),
                &format!("status.conditions[{}]", one.kind),
                &*one.message,
            )
            .evidence()
        })
        .collect();
    evidence.push(Sign::field(&object, "field", "status.phase", "Terminating").evidence());
    look.find("namespace-terminating", &object, 0.93, evidence, &[]);
    true
}
