//! Typed commands: what a shell line would do, judged before it runs.
//!
//! A line is taken apart into simple commands ([`lex`]) and walked through ([`walk`]); each is
//! stripped of what only wraps it (`sudo`, `timeout`, `ssh HOST`, `sh -c`, …) and held against what is
//! known of its tool (`assets/commands`). What cannot be understood is asked; a verb or flag that
//! loses something is destructive whatever surrounds it.

mod adjust;
mod as_plan;
mod call;
mod carriers;
mod clear;
mod databases;
mod feeds;
mod finders;
mod flags;
mod git;
mod http;
mod learn;
mod lexer;
mod lexicon;
mod magnitude;
mod network;
mod programs;
mod python;
mod reading;
mod scripts;
mod shells;
mod special;
mod steering;
mod storage;
mod table;
mod tar;
mod telling;
mod tools;
mod verdict;
mod walk;
mod wrappers;

pub use as_plan::as_plan;
pub use clear::{Cleared, clear, runs_freely, typed_for};
pub use learn::learnable;
pub use lexer::{Line, Redirect, Simple, Word, lex};
pub use verdict::{Judgement, Part, Verdict};
pub use walk::{judge_line, judge_words};

/// Whether a name is that of a tool whose verbs are known.
#[must_use]
pub fn is_known_tool(name: &str) -> bool {
    table::tool(name).is_some()
}
