//! The end of an account.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person, eventually};

use super::list;

const PASSWORD: &str = "correct horse battery";

async fn delete_own(person: &Person) -> Answer {
    delete_with(person, json!({ "password": PASSWORD })).await
}

async fn delete_with(person: &Person, body: Value) -> Answer {
    person.call(Method::DELETE, "/api/users/me", Some(body.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_tells_any_more_who_a_deleted_account_was() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let eve = app.person("eve").await;
    eve.join(&server).await;
    let body = json!({ "name": "Eve Secret", "bio": "Secret", "statusMessage": "Secret", "preferences": { "timezone": "Asia/Tokyo" } });
    eve.put("/api/users/me", body).await.ok();
    let message = eve.send(&server.channel, "I was here").await;
    let (mut here, mut there) = (app.socket(&eve, 0).await, app.socket(&eve, 1).await);
    let mut member = app.socket(&ada, 1).await;

    delete_with(&eve, json!({ "password": "wrong" })).await.fails(401, "INVALID_CREDENTIALS");
    delete_own(&eve).await.ok();
    assert_eq!(here.close_code().await, Some(4003));
    assert_eq!(there.close_code().await, Some(4003));
    assert_eq!(member.expect("member-left").await["userId"], eve.id.as_str());
    for gateway in &app.gateways {
        eve.at(&gateway.url).get("/api/users/me").await.fails(401, "UNAUTHENTICATED");
        delete_own(&eve.at(&gateway.url)).await.fails(401, "UNAUTHENTICATED");
    }
    for account in [json!({ "username": "eve" }), json!({ "email": "eve@example.org" })] {
        let mut login = account.clone();
        login["password"] = PASSWORD.into();
        app.stranger().post("/api/auth/login", login).await.fails(401, "INVALID_CREDENTIALS");
    }
    // What they wrote stays, by nobody.
    let page = ada.history(&server.channel, "").await;
    let kept = list(&page["messages"]).iter().find(|kept| kept["id"] == message["id"]).unwrap();
    assert_eq!((&kept["content"], &kept["author"]["name"]), (&json!("I was here"), &json!("Deleted user")));
    assert_eq!(kept["author"]["id"], eve.id.as_str());
    assert!(kept["author"]["username"].as_str().unwrap().starts_with("deleted-"));
    let members = ada.get(&format!("/api/servers/{}/members", server.id)).await.ok();
    assert_eq!(list(&members["members"]).len(), 1);
    ada.get(&format!("/api/users/{}", eve.id)).await.fails(404, "RESOURCE_NOT_FOUND");
    for query in ["eve", "eve@example.org", "secret", "deleted", "deleted user"] {
        let found = ada.get(&format!("/api/users/search?query={query}")).await.ok();
        assert_eq!(list(&found["users"]).len(), 0, "{query}");
    }
    let tables = [
        "users",
        "sessions",
        "audit_log",
        "members",
        "read_marks",
        "retired_usernames",
        "known_devices",
        "email_codes",
    ];
    for table in tables {
        let rows = app.value(&format!("SELECT string_agg(t::text, E'\\n') FROM {table} AS t")).await;
        let rows = rows.lines().filter(|row| table == "retired_usernames" || row.contains(&eve.id));
        for trace in ["eve", "Secret", "Asia/Tokyo", "$2", "127.0.0.1"] {
            assert!(rows.clone().all(|row| !row.contains(trace)), "{table} has {trace}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_the_place_of_somebody_who_is_gone() {
    let app = App::start().await;
    let eve = app.person("eve").await;
    delete_own(&eve).await.ok();
    let body =
        |email: &str, username: &str| json!({ "email": email, "password": PASSWORD, "username": username });
    // The name is out of use, with all that look like it, for whoever signs up and whoever changes their name.
    for username in ["eve", "EVE", "еve"] {
        let answer = app.stranger().post("/api/auth/register", body("eve@example.org", username)).await;
        assert_eq!(answer.fails(409, "USER_EXISTS")["details"]["field"], "username", "{username}");
    }
    let bob = app.person("bob").await;
    bob.put("/api/users/me", json!({ "username": "eve" })).await.fails(409, "USER_EXISTS");
    // A derived one steps aside; the address is free.
    let derived = json!({ "email": "eve@example.org", "password": PASSWORD, "name": "Eve" });
    let answer = app.stranger().post("/api/auth/register", derived).await.ok();
    assert_eq!(answer["user"]["username"], "Eve-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_owns_a_server_with_others_gives_it_away_first() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let shared = ada.create_server("Engines").await;
    let alone = ada.create_server("Alone").await;
    bob.join(&shared).await;
    let refused = delete_own(&ada).await.fails(409, "CONFLICT");
    assert_eq!(refused["details"]["servers"], json!([{ "id": shared.id, "name": "Engines" }]));
    ada.get("/api/users/me").await.ok();
    // However young the login is.
    ada.call(Method::DELETE, "/api/users/me", Some("{}".into())).await.fails_at("password");
    bob.post(&format!("/api/servers/{}/leave", shared.id), json!({})).await.ok();
    delete_own(&ada).await.ok();
    for code in [shared.code, alone.code] {
        app.stranger().get(&format!("/api/invite/{code}")).await.fails(404, "RESOURCE_NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_administrator_deletes_leaves_its_servers_to_the_eldest_members() {
    let app = App::start().await;
    let root = app.admin("root").await;
    let (eve, bob, ada) = (app.person("eve").await, app.person("bob").await, app.person("ada").await);
    let server = eve.create_server("Engines").await;
    bob.join(&server).await;
    ada.join(&server).await;
    root.delete(&format!("/api/admin/users/{}", eve.id)).await.ok();
    root.delete(&format!("/api/admin/users/{}", eve.id)).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.get("/api/users/me").await.fails(401, "UNAUTHENTICATED");
    let seen = bob.get(&format!("/api/servers/{}", server.id)).await.ok();
    assert_eq!((&seen["server"]["ownerId"], &seen["server"]["memberCount"]), (&json!(bob.id), &json!(2)));
    // The heir has the owner's rights.
    bob.delete(&format!("/api/channels/{}", server.channel)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_broke_off_goes_on() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    eve.join(&server).await;
    delete_own(&eve).await.ok();
    // As if the gateway had died right after the account was gone, or a request had been under way.
    let eve = &eve.id;
    app.sql(&format!(
        "INSERT INTO members (guild_id, user_id, joined_at) VALUES ('{}', '{eve}', now())",
        server.id
    ))
    .await;
    app.clock.advance_ms(61_000);
    let left =
        format!("(SELECT count(*) FROM members WHERE user_id = '{eve}') + (SELECT count(*) FROM erasures)");
    let mut app = app;
    app.add_gateway_with(&[("workers.sweep_s", "1")]).await;
    eventually("it is finished", async || app.value(&left).await == "0").await;
}
