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
    let preferences = json!({ "notifications": true, "soundEnabled": false, "timezone": "Europe/London", "discoverableByEmail": true, "discoverableByPhone": true });
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
        ("phone", json!("030 1234567")),
        ("phone", json!("")),
        ("phone", json!(493012345678_i64)),
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
async fn a_number_is_its_owners_to_see_and_to_clear() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    bob.join(&ada.create_server("Engines").await).await;
    let user = change(&ada, json!({ "phone": "+49 (30) 1234-5678" })).await.ok()["user"].clone();
    assert_eq!(user["phone"], "+493012345678");
    for path in ["/api/users/me", "/api/auth/me"] {
        assert_eq!(ada.get(path).await.ok()["user"], user);
    }
    assert_eq!(app.socket_and_ready(&ada, 0, "").await.1["user"], user);
    let body = json!({ "username": "ada", "password": Person::PASSWORD });
    assert_eq!(app.stranger().post("/api/auth/login", body).await.ok()["user"], user);
    let root = app.admin("root").await;
    for (person, path) in [
        (&bob, format!("/api/users/{}", ada.id)),
        (&bob, "/api/users/search?query=ada".to_string()),
        (&bob, "/api/users/search?query=%2B493012345678".to_string()),
        (&root, "/api/admin/audit-log".to_string()),
    ] {
        let seen = person.get(&path).await.ok();
        assert!(seen.to_string().contains("ada") && !seen.to_string().contains("12345678"), "{path}: {seen}");
    }
    change(&ada, json!({ "bio": "x" })).await.ok();
    assert_eq!(
        ada.get("/api/users/me").await.ok()["user"]["phone"],
        "+493012345678",
        "what is not given stays"
    );
    assert!(change(&ada, json!({ "phone": null })).await.ok()["user"]["phone"].is_null());
    assert_eq!(app.count("users WHERE phone_key IS NOT NULL OR phone_sealed IS NOT NULL").await, 0);
    let body = json!({ "email": "cy@example.org", "password": Person::PASSWORD, "username": "cy", "phone": "+493012345678" });
    let made = app.stranger().post("/api/auth/register", body).await.ok();
    assert_eq!(made["user"]["phone"], "+493012345678");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_codes_of_a_second_factor_go_where_they_went_whatever_number_the_profile_has() {
    let texts = tests::texts::Texts::start().await;
    let app = App::builder().with("identity.sms.provider", "http").with("identity.sms.url", &texts.url);
    let app = app.start().await;
    let ada = app.person("ada").await;
    change(&ada, json!({ "phone": "+493011111111" })).await.ok();
    ada.post("/api/auth/2fa/enable", json!({ "method": "sms" })).await.ok();
    ada.post("/api/auth/2fa/verify", json!({ "code": texts.code() })).await.ok();
    for phone in [json!("+493022222222"), Value::Null] {
        change(&ada, json!({ "phone": phone })).await.ok();
        let body = json!({ "username": "ada", "password": Person::PASSWORD });
        app.stranger().post("/api/auth/login", body).await.fails(402, "TWO_FACTOR_REQUIRED");
        assert_eq!(texts.received().last().unwrap()["to"], "+493011111111");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_reaches_open_sockets_on_every_gateway() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut here, mut there) = (app.socket(&ada, 0).await, app.socket(&ada, 1).await);
    let mut other = app.socket(&bob, 1).await;
    other.command("join-channel", json!(server.channel)).await;
    change(&ada, json!({ "username": "countess", "name": "Ada King", "bio": "Countess" })).await.ok();
    for socket in [&mut here, &mut there] {
        let told = socket.expect("user-updated").await;
        let expected = json!({ "id": ada.id, "username": "countess", "name": "Ada King", "avatar": null, "bio": "Countess" });
        assert_eq!(told["user"], expected);
    }
    // Sockets that were open before do not go on under the old name.
    tests::eventually("the new name", async || {
        let mut typing = app.socket(&ada, 0).await;
        for socket in [&mut here, &mut typing] {
            socket.command("typing-start", json!({ "channelId": server.channel })).await;
            socket.command("stop-typing", json!({ "channelId": server.channel })).await;
            if other.expect("user-typing").await["username"] != "countess" {
                return false;
            }
        }
        true
    })
    .await;
    here.command("send-message", json!({ "channelId": server.channel, "content": "x" })).await;
    assert_eq!(other.expect("new-message").await["author"]["username"], "countess");
    change(&ada, json!({ "status": "busy" })).await.ok();
    here.expect("user-status-updated").await;
    here.hears_no("user-updated", std::time::Duration::from_millis(200)).await;
    other.hears_no("user-updated", std::time::Duration::from_millis(200)).await;
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
