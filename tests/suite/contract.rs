//! The documents, held against what the server does: all calls are walked, and what would be wrong is noticed.
//!
//! Every other test checks every answer and every frame that it sees, too: [`tests::contract`].

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tests::contract::{Contract, Schemas, Seen};
use tests::{App, Person};

/// An id that nothing has.
const NOTHING: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A call of the document, under one of its names.
struct Call {
    method: Method,
    path: String,
    /// The example of the body.
    body: Option<Value>,
}

async fn calls(app: &App) -> Vec<Call> {
    let document = app.stranger().get("/api/openapi.json").await.body;
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let body = operation["requestBody"]["content"]["application/json"].get("example").cloned();
            let own = format!("{} {path}", method.to_uppercase());
            let aliases = operation["x-aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
            for name in aliases.chain([own.as_str()]) {
                let (method, path) = name.split_once(' ').unwrap();
                calls.push(Call { method: method.parse().unwrap(), path: path.into(), body: body.clone() });
            }
        }
    }
    calls
}

impl Call {
    /// The path with `id` for every parameter.
    fn path(&self, id: &str) -> String {
        let segments =
            self.path.split('/').map(|segment| if segment.starts_with('{') { id } else { segment });
        segments.collect::<Vec<_>>().join("/")
    }

    async fn make(&self, person: &Person, path: &str, body: Option<String>) {
        let answer = person.call(self.method.clone(), path, body).await;
        let told = answer.body["error"].as_str().unwrap_or_default();
        assert!(answer.status.as_u16() < 500, "{} {path}: {told}", self.method);
        assert!(answer.status != 405 && !told.starts_with("there is no /"), "{} {path}: {told}", self.method);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_call_answers_is_documented() {
    // What is not set up answers 503, which would hide the rest. Nobody is called: no challenge comes along.
    let set_up = [
        ("identity.oauth.public_url", "https://chat.example.org"),
        ("identity.oauth.redirect_targets", "https://chat.example.org/login"),
        ("identity.oauth.google.client_id", "x"),
        ("identity.oauth.google.client_secret", "x"),
        ("identity.oauth.facebook.client_id", "x"),
        ("identity.oauth.facebook.client_secret", "x"),
    ];
    let app = set_up
        .into_iter()
        .fold(App::builder().with_mail(), |app, (name, value)| app.with(name, value))
        .start()
        .await;
    let calls = calls(&app).await;
    assert!(calls.len() >= 25, "{}", calls.len());
    for (number, call) in calls.into_iter().enumerate() {
        // An account of its own, of somebody who may do everything: some of the calls end sessions and accounts.
        let ada = app.admin(&format!("ada{number}")).await;
        ada.create_server("Engines").await;
        let body = call.body.as_ref().map(Value::to_string);
        let (nothing, nonsense) = (call.path(NOTHING), call.path("nonsense"));
        call.make(&app.stranger(), &nothing, body.clone()).await;
        call.make(&ada, &nonsense, body.clone()).await;
        call.make(&ada, &format!("{nothing}?since=nonsense&limit=x"), body.clone()).await;
        if body.is_some() {
            call.make(&ada, &nothing, Some("{".into())).await;
            call.make(&ada, &nothing, Some("{}".into())).await;
        }
        call.make(&ada, &nothing, body).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_documented_is_noticed() {
    let app = App::start().await;
    let contract = Contract::at(&app.gateways[0].url).await;
    let ada = app.person("ada").await;
    let good = ada.get("/api/auth/me").await.body;
    let wrong = |method, path, status, body: &Value| {
        let body = body.to_string();
        contract.calls.wrong(Seen { method, path, status, content_type: "application/json", body: &body })
    };
    for path in ["/api/auth/me", "/api/users/me"] {
        assert_eq!(wrong("GET", path, 200, &good), None);
    }
    assert!(wrong("GET", "/api/auth/me", 201, &good).is_some(), "a status");
    let mut more = good.clone();
    more["user"]["shoeSize"] = json!("7");
    assert!(wrong("GET", "/api/auth/me", 200, &more).unwrap().contains("shoeSize"), "a field");
    let mut less = good.clone();
    less["user"].as_object_mut().unwrap().remove("email");
    less["user"].as_object_mut().unwrap().remove("id");
    assert!(wrong("GET", "/api/auth/me", 200, &less).unwrap().contains("id"), "a missing field");
    let mut odd = good;
    odd["user"]["createdAt"] = json!("yesterday");
    assert!(wrong("GET", "/api/auth/me", 200, &odd).is_some(), "a form");

    let failure = |code: &str| json!({ "success": false, "error": "no", "code": code });
    assert_eq!(wrong("GET", "/api/auth/me", 401, &failure("TOKEN_EXPIRED")), None);
    assert!(wrong("GET", "/api/auth/me", 401, &failure("INVALID_CREDENTIALS")).is_some(), "a code");
    assert_eq!(wrong("GET", "/nothing", 404, &failure("RESOURCE_NOT_FOUND")), None);
    assert!(wrong("GET", "/nothing", 200, &json!({})).is_some(), "a path");
    assert_eq!(wrong("DELETE", "/api/auth/me", 405, &failure("METHOD_NOT_ALLOWED")), None);
    assert!(wrong("DELETE", "/api/auth/me", 404, &failure("RESOURCE_NOT_FOUND")).is_some(), "a method");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_not_documented_is_noticed_and_checks_are_quick() {
    let app = App::start().await;
    let frames = &Contract::at(&app.gateways[0].url).await.frames;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!(server.channel)).await;
    ada.send(&server.channel, "hello").await;
    let good = socket.expect_event("new-message").await;

    let with = |name: &str, value: Value| {
        let mut frame = good.clone();
        frame[name] = value;
        frames.wrong(&frame, None)
    };
    assert_eq!(frames.wrong(&good, None), None);
    assert!(with("event", json!("newer-message")).is_some(), "an event");
    assert!(with("rev", Value::Null).is_some(), "no rev");
    assert!(with("colour", json!("red")).is_some(), "a field of the envelope");
    let mut author = good["data"].clone();
    author["author"]["email"] = json!("ada@example.org");
    assert!(with("data", author).unwrap().contains("email"), "a field deep inside");

    let error =
        |code: &str| json!({ "event": "error", "ref": "c1", "data": { "message": "no", "code": code } });
    assert_eq!(frames.wrong(&error("RATE_LIMITED"), Some("ping")), None);
    assert!(frames.wrong(&error("USER_EXISTS"), Some("ping")).is_some(), "a code");
    let ack = json!({ "event": "ack", "ref": "c1", "data": { "message": good["data"] } });
    assert_eq!(frames.wrong(&ack, Some("send-message")), None);
    assert!(frames.wrong(&ack, Some("join-channel")).is_some(), "the ack of another command");
    assert!(frames.wrong(&ack, None).is_some(), "an ack of nothing");
    assert!(frames.closes_with(4009) && !frames.closes_with(4999));

    let started = Instant::now();
    for _ in 0..500 {
        assert_eq!(frames.wrong(&good, None), None);
    }
    let each = started.elapsed() / 500;
    assert!(each < Duration::from_millis(1), "a check takes {each:?}");
}

#[test]
fn nothing_undocumented_passes_at_any_depth() {
    let document = json!({ "components": { "schemas": {
        "Head": { "type": "object", "required": ["rev"], "properties": { "rev": { "type": "integer" } } },
        "Page": { "allOf": [
            { "$ref": "#/components/schemas/Head" },
            { "type": "object", "properties": {
                "items": { "type": "array", "items": { "$ref": "#/components/schemas/Head" } },
                "details": { "type": ["object", "null"] },
                "by": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Head" } },
                "one": { "oneOf": [{ "$ref": "#/components/schemas/Head" }, { "type": "null" }] },
            } },
        ] },
    } } });
    let strict = Schemas::of(&document).strict(&json!({ "$ref": "#/components/schemas/Page" }));
    let wrong = |value: Value| strict.wrong(&value).is_some();
    let head = json!({ "rev": 1 });
    assert!(!wrong(
        json!({ "rev": 1, "items": [head], "details": { "x": 1 }, "by": { "a": head }, "one": null })
    ));
    let more = json!({ "rev": 1, "more": 1 });
    assert!(wrong(more.clone()) && wrong(json!({})));
    for (field, inner) in [("items", json!([more])), ("by", json!({ "a": more })), ("one", more)] {
        assert!(wrong(json!({ "rev": 1, field: inner })), "{field}");
    }
}
