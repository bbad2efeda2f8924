//! The contract as documents, made from the code when the server starts: OpenAPI for the calls, AsyncAPI for `/ws`, and
//! pages of both for people.

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

use bytes::Bytes;
use kernel::Internal;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::config::Settings;
use crate::limits::Policy;
use paths::Paths;
use policies::Policies;

pub(crate) use page::{SCRIPT, STYLE};

/// The rendered documents, and what they say of paths.
pub(crate) struct Documents {
    /// The OpenAPI document.
    pub(crate) openapi: Bytes,
    /// The AsyncAPI document.
    pub(crate) asyncapi: Bytes,
    /// The page of the calls.
    pub(crate) calls: Bytes,
    /// The page of `/ws`.
    pub(crate) events: Bytes,
    paths: Paths,
    policies: Policies,
}

impl Documents {
    /// The documents of a server with these routes and settings.
    pub(crate) fn new(routes: &OpenApi, settings: &Settings) -> Result<Self, Internal> {
        let openapi = openapi::document(routes)?;
        let asyncapi = asyncapi::document(settings)?;
        let json = |document: &Value| serde_json::to_vec(document).map(Bytes::from).map_err(Internal::new);
        Ok(Self {
            openapi: json(&openapi)?,
            asyncapi: json(&asyncapi)?,
            calls: page::calls(&openapi).into(),
            events: page::events(&asyncapi).into(),
            paths: Paths::of(&openapi),
            policies: Policies::of(&openapi),
        })
    }

    /// The methods that a path has.
    pub(crate) fn methods(&self, path: &str) -> Vec<&str> {
        self.paths.methods(path)
    }

    /// The rate that a call is counted under.
    pub(crate) fn policy(&self, method: &str, path: &str) -> Policy {
        self.policies.of_call(method, path)
    }
}
