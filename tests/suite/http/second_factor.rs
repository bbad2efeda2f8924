//! The second factor with an authenticator app.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, App, Authenticator, Person};

const PASSWORD: &str = "correct horse battery";
const ENABLE: &str = "/api/auth/2fa/enable";
const VERIFY: &str = "/api/auth/2fa/verify";
const DISABLE: &str = "/api/auth/2fa/disable";
const RENEW: &str = "/api/auth/2fa/recovery-codes";
const MINUTE_MS: i64 = 60_000;

/// A login with a code, or without when it is `null`.
async fn log_in(at: &Person, username: &str, code: Value) -> Answer {
    let body = json!({ "username": username, "password": PASSWORD, "verificationCode": code });
    at.post("/api/auth/login", body).await
}

/// Gives somebody an app and recovery codes.
async fn equip(app: &App, person: &Person) -> (Authenticator, Vec<String>) {
    let authenticator = Authenticator::scan(&person.post(ENABLE, json!({ "password": PASSWORD })).await.ok());
    let answer = person.post(VERIFY, json!({ "code": authenticator.code(app) })).await.ok();
    // The step of the first code is used up.
    Authenticator::next(app);
    (authenticator, serde_json::from_value(answer["recoveryCodes"].clone()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_factor_is_in_force_once_a_code_was_verified() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    ada.post(VERIFY, json!({ "code": "123456" })).await.fails(409, "CONFLICT");
    let begun = ada.post(ENABLE, json!({})).await.ok();
    assert_eq!(begun["method"], "totp");
    let authenticator = Authenticator::scan(&begun);
    let url = begun["otpauthUrl"].as_str().unwrap();
    assert!(
        url.starts_with("otpauth://totp/Guildhall:ada?") && url.contains(begun["secret"].as_str().unwrap())
    );
    assert_eq!(ada.get("/api/auth/me").await.ok()["twoFactor"], json!({ "enabled": false, "method": null }));
    log_in(&app.stranger(), "ada", Value::Null).await.ok();
    ada.post(VERIFY, json!({ "code": authenticator.wrong_code(&app) })).await.fails(400, "INVALID_CODE");
    ada.post(VERIFY, json!({ "code": "0000-0000-0000-0000" })).await.fails(400, "INVALID_CODE");
    ada.post(VERIFY, json!({ "code": "12345" })).await.fails_at("code");
    log_in(&app.stranger(), "ada", Value::Null).await.ok();
    let codes = ada.post(VERIFY, json!({ "code": authenticator.code(&app) })).await.ok();
    assert_eq!(codes["recoveryCodes"].as_array().unwrap().len(), 10);
    assert_eq!(ada.get("/api/auth/me").await.ok()["twoFactor"], json!({ "enabled": true, "method": "totp" }));
    for path in [ENABLE, VERIFY] {
        let body = json!({ "code": authenticator.code_in(&app, 30) });
        ada.post(path, body).await.fails(409, "CONFLICT");
    }
    let asked = log_in(&app.stranger(), "ada", Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    assert_eq!(asked["details"], json!({ "method": "totp" }));
    log_in(&app.stranger(), "ada", "12 34".into()).await.fails_at("verificationCode");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_code_must_be_of_the_secret_that_was_shown_last() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let first = Authenticator::scan(&ada.post(ENABLE, json!({})).await.ok());
    let second = Authenticator::scan(&ada.post(ENABLE, json!({ "method": "totp" })).await.ok());
    ada.post(VERIFY, json!({ "code": first.code(&app) })).await.fails(400, "INVALID_CODE");
    ada.post(VERIFY, json!({ "code": second.code(&app) })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_needs_password_and_code_and_says_nothing_before_the_password_is_right() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (authenticator, codes) = equip(&app, &ada).await;
    let unknown = json!({ "username": "nobody", "password": "wrong", "verificationCode": "123456" });
    let unknown = app.stranger().post("/api/auth/login", unknown).await.fails(401, "INVALID_CREDENTIALS");
    for code in [Value::Null, authenticator.code(&app).into(), codes[0].as_str().into()] {
        let body = json!({ "username": "ada", "password": "wrong", "verificationCode": code });
        let answer = app.stranger().post("/api/auth/login", body).await;
        assert_eq!(answer.fails(401, "INVALID_CREDENTIALS"), unknown);
    }
    let login = log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.ok();
    // Those of people without a second factor are not looked at.
    app.person("ben").await;
    log_in(&app.stranger(), "ben", "123456".into()).await.ok();
    // A session goes on without a code.
    let body = json!({ "refreshToken": login["refreshToken"] });
    app.stranger().post("/api/auth/refresh", body).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_accepted_once_also_by_another_gateway() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let (authenticator, _) = equip(&app, &ada).await;
    let code = authenticator.code(&app);
    let logins = (0..64).map(|number| {
        let (stranger, code) = (app.stranger_at(number % 2), Value::from(code.clone()));
        async move { log_in(&stranger, "ada", code).await.status.as_u16() }
    });
    let statuses = join_all(logins).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 400, 429].contains(status)), "{statuses:?}");
    // Nor is an older step, once a newer one was used.
    app.clock.advance_ms(16 * MINUTE_MS);
    let older = authenticator.code_in(&app, -30);
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.ok();
    log_in(&app.stranger_at(1), "ada", older.into()).await.fails(400, "INVALID_CODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_half_a_minute_early_and_late_and_no_longer() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (authenticator, _) = equip(&app, &ada).await;
    app.clock.advance_ms(5 * MINUTE_MS);
    for seconds in [-60, 60] {
        let code = authenticator.code_in(&app, seconds);
        log_in(&app.stranger(), "ada", code.into()).await.fails(400, "INVALID_CODE");
    }
    log_in(&app.stranger(), "ada", authenticator.code_in(&app, -30).into()).await.ok();
    log_in(&app.stranger(), "ada", authenticator.code_in(&app, 30).into()).await.ok();
    // When the clock is set back, what was used stays used.
    app.clock.advance_ms(-2 * MINUTE_MS);
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.fails(400, "INVALID_CODE");
    app.clock.advance_ms(5 * MINUTE_MS);
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_stops_at_five_across_gateways_and_goes_on_after_a_while() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let (authenticator, codes) = equip(&app, &ada).await;
    let wrong = authenticator.wrong_code(&app);
    let guesses = (0..24).map(|number| {
        let (stranger, wrong) = (app.stranger_at(number % 2), Value::from(wrong.clone()));
        async move { log_in(&stranger, "ada", wrong).await }
    });
    let answers = join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 400).count();
    assert_eq!(looked_at, 5, "guesses that were looked at");
    for answer in answers.into_iter().filter(|answer| answer.status != 400) {
        let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        let body = answer.fails(429, "RATE_LIMITED");
        assert_eq!(body["details"]["retryAfter"], seconds);
        assert!((1..=900).contains(&seconds), "{seconds}");
    }
    // The right one is not looked at either: but for a recovery code nobody gets in.
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.fails(429, "RATE_LIMITED");
    log_in(&app.stranger(), "ada", codes[0].as_str().into()).await.ok();
    log_in(&app.stranger_at(1), "ada", authenticator.code(&app).into()).await.fails(429, "RATE_LIMITED");
    app.clock.advance_ms(15 * MINUTE_MS);
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.ok();
    // A success forgets the wrong ones before it.
    for _ in 0..4 {
        let wrong = authenticator.wrong_code(&app);
        log_in(&app.stranger(), "ada", wrong.into()).await.fails(400, "INVALID_CODE");
    }
    Authenticator::next(&app);
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.ok();
    let wrong = authenticator.wrong_code(&app);
    log_in(&app.stranger(), "ada", wrong.into()).await.fails(400, "INVALID_CODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_also_in_parallel() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let (authenticator, codes) = equip(&app, &ada).await;
    let logins = (0..32).map(|number| {
        let (stranger, code) = (app.stranger_at(number % 2), Value::from(codes[0].clone()));
        async move { log_in(&stranger, "ada", code).await.status.as_u16() }
    });
    let statuses = join_all(logins).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 31, "{statuses:?}");
    // As people type it.
    let typed = codes[1].to_uppercase().replace('-', " ");
    log_in(&app.stranger(), "ada", typed.into()).await.ok();
    // Nobody else's.
    let ben = app.person("ben").await;
    equip(&app, &ben).await;
    log_in(&app.stranger(), "ben", codes[2].as_str().into()).await.fails(400, "INVALID_CODE");
    // New ones take the place of the old.
    let body = json!({ "password": PASSWORD, "code": codes[3] });
    let renewed = ada.post(RENEW, body).await.ok();
    let renewed: Vec<String> = serde_json::from_value(renewed["recoveryCodes"].clone()).unwrap();
    assert!(renewed.len() == 10 && renewed.iter().all(|code| !codes.contains(code)));
    log_in(&app.stranger(), "ada", codes[4].as_str().into()).await.fails(400, "INVALID_CODE");
    log_in(&app.stranger(), "ada", renewed[0].as_str().into()).await.ok();
    log_in(&app.stranger(), "ada", authenticator.code(&app).into()).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_it_needs_the_password_and_the_factor() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for path in [DISABLE, RENEW] {
        ada.post(path, json!({ "password": PASSWORD, "code": "123456" })).await.fails(409, "CONFLICT");
    }
    let (authenticator, _) = equip(&app, &ada).await;
    app.clock.advance_ms(10 * MINUTE_MS);
    for path in [DISABLE, RENEW] {
        let body = |password: Value, code: Value| json!({ "password": password, "code": code });
        let code = || Value::from(authenticator.code(&app));
        ada.post(path, body(Value::Null, code())).await.fails_at("password");
        ada.post(path, body("wrong".into(), code())).await.fails(401, "INVALID_CREDENTIALS");
        ada.post(path, body(PASSWORD.into(), Value::Null)).await.fails(402, "TWO_FACTOR_REQUIRED");
        let wrong = authenticator.wrong_code(&app);
        ada.post(path, body(PASSWORD.into(), wrong.into())).await.fails(400, "INVALID_CODE");
    }
    log_in(&app.stranger(), "ada", Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    ada.post(DISABLE, json!({ "password": PASSWORD, "code": authenticator.code(&app) })).await.ok();
    log_in(&app.stranger(), "ada", Value::Null).await.ok();
    assert_eq!(ada.get("/api/auth/me").await.ok()["twoFactor"]["enabled"], false);
    // Beginning one needs the password too, but right after a login.
    ada.post(ENABLE, json!({})).await.fails_at("password");
    ada.post(ENABLE, json!({ "password": "wrong" })).await.fails(401, "INVALID_CREDENTIALS");
    ada.log_in("ada").await.post(ENABLE, json!({})).await.ok();
    for path in [ENABLE, VERIFY, DISABLE, RENEW] {
        app.stranger().post(path, json!({ "code": "123456" })).await.fails(401, "UNAUTHENTICATED");
    }
}
