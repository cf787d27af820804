//! The only way to change anything: classify, plan, preflight, confirm, execute, verify, record.

pub mod command;
mod tier;

pub use tier::Tier;
