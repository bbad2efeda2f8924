//! A schema for people: its fields with type and meaning, those of objects in it folded away.

use serde_json::Value;

use super::text::{escape, inline};

/// The fields of a schema as a list; empty when it has none.
pub(super) fn fields(schema: &Value, schemas: &Value) -> String {
    list(schema, schemas, &mut Vec::new())
}

fn list<'a>(schema: &'a Value, schemas: &'a Value, above: &mut Vec<&'a str>) -> String {
    let mut items = String::new();
    let mut parts = Vec::new();
    collect(schema, schemas, &mut parts);
    // Where answers have it: the order of the parts is not that of the fields.
    parts.sort_by_key(|part| part["properties"].get("success").is_none());
    for part in parts {
        let required = part["required"].as_array();
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            let required = required.is_some_and(|names| names.iter().any(|one| one == name));
            items += &field(name, property, required, schemas, above);
        }
        if let Some(values) = part.get("additionalProperties").filter(|values| values.is_object()) {
            items += &field("each key", values, false, schemas, above);
        }
    }
    if items.is_empty() { items } else { format!("<ul class=\"fields\">\n{items}</ul>\n") }
}

/// The objects whose fields a schema has.
fn collect<'a>(schema: &'a Value, schemas: &'a Value, parts: &mut Vec<&'a Value>) {
    if let Some(target) = target(schema, schemas) {
        return collect(target, schemas, parts);
    }
    for part in ["allOf", "oneOf", "anyOf"].iter().filter_map(|word| schema[*word].as_array()).flatten() {
        collect(part, schemas, parts);
    }
    if schema["type"] == "array" {
        collect(&schema["items"], schemas, parts);
    }
    if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() {
        parts.push(schema);
    }
}

fn field<'a>(
    name: &str,
    property: &'a Value,
    required: bool,
    schemas: &'a Value,
    above: &mut Vec<&'a str>,
) -> String {
    let optional =
        if required || name == "each key" { "" } else { " <span class=\"optional\">optional</span>" };
    let words = inline(property["description"].as_str().or(described(property, schemas)).unwrap_or_default());
    let line = format!(
        "<code class=\"name\">{}</code> <span class=\"type\">{}</span>{optional} <span class=\"words\">{words}</span>",
        escape(name),
        escape(&kind(property, schemas)),
    );
    let own = reference(property);
    let inner = if own.is_some_and(|own| above.contains(&own)) {
        String::new()
    } else {
        above.extend(own);
        let inner = list(property, schemas, above);
        above.truncate(above.len() - usize::from(own.is_some()));
        inner
    };
    if inner.is_empty() {
        format!("<li>{line}</li>\n")
    } else {
        format!("<li><details><summary>{line}</summary>\n{inner}</details></li>\n")
    }
}

/// The name of the schema that this one is, or holds.
fn reference(schema: &Value) -> Option<&str> {
    let direct = schema["$ref"].as_str().map(|target| target.rsplit('/').next().unwrap_or(target));
    let parts = ["allOf", "oneOf", "anyOf"].iter().filter_map(|word| schema[*word].as_array());
    direct.or_else(|| parts.flatten().find_map(reference)).or_else(|| schema.get("items").and_then(reference))
}

fn target<'a>(schema: &Value, schemas: &'a Value) -> Option<&'a Value> {
    let target = schema["$ref"].as_str()?;
    schemas.get(target.rsplit('/').next()?)
}

/// What a schema says of itself, or the one that it refers to.
fn described<'a>(schema: &'a Value, schemas: &'a Value) -> Option<&'a str> {
    let choices = ["oneOf", "allOf"].iter().filter_map(|word| schema[*word].as_array()).flatten();
    let mut words = choices.filter_map(|choice| choice["description"].as_str());
    words.next().or_else(|| target(schema, schemas)?["description"].as_str()?.lines().next())
}

/// The type in a few words.
pub(super) fn kind(schema: &Value, schemas: &Value) -> String {
    if let Some(target) = target(schema, schemas) {
        let name = reference(schema).unwrap_or_default();
        return if target.get("properties").is_some()
            || target.get("allOf").is_some()
            || target.get("oneOf").is_some()
        {
            name.to_string()
        } else {
            kind(target, schemas)
        };
    }
    if let Some(only) = schema.get("const") {
        return only.to_string();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        if let Some(choices) = schema[word].as_array() {
            let separator = if word == "allOf" { " and " } else { " or " };
            return choices.iter().map(|choice| kind(choice, schemas)).collect::<Vec<_>>().join(separator);
        }
    }
    let name = match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("array of {}", kind_of_items(schema, schemas)),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".into(),
    };
    let format = match schema["format"].as_str() {
        Some(format @ ("uuid" | "date-time")) => format!(" ({format})"),
        _ => String::new(),
    };
    name + &format + &bounds(schema)
}

fn kind_of_items(schema: &Value, schemas: &Value) -> String {
    schema.get("items").map(|items| kind(items, schemas)).unwrap_or_default()
}

fn bounds(schema: &Value) -> String {
    let between = |low: &str, high: &str, unit: &str| match (&schema[low], &schema[high]) {
        (Value::Null, Value::Null) => String::new(),
        (low, Value::Null) => format!(", {low} or more{unit}"),
        (Value::Null, high) => format!(", up to {high}{unit}"),
        (low, high) => format!(", {low} to {high}{unit}"),
    };
    let default = schema.get("default").map(|default| format!(", {default} unless said")).unwrap_or_default();
    between("minimum", "maximum", "")
        + &between("minLength", "maxLength", " characters")
        + &between("minItems", "maxItems", " items")
        + &default
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_objects_are_folded_and_circles_end() {
        let schemas = json!({
            "Id": { "type": "string", "format": "uuid" },
            "Node": { "type": "object", "required": ["id"], "properties": {
                "id": { "$ref": "#/components/schemas/Id", "description": "Its **id**." },
                "next": { "oneOf": [{ "$ref": "#/components/schemas/Node" }, { "type": "null" }] },
            } },
        });
        let html = fields(&json!({ "$ref": "#/components/schemas/Node" }), &schemas);
        assert!(
            html.contains("string (uuid)</span> <span class=\"words\">Its <strong>id</strong>."),
            "{html}"
        );
        assert_eq!(html.matches("<details>").count(), 1, "{html}");
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 50 });
        assert_eq!(kind(&limit, &schemas), "integer, 1 to 100, 50 unless said");
    }
}
