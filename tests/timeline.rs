//! Whose changes a timeline tells: told on a dump of the lab in its bad hour.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use redbutton::{
    domain::{ObjectRef, Time},
    insight::timeline::{ChangeKind, TimedChange, timeline},
    sources::dump,
};

fn lab() -> dump::Dump {
    dump::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dump")).unwrap()
}

fn deed(at: Time, object: ObjectRef) -> TimedChange {
    TimedChange {
        at,
        kind: ChangeKind::Deed,
        object,
        what: "oc rollout restart by anna (stuck): done".into(),
    }
}

#[test]
fn an_application_tells_of_its_pods_and_claims() {
    let dump = lab();
    let app = ObjectRef::new("Application", "openshift-gitops", "keycloak");
    let told = timeline(&dump.inventory, Some(&app), &[]);
    assert!(
        told.iter().any(|one| one.kind == ChangeKind::Restart),
        "{told:?}"
    );
    assert!(
        told.iter().all(|one| *one.object.key.namespace != *"media"),
        "{told:?}"
    );
    assert!(told.is_sorted_by_key(|one| one.at));
}

#[test]
fn a_claim_tells_of_the_pods_that_use_it() {
    let dump = lab();
    let claim = ObjectRef::new("PersistentVolumeClaim", "media", "riven-data");
    let told = timeline(&dump.inventory, Some(&claim), &[]);
    let kinds: Vec<&str> = told.iter().map(|one| &*one.object.kind).collect();
    assert!(
        kinds.contains(&"PersistentVolumeClaim") && kinds.contains(&"Pod"),
        "{told:?}"
    );
}

#[test]
fn what_was_done_from_here_stands_in_the_story_of_its_object_and_of_no_other() {
    let dump = lab();
    let object = ObjectRef::new("Deployment", "keycloak", "keycloak");
    let deeds = [deed(dump.now, object.clone())];
    let deeds_of = |subject: Option<&ObjectRef>| {
        timeline(&dump.inventory, subject, &deeds)
            .into_iter()
            .filter(|one| one.kind == ChangeKind::Deed)
            .count()
    };
    assert_eq!(deeds_of(Some(&object)), 1);
    assert_eq!(deeds_of(None), 1);
    let app = ObjectRef::new("Application", "openshift-gitops", "keycloak");
    assert_eq!(
        deeds_of(Some(&app)),
        1,
        "an application holds its deployments"
    );
    let other = ObjectRef::new("Deployment", "media", "sonarr");
    assert_eq!(deeds_of(Some(&other)), 0);
}
