//! What tests of the dump share: its time and the bundled runbooks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use redbutton::insight::diagnosis::{BUNDLED, Runbooks, parse_runbooks};

/// The time of the dump.
pub const NOW: &str = "2026-11-24T03:28:43Z";

/// All bundled runbooks.
pub fn runbooks() -> Runbooks {
    let all = BUNDLED
        .iter()
        .flat_map(|(file, text)| parse_runbooks(file, text).unwrap())
        .collect();
    Runbooks::new(all).unwrap()
}
