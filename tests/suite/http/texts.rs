//! The second factor by text message, with a provider that answers, refuses, redirects and hangs.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::texts::{Manner, Texts};
use tests::{Answer, App, Logs};

const PASSWORD: &str = "correct horse battery";
const ENABLE: &str = "/api/auth/2fa/enable";
const VERIFY: &str = "/api/auth/2fa/verify";
const PHONE: &str = "+493012345678";
const MINUTE_MS: i64 = 60_000;

async fn app(texts: &Texts) -> App {
    let app = App::builder()
        .with("identity.sms.provider", "http")
        .with("identity.sms.url", &texts.url)
        .with("identity.sms.headers.authorization", "Bearer of a secret");
    app.gateways(2).start().await
}

async fn log_in(app: &App, code: Value) -> Answer {
    let body = json!({ "username": "ada", "password": PASSWORD, "verificationCode": code });
    app.stranger_at(1).post("/api/auth/login", body).await
}

/// Six other digits.
fn other(code: &str) -> String {
    if code == "000000" { "000001".into() } else { "000000".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_come_by_text_message_and_work_once_for_ten_minutes() {
    let (logs, texts) = (Logs::watch(), Texts::start().await);
    let app = app(&texts).await;
    let ada = app.person("ada").await;
    // As one of the documents has it: a phone and nothing else.
    let begun = ada.post(ENABLE, json!({ "phone": "+49 30 1234-5678" })).await.ok();
    assert_eq!((&begun["method"], &begun["secret"]), (&json!("sms"), &Value::Null));
    let [request] = &texts.received()[..] else { panic!("one message") };
    assert_eq!(request["to"], PHONE);
    assert!(request["text"].as_str().unwrap().contains("Guildhall"));
    assert!(request.head.starts_with("POST /send") && request.head.contains("Bearer of a secret"));
    let mut codes = vec![texts.code()];
    ada.post(VERIFY, json!({ "code": other(&codes[0]) })).await.fails(400, "INVALID_CODE");
    ada.post(VERIFY, json!({ "code": codes[0] })).await.ok();
    assert_eq!(ada.get("/api/auth/me").await.ok()["twoFactor"], json!({ "enabled": true, "method": "sms" }));
    log_in(&app, codes[0].as_str().into()).await.fails(400, "INVALID_CODE");

    let asked = log_in(&app, Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    assert_eq!(asked["details"]["method"], "sms");
    codes.push(texts.code());
    log_in(&app, codes[1].as_str().into()).await.ok();
    log_in(&app, codes[1].as_str().into()).await.fails(400, "INVALID_CODE");

    // The next one takes the place of the one before.
    for _ in 0..2 {
        log_in(&app, Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
        codes.push(texts.code());
    }
    log_in(&app, codes[2].as_str().into()).await.fails(400, "INVALID_CODE");
    app.clock.advance_ms(10 * MINUTE_MS);
    log_in(&app, codes[3].as_str().into()).await.fails(400, "INVALID_CODE");
    assert_eq!(texts.received().len(), 4);

    // To give it up one needs a code as well, which is sent.
    let disable =
        |code: Value| ada.post("/api/auth/2fa/disable", json!({ "password": PASSWORD, "code": code }));
    disable(Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    codes.push(texts.code());
    disable(codes[4].as_str().into()).await.ok();
    log_in(&app, Value::Null).await.ok();

    let log = logs.text();
    assert!(log.contains("/api/auth/2fa/enable"), "the log is looked at");
    // Long parts of the number: other tests' ids and durations are in the log as well, and have any four digits.
    let secrets = ["hunter2", "of a secret", &PHONE[3..], "1234-5678", PASSWORD];
    for secret in secrets.into_iter().chain(codes.iter().map(String::as_str)) {
        // Six digits can be part of a number of microseconds or an id by chance: not as a word of their own.
        let words = log.split(|c: char| !c.is_alphanumeric());
        let found =
            if secret.len() == 6 { words.clone().any(|word| word == secret) } else { log.contains(secret) };
        assert!(!found, "{secret} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_dead_after_five_wrong_ones() {
    let texts = Texts::start().await;
    let app = app(&texts).await;
    let ada = app.person("ada").await;
    ada.post(ENABLE, json!({ "phone": PHONE })).await.ok();
    ada.post(VERIFY, json!({ "code": texts.code() })).await.ok();
    log_in(&app, Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    let code = texts.code();
    for _ in 0..5 {
        log_in(&app, other(&code).into()).await.fails(400, "INVALID_CODE");
    }
    log_in(&app, code.into()).await.fails(400, "INVALID_CODE");
    log_in(&app, Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    log_in(&app, texts.code().into()).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_does_not_take_is_told() {
    let (texts, elsewhere) = (Texts::start().await, Texts::start().await);
    let app = app(&texts).await;
    let ada = app.person("ada").await;
    for manner in
        [Manner::Status(500), Manner::Status(403), Manner::Redirect(elsewhere.url.clone()), Manner::Silence]
    {
        texts.answer(manner.clone());
        let answer = ada.post(ENABLE, json!({ "phone": PHONE })).await;
        let body = answer.fails(503, "UNAVAILABLE");
        assert!(!body.to_string().contains("hunter2"), "{manner:?}: {body}");
    }
    assert!(elsewhere.received().is_empty(), "a redirect was followed");
    // A provider that hangs holds nobody else up, and none of the few connections to the database.
    texts.answer(Manner::Silence);
    let calls = (0..12).map(|_| ada.clone());
    let calls = calls.map(|ada| async move { ada.post(ENABLE, json!({ "phone": PHONE })).await.status });
    let waiting = tokio::spawn(join_all(calls.collect::<Vec<_>>()));
    tests::eventually("they wait", async || texts.received().len() >= 16).await;
    ada.get("/api/auth/me").await.ok();
    assert!(!waiting.is_finished());
    assert!(waiting.await.unwrap().iter().all(|status| status.as_u16() == 503));
    texts.answer(Manner::Status(204));
    ada.post(ENABLE, json!({ "phone": PHONE })).await.ok();
    ada.post(VERIFY, json!({ "code": texts.code() })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_there_are_apps() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    ada.post(ENABLE, json!({ "method": "sms", "phone": PHONE })).await.fails(503, "UNAVAILABLE");
    ada.post(ENABLE, json!({ "method": "totp", "phone": PHONE })).await.fails_at("phone");
    ada.post(ENABLE, json!({ "method": "pigeon" })).await.fails_at("method");
    ada.post(ENABLE, json!({ "phone": "030 12345678" })).await.fails_at("phone");
    ada.post(ENABLE, json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_development_they_are_files_that_nobody_else_reads() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("texts");
    let app = App::builder()
        .with("identity.sms.provider", "folder")
        .with("identity.sms.folder", path.to_str().unwrap())
        .start()
        .await;
    let ada = app.person("ada").await;
    // To the account's own number, when none is given.
    ada.post(ENABLE, json!({ "method": "sms" })).await.fails_at("phone");
    let body = json!({ "email": "ben@example.org", "password": PASSWORD, "username": "ben", "phone": PHONE });
    let ben = app.stranger().post("/api/auth/register", body).await.ok();
    let ben = app.stranger().with_token(ben["token"].as_str().unwrap());
    ben.post(ENABLE, json!({ "method": "sms" })).await.ok();
    let files = std::fs::read_dir(&path).unwrap().flatten().collect::<Vec<_>>();
    let [file] = &files[..] else { panic!("one file") };
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let message = std::fs::read_to_string(file.path()).unwrap();
    let (number, text) = message.split_once('\n').unwrap();
    assert_eq!(number, PHONE);
    ben.post(VERIFY, json!({ "code": text[..6] })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_five_codes_an_hour() {
    let texts = Texts::start().await;
    let app = App::builder()
        .with("identity.sms.provider", "http")
        .with("identity.sms.url", &texts.url)
        .with("limits.enabled", "true")
        .gateways(2)
        .start()
        .await;
    let ada = app.person("ada").await;
    ada.post(ENABLE, json!({ "phone": PHONE })).await.ok();
    ada.post(VERIFY, json!({ "code": texts.code() })).await.ok();
    for _ in 0..4 {
        log_in(&app, Value::Null).await.fails(402, "TWO_FACTOR_REQUIRED");
    }
    let answer = log_in(&app, Value::Null).await;
    assert!(answer.headers.contains_key("retry-after"));
    answer.fails(429, "RATE_LIMITED");
    assert_eq!(texts.received().len(), 5);
    // The last one that was sent works.
    log_in(&app, texts.code().into()).await.ok();
    // Passwords that are given again are counted like those of logins.
    for _ in 0..5 {
        ada.post(ENABLE, json!({ "password": "wrong" })).await.fails(401, "INVALID_CREDENTIALS");
    }
    ada.post(ENABLE, json!({ "password": PASSWORD })).await.fails(429, "RATE_LIMITED");
}
