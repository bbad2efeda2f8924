//! Logging in through a provider, as a browser, a frontend and an attacker do.

mod accounts;
mod dance;
mod facebook;
mod hostile;
mod links;
mod real;

use std::collections::HashMap;

use serde_json::{Value, json};
use tests::{App, Conduct, Issuer, Navigator, Person};
use url::Url;

/// The example of RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const BEGIN: &str = "/api/auth/oauth/house";

/// An app with the issuer as the provider `house`, and as Facebook.
pub(super) async fn start() -> (App, Issuer) {
    let issuer = Issuer::start().await;
    let builder =
        issuer.settings().into_iter().fold(App::builder(), |app, (name, value)| app.with(&name, &value));
    (builder.start().await, issuer)
}

/// Somebody known to the issuer by these claims.
fn claims(claims: Value) -> Conduct {
    Conduct { claims, ..Conduct::default() }
}

/// The parameters of an address.
pub(super) fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Where an answer sends the browser on to.
#[track_caller]
pub(super) fn on(answer: &tests::Answer) -> String {
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    answer.headers["location"].to_str().unwrap().to_string()
}

/// Sends a browser to the provider; where it is sent back to, at the app under test.
pub(super) async fn away(app: &App, browser: &mut Navigator, begin: &str) -> String {
    let answer = browser.visit(&format!("{}{begin}?challenge={CHALLENGE}", app.url())).await;
    let back = browser.go(&on(&answer)).await.location.unwrap();
    // The issuer knows the public address; the test's app has another port.
    back.replace("http://localhost:8080", app.url())
}

/// The whole way of a browser; the parameters with which it comes to the frontend's page.
async fn dance(app: &App, begin: &str) -> HashMap<String, String> {
    let mut browser = Navigator::default();
    let back = away(app, &mut browser, begin).await;
    query(&on(&browser.visit(&back).await))
}

/// The code that a frontend gets.
pub(super) async fn code(app: &App) -> String {
    let got = dance(app, BEGIN).await;
    got.get("code").unwrap_or_else(|| unreachable!("{got:?}")).clone()
}

/// What a frontend sends.
pub(super) fn body(code: &str) -> Value {
    json!({ "code": code, "verifier": VERIFIER })
}

/// A login through the provider; the answer to the frontend.
pub(super) async fn log_in(app: &App) -> Value {
    app.stranger().post(BEGIN, body(&code(app).await)).await.ok()
}

/// Who logged in.
pub(super) fn person(app: &App, login: &Value) -> Person {
    app.stranger().with_token(login["token"].as_str().unwrap())
}
