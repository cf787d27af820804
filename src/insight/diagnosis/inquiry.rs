//! One inquiry: what was looked at, what was found, what could not be read.

use std::collections::BTreeSet;

use super::{
    Case, Check, CheckResult, Evidence, Facts, fill, names,
    sign::{Finding, Sign},
};
use crate::{
    domain::{Event, Freshness, HasMeta, Kind, LogKey, Meta, ObjectRef, Text, Time},
    inventory::Inventory,
};

/// Deeper than this no chain of real objects goes: pod, claim, provisioner, its own pod, its secret.
const DEEPEST: usize = 6;
/// An event this much older than a newer one of its reason is over, seconds: longer than the
/// longest back-off between two tries.
const OVER: i64 = 1200;

/// An inquiry into one subject.
pub(super) struct Inquiry<'a> {
    /// What it is made from.
    pub case: Case<'a>,
    /// Causes found so far.
    pub findings: Vec<Finding>,
    /// Checks that were run.
    pub checks: Vec<Check>,
    /// Logs that would help.
    pub wanted: Vec<LogKey>,
    depth: usize,
    seen: BTreeSet<ObjectRef>,
}

impl<'a> Inquiry<'a> {
    /// A fresh inquiry.
    pub const fn new(case: Case<'a>) -> Self {
        Self {
            case,
            findings: Vec::new(),
            checks: Vec::new(),
            wanted: Vec::new(),
            depth: 0,
            seen: BTreeSet::new(),
        }
    }

