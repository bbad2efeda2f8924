//! Bodies that are no JSON, or not the JSON that a call takes.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person, Server};

use super::id;

/// A call with a body, and the fields of it: those that must be there and those that need not.
struct Call {
    method: Method,
    path: String,
    body: Value,
    needed: &'static [&'static str],
    more: &'static [&'static str],
}

async fn calls(ada: &Person, server: &Server) -> Vec<Call> {
    let message = ada.send(&server.channel, "a message").await;
    let call =
        |path: &str, body, needed, more| Call { method: Method::POST, path: path.into(), body, needed, more };
    let person =
        json!({ "email": "eve@example.org", "password": "correct horse battery", "username": "eve" });
    let login = json!({ "username": "ada", "password": "correct horse battery" });
    let edit = format!("/api/messages/{}", id(&message));
    let edit = Call { method: Method::PUT, ..call(&edit, json!({ "content": "x" }), &["content"], &[]) };
    vec![
        call("/api/auth/register", person, &["email", "password"], &["username", "name"]),
        call("/api/auth/login", login, &["password"], &["username", "email"]),
        call("/api/servers", json!({ "name": "Engines" }), &["name"], &["description"]),
        call(&format!("/api/servers/{}/channels", server.id), json!({ "name": "x" }), &["name"], &["topic"]),
        call(
            &format!("/api/channels/{}/messages", server.channel),
            json!({ "content": "x" }),
            &["content"],
            &["replyTo", "nonce"],
        ),
        edit,
        call(&format!("/api/channels/{}/read", server.channel), json!({}), &[], &["seq"]),
    ]
}

async fn with_bytes(person: &Person, call: &Call, bytes: Vec<u8>) -> Answer {
    let request = person.request(call.method.clone(), &call.path).header("content-type", "application/json");
    Answer::to(request.body(bytes)).await
}

async fn with(person: &Person, call: &Call, body: &Value) -> Answer {
    with_bytes(person, call, body.to_string().into_bytes()).await
}

async fn start() -> (App, Person, Server, Vec<Call>) {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let calls = calls(&ada, &server).await;
    (app, ada, server, calls)
}

/// Nothing came of the calls: one server with one channel, one message as it was.
async fn nothing_happened(ada: &Person, server: &Server) {
    let page = ada.history(&server.channel, "").await;
    assert_eq!((&page["lastSeq"], &page["rev"]), (&json!(1), &json!(1)));
    let servers = ada.get("/api/servers").await.ok()["servers"].clone();
    assert!(servers[1].is_null() && servers[0]["channels"][2].is_null(), "{servers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_object_is_told_so() {
    let (_app, ada, server, calls) = start().await;
    let bodies: [&[u8]; 20] = [
        b"",
        b" \n",
        b"{",
        b"}",
        b"{\"content\": \"x\"",
        b"{'content': 'x'}",
        b"{content: 1}",
        b"{\"content\": \"x\",}",
        b"content=x&name=x",
        b"nonsense",
        b"null",
        b"true",
        b"7",
        b"-1e999",
        b"\"text\"",
        b"[]",
        b"\xff\xfe{",
        b"{\"\xff\": 1}",
        b"\xef\xbb\xbf{}",
        b"\0",
    ];
    for call in &calls {
        for bytes in bodies {
            with_bytes(&ada, call, bytes.to_vec()).await.fails_at("body");
        }
        // Half of a character, in a field that is read.
        for field in call.needed.iter().take(1) {
            let bytes = format!("{{\"{field}\": \"\\ud800\"}}").into_bytes();
            with_bytes(&ada, call, bytes).await.fails_at("body");
        }
        // One value that is in order, and more behind it.
        for more in ["{}", "x", "]"] {
            let bytes = format!("{}{more}", call.body).into_bytes();
            with_bytes(&ada, call, bytes).await.fails_at("body");
        }
    }
    nothing_happened(&ada, &server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_wrong_type_is_named() {
    let (_app, ada, server, calls) = start().await;
    let huge: Value = serde_json::from_str("123456789012345678901234567890").unwrap();
    for call in &calls {
        for field in call.needed.iter().chain(call.more) {
            for wrong in
                [json!(7), json!(-1.5), huge.clone(), json!(true), json!({}), json!([]), json!(["x"])]
            {
                let mut body = call.body.clone();
                body[*field] = if *field == "seq" && wrong == 7 { json!("7") } else { wrong };
                with(&ada, call, &body).await.fails_at(field);
            }
        }
        for field in call.needed {
            let mut body = call.body.clone();
            body[*field] = Value::Null;
            with(&ada, call, &body).await.fails_at(field);
        }
    }
    let channels = &calls[3];
    for wrong in ["stage", "", "TEXT", "text "] {
        with(&ada, channels, &json!({ "name": "x", "type": wrong })).await.fails_at("type");
    }
    nothing_happened(&ada, &server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_missing_is_named() {
    let (_app, ada, server, calls) = start().await;
    for call in &calls {
        for field in call.needed {
            let mut body = call.body.clone();
            body.as_object_mut().unwrap().remove(*field);
            with(&ada, call, &body).await.fails_at(field);
        }
    }
    let nameless = json!({ "email": "eve@example.org", "password": "correct horse battery" });
    with(&ada, &calls[0], &nameless).await.fails_at("username");
    with(&ada, &calls[1], &json!({ "password": "x" })).await.fails_at("email");
    with(&ada, &calls[1], &json!({ "password": "x", "email": "x", "username": "x" })).await.fails_at("email");
    nothing_happened(&ada, &server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_are_ignored_and_absent_ones_may_be_null() {
    let (_app, ada, _server, calls) = start().await;
    for call in &calls {
        let mut body = call.body.clone();
        for (field, value) in
            [("colour", json!({ "deep": [1, null] })), ("id", json!(7)), ("seq", json!("x"))]
        {
            body[field] = value;
        }
        for field in call.more.iter().filter(|field| call.body[**field].is_null()) {
            body[*field] = Value::Null;
        }
        // So deep that a parser that calls itself for each level would not come back.
        let deep = format!("\"deep\":{}{},", "[".repeat(100_000), "]".repeat(100_000));
        let bytes = body.to_string().replacen('{', &format!("{{{deep}"), 1).into_bytes();
        with_bytes(&ada, call, bytes).await.ok();
    }
}
