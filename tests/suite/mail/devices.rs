//! Notices of logins from new places.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, App, eventually};

use super::{ADA, LOGIN, PASSWORD, app, login, verified};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async fn log_in_with(app: &App, agent: &str) {
    let request = app.stranger().request(Method::POST, LOGIN).header("user-agent", agent);
    Answer::to(request.json(&login(PASSWORD))).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_login_from_a_device_is_told_and_no_other() {
    let app = app().await;
    verified(&app).await;
    // The one that signed up.
    app.stranger().post(LOGIN, login(PASSWORD)).await.ok();
    log_in_with(&app, FIREFOX).await;
    let letter = app.mailbox().letter(ADA, 2).await;
    assert_eq!(letter.subject, "A new login to your account");
    assert!(letter.text.contains("Firefox on Linux, from 127.0.0.1"), "{}", letter.text);
    log_in_with(&app, &FIREFOX.replace("145", "146")).await;
    log_in_with(&app, "<b>Bank</b> http://evil.example").await;
    let letter = app.mailbox().letter(ADA, 3).await;
    assert!(!letter.raw.contains("<b>Bank") && !letter.raw.contains("evil"), "{}", letter.raw);
    eventually("all is done", async || app.open_jobs().await == 0).await;
    assert_eq!(app.mailbox().letters().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_verified_is_not_pestered() {
    let app = app().await;
    app.person("ada").await;
    app.mailbox().letter(ADA, 1).await;
    for number in 0..5 {
        log_in_with(&app, &format!("Program{number}/1.0")).await;
    }
    let body = json!({ "username": "ada", "password": "wrong" });
    app.stranger().post(LOGIN, body).await.fails(401, "INVALID_CREDENTIALS");
    eventually("all is done", async || app.open_jobs().await == 0).await;
    assert_eq!(app.mailbox().letters().len(), 1);
}
