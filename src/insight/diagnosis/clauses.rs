//! The scheduler's sentence taken apart, clause by clause, and what each clause means.

/// One clause of the scheduler's sentence: how many nodes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Nodes; 0 where it speaks of the pod as a whole.
    pub nodes: u32,
    /// Why.
    pub why: String,
}

/// Takes the sentence apart: nodes in all, and its clauses.
pub(super) fn clauses(message: &str) -> (u32, Vec<Clause>) {
    let head = message.split(" preemption: ").next().unwrap_or(message);
    let (total, rest) = match head.split_once(" nodes are available: ") {
        Some((count, rest)) => {
            let total = count
                .rsplit('/')
                .next()
                .and_then(|all| all.trim().parse().ok());
            (total.unwrap_or(0), rest)
        }
        None => (0, head),
    };
    let mut out = Vec::new();
    for sentence in rest.split(". ") {
        for part in split_clauses(sentence.trim_end_matches('.')) {
            let part = part.trim();
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (nodes, why) = part.split_at(digits);
            let why = why.trim();
            if !why.is_empty() && !why.starts_with("no new claims") {
                out.push(Clause {
                    nodes: nodes.parse().unwrap_or(0),
                    why: why.into(),
                });
            }
        }
    }
    (total, out)
}

/// Commas part clauses, except inside braces (`{key: value, …}`) and brackets.
fn split_clauses(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            b',' if depth <= 0 => {
                out.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out
}

/// What a clause means, how much it counts, and the names in it.
pub(super) fn meaning(why: &str) -> Option<(&'static str, f64)> {
    let taint = |key: &str| why.contains("taint") && why.contains(key);
    Some(match why {
        _ if taint("node.kubernetes.io/disk-pressure") => ("node-disk-pressure", 1.0),
        _ if taint("node.kubernetes.io/not-ready") || taint("node.kubernetes.io/unreachable") => {
            ("node-not-ready", 1.0)
        }
        _ if taint("node.kubernetes.io/network-unavailable") => ("cni-not-ready", 1.0),
        _ if taint("node.kubernetes.io/unschedulable") => ("node-cordoned", 1.0),
        _ if taint("node-role.kubernetes.io/control-plane")
            || taint("node-role.kubernetes.io/master") =>
        {
            ("untolerated-taint", 0.55)
        }
        _ if why.contains("taint") => ("untolerated-taint", 1.0),
        _ if why.contains("were unschedulable") => ("node-cordoned", 0.95),
        _ if why.contains("were not ready") => ("node-not-ready", 1.0),
        _ if why.contains("Insufficient devices.kubevirt.io/kvm") => ("kvm-unavailable", 1.0),
        _ if why.contains("Insufficient cpu") => ("insufficient-cpu", 1.0),
        _ if why.contains("Insufficient memory") => ("insufficient-memory", 1.0),
        _ if why.contains("Insufficient ephemeral-storage") => {
            ("insufficient-ephemeral-storage", 1.0)
        }
        _ if why.contains("Too many pods") || why.contains("Insufficient pods") => {
            ("too-many-pods", 1.0)
        }
        _ if why.contains("Insufficient ") => ("insufficient-extended-resource", 1.0),
        _ if why.contains("PersistentVolume's node affinity")
            || why.contains("volume node affinity conflict") =>
        {
            ("pv-node-affinity-conflict", 1.0)
        }
        _ if why.contains("node affinity/selector")
            || why.contains("node selector")
            || why.contains("didn't match Pod's node affinity") =>
        {
            ("node-selector-mismatch", 0.98)
        }
        _ if why.contains("topology spread") => ("topology-spread-conflict", 1.0),
        _ if why.contains("affinity rules") || why.contains("anti-affinity") => {
            ("affinity-conflict", 1.0)
        }
        _ if why.contains("free ports") => ("host-port-conflict", 1.0),
        _ if why.contains("max volume count") => ("max-volume-count", 1.0),
        _ if why.contains("enough free storage") => ("backend-out-of-space", 1.0),
        _ if why.contains("persistent volumes to bind") => ("no-matching-static-pv", 0.9),
        _ if why.contains("ReadWriteOncePod") => ("rwop-in-use", 1.0),
        _ if why.contains("non-existent persistentvolume") => ("pv-lost", 1.0),
        _ if why.contains("persistentvolumeclaim") && why.contains("not found") => {
            ("pvc-missing", 1.0)
        }
        _ if why.contains("unbound immediate PersistentVolumeClaims") => ("unbound-pvc", 1.0),
        _ if why.contains("ephemeral volume controller") => ("unbound-pvc", 0.8),
        _ if why.contains("persistentvolumeclaim") && why.contains("is being deleted") => {
            ("pvc-protection-in-use", 0.8)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_schedulers_sentence_apart() {
        let (total, parts) = clauses(
            "0/6 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu, x}, 2 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/6 nodes are available: 6 Preemption is not helpful for scheduling.",
        );
        assert_eq!(total, 6);
        let counts: Vec<u32> = parts.iter().map(|part| part.nodes).collect();
        assert_eq!(counts, [1, 2, 3]);
        assert!(parts[0].why.contains("gpu, x"));
        let (_, parts) = clauses("0/3 nodes are available: persistentvolumeclaim \"x\" not found.");
        assert_eq!(
            parts,
            [Clause {
                nodes: 0,
                why: "persistentvolumeclaim \"x\" not found".into()
            }]
        );
    }

    #[test]
    fn every_known_clause_has_a_meaning() {
        for (why, cause) in [
            (
                "node(s) had untolerated taint {node.kubernetes.io/unreachable: }",
                "node-not-ready",
            ),
            (
                "node(s) had volume node affinity conflict",
                "pv-node-affinity-conflict",
            ),
            (
                "node(s) didn't match pod topology spread constraints (missing required label)",
                "topology-spread-conflict",
            ),
            (
                "node(s) didn't have free ports for the requested pod ports",
                "host-port-conflict",
            ),
            ("node(s) exceed max volume count", "max-volume-count"),
            ("Insufficient devices.kubevirt.io/kvm", "kvm-unavailable"),
            (
                "Insufficient nvidia.com/gpu",
                "insufficient-extended-resource",
            ),
        ] {
            assert_eq!(meaning(why).map(|(cause, _)| cause), Some(cause), "{why}");
        }
    }
}
