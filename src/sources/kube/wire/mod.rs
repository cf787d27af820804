//! Objects as the API server sends them: one struct for both forms, protobuf and JSON.
//!
//! Only the fields that the console reads are named; both decoders skip the rest by its length.
//! Field numbers are those of the API's own `generated.proto` files.

mod apps;
mod claim;
mod core;
mod envelope;
mod keyed;
mod meta;
mod net;
mod node;
mod pod;
mod pod_status;
mod pod_volume;
mod scalar;
mod storage;

pub(crate) use apps::*;
pub(crate) use claim::*;
pub(crate) use core::*;
pub(crate) use envelope::*;
pub(crate) use keyed::Keyed;
pub(crate) use meta::*;
pub(crate) use net::*;
pub(crate) use node::*;
pub(crate) use pod::*;
pub(crate) use pod_status::*;
pub(crate) use pod_volume::*;
pub(crate) use scalar::*;
pub(crate) use storage::*;
