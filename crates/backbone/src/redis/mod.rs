//! Redis: where it is, whichever way it is run, and the connections to it. [Decision 0033](../../../docs/decisions/0033-redis-cluster-and-sentinel.md).

mod address;
mod conn;
mod link;
mod place;
mod script;
mod settings;

pub use script::Script;
pub use settings::{RedisMode, RedisSettings, SentinelSettings};

pub(crate) use address::Address;
pub(crate) use conn::Conn;
pub(crate) use link::Link;
pub(crate) use place::{Cluster, Place, Server};
