//! A typed command that does what the console does too: its plan, so that its damage is worked out.

use super::{Judgement, Verdict};
use crate::{
    domain::{Kind, ObjectRef, Profile, Time},
    inventory::Inventory,
    redbutton::{Plan, Refusal, Verb, Weight, plan},
};

/// Flags that change nothing of what a command is done to.
const MANNERS: [&str; 10] = [
    "--wait",
    "--now",
    "--force",
    "--grace-period",
    "--ignore-not-found",
    "--cascade",
    "--timeout",
    "--ignore-daemonsets",
    "--delete-emptydir-data",
    "--delete-local-data",
];

/// The plan of a line that is one `oc`, `kubectl` or `virtctl` command with a verb of the console, on
/// objects by name. Nothing for every other line.
///
/// # Errors
/// Why the console would not do it: one of the objects is gone, or held by something else.
pub fn as_plan(
    line: &str,
    judgement: &Judgement,
    inventory: &Inventory,
    profile: &Profile,
    now: Time,
) -> Option<Result<Plan, Refusal>> {
    if judgement.shell || judgement.parts.len() != 1 {
        return None;
    }
    let call = Call::read(&shlex::split(line)?)?;
    let (verb, objects) = call.meaning(inventory)?;
    let planned = plan(inventory, profile, verb, &objects, now);
    Some(planned.map(|mut plan| {
        plan.commands = vec![line.to_owned()];
        plan.at_least(judgement.tier);
        let runs = "it runs as typed: whether the objects are still those shown is not looked at";
        plan.fact(Weight::Caution, runs);
        let force = judgement.verdict == Verdict::Destructive && call.force;
        if force {
            let words = "--force: nothing is waited for, and what runs may go on unseen";
            plan.fact(Weight::Loss, words);
        }
        plan
    }))
}

/// A command taken apart.
#[derive(Default)]
struct Call {
    tool: String,
    words: Vec<String>,
    namespace: Option<String>,
    replicas: Option<i32>,
    force: bool,
}

impl Call {
    /// `None` where a flag may change what it is done to.
    fn read(line: &[String]) -> Option<Self> {
        let (tool, rest) = line.split_first()?;
        let mut call = Self {
            tool: tool.clone(),
            ..Self::default()
        };
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            if !word.starts_with('-') {
                call.words.push(word.clone());
                continue;
            }
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            match flag {
                "-n" | "--namespace" => {
                    call.namespace = Some(value.or_else(|| rest.next().cloned())?);
                }
                "--replicas" => {
                    let count = value.or_else(|| rest.next().cloned())?;
                    call.replicas = Some(count.parse().ok()?);
                }
                // their values may stand apart
                "--grace-period" | "--timeout" if value.is_none() => drop(rest.next()?),
                flag if MANNERS.contains(&flag) => call.force |= flag == "--force",
                _ => return None,
            }
        }
        Some(call)
    }

    fn meaning(&self, inventory: &Inventory) -> Option<(Verb, Vec<ObjectRef>)> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        match (self.tool.as_str(), words.as_slice()) {
            ("oc" | "kubectl", ["delete", rest @ ..]) => {
                let objects = self.objects(rest, inventory)?;
                let verb = match Kind::parse(&objects.first()?.kind)? {
                    Kind::Pod => Verb::DeletePod,
                    Kind::Claim => Verb::DeleteClaim,
                    Kind::Volume => Verb::DeleteVolume,
                    Kind::Job => Verb::DeleteJob,
                    _ => return None,
                };
                Some((verb, objects))
            }
            ("oc" | "kubectl", ["scale", rest @ ..]) => {
                Some((Verb::Scale(self.replicas?), self.objects(rest, inventory)?))
            }
            ("oc" | "kubectl", ["rollout", "restart", rest @ ..]) => {
                Some((Verb::Restart, self.objects(rest, inventory)?))
            }
            ("oc", ["adm", verb, node]) | ("kubectl", [verb, node]) => {
                let verb = match *verb {
                    "cordon" => Verb::Cordon,
                    "uncordon" => Verb::Uncordon,
                    "drain" => Verb::Drain,
                    _ => return None,
                };
                let name = node.rsplit('/').next().unwrap_or(node);
                Some((verb, vec![ObjectRef::new(Kind::Node.as_str(), "", name)]))
            }
            ("virtctl", [verb, name]) => {
                let verb = match *verb {
                    "start" => Verb::Start,
                    "stop" => Verb::Stop,
                    "restart" => Verb::RestartMachine,
                    "migrate" => Verb::Migrate,
                    _ => return None,
                };
                Some((verb, vec![self.object(Kind::Vm, name, inventory)]))
            }
            _ => None,
        }
    }

    /// `KIND NAME…` or `KIND/NAME…`, all of one kind.
    fn objects(&self, words: &[&str], inventory: &Inventory) -> Option<Vec<ObjectRef>> {
        let (first, names) = words.split_first()?;
        let named: Vec<(Kind, &str)> = match kind_of(first) {
            Some(kind) => names.iter().map(|name| (kind, *name)).collect(),
            None => {
                let pairs = words.iter().map(|word| word.split_once('/'));
                let known =
                    pairs.map(|pair| pair.and_then(|(kind, name)| Some((kind_of(kind)?, name))));
                known.collect::<Option<_>>()?
            }
        };
        let kind = named.first()?.0;
        let same = named.iter().all(|one| one.0 == kind);
        let objects = named
            .iter()
            .map(|(kind, name)| self.object(*kind, name, inventory));
        same.then(|| objects.collect())
    }

    fn object(&self, kind: Kind, name: &str, inventory: &Inventory) -> ObjectRef {
        let namespace = match &self.namespace {
            _ if !kind.resource().namespaced => "",
            Some(said) => said,
            None if inventory.identity.namespace.is_empty() => "default",
            None => &inventory.identity.namespace,
        };
        ObjectRef::new(kind.as_str(), namespace, name)
    }
}

