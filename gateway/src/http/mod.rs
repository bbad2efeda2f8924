//! What every route needs: extractors, answers, the canonical log line.

mod address;
mod admin;
mod answer;
mod body;
mod bytes;
mod caller;
mod client;
mod failure;
mod log;
mod multipart;
mod path;
mod query;
mod state;

pub use address::ForwardedHeader;
pub(crate) use address::{address, nets};
pub(crate) use admin::AdminCaller;
pub(crate) use answer::{Created, Ok200, Yes};
pub(crate) use body::{Both, Valid, discard, named, parse};
pub(crate) use bytes::{Keep, deliver};
pub(crate) use caller::{Caller, Owner, authenticate, bearer, covers};
pub(crate) use client::Client;
pub(crate) use failure::{ApiError, Fail, FailureBody};
pub(crate) use log::canonical;
pub(crate) use multipart::{Form, is_multipart};
pub(crate) use path::Key;
pub(crate) use query::Query;
pub(crate) use state::State;
