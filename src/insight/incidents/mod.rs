//! Symptoms collapsed into their roots.

mod survey;
mod types;

pub use survey::{Survey, survey, survey_with};
pub use types::{Consequence, Incident, Severity};
