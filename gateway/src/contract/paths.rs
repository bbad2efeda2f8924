//! Which methods a path has: what the fallback tells those who ask for another.

use serde_json::Value;

/// The operations of a document, aliases among them, as method and path template.
#[derive(Debug)]
pub(super) struct Paths(Vec<(String, String)>);

impl Paths {
    pub(super) fn of(openapi: &Value) -> Self {
        Self(operations(openapi).flat_map(|operation| operation.names()).collect())
    }

    /// The methods of the path, upper case, in the document's order.
    pub(super) fn methods(&self, path: &str) -> Vec<&str> {
        let mut methods = Vec::new();
        for (method, template) in &self.0 {
            if fits(template, path) && !methods.contains(&method.as_str()) {
                methods.push(method);
            }
        }
        methods
    }
}

pub(super) fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

/// An operation of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation<'a> {
    /// Lower case, as in the document.
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
}

impl Operation<'_> {
    /// Method and path, and those of its aliases.
    pub(super) fn names(self) -> Vec<(String, String)> {
        let own = (self.method.to_uppercase(), self.path.to_string());
        let aliases = self.value["x-aliases"].as_array().into_iter().flatten();
        let aliases = aliases.filter_map(|alias| alias.as_str()?.split_once(' '));
        let aliases = aliases.map(|(method, path)| (method.to_string(), path.to_string()));
        std::iter::once(own).chain(aliases).collect()
    }
}

/// The operations of a document, in its order.
pub(super) fn operations(openapi: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = openapi["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        let methods = methods.filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, value)| Operation { method, path, value })
    })
}

/// Of a path item, the keys that are methods.
pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aliases_are_paths_too() {
        let paths = Paths::of(&json!({ "paths": {
            "/a/{id}": { "put": { "x-aliases": ["PATCH /a/{id}"] }, "parameters": [] },
            "/b": { "get": { "x-aliases": ["GET /c"] } }
        } }));
        assert_eq!(paths.methods("/a/7"), ["PUT", "PATCH"]);
        assert_eq!(paths.methods("/c"), ["GET"]);
        assert!(paths.methods("/a").is_empty() && paths.methods("/a/7/8").is_empty());
    }
}
