//! The OpenAPI document: what the handlers say of themselves, and what all of them have in common.

use std::collections::BTreeMap;

use kernel::{Code, Internal};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::errors::Scene;
use super::example::{self, Absent};
use super::paths::METHODS;
use super::{errors, needs};
use crate::limits::Policy;

const JSON: &str = "application/json";
/// Where the JSON of a body or response stands in it.
const CONTENT: &str = "/content/application~1json";
const FAILURE: &str = "#/components/schemas/FailureBody";

/// The document of these routes.
pub(super) fn document(routes: &OpenApi) -> Result<Value, Internal> {
    let mut document = serde_json::to_value(routes).map_err(Internal::new)?;
    let schemas = document["components"]["schemas"].clone();
    let words = document["info"]["description"].as_str().unwrap_or_default().to_string();
    document["info"]["description"] = format!("{words}\n\n## Error codes\n\n{}", errors::markdown()).into();
    document["info"]["x-summary"] = words.into();
    document["x-error-codes"] = errors::table();
    document["components"]["securitySchemes"] = json!({ "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `token` of `POST /api/auth/login`, or an API key that may do what the call does."
    }, "login": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `token` of `POST /api/auth/login`; an API key will not do."
    } });
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                complete(operation, &schemas);
            }
        }
    }
    Ok(document)
}

/// Adds what every operation has: a name of its own, what it needs, the failures that it can answer with, examples.
fn complete(operation: &mut Value, schemas: &Value) {
    let tag = operation["tags"][0].as_str().unwrap_or_default().to_string();
    let id = camel(&format!("{tag}_{}", operation["operationId"].as_str().unwrap_or_default()));
    limit(operation);
    let (needed, aliases) = (take(operation, "x-permissions"), take(operation, "x-aliases"));
    let codes = codes(operation, &needed);
    operation["operationId"] = id.into();
    let login = operation["security"][0].get("login").is_some();
    let words = words(operation["description"].as_str(), &needed, login, &aliases);
    operation["description"] = words.into();
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        illustrate(parameter, schemas, Absent::Omitted);
    }
    if let Some(content) = operation.pointer_mut(&format!("/requestBody{CONTENT}")) {
        illustrate(content, schemas, Absent::Omitted);
    }
    for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(content) = response.pointer_mut(CONTENT) {
            illustrate(content, schemas, Absent::Null);
        }
    }
    let keys = operation["parameters"].as_array().into_iter().flatten();
    let mut keys = keys.filter(|parameter| parameter["in"] == "path").filter_map(|key| key["name"].as_str());
    let key = keys.next_back().map(ToString::to_string);
    let has_body = operation.get("requestBody").is_some();
    let scene = Scene { tag: &tag, key: key.as_deref(), has_body, needs: &needed };
    for (status, codes) in by_status(&codes) {
        let response = operation["responses"].as_object_mut().map(|all| all.entry(status.to_string()));
        if let Some(response) = response {
            response.or_insert_with(|| failure(&codes, scene));
        }
    }
    for (name, value) in [("x-permissions", needed), ("x-aliases", aliases)] {
        if !value.is_null() {
            operation[name] = value;
        }
    }
    operation["x-errors"] = codes.iter().map(|code| code.name()).collect();
}

/// The rate that it is counted under, unless it says so itself: what is part of the product under none.
fn limit(operation: &mut Value) {
    if operation["x-rate-limit"].is_null() {
        let policy = if operation["tags"][0] == "product" { Policy::None } else { Policy::Requests };
        operation["x-rate-limit"] = policy.name().into();
    }
}

/// The codes that it can fail with: those that it declares, and those that follow from its form.
fn codes(operation: &mut Value, needs: &Value) -> Vec<Code> {
    let declared = take(operation, "x-errors");
    let declared = declared.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let has_body = operation.get("requestBody").is_some();
    let follows = |code: &Code| match code {
        Code::Internal => true,
        // What is part of the product itself needs nothing that could be down.
        Code::Unavailable => operation["tags"][0] != "product",
        Code::RateLimited => operation["x-rate-limit"] != Policy::None.name(),
        // FORBIDDEN: what every API key may be told.
        Code::Unauthenticated | Code::TokenExpired | Code::Forbidden => operation.get("security").is_some(),
        Code::ValidationFailed | Code::PayloadTooLarge => has_body,
        // What a permission in a place is needed for, who is timed out there may not.
        Code::TimedOut => {
            declared.contains(&Code::InsufficientPermissions.name()) && needs != &json!(["ADMIN"])
        }
        _ => false,
    };
    let all = Code::ALL.iter().copied();
    all.filter(|code| declared.contains(&code.name()) || follows(code)).collect()
}

fn by_status(codes: &[Code]) -> BTreeMap<u16, Vec<Code>> {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status()).or_default().push(*code);
    }
    by_status
}

/// The response of a failure with one of these codes.
fn failure(codes: &[Code], scene: Scene<'_>) -> Value {
    let words = codes.iter().map(|code| errors::line(*code)).collect::<Vec<_>>().join("\n\n");
    let examples = codes.iter().map(|code| {
        (
            code.name().to_string(),
            json!({ "summary": code.meaning(), "value": errors::example(*code, scene) }),
        )
    });
    let examples = examples.collect::<Map<_, _>>();
    let mut failure = json!({
        "description": words,
        "content": { JSON: { "schema": { "$ref": FAILURE }, "examples": examples } },
        "x-codes": codes.iter().map(|code| code.name()).collect::<Vec<_>>(),
    });
    if codes.contains(&Code::RateLimited) {
        failure["headers"] = refusal_headers();
    }
    failure
}

/// What a refusal by the limits says beside its body.
fn refusal_headers() -> Value {
    let header = |kind: &str, words: &str, example: Value| json!({ "description": words, "schema": { "type": kind }, "example": example });
    json!({
        "Retry-After": header("integer", "After how many seconds to try again.", 3.into()),
        "RateLimit-Policy": header("string", "The rate.", "\"requests\";q=1000;w=3600;guildhall-burst=100".into()),
        "RateLimit": header("string", "How it stands.", "\"requests\";r=0;t=3".into()),
    })
}

/// What it says of itself, what it needs, and its other names.
fn words(own: Option<&str>, needed: &Value, login: bool, aliases: &Value) -> String {
    let own = own.unwrap_or_default().trim().to_string();
    let needs = needs::sentence(needed).unwrap_or_else(|| "Open to everybody: needs no token.".into());
    let aliases = aliases.as_array().into_iter().flatten().filter_map(Value::as_str);
    let aliases = aliases.map(|alias| format!("`{alias}`")).collect::<Vec<_>>().join(", ");
    let also = if aliases.is_empty() { aliases } else { format!("Also: {aliases}.") };
    let needs = if login { format!("{needs} With a login, not with an API key.") } else { needs };
    let parts = [own, needs, also].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// Gives an example to what has none: a parameter, or a body.
fn illustrate(what: &mut Value, schemas: &Value, absent: Absent) {
    if what.get("example").is_some() || what.get("examples").is_some() {
        return;
    }
    if let Ok(example) = example::of(&what["schema"], schemas, absent) {
        what["example"] = example;
    }
}

fn take(value: &mut Value, name: &str) -> Value {
    value.as_object_mut().and_then(|object| object.shift_remove(name)).unwrap_or_default()
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_string();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or_default();
        name + &head.to_uppercase() + tail
    })
}
