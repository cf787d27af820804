//! Symptoms collapsed into their roots.

mod types;

pub use types::{Consequence, Incident, Severity};
