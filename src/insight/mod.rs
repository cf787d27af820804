//! Pure functions of the inventory: no I/O, no clock, no globals; time is an argument.

pub mod capacity;
pub mod diagnosis;
pub mod incidents;
pub mod timeline;
pub mod troubles;
