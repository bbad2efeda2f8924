//! Forgotten passwords.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, eventually};

use super::{
    ADA, CHANGE_EMAIL, CONFIRM_EMAIL, FORGOT, LOGIN, MINUTE_MS, OTHER, PASSWORD, RESET, app, is_verified,
    login,
};

/// Asks for a link, the `number`th time; its token.
async fn token(app: &App, number: usize) -> String {
    app.stranger().post(FORGOT, json!({ "email": ADA })).await.ok();
    app.mailbox().letter_about("Set a new password", ADA, number).await.token()
}

fn reset(token: &str, password: &str) -> Value {
    json!({ "token": token, "newPassword": password })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_sets_a_password_once_and_ends_every_session() {
    let app = App::builder().with_mail().gateways(2).start().await;
    let ada = app.person("ada").await;
    let elsewhere = ada.log_in("ada").await;
    let mut socket = app.socket(&elsewhere, 1).await;
    let token = token(&app, 1).await;
    app.stranger().post(RESET, reset(&token, OTHER)).await.ok();
    assert_eq!(socket.close_code().await, Some(4003));
    for person in [&ada, &elsewhere] {
        person.get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
        let there = person.at(&app.gateways[1].url);
        eventually("the other gateway knows", async || there.get("/api/auth/me").await.status == 401).await;
    }
    app.stranger().post(LOGIN, login(PASSWORD)).await.fails(401, "INVALID_CREDENTIALS");
    app.stranger().post(LOGIN, login(OTHER)).await.ok();
    app.stranger().post(RESET, reset(&token, "yet another horse")).await.fails(400, "INVALID_CODE");
    app.stranger().post(LOGIN, login(OTHER)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_one_link_at_once_one_sets_the_password() {
    let app = App::builder().with_mail().gateways(2).start().await;
    app.person("ada").await;
    let token = token(&app, 1).await;
    let tries = (0..20).map(|number| {
        let (person, token) = (app.stranger_at(number % 2), token.clone());
        async move {
            let password = format!("battery horse number {number}");
            let answer = person.post(RESET, reset(&token, &password)).await;
            if answer.status == 200 {
                Some(password)
            } else {
                answer.fails(400, "INVALID_CODE").is_null().then(String::new)
            }
        }
    });
    let won = join_all(tries).await.into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(won.len(), 1, "{won:?}");
    app.stranger().post(LOGIN, login(&won[0])).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_for_an_hour_and_until_the_next_one() {
    let app = app().await;
    app.person("ada").await;
    let first = token(&app, 1).await;
    let second = token(&app, 2).await;
    app.stranger().post(RESET, reset(&first, OTHER)).await.fails(400, "INVALID_CODE");
    app.clock.advance_ms(60 * MINUTE_MS);
    app.stranger().post(RESET, reset(&second, OTHER)).await.fails(400, "INVALID_CODE");
    let third = token(&app, 3).await;
    app.clock.advance_ms(59 * MINUTE_MS);
    app.stranger().post(RESET, reset(&third, OTHER)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_does_not_use_the_link_up() {
    let app = app().await;
    app.person("ada").await;
    let token = token(&app, 1).await;
    for bad in ["short", "password1", "ada@example.org", &"x".repeat(73)] {
        app.stranger().post(RESET, reset(&token, bad)).await.fails_at("newPassword");
    }
    app.stranger().post(RESET, reset(&token, OTHER)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_tokens_set_nothing() {
    let app = app().await;
    app.person("ada").await;
    let token = token(&app, 1).await;
    let (prefix, rest) = token.split_at(4);
    for bad in
        ["", "ghx_", rest, &token[..60], &token.to_uppercase(), &format!("{prefix}{}", "0".repeat(64)), "%"]
    {
        app.stranger().post(RESET, reset(bad, OTHER)).await.fails(400, "INVALID_CODE");
    }
    app.stranger().post(LOGIN, login(PASSWORD)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_does_not_tell_who_has_an_account_and_strangers_get_no_letter() {
    let app = app().await;
    app.person("ada").await;
    app.mailbox().letter(ADA, 1).await;
    let known = app.stranger().post(FORGOT, json!({ "email": "ADA@example.org " })).await.ok();
    let unknown = app.stranger().post(FORGOT, json!({ "email": "nobody@example.org" })).await.ok();
    assert_eq!(known, unknown);
    app.mailbox().letter(ADA, 2).await;
    eventually("all is done", async || app.open_jobs().await == 0).await;
    assert!(app.mailbox().letters().iter().all(|letter| letter.to == ADA));
    for bad in ["", "nobody", "a@b@c", "ada@example.org\r\nBcc: eve@example.org"] {
        app.stranger().post(FORGOT, json!({ "email": bad })).await.fails_at("email");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_the_letter_has_proved_the_address() {
    let app = app().await;
    let ada = app.person("ada").await;
    assert!(!is_verified(&ada).await);
    let token = token(&app, 1).await;
    app.stranger().post(RESET, reset(&token, OTHER)).await.ok();
    let answer = app.stranger().post(LOGIN, login(OTHER)).await.ok();
    assert_eq!(answer["user"]["emailVerified"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_sent_to_an_old_address_is_void() {
    let app = app().await;
    let ada = app.person("ada").await;
    let token = token(&app, 1).await;
    ada.post(CHANGE_EMAIL, json!({ "password": PASSWORD, "newEmail": "ada@example.com" })).await.ok();
    let code = app.mailbox().letter("ada@example.com", 1).await.code();
    ada.post(CONFIRM_EMAIL, json!({ "newCode": code })).await.ok();
    app.stranger().post(RESET, reset(&token, OTHER)).await.fails(400, "INVALID_CODE");
}
