//! `redbutton`: the terminal console of an SRE who runs a hybrid lab.
//!
//! One crate, one job a room; the arrows between the rooms point one way only and a test reads
//! them from the `use` lines (see ARCHITECTURE.md).
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod cli;
pub mod config;
pub mod domain;
pub mod insight;
pub mod inventory;
pub mod journal;
pub mod lab;
pub mod redbutton;
pub mod sources;
pub mod tui;
