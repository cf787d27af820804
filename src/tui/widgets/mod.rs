//! Pieces that several screens are made of.

mod bar;
mod fresh;
mod layout;
mod panel;
mod table;

pub(super) use bar::bar;
pub(super) use fresh::{fresh_mark, fresh_message};
pub(super) use panel::panel;
pub(super) use table::{draw_table, found, marked};
