//! Symptoms collapsed into their roots.
