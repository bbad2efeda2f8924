//! Logging in.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::App;

const PASSWORD: &str = "correct horse battery";
const LOGIN: &str = "/api/auth/login";

#[tokio::test(flavor = "multi_thread")]
async fn one_logs_in_with_the_address_or_the_username_in_any_case() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut tokens = vec![ada.token().to_string()];
    for (field, value) in [
        ("email", "ada@example.org"),
        ("email", " ADA@EXAMPLE.org "),
        ("username", "ada"),
        ("username", "Ada"),
    ] {
        let answer = app.stranger().post(LOGIN, json!({ field: value, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200);
        let answer = answer.ok();
        assert_eq!(answer["user"]["id"], ada.id.as_str(), "{value}");
        let token = answer["token"].as_str().unwrap().to_string();
        ada.with_token(&token).get("/api/auth/me").await.ok();
        assert!(!tokens.contains(&token), "each login is a session of its own");
        tokens.push(token);
    }
    // A new login ends no other.
    ada.get("/api/users/me").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_account_are_the_same_answer() {
    let app = App::start().await;
    app.person("ada").await;
    let long = "x".repeat(5_000);
    let tries = [
        ("username", "ada", "wrong"),
        ("username", "ada", ""),
        ("username", "ada", "correct horse batter"),
        ("username", "ada", "correct horse battery "),
        ("username", "ada", "Correct horse battery"),
        ("username", "ada", "correct horse\0battery"),
        ("username", "ada", &long),
        ("email", "ada@example.org", "wrong"),
        ("username", "nobody", PASSWORD),
        ("username", "no username at all!", PASSWORD),
        ("username", "ada\0", PASSWORD),
        ("username", "", PASSWORD),
        ("email", "nobody@example.org", PASSWORD),
        ("email", "no address", PASSWORD),
        ("email", "", PASSWORD),
    ];
    let mut first = Value::Null;
    for (field, account, password) in tries {
        let answer = app.stranger().post(LOGIN, json!({ field: account, "password": password })).await;
        let body = answer.fails(401, "INVALID_CREDENTIALS");
        if first.is_null() {
            first = body;
        } else {
            assert_eq!(body, first, "{field} {account:?} {password:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_compared_to_its_last_byte() {
    let app = App::start().await;
    let long = "Zürich, Köln, Münster, Düsseldorf, Göttingen, Tübingen, Lübbecke.".to_string();
    assert_eq!(long.len(), 72);
    let register = |password: String| {
        let body = json!({ "email": "ada@example.org", "password": password, "username": "ada" });
        let stranger = app.stranger();
        async move { stranger.post("/api/auth/register", body).await }
    };
    for refused in ["1234567".to_string(), "x".repeat(73), format!("{long}x"), "12345678\0".to_string()] {
        register(refused).await.fails_at("password");
    }
    register(long.clone()).await.ok();
    let login = |password: String| {
        let stranger = app.stranger();
        async move { stranger.post(LOGIN, json!({ "username": "ada", "password": password })).await }
    };
    login(long.clone()).await.ok();
    // bcrypt would read no further than the 72 bytes that are right.
    login(format!("{long}x")).await.fails(401, "INVALID_CREDENTIALS");
    login(format!("{}xx", &long[..70])).await.fails(401, "INVALID_CREDENTIALS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_its_session_and_no_other() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let elsewhere = ada.log_in("ada").await;
    ada.post("/api/auth/logout", json!({})).await.ok();
    for path in ["/api/servers", "/api/auth/me"] {
        ada.get(path).await.fails(401, "UNAUTHENTICATED");
        elsewhere.get(path).await.ok();
    }
    ada.post("/api/auth/logout", json!({})).await.fails(401, "UNAUTHENTICATED");
    ada.log_in("ada").await.get("/api/auth/me").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn more_logins_at_once_than_wait_are_asked_to_come_back() {
    let app = App::builder()
        .with("identity.passwords.threads", "1")
        .with("identity.passwords.queue", "1")
        // One takes so long that the others meet it.
        .with("identity.passwords.cost", "9")
        .start()
        .await;
    let ada = app.person("ada").await;
    let logins = (0..12).map(|number| {
        let stranger = app.stranger();
        let account = if number % 3 == 0 { "nobody" } else { "ada" };
        async move { stranger.post(LOGIN, json!({ "username": account, "password": PASSWORD })).await }
    });
    let mut busy = 0;
    let mut served = 0;
    for answer in join_all(logins).await {
        match answer.status.as_u16() {
            200 | 401 => served += 1,
            _ => {
                let seconds = answer.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap();
                assert!((1..60).contains(&seconds));
                answer.fails(503, "UNAVAILABLE");
                busy += 1;
            }
        }
    }
    assert!(busy > 0 && served >= 2, "{served} served, {busy} refused");
    // Nobody keeps a place.
    ada.log_in("ada").await.get("/api/auth/me").await.ok();
}
