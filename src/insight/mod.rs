//! Pure functions of the inventory: no I/O, no clock, no globals; time is an argument.

pub mod backup;
pub mod capacity;
pub mod diagnosis;
pub mod incidents;
mod storage_path;
pub mod timeline;
pub mod troubles;

pub use storage_path::{Stage, Stand, storage_path};
