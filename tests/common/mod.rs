//! What tests of rules share: the bundled runbooks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use redbutton::insight::diagnosis::{BUNDLED, Runbooks, parse_runbooks};

/// All bundled runbooks.
pub fn runbooks() -> Runbooks {
    let all = BUNDLED
        .iter()
        .flat_map(|(file, text)| parse_runbooks(file, text).unwrap())
        .collect();
    Runbooks::new(all)
}
