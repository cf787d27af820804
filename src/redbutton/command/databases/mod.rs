//! Clients of databases: the language they carry decides.

mod mongo;
mod redis;
mod sql;

pub(super) use mongo::mongo;
pub(super) use redis::redis;
pub(super) use sql::sql;
