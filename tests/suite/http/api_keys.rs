//! API keys: what other programs may do, and when they may no more.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person, Socket, eventually};

use super::operations::{document, operations};
use super::{id, list};

const KEYS: &str = "/api/auth/api-keys";
const ME: &str = "/api/auth/me";
const DAY_MS: i64 = 86_400_000;

/// A new key of somebody: what it shows, and a program that has it.
async fn key_of(owner: &Person, scopes: &[&str]) -> (Value, Person) {
    let made = owner.post(KEYS, json!({ "name": "Robot", "scopes": scopes })).await.ok();
    let program = owner.with_token(made["key"].as_str().unwrap());
    (made["apiKey"].clone(), program)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_works_where_a_token_does() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let (shown, program) = key_of(&ada, &["read", "write"]).await;
    let key = program.token().to_string();
    assert!(key.starts_with(shown["prefix"].as_str().unwrap()) && key.len() == 68);
    assert_eq!(program.get(ME).await.ok()["user"]["id"], ada.id.as_str());
    let message = program.send(&server.channel, "from a program").await;
    assert_eq!(message["author"]["id"], ada.id.as_str());
    program.delete(&format!("/api/messages/{}", id(&message))).await.ok();

    let listed = ada.get(KEYS).await.ok();
    assert_eq!(listed["apiKeys"], json!([shown]));
    assert!(!listed.to_string().contains(&key[12..]));
    assert_eq!(shown["lastUsedAt"], Value::Null);
    app.services().identity.note_use().await.unwrap();
    let listed = ada.get(KEYS).await.ok();
    assert!(listed["apiKeys"][0]["lastUsedAt"].is_string(), "{listed}");
    assert_eq!(list(&ada.get("/api/auth/sessions").await.ok()["sessions"]).len(), 1, "a key is no session");

    let bob = app.person("bob").await;
    assert_eq!(bob.get(KEYS).await.ok()["apiKeys"], json!([]));
    bob.delete(&format!("{KEYS}/{}", id(&shown))).await.fails(404, "RESOURCE_NOT_FOUND");
    program.get(ME).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_say_what_a_key_may_do() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let (_, reader) = key_of(&ada, &["read"]).await;
    let (_, writer) = key_of(&ada, &["write"]).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    reader.get(&path).await.ok();
    let told = reader.post(&path, json!({ "content": "x" })).await.fails(403, "FORBIDDEN");
    assert!(told["error"].as_str().unwrap().contains("scope write"));
    writer.post(&path, json!({ "content": "x" })).await.ok();
    let told = writer.get(&path).await.fails(403, "FORBIDDEN");
    assert!(told["error"].as_str().unwrap().contains("scope read"));
    for (body, field) in [
        (json!({ "name": "x", "scopes": [] }), "scopes"),
        (json!({ "name": "x" }), "scopes"),
        (json!({ "name": "x", "scopes": ["admin"] }), "scopes[0]"),
        (json!({ "name": "", "scopes": ["read"] }), "name"),
        (json!({ "name": "x", "scopes": ["read"], "expiresAt": "2020-01-01T00:00:00Z" }), "expiresAt"),
    ] {
        ada.post(KEYS, body).await.fails_at(field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_socket_a_key_hears_with_read_and_changes_with_write() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let (_, reader) = key_of(&ada, &["read"]).await;
    let (_, both) = key_of(&ada, &["read", "write"]).await;
    let (_, writer) = key_of(&ada, &["write"]).await;
    let send = |content: &str| json!({ "channelId": server.channel, "content": content });

    let mut socket = app.socket(&reader, 0).await;
    socket.command("join-channel", json!(server.channel)).await;
    for (command, data) in [
        ("send-message", send("x")),
        ("mark-read", json!({ "channelId": server.channel })),
        ("typing-start", json!(server.channel)),
    ] {
        socket.refused(command, data, "FORBIDDEN").await;
    }
    socket.command("authenticate", json!({ "token": both.token() })).await;
    socket.command("send-message", send("hello")).await;
    socket.expect_event("new-message").await;
    // Back again: what a session was opened with once does not stay.
    socket.command("authenticate", json!({ "token": reader.token() })).await;
    socket.refused("send-message", send("x"), "FORBIDDEN").await;
    socket.refused("authenticate", json!({ "token": writer.token() }), "FORBIDDEN").await;

    let mut blind = Socket::open(app.url(), "", Some(writer.token())).await;
    assert_eq!(blind.expect("error").await["code"], "FORBIDDEN");
    assert_eq!(blind.close_code().await, Some(4001));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_manages_credentials_takes_no_key_and_everything_else_does() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (_, program) = key_of(&ada, &["read", "write"]).await;
    let mut logins = 0;
    for operation in operations(&document(&app).await) {
        if !operation.needs_token() {
            continue;
        }
        // What is below these manages credentials or the account, but for asking who one is.
        let path = operation.template.as_str();
        let own = path.starts_with("/api/auth/") && path != ME;
        let own = own || ["/api/users/me", "/api/users/me/export"].contains(&path);
        let own = own && !(path == "/api/users/me" && operation.method != Method::DELETE);
        let is_login = operation.told["security"][0]["login"].is_array();
        assert!(is_login || !own, "{operation:?} takes API keys: its handler must take `Owner`");
        let answer = operation.call(&program, &operation.path("", "")).await;
        if is_login {
            logins += 1;
            let told = answer.fails(403, "FORBIDDEN");
            assert!(told["error"].as_str().unwrap().starts_with("an API key may not"), "{operation:?}");
        } else {
            assert!(
                answer.body["error"].as_str().is_none_or(|told| !told.contains("API key")),
                "{operation:?}"
            );
        }
    }
    assert!(logins >= 7, "{logins}");
    for (method, path) in [
        (Method::POST, "/api/auth/logout"),
        (Method::POST, "/api/auth/logout-all"),
        (Method::GET, "/api/auth/sessions"),
        (Method::POST, KEYS),
        (Method::GET, KEYS),
    ] {
        let body = json!({ "name": "x", "scopes": ["read"] }).to_string();
        program.call(method, path, Some(body)).await.fails(403, "FORBIDDEN");
    }
    ada.get(ME).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_stops_at_once_on_every_gateway_and_its_sockets_are_closed() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let (shown, program) = key_of(&ada, &["read"]).await;
    let (_, other) = key_of(&ada, &["read"]).await;
    let there = program.at(&app.gateways[1].url);
    there.get(ME).await.ok();
    let mut socket = app.socket(&program, 1).await;
    ada.delete(&format!("{KEYS}/{}", id(&shown))).await.ok();
    program.get(ME).await.fails(401, "UNAUTHENTICATED");
    assert_eq!(socket.close_code().await, Some(4003));
    there.get(ME).await.fails(401, "UNAUTHENTICATED");
    other.get(ME).await.ok();
    ada.delete(&format!("{KEYS}/{}", id(&shown))).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(list(&ada.get(KEYS).await.ok()["apiKeys"]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_whose_event_is_lost_takes_effect_all_the_same() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (_, program) = key_of(&ada, &["read"]).await;
    program.get(ME).await.ok();
    let mut socket = app.socket(&program, 0).await;
    app.sql("UPDATE api_keys SET revoked_at = now()").await;
    assert_eq!(socket.close_code().await, Some(4003));
    eventually("the key is refused", async || program.get(ME).await.status == 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stops_when_its_time_is_over_or_its_owner_may_not_use_the_account() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let soon = app.services().env.now().millis() + DAY_MS / 2;
    let soon = kernel::Timestamp::from_millis(soon).unwrap();
    let body = json!({ "name": "x", "scopes": ["read"], "expiresAt": soon });
    let made = ada.post(KEYS, body).await.ok();
    assert_eq!(made["apiKey"]["expiresAt"], json!(soon));
    let program = ada.with_token(made["key"].as_str().unwrap());
    let (_, forever) = key_of(&ada, &["read"]).await;
    let mut socket = app.socket(&program, 0).await;
    program.get(ME).await.ok();
    app.clock.advance_ms(DAY_MS);
    program.get(ME).await.fails(401, "UNAUTHENTICATED");
    assert_eq!(socket.close_code().await, Some(4001));
    app.clock.advance_ms(90 * DAY_MS);
    forever.get(ME).await.ok();
    for column in ["suspended_at", "deleted_at"] {
        app.sql(&format!("UPDATE users SET {column} = now()")).await;
        app.clock.advance_ms(30_000);
        forever.get(ME).await.fails(401, "UNAUTHENTICATED");
        app.sql(&format!("UPDATE users SET {column} = NULL")).await;
        app.clock.advance_ms(30_000);
        forever.get(ME).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_the_sessions_of_a_suspended_account_ends_its_keys_for_good() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let (_, program) = key_of(&ada, &["read"]).await;
    let mut socket = app.socket(&program, 1).await;
    app.sql("UPDATE users SET suspended_at = now()").await;
    ada.post("/api/auth/logout-all", json!({})).await.ok();
    program.get(ME).await.fails(401, "UNAUTHENTICATED");
    assert_eq!(socket.close_code().await, Some(4003));
    app.sql("UPDATE users SET suspended_at = NULL").await;
    app.clock.advance_ms(30_000);
    program.get(ME).await.fails(401, "UNAUTHENTICATED");
    assert_eq!(ada.log_in("ada").await.get(KEYS).await.ok()["apiKeys"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_outlives_logins_and_never_has_more_rights_than_a_user() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    app.sql("UPDATE users SET role = 'admin'").await;
    let admin = ada.log_in("ada").await;
    let (_, program) = key_of(&admin, &["read", "write"]).await;
    program.get(ME).await.ok();
    let found = app.services().identity.look_up(program.token()).await.unwrap();
    assert_eq!(found.actor.role, kernel::Role::User);
    admin.post("/api/auth/logout-all", json!({})).await.ok();
    admin.get(ME).await.fails(401, "UNAUTHENTICATED");
    program.get(ME).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_of_ours_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (_, program) = key_of(&ada, &["read"]).await;
    let key = program.token();
    let (other, capitals) = (format!("ghk_{}", "0".repeat(64)), format!("ghk_{}", key[4..].to_uppercase()));
    for bad in ["ghk_", &other, &capitals, &key[..67], &format!("{key}0"), &key[4..], "ghk_é"] {
        let bad = ada.with_token(&urlencoded(bad));
        for _ in 0..2 {
            let told = bad.get(ME).await.fails(401, "UNAUTHENTICATED");
            assert!(!told.to_string().contains("ghk_"));
        }
    }
    program.get(ME).await.ok();
    // A refresh token it is not either.
    app.stranger()
        .post("/api/auth/refresh", json!({ "refreshToken": key }))
        .await
        .fails(401, "UNAUTHENTICATED");
}

/// A header holds no other letters.
fn urlencoded(text: &str) -> String {
    text.replace('é', "%C3%A9")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_fifty_keys_at_most_however_many_are_asked_for_at_once() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let asked = (0..60).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.post(KEYS, json!({ "name": "x", "scopes": ["read"] })).await.status })
    });
    let mut made = 0;
    for answer in asked.collect::<Vec<_>>() {
        match answer.await.unwrap().as_u16() {
            201 => made += 1,
            status => assert_eq!(status, 409),
        }
    }
    assert_eq!(made, 50);
    let keys = ada.get(KEYS).await.ok();
    assert_eq!(list(&keys["apiKeys"]).len(), 50);
    ada.delete(&format!("{KEYS}/{}", id(&keys["apiKeys"][7]))).await.ok();
    key_of(&ada, &["read"]).await;
}
