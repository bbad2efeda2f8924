//! Schemas that allow nothing beyond what they describe.
//!
//! To clients the documents leave objects open: they must ignore fields that they do not know. The product's own tests
//! must not: a field that is in an answer and not in the document is a fault.

use std::sync::{Arc, OnceLock};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

/// What references in a document begin with.
const LOCAL: &str = "#/components/schemas/";
/// What they begin with here: all schemas of a document stand once, in a registry.
const SHARED: &str = "urn:document#/";

/// The schemas of a document, each in two forms: under its name as a part of others, and closed.
#[derive(Clone, Debug)]
pub struct Schemas(Arc<Registry<'static>>);

impl Schemas {
    /// Those of `document`.
    pub fn of(document: &Value) -> Self {
        let mut all = Map::new();
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            all.insert(name.clone(), close(schema, true));
            let closed = json!({ "$ref": format!("{SHARED}{name}"), "unevaluatedProperties": false });
            all.insert(format!("{name}.closed"), closed);
        }
        let registry = Registry::new().draft(Draft::Draft202012).add("urn:document", Value::Object(all));
        let registry = registry.and_then(|registry| registry.prepare());
        Self(Arc::new(registry.unwrap_or_else(|error| panic!("a document's schemas are none: {error}"))))
    }

    /// A schema of the document that allows nothing beyond what it describes.
    pub fn strict(&self, schema: &Value) -> Strict {
        Strict { schema: close(schema, false), schemas: self.clone(), compiled: OnceLock::new() }
    }
}

/// A schema, compiled when it is needed.
#[derive(Debug)]
pub struct Strict {
    schema: Value,
    schemas: Schemas,
    compiled: OnceLock<Validator>,
}

impl Strict {
    /// What is wrong with `value`.
    pub fn wrong(&self, value: &Value) -> Option<String> {
        let compiled = self.compiled.get_or_init(|| {
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            let options = options.with_registry(&self.schemas.0);
            options.build(&self.schema).unwrap_or_else(|error| panic!("a schema is none: {error}"))
        });
        let errors = compiled.iter_errors(value);
        let errors = errors.map(|error| format!("{} at {:?}", error, error.instance_path().to_string()));
        let errors = errors.collect::<Vec<_>>();
        (!errors.is_empty()).then(|| errors.join("; "))
    }
}

/// The schema without room for more; as a `part` of another, it is that which has no room.
fn close(schema: &Value, part: bool) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    let mut closed = Map::new();
    for (word, value) in object {
        let value = match (word.as_str(), value) {
            ("$ref", Value::String(target)) => {
                let name =
                    target.strip_prefix(LOCAL).unwrap_or_else(|| panic!("{target} is none of {LOCAL}"));
                json!(format!("{SHARED}{name}{}", if part { "" } else { ".closed" }))
            }
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, property)| (name.clone(), close(property, false))).collect()
            }
            ("items" | "additionalProperties" | "propertyNames", value) => close(value, false),
            ("allOf", Value::Array(parts)) => parts.iter().map(|one| close(one, true)).collect(),
            ("oneOf" | "anyOf", Value::Array(choices)) => {
                choices.iter().map(|one| close(one, part)).collect()
            }
            (_, value) => value.clone(),
        };
        closed.insert(word.clone(), value);
    }
    let describes = object.contains_key("properties") || object.contains_key("allOf");
    if describes && !part && !object.contains_key("additionalProperties") {
        closed.insert("unevaluatedProperties".into(), json!(false));
    }
    Value::Object(closed)
}
