//! Making accounts.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::App;

use super::{keys, list};

const PASSWORD: &str = "correct horse battery";

fn sign_up(email: &str, username: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "username": username })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_answered_with_itself_and_a_token_that_works() {
    let app = App::start().await;
    let body = json!({ "email": "Ada@Example.org", "password": PASSWORD, "username": "ada", "name": " Ada  Lovelace" });
    let answer = app.stranger().post("/api/auth/register", body).await;
    assert_eq!(answer.status, 201);
    let answer = answer.ok();
    let of_login =
        ["expiresAt", "refreshExpiresAt", "refreshToken", "sessionId", "success", "token", "tokens", "user"];
    assert_eq!(keys(&answer), of_login);
    let of_user = [
        "avatar",
        "bio",
        "createdAt",
        "email",
        "emailVerified",
        "id",
        "name",
        "phone",
        "preferences",
        "role",
        "status",
        "statusMessage",
        "username",
    ];
    assert_eq!(keys(&answer["user"]), of_user);
    assert_eq!(answer["user"]["username"], "ada");
    assert_eq!(answer["user"]["name"], "Ada Lovelace");
    assert_eq!(answer["user"]["email"], "Ada@Example.org");
    for time in [&answer["expiresAt"], &answer["user"]["createdAt"]] {
        let time = time.as_str().unwrap();
        assert!(time.len() == "2026-01-02T03:04:05.678Z".len() && time.ends_with('Z'), "{time}");
    }

    let ada = app.stranger().with_token(answer["token"].as_str().unwrap());
    assert_eq!(ada.get("/api/auth/me").await.ok()["user"], answer["user"]);
    let alias = app.stranger().post("/api/auth/signup", sign_up("bob@example.org", "bob")).await;
    assert_eq!(alias.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_shows_a_password_or_its_hash_and_none_to_others_an_address() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let bob = app.person("bob").await;
    bob.join(&server).await;
    ada.send(&server.channel, "hello").await;

    let mut own = vec![ada.get("/api/auth/me").await];
    for body in
        [json!({ "username": "ada", "password": PASSWORD }), json!({ "username": "ada", "password": "x" })]
    {
        own.push(app.stranger().post("/api/auth/login", body).await);
    }
    own.push(app.stranger().post("/api/auth/register", sign_up("eve@example.org", "eve")).await);
    own.push(app.stranger().post("/api/auth/register", sign_up("ada@example.org", "else")).await);
    let mut others = Vec::new();
    for path in [
        "/api/servers".to_string(),
        format!("/api/servers/{}", server.id),
        format!("/api/servers/{}/members", server.id),
        format!("/api/channels/{}/messages", server.channel),
        format!("/api/channels/{}/changes?since=0", server.channel),
        format!("/api/invite/{}", server.code),
    ] {
        others.push(bob.get(&path).await);
    }
    for text in own.iter().chain(&others).map(|answer| answer.body.to_string()) {
        assert!(!text.contains(PASSWORD) && !text.contains("$2") && !text.contains("ash\":"), "{text}");
    }
    for text in others.iter().map(|answer| answer.body.to_string()) {
        assert!(!text.contains("example.org") && !text.contains("\"email\""), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_is_derived_from_the_name_and_made_unique() {
    let app = App::start().await;
    let mut taken = HashSet::new();
    for (number, name) in
        ["Ada Lovelace", "Ada Lovelace", "ada lovelace", "|", "~", "名前"].iter().enumerate()
    {
        let body = json!({ "email": format!("{number}@example.org"), "password": PASSWORD, "name": name });
        let user = app.stranger().post("/api/auth/register", body).await.ok()["user"].clone();
        assert_eq!(user["name"], *name);
        let username = user["username"].as_str().unwrap().to_string();
        assert!(taken.insert(username.to_lowercase()), "{username} is there twice");
        if number == 0 {
            assert_eq!(username, "Ada_Lovelace");
        }
        let login = json!({ "username": username, "password": PASSWORD });
        assert_eq!(app.stranger().post("/api/auth/login", login).await.ok()["user"], user);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_belongs_to_one_account_whatever_its_case() {
    let app = App::start().await;
    app.person("ada").await;
    for email in ["ada@example.org", "ADA@Example.ORG", "  ada@example.org "] {
        let answer = app.stranger().post("/api/auth/register", sign_up(email, "other")).await;
        assert_eq!(answer.fails(409, "USER_EXISTS")["details"]["field"], "email", "{email}");
    }
    app.stranger().post("/api/auth/register", sign_up("ada@example.com", "other")).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_is_taken_together_with_all_that_look_like_it() {
    let app = App::start().await;
    app.person("admin").await;
    // Upper case, a Cyrillic a, full width, a digit one for an l is another letter, a variation selector.
    for username in ["admin", "ADMIN", "аdmin", "ａｄｍｉｎ", " admin ", "admin\u{fe0f}"] {
        let answer = app.stranger().post("/api/auth/register", sign_up("other@example.org", username)).await;
        assert_eq!(answer.fails(409, "USER_EXISTS")["details"]["field"], "username", "{username}");
    }
    app.stranger().post("/api/auth/register", sign_up("other@example.org", "admins")).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_who_want_one_name_at_once_one_gets_it() {
    let app = App::start().await;
    let wishes = (0..100).map(|number| {
        let stranger = app.stranger();
        async move {
            let body = sign_up(&format!("{number}@example.org"), if number % 2 == 0 { "ada" } else { "ADA" });
            stranger.post("/api/auth/register", body).await
        }
    });
    let answers = join_all(wishes).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 99));
    for answer in refused {
        assert_eq!(answer.fails(409, "USER_EXISTS")["details"]["field"], "username");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_account_leaves_nothing_behind() {
    let app = App::start().await;
    app.person("ada").await;
    // The name is free, the address is not: the name stays free.
    app.stranger()
        .post("/api/auth/register", sign_up("ada@example.org", "bob"))
        .await
        .fails(409, "USER_EXISTS");
    let bad = json!({ "email": "nobody", "password": "short", "username": "a b" });
    let details = app.stranger().post("/api/auth/register", bad).await.fails_at("email")["details"].clone();
    assert_eq!(keys(&details), ["email", "password", "username"], "every field is told at once");
    assert!(keys(&details).iter().all(|field| !list(&details[*field]).is_empty()));
    let bob = app.person("bob").await;
    assert_eq!(bob.username, "bob");
}
