//! Parse, dispatch, exit code; no logic.
fn main() {}
