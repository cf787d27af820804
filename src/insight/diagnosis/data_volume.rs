//! DataVolumes: what keeps an image from being fetched into its claim.

use std::sync::Arc;

use super::{Inquiry, pod, sign::Sign};
use crate::domain::{DataVolume, Key, ObjectRef, Truth};

/// Looks into a DataVolume. Says whether it is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, volume: &Arc<DataVolume>) -> bool {
    if &*volume.phase == "Succeeded" {
        return false;
    }
    let object = ObjectRef {
        kind: "DataVolume".into(),
        key: volume.meta.key.clone(),
    };
    let before = look.findings.len();
    let dv_facts = |sign: Sign| {
        sign.with("source", &*volume.source)
            .with("size", volume.size.to_string())
    };
    let events = look.events("DataVolume", &**volume);
    for event in events.into_iter().filter(|event| event.warning) {
        look.read(&dv_facts(Sign::event(event)));
    }
    for one in volume
        .conditions
        .iter()
        .filter(|one| one.status != Truth::True && !one.message.is_empty())
    {
        look.read(&dv_facts(Sign::field(
            &object,
            format!("condition:{}", one.kind),
            &format!("status.conditions[{}]", one.kind),
            &*one.message,
        )));
    }
    importers(look, volume);
    let claim = Key::new(
        &volume.meta.key.namespace,
        if volume.claim.is_empty() {
            &volume.meta.key.name
        } else {
            &volume.claim
        },
    );
    if let Some(claim) = look
        .inventory()
        .claims
        .get(&claim)
        .filter(|claim| &*claim.phase != "Bound")
        .cloned()
        && !look.knows(0.6)
    {
        let reference = super::claim::reference(&claim);
        look.descend(&reference, |look| {
            super::claim::pending(look, &claim);
        });
    }
    let failing = &*volume.phase == "Failed" || volume.restarts > 2;
    if failing && look.findings.len() == before {
        let evidence =
            vec![Sign::field(&object, "field", "status.phase", &*volume.phase).evidence()];
        look.find(
            "datavolume-import-failed",
            &object,
            0.5,
            evidence,
            &[("source", &volume.source)],
        );
    }
    look.check(
        format!("{} is filled", volume.meta.key),
        false,
        format!("{} {}", volume.phase, volume.progress),
    );
    look.findings[before..]
        .iter()
        .any(|found| &*found.cause != "wait-for-first-consumer")
}

/// Importer pods of a DataVolume: by owner, or by the claim that is primed for it.
fn importers(look: &mut Inquiry<'_>, volume: &DataVolume) {
    let uid = look
        .inventory()
        .claims
        .get(&volume.meta.key)
        .map(|claim| claim.meta.uid.clone());
    let pods: Vec<_> = look
        .inventory()
        .pods
        .in_namespace(&volume.meta.key.namespace)
        .filter(|one| {
            let name = &one.meta.key.name;
            let importer = name.starts_with("importer-")
                || name.starts_with("cdi-upload-")
                || name.contains("-source-pod");
            let own = name.contains(&*volume.meta.key.name)
                || uid
                    .as_ref()
                    .is_some_and(|uid| !uid.is_empty() && name.contains(&**uid))
                || one.meta.annotations.is(
                    "cdi.kubevirt.io/storage.import.importPvcName",
                    &volume.meta.key.name,
                );
            importer && (own || name.starts_with("importer-prime-"))
        })
        .cloned()
        .collect();
    for one in pods {
        look.descend(&pod::reference(&one), |look| {
            pod::examine(look, &one);
        });
    }
}
