//! The nouns of the lab: plain data, no I/O, no clock.
//!
//! Objects are slim: only the fields that the console reads, repeated strings shared, equal pod
//! templates stored once. `managedFields` and the contents of Secrets never get here.

mod app;
mod app_detail;
mod claim;
mod cluster;
mod condition;
mod custom;
mod event;
mod guest;
mod kind;
mod logbook;
mod meta;
mod moment;
mod network;
mod node;
mod object;
mod pod;
mod podspec;
mod probe;
mod profile;
mod quantity;
mod reading;
mod subject;
mod text;
mod usage;
mod vm;
mod workload;

pub use app::*;
pub use app_detail::*;
pub use claim::*;
pub use cluster::*;
pub use condition::*;
pub use custom::*;
pub use event::*;
pub use guest::*;
pub use kind::*;
pub use logbook::*;
pub use meta::*;
pub use moment::*;
pub use network::*;
pub use node::*;
pub use object::*;
pub use pod::*;
pub use podspec::*;
pub use probe::*;
pub use profile::*;
pub use quantity::*;
pub use reading::*;
pub use subject::*;
pub use text::*;
pub use usage::*;
pub use vm::*;
pub use workload::*;

/// A moment, exact to the nanosecond, always UTC.
pub type Time = jiff::Timestamp;
