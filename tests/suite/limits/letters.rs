//! Letters: nobody is buried under them, and nobody learns from a refusal who has an account.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person};

use super::limited;

const HOUR_MS: i64 = 3_600_000;
const FORGOT: &str = "/api/auth/forgot-password";
const RESEND: &str = "/api/auth/resend-verification";

/// A call from an address, through a proxy.
async fn post(from: &Person, address: &str, path: &str, body: Value) -> Answer {
    Answer::to(from.request(Method::POST, path).header("x-forwarded-for", address).json(&body)).await
}

async fn app() -> App {
    limited().with_mail().with("http.trusted_proxies", "127.0.0.0/8").gateways(2).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_five_an_hour_from_everywhere_whether_or_not_somebody_has_it() {
    let app = app().await;
    app.person("ada").await;
    for mailbox in ["ada@example.org", "nobody@example.org"] {
        for number in 0..5 {
            let path = if number % 2 == 0 { FORGOT } else { RESEND };
            let from = format!("203.0.113.{number}");
            let body = json!({ "email": if number == 3 { mailbox.to_uppercase() } else { mailbox.into() } });
            post(&app.stranger_at(number % 2), &from, path, body).await.ok();
        }
        for path in [FORGOT, RESEND] {
            let body = json!({ "email": format!(" {mailbox}") });
            post(&app.stranger(), "203.0.113.77", path, body).await.fails(429, "RATE_LIMITED");
        }
    }
    app.clock.advance_ms(HOUR_MS);
    post(&app.stranger(), "203.0.113.77", FORGOT, json!({ "email": "ada@example.org" })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_asks_for_twenty_an_hour() {
    let app = app().await;
    for number in 0..20 {
        let body = json!({ "email": format!("{number}@example.org") });
        post(&app.stranger_at(number % 2), "203.0.113.7", FORGOT, body).await.ok();
    }
    let one_more = || json!({ "email": "more@example.org" });
    post(&app.stranger(), "203.0.113.7", FORGOT, one_more()).await.fails(429, "RATE_LIMITED");
    post(&app.stranger(), "203.0.113.8", FORGOT, one_more()).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_token_cannot_guess_the_password_with_it() {
    let app = app().await;
    let ada = app.person("ada").await;
    for number in 0..5 {
        let (path, body) = if number % 2 == 0 {
            let body = json!({ "currentPassword": "wrong", "newPassword": "seventeen ripe pears" });
            ("/api/auth/change-password", body)
        } else {
            let email = format!("ada{number}@example.com");
            ("/api/auth/change-email", json!({ "password": "wrong", "newEmail": email }))
        };
        post(&ada, "203.0.113.7", path, body).await.fails(401, "INVALID_CREDENTIALS");
    }
    let right = json!({ "currentPassword": "correct horse battery", "newPassword": "seventeen ripe pears" });
    let path = "/api/auth/change-password";
    post(&ada, "203.0.113.7", path, right.clone()).await.fails(429, "RATE_LIMITED");
    post(&ada, "203.0.113.8", path, right).await.ok();
}
