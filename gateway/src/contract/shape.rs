//! The schemas of the payloads of `/ws`, as an AsyncAPI document has them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::ws::table::Shape;

/// Schemas by name.
#[derive(Debug, Default)]
pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// Takes in a shape and what it refers to; returns a reference to it.
    pub(super) fn add(&mut self, shape: &Shape) -> Value {
        let mut all = vec![((shape.name)().into_owned(), (shape.schema)())];
        (shape.others)(&mut all);
        for (name, schema) in all {
            self.insert(name, schema);
        }
        reference(&(shape.name)())
    }

    /// Takes in shapes; returns one that has the fields of all of them.
    pub(super) fn together(&mut self, shapes: &[Shape]) -> Value {
        let mut references = shapes.iter().map(|shape| self.add(shape)).collect::<Vec<_>>();
        if references.len() == 1 { references.remove(0) } else { json!({ "allOf": references }) }
    }

    fn insert(&mut self, name: String, schema: RefOr<Schema>) {
        if let Ok(schema) = serde_json::to_value(schema) {
            self.0.entry(name).or_insert(schema);
        }
    }

    /// All of them, as an object.
    pub(super) fn into_value(self) -> Value {
        self.0.into_iter().collect::<Map<_, _>>().into()
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Rewrites a schema from the dialect of OpenAPI 3.1 to that of AsyncAPI, JSON Schema draft 7: there a reference stands
/// alone, and examples are a list.
pub(super) fn to_draft_7(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(to_draft_7),
        Value::Object(object) => {
            if let Some(example) = object.shift_remove("example") {
                object.insert("examples".into(), json!([example]));
            }
            if object.len() > 1
                && let Some(target) = object.shift_remove("$ref")
            {
                object.insert("allOf".into(), json!([{ "$ref": target }]));
            }
            for (name, part) in object.iter_mut() {
                match name.as_str() {
                    // Here keys are names of fields, not words of the dialect.
                    "properties" => {
                        part.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(to_draft_7)
                    }
                    // These hold values, not schemas.
                    "examples" | "enum" | "const" | "required" | "default" => {}
                    _ => to_draft_7(part),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_alone_and_examples_are_lists() {
        let mut schema = json!({ "properties": {
            "a": { "$ref": "#/x", "description": "A." },
            "b": { "$ref": "#/y" },
            "example": { "type": "string", "example": { "example": 1 } },
        } });
        to_draft_7(&mut schema);
        assert_eq!(
            schema,
            json!({ "properties": {
                "a": { "description": "A.", "allOf": [{ "$ref": "#/x" }] },
                "b": { "$ref": "#/y" },
                "example": { "type": "string", "examples": [{ "example": 1 }] },
            } })
        );
    }
}
