//! Whose account it is.

use serde_json::json;
use tests::{Authenticator, Conduct};

use super::{BEGIN, VERIFIER, body, claims, code, log_in, person, start};

fn ada(verified: bool) -> Conduct {
    claims(json!({ "sub": "1", "email": "Ada@Example.org", "email_verified": verified, "name": "Countess" }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_taken_over_only_when_both_sides_checked_the_address() {
    for (theirs, ours) in [(false, false), (false, true), (true, false)] {
        let (app, issuer) = start().await;
        let owner = app.person("ada").await;
        if ours {
            app.sql("UPDATE users SET email_verified_at = now()").await;
        }
        issuer.be(ada(theirs));
        let told = app.stranger().post(BEGIN, body(&code(&app).await)).await.fails(409, "USER_EXISTS");
        assert_eq!(told["details"]["field"], "email");
        assert!(told["error"].as_str().unwrap().contains("link"), "{told}");
        assert_eq!(owner.get("/api/auth/links").await.ok()["links"], json!([]));
    }
    let (app, issuer) = start().await;
    let owner = app.person("ada").await;
    app.sql("UPDATE users SET email_verified_at = now()").await;
    issuer.be(ada(true));
    let login = log_in(&app).await;
    assert_eq!(login["user"]["id"], owner.id.as_str());
    assert_eq!(owner.get("/api/auth/links").await.ok()["links"][0]["provider"], "house");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_checked_is_not_taken() {
    let (app, issuer) = start().await;
    issuer.be(ada(false));
    let login = log_in(&app).await;
    assert_eq!((&login["user"]["email"], &login["user"]["emailVerified"]), (&json!(null), &json!(false)));
    // Its owner can still have it.
    app.person("ada").await;
    // What is no address is none.
    issuer.be(claims(json!({ "sub": "2", "email": "nonsense\u{0}", "email_verified": true })));
    let other = log_in(&app).await;
    assert_eq!(other["user"]["email"], json!(null));
    assert_ne!(other["user"]["id"], login["user"]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_use_the_account_does_not_get_in_this_way_either() {
    let (app, _) = start().await;
    let login = log_in(&app).await;
    app.sql("UPDATE users SET suspended_at = now(), suspended_reason = 'spam'").await;
    let told = app.stranger().post(BEGIN, body(&code(&app).await)).await.fails(403, "ACCOUNT_SUSPENDED");
    assert_eq!(told["details"]["reason"], "spam");
    app.sql("UPDATE users SET suspended_at = NULL").await;
    assert_eq!(log_in(&app).await["user"]["id"], login["user"]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_first_logins_at_once_make_one_account() {
    for email in [json!("ada@example.org"), json!(null)] {
        two_first_logins_with(email).await;
    }
}

async fn two_first_logins_with(email: serde_json::Value) {
    let (app, issuer) = start().await;
    issuer.be(claims(json!({ "sub": "1", "email": email, "email_verified": true })));
    let codes = [code(&app).await, code(&app).await, code(&app).await];
    let tries = codes.map(|code| {
        let stranger = app.stranger();
        tokio::spawn(async move { stranger.post(BEGIN, body(&code)).await })
    });
    let mut ids = Vec::new();
    for one in tries {
        let answer = one.await.unwrap();
        assert!([200, 400, 409].contains(&answer.status.as_u16()), "{}", answer.body);
        ids.extend(answer.body["user"]["id"].as_str().map(ToString::to_string));
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(
        person(&app, &log_in(&app).await).get("/api/auth/me").await.ok()["user"]["id"],
        ids[0].as_str()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_the_code_waits_for_it() {
    let (app, _) = start().await;
    let owner = person(&app, &log_in(&app).await);
    let begun = owner.post("/api/auth/2fa/enable", json!({})).await.ok();
    let authenticator = Authenticator::scan(&begun);
    owner.post("/api/auth/2fa/verify", json!({ "code": authenticator.code(&app) })).await.ok();
    Authenticator::next(&app);

    let stranger = app.stranger();
    let code = code(&app).await;
    let with = |second: String| json!({ "code": code, "verifier": VERIFIER, "verificationCode": second });
    let told = stranger.post(BEGIN, body(&code)).await.fails(402, "TWO_FACTOR_REQUIRED");
    assert_eq!(told["details"]["method"], "totp");
    stranger.post(BEGIN, with(authenticator.wrong_code(&app))).await.fails(400, "INVALID_CODE");
    // Longer than who is not asked has.
    app.clock.advance_ms(120_000);
    stranger.post(BEGIN, with(authenticator.code(&app))).await.ok();
    Authenticator::next(&app);
    stranger.post(BEGIN, with(authenticator.code(&app))).await.fails(400, "INVALID_CODE");
}