    /// What is known.
    pub const fn inventory(&self) -> &'a Inventory {
        self.case.inventory
    }

    /// Seconds since a time.
    pub fn age(&self, since: Time) -> i64 {
        self.case.now.duration_since(since).as_secs()
    }

    /// Goes one object deeper, once for each object. Says whether anything new was found there.
    pub fn descend(&mut self, object: &ObjectRef, look: impl FnOnce(&mut Self)) -> bool {
        if self.depth >= DEEPEST || !self.seen.insert(object.clone()) {
            return false;
        }
        let before = self.findings.len();
        self.depth += 1;
        look(self);
        self.depth -= 1;
        self.findings.len() > before
    }

    /// Whether an object was looked at already.
    pub fn has_seen(&self, object: &ObjectRef) -> bool {
        self.seen.contains(object)
    }

    /// Marks an object as looked at.
    pub fn visit(&mut self, object: &ObjectRef) {
        self.seen.insert(object.clone());
    }

    /// Holds the runbooks against a sign; says how many hit.
    pub fn read(&mut self, sign: &Sign) -> usize {
        let runbooks = self.case.runbooks;
        let hits = if sign.log.is_some() {
            runbooks.log_hits(&sign.topic, &sign.text, sign.exit)
        } else {
            runbooks.hits(&sign.topic, &sign.text, sign.exit)
        };
        let mut count = 0;
        for hit in hits {
            let runbook = hit.runbook;
            if !runbook.applies.is_empty() && !runbook.applies.contains(&sign.object.kind) {
                continue;
            }
            let mut facts = self.names(&sign.object);
            facts.extend(sign.facts.clone());
            facts.extend(hit.facts.clone());
            if let Some(address) = names::address(&sign.text) {
                facts.entry("address".into()).or_insert(address);
            }
            let object =
                named_object(&runbook.object, &facts).unwrap_or_else(|| sign.object.clone());
            count += 1;
            self.add(Finding {
                runbook: runbook.id.clone(),
                cause: runbook.cause.clone(),
                object,
                confidence: hit.confidence * sign.weight,
                depth: self.depth,
                symptom: runbook.symptom,
                evidence: vec![sign.evidence_of(&hit)],
                facts,
            });
        }
        count
    }

    /// A cause that the graph shows, worded by the runbook of the same name.
    pub fn find(
        &mut self,
        cause: &str,
        object: &ObjectRef,
        confidence: f64,
        evidence: Vec<Evidence>,
        facts: &[(&str, &str)],
    ) {
        let mut names = self.names(object);
        for (name, value) in facts {
            names.insert((*name).into(), (*value).into());
        }
        let symptom = self
            .case
            .runbooks
            .get(cause)
            .is_some_and(|runbook| runbook.symptom);
        self.add(Finding {
            runbook: cause.into(),
            cause: self
                .case
                .runbooks
                .get(cause)
                .map_or_else(|| Text::from(cause), |runbook| runbook.cause.clone()),
            object: object.clone(),
            confidence,
            depth: self.depth,
            symptom,
            evidence,
            facts: names,
        });
    }

    /// Adds a finding to one of the same cause and object, where there is one.
    pub fn add(&mut self, finding: Finding) {
        let same = self
            .findings
            .iter_mut()
            .find(|held| held.cause == finding.cause && held.object == finding.object);
        let Some(held) = same else {
            self.findings.push(finding);
            return;
        };
        for evidence in finding.evidence {
            let known = held
                .evidence
                .iter()
                .any(|one| one.quote == evidence.quote && one.from == evidence.from);
            if !known && held.evidence.len() < 8 {
                held.evidence.push(evidence);
            }
        }
        for (name, value) in finding.facts {
            held.facts.entry(name).or_insert(value);
        }
        if finding.confidence > held.confidence {
            held.confidence = finding.confidence;
            held.runbook = finding.runbook;
        }
        held.symptom &= finding.symptom;
    }

    /// Adds proof to every finding of a cause.
    pub fn support(&mut self, cause: &str, evidence: &[Evidence]) {
        for finding in self
            .findings
            .iter_mut()
            .filter(|held| *held.cause == *cause)
        {
            for one in evidence {
                if !finding.evidence.iter().any(|held| held.quote == one.quote) {
                    finding.evidence.push(one.clone());
                }
            }
        }
    }

    /// Whether a real cause was found since there were `before` findings. Then the shallower cause
    /// counts less, and its proof leads to the deeper ones.
    pub fn gives_way(&mut self, shallow: &str, before: usize) -> bool {
        let deeper: Vec<Text> = self.findings[before.min(self.findings.len())..]
            .iter()
            .filter(|found| !found.symptom && found.confidence >= 0.7 && *found.cause != *shallow)
            .map(|found| found.cause.clone())
            .collect();
        if deeper.is_empty() {
            return false;
        }
        let mut proof = None;
        for found in self
            .findings
            .iter_mut()
            .filter(|found| *found.cause == *shallow)
        {
            found.confidence = found.confidence.min(0.6);
            proof = proof.or_else(|| found.evidence.first().cloned());
        }
        for cause in deeper {
            self.support(&cause, proof.as_slice());
        }
        true
    }

    /// Whether something that is no mere symptom was found with at least this confidence.
    pub fn knows(&self, least: f64) -> bool {
        self.findings
            .iter()
            .any(|found| !found.symptom && found.confidence >= least)
    }

    /// Whether a cause of this name, or of this beginning, was found with some confidence.
    pub fn blames(&self, cause: &str) -> bool {
        self.findings
            .iter()
            .any(|found| found.cause.starts_with(cause) && found.confidence >= 0.5)
    }

    /// Notes a check.
    pub fn check(&mut self, title: impl Into<String>, good: bool, detail: impl Into<String>) {
        let result = if good {
            CheckResult::Pass
        } else {
            CheckResult::Fail
        };
        self.note(Check::new(title, result, detail));
    }

    /// Notes a check that could not be run.
    pub fn unknown(&mut self, title: impl Into<String>, why: impl Into<String>) {
        self.note(Check::new(title, CheckResult::Unknown, why));
    }

    fn note(&mut self, check: Check) {
        if !self.checks.iter().any(|held| held.title == check.title) {
            self.checks.push(check);
        }
    }

    /// Whether objects of a kind could be read at all; notes a check where not. What was never
    /// read must not be called missing.
    pub fn readable(&mut self, kind: Kind) -> bool {
        match self.inventory().freshness(kind) {
            Freshness::Live(_) | Freshness::Stale { .. } | Freshness::Partial(..) => true,
            Freshness::Forbidden(denial) => {
                self.unknown(
                    format!("{} are there", kind.plural_group()),
                    format!("no right to {} {}", denial.verb, denial.resource),
                );
                false
            }
            _ => {
                self.unknown(
                    format!("{} are there", kind.plural_group()),
                    "they could not be read".to_owned(),
                );
                false
            }
        }
    }

    /// Names that placeholders may use for an object.
    pub fn names(&self, object: &ObjectRef) -> Facts {
        names::of(&self.case, object)
    }

    /// Events about an object, oldest first.
    pub fn events<T: HasMeta>(&self, kind: &str, object: &T) -> Vec<&'a std::sync::Arc<Event>> {
        self.inventory().events_about(kind, object.meta())
    }

    /// Reads the warnings about an object that are chosen, the newest first. What was said under the
    /// same reason well before a newer word that tells a cause is over.
    pub fn read_events(
        &mut self,
        kind: &str,
        meta: &Meta,
        chosen: impl Fn(&Event) -> bool,
    ) -> usize {
        let mut hits = 0;
        let mut told: Vec<(Text, Option<Time>)> = Vec::new();
        let events = self.inventory().events_about(kind, meta);
        for event in events.iter().copied().rev() {
            let over = told.iter().any(|(reason, newer)| {
                *reason == event.reason
                    && newer
                        .zip(event.last)
                        .is_some_and(|(newer, last)| newer.duration_since(last).as_secs() > OVER)
            });
            if over || is_ended(event, &events) || !chosen(event) {
                continue;
            }
            let hit = self.read(&Sign::event(event));
            if hit > 0 {
                told.push((event.reason.clone(), event.last));
            }
            hits += hit;
        }
        hits
    }
}

