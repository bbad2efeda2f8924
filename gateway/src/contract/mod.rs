//! The contract as documents, made from the code: OpenAPI for the calls when the first server of the process starts,
//! AsyncAPI for `/ws` when it is first asked for, and pages of both for people.

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

/// What a server says of itself: the calls' rates and paths, and the rendered documents.
pub(crate) struct Documents {
    calls: &'static Calls,
    settings: Settings,
    live: OnceLock<Live>,
}

impl Documents {
    /// The documents of a server with these settings.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Internal> {
        static CALLS: OnceLock<Calls> = OnceLock::new();
        let calls = once(&CALLS, Calls::new)?;
        Ok(Self { calls, settings: settings.clone(), live: OnceLock::new() })
    }

    /// What is said of the calls.
    pub(crate) fn calls(&self) -> &Calls {
        self.calls
    }

    /// What is said of `/ws`: made when somebody first asks for it.
    pub(crate) fn live(&self) -> Result<&Live, Internal> {
        once(&self.live, || Live::new(&self.settings))
    }
}

/// What the code says of the calls, whatever the settings: the same in every server of a process.
pub(crate) struct Calls {
    /// The OpenAPI document.
    pub(crate) openapi: Bytes,
    /// It as a page.
    pub(crate) page: Bytes,
    paths: Paths,
    policies: Policies,
}

impl Calls {
    fn new() -> Result<Self, Internal> {
        let document = openapi::document(&routes::document())?;
        Ok(Self {
            openapi: json(&document)?,
            page: page::calls(&document).into(),
            paths: Paths::of(&document),
            policies: Policies::of(&document),
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

/// What a server says of its `/ws`.
pub(crate) struct Live {
    /// The AsyncAPI document.
    pub(crate) asyncapi: Bytes,
    /// It as a page.
    pub(crate) page: Bytes,
}

impl Live {
    fn new(settings: &Settings) -> Result<Self, Internal> {
        let document = asyncapi::document(settings)?;
        Ok(Self { asyncapi: json(&document)?, page: page::events(&document).into() })
    }
}

/// What is in `cell`, made if it is not there yet. Two who ask at once may both make it; one of them is kept.
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T, Internal>) -> Result<&T, Internal> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}

fn json(document: &Value) -> Result<Bytes, Internal> {
    serde_json::to_vec(document).map(Bytes::from).map_err(Internal::new)
}
