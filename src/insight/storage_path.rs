//! The way of a claim from its class to a running pod, as questions in the order in which a cluster
//! answers them, and where on this way a claim stands.

use super::diagnosis::Diagnosis;
use crate::{
    domain::{Claim, Key, Pod},
    inventory::Inventory,
};

/// How far a claim got with one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Answered in its favour, or not asked of it.
    Passed,
    /// It is held up here.
    Stuck,
    /// It waits here as it should.
    Waits,
    /// Not reached yet.
    Ahead,
}

/// One question on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The question, in a few words.
    pub question: &'static str,
    /// How far the claim got.
    pub stand: Stand,
    /// What is known about it; empty for what lies ahead.
    pub answer: String,
}

/// The questions, in order. Their places are what [`place`] tells of a cause.
const QUESTIONS: [&str; 7] = [
    "class there?",
    "pod needed first?",
    "provisioner runs?",
    "back end makes it?",
    "volume bound?",
    "attached?",
    "mounted?",
];
const CLASS: usize = 0;
const CONSUMER: usize = 1;
const PROVISIONER: usize = 2;
const BACK_END: usize = 3;
const BOUND: usize = 4;
const ATTACHED: usize = 5;
const MOUNTED: usize = 6;

/// The question at which a cause holds a claim up.
fn place(cause: &str) -> Option<usize> {
    let at = match cause {
        "storageclass-missing" | "no-default-storageclass" => CLASS,
        "wait-for-first-consumer"
        | "wait-for-first-consumer-consumer-unschedulable"
        | "wffc-nodename-bypass" => CONSUMER,
        "provisioner-not-running" | "provisioner-name-mismatch" | "provisioner-secret-missing" => {
            PROVISIONER
        }
        "no-matching-static-pv" | "static-pv-already-claimed" | "pv-lost" => BOUND,
        "volume-in-use-multi-attach"
        | "rwop-in-use"
        | "max-volume-count"
        | "csi-node-plugin-not-running"
        | "pv-node-affinity-conflict" => ATTACHED,
        "mount-failed-nfs"
        | "filesystem-corrupt"
        | "resize-pending"
        | "resize-failed"
        | "resizer-not-running" => MOUNTED,
        "provisioner-error-dataset"
        | "orphaned-backend-volume"
        | "provisioner-unreachable-backend"
        | "provisioner-auth"
        | "provisioner-api-version-mismatch"
        | "namespace-quota-exceeded"
        | "backend-out-of-space"
        | "lvm-thin-pool-leftover"
        | "lvm-no-available-device"
        | "access-mode-unsupported"
        | "snapshot-source-missing"
        | "snapshot-not-ready"
        | "clone-source-missing" => BACK_END,
        _ => return None,
    };
    Some(at)
}

/// The way of a claim, with the place where its diagnosis sees it held up.
#[must_use]
pub fn storage_path(inventory: &Inventory, claim: &Claim, diagnosis: &Diagnosis) -> Vec<Stage> {
    let way = Way::new(inventory, claim);
    let here = way.here(diagnosis);
    QUESTIONS
        .into_iter()
        .enumerate()
        .map(|(at, question)| Stage {
            question,
            stand: match here {
                Some(here) if at == here && diagnosis.fault => Stand::Stuck,
                Some(here) if at == here => Stand::Waits,
                Some(here) if at > here => Stand::Ahead,
                _ => Stand::Passed,
            },
            answer: match here {
                Some(here) if at > here => String::new(),
                Some(here) if at == here => diagnosis
                    .causes
                    .first()
                    .map_or_else(|| way.answer(at), |cause| cause.title.clone()),
                _ => way.answer(at),
            },
        })
        .collect()
}

/// A claim with what surrounds it.
struct Way<'a> {
    inventory: &'a Inventory,
    claim: &'a Claim,
    users: Vec<&'a Pod>,
    waits_for_consumer: bool,
    is_static: bool,
}

