//! From a stuck claim or a crashing pod to the thing that has to be fixed, with proof.
//!
//! Rules are data where they can be (`assets/runbooks/*.toml`, [`Runbooks`]) and code where they
//! need the graph of objects. Pure: the inventory, the logs and the time are arguments.

mod app;
mod attach;
mod certificate;
mod claim;
mod claim_static;
mod clauses;
mod consumers;
mod containers;
mod corroborate;
mod custom;
mod data_volume;
mod dependency;
mod drift;
mod expression;
mod fit;
mod growth;
mod guest;
mod inquiry;
mod load;
mod lvms;
mod machine;
mod migration;
mod names;
mod namespace;
mod node;
mod object;
mod permissions;
mod platform;
mod pod;
mod probes;
mod provisioner;
mod pve_host;
mod rank;
mod references;
mod runbook;
mod scheduling;
mod sieve;
mod sign;
mod source;
mod stage;
mod state;
mod sync;
mod types;
mod unexplained;
mod webhook;
mod workload;

use crate::{
    domain::{LogBook, Object, ObjectRef, Profile, Time},
    inventory::Inventory,
};

use inquiry::{Inquiry, bytes, span};
use sign::Finding;

pub use expression::{Late, Topics};
pub use load::{BUNDLED, RunbookError, parse_runbooks};
pub use runbook::{Facts, Hit, LOG_TOPICS, Pattern, Runbook, Runbooks, fill, fill_title};
pub use types::{Cause, Check, CheckResult, Diagnosis, Evidence, Fix, Origin, Via};

/// What a diagnosis is made from.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What is known.
    pub inventory: &'a Inventory,
    /// Logs at hand.
    pub logs: &'a LogBook,
    /// Runbooks.
    pub runbooks: &'a Runbooks,
    /// What the lab is like.
    pub profile: &'a Profile,
    /// The time.
    pub now: Time,
}

/// Diagnoses one object; `None` where nothing of that name is known.
#[must_use]
pub fn diagnose(case: &Case<'_>, subject: &ObjectRef) -> Option<Diagnosis> {
    let Some(object) = find(case.inventory, subject) else {
        return guest::diagnose(case, subject);
    };
    let subject = object.reference();
    let mut look = Inquiry::new(*case);
    look.visit(&subject);
    let fault = object::examine(&mut look, &object);
    if fault {
        webhook::follow(&mut look);
        unexplained::subject(&mut look, &object);
        corroborate::logs(&mut look);
    }
    let waiting = look
        .findings
        .iter()
        .any(|found| &*found.cause == "wait-for-first-consumer");
    let Inquiry {
        findings,
        checks,
        mut wanted,
        ..
    } = look;
    wanted.sort();
    wanted.dedup();
    let causes = if fault || waiting {
        rank::causes(case, &subject, findings)
    } else {
        Vec::new()
    };
    Some(Diagnosis {
        state: state::words(case, &object),
        subject,
        fault,
        causes,
        checks,
        wanted,
    })
}

/// The object of a reference; a machine's name finds its instance and the other way round.
fn find(inventory: &Inventory, subject: &ObjectRef) -> Option<Object> {
    inventory.object(subject).or_else(|| {
        let other = match &*subject.kind {
            "VirtualMachineInstance" => "VirtualMachine",
            "VirtualMachine" => "VirtualMachineInstance",
            _ => return None,
        };
        inventory.object(&ObjectRef {
            kind: other.into(),
            key: subject.key.clone(),
        })
    })
}
