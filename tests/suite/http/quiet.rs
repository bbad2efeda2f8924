//! What people prove themselves with stands in no line of the log, however much is logged.

use std::collections::HashMap;

use serde_json::{Value, json};
use tests::texts::Texts;
use tests::{App, Authenticator, Issuer, Logs, Navigator, Person, Socket};

use super::oauth::{BEGIN, VERIFIER, away, body, on, query};

const PASSWORD: &str = "a dozen ripe bananas";
const OTHER: &str = "seventeen green pears";
const EMAIL: &str = "ada@example.org";
const PHONE: &str = "+493012345678";

/// Everything secret that was used, by what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn note(&mut self, what: &'static str, secret: impl Into<String>) -> String {
        let secret = secret.into();
        self.0.push((what, secret.clone()));
        secret
    }

    /// The tokens of a login.
    fn login(&mut self, answer: &Value) -> Value {
        self.note("an access token", answer["token"].as_str().unwrap());
        self.note("a refresh token", answer["refreshToken"].as_str().unwrap());
        answer.clone()
    }

    /// Which of them stand in a text. Short ones count as whole words only: six digits are in many times and ids.
    fn found_in(&self, text: &str) -> Vec<&'static str> {
        let words =
            text.split(|c: char| !c.is_ascii_alphanumeric()).collect::<std::collections::HashSet<_>>();
        let stands = |secret: &String| {
            if secret.len() < 16 { words.contains(secret.as_str()) } else { text.contains(secret.as_str()) }
        };
        self.0.iter().filter(|(_, secret)| stands(secret)).map(|(what, _)| *what).collect()
    }
}

async fn start(issuer: &Issuer, texts: &Texts) -> App {
    let mut builder = App::builder().with_mail();
    for (name, value) in issuer.settings() {
        builder = builder.with(&name, &value);
    }
    builder.with("identity.sms.provider", "http").with("identity.sms.url", &texts.url).start().await
}

/// Signs up, confirms the address, forgets and resets the password, changes the address.
async fn walk_by_mail(app: &App, secrets: &mut Secrets) -> Person {
    secrets.note("a password", PASSWORD);
    secrets.note("a password", OTHER);
    let body = json!({ "email": EMAIL, "password": PASSWORD, "username": "ada", "phone": PHONE });
    let stranger = app.stranger();
    let ada =
        stranger.clone().with_login(&secrets.login(&stranger.post("/api/auth/register", body).await.ok()));
    let code = secrets.note("a code", app.mailbox().letter(EMAIL, 1).await.code());
    ada.post("/api/auth/verify-email", json!({ "email": EMAIL, "code": "12345x" }))
        .await
        .fails(400, "INVALID_CODE");
    ada.post("/api/auth/verify-email", json!({ "email": EMAIL, "code": code })).await.ok();
    stranger.post("/api/auth/forgot-password", json!({ "email": EMAIL })).await.ok();
    let token = app.mailbox().letter_about("Set a new password", EMAIL, 1).await.token();
    let token = secrets.note("a token for a reset", token);
    // The page that the letter leads to, too.
    let page = tests::http().build().unwrap().get(format!("{}/reset-password?token={token}", app.url()));
    page.send().await.unwrap();
    let reset = json!({ "token": token, "newPassword": OTHER });
    stranger.post("/api/auth/reset-password", reset.clone()).await.ok();
    stranger.post("/api/auth/reset-password", reset).await.fails(400, "INVALID_CODE");
    let login = |password: &str| json!({ "email": EMAIL, "password": password });
    stranger.post("/api/auth/login", login(PASSWORD)).await.fails(401, "INVALID_CREDENTIALS");
    let login = secrets.login(&stranger.post("/api/auth/login", login(OTHER)).await.ok());
    let refresh = json!({ "refreshToken": login["refreshToken"] });
    let login = secrets.login(&stranger.post("/api/auth/refresh", refresh).await.ok());
    let ada = ada.with_login(&login);
    let change = json!({ "password": OTHER, "newEmail": "ada@example.com" });
    ada.post("/api/auth/change-email", change).await.ok();
    let new = secrets.note("a code", app.mailbox().letter("ada@example.com", 1).await.code());
    let old = app.mailbox().letter_about("Confirm the change of your e-mail address", EMAIL, 1).await;
    let old = secrets.note("a code", old.code());
    let confirm = json!({ "newCode": new, "oldCode": old });
    ada.post("/api/auth/confirm-email-change", confirm).await.ok();
    ada
}

