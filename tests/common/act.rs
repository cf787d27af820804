//! What tests of the writer share: plans by hand, carried out through the gate.

use std::{path::Path, time::Duration};

use redbutton::{
    domain::{ObjectRef, Time},
    journal::Journal,
    redbutton::{DryRun, Glass, KubeWriter, Outcome, Plan, Preflighted, Target, Tier, Verb},
};
use serde_json::Value;

/// An object as it is now.
pub fn target(object: &Value, kind: &str) -> Target {
    let meta = |field: &str| {
        object["metadata"][field]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    Target {
        object: ObjectRef::new(kind, &meta("namespace"), &meta("name")),
        uid: meta("uid"),
        version: meta("resourceVersion"),
    }
}

/// A plan for one object, for the context `admin`.
pub fn plan(verb: Verb, target: Target) -> Plan {
    Plan {
        targets: vec![target],
        tier: Tier::Destroy,
        ..Plan::new(verb, "admin".into())
    }
}

/// Breaks the glass, confirms as a user would, and does it.
pub async fn carry_out(folder: &Path, writer: &KubeWriter, plan: Plan) -> Outcome {
    let now = Time::now();
    let mut glass = Glass::default();
    glass
        .smash("admin", "a test", now + Duration::from_secs(60))
        .unwrap();
    let typed = plan.typed();
    let confirmed = Preflighted::new(plan, DryRun::None, now)
        .confirm(&glass, &typed, now)
        .unwrap();
    let journal = Journal::in_folder(folder);
    writer.execute(confirmed, &journal, "tester").await.unwrap()
}
