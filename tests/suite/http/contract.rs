//! The OpenAPI document, held against the server that serves it.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::App;

use super::list;
use super::operations::{document, operations};

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_described_with_a_tag_answers_and_its_parameters() {
    let app = App::start().await;
    let document = document(&app).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let tags =
        list(&document["tags"]).iter().map(|tag| tag["name"].as_str().unwrap()).collect::<BTreeSet<_>>();
    let operations = operations(&document);
    assert!(operations.len() >= 20, "{}", operations.len());
    for operation in operations {
        let (told, name) = (&operation.told, format!("{} {}", operation.method, operation.template));
        assert!(told["summary"].as_str().is_some_and(|summary| summary.len() > 5), "{name}");
        let [tag] = list(&told["tags"]) else { unreachable!("{name}") };
        assert!(tags.contains(tag.as_str().unwrap()), "{name}");

        let answers = told["responses"].as_object().unwrap();
        // The upgrade, what sends browsers on and a copy that is still good have no body to describe.
        let bare = |status: &str| ["101", "303", "304"].contains(&status);
        let is_good = |status: &str| status.starts_with('2') || bare(status);
        let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|(status, _)| is_good(status));
        // A file may also be answered in part, or not again.
        let again = |status: &str| ["206", "304"].contains(&status);
        assert_eq!(good.iter().filter(|(status, _)| !again(status)).count(), 1, "{name}");
        for (status, answer) in good {
            let mut bodies = answer["content"].as_object().into_iter().flat_map(|content| content.values());
            assert!(bare(status) || bodies.all(|body| body["schema"].is_object()), "{name} {status}");
        }
        for (status, answer) in bad {
            let schema = &answer["content"]["application/json"]["schema"];
            assert!(schema.is_object(), "{name} {status}");
            assert!(!answer["description"].as_str().unwrap().is_empty(), "{name} {status}");
        }
        // Without a token only what takes other credentials can be unauthenticated.
        let unauthenticated = answers.contains_key("401");
        assert!(unauthenticated || !operation.needs_token(), "{name}");
        assert!(
            !unauthenticated
                || operation.needs_token()
                || operation.template.contains("/auth/")
                // It takes a token that is none of a user's.
                || operation.template == "/metrics",
            "{name}"
        );

        let described = told["parameters"].as_array().cloned().unwrap_or_default();
        let in_path =
            described.iter().filter(|one| one["in"] == "path").map(|one| one["name"].as_str().unwrap());
        assert_eq!(in_path.collect::<Vec<_>>(), operation.parameters(), "{name}");
    }
}

/// Everything that a document refers to.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_document_refers_to_is_in_it() {
    let app = App::start().await;
    let document = document(&app).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() >= 20, "{found:?}");
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_is_described_is_there() {
    let app = App::builder().with_mail().start().await;
    for (number, operation) in operations(&document(&app).await).into_iter().enumerate() {
        // An account of its own: some of the calls end sessions and accounts.
        let ada = app.person(&format!("ada{number}")).await;
        let answer = operation.call(&ada, &operation.path("", "")).await;
        let told = answer.body["error"].as_str().unwrap_or_default();
        assert!(answer.status != 405 && !told.starts_with("there is no /"), "{operation:?}: {told}");
        assert!(answer.status.as_u16() < 500, "{operation:?}: {told}");
        let status = answer.status.as_str();
        assert!(
            operation.told["responses"][status].is_object(),
            "{operation:?} answers {status}, undocumented"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_need_a_token_refuse_those_without_one_and_others_do_not_ask() {
    let app = App::start().await;
    let expired = app.person("ada").await;
    app.clock.advance_ms(25 * 3_600_000);
    for operation in operations(&document(&app).await) {
        let path = operation.path("", "");
        let without = operation.call(&app.stranger(), &path).await;
        let late = operation.call(&expired, &path).await;
        if operation.needs_token() {
            without.fails(401, "UNAUTHENTICATED");
            late.fails(401, "TOKEN_EXPIRED");
        } else {
            assert_eq!(without.status, late.status);
            assert_ne!(without.status, 401, "{operation:?}");
        }
    }
}
