//! Links that an account's owner makes and removes.

use serde_json::json;
use tests::Person;

use super::{BEGIN, body, claims, code, dance, log_in, person, start};
use crate::http::list;

const LINK: &str = "/api/auth/link/house";
const LINKS: &str = "/api/auth/links";

async fn count(owner: &Person) -> usize {
    list(&owner.get(LINKS).await.ok()["links"]).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lets_the_providers_user_in_until_it_is_removed() {
    let (app, issuer) = start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    issuer.be(claims(json!({ "sub": "1", "email": "unrelated@example.org" })));
    let linked = ada.post(LINK, body(&code(&app).await)).await.ok();
    assert_eq!(
        (&linked["link"]["provider"], &linked["link"]["label"]),
        (&json!("house"), &json!("The house"))
    );
    assert_eq!(log_in(&app).await["user"]["id"], ada.id.as_str());
    // Twice is once.
    ada.post(LINK, body(&code(&app).await)).await.ok();
    assert_eq!(count(&ada).await, 1);

    bob.post(LINK, body(&code(&app).await)).await.fails(409, "CONFLICT");
    issuer.be(claims(json!({ "sub": "2" })));
    ada.post(LINK, body(&code(&app).await)).await.fails(409, "CONFLICT");
    app.stranger().post(LINK, body(&code(&app).await)).await.fails(401, "UNAUTHENTICATED");
    ada.post(LINK, body("gho_x")).await.fails(400, "INVALID_CODE");

    bob.delete(LINK).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(LINK).await.ok();
    ada.delete(LINK).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(count(&ada).await, 0);
    issuer.be(claims(json!({ "sub": "1" })));
    assert_ne!(log_in(&app).await["user"]["id"], ada.id.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_way_in_stays() {
    let (app, issuer) = start().await;
    let owner = person(&app, &log_in(&app).await);
    let told = owner.delete(LINK).await.fails(409, "CONFLICT");
    assert!(told["error"].as_str().unwrap().contains("only way"), "{told}");
    assert_eq!(count(&owner).await, 1);
    // With another, it may go.
    issuer.be(tests::Conduct { userinfo: json!({ "id": "77" }), ..tests::Conduct::default() });
    let facebook = dance(&app, "/api/auth/facebook").await;
    owner.post("/api/auth/link/facebook", body(&facebook["code"])).await.ok();
    assert_eq!(count(&owner).await, 2);
    owner.delete(LINK).await.ok();
    owner.delete("/api/auth/link/facebook").await.fails(409, "CONFLICT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_meant_for_a_link_is_no_login_afterwards() {
    let (app, _) = start().await;
    let ada = app.person("ada").await;
    let code = code(&app).await;
    ada.post(LINK, body(&code)).await.ok();
    app.stranger().post(BEGIN, body(&code)).await.fails(400, "INVALID_CODE");
    ada.post(LINK, body(&code)).await.fails(400, "INVALID_CODE");
}
