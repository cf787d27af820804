//! From a stuck claim or a crashing pod to the thing that has to be fixed, with proof.
//!
//! Rules are data where they can be (`assets/runbooks/*.toml`, [`Runbooks`]) and code where they
//! need the graph of objects. Pure: the inventory, the logs and the time are arguments.

mod runbook;
mod types;

use crate::{
    domain::{LogBook, Profile, Time},
    inventory::Inventory,
};

pub use runbook::{Facts, Hit, Pattern, Runbook, Runbooks, fill};
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