/// Reasons of failures, and of the success that ends them.
const ENDED_BY: [(&str, &str); 6] = [
    ("FailedAttachVolume", "SuccessfulAttachVolume"),
    ("ProvisioningFailed", "ProvisioningSucceeded"),
    ("VolumeResizeFailed", "VolumeResizeSuccessful"),
    ("FileSystemResizeFailed", "FileSystemResizeSuccessful"),
    ("FailedScheduling", "Scheduled"),
    ("FailedCreatePodSandBox", "Started"),
];

/// Whether a later success, of the same volume where one is named, took back what an event says.
pub(super) fn is_ended(event: &Event, events: &[&std::sync::Arc<Event>]) -> bool {
    let Some((_, success)) = ENDED_BY.iter().find(|(bad, _)| *event.reason == **bad) else {
        return false;
    };
    let volume = event
        .message
        .split_once("volume \"")
        .and_then(|(_, rest)| rest.split('"').next());
    events.iter().any(|later| {
        *later.reason == **success
            && later.last.zip(event.last).is_some_and(|(a, b)| a >= b)
            && volume.is_none_or(|volume| later.message.contains(volume))
    })
}

/// `Kind/namespace/name` with its placeholders filled; `None` where one is not known.
fn named_object(template: &str, facts: &Facts) -> Option<ObjectRef> {
    if template.is_empty() {
        return None;
    }
    let filled = fill(template, facts);
    let parts: Vec<&str> = filled.splitn(3, '/').collect();
    match parts[..] {
        [kind, namespace, name] if !filled.contains('<') && !name.is_empty() => {
            Some(ObjectRef::new(kind, namespace, name))
        }
        _ => None,
    }
}

/// An amount of bytes as manifests write it: `300Mi`, `8Gi`.
pub(super) fn bytes(amount: crate::domain::Quantity) -> String {
    let value = amount.value();
    [
        (1_i64 << 40, "Ti"),
        (1 << 30, "Gi"),
        (1 << 20, "Mi"),
        (1 << 10, "Ki"),
    ]
    .into_iter()
    .find(|(unit, _)| value >= *unit && value % unit == 0)
    .or_else(|| (value >= 10 << 20).then_some((1 << 20, "Mi")))
    .map_or_else(
        || amount.to_string(),
        |(unit, word)| format!("{}{word}", value / unit),
    )
}

/// A time span as people say it: `14m`, `3h`, `2d`.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{}s", seconds.max(0)),
        60..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}
