//! The only way to change anything: classify, plan, preflight, confirm, execute, verify, record.
//!
//! [`Plan`] → [`Preflighted`] → [`Confirmed`] → [`Outcome`]: each step consumes the one before, and
//! only the gate makes a [`Confirmed`]. [`KubeWriter`] takes one by value, so a write without a
//! confirmation does not compile.

mod action;
pub mod command;
mod gate;
mod glass;
mod impact;
mod plan;
mod tier;
mod write;

pub use action::Verb;
pub use gate::{Confirmed, DryRun, Preflighted, Shut};
pub use glass::{Glass, GlassError};
pub use plan::{Fact, Plan, Refusal, Target, Weight, plan};
pub use tier::Tier;
pub use write::{KubeWriter, Outcome};
