//! What both documents must have. Adding a call, an event or a command that lacks some of it fails here.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Code;
use serde_json::{Value, json};

use super::paths::{Operation, operations};
use super::{Documents, asyncapi, needs, openapi};
use crate::config::Settings;
use crate::limits::Policy;

fn settings() -> Settings {
    let own = [
        ("database.url", "postgres://localhost/x"),
        ("redis.url", "redis://localhost/"),
        ("identity.token_secret", "a secret of at least thirty-two characters"),
        ("identity.keys", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ];
    Settings::with("test", &own).unwrap()
}

fn calls() -> Value {
    openapi::document(&crate::routes::document()).unwrap()
}

fn live() -> Value {
    asyncapi::document(&settings()).unwrap()
}

/// Everything in a document that lacks something, told at once.
#[derive(Default)]
struct Lacks(Vec<String>);

impl Lacks {
    fn unless(&mut self, good: bool, what: impl Into<String>) {
        if !good {
            self.0.push(what.into());
        }
    }
}

impl Drop for Lacks {
    fn drop(&mut self) {
        assert!(
            self.0.is_empty() || std::thread::panicking(),
            "the documents lack:\n  {}",
            self.0.join("\n  ")
        );
    }
}

/// Whether `value` is valid by a schema, which may refer to the document's.
fn invalid(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    let whole = json!({ "allOf": [schema], "components": { "schemas": document["components"]["schemas"] } });
    let options =
        jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    options.build(&whole).unwrap().validate(value).err().map(|error| error.to_string())
}

#[test]
fn every_call_says_what_it_does_needs_and_answers() {
    let document = calls();
    let (mut lacks, mut ids) = (Lacks::default(), BTreeSet::new());
    for Operation { method, path, value } in operations(&document) {
        let name = format!("{method} {path}");
        let text = |key: &str| value[key].as_str().is_some_and(|text| !text.trim().is_empty());
        lacks.unless(text("summary"), format!("{name}: a summary"));
        lacks.unless(text("description"), format!("{name}: a description"));
        let known =
            |tag: &Value| document["tags"].as_array().unwrap().iter().any(|known| known["name"] == *tag);
        let policy = Policy::ALL.iter().any(|policy| value["x-rate-limit"] == policy.name());
        lacks.unless(policy, format!("{name}: an x-rate-limit that exists"));
        lacks.unless(known(&value["tags"][0]), format!("{name}: a tag that the document describes"));
        lacks.unless(
            ids.insert(value["operationId"].to_string()),
            format!("{name}: an operationId of its own"),
        );
        // A session is opened before anybody knows whose it is: /ws needs an account, but no token in a header.
        let due = value.get("security").is_some() || path == "/ws";
        lacks.unless(
            due == value["x-permissions"].is_array(),
            format!("{name}: x-permissions where an account is due"),
        );
        lacks.unless(
            needs::unknown(&value["x-permissions"]).is_empty(),
            format!("{name}: x-permissions that exist"),
        );
        let errors = value["x-errors"].as_array().unwrap();
        let known = |name: &Value| Code::ALL.iter().any(|code| name == code.name());
        lacks.unless(!errors.is_empty() && errors.iter().all(known), format!("{name}: x-errors that exist"));
        for code in Code::ALL.iter().filter(|code| errors.contains(&json!(code.name()))) {
            let response = &value["responses"][code.status().to_string()];
            lacks.unless(response.is_object(), format!("{name}: a response {}", code.status()));
        }
    }
}

#[test]
fn every_example_of_a_call_is_valid() {
    let document = calls();
    let mut lacks = Lacks::default();
    for Operation { method, path, value } in operations(&document) {
        let mut check = |what: String, holder: &Value| {
            let examples = holder["examples"].as_object().into_iter().flat_map(|all| all.values());
            let examples = examples.map(|example| &example["value"]).chain(holder.get("example"));
            let mut found = false;
            for example in examples {
                found = true;
                let wrong = invalid(example, &holder["schema"], &document);
                lacks.unless(
                    wrong.is_none(),
                    format!("{method} {path}: a valid example of {what}: {wrong:?} {example}"),
                );
            }
            let obvious = holder["schema"].get("default").is_some();
            lacks.unless(found || obvious, format!("{method} {path}: an example of {what}"));
        };
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            check(parameter["name"].to_string(), parameter);
        }
        let bodies = value["responses"].as_object().into_iter().flatten();
        let bodies = bodies.map(|(status, response)| (status.as_str(), response));
        for (what, body) in bodies.chain([("the body", &value["requestBody"])]) {
            if let Some(json) = body["content"].get("application/json") {
                check(what.to_string(), json);
            }
        }
        let good = value["responses"].as_object().into_iter().flatten();
        let mut good =
            good.filter(|(status, _)| status.starts_with('2') || ["101", "303"].contains(&status.as_str()));
        lacks.unless(
            good.any(|(status, response)| {
                ["101", "303"].contains(&status.as_str()) || response["content"].is_object()
            }),
            format!("{method} {path}: a response of success with a schema"),
        );
    }
}

