//! Failure cases of this project's own making, one a line in `golden/cases.jsonl`: objects, logs, and
//! the cause that must come first, or that nothing is broken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use redbutton::{
    config::profile,
    domain::{ObjectRef, Subject, Time},
    insight::diagnosis::{Case, Cause, Diagnosis, Runbooks, diagnose},
    sources::dump,
};
use serde_json::Value;

const NOW: &str = "2026-03-01T12:00:00Z";

/// What somebody may see of a case.
#[derive(Clone, Copy, PartialEq)]
enum Sight {
    All,
    NoLogs,
    NoEvents,
    NoNodes,
}

fn seen(case: &Value, sight: Sight) -> Vec<&Value> {
    let hidden = match sight {
        Sight::NoEvents => "Event",
        Sight::NoNodes => "Node",
        Sight::All | Sight::NoLogs => "",
    };
    let objects = case["objects"].as_array().unwrap();
    objects.iter().filter(|one| one["kind"] != hidden).collect()
}

fn answer(case: &Value, books: &Runbooks, sight: Sight) -> Option<Diagnosis> {
    let folder = tempfile::tempdir().unwrap();
    let items = seen(case, sight);
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
    std::fs::write(folder.path().join("objects.json"), list.to_string()).unwrap();
    let logs = case["logs"].as_object().unwrap();
    for (place, text) in logs.iter().filter(|_| sight != Sight::NoLogs) {
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

/// How often answers of some confidence were right.
#[derive(Default)]
struct Calibration([(usize, usize); 5]);

impl Calibration {
    fn count(&mut self, confidence: f64, right: bool) {
        let bounds = [0.5, 0.7, 0.85, 0.95];
        let group = bounds.iter().filter(|bound| confidence >= **bound).count();
        self.0[group].0 += 1;
        self.0[group].1 += usize::from(right);
    }

    fn print(&self) {
        let names = ["below 0.5", "0.5", "0.7", "0.85", "0.95 and up"];
        for (name, (all, right)) in names.iter().zip(self.0) {
            println!("  confidence {name:12} {right:4} of {all:4} right");
        }
    }
}

/// A word in angle brackets, where a name should be.
fn gap(cause: &Cause) -> Option<String> {
    let gaps = regex::Regex::new("<[a-z_ ]+>").unwrap();
    std::iter::once(&cause.title)
        .chain(&cause.fix.steps)
        .chain(&cause.fix.verify)
        .find(|line| gaps.is_match(line))
        .cloned()
}

#[test]
fn the_right_cause_comes_first_and_nothing_well_is_called_broken() {
    let books = common::runbooks();
    let (mut all, mut top, mut third, mut alarms) = (0, 0, 0, 0);
    let (mut calibration, mut wrong) = (Calibration::default(), Vec::new());
    for line in include_str!("golden/cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = case["name"].as_str().unwrap();
        let Some(found) = answer(&case, &books, Sight::All) else {
            wrong.push(format!("{name}: no answer"));
            continue;
        };
        all += 1;
        let expected = case["cause"].as_str();
        let first = found.first();
        let right = first.map(|cause| &*cause.id) == expected;
        let good_fault = found.fault == case["fault"].as_bool().unwrap();
        let quoted = first.is_none_or(|cause| !cause.evidence.is_empty());
        top += usize::from(right);
        let three = || found.causes.iter().take(3);
        third += usize::from(right || three().any(|one| Some(&*one.id) == expected));
        alarms += usize::from(found.fault && !good_fault);
        if let Some(cause) = first {
            calibration.count(cause.confidence, right);
            if let Some(line) = gap(cause) {
                wrong.push(format!("{name}: a name is missing in: {line}"));
            }
        }
        if !right || !good_fault || !quoted {
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
    println!("{all} golden cases: first {top}, among three {third}, false alarms {alarms}");
    calibration.print();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Who may not see something is told less, and is not told something else with certainty.
#[test]
fn what_cannot_be_seen_makes_no_wrong_certainty() {
    let books = common::runbooks();
    let mut wrong = Vec::new();
    for (sight, words) in [
        (Sight::NoLogs, "without logs"),
        (Sight::NoEvents, "without events"),
        (Sight::NoNodes, "without nodes"),
    ] {
        let (mut calibration, mut looked) = (Calibration::default(), 0);
        for line in include_str!("golden/cases.jsonl").lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let Some(found) = answer(&case, &books, sight) else {
                continue;
            };
            let Some(first) = found.first().filter(|_| found.fault) else {
                continue;
            };
            looked += 1;
            let right = case["cause"].as_str() == Some(&*first.id);
            calibration.count(first.confidence, right);
            if !right && first.confidence > 0.8 {
                wrong.push(format!(
                    "{} {words}: {} with {:.2}",
                    case["name"], first.id, first.confidence
                ));
            }
        }
        println!("{words}:");
        calibration.print();
        assert!(looked > 50, "{words}: only {looked} answers");
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
