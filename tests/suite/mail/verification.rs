//! Proving an address.

use futures_util::future::join_all;
use serde_json::json;
use tests::{App, eventually};

use super::{ADA, LOGIN, MINUTE_MS, RESEND, VERIFY, app, is_verified, login, verified, wrong};

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_the_first_letter_proves_the_address_once() {
    let app = app().await;
    let ada = app.person("ada").await;
    assert!(!is_verified(&ada).await);
    let letter = app.mailbox().letter(ADA, 1).await;
    assert_eq!(letter.subject, "Confirm your e-mail address");
    let code = letter.code();
    // Without a token, by the address in any form.
    let body = json!({ "email": " ADA@Example.org", "code": format!(" {code} ") });
    app.stranger().post(VERIFY, body.clone()).await.ok();
    assert!(is_verified(&ada).await);
    app.stranger().post(VERIFY, body).await.fails(400, "INVALID_CODE");
    ada.post(VERIFY, json!({ "code": code })).await.fails(400, "INVALID_CODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_the_account_is_the_callers_own() {
    let app = app().await;
    let ada = app.person("ada").await;
    let bob = app.person("bob").await;
    let code = app.mailbox().letter(ADA, 1).await.code();
    bob.post(VERIFY, json!({ "code": code })).await.fails(400, "INVALID_CODE");
    ada.post(VERIFY, json!({ "code": code })).await.ok();
    assert!(is_verified(&ada).await && !is_verified(&bob).await);
    for path in [VERIFY, RESEND] {
        app.stranger().post(path, json!({ "code": "123456" })).await.fails_at("email");
        app.stranger().post(path, json!({ "code": "123456", "email": "nobody" })).await.fails_at("email");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_for_ten_minutes() {
    let app = app().await;
    let ada = app.person("ada").await;
    let code = app.mailbox().letter(ADA, 1).await.code();
    app.clock.advance_ms(10 * MINUTE_MS);
    ada.post(VERIFY, json!({ "code": code })).await.fails(400, "INVALID_CODE");
    ada.post(RESEND, json!({})).await.ok();
    let code = app.mailbox().letter(ADA, 2).await.code();
    app.clock.advance_ms(9 * MINUTE_MS);
    ada.post(VERIFY, json!({ "code": code })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_code_makes_the_old_one_void() {
    let app = app().await;
    let ada = app.person("ada").await;
    let old = app.mailbox().letter(ADA, 1).await.code();
    app.stranger().post(RESEND, json!({ "email": ADA })).await.ok();
    let new = app.mailbox().letter(ADA, 2).await.code();
    if old != new {
        ada.post(VERIFY, json!({ "code": old })).await.fails(400, "INVALID_CODE");
    }
    ada.post(VERIFY, json!({ "code": new })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_ends_after_five_tries_whichever_gateway_is_asked() {
    let app = App::builder().with_mail().gateways(2).start().await;
    let ada = app.person("ada").await;
    let code = app.mailbox().letter(ADA, 1).await.code();
    let guess = wrong(&code);
    // Forty at once, by two ways: five are compared, and then not even the right one is.
    let guesses = (0..40).map(|number| {
        let there = ada.at(&app.gateways[number % 2].url);
        let guess = guess.clone();
        async move { there.post(VERIFY, json!({ "code": guess })).await }
    });
    for answer in join_all(guesses).await {
        answer.fails(400, "INVALID_CODE");
    }
    for gateway in &app.gateways {
        ada.at(&gateway.url).post(VERIFY, json!({ "code": code })).await.fails(400, "INVALID_CODE");
    }
    assert!(!is_verified(&ada).await);
    ada.post(RESEND, json!({})).await.ok();
    let code = app.mailbox().letter(ADA, 2).await.code();
    for _ in 0..4 {
        ada.post(VERIFY, json!({ "code": wrong(&code) })).await.fails(400, "INVALID_CODE");
    }
    ada.at(&app.gateways[1].url).post(VERIFY, json!({ "code": code })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_addresses_are_answered_alike_and_nobody_is_mailed_in_vain() {
    let app = app().await;
    verified(&app).await;
    app.person("bob").await;
    app.mailbox().letter("bob@example.org", 1).await;
    let mut answers = Vec::new();
    // Verified, not verified, unknown.
    for email in [ADA, "bob@example.org", "nobody@example.org"] {
        let resent = app.stranger().post(RESEND, json!({ "email": email })).await.ok();
        let body = json!({ "email": email, "code": "no code" });
        answers.push((resent, app.stranger().post(VERIFY, body).await.fails(400, "INVALID_CODE")));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    app.mailbox().letter("bob@example.org", 2).await;
    eventually("all is done", async || app.open_jobs().await == 0).await;
    assert_eq!(app.mailbox().letters().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_required_nobody_logs_in_or_goes_on_unverified() {
    let app = App::builder().with_mail().with("identity.require_verified_email", "true").start().await;
    let answer = app
        .stranger()
        .post("/api/auth/register", json!({ "email": ADA, "password": super::PASSWORD, "username": "ada" }))
        .await
        .ok();
    let refresh = json!({ "refreshToken": answer["refreshToken"] });
    app.stranger().post(LOGIN, login(super::PASSWORD)).await.fails(403, "EMAIL_NOT_VERIFIED");
    app.stranger().post(LOGIN, login("wrong")).await.fails(401, "INVALID_CREDENTIALS");
    app.stranger().post("/api/auth/refresh", refresh.clone()).await.fails(403, "EMAIL_NOT_VERIFIED");
    let code = app.mailbox().letter(ADA, 1).await.code();
    app.stranger().post(VERIFY, json!({ "email": ADA, "code": code })).await.ok();
    app.stranger().post(LOGIN, login(super::PASSWORD)).await.ok();
    app.stranger().post("/api/auth/refresh", refresh).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_came_back_is_swept_away() {
    let app = app().await;
    let ada = app.person("ada").await;
    let code = app.mailbox().letter(ADA, 1).await.code();
    app.stranger().post(super::FORGOT, json!({ "email": ADA })).await.ok();
    let wish = json!({ "password": super::PASSWORD, "newEmail": "ada@example.com" });
    ada.post(super::CHANGE_EMAIL, wish).await.ok();
    eventually("all is done", async || app.open_jobs().await == 0).await;
    let kept = async || {
        app.services().identity.sweep_proofs(10).await.unwrap();
        let mut rows = 0;
        for table in ["email_codes", "password_resets", "email_changes"] {
            rows += app.count(table).await;
        }
        rows
    };
    assert_eq!(kept().await, 3);
    app.clock.advance_ms(26 * 60 * MINUTE_MS);
    assert_eq!(kept().await, 0);
    app.stranger().post(VERIFY, json!({ "email": ADA, "code": code })).await.fails(400, "INVALID_CODE");
}
