//! Changed passwords, and which ones may be set.

use serde_json::json;
use tests::{App, eventually};

use super::{
    ADA, CHANGE_EMAIL, CHANGE_PASSWORD, CONFIRM_EMAIL, LOGIN, OTHER, PASSWORD, app, login, verified,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_ends_every_session_and_the_caller_goes_on_in_a_new_one() {
    let app = App::builder().with_mail().gateways(2).start().await;
    let ada = verified(&app).await;
    let elsewhere = ada.log_in("ada").await;
    let mut sockets = [app.socket(&ada, 0).await, app.socket(&elsewhere, 1).await];
    let body = json!({ "currentPassword": PASSWORD, "newPassword": OTHER });
    let answer = ada.post(CHANGE_PASSWORD, body.clone()).await.ok();
    for socket in &mut sockets {
        assert_eq!(socket.close_code().await, Some(4003));
    }
    ada.get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    elsewhere.get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    let fresh = ada.with_token(answer["token"].as_str().unwrap());
    fresh.get("/api/auth/me").await.ok();
    fresh.at(&app.gateways[1].url).get("/api/auth/me").await.ok();
    let refreshed = json!({ "refreshToken": answer["refreshToken"] });
    app.stranger().post("/api/auth/refresh", refreshed).await.ok();
    app.stranger().post(LOGIN, login(PASSWORD)).await.fails(401, "INVALID_CREDENTIALS");
    app.stranger().post(LOGIN, login(OTHER)).await.ok();
    assert_eq!(app.mailbox().letter(ADA, 2).await.subject, "Your password was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_present_password_must_be_known_and_the_new_one_good() {
    let app = app().await;
    let ada = app.person("ada").await;
    let change = |current: &str, new: &str| {
        let (ada, body) = (ada.clone(), json!({ "currentPassword": current, "newPassword": new }));
        async move { ada.post(CHANGE_PASSWORD, body).await }
    };
    change("wrong", OTHER).await.fails(401, "INVALID_CREDENTIALS");
    for bad in [PASSWORD, "short", "Password123", "ADA@example.org", &"ü".repeat(37)] {
        change(PASSWORD, bad).await.fails_at("newPassword");
    }
    app.stranger()
        .post(CHANGE_PASSWORD, json!({ "currentPassword": PASSWORD, "newPassword": OTHER }))
        .await
        .fails(401, "UNAUTHENTICATED");
    ada.get("/api/auth/me").await.ok();
    app.stranger().post(LOGIN, login(PASSWORD)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_at_once_one_is_made() {
    let app = app().await;
    let ada = app.person("ada").await;
    let change =
        |new: &str| ada.post(CHANGE_PASSWORD, json!({ "currentPassword": PASSWORD, "newPassword": new }));
    let (one, two) = tokio::join!(change("battery horse one"), change("battery horse two"));
    assert_eq!([&one, &two].iter().filter(|answer| answer.status == 200).count(), 1, "{one:?} {two:?}");
    let (won, lost) = if one.status == 200 { ("one", "two") } else { ("two", "one") };
    app.stranger().post(LOGIN, login(&format!("battery horse {won}"))).await.ok();
    app.stranger()
        .post(LOGIN, login(&format!("battery horse {lost}")))
        .await
        .fails(401, "INVALID_CREDENTIALS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_makes_a_wish_for_another_address_void() {
    let app = app().await;
    let ada = app.person("ada").await;
    ada.post(CHANGE_EMAIL, json!({ "password": PASSWORD, "newEmail": "eve@example.com" })).await.ok();
    let code = app.mailbox().letter("eve@example.com", 1).await.code();
    let body = json!({ "currentPassword": PASSWORD, "newPassword": OTHER });
    let answer = ada.post(CHANGE_PASSWORD, body).await.ok();
    let fresh = ada.with_token(answer["token"].as_str().unwrap());
    fresh.post(CONFIRM_EMAIL, json!({ "newCode": code })).await.fails(400, "INVALID_CODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn common_passwords_and_what_everybody_knows_are_refused_at_registration() {
    let app = App::start().await;
    let register = |password: &str| {
        let stranger = app.stranger();
        let body = json!({ "email": "grace.hopper@example.org", "username": "admiral.grace", "name": "Grace Hopper", "password": password });
        async move { stranger.post("/api/auth/register", body).await }
    };
    for bad in
        ["12345678", "P@ssw0rd", "Admiral.Grace", "grace.hopper", "GRACE.HOPPER@example.org", "grace hopper"]
    {
        register(bad).await.fails_at("password");
    }
    register("nanoseconds of wire").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_composition_hold_where_they_are_configured() {
    let mut app = App::builder();
    for rule in ["upper", "lower", "digit"] {
        app = app.with(&format!("identity.passwords.require_{rule}"), "true");
    }
    let app = app.start().await;
    let register = |password: &str| {
        let stranger = app.stranger();
        let body = json!({ "email": ADA, "username": "ada", "password": password });
        async move { stranger.post("/api/auth/register", body).await }
    };
    for bad in [PASSWORD, "Correct horse battery", "CORRECT HORSE 8ATTERY"] {
        register(bad).await.fails_at("password");
    }
    register("Correct horse 8attery").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_of_lower_cost_is_renewed_by_a_login_and_by_several_at_once() {
    let mut app = App::start().await;
    let ada = app.person("ada").await;
    let stronger = app.add_gateway_with(&[("identity.passwords.cost", "5")]).await;
    let logins = (0..6).map(|_| {
        let there = app.stranger_at(stronger);
        async move { there.post(LOGIN, login(PASSWORD)).await }
    });
    for answer in futures_util::future::join_all(logins).await {
        answer.ok();
    }
    eventually("it is renewed", async || app.count("users WHERE password_hash LIKE '$2b$05$%'").await == 1)
        .await;
    // Not back again.
    app.stranger().post(LOGIN, login(PASSWORD)).await.ok();
    assert_eq!(app.count("users WHERE password_hash LIKE '$2b$05$%'").await, 1);
    ada.get("/api/auth/me").await.ok();
}
