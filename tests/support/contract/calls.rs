//! Answers, held against the OpenAPI document.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::strict::{Schemas, Strict};

/// The calls of the document.
#[derive(Debug)]
pub struct Calls {
    operations: Vec<Operation>,
    /// What a path that is none answers.
    failure: Strict,
}

#[derive(Debug)]
struct Operation {
    /// Method and path template, its own and those of its aliases.
    names: Vec<(String, String)>,
    answers: HashMap<u16, Documented>,
}

#[derive(Debug)]
struct Documented {
    /// By content type.
    bodies: HashMap<String, Strict>,
    /// The codes of a failure.
    codes: Option<Vec<String>>,
}

/// An answer that somebody got.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Upper case.
    pub method: &'a str,
    /// Without the query.
    pub path: &'a str,
    /// Its status.
    pub status: u16,
    /// The `Content-Type`; empty without one.
    pub content_type: &'a str,
    /// The body as it came.
    pub body: &'a str,
}

impl Calls {
    pub(super) fn new(document: &Value) -> Self {
        let schemas = Schemas::of(document);
        let failure = schemas.strict(&json!({ "$ref": "#/components/schemas/FailureBody" }));
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let schemas = &schemas;
            let methods =
                item.as_object().expect("methods").iter().filter(|(_, operation)| operation.is_object());
            methods.map(move |(method, operation)| Operation::new(method, path, operation, schemas))
        });
        Self { operations: operations.collect(), failure }
    }

    /// What about an answer is not as the document says.
    pub fn wrong(&self, seen: Seen<'_>) -> Option<String> {
        let wrong = match self.find(seen.method, seen.path) {
            Some(operation) => operation.wrong(seen),
            None => self.wrong_fallback(seen),
        };
        wrong.map(|wrong| {
            format!("{} {} answers {}: {wrong}: {}", seen.method, seen.path, seen.status, seen.body)
        })
    }

    fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let names = |exact: bool| {
            self.operations.iter().find(|operation| {
                operation.names.iter().any(|(one, template)| one == method && fits(template, path, exact))
            })
        };
        // What is written out comes before what a parameter stands for.
        names(true).or_else(|| names(false))
    }

    /// 405 where there are other methods, else 404; or 429, for these are counted too.
    fn wrong_fallback(&self, seen: Seen<'_>) -> Option<String> {
        let known = self.operations.iter().flat_map(|operation| &operation.names);
        // The page's files are no calls: the document does not list them.
        let file = seen.status == 405 && !seen.path.starts_with("/api/");
        let known = file || known.into_iter().any(|(_, template)| fits(template, seen.path, false));
        let (status, code) = if known { (405, "METHOD_NOT_ALLOWED") } else { (404, "RESOURCE_NOT_FOUND") };
        let Ok(body) = serde_json::from_str::<Value>(seen.body) else { return Some("no JSON".into()) };
        let limited = seen.status == 429 && body["code"] == "RATE_LIMITED" && seen.path.starts_with("/api/");
        if !limited && (seen.status != status || body["code"] != code) {
            return Some(format!("not in the document, and not {status} {code}"));
        }
        self.failure.wrong(&body)
    }
}

impl Operation {
    fn new(method: &str, path: &str, operation: &Value, schemas: &Schemas) -> Self {
        let aliases = operation["x-aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let aliases = aliases.map(|alias| alias.split_once(' ').expect("method and path"));
        let names = aliases.map(|(method, path)| (method.to_string(), path.to_string()));
        let answers =
            operation["responses"].as_object().expect("responses").iter().map(|(status, response)| {
                let content = response["content"].as_object().into_iter().flatten();
                let bodies = content.map(|(kind, body)| (kind.clone(), schemas.strict(&body["schema"])));
                let codes = response["x-codes"].as_array();
                let codes =
                    codes.map(|all| all.iter().filter_map(|code| code.as_str().map(Into::into)).collect());
                (status.parse().expect("a status"), Documented { bodies: bodies.collect(), codes })
            });
        Self {
            names: names.chain([(method.to_uppercase(), path.to_string())]).collect(),
            answers: answers.collect(),
        }
    }

    fn wrong(&self, seen: Seen<'_>) -> Option<String> {
        let Some(answer) = self.answers.get(&seen.status) else {
            return Some("the status is not documented".into());
        };
        let kind = seen.content_type.split(';').next().unwrap_or_default().trim();
        // A range stands for every kind: a file has its own.
        let Some(schema) = answer.bodies.get(kind).or_else(|| answer.bodies.get("*/*")) else {
            return (!answer.bodies.is_empty())
                .then(|| format!("the content type {kind:?} is not documented"));
        };
        let body = if kind == "application/json" {
            match serde_json::from_str::<Value>(seen.body) {
                Ok(body) => body,
                Err(error) => return Some(format!("no JSON: {error}")),
            }
        } else {
            Value::String(seen.body.to_string())
        };
        if let Some(codes) = &answer.codes
            && !codes.iter().any(|code| body["code"] == code.as_str())
        {
            return Some(format!("the code is none of {codes:?}"));
        }
        schema.wrong(&body)
    }
}

/// Whether a path fits a template; `exact`: without a parameter.
fn fits(template: &str, path: &str, exact: bool) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted == given || !exact && wanted.starts_with('{'))
}
