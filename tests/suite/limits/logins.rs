//! Failed logins: who guesses is stopped, who owns the account is not.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person};

use super::{limited, rate};

const LOGIN: &str = "/api/auth/login";
const RIGHT: &str = "correct horse battery";
const QUARTER_MS: i64 = 900_000;

/// A login from an address, through a proxy.
async fn log_in(from: &Person, address: &str, account: Value, password: &str) -> Answer {
    let mut body = account;
    body["password"] = password.into();
    Answer::to(from.request(Method::POST, LOGIN).header("x-forwarded-for", address).json(&body)).await
}

async fn app() -> App {
    limited().with("http.trusted_proxies", "127.0.0.0/8").gateways(2).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_guesses_at_once_are_five_and_the_answers_are_those_for_an_unknown_account() {
    let app = app().await;
    app.person("ada").await;
    let mut told = Vec::new();
    for account in ["ada", "nobody"] {
        let guesses = (0..64).map(|number| {
            let stranger = app.stranger_at(number % 2);
            async move { log_in(&stranger, "203.0.113.7", json!({ "username": account }), "wrong").await }
        });
        let (mut wrong, mut refused) = (0, 0);
        for answer in join_all(guesses).await {
            match answer.status.as_u16() {
                401 => wrong += 1,
                _ => {
                    let retry = answer.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap();
                    assert!((1..=180).contains(&retry), "{retry}");
                    assert!(
                        answer.headers["ratelimit"]
                            .to_str()
                            .unwrap()
                            .starts_with("\"failed-logins-account-address\";r=0;")
                    );
                    let mut body = answer.fails(429, "RATE_LIMITED");
                    body["details"]["retryAfter"] = Value::Null;
                    body["error"] = Value::Null;
                    told.push(body);
                    refused += 1;
                }
            }
        }
        assert_eq!((wrong, refused), (5, 59), "{account}");
    }
    assert!(told.iter().all(|body| *body == told[0]));
    // The right password does not help who guessed, also not at the other gateway, until the time is over.
    log_in(&app.stranger_at(1), "203.0.113.7", json!({ "username": "ada" }), RIGHT)
        .await
        .fails(429, "RATE_LIMITED");
    // Nor does another way to write the name.
    log_in(&app.stranger(), "203.0.113.7", json!({ "username": "ADA" }), RIGHT)
        .await
        .fails(429, "RATE_LIMITED");
    app.clock.advance_ms(QUARTER_MS);
    log_in(&app.stranger(), "203.0.113.7", json!({ "username": "ada" }), RIGHT).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_locked_out_locks_nobody_else_out() {
    let app = app().await;
    app.person("ada").await;
    let ada = || json!({ "username": "ada" });
    for _ in 0..20 {
        log_in(&app.stranger(), "2001:db8:1:2::7", ada(), "wrong").await;
    }
    // All of their network is one address.
    log_in(&app.stranger(), "2001:db8:1:2:ffff::9", ada(), RIGHT).await.fails(429, "RATE_LIMITED");
    // The owner's is another. And what was refused cost the account nothing of what it has from everywhere.
    log_in(&app.stranger(), "2001:db8:1:3::1", ada(), RIGHT).await.ok();
    log_in(&app.stranger(), "203.0.113.7", ada(), RIGHT).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_that_succeed_are_not_counted() {
    let app = app().await;
    app.person("ada").await;
    let ada = || json!({ "email": "ada@example.org" });
    for _ in 0..4 {
        log_in(&app.stranger(), "203.0.113.7", ada(), "wrong").await.fails(401, "INVALID_CREDENTIALS");
    }
    for _ in 0..12 {
        log_in(&app.stranger(), "203.0.113.7", ada(), RIGHT).await.ok();
    }
    // What is no login at all is no failed one either.
    let both = json!({ "email": "ada@example.org", "username": "ada" });
    for _ in 0..6 {
        log_in(&app.stranger(), "203.0.113.7", both.clone(), "wrong").await.fails_at("email");
    }
    log_in(&app.stranger(), "203.0.113.7", ada(), "wrong").await.fails(401, "INVALID_CREDENTIALS");
    log_in(&app.stranger(), "203.0.113.7", ada(), "wrong").await.fails(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_addresses_and_many_accounts_are_stopped_too() {
    let app = rate(limited(), "failed_logins_account", 1, 3_600, 8);
    let app = rate(app, "failed_logins_address", 1, 3_600, 7)
        .with("http.trusted_proxies", "127.0.0.0/8")
        .start()
        .await;
    let policy = |answer: Answer| answer.fails(429, "RATE_LIMITED")["details"]["policy"].clone();
    for number in 0..8 {
        let address = format!("203.0.113.{number}");
        log_in(&app.stranger(), &address, json!({ "username": "ada" }), "wrong")
            .await
            .fails(401, "INVALID_CREDENTIALS");
    }
    let ninth = log_in(&app.stranger(), "203.0.113.99", json!({ "username": "ada" }), "wrong").await;
    assert_eq!(policy(ninth), "failed-logins-account");
    for number in 0..7 {
        let account = json!({ "username": format!("user{number}") });
        log_in(&app.stranger(), "198.51.100.1", account, "wrong").await.fails(401, "INVALID_CREDENTIALS");
    }
    let eighth = log_in(&app.stranger(), "198.51.100.1", json!({ "username": "user9" }), "wrong").await;
    assert_eq!(policy(eighth), "failed-logins-address");
}
