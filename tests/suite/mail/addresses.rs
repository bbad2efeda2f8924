//! Changed addresses.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person, eventually};

use super::{ADA, CHANGE_EMAIL, CONFIRM_EMAIL, FORGOT, LOGIN, MINUTE_MS, PASSWORD, app, verified, wrong};

const NEW: &str = "Ada@example.com";

async fn ask(person: &Person, email: &str) -> Value {
    person.post(CHANGE_EMAIL, json!({ "password": PASSWORD, "newEmail": email })).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_address_has_to_agree_and_hears_of_it() {
    let app = app().await;
    let ada = verified(&app).await;
    assert_eq!(ask(&ada, NEW).await["needsOldCode"], true);
    let (old, new) = (app.mailbox().letter(ADA, 2).await.code(), app.mailbox().letter(NEW, 1).await.code());
    for bad in [
        json!({ "newCode": new }),
        json!({ "newCode": new, "oldCode": null }),
        json!({ "newCode": old, "oldCode": new }),
        json!({ "newCode": wrong(&new), "oldCode": old }),
    ] {
        ada.post(CONFIRM_EMAIL, bad).await.fails(400, "INVALID_CODE");
    }
    assert_eq!(ada.get("/api/auth/me").await.ok()["user"]["email"], ADA);
    let good = json!({ "newCode": new, "oldCode": old });
    let user = ada.post(CONFIRM_EMAIL, good.clone()).await.ok()["user"].clone();
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!(NEW), &json!(true)));
    ada.post(CONFIRM_EMAIL, good).await.fails(400, "INVALID_CODE");
    assert_eq!(app.mailbox().letter(ADA, 3).await.subject, "Your e-mail address was changed");
    let by = |email: &str| json!({ "email": email, "password": PASSWORD });
    app.stranger().post(LOGIN, by(NEW)).await.ok();
    app.stranger().post(LOGIN, by(ADA)).await.fails(401, "INVALID_CREDENTIALS");
    // Another may have it now.
    let body = json!({ "email": ADA, "password": PASSWORD, "username": "other" });
    app.stranger().post("/api/auth/register", body).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_never_verified_has_no_say() {
    let app = app().await;
    let ada = app.person("ada").await;
    assert_eq!(ask(&ada, NEW).await["needsOldCode"], false);
    let new = app.mailbox().letter(NEW, 1).await.code();
    ada.post(CONFIRM_EMAIL, json!({ "newCode": new })).await.ok();
    // A letter to the new one, and nothing to the old one but the first.
    app.stranger().post(FORGOT, json!({ "email": NEW })).await.ok();
    app.mailbox().letter(NEW, 2).await.token();
    eventually("all is done", async || app.open_jobs().await == 0).await;
    assert_eq!(app.mailbox().letters_to(ADA).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_needed_and_a_free_address() {
    let app = app().await;
    let ada = app.person("ada").await;
    app.person("bob").await;
    let ask = |password: &str, email: &str| {
        let (ada, body) = (ada.clone(), json!({ "password": password, "newEmail": email }));
        async move { ada.post(CHANGE_EMAIL, body).await }
    };
    ask("wrong", NEW).await.fails(401, "INVALID_CREDENTIALS");
    let taken = ask(PASSWORD, "BOB@example.org").await.fails(409, "USER_EXISTS");
    assert_eq!(taken["details"]["field"], "email");
    for bad in ["ada@example.org", "ADA@example.org ", "nobody", "a@b.org\r\nBcc: eve@example.org"] {
        ask(PASSWORD, bad).await.fails_at("newEmail");
    }
    ada.post(CONFIRM_EMAIL, json!({ "newCode": "123456" })).await.fails(400, "INVALID_CODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_another_took_meanwhile_stays_theirs() {
    let app = app().await;
    let ada = app.person("ada").await;
    ask(&ada, NEW).await;
    let code = app.mailbox().letter(NEW, 1).await.code();
    let body = json!({ "email": NEW, "password": PASSWORD, "username": "bob" });
    app.stranger().post("/api/auth/register", body).await.ok();
    ada.post(CONFIRM_EMAIL, json!({ "newCode": code })).await.fails(409, "USER_EXISTS");
    assert_eq!(ada.get("/api/auth/me").await.ok()["user"]["email"], ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_expire_are_overtaken_and_cannot_be_guessed() {
    let app = App::builder().with_mail().gateways(2).start().await;
    let ada = app.person("ada").await;
    ask(&ada, NEW).await;
    let first = app.mailbox().letter(NEW, 1).await.code();
    app.clock.advance_ms(10 * MINUTE_MS);
    ada.post(CONFIRM_EMAIL, json!({ "newCode": first })).await.fails(400, "INVALID_CODE");
    ask(&ada, NEW).await;
    let second = app.mailbox().letter(NEW, 2).await.code();
    // The wish for another address is the one that counts.
    ask(&ada, "ada@example.net").await;
    let third = app.mailbox().letter("ada@example.net", 1).await.code();
    if second != third {
        ada.post(CONFIRM_EMAIL, json!({ "newCode": second })).await.fails(400, "INVALID_CODE");
    }
    let guesses = (0..10).map(|number| {
        let (there, guess) = (ada.at(&app.gateways[number % 2].url), wrong(&third));
        async move { there.post(CONFIRM_EMAIL, json!({ "newCode": guess })).await }
    });
    for answer in join_all(guesses).await {
        answer.fails(400, "INVALID_CODE");
    }
    ada.post(CONFIRM_EMAIL, json!({ "newCode": third })).await.fails(400, "INVALID_CODE");
    assert_eq!(ada.get("/api/auth/me").await.ok()["user"]["email"], ADA);
}
