//! What must not get into letters, tables and answers.

use serde_json::json;
use tests::{App, eventually};

use super::{ADA, CHANGE_EMAIL, CONFIRM_EMAIL, FORGOT, PASSWORD, RESEND, RESET, VERIFY, app, verified};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_write_becomes_a_header_or_stands_in_a_letter_to_others() {
    let app = app().await;
    let register = |email: &str, username: &str, name: &str| {
        let stranger = app.stranger();
        let body = json!({ "email": email, "password": PASSWORD, "username": username, "name": name });
        async move { stranger.post("/api/auth/register", body).await }
    };
    for (number, email) in [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "ada@example.org,eve@example.org",
        "Ada <ada@example.org>",
        "\"ada\r\nBcc: eve@example.org\"@example.org",
        "ada@example.org\0",
    ]
    .into_iter()
    .enumerate()
    {
        register(email, &format!("ada{number}"), "Ada").await.fails_at("email");
    }
    let name = "You won! <a href=https://evil.example>Click</a>";
    register(ADA, "evil.example", name).await.ok();
    let letter = app.mailbox().letter(ADA, 1).await;
    assert!(!letter.raw.contains("evil") && !letter.raw.contains("won"), "{}", letter.raw);
    assert_eq!(letter.raw.lines().filter(|line| line.starts_with("To:")).count(), 1);
    assert!(letter.raw.contains("Auto-Submitted: auto-generated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_holds_a_code_or_token_in_the_clear() {
    let app = app().await;
    let ada = app.person("ada").await;
    ada.post(CHANGE_EMAIL, json!({ "password": PASSWORD, "newEmail": "ada@example.com" })).await.ok();
    app.stranger().post(FORGOT, json!({ "email": ADA })).await.ok();
    let token = app.mailbox().letter_about("Set a new password", ADA, 1).await.token();
    let codes = [
        app.mailbox().letter_about("Confirm your e-mail address", ADA, 1).await,
        app.mailbox().letter("ada@example.com", 1).await,
    ];
    let [one, two] = codes.map(|letter| letter.code());
    for table in ["jobs", "email_codes", "email_changes", "password_resets"] {
        for secret in [&one, &two, &token] {
            let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
            let found = format!("{table} AS t WHERE t::text LIKE '%{secret}%' OR t::text LIKE '%{hex}%'");
            assert_eq!(app.count(&found).await, 0, "{table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mail_what_needs_it_says_so_to_everybody_alike() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let known = app.stranger().post(FORGOT, json!({ "email": ADA })).await.fails(503, "UNAVAILABLE");
    let unknown = app.stranger().post(FORGOT, json!({ "email": "x@example.org" })).await;
    assert_eq!(unknown.fails(503, "UNAVAILABLE"), known);
    assert!(known["error"].as_str().unwrap().contains("no e-mail"), "{known}");
    ada.post(RESEND, json!({})).await.fails(503, "UNAVAILABLE");
    let body = json!({ "password": PASSWORD, "newEmail": "ada@example.com" });
    ada.post(CHANGE_EMAIL, body).await.fails(503, "UNAVAILABLE");
    // These need none, and find nothing.
    ada.post(VERIFY, json!({ "code": "123456" })).await.fails(400, "INVALID_CODE");
    ada.post(CONFIRM_EMAIL, json!({ "newCode": "123456" })).await.fails(400, "INVALID_CODE");
    let body = json!({ "token": "ghx_1", "newPassword": "battery horse correct" });
    ada.post(RESET, body).await.fails(400, "INVALID_CODE");
    assert_eq!(app.count("jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_wait_until_the_way_is_free() {
    let app = app().await;
    // The directory cannot be made: something else has its name.
    let folder = app.mailbox().path().join("not yet");
    std::fs::write(&folder, "in the way").unwrap();
    let blocked = App::builder()
        .with("mail.transport", "folder")
        .with("mail.folder", folder.to_str().unwrap())
        .start()
        .await;
    let ada = blocked.person("ada").await;
    eventually("a try failed", async || blocked.count("jobs WHERE last_error IS NOT NULL").await == 1).await;
    std::fs::remove_file(&folder).unwrap();
    // Longer than the code would have worked: it is made when the letter is written.
    blocked.clock.advance_ms(20 * super::MINUTE_MS);
    let letter = tests::Mailbox::at(&folder).letter(ADA, 1).await;
    ada.post(VERIFY, json!({ "code": letter.code() })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_told_with_its_reason() {
    let app = app().await;
    let ada = verified(&app).await;
    let body = json!({ "reason": "advertising\nin <every> channel" });
    app.admin("root").await.post(&format!("/api/admin/users/{}/suspend", ada.id), body).await.ok();
    let letter = app.mailbox().letter(ADA, 2).await;
    assert!(letter.text.contains("> advertising\r\n> in <every> channel"), "{}", letter.text);
    assert!(letter.raw.contains("in &lt;every&gt; channel"), "{}", letter.raw);
}
