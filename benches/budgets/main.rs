//! What the program costs, against its budgets: `cargo bench`.
//!
//! A lab of ten thousand pods is served on loopback; figures inside this process come first, then the
//! program itself in a pseudo-terminal. `cargo bench -- inside` or `outside` does one half. Nothing
//! here passes or fails: machines differ, and the table says what they make of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cluster;
mod inside;
mod outside;
mod sheet;

use sheet::Sheet;

/// Pods of the lab that is measured against.
const PODS: usize = 10_000;
/// Nodes of that lab.
const NODES: usize = 100;

fn main() {
    let halves: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wants = |half: &str| halves.is_empty() || halves.iter().any(|word| word == half);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut sheet = Sheet::default();
    if wants("inside") {
        inside::measure(&mut sheet);
    }
    if wants("outside") {
        outside::measure(&mut sheet);
    }
    println!("\n{PODS} pods with their owners on {NODES} nodes, {cores} cores\n");
    print!("{sheet}");
}