impl<'a> Way<'a> {
    fn new(inventory: &'a Inventory, claim: &'a Claim) -> Self {
        let class = match claim.class_name() {
            Some(name) => inventory.classes.find("", name),
            None => inventory.default_class(),
        };
        Self {
            inventory,
            claim,
            users: inventory
                .pods_of_claim(&claim.meta.key)
                .map(|pod| &**pod)
                .filter(|pod| !pod.is_finished())
                .collect(),
            waits_for_consumer: class.is_some_and(|class| class.waits_for_consumer()),
            is_static: class
                .is_none_or(|class| &*class.provisioner == "kubernetes.io/no-provisioner"),
        }
    }

    /// The question at which it stands; `None` where its pods run with it.
    fn here(&self, diagnosis: &Diagnosis) -> Option<usize> {
        let told = diagnosis.causes.first().and_then(|cause| place(&cause.id));
        if &*self.claim.phase == "Bound" {
            // what was passed on the way to a volume cannot hold a bound claim up
            let told = told.filter(|at| *at > BOUND || (*at == BOUND && diagnosis.fault));
            return told.or_else(|| self.after_binding());
        }
        if &*self.claim.phase == "Lost" {
            return Some(BOUND);
        }
        if let Some(at) = told {
            return Some(at.min(BOUND));
        }
        let asked = self.claim.selected_node().is_none();
        Some(match (self.waits_for_consumer && asked, self.is_static) {
            (true, _) => CONSUMER,
            (false, true) => BOUND,
            (false, false) => PROVISIONER,
        })
    }

    fn after_binding(&self) -> Option<usize> {
        if self.users.is_empty() || (self.must_attach() && self.attached_to().is_empty()) {
            Some(ATTACHED)
        } else if self.users.iter().all(|pod| &*pod.phase == "Pending") {
            Some(MOUNTED)
        } else {
            None
        }
    }

    /// Whether the driver attaches volumes, as far as it says so.
    fn must_attach(&self) -> bool {
        let driver = self.claim.provisioner().map_or("", |name| name);
        self.inventory
            .csi_drivers
            .get(&Key::new("", driver))
            .is_some_and(|driver| driver.attach_required)
    }

    fn attached_to(&self) -> Vec<&'a str> {
        self.inventory
            .attachments
            .iter()
            .filter(|one| one.attached && one.volume == self.claim.volume)
            .map(|one| &*one.node)
            .collect()
    }

    /// What is known about a question that was passed, or where the claim stands without a cause.
    fn answer(&self, at: usize) -> String {
        match at {
            CLASS => match self.claim.class_name() {
                Some(name) if !name.is_empty() => format!("yes, {name}"),
                Some(_) => "none wanted: static volumes only".into(),
                None => "the default".into(),
            },
            CONSUMER if !self.waits_for_consumer => "no, it is bound at once".into(),
            CONSUMER => match (self.claim.selected_node(), self.users.first()) {
                (Some(node), _) => format!("yes, chosen: {node}"),
                (None, Some(pod)) => format!("yes: {}", pod.meta.key.name),
                (None, None) => "yes, and no pod uses it yet".into(),
            },
            PROVISIONER | BACK_END if self.is_static => "not asked: static volumes".into(),
            PROVISIONER => self
                .claim
                .provisioner()
                .map_or_else(|| "yes".into(), |driver| format!("yes, {driver}")),
            BACK_END => "yes".into(),
            BOUND if self.claim.volume.is_empty() => "no".into(),
            BOUND => format!("yes, {}", self.claim.volume),
            ATTACHED if self.users.is_empty() => "no pod uses it".into(),
            ATTACHED if !self.must_attach() => "not needed by this driver".into(),
            ATTACHED => match self.attached_to()[..] {
                [] => "not yet".into(),
                ref nodes => format!("to {}", nodes.join(", ")),
            },
            _ => match self.users.first() {
                Some(pod) => format!("{} is {}", pod.meta.key.name, pod.phase),
                None => String::new(),
            },
        }
    }
}
