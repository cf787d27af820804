//! The one store of what is known: applies updates, keeps indexes, freshness and rights per source.
//!
//! One task owns an [`Inventory`]; others get cheap clones (every table is behind an `Arc` and is
//! copied only when it changes while a clone lives).

mod apps;
mod index;
mod lookup;
mod news;
mod sources;
mod store;
mod table;
mod update;

pub use index::{Asked, Index, Indexes};
pub use sources::{Identity, SourceId, SourceState, SourceStatus};
pub use store::Inventory;
pub use table::Table;
pub use update::{Change, Update};
