//! Failure cases of this project's own making, one a line in `golden/cases.jsonl`: objects, logs, and
//! the cause that must come first, or that nothing is broken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use redbutton::{
    config::profile,
    domain::{ObjectRef, Subject, Time},
    insight::diagnosis::{Case, Diagnosis, Runbooks, diagnose},
    sources::dump,
};
use serde_json::Value;

const NOW: &str = "2026-03-01T12:00:00Z";

fn answer(case: &Value, books: &Runbooks) -> Option<Diagnosis> {
    let folder = tempfile::tempdir().unwrap();
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": case["objects"]});
    std::fs::write(folder.path().join("objects.json"), list.to_string()).unwrap();
    for (place, text) in case["logs"].as_object().unwrap() {
        let file = folder.path().join("logs").join(format!("{place}.log"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text.as_str().unwrap()).unwrap();
    }
    let read = dump::read(folder.path()).unwrap();
    assert!(read.skipped.is_empty());
    let subject: Subject = case["subject"].as_str().unwrap().parse().unwrap();
    let object = ObjectRef::new(
        &subject.kind,
        subject.namespace.as_deref().unwrap_or_default(),
        &subject.name,
    );
    let profile = profile("neutral").unwrap();
    let now: Time = NOW.parse().unwrap();
    diagnose(
        &Case {
            inventory: &read.inventory,
            logs: &read.logs,
            runbooks: books,
            profile: &profile,
            now,
        },
        &object,
    )
}

#[test]
fn the_right_cause_comes_first_and_nothing_well_is_called_broken() {
    let books = common::runbooks();
    let (mut all, mut top, mut wrong) = (0, 0, Vec::new());
    for line in include_str!("golden/cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = case["name"].as_str().unwrap();
        let Some(found) = answer(&case, &books) else {
            wrong.push(format!("{name}: no answer"));
            continue;
        };
        all += 1;
        let first = found.first().map(|cause| cause.id.to_string());
        let good_fault = found.fault == case["fault"].as_bool().unwrap();
        let quoted = found.first().is_none_or(|cause| !cause.evidence.is_empty());
        if first.as_deref() == case["cause"].as_str() && good_fault && quoted {
            top += 1;
        } else {
            let ids: Vec<String> = found
                .causes
                .iter()
                .map(|cause| format!("{} {:.2}", cause.id, cause.confidence))
                .collect();
            wrong.push(format!(
                "{name}: fault {}, {ids:?}, not {}",
                found.fault, case["cause"]
            ));
        }
    }
    println!("{top} of {all} golden cases have the right cause first");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
