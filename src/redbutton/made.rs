//! Changes that make a new object of one that is there: a Job of a CronJob, a migration of a machine.

use serde_json::{Value, json};

use super::{Target, Verb};
use crate::domain::Kind;

/// Kind and body of the object that a verb makes; `source` is the target as it is now.
pub(super) fn made(verb: Verb, target: &Target, source: &Value) -> Option<(Kind, Value)> {
    let key = &target.object.key;
    match verb {
        Verb::Trigger => Some((Kind::Job, job(target, source))),
        Verb::Migrate => Some((
            Kind::Migration,
            json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstanceMigration", "metadata": {"generateName": format!("{}-", key.name), "namespace": &*key.namespace}, "spec": {"vmiName": &*key.name}}),
        )),
        _ => None,
    }
}

/// The Job that the CronJob itself would make, marked as made by hand.
fn job(target: &Target, source: &Value) -> Value {
    let key = &target.object.key;
    let template = &source["spec"]["jobTemplate"];
    let mut annotations = template["metadata"]["annotations"].clone();
    if !annotations.is_object() {
        annotations = json!({});
    }
    annotations["cronjob.kubernetes.io/instantiate"] = json!("manual");
    // a name may have 63 letters, and the server adds five
    let prefix: String = key.name.chars().take(50).collect();
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "generateName": format!("{prefix}-manual-"),
            "namespace": &*key.namespace,
            "labels": template["metadata"]["labels"],
            "annotations": annotations,
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": &*key.name, "uid": target.uid, "controller": true}],
        },
        "spec": template["spec"],
    })
}
