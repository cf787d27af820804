//! A survey: every object that may be in trouble is diagnosed, and equal roots become one incident.

use std::collections::{BTreeMap, BTreeSet};

use super::{Consequence, Incident, Severity};
use crate::{
    domain::{LogKey, ObjectRef, Text, Time, WorkloadKind},
    insight::{
        capacity::{Level, Loss, losses},
        diagnosis::{Case, Diagnosis, diagnose},
        troubles::troubles,
    },
};

/// Kinds whose diagnosis knows what is on its way or waits as designed: no fault found is none.
const LOOKED_THROUGH: [&str; 4] = ["Application", "Certificate", "PersistentVolumeClaim", "Pod"];
/// Below this a cause is a guess, not a root that collects consequences.
const SURE: f64 = 0.5;

/// What a survey found.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Incidents, worst first.
    pub incidents: Vec<Incident>,
    /// The diagnosis of each object that was looked at.
    pub diagnoses: BTreeMap<ObjectRef, Diagnosis>,
    /// What the loss of each blade would mean, where that was tried.
    pub losses: Vec<Loss>,
}

impl Survey {
    /// Logs that would help.
    #[must_use]
    pub fn wanted(&self) -> Vec<LogKey> {
        let all: BTreeSet<&LogKey> = self
            .diagnoses
            .values()
            .flat_map(|one| &one.wanted)
            .collect();
        all.into_iter().cloned().collect()
    }
}

/// Surveys everything, and looks into these objects too: they make no incidents of their own.
#[must_use]
pub fn survey_with(case: &Case<'_>, also: &[ObjectRef]) -> Survey {
    let mut out = survey(case);
    for object in also {
        if !out.diagnoses.contains_key(object)
            && let Some(found) = diagnose(case, object)
        {
            out.diagnoses.insert(object.clone(), found);
        }
    }
    out
}

/// Surveys everything.
#[must_use]
pub fn survey(case: &Case<'_>) -> Survey {
    let mut out = Survey::default();
    let mut roots: BTreeMap<(ObjectRef, Text), Incident> = BTreeMap::new();
    for (object, level, since, words) in candidates(case) {
        let Some(found) = diagnose(case, &object) else {
            // nothing the rules speak of, as a guest or a storage of Proxmox: the trouble stands for itself
            let incident = plain(&object, level, since, &words);
            roots.entry((object, "trouble".into())).or_insert(incident);
            continue;
        };
        if found.fault {
            place(&mut roots, &object, &found, level, since, &words);
        } else if !words.0.is_empty() && !is_kind(&object, &LOOKED_THROUGH) {
            let incident = plain(&object, level, since, &words);
            roots
                .entry((object.clone(), "trouble".into()))
                .or_insert(incident);
        }
        out.diagnoses.insert(object, found);
    }
    out.incidents = roots.into_values().collect();
    out.losses = losses(case.inventory);
    absorb(&mut out.incidents);
    out.incidents.sort_by(|a, b| {
        (b.severity, b.blocked(), a.since)
            .cmp(&(a.severity, a.blocked(), b.since))
            .then_with(|| a.id.cmp(&b.id))
    });
    out
}

fn is_kind(object: &ObjectRef, kinds: &[&str]) -> bool {
    kinds.contains(&&*object.kind)
}

type Candidate = (ObjectRef, Severity, Option<Time>, (String, String));

/// Everything that may be in trouble, and the controllers above it.
fn candidates(case: &Case<'_>) -> Vec<Candidate> {
    let inventory = case.inventory;
    let mut out: Vec<Candidate> = Vec::new();
    let mut seen = BTreeSet::new();
    for one in troubles(inventory, case.profile, case.now) {
        let severity = if one.level == Level::Critical {
            Severity::Critical
        } else {
            Severity::Warning
        };
        if seen.insert(one.object.clone()) {
            out.push((one.object, severity, one.since, (one.what, one.why)));
        }
    }
    for kind in [
        WorkloadKind::Deployment,
        WorkloadKind::StatefulSet,
        WorkloadKind::DaemonSet,
    ] {
        for workload in inventory
            .workloads(kind)
            .iter()
            .filter(|one| one.ready < one.desired)
        {
            let object = ObjectRef {
                kind: kind.kind().as_str().into(),
                key: workload.meta.key.clone(),
            };
            let words = format!("{} of {} ready", workload.ready, workload.desired);
            if seen.insert(object.clone()) {
                out.push((object, Severity::Warning, None, (words, String::new())));
            }
        }
    }
    for vmi in inventory.vmis.iter() {
        let object = ObjectRef {
            kind: "VirtualMachineInstance".into(),
            key: vmi.meta.key.clone(),
        };
        if seen.insert(object.clone()) {
            out.push((
                object,
                Severity::Warning,
                None,
                (String::new(), String::new()),
            ));
        }
    }
    for volume in inventory
        .data_volumes
        .iter()
        .filter(|one| &*one.phase != "Succeeded")
    {
        let object = ObjectRef {
            kind: "DataVolume".into(),
            key: volume.meta.key.clone(),
        };
        if seen.insert(object.clone()) {
            out.push((
                object,
                Severity::Warning,
                volume.meta.created.time(),
                (volume.phase.to_string(), String::new()),
            ));
        }
    }
    out
}

