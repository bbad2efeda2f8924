//! Examples, put together from those of the fields, so that nobody writes one twice and none goes out of date.

use serde_json::{Map, Value};

/// What becomes of a field that may be absent and has no example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// `null`, as in answers.
    Null,
    /// Left out, as in requests.
    Omitted,
}

/// An example of a schema.
///
/// # Errors
/// The path of a field that needs an example and has none.
pub(super) fn of(schema: &Value, schemas: &Value, absent: Absent) -> Result<Value, String> {
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return Ok(example.clone());
    }
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        let target = schemas.get(name).ok_or_else(|| format!(": there is no schema {name}"))?;
        return of(target, schemas, absent);
    }
    if let Some(only) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return Ok(only.clone());
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return all_of(parts, schemas, absent);
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return match choices.iter().find(|choice| choice["type"] != "null") {
            Some(_) if absent == Absent::Null && choices.iter().any(|choice| choice["type"] == "null") => {
                Ok(Value::Null)
            }
            Some(choice) => of(choice, schemas, absent),
            None => Ok(Value::Null),
        };
    }
    match single(&schema["type"]) {
        Some("object") => object(schema, schemas, absent),
        Some("array") => {
            Ok(Value::Array(vec![of(&schema["items"], schemas, absent).map_err(|path| format!("[]{path}"))?]))
        }
        Some("boolean") => Ok(Value::Bool(false)),
        Some("null") => Ok(Value::Null),
        None if nullable(schema) => Ok(Value::Null),
        _ => Err(" has no example".into()),
    }
}

fn all_of(parts: &[Value], schemas: &Value, absent: Absent) -> Result<Value, String> {
    let mut whole = Map::new();
    for part in parts {
        match of(part, schemas, absent)? {
            Value::Object(part) => whole.extend(part),
            other if parts.len() == 1 => return Ok(other),
            _ => return Err(": allOf of what are no objects".into()),
        }
    }
    // Where answers have it: the order of the parts is not that of the fields.
    if let Some(success) = whole.shift_remove("success") {
        whole.shift_insert(0, "success".into(), success);
    }
    Ok(Value::Object(whole))
}

fn object(schema: &Value, schemas: &Value, absent: Absent) -> Result<Value, String> {
    let required = |name: &str| {
        schema["required"].as_array().is_some_and(|required| required.iter().any(|one| one == name))
    };
    let mut object = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let at = |path: String| format!(".{name}{path}");
        let explicit = property.get("example").is_some();
        if !required(name) && !explicit && absent == Absent::Omitted {
            continue;
        }
        object.insert(name.clone(), of(property, schemas, absent).map_err(at)?);
    }
    // A map: one entry of it.
    if let (Some(keys), Some(values)) = (schema.get("propertyNames"), schema.get("additionalProperties"))
        && let Ok(Value::String(key)) = of(keys, schemas, absent)
    {
        object.insert(key, of(values, schemas, absent).map_err(|path| format!(".*{path}"))?);
    }
    Ok(Value::Object(object))
}

/// The type, when there is one only.
fn single(kind: &Value) -> Option<&str> {
    match kind {
        Value::String(kind) => Some(kind),
        _ => None,
    }
}

fn nullable(schema: &Value) -> bool {
    schema["type"].as_array().is_some_and(|types| types.iter().any(|kind| kind == "null"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_are_put_together() {
        let schemas = json!({ "Id": { "type": "string", "example": "7" } });
        let schema = json!({ "allOf": [
            { "type": "object", "required": ["a"], "properties": {
                "a": { "$ref": "#/components/schemas/Id" },
                "b": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Id" }] },
                "c": { "type": ["string", "null"] },
                "d": { "type": ["string", "null"], "example": "d" },
            } },
            { "type": "object", "required": ["e"], "properties": {
                "e": { "type": "array", "items": { "type": "string", "enum": ["x", "y"] } },
            } }
        ] });
        assert_eq!(
            of(&schema, &schemas, Absent::Null),
            Ok(json!({ "a": "7", "b": null, "c": null, "d": "d", "e": ["x"] }))
        );
        assert_eq!(of(&schema, &schemas, Absent::Omitted), Ok(json!({ "a": "7", "d": "d", "e": ["x"] })));
        let lacking =
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
        assert_eq!(of(&lacking, &schemas, Absent::Omitted), Err(".a has no example".into()));
    }
}
