//! Logging in through a provider on the page at `/`, in a real Chromium. Skipped where there is none.

use serde_json::json;
use tests::{App, Authenticator, Browser, Issuer};

/// An app whose page is where logins end, and its issuer. The app keeps its port, which the settings name.
async fn start(ends_here: bool) -> (App, Issuer, String) {
    let issuer = Issuer::start().await;
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let home = format!("http://127.0.0.1:{port}");
    let mut builder = App::builder().with("http.port", &port.to_string());
    for (name, value) in issuer.settings() {
        let value = match name.as_str() {
            "identity.oauth.redirect_targets" if ends_here => format!("{home}/"),
            "identity.oauth.public_url" => home.clone(),
            _ => value,
        };
        builder = builder.with(&name, &value);
    }
    (builder.start().await, issuer, home)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_leads_to_the_provider_and_back_into_the_chat() {
    let Some(browser) = Browser::start().await else { return };
    let (app, _issuer, home) = start(true).await;
    let window = browser.window().await;
    window.open(&format!("{home}/")).await;
    window.clicks("#providers button:last-child").await;
    window.sees("document.querySelector('.chat[data-ready]')").await;
    window.sees("location.search === ''").await;
    let token = window.run("return sessionStorage.getItem('guildhall.token')").await;
    let owner = app.stranger().with_token(token.as_str().unwrap());
    assert_eq!(owner.get("/api/auth/links").await.ok()["links"][0]["provider"], "house");

    // With a second factor, its code is asked for.
    let authenticator = Authenticator::scan(&owner.post("/api/auth/2fa/enable", json!({})).await.ok());
    owner.post("/api/auth/2fa/verify", json!({ "code": authenticator.code(&app) })).await.ok();
    Authenticator::next(&app);
    window.clicks("#leave").await;
    window.clicks("#providers button:last-child").await;
    window.sees("document.activeElement.closest('#through')").await;
    window.types("#through input", &format!("{}\n", authenticator.wrong_code(&app))).await;
    window.sees("document.querySelector('#through .failure').textContent.startsWith('This code')").await;
    window.run("document.querySelector('#through input').value = ''").await;
    window.types("#through input", &format!("{}\n", authenticator.code(&app))).await;
    window.sees("document.querySelector('.chat[data-ready]')").await;

    // What nobody began here leads nowhere.
    let other = browser.window().await;
    other.open(&format!("{home}/?provider=house&code=gho_x")).await;
    other.run("sessionStorage.clear()").await;
    other.open(&format!("{home}/?provider=house&code=gho_x")).await;
    other.sees("document.querySelector('#login .failure').textContent.includes('another browser')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_buttons_where_logins_end_elsewhere() {
    let (app, _issuer, home) = start(false).await;
    let path = "/api/auth/providers";
    let listed = app.stranger().get(&format!("{path}?redirect={home}/")).await.ok();
    assert_eq!(listed["providers"], json!([]));
    let all = app.stranger().get(path).await.ok();
    assert!(all["providers"].as_array().is_some_and(|all| !all.is_empty()), "{all}");
    let (app, _issuer, home) = start(true).await;
    let listed = app.stranger().get(&format!("{path}?redirect={home}/")).await.ok();
    assert_eq!(listed, all);
}
