//! What people say of themselves, and who sees it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person, eventually};

use super::keys;

async fn change(person: &Person, body: Value) -> Answer {
    person.call(Method::PATCH, "/api/users/me", Some(body.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_leaves_what_it_does_not_name_under_every_path_and_method() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let paths = [
        (Method::PUT, "/api/users/me", json!({ "bio": "one" })),
        (Method::PATCH, "/api/users/me", json!({ "name": "Ada King" })),
        (Method::PUT, "/api/users/profile", json!({ "statusMessage": "at the mill" })),
        (Method::PATCH, "/api/users/profile", json!({ "preferences": { "timezone": "Europe/London" } })),
        (
            Method::PATCH,
            "/api/users/profile",
            json!({ "preferences": { "soundEnabled": false }, "colour": 7 }),
        ),
        (Method::PUT, "/api/users/me", json!({})),
    ];
    let mut user = Value::Null;
    for (method, path, body) in paths {
        user = ada.call(method, path, Some(body.to_string())).await.ok()["user"].clone();
    }
    assert_eq!((&user["bio"], &user["name"]), (&json!("one"), &json!("Ada King")));
    assert_eq!((&user["statusMessage"], &user["status"]), (&json!("at the mill"), &json!("online")));
    let preferences = json!({ "notifications": true, "soundEnabled": false, "timezone": "Europe/London", "discoverableByEmail": true });
    assert_eq!(user["preferences"], preferences);
    for path in ["/api/users/me", "/api/users/profile", "/api/auth/me"] {
        assert_eq!(ada.get(path).await.ok()["user"], user);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn null_clears() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let all = json!({ "name": "Ada King", "bio": "x", "status": "busy", "statusMessage": "y", "preferences": { "timezone": "UTC", "notifications": false } });
    change(&ada, all).await.ok();
    let none = json!({ "name": null, "bio": null, "avatar": null, "status": null, "statusMessage": null, "preferences": null });
    let user = change(&ada, none).await.ok()["user"].clone();
    for (field, value) in [("name", json!("ada")), ("bio", Value::Null), ("status", json!("online"))] {
        assert_eq!(user[field], value, "{field}");
    }
    assert!(user["statusMessage"].is_null() && user["preferences"]["timezone"].is_null());
    assert_eq!(user["preferences"]["notifications"], true);
    let both = change(&ada, json!({ "username": "countess", "name": null })).await.ok();
    assert_eq!(both["user"]["name"], "countess");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_rule_is_named_and_changes_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let before = ada.get("/api/users/me").await.ok();
    let bad = [
        ("username", json!(null)),
        ("username", json!("a b")),
        ("username", json!(7)),
        ("name", json!("\u{202e}")),
        ("name", json!("x".repeat(65))),
        ("bio", json!("x".repeat(501))),
        ("bio", json!("a\0b")),
        ("avatar", json!("https://example.org/a.png")),
        ("avatar", json!({})),
        ("status", json!("asleep")),
        ("statusMessage", json!("x".repeat(101))),
        ("preferences", json!([])),
    ];
    for (field, value) in bad {
        change(&ada, json!({ "bio": "new", field: value })).await.fails_at(field);
    }
    change(&ada, json!({ "preferences": { "timezone": "Mars" } })).await.fails_at("preferences.timezone");
    change(&ada, json!({ "preferences": { "notifications": "no" } }))
        .await
        .fails_at("preferences.notifications");
    assert_eq!(ada.get("/api/users/me").await.ok(), before);
    app.stranger().put("/api/users/me", json!({})).await.fails(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_a_name_that_looks_like_another() {
    let app = App::start().await;
    app.person("admin").await;
    let eve = app.person("eve").await;
    for username in ["admin", "ADMIN", "аdmin", "ａｄｍｉｎ"] {
        let answer = change(&eve, json!({ "username": username, "bio": "new" })).await;
        assert_eq!(answer.fails(409, "USER_EXISTS")["details"]["field"], "username", "{username}");
    }
    assert!(eve.get("/api/users/me").await.ok()["user"]["bio"].is_null(), "all or nothing");
    // One's own look-alike, and the name that one gave up.
    assert_eq!(change(&eve, json!({ "username": "EVE" })).await.ok()["user"]["username"], "EVE");
    change(&eve, json!({ "username": "eva" })).await.ok();
    let body =
        json!({ "email": "other@example.org", "password": "correct horse battery", "username": "eve" });
    app.stranger().post("/api/auth/register", body).await.ok();
    assert_eq!(eve.log_in("eva").await.id, eve.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_is_told_to_ones_own_sessions_and_to_no_others() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let bob = app.person("bob").await;
    bob.join(&ada.create_server("Engines").await).await;
    let (mut here, mut there) = (app.socket(&ada, 0).await, app.socket(&ada, 1).await);
    let mut other = app.socket(&bob, 1).await;

    let body = json!({ "status": "busy", "statusMessage": "at the mill" });
    for (method, answer) in [
        ("PUT", ada.put("/api/users/status", body.clone()).await),
        ("POST", ada.post("/api/users/status", body).await),
    ] {
        let answer = answer.ok();
        assert_eq!(
            (&answer["status"], &answer["statusMessage"]),
            (&json!("busy"), &json!("at the mill")),
            "{method}"
        );
    }
    for socket in [&mut here, &mut there] {
        let told = socket.expect("user-status-updated").await;
        let told = &told["users"][0];
        assert_eq!(told["id"], ada.id.as_str());
        assert_eq!((&told["status"], &told["statusMessage"]), (&json!("busy"), &json!("at the mill")));
    }
    // By a socket, under both names; what is not given stays.
    let done = here.command("update-status", json!({ "status": "inmeeting" })).await;
    assert_eq!((&done["status"], &done["statusMessage"]), (&json!("inmeeting"), &json!("at the mill")));
    let done = here.command("user-status", json!({ "statusMessage": null })).await;
    assert_eq!((&done["status"], &done["statusMessage"]), (&json!("inmeeting"), &Value::Null));
    here.refused("update-status", json!({ "status": "asleep" }), "VALIDATION_FAILED").await;
    here.refused("update-status", json!({}), "VALIDATION_FAILED").await;
    assert_eq!(ada.get("/api/users/status").await.ok()["status"], "inmeeting");
    ada.put("/api/users/status", json!({})).await.fails_at("status");
    // Who shares a server sees the last of it.
    let theirs = |event: &Value| event["data"]["users"][0]["status"] == "inmeeting";
    let told = other.find("how ada is now", |event| theirs(event)).await;
    assert_eq!(told["data"]["users"][0]["id"], ada.id.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sees_less_than_who_shares_a_server() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (bob, eve) = (app.person("bob").await, app.person("eve").await);
    bob.join(&ada.create_server("Engines").await).await;
    change(&ada, json!({ "status": "away", "statusMessage": "at the mill", "bio": "Countess" })).await.ok();
    let path = format!("/api/users/{}", ada.id);
    let open = ["avatar", "bio", "id", "name", "username"];
    let seen = eve.get(&path).await.ok()["user"].clone();
    assert_eq!(keys(&seen), open);
    assert_eq!(seen["bio"], "Countess");
    for person in [&bob, &ada] {
        let seen = person.get(&path).await.ok()["user"].clone();
        assert!(seen["status"].is_string() && seen["isOnline"].is_boolean(), "{seen}");
    }
    // By oneself as one chose; by others as it is: they are not connected.
    assert_eq!(ada.get(&path).await.ok()["user"]["status"], "away");
    assert_eq!(bob.get(&path).await.ok()["user"]["status"], "offline");
    let mut socket = app.socket(&ada, 0).await;
    socket.command("ping", json!({})).await;
    eventually("bob sees ada", async || bob.get(&path).await.ok()["user"]["status"] == "away").await;
    let seen = bob.get(&path).await.ok()["user"].clone();
    assert_eq!((&seen["statusMessage"], &seen["isOnline"]), (&json!("at the mill"), &json!(true)));
    eve.get(&format!("/api/users/{}", super::NOTHING)).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.get("/api/users/nobody").await.fails_at("userId");
    app.stranger().get(&path).await.fails(401, "UNAUTHENTICATED");
}
