//! What is forged, mixed up, replayed, slow or too much.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{App, Conduct, Issuer, Navigator};

use super::{BEGIN, CHALLENGE, away, dance, log_in, on, query, start};

/// What the frontend learns of a browser that comes to the callback with this address.
async fn told(browser: &mut Navigator, url: &str) -> String {
    let there = on(&browser.visit(url).await);
    assert!(there.starts_with("https://app.example.org/login?"), "{there}");
    let got = query(&there);
    assert!(!got.contains_key("code"), "{there}");
    got["error"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_did_not_begin_gets_nothing() {
    let (app, _) = start().await;
    let (mut browser, mut other) = (Navigator::default(), Navigator::default());
    let back = away(&app, &mut browser, BEGIN).await;
    assert_eq!(told(&mut other, &back).await, "login_expired", "without a cookie");
    away(&app, &mut other, BEGIN).await;
    assert_eq!(told(&mut other, &back).await, "login_expired", "with the cookie of another login");
    for (what, change) in [("forged", "AAAA"), ("none", "")] {
        let mut own = browser.clone();
        let state = query(&back)["state"].clone();
        let forged = back.replace(&state, change);
        assert_eq!(told(&mut own, &forged).await, "login_expired", "{what}");
    }
    let without = format!("{}/api/auth/callback/house", app.url());
    for bad in [
        without.clone(),
        format!("{without}?code=x"),
        format!("{without}?code=a&code=b"),
        format!("{without}?state=%FF"),
    ] {
        assert_eq!(told(&mut browser.clone(), &bad).await, "login_expired", "{bad}");
    }
    let mut forged = browser.clone();
    forged.set_cookie(app.url(), "guildhall_oauth", "nonsense");
    assert_eq!(told(&mut forged, &back).await, "login_expired");
    // A login at one provider is not finished at another.
    let elsewhere = back.replace("/house", "/facebook");
    assert_eq!(told(&mut browser.clone(), &elsewhere).await, "login_expired");

    let mut late = browser.clone();
    assert!(query(&on(&browser.visit(&back).await)).contains_key("code"));
    assert_eq!(told(&mut browser, &back).await, "login_expired", "again: the cookie is gone");
    assert_eq!(
        told(&mut late, &back).await,
        "provider_failed",
        "again, with the cookie kept: the code is used"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_took_too_long_or_was_denied_begins_again() {
    let (app, issuer) = start().await;
    let mut browser = Navigator::default();
    let back = away(&app, &mut browser, BEGIN).await;
    app.clock.advance_ms(600_000);
    assert_eq!(told(&mut browser, &back).await, "login_expired");
    app.clock.advance_ms(-600_000);
    for (error, name) in [
        ("access_denied", "access_denied"),
        ("server_error", "provider_failed"),
        ("<script>", "provider_failed"),
    ] {
        issuer.be(Conduct { error: Some(error), ..Conduct::default() });
        assert_eq!(dance(&app, BEGIN).await["error"], name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_login_is_of_no_use() {
    let (app, issuer) = start().await;
    for ignores_pkce in [false, true] {
        issuer.be(Conduct { ignores_pkce, ..Conduct::default() });
        let (mut victim, mut thief) = (Navigator::default(), Navigator::default());
        let stolen = query(&away(&app, &mut victim, BEGIN).await)["code"].clone();
        let back = away(&app, &mut thief, BEGIN).await;
        let own = query(&back)["code"].clone();
        // By PKCE, or else by the nonce.
        assert_eq!(told(&mut thief, &back.replace(&own, &stolen)).await, "provider_failed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_issuer_is_refused() {
    let (app, issuer) = start().await;
    let mut browser = Navigator::default();
    let back = away(&app, &mut browser, BEGIN).await;
    let iss = url::form_urlencoded::byte_serialize(issuer.url.as_bytes()).collect::<String>();
    for forged in
        [back.replace(&iss, "https%3A%2F%2Fevil.example.org"), back.replace(&format!("&iss={iss}"), "")]
    {
        assert_ne!(forged, back);
        assert_eq!(told(&mut browser.clone(), &forged).await, "provider_failed");
    }
    assert!(!issuer.calls().iter().any(|call| call.starts_with("/token")), "it was not shown the code");
    assert!(query(&on(&browser.visit(&back).await)).contains_key("code"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_that_is_not_as_it_must_be_is_not_believed() {
    let (app, issuer) = start().await;
    let now = app.services().env.now().seconds();
    let with = |name: &str, value: Value| {
        let mut conduct = Conduct::default();
        conduct.claims[name] = value;
        conduct
    };
    for (what, conduct) in [
        ("alg none", Conduct { algorithm: "none", ..Conduct::default() }),
        ("alg HS256 with the public key", Conduct { algorithm: "HS256", ..Conduct::default() }),
        ("another key", Conduct { kid: Some("key-99"), ..Conduct::default() }),
        ("an unknown key", Conduct { kid: Some("key-7"), ..Conduct::default() }),
        ("issuer", with("iss", json!("https://evil.example.org"))),
        ("audience", with("aud", json!("another"))),
        ("audiences", with("aud", json!(["guildhall", "another"]))),
        ("party", with("azp", json!("another"))),
        ("expired", with("exp", json!(now - 120))),
        ("never expires", with("exp", json!(null))),
        ("future", with("iat", json!(now + 600))),
        ("nonce", with("nonce", json!("another"))),
        ("no nonce", with("nonce", json!(null))),
        ("no subject", with("sub", json!(null))),
        ("an empty subject", with("sub", json!(""))),
        ("a number", with("sub", json!(7))),
    ] {
        issuer.be(conduct);
        assert_eq!(dance(&app, BEGIN).await["error"], "provider_failed", "{what}");
    }
    issuer.be(Conduct::default());
    log_in(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_fetched_but_not_again_and_again() {
    let (app, issuer) = start().await;
    let fetched = || issuer.calls().iter().filter(|call| call.starts_with("/keys")).count();
    log_in(&app).await;
    log_in(&app).await;
    assert_eq!(fetched(), 1);
    issuer.be(Conduct { key: 2, ..Conduct::default() });
    assert_eq!(dance(&app, BEGIN).await["error"], "provider_failed", "asked a moment ago");
    app.clock.advance_ms(30_000);
    log_in(&app).await;
    assert_eq!(fetched(), 2);
    issuer.be(Conduct { key: 2, kid: Some("unknown"), ..Conduct::default() });
    for _ in 0..5 {
        assert_eq!(dance(&app, BEGIN).await["error"], "provider_failed");
    }
    assert_eq!(fetched(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_floods_or_sends_elsewhere_costs_little() {
    for path in ["/token", "/keys"] {
        for conduct in [
            Conduct { hangs_at: Some(path), ..Conduct::default() },
            Conduct { floods_at: Some(path), ..Conduct::default() },
            Conduct { redirects_at: Some((path, "http://127.0.0.1:9/".into())), ..Conduct::default() },
        ] {
            let (app, issuer) = start().await;
            issuer.be(conduct);
            let since = Instant::now();
            assert_eq!(dance(&app, BEGIN).await["error"], "provider_failed", "{path}");
            assert!(since.elapsed() < Duration::from_secs(60), "it waited for the provider");
            issuer.be(Conduct::default());
            app.clock.advance_ms(30_000);
            log_in(&app).await;
        }
    }
}

/// The answer to who wants to begin.
async fn begin(app: &App) -> tests::Answer {
    Navigator::default().visit(&format!("{}{BEGIN}?challenge={CHALLENGE}", app.url())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_that_is_wrong_begins_nothing() {
    let with = |document: Value| Conduct { document, ..Conduct::default() };
    for conduct in [
        with(json!({ "issuer": "https://evil.example.org" })),
        with(json!({ "token_endpoint": "http://evil.example.org/token" })),
        with(json!({ "jwks_uri": "file:///etc/passwd" })),
        with(json!({ "authorization_endpoint": null })),
        Conduct { hangs_at: Some("/discovery"), ..Conduct::default() },
        Conduct { floods_at: Some("/discovery"), ..Conduct::default() },
        Conduct { redirects_at: Some(("/discovery", "http://127.0.0.1:9/".into())), ..Conduct::default() },
    ] {
        let (app, issuer) = start().await;
        issuer.be(conduct);
        begin(&app).await.fails(503, "UNAVAILABLE");
        issuer.be(Conduct::default());
        begin(&app).await.fails(503, "UNAVAILABLE");
        app.clock.advance_ms(5_000);
        on(&begin(&app).await);
    }
    // Signed by nothing that is trusted.
    let (app, issuer) = start().await;
    issuer.be(with(json!({ "id_token_signing_alg_values_supported": ["HS256", "none"] })));
    assert_eq!(dance(&app, BEGIN).await["error"], "provider_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_begins_says_what_they_will_prove() {
    let (app, _) = start().await;
    for query in [
        "",
        "?challenge=",
        "?challenge=short",
        &format!("?challenge={CHALLENGE}A"),
        &format!("?challenge={}", CHALLENGE.replace('-', "%2B")),
    ] {
        app.stranger().get(&format!("{BEGIN}{query}")).await.fails_at("challenge");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_setting_is_named_at_the_start() {
    let issuer = Issuer::start().await;
    let mut settings = issuer.settings();
    settings.retain(|(name, _)| name != "identity.oauth.public_url");
    let own = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let own = own.chain([
        ("database.url", "postgres://x/x"),
        ("redis.url", "redis://x"),
        ("identity.keys", "one:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("identity.token_secret", "a secret of at least thirty-two characters"),
    ]);
    let error = gateway::Settings::with("test", &own.collect::<Vec<_>>()).unwrap_err().to_string();
    assert!(error.contains("identity.oauth.public_url"), "{error}");
}