fn plain(
    object: &ObjectRef,
    severity: Severity,
    since: Option<Time>,
    (what, why): &(String, String),
) -> Incident {
    Incident {
        id: format!("{}:{what}", object.short()).into(),
        severity,
        title: format!("{} {what}", spoken(object)),
        root: object.clone(),
        cause: "trouble".into(),
        confidence: 1.0,
        since,
        evidence: why.clone(),
        holds_up: Vec::new(),
        subject: object.clone(),
    }
}

/// An object as one speaks of it, where its reference is no word of the field.
fn spoken(object: &ObjectRef) -> String {
    let (place, name) = (&object.key.namespace, &object.key.name);
    match &*object.kind {
        "Node" => format!("node {name}:"),
        "storage" => format!("storage {name} on {place}:"),
        "pve-node" => format!("host {name}:"),
        "lxc" | "qemu" => format!("{} {name}", object.kind),
        _ => object.short(),
    }
}

/// Puts a diagnosis under its root.
fn place(
    roots: &mut BTreeMap<(ObjectRef, Text), Incident>,
    object: &ObjectRef,
    found: &Diagnosis,
    severity: Severity,
    since: Option<Time>,
    words: &(String, String),
) {
    let Some(first) = found.first() else {
        let incident = plain(object, severity, since, words);
        roots
            .entry((object.clone(), "unknown".into()))
            .or_insert(incident);
        return;
    };
    let root = if first.confidence >= SURE {
        first.object.clone()
    } else {
        object.clone()
    };
    let incident = roots
        .entry((root.clone(), first.id.clone()))
        .or_insert_with(|| Incident {
            id: format!("{}:{}", root.short(), first.id).into(),
            severity,
            title: first.title.clone(),
            root: root.clone(),
            cause: first.id.clone(),
            confidence: first.confidence,
            since,
            evidence: first
                .evidence
                .first()
                .map_or_else(String::new, |one| one.quote.clone()),
            holds_up: Vec::new(),
            subject: object.clone(),
        });
    incident.severity = incident.severity.max(severity);
    incident.since = match (incident.since, since) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if first.confidence > incident.confidence {
        incident.confidence = first.confidence;
        incident.title.clone_from(&first.title);
        incident.subject = object.clone();
    }
    if *object != root {
        hold_up(incident, object);
    }
}

fn hold_up(incident: &mut Incident, object: &ObjectRef) {
    let at = incident
        .holds_up
        .iter()
        .position(|held| held.kind == object.kind);
    match at {
        Some(at) => {
            let objects = &mut incident.holds_up[at].objects;
            if !objects.contains(object) {
                objects.push(object.clone());
            }
        }
        None => incident.holds_up.push(Consequence {
            kind: object.kind.clone(),
            objects: vec![object.clone()],
        }),
    }
}

/// An incident whose root is itself held up by another one belongs to that one.
fn absorb(incidents: &mut Vec<Incident>) {
    let mut at = 0;
    while at < incidents.len() {
        let root = incidents[at].root.clone();
        let above = incidents.iter().position(|other| {
            other.root != root
                && other
                    .holds_up
                    .iter()
                    .any(|held| held.objects.contains(&root))
                && other.confidence >= incidents[at].confidence
        });
        match above {
            Some(above) => {
                let gone = incidents.remove(at);
                let above = if above > at { above - 1 } else { above };
                for held in gone.holds_up {
                    for object in held.objects {
                        if incidents[above].root != object {
                            hold_up(&mut incidents[above], &object);
                        }
                    }
                }
                incidents[above].severity = incidents[above].severity.max(gone.severity);
            }
            None => at += 1,
        }
    }
}
