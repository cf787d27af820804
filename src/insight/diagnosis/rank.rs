//! From findings to an answer: order, words, steps.

use super::{
    Case, Cause, Facts, Finding, Fix, Runbook, fill, fill_title, names, runbook::fill_known,
};
use crate::domain::ObjectRef;

/// A symptom counts only so much once something deeper is known.
const SYMPTOM_SHARE: f64 = 0.45;
/// Causes that an answer names at the most.
const MOST: usize = 6;

/// Orders findings about a subject and words them.
pub(super) fn causes(case: &Case<'_>, subject: &ObjectRef, findings: Vec<Finding>) -> Vec<Cause> {
    let mut findings = told_once(findings);
    let deeper_known = findings
        .iter()
        .any(|found| !found.symptom && found.confidence >= 0.5);
    for found in &mut findings {
        if found.symptom && deeper_known {
            found.confidence *= SYMPTOM_SHARE;
        }
        // several independent signs of one cause make it likelier, never certain
        let more = found.evidence.len().saturating_sub(1).min(3);
        for _ in 0..more {
            found.confidence += (0.99 - found.confidence).max(0.0) * 0.1;
        }
        found.confidence = (found.confidence * 100.0).round() / 100.0;
    }
    findings.sort_by(|a, b| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(b.depth.cmp(&a.depth))
            .then_with(|| a.cause.cmp(&b.cause))
            .then_with(|| a.object.cmp(&b.object))
    });
    findings.truncate(MOST);
    findings
        .into_iter()
        .map(|mut found| {
            let again = format!("oc get {}", names::target(subject));
            found.facts.insert("again".into(), again);
            cause(case, found)
        })
        .collect()
}

/// A claim's event repeats what the log of its provisioner says: the same cause, told of objects of
/// different kinds, is one, and stands where it was found deepest and surest.
fn told_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::with_capacity(findings.len());
    for found in findings {
        let same = out
            .iter_mut()
            .find(|held| held.cause == found.cause && held.object.kind != found.object.kind);
        match same {
            Some(held) if (held.depth, held.confidence) < (found.depth, found.confidence) => {
                let shallow = std::mem::replace(held, found);
                absorb(held, shallow);
            }
            Some(held) => absorb(held, found),
            None => out.push(found),
        }
    }
    out
}

fn absorb(held: &mut Finding, shallow: Finding) {
    held.confidence = held.confidence.max(shallow.confidence);
    held.symptom &= shallow.symptom;
    for one in shallow.evidence {
        if !held.evidence.iter().any(|known| known.quote == one.quote) {
            held.evidence.push(one);
        }
    }
    for (name, value) in shallow.facts {
        held.facts.entry(name).or_insert(value);
    }
}

fn cause(case: &Case<'_>, found: Finding) -> Cause {
    let blank = Runbook::default();
    let runbook = case.runbooks.get(&found.runbook).unwrap_or(&blank);
    let title = if runbook.title.is_empty() {
        found.cause.to_string()
    } else {
        fill_title(&runbook.title, &spoken(case, &found))
    };
    Cause {
        id: found.cause,
        title,
        confidence: found.confidence,
        object: found.object,
        evidence: found.evidence,
        fix: fix(runbook, &found.facts),
        why: fill(&runbook.why, &found.facts),
        runbook: runbook.id.clone(),
        seen: runbook.seen.clone(),
    }
}

/// What a title may speak of. A pod is spoken of by the workload that made it, for its own name says
/// nothing a day later; an address that the proof names, with the network of the profile it is in.
fn spoken(case: &Case<'_>, found: &Finding) -> Facts {
    let mut spoken = found.facts.clone();
    if let Some(workload) = found.facts.get("workload") {
        spoken.insert("name".into(), workload.clone());
    }
    if &*found.object.kind == "PersistentVolumeClaim" {
        let name = || found.object.key.name.to_string();
        spoken.entry("claim".into()).or_insert_with(name);
    }
    let quotes = found.evidence.iter().filter(|one| one.telling.is_some());
    if let Some(address) = quotes.filter_map(|one| address_in(&one.quote)).next() {
        let network = case
            .profile
            .networks
            .iter()
            .find(|(_, block)| contains(block, address));
        if let Some((name, _)) = network {
            spoken.insert("network".into(), name.clone());
        }
        spoken.insert("address".into(), address.to_string());
    }
    spoken
}

/// The first IPv4 address in a text.
fn address_in(text: &str) -> Option<&str> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .find(|word| octets(word).is_some())
}

/// An IPv4 address as a number.
fn octets(address: &str) -> Option<u32> {
    let parts: Vec<u8> = address
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let parts: [u8; 4] = parts.try_into().ok()?;
    Some(u32::from_be_bytes(parts))
}

/// Whether a block as `10.0.0.0/8` has an address.
fn contains(block: &str, address: &str) -> bool {
    let parsed = block.split_once('/').and_then(|(network, bits)| {
        let bits: u32 = bits.parse().ok()?;
        let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
        Some((octets(network)? & mask, octets(address)? & mask))
    });
    parsed.is_some_and(|(network, address)| network == address)
}

/// Lines all of whose names are known; a command with a gap in it helps nobody. Where every line has
/// one, they are given as they are.
fn known_lines(templates: &[String], facts: &Facts) -> Vec<String> {
    let known: Vec<String> = templates
        .iter()
        .filter_map(|line| fill_known(line, facts).ok())
        .collect();
    if known.is_empty() {
        return templates.iter().map(|line| fill(line, facts)).collect();
    }
    known
}

fn fix(runbook: &Runbook, facts: &Facts) -> Fix {
    let mut steps = known_lines(&runbook.fix, facts);
    let summary = steps.first().cloned().unwrap_or_default();
    if let (super::Via::Git, Some(path)) = (runbook.via, facts.get("path")) {
        let app = facts.get("app").map_or("", String::as_str);
        steps.push(format!(
            "Commit and push under {path}, then let Argo CD sync {app}"
        ));
    }
    steps.extend(
        runbook
            .glass
            .iter()
            .filter_map(|line| fill_known(line, facts).ok())
            .map(|step| format!("Break-glass: {step}")),
    );
    Fix {
        summary,
        steps,
        verify: known_lines(&runbook.verify, facts),
        via: runbook.via,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_with_its_network() {
        let found = address_in("connect ETIMEDOUT 172.16.160.100:443, version 1.2.3.");
        assert_eq!(found, Some("172.16.160.100"));
        assert_eq!(address_in("version 1.2.3"), None);
        let address = "172.16.160.100";
        assert!(contains("172.16.160.0/24", address));
        assert!(!contains("172.16.100.0/24", address));
        assert!(contains("0.0.0.0/0", address));
        assert!(!contains("172.16.160.0/33", address));
        assert!(!contains("storage", address));
    }
}