/// A kind as one types it: its name, its plural or a short one.
fn kind_of(word: &str) -> Option<Kind> {
    let word = word.to_lowercase();
    let short = match word.as_str() {
        "po" => "pod",
        "no" => "node",
        word => word,
    };
    let mut kinds = Kind::ALL.iter().copied();
    kinds.find(|kind| {
        [kind.short(), kind.resource().plural].contains(&short)
            || kind.as_str().eq_ignore_ascii_case(short)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(line: &str) -> Option<(Verb, Vec<String>)> {
        let mut inventory = Inventory::default();
        std::sync::Arc::make_mut(&mut inventory.identity).namespace = "media".into();
        let call = Call::read(&shlex::split(line).unwrap())?;
        let (verb, objects) = call.meaning(&inventory)?;
        Some((verb, objects.iter().map(ObjectRef::short).collect()))
    }

    #[test]
    fn what_the_console_does_too_is_understood() {
        for (line, verb, object) in [
            ("oc delete pvc plex -n tv", Verb::DeleteClaim, "pvc/tv/plex"),
            (
                "kubectl delete po/a --force --grace-period 0",
                Verb::DeletePod,
                "pod/media/a",
            ),
            (
                "kubectl -n tv scale deploy plex --replicas=0",
                Verb::Scale(0),
                "deploy/tv/plex",
            ),
            (
                "oc rollout restart deployment/plex",
                Verb::Restart,
                "deploy/media/plex",
            ),
            (
                "oc adm drain n1 --ignore-daemonsets",
                Verb::Drain,
                "node/n1",
            ),
            (
                "oc delete persistentvolume old",
                Verb::DeleteVolume,
                "pv/old",
            ),
            (
                "virtctl stop router --namespace=vms",
                Verb::Stop,
                "vm/vms/router",
            ),
        ] {
            assert_eq!(
                meaning(line),
                Some((verb, vec![object.to_owned()])),
                "{line}"
            );
        }
        let several = meaning("oc delete pod a b").unwrap();
        assert_eq!(several.1, ["pod/media/a", "pod/media/b"]);
    }

    #[test]
    fn what_may_be_done_to_something_else_is_not() {
        for line in [
            "oc delete pods --all",
            "oc delete pod -l app=x",
            "oc delete -f plex.yaml",
            "oc delete pod a --context other",
            "oc delete pod/a pvc/b",
            "oc delete pod",
            "oc delete route x",
            "oc scale deploy/x",
            "helm uninstall plex",
        ] {
            assert_eq!(meaning(line), None, "{line}");
        }
    }
}
