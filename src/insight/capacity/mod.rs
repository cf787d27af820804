//! Capacity per blade and cluster: what is there, asked for, bounded and used.

mod blade;
mod drain;
mod storage;

pub use blade::{Blade, Cluster, Level, Share, blades, cluster};
pub use drain::{Loss, Stranded, lose, losses};
pub use storage::{ClassUse, classes, unprotected};
