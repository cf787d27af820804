//! Audit log, approved commands, PROGRESS.md scribe, search in past incidents.

mod audit;
mod past;
mod registry;
mod scribe;
mod under_way;

pub use audit::{EntryKind, Journal, Record, Verified};
pub use past::Past;
pub use registry::{Approval, Registry};
pub use scribe::{Scribe, ScribeError, search};
pub use under_way::UnderWay;
