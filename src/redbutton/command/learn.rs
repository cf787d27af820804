//! Which pattern would approve a command from now on.

use super::{Verdict, judge_line, table};
use crate::journal::Registry;

/// The pattern to add to the list of approved commands for this command and those of the same verb.
/// Nothing for what loses something, for more than one command, for what has no verb or is not
/// understood, and for what the list says is always asked for.
#[must_use]
pub fn learnable(line: &str, registry: &Registry) -> Option<String> {
    let judgement = judge_line(line, registry);
    let [part] = judgement.parts.as_slice() else {
        return None;
    };
    if part.verdict != Verdict::Ask || judgement.shell || part.matched.is_empty() {
        return None;
    }
    let (name, verb) = part.matched.split_once(' ')?;
    let words: Vec<&str> = verb.split(' ').collect();
    let known = table::tool(name)?.verb(&words)?.0 == verb;
    let pattern = known.then(|| format!("{name} {verb} *"))?;
    let more = registry.clone().and(Registry::parse(&pattern));
    (judge_line(line, &more).verdict == Verdict::Allowed).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_learnt_and_nothing_wider() {
        let registry = Registry::bundled("neutral");
        let of = |line: &str| learnable(line, &registry);
        assert_eq!(of("helm upgrade a ./b").as_deref(), Some("helm upgrade *"));
        let adm = of("oc -n x adm cordon node1");
        assert_eq!(adm.as_deref(), Some("oc adm cordon *"));
        for none in [
            "oc delete pod x",
            "helm upgrade a ./b && helm upgrade c ./d",
            "helm upgrade a ./b > out",
            "frobnicate now",
            "cp one two",
            "oc get pods",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_always_asked_for_is_not_learnt() {
        let registry = Registry::bundled("seed-lab");
        assert_eq!(learnable("oc apply -f x.yaml", &registry), None);
    }
}
