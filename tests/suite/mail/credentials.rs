//! Letters about ways into an account that appear and disappear.

use serde_json::{Value, json};
use tests::{App, Authenticator, Issuer};

use super::{ADA, PASSWORD, verified};

const LINK: &str = "/api/auth/link/house";

#[tokio::test(flavor = "multi_thread")]
async fn every_new_way_in_is_told_and_every_one_that_goes() {
    let issuer = Issuer::start().await;
    let builder =
        issuer.settings().into_iter().fold(App::builder(), |app, (name, value)| app.with(&name, &value));
    let app = builder.with_mail().start().await;
    let ada = verified(&app).await;
    let told = async |subject: &str| app.mailbox().letter_about(subject, ADA, 1).await;

    let key = ada.post("/api/auth/api-keys", json!({ "name": "Robot <b>", "scopes": ["read"] })).await.ok();
    let letter = told("A new API key of your account").await;
    assert!(letter.text.contains("> Robot <b>") && letter.raw.contains("Robot &lt;b&gt;"), "{}", letter.raw);
    assert!(!letter.raw.contains(&key["key"].as_str().unwrap()[..16]));

    let authenticator = Authenticator::scan(&ada.post("/api/auth/2fa/enable", json!({})).await.ok());
    ada.post("/api/auth/2fa/verify", json!({ "code": authenticator.wrong_code(&app) }))
        .await
        .fails(400, "INVALID_CODE");
    let codes = ada.post("/api/auth/2fa/verify", json!({ "code": authenticator.code(&app) })).await.ok();
    let letter = told("Second factor turned on").await;
    assert!(letter.text.contains("authenticator app"), "{}", letter.text);
    let code = |n: usize| json!({ "code": codes["recoveryCodes"][n], "password": PASSWORD });
    let codes = ada.post("/api/auth/2fa/recovery-codes", code(0)).await.ok();
    told("New recovery codes").await;
    let body = json!({ "code": codes["recoveryCodes"][0], "password": PASSWORD });
    ada.post("/api/auth/2fa/disable", body).await.ok();
    told("Second factor turned off").await;

    let body = crate::http::oauth_code(&app).await;
    ada.post(LINK, body).await.ok();
    let letter = told("A new way to log in").await;
    assert!(letter.text.contains("The house"), "{}", letter.text);
    ada.delete(LINK).await.ok();
    told("A way to log in is gone").await;
    // Two for the address, and these seven: what failed and what nobody did is not told.
    assert_eq!(app.mailbox().letters_to(ADA).len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_verified_is_not_pestered() {
    let app = super::app().await;
    let ada = app.person("ada").await;
    ada.post("/api/auth/api-keys", json!({ "name": "Robot", "scopes": ["read"] })).await.ok();
    app.mailbox().letter(ADA, 1).await;
    tests::eventually("no job is left", async || app.open_jobs().await == 0).await;
    assert_eq!(app.mailbox().letters_to(ADA).len(), 1, "the code to verify it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_lets_somebody_in_who_lost_their_phone() {
    let app = App::builder().with_mail().gateways(2).start().await;
    let ada = verified(&app).await;
    let root = app.admin("root").await;
    let path = format!("/api/admin/users/{}/2fa", ada.id);
    root.delete(&path).await.fails(409, "CONFLICT");
    let authenticator = Authenticator::scan(&ada.post("/api/auth/2fa/enable", json!({})).await.ok());
    root.delete(&path).await.fails(409, "CONFLICT");
    ada.post("/api/auth/2fa/verify", json!({ "code": authenticator.code(&app) })).await.ok();
    ada.delete(&path).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let mut socket = app.socket(&ada, 1).await;
    let login = json!({ "username": "ada", "password": PASSWORD });
    app.stranger().post("/api/auth/login", login.clone()).await.fails(402, "TWO_FACTOR_REQUIRED");

    root.delete(&path).await.ok();
    assert_eq!(socket.close_code().await, Some(4003));
    ada.get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    let again = app.stranger().post("/api/auth/login", login).await.ok();
    let me = ada.with_token(again["token"].as_str().unwrap()).get("/api/auth/me").await.ok();
    assert_eq!(me["twoFactor"], json!({ "enabled": false, "method": null }));
    assert_eq!(app.count("recovery_codes").await, 0);
    app.mailbox().letter_about("Second factor removed", ADA, 1).await;
    let log = root.get("/api/admin/audit-log?action=second-factor-removed").await.ok();
    let entry = &log["auditLog"][0];
    assert_eq!((&entry["actor"]["username"], &entry["subject"]["id"]), (&json!("root"), &json!(ada.id)));
    assert_eq!(log["auditLog"].as_array().map(Vec::len), Some(1), "what failed is no act");
    let own = format!("/api/admin/users/{}/2fa", root.id);
    let refused: Value = root.delete(&own).await.fails(409, "CONFLICT");
    assert!(refused["error"].as_str().unwrap().contains("/api/auth/2fa/disable"), "{refused}");
    root.delete(&format!("/api/admin/users/{}/2fa", "01890a5d-ac96-774b-bcce-b302099a8057"))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
}
