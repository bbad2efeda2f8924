//! What a stolen token is not enough for: the password is asked for again, or a fresh login where there is none.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person};

use super::oauth;

const PASSWORD: &str = Person::PASSWORD;
const KEYS: &str = "/api/auth/api-keys";
const CHANGE: &str = "/api/auth/change-password";
const AN_HOUR_MS: i64 = 3_600_000;

/// Every call that asks: its path, a body without the password, and the password's field.
fn calls() -> [(Method, &'static str, Value, &'static str); 7] {
    let code = json!({ "code": "gho_x", "verifier": "x".repeat(43) });
    [
        (Method::POST, KEYS, json!({ "name": "Robot", "scopes": ["read"] }), "password"),
        (Method::POST, "/api/auth/link/house", code, "password"),
        (Method::POST, "/api/auth/2fa/enable", json!({}), "password"),
        (Method::POST, "/api/auth/2fa/disable", json!({}), "password"),
        (Method::POST, "/api/auth/2fa/recovery-codes", json!({}), "password"),
        (Method::POST, CHANGE, json!({ "newPassword": "battery horse correct" }), "currentPassword"),
        (Method::DELETE, "/api/users/me", json!({}), "password"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_not_fresh_needs_the_password_and_every_call_says_so_alike() {
    let (app, _issuer) = oauth::start().await;
    let ada = app.person("ada").await;
    app.clock.advance_ms(AN_HOUR_MS);
    for (method, path, body, field) in calls() {
        ada.call(method.clone(), path, Some(body.to_string())).await.fails_at(field);
        let mut body = body;
        body[field] = "wrong".into();
        let refused = ada.call(method, path, Some(body.to_string())).await;
        let refused = refused.fails(401, "INVALID_CREDENTIALS");
        assert_eq!(refused["error"], "the password is wrong", "{path}");
        assert_eq!(refused["details"], json!({ "field": field }), "{path}");
    }
    assert_eq!(app.count("api_keys").await, 0);
    ada.post(KEYS, json!({ "name": "Robot", "scopes": ["read"], "password": PASSWORD })).await.ok();
    // Who has just logged in need not say it again, but for what cannot be undone.
    let fresh = ada.log_in("ada").await;
    fresh.post(KEYS, json!({ "name": "Robot", "scopes": ["read"] })).await.ok();
    fresh.call(Method::DELETE, "/api/users/me", Some("{}".into())).await.fails_at("password");
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_to_name_the_password_are_counted_together_whatever_they_are_for() {
    let issuer = tests::Issuer::start().await;
    let builder =
        issuer.settings().into_iter().fold(App::builder(), |app, (name, value)| app.with(&name, &value));
    let app = builder.with("limits.enabled", "true").start().await;
    let ada = app.person("ada").await;
    for (number, (method, path, mut body, field)) in calls().into_iter().enumerate() {
        body[field] = "wrong".into();
        let answer = ada.call(method, path, Some(body.to_string())).await;
        if number < 5 {
            answer.fails(401, "INVALID_CREDENTIALS");
        } else {
            answer.fails(429, "RATE_LIMITED");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_a_provider_made_gets_its_first_password_after_a_fresh_login() {
    let (app, _issuer) = oauth::start().await;
    let login = oauth::log_in(&app).await;
    let username = login["user"]["username"].as_str().unwrap().to_string();
    let owner = oauth::person(&app, &login);
    let first = json!({ "newPassword": PASSWORD });
    // Any password is a wrong one.
    let body = json!({ "currentPassword": "anything", "newPassword": PASSWORD });
    owner.post(CHANGE, body).await.fails(401, "INVALID_CREDENTIALS");
    app.sql("UPDATE sessions SET created_at = created_at - interval '1 hour'").await;
    let told = owner.post(CHANGE, first.clone()).await.fails_at("currentPassword");
    assert!(told.to_string().contains("log in again"), "{told}");

    let owner = oauth::person(&app, &oauth::log_in(&app).await);
    owner.post(CHANGE, json!({ "newPassword": "short" })).await.fails_at("newPassword");
    let (one, two) = tokio::join!(owner.post(CHANGE, first.clone()), owner.post(CHANGE, first.clone()));
    let done = [&one, &two].iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{one:?} {two:?}");
    // The sessions are over, but for the new one; the password works, and the provider is not the only way in any more.
    owner.get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    let owner = app.stranger().log_in(&username).await;
    owner.post(CHANGE, first).await.fails_at("currentPassword");
    owner.delete("/api/auth/link/house").await.ok();
}