/// Uses both kinds of second factor.
async fn walk_with_factors(app: &App, ada: &Person, texts: &Texts, secrets: &mut Secrets) {
    let begun = ada.post("/api/auth/2fa/enable", json!({ "password": OTHER })).await.ok();
    secrets.note("the secret of an app", begun["secret"].as_str().unwrap());
    let authenticator = Authenticator::scan(&begun);
    let code = secrets.note("a code", authenticator.code(app));
    let codes = ada.post("/api/auth/2fa/verify", json!({ "code": code })).await.ok();
    let recovery =
        codes["recoveryCodes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_string());
    let recovery = recovery.map(|code| secrets.note("a recovery code", code)).collect::<Vec<_>>();
    Authenticator::next(app);
    let login = |code: &str| json!({ "username": "ada", "password": OTHER, "verificationCode": code });
    let wrong = secrets.note("a wrong code", authenticator.wrong_code(app));
    app.stranger().post("/api/auth/login", login(&wrong)).await.fails(400, "INVALID_CODE");
    let code = secrets.note("a code", authenticator.code(app));
    secrets.login(&app.stranger().post("/api/auth/login", login(&code)).await.ok());
    secrets.login(&app.stranger().post("/api/auth/login", login(&recovery[0])).await.ok());
    let end = json!({ "password": OTHER, "code": recovery[1] });
    ada.post("/api/auth/2fa/disable", end).await.ok();
    ada.post("/api/auth/2fa/enable", json!({ "method": "sms", "password": OTHER })).await.ok();
    let code = secrets.note("a code", texts.code());
    ada.post("/api/auth/2fa/verify", json!({ "code": code })).await.ok();
}

/// Logs in through a provider.
async fn walk_through_a_provider(app: &App, secrets: &mut Secrets) {
    let mut browser = Navigator::default();
    let back = away(app, &mut browser, BEGIN).await;
    let parameters: HashMap<String, String> = query(&back);
    secrets.note("a provider's code", &parameters["code"]);
    secrets.note("a state", &parameters["state"]);
    let got = query(&on(&browser.visit(&back).await));
    let code = secrets.note("a one-time code", &got["code"]);
    secrets.note("a verifier", VERIFIER);
    let mut wrong = body(&code);
    wrong["verifier"] = "short".into();
    app.stranger().post(BEGIN, wrong).await.fails_at("verifier");
    secrets.login(&app.stranger().post(BEGIN, body(&code)).await.ok());
    app.stranger().post(BEGIN, body(&code)).await.fails(400, "INVALID_CODE");
}

/// Opens sockets in every way that there is.
async fn walk_with_sockets(app: &App, ada: &Person, key: &str) {
    for token in [ada.token(), key] {
        let mut socket = Socket::open(app.url(), &format!("?token={token}"), None).await;
        socket.expect("ready").await;
        let mut socket = Socket::open(app.url(), "", None).await;
        socket.command("authenticate", json!({ "token": token })).await;
        socket.expect("ready").await;
        // Where none belongs.
        ada.get(&format!("/api/auth/providers?token={token}")).await.ok();
        let broken = Socket::open_with(app.url(), &format!("?token={token}x"), &[]).await;
        drop(broken);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_password_code_or_key_gets_into_the_log() {
    let logs = Logs::watch();
    let (issuer, texts) = (Issuer::start().await, Texts::start().await);
    let app = start(&issuer, &texts).await;
    let mut secrets = Secrets::default();
    secrets.note("a phone number", &PHONE[1..]);
    let ada = walk_by_mail(&app, &mut secrets).await;
    let body = json!({ "name": "Robot", "scopes": ["read"], "password": OTHER });
    let made = ada.post("/api/auth/api-keys", body).await.ok();
    let key = secrets.note("an API key", made["key"].as_str().unwrap());
    ada.with_token(&key).get("/api/auth/me").await.ok();
    walk_with_sockets(&app, &ada, &key).await;
    walk_with_factors(&app, &ada, &texts, &mut secrets).await;
    walk_through_a_provider(&app, &mut secrets).await;
    ada.delete(&format!("/api/auth/api-keys/{}", made["apiKey"]["id"].as_str().unwrap())).await.ok();
    ada.post("/api/auth/logout-all", json!({})).await.ok();
    let text = logs.text();
    assert!(text.contains("/api/auth/login") && text.contains("DEBUG"), "it was logged at all");
    assert_eq!(secrets.found_in(&text), Vec::<&str>::new());
}
