//! Secrets and ConfigMaps that a pod names: are they there, is the key there, and who should make them?

use super::{Inquiry, custom, pod, sign::Sign};
use crate::domain::{
    ConfigObject, EnvFrom, EnvValue, Key, Kind, ObjectRef, Pod, ProjectedSource, RefVolume,
    VolumeSource,
};

/// One reference: kind, name, key (may be empty), path in the pod.
struct Wanted {
    kind: Kind,
    name: String,
    key: String,
    path: String,
}

/// Follows what the findings say is missing, and looks for what nobody complained about yet.
pub(super) fn examine(look: &mut Inquiry<'_>, one: &Pod) {
    let missing: Vec<(Kind, String)> = look
        .findings
        .iter()
        .filter_map(|found| match &*found.cause {
            "missing-secret" => Some((Kind::Secret, found.facts.get("secret")?.clone())),
            "missing-configmap" => Some((Kind::ConfigMap, found.facts.get("configmap")?.clone())),
            _ => None,
        })
        .collect();
    for (kind, name) in &missing {
        maker(look, one, *kind, name);
    }
    if look.knows(0.8) || !missing.is_empty() {
        return;
    }
    for wanted in wanted(one) {
        lookup(look, one, &wanted);
    }
}

/// Whoever should have made a Secret: an ExternalSecret, a SealedSecret or a Certificate that failed
/// is the deeper cause.
fn maker(look: &mut Inquiry<'_>, one: &Pod, kind: Kind, name: &str) {
    if kind != Kind::Secret {
        return;
    }
    for maker in ["ExternalSecret", "SealedSecret", "Certificate"] {
        let found = look.inventory().custom(maker).and_then(|table| {
            table.in_namespace(&one.meta.key.namespace).find(|object| {
                let target = object
                    .text("spec.target.name")
                    .or_else(|| object.text("spec.template.metadata.name"))
                    .or_else(|| object.text("spec.secretName"));
                target.unwrap_or(&object.meta.key.name) == name
            })
        });
        if let Some(object) = found.cloned() {
            let reference = ObjectRef {
                kind: maker.into(),
                key: object.meta.key.clone(),
            };
            let mut broken = false;
            if look.has_seen(&reference) {
                broken = look.findings.iter().any(|found| found.object == reference);
            } else {
                look.descend(&reference, |look| broken = custom::examine(look, &object));
            }
            // a Secret that its maker cannot make is missing for that reason alone
            for found in look.findings.iter_mut().filter(|found| {
                broken
                    && &*found.cause == "missing-secret"
                    && found
                        .facts
                        .get("secret")
                        .is_some_and(|secret| secret == name)
            }) {
                found.symptom = true;
            }
        }
    }
}

/// What was never complained about can only be called missing where its kind was read.
fn lookup(look: &mut Inquiry<'_>, one: &Pod, wanted: &Wanted) {
    let inventory = look.inventory();
    let key = Key {
        namespace: one.meta.key.namespace.clone(),
        name: wanted.name.as_str().into(),
    };
    let (table, cause, word) = match wanted.kind {
        Kind::Secret => (&inventory.secrets, "missing-secret", "secret"),
        _ => (&inventory.config_maps, "missing-configmap", "configmap"),
    };
    if table.is_empty() || !look.readable(wanted.kind) {
        return;
    }
    let object = pod::reference(one);
    let proof = Sign::field(
        &object,
        "field",
        &wanted.path,
        if wanted.key.is_empty() {
            &wanted.name
        } else {
            &wanted.key
        },
    );
    match table.get(&key) {
        None => look.find(
            cause,
            &object,
            0.55,
            vec![proof.evidence()],
            &[(word, &wanted.name)],
        ),
        Some(held) if lacks(held, &wanted.key) => {
            look.find(
                "missing-config-key",
                &object,
                0.6,
                vec![proof.evidence()],
                &[("key", &wanted.key), ("in", &wanted.name)],
            );
        }
        Some(_) => {}
    }
}

fn lacks(held: &ConfigObject, key: &str) -> bool {
    !key.is_empty()
        && held
            .keys
            .as_ref()
            .is_some_and(|keys| !keys.iter().any(|one| **one == *key))
}

fn wanted(one: &Pod) -> Vec<Wanted> {
    let mut out = Vec::new();
    let mut add = |kind, name: &str, key: &str, path: String| {
        out.push(Wanted {
            kind,
            name: name.into(),
            key: key.into(),
            path,
        });
    };
    for container in one.spec.all_containers() {
        let at = format!("spec.containers[{}]", container.name);
        for variable in &container.env {
            let path = format!("{at}.env[{}].valueFrom", variable.name);
            match &variable.value {
                EnvValue::Secret(name, key, false) => add(Kind::Secret, name, key, path),
                EnvValue::ConfigMap(name, key, false) => add(Kind::ConfigMap, name, key, path),
                _ => {}
            }
        }
        for source in &container.env_from {
            match source {
                EnvFrom::Secret(name, false) => {
                    add(Kind::Secret, name, "", format!("{at}.envFrom"))
                }
                EnvFrom::ConfigMap(name, false) => {
                    add(Kind::ConfigMap, name, "", format!("{at}.envFrom"))
                }
                _ => {}
            }
        }
    }
    for volume in &one.spec.volumes {
        let path = format!("spec.volumes[{}]", volume.name);
        let mut of = |kind, reference: &RefVolume| {
            if reference.optional
                || matches!(
                    &*reference.name,
                    "kube-root-ca.crt" | "openshift-service-ca.crt"
                )
            {
                return;
            }
            add(kind, &reference.name, "", path.clone());
            for (key, _) in &reference.items {
                add(kind, &reference.name, key, format!("{path}.items"));
            }
        };
        match &volume.source {
            VolumeSource::Secret(reference) => of(Kind::Secret, reference),
            VolumeSource::ConfigMap(reference) => of(Kind::ConfigMap, reference),
            VolumeSource::Projected(sources) => {
                for source in sources {
                    match source {
                        ProjectedSource::Secret(reference) => of(Kind::Secret, reference),
                        ProjectedSource::ConfigMap(reference) => of(Kind::ConfigMap, reference),
                    }
                }
            }
            _ => {}
        }
    }
    out
}
