//! The contract as documents, made from the code when the server starts: OpenAPI for the calls, AsyncAPI for `/ws`, and
//! pages of both for people. What is said of the calls is the same in every server of a process, and made once.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON by names: what is missing reads as null, and what is written to are objects that were just made"
)]

mod asyncapi;
mod errors;
mod example;
mod needs;
mod openapi;
mod page;
mod paths;
mod policies;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use bytes::Bytes;
use kernel::Internal;
use serde_json::Value;

use crate::config::Settings;
use crate::limits::Policy;
use crate::routes;
use paths::Paths;
use policies::Policies;

pub(crate) use page::{SCRIPT, STYLE};

/// The rendered documents of a server, and what they say of paths.
pub(crate) struct Documents {
    calls: &'static Calls,
    /// The AsyncAPI document.
    pub(crate) asyncapi: Bytes,
    /// The page of `/ws`.
    pub(crate) events: Bytes,
}

impl Documents {
    /// The documents of a server with these settings.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Internal> {
        let asyncapi = asyncapi::document(settings)?;
        let events = page::events(&asyncapi).into();
        Ok(Self { calls: Calls::made()?, asyncapi: json(&asyncapi)?, events })
    }

    /// The OpenAPI document.
    pub(crate) fn openapi(&self) -> &Bytes {
        &self.calls.openapi
    }

    /// The page of the calls.
    pub(crate) fn calls(&self) -> &Bytes {
        &self.calls.page
    }

    /// The methods that a path has.
    pub(crate) fn methods(&self, path: &str) -> Vec<&str> {
        self.calls.paths.methods(path)
    }

    /// The rate that a call is counted under.
    pub(crate) fn policy(&self, method: &str, path: &str) -> Policy {
        self.calls.policies.of_call(method, path)
    }
}

/// What the code says of the calls, whatever the settings.
struct Calls {
    openapi: Bytes,
    page: Bytes,
    paths: Paths,
    policies: Policies,
}

impl Calls {
    /// Made at the first time.
    fn made() -> Result<&'static Self, Internal> {
        static MADE: OnceLock<Calls> = OnceLock::new();
        if let Some(calls) = MADE.get() {
            return Ok(calls);
        }
        let openapi = openapi::document(&routes::document())?;
        let calls = Self {
            openapi: json(&openapi)?,
            page: page::calls(&openapi).into(),
            paths: Paths::of(&openapi),
            policies: Policies::of(&openapi),
        };
        Ok(MADE.get_or_init(|| calls))
    }
}

fn json(document: &Value) -> Result<Bytes, Internal> {
    serde_json::to_vec(document).map(Bytes::from).map_err(Internal::new)
}
