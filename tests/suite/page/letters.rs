//! The pages to which letters lead, in a real Chromium. Skipped where there is none.

use serde_json::json;
use tests::{App, Browser, Person, Window};

const ADA: &str = "ada@example.org";
const OTHER: &str = "battery horse correct";

/// The link in a letter, at the gateway of the test.
fn link(app: &App, letter: &tests::Letter) -> String {
    let (_, path) = letter.text.split_once("http://127.0.0.1:8080/").unwrap();
    format!("{}/{}", app.url(), path.split_whitespace().next().unwrap())
}

async fn says(window: &Window<'_>, words: &str) {
    window.sees(&format!("document.getElementById('done').textContent.includes({})", json!(words))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_lead_to_pages_that_do_what_they_are_for() {
    let Some(browser) = Browser::start().await else { return };
    let app = App::builder().with_mail().start().await;
    let ada = app.person("ada").await;
    let window = browser.window().await;

    // The address is confirmed; a wrong code first.
    let letter = app.mailbox().letter(ADA, 1).await;
    window.open(&link(&app, &letter)).await;
    window.sees("document.querySelector('#verify-email [name=email]').value === 'ada@example.org'").await;
    window.sees("document.activeElement.name === 'code'").await;
    window.types("#verify-email [name=code]", "000000x\n").await;
    window.sees("document.querySelector('#verify-email .failure').textContent.startsWith('This code')").await;
    window.run("document.querySelector('#verify-email [name=code]').value = ''").await;
    window.types("#verify-email [name=code]", &format!("{}\n", letter.code())).await;
    says(&window, "is confirmed").await;
    assert_eq!(ada.get("/api/auth/me").await.ok()["user"]["emailVerified"], true);

    // A password is forgotten and set anew.
    window.open(&format!("{}/", app.url())).await;
    window.clicks("#login a").await;
    window.types("#forgot-password [name=email]", "ada@example.org\n").await;
    says(&window, "on its way").await;
    let letter = app.mailbox().letter_about("Set a new password", ADA, 1).await;
    window.open(&link(&app, &letter)).await;
    window.sees("location.search === '' && document.title.startsWith('Set a new password')").await;
    window.types("#reset-password [name=newPassword]", "short\n").await;
    window.sees("document.activeElement.getAttribute('aria-invalid') === 'true'").await;
    window.run("document.activeElement.value = ''").await;
    window.types("#reset-password [name=newPassword]", &format!("{OTHER}\n")).await;
    says(&window, "is set").await;
    let body = json!({ "username": "ada", "password": OTHER });
    let login = app.stranger().post("/api/auth/login", body).await.ok();
    // The link is used up, and says so.
    window.open(&link(&app, &letter)).await;
    window.types("#reset-password [name=newPassword]", &format!("{OTHER}\n")).await;
    window
        .sees("document.querySelector('#reset-password .failure').textContent.includes('used before')")
        .await;

    // The address is changed.
    let ada: Person = app.stranger().with_login(&login);
    let change = json!({ "password": OTHER, "newEmail": "countess@example.org" });
    ada.post("/api/auth/change-email", change).await.ok();
    let new = app.mailbox().letter("countess@example.org", 1).await;
    let old = app.mailbox().letter_about("Confirm the change of your e-mail address", ADA, 1).await;
    window.open(&link(&app, &new)).await;
    window.types("#confirm-email-change [name=newCode]", &new.code()).await;
    window.types("#confirm-email-change [name=oldCode]", &old.code()).await;
    window.types("#confirm-email-change [name=account]", "ada").await;
    window.types("#confirm-email-change [name=password]", &format!("{OTHER}\n")).await;
    says(&window, "new e-mail address").await;
    assert_eq!(ada.get("/api/auth/me").await.ok()["user"]["email"], "countess@example.org");
}
