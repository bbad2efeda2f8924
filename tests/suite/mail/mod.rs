//! Letters, and everything that is done with what is in them.

mod addresses;
mod credentials;
mod devices;
mod passwords;
mod resets;
mod safety;
mod smtp;
mod verification;

use serde_json::{Value, json};
use tests::{App, Person};

const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "battery horse correct";
const ADA: &str = "ada@example.org";
const MINUTE_MS: i64 = 60_000;

const LOGIN: &str = "/api/auth/login";
const VERIFY: &str = "/api/auth/verify-email";
const RESEND: &str = "/api/auth/resend-verification";
const FORGOT: &str = "/api/auth/forgot-password";
const RESET: &str = "/api/auth/reset-password";
const CHANGE_PASSWORD: &str = "/api/auth/change-password";
const CHANGE_EMAIL: &str = "/api/auth/change-email";
const CONFIRM_EMAIL: &str = "/api/auth/confirm-email-change";

async fn app() -> App {
    App::builder().with_mail().start().await
}

/// Ada, whose address is verified by the letter that she got.
async fn verified(app: &App) -> Person {
    let ada = app.person("ada").await;
    let code = app.mailbox().letter(ADA, 1).await.code();
    ada.post(VERIFY, json!({ "code": code })).await.ok();
    ada
}

async fn is_verified(person: &Person) -> bool {
    person.get("/api/auth/me").await.ok()["user"]["emailVerified"] == true
}

fn login(password: &str) -> Value {
    json!({ "username": "ada", "password": password })
}

/// Another code of six digits.
fn wrong(code: &str) -> String {
    let other = (code.parse::<u32>().unwrap() + 1) % 1_000_000;
    format!("{other:06}")
}