#[test]
fn the_documents_and_the_routes_have_the_same_paths() {
    let documented = operations(&calls()).flat_map(|operation| operation.names()).collect::<BTreeSet<_>>();
    let mut registered = BTreeSet::new();
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for directory in ["routes", "ws"] {
        for file in std::fs::read_dir(source.join(directory)).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            registered.extend(text.lines().filter_map(|line| {
                let (method, path) = line.strip_prefix("#[")?.strip_suffix("\")]")?.split_once("(\"")?;
                super::paths::METHODS.contains(&method).then(|| (method.to_uppercase(), path.to_string()))
            }));
        }
    }
    assert_eq!(documented, registered);
}

#[test]
fn every_error_code_is_explained_in_both_documents() {
    for document in [calls(), live()] {
        let table = document["x-error-codes"].as_array().unwrap();
        assert!(table.iter().map(|row| &row["code"]).eq(Code::ALL.iter().map(|code| code.name())));
    }
    let words = calls()["info"]["description"].to_string();
    assert!(Code::ALL.iter().all(|code| words.contains(code.name()) && words.contains(code.meaning())));
}

#[test]
fn every_reference_leads_somewhere_and_no_schema_has_two_forms() {
    let documents = [calls(), live()];
    for document in &documents {
        let mut references = BTreeSet::new();
        collect(document, &mut references);
        for reference in references {
            assert!(!reference.ends_with("/i64"), "say `value_type = i64` where a field is a Rev or a Seq");
            assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
        }
    }
    let [calls, live] = documents.map(|document| {
        let mut schemas = document["components"]["schemas"].clone();
        schemas.as_object_mut().unwrap().values_mut().for_each(super::shape::to_draft_7);
        schemas.as_object().unwrap().clone().into_iter().collect::<BTreeMap<_, _>>()
    });
    for (name, schema) in &live {
        assert!(calls.get(name).is_none_or(|other| other == schema), "{name} is two things");
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Object(object) => {
            references.extend(object.get("$ref").and_then(Value::as_str).map(Into::into));
            object.values().for_each(|part| collect(part, references));
        }
        _ => {}
    }
}

#[test]
fn every_frame_has_an_example_that_is_valid() {
    let document = live();
    let mut lacks = Lacks::default();
    for (key, message) in document["components"]["messages"].as_object().unwrap() {
        let example = &message["examples"][0]["payload"];
        let wrong = invalid(example, &message["payload"], &document);
        lacks.unless(wrong.is_none(), format!("{key}: a valid example: {wrong:?} {example}"));
        lacks
            .unless(!message["summary"].as_str().unwrap_or_default().is_empty(), format!("{key}: a summary"));
    }
    for (key, operation) in document["operations"].as_object().unwrap() {
        let unknown = needs::unknown(&operation["x-permissions"]);
        lacks.unless(unknown.is_empty(), format!("{key}: x-permissions that exist, not {unknown:?}"));
        if let Some(call) = operation["x-call"].as_str() {
            let (method, path) = call.split_once(' ').unwrap();
            let known = !calls()["paths"][path][method.to_lowercase()].is_null();
            lacks.unless(known, format!("{key}: a call {call}"));
        }
    }
}

#[test]
fn every_command_that_is_an_example_is_understood() {
    for (key, message) in live()["components"]["messages"].as_object().unwrap() {
        if key.starts_with("command.") {
            let example = message["examples"][0]["payload"].to_string();
            let frame = crate::ws::Frame::parse(&example).unwrap();
            assert!(frame.command.is_ok(), "{example}: {:?}", frame.command);
        }
    }
}

#[test]
fn the_pages_are_whole_and_fetch_nothing_from_elsewhere() {
    let documents = Documents::new(&settings()).unwrap();
    let pages = [&documents.calls().page, &documents.live().unwrap().page]
        .map(|page| String::from_utf8(page.to_vec()).unwrap());
    let outside = |text: &str| ["http://", "https://", "//cdn"].iter().any(|address| text.contains(address));
    assert!(!outside(super::STYLE) && !outside(super::SCRIPT), "an outside address");
    for text in pages.iter().map(String::as_str).chain([super::STYLE, super::SCRIPT]) {
        // Examples may be addresses, as long as nothing is fetched from them.
        let fetches = ["src=\"", "href=\"", "action=\""].into_iter();
        let mut fetched =
            fetches.flat_map(|name| text.split(name).skip(1)).filter_map(|rest| rest.split('"').next());
        assert!(!fetched.any(|address| outside(address) || address.starts_with("//")), "an outside address");
        assert!(
            !text.contains(" style=") && !text.contains(" onclick=") && !text.contains("<style"),
            "against the policy"
        );
    }
    for page in &pages {
        let ids = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let ids = ids.collect::<Vec<_>>();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id stands twice");
        for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&target), "#{target} leads nowhere");
        }
    }
    let [calls_page, events_page] = pages;
    for Operation { path, value, .. } in operations(&calls()) {
        let id = value["operationId"].as_str().unwrap();
        assert!(
            calls_page.contains(&format!("id=\"{id}\"")) && calls_page.contains(path),
            "{id} is not on the page"
        );
    }
    for key in live()["operations"].as_object().unwrap().keys() {
        assert!(events_page.contains(&format!("id=\"{key}\"")), "{key} is not on the page");
    }
}
