//! Facebook, which is OAuth 2 and no more.

use serde_json::json;
use tests::{Conduct, Navigator};

use super::{CHALLENGE, body, dance, on, query, start};

fn knows(userinfo: serde_json::Value) -> Conduct {
    Conduct { userinfo, ..Conduct::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn facebooks_user_gets_in_and_an_address_from_there_is_not_believed() {
    let (app, issuer) = start().await;
    let facebook = "/api/auth/facebook";
    let answer = Navigator::default().visit(&format!("{}{facebook}?challenge={CHALLENGE}", app.url())).await;
    let there = on(&answer);
    assert!(there.starts_with(&format!("{}/v23.0/dialog/oauth?", issuer.url)), "{there}");
    assert_eq!(query(&there)["scope"], "public_profile email");

    issuer.be(knows(json!({ "id": "77", "name": "Ada", "email": "ada@example.org" })));
    let login = app.stranger().post(facebook, body(&dance(&app, facebook).await["code"])).await.ok();
    assert_eq!((&login["user"]["name"], &login["user"]["email"]), (&json!("Ada"), &json!(null)));
    let calls = issuer.calls();
    assert!(calls.contains(&"/token?facebook-secret".to_string()), "{calls:?}");
    // HMAC-SHA256 of "an-access-token" by "facebook-secret".
    let asked = calls.iter().find(|call| call.starts_with("/userinfo")).unwrap();
    assert!(asked.contains("fields=id%2Cname%2Cemail") && asked.contains("appsecret_proof="), "{asked}");
    assert!(!asked.contains("access-token"), "{asked}");

    app.person("eve").await;
    app.sql("UPDATE users SET email_verified_at = now() WHERE username = 'eve'").await;
    issuer.be(knows(json!({ "id": "78", "email": "eve@example.org" })));
    let code = dance(&app, facebook).await["code"].clone();
    app.stranger().post(facebook, body(&code)).await.fails(409, "USER_EXISTS");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_facebook_does_not_say_is_not_made_up() {
    let (app, issuer) = start().await;
    for bad in [json!({}), json!({ "id": "" }), json!({ "id": 7 }), json!({ "id": "7 OR 1=1" }), json!([])] {
        issuer.be(knows(bad.clone()));
        assert_eq!(dance(&app, "/api/auth/facebook").await["error"], "provider_failed", "{bad}");
    }
}
