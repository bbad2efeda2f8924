//! Which rate each call is counted under, as its handler says in `x-rate-limit`.

use std::collections::HashMap;

use serde_json::Value;

use super::paths::{fits, operations};
use crate::limits::Policy;

/// The policies of the calls, by method, upper case.
#[derive(Debug, Default)]
pub(super) struct Policies(HashMap<String, Calls>);

#[derive(Debug, Default)]
struct Calls {
    /// Paths without a parameter.
    plain: HashMap<String, Policy>,
    /// Path templates, in the document's order, by their number of segments.
    templates: HashMap<usize, Vec<(String, Policy)>>,
}

impl Policies {
    pub(super) fn of(openapi: &Value) -> Self {
        let mut all = Self::default();
        for operation in operations(openapi) {
            let policy = Policy::of(operation.value["x-rate-limit"].as_str());
            for (method, path) in operation.names() {
                let calls = all.0.entry(method).or_default();
                if path.contains('{') {
                    calls.templates.entry(segments(&path)).or_default().push((path, policy));
                } else {
                    calls.plain.insert(path, policy);
                }
            }
        }
        all
    }

    /// The policy of a call. What the document does not have is a request like others below `/api/`, so that nobody tries
    /// paths for nothing, and else not counted: the page's files.
    pub(super) fn of_call(&self, method: &str, path: &str) -> Policy {
        let known = self.0.get(method).and_then(|calls| {
            let templates = || calls.templates.get(&segments(path)).into_iter().flatten();
            let templated = || Some(templates().find(|(template, _)| fits(template, path))?.1);
            calls.plain.get(path).copied().or_else(templated)
        });
        let other = if path.starts_with("/api/") { Policy::Requests } else { Policy::None };
        known.unwrap_or(other)
    }
}

fn segments(path: &str) -> usize {
    path.split('/').count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_counted_as_its_handler_says_under_every_name() {
        let policies = Policies::of(&json!({ "paths": {
            "/api/a/{id}": { "post": { "x-rate-limit": "messages", "x-aliases": ["POST /api/b/{id}/c"] } },
            "/api/a/plain": { "post": { "x-rate-limit": "requests" }, "get": {} },
            "/health": { "get": { "x-rate-limit": "none" } },
            "/ws": { "get": {} },
        } }));
        for (method, path, policy) in [
            ("POST", "/api/a/7", Policy::Messages),
            ("POST", "/api/b/7/c", Policy::Messages),
            ("POST", "/api/a/plain", Policy::Requests),
            ("GET", "/api/a/plain", Policy::Requests),
            ("DELETE", "/api/a/7", Policy::Requests),
            ("GET", "/api/nothing", Policy::Requests),
            ("GET", "/ws", Policy::Requests),
            ("GET", "/health", Policy::None),
            ("GET", "/assets/style.css", Policy::None),
        ] {
            assert_eq!(policies.of_call(method, path), policy, "{method} {path}");
        }
    }
}
