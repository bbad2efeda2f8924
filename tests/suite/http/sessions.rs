//! Sessions: refreshed, listed, ended.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person, Socket};

const LOGIN: &str = "/api/auth/login";
const REFRESH: &str = "/api/auth/refresh";
const ME: &str = "/api/auth/me";
const HOUR_MS: i64 = 3_600_000;

async fn log_in(app: &App, username: &str) -> Value {
    let body = json!({ "username": username, "password": "correct horse battery" });
    app.stranger().post(LOGIN, body).await.ok()
}

async fn refresh(at: &Person, login: &Value) -> tests::Answer {
    at.post(REFRESH, json!({ "refreshToken": login["refreshToken"] })).await
}

fn access(login: &Value) -> &str {
    login["token"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_gives_the_next_pair_and_the_session_goes_on() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let login = log_in(&app, "ada").await;
    assert_eq!(login["tokens"]["accessToken"], login["token"]);
    assert_eq!(login["tokens"]["refreshToken"], login["refreshToken"]);
    app.clock.advance_ms(24 * HOUR_MS);
    ada.with_token(access(&login)).get(ME).await.fails(401, "TOKEN_EXPIRED");
    let there = app.stranger().at(&app.gateways[1].url);
    let next = refresh(&there, &login).await.ok();
    assert_eq!(next["sessionId"], login["sessionId"]);
    assert_ne!(next["refreshToken"], login["refreshToken"]);
    ada.with_token(access(&next)).get(ME).await.ok();
    // Thirty days after the last refresh, not after the login.
    app.clock.advance_ms(29 * 24 * HOUR_MS);
    let later = refresh(&app.stranger(), &next).await.ok();
    app.clock.advance_ms(30 * 24 * HOUR_MS);
    refresh(&app.stranger(), &later).await.fails(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_can_be_asked_for_again_for_thirty_seconds() {
    let app = App::builder().gateways(2).start().await;
    app.person("ada").await;
    let login = log_in(&app, "ada").await;
    let first = refresh(&app.stranger(), &login).await.ok();
    app.clock.advance_ms(20_000);
    let again = refresh(&app.stranger().at(&app.gateways[1].url), &login).await.ok();
    for name in ["token", "refreshToken", "expiresAt", "refreshExpiresAt"] {
        assert_eq!(first[name], again[name], "{name}");
    }
    app.clock.advance_ms(10_000);
    refresh(&app.stranger(), &login).await.fails(401, "UNAUTHENTICATED");
    app.stranger().with_token(access(&first)).get(ME).await.fails(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_token_ends_the_session_on_every_gateway() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let bystander = log_in(&app, "ada").await;
    let login = log_in(&app, "ada").await;
    let thief = refresh(&app.stranger(), &login).await.ok();
    let second = refresh(&app.stranger(), &thief).await.ok();
    let ada = ada.with_token(access(&second));
    let mut socket = app.socket(&ada, 1).await;
    // The next was used: no lost answer any more.
    refresh(&app.stranger(), &login).await.fails(401, "UNAUTHENTICATED");
    assert_eq!(socket.close_code().await, Some(4003));
    for gateway in &app.gateways {
        ada.at(&gateway.url).get(ME).await.fails(401, "UNAUTHENTICATED");
    }
    refresh(&app.stranger(), &second).await.fails(401, "UNAUTHENTICATED");
    refresh(&app.stranger(), &bystander).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_uses_at_once_one_pair_comes_out() {
    let app = App::builder().gateways(2).start().await;
    app.person("ada").await;
    let login = log_in(&app, "ada").await;
    let uses = (0..64).map(|n| {
        let (at, login) = (app.stranger().at(&app.gateways[n % 2].url), login.clone());
        async move { refresh(&at, &login).await.ok() }
    });
    let pairs = join_all(uses).await;
    for pair in &pairs {
        assert_eq!((&pair["token"], &pair["refreshToken"]), (&pairs[0]["token"], &pairs[0]["refreshToken"]));
    }
    refresh(&app.stranger(), &pairs[0]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_refresh_token_of_ours_is_refused_and_ends_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let login = log_in(&app, "ada").await;
    let token = login["refreshToken"].as_str().unwrap();
    let other = format!("ghr_{}", "0".repeat(64));
    for bad in ["", "ghr_", &other, &token[1..], &token.to_uppercase(), access(&login), "\u{0}", "ghr_é"] {
        let body =
            app.stranger().post(REFRESH, json!({ "refreshToken": bad })).await.fails(401, "UNAUTHENTICATED");
        assert!(!body.to_string().contains("ghr_"), "{bad}");
    }
    app.stranger().post(REFRESH, json!({})).await.fails(400, "VALIDATION_FAILED");
    // It is no access token either.
    ada.with_token(token).get(ME).await.fails(401, "UNAUTHENTICATED");
    refresh(&app.stranger(), &login).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_one_by_one() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let bob = app.person("bob").await;
    app.clock.advance_ms(1_000);
    let phone = log_in(&app, "ada").await;
    let phone_id = phone["sessionId"].as_str().unwrap();
    let path = format!("/api/auth/sessions/{phone_id}");
    let listed = ada.get("/api/auth/sessions").await.ok();
    let listed = listed["sessions"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[0]["id"], &listed[0]["current"]), (&phone["sessionId"], &json!(false)));
    assert_eq!((&listed[1]["current"], &listed[0]["address"]), (&json!(true), &json!("127.0.0.1")));
    let mut socket = Socket::open(&app.gateways[1].url, "", Some(access(&phone))).await;
    socket.expect_event("ready").await;
    bob.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.with_token(access(&phone)).get(ME).await.ok();
    ada.delete(&path).await.ok();
    assert_eq!(socket.close_code().await, Some(4003));
    ada.with_token(access(&phone)).get(ME).await.fails(401, "UNAUTHENTICATED");
    refresh(&app.stranger(), &phone).await.fails(401, "UNAUTHENTICATED");
    ada.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(ada.get("/api/auth/sessions").await.ok()["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_everywhere_ends_every_session_and_nobody_elses() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let other = log_in(&app, "ada").await;
    let mut socket = Socket::open(&app.gateways[1].url, "", Some(access(&other))).await;
    socket.expect_event("ready").await;
    ada.post("/api/auth/logout-all", json!({})).await.ok();
    assert_eq!(socket.close_code().await, Some(4003));
    for token in [ada.token(), access(&other)] {
        ada.with_token(token).get(ME).await.fails(401, "UNAUTHENTICATED");
    }
    refresh(&app.stranger(), &other).await.fails(401, "UNAUTHENTICATED");
    bob.get(ME).await.ok();
    log_in(&app, "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_session_too_many_the_least_used_ends() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for _ in 0..99 {
        app.clock.advance_ms(1);
        log_in(&app, "ada").await;
    }
    ada.get(ME).await.ok();
    app.clock.advance_ms(1);
    let last = log_in(&app, "ada").await;
    ada.get(ME).await.fails(401, "UNAUTHENTICATED");
    let listed = ada.with_token(access(&last)).get("/api/auth/sessions").await.ok();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 100);
}
