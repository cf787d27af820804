//! What changed, and when.
