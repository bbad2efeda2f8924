//! Logging in with a second factor, in a real Chromium. Skipped where there is none.

use serde_json::json;
use tests::{App, Authenticator, Browser};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_for_a_code_where_one_is_needed() {
    let Some(browser) = Browser::start().await else { return };
    let app = App::start().await;
    let ada = app.person("ada").await;
    ada.create_server("Engines").await;
    let authenticator = Authenticator::scan(&ada.post("/api/auth/2fa/enable", json!({})).await.ok());
    ada.post("/api/auth/2fa/verify", json!({ "code": authenticator.code(&app) })).await.ok();
    Authenticator::next(&app);

    let window = browser.window().await;
    window.open(&format!("{}/", app.url())).await;
    window.sees("document.getElementById('second-factor').hidden").await;
    window.types("#login [name=account]", "ada").await;
    window.types("#login [name=password]", "correct horse battery\n").await;
    window.sees("document.activeElement.name === 'verificationCode'").await;
    window.sees("document.querySelector('#login .failure').textContent === ''").await;
    window.types("#login [name=verificationCode]", &format!("{}\n", authenticator.wrong_code(&app))).await;
    window
        .sees(
            "document.querySelector('#login .failure').textContent.startsWith('This code or link is wrong')",
        )
        .await;
    window.run("document.querySelector('#login [name=verificationCode]').value = ''").await;
    window.types("#login [name=verificationCode]", &format!("{}\n", authenticator.code(&app))).await;
    window.sees("document.querySelector('.chat[data-ready]')").await;
}
