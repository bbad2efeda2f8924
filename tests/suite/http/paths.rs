//! Paths and methods that there are not.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use tests::App;

use super::operations::{Operation, document, operations};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_not_found() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/nothing",
        "/API/servers",
        "/api/openapi.json/",
        "//api/servers",
        "/%00",
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for person in [&ada, &app.stranger()] {
                let body = person.call(method.clone(), path, None).await.fails(404, "RESOURCE_NOT_FOUND");
                assert!(body["error"].as_str().unwrap().starts_with("there is no "), "{body}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut paths = BTreeMap::<String, Vec<Operation>>::new();
    let mut calls = BTreeSet::new();
    for operation in operations(&document(&app).await) {
        let others = operation.told["x-aliases"].as_array().into_iter().flatten();
        calls.extend(others.map(|alias| alias.as_str().unwrap().to_string()));
        calls.insert(format!("{} {}", operation.method, operation.template));
        paths.entry(operation.template.clone()).or_default().push(operation);
    }
    for has in paths.values() {
        let path = has[0].path("", "");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
        {
            let same = |operation: &Operation| operation.method == method;
            let taken =
                |call: &str| call.strip_prefix(method.as_str()).is_some_and(|call| fits(call.trim(), &path));
            if has.iter().any(same) || calls.iter().any(|call| taken(call)) {
                continue;
            }
            let answer = ada.call(method, &path, None).await;
            let allowed = answer.headers["allow"].to_str().unwrap().to_string();
            let allowed = allowed.split(", ").collect::<Vec<_>>();
            assert!(
                has.iter().all(|operation| allowed.contains(&operation.method.as_str())),
                "{path}: {allowed:?}"
            );
            answer.fails(405, "METHOD_NOT_ALLOWED");
        }
    }
    let odd = ada.call(Method::from_bytes(b"BREW").unwrap(), "/api/servers", None).await;
    odd.fails(405, "METHOD_NOT_ALLOWED");
}

/// Whether a path is one of those that a template stands for: another call of the same form may take it.
fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    let mut pairs = template.clone().zip(path.clone());
    template.count() == path.count() && pairs.all(|(wanted, got)| wanted == got || wanted.starts_with('{'))
}
