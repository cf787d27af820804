//! Typed commands: what a shell line would do, judged before it runs.
//!
//! A line is taken apart into simple commands ([`lex`]); each is stripped of what only wraps it
//! (`sudo`, `timeout`, `ssh HOST`, `sh -c`, …) and held against what is known of its tool. What
//! cannot be understood is asked; a verb or flag that loses something is destructive whatever
//! surrounds it.

mod clear;
mod databases;
mod http;
mod inside;
mod judge;
mod lexer;
mod nested;
mod reading;
mod scripts;
mod special;
mod surround;
mod table;

pub use clear::{Cleared, clear, runs_freely, typed_for};
pub use judge::{Judgement, Part, Verdict, judge_line, judge_words};
pub use lexer::{Line, Redirect, Simple, Word, lex};

/// Whether a name is that of a tool whose verbs are known.
#[must_use]
pub fn is_known_tool(name: &str) -> bool {
    table::tool(name).is_some()
}
