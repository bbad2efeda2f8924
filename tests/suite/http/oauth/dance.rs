//! The way there and back when all is well.

use serde_json::json;
use tests::{App, Conduct, Navigator};

use super::{BEGIN, CHALLENGE, VERIFIER, away, body, claims, code, dance, log_in, on, person, query, start};
use crate::http::list;

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_gets_an_account_and_finds_it_again() {
    let (app, issuer) = start().await;
    let providers = app.stranger().get("/api/auth/providers").await.ok();
    let names =
        list(&providers["providers"]).iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(names, ["facebook", "house"]);
    assert_eq!(providers["providers"][1]["label"], "The house");

    let login = log_in(&app).await;
    let user = &login["user"];
    assert_eq!((&user["username"], &user["name"]), (&json!("Ada_Lovelace"), &json!("Ada Lovelace")));
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!("ada@example.org"), &json!(true)));
    person(&app, &login).get("/api/auth/me").await.ok();

    // They are known by their id there, whatever else changes.
    issuer.be(claims(json!({ "sub": "1001", "email": "other@example.org", "name": "Countess" })));
    let again = log_in(&app).await;
    assert_eq!(again["user"]["id"], user["id"]);
    assert_eq!(again["user"]["email"], "ada@example.org");
    assert_ne!(again["sessionId"], login["sessionId"]);

    // Another person of the same name.
    issuer.be(claims(json!({ "sub": "1002", "name": "Ada Lovelace" })));
    let other = log_in(&app).await;
    assert_eq!(other["user"]["username"], "Ada_Lovelace-2");
    assert_eq!(other["user"]["email"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_is_sent_with_pkce_state_and_nonce_and_a_cookie_that_only_the_callback_gets() {
    let (app, issuer) = start().await;
    let mut browser = Navigator::default();
    let answer = browser.visit(&format!("{}{BEGIN}?challenge={CHALLENGE}", app.url())).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let asked = query(&on(&answer));
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], "guildhall");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["redirect_uri"], "http://localhost:8080/api/auth/callback/house");
    assert_eq!(asked["scope"], "openid email profile");
    assert_ne!(asked["code_challenge"], CHALLENGE, "the frontend's is another");
    assert!(asked["state"].len() == 43 && asked["nonce"].len() == 43);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/api/auth/callback/house", "Max-Age=600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(&asked["state"]) && !cookie.contains(&asked["nonce"]), "it is sealed");

    let back = browser.go(&on(&answer)).await.location.unwrap().replace("http://localhost:8080", app.url());
    let answer = browser.visit(&back).await;
    let there = on(&answer);
    assert!(there.starts_with("https://app.example.org/login?provider=house&code=gho_"), "{there}");
    assert!(!there.contains("eyJ"), "no token in an address");
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    // Basic: guildhall:house-secret.
    assert!(
        issuer.calls().contains(&"/token?Basic Z3VpbGRoYWxsOmhvdXNlLXNlY3JldA==".to_string()),
        "{:?}",
        issuer.calls()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_at_the_page_that_was_wanted_if_it_is_in_the_list() {
    let (app, _) = start().await;
    let mut browser = Navigator::default();
    let begin = |redirect: &str| format!("{}{BEGIN}?challenge={CHALLENGE}&redirect={redirect}", app.url());
    let answer = browser.visit(&begin("https%3A%2F%2Fb.example.org%2F%3Fx%3D1")).await;
    let back = browser.go(&on(&answer)).await.location.unwrap().replace("http://localhost:8080", app.url());
    let there = on(&browser.visit(&back).await);
    assert!(there.starts_with("https://b.example.org/?x=1&provider=house&code=gho_"), "{there}");
    for evil in [
        "https%3A%2F%2Fevil.example.org",
        "%2F%2Fevil.example.org",
        "https%3A%2F%2Fapp.example.org%2Flogin%2F",
        "javascript%3Ax",
        "",
    ] {
        browser.visit(&begin(evil)).await.fails_at("redirect");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_for_a_minute_for_who_began() {
    let (app, _) = start().await;
    let stranger = app.stranger();
    let used = code(&app).await;
    stranger.post(BEGIN, body(&used)).await.ok();
    stranger.post(BEGIN, body(&used)).await.fails(400, "INVALID_CODE");

    let stolen = code(&app).await;
    let other = json!({ "code": stolen, "verifier": VERIFIER.replace('d', "e") });
    stranger.post(BEGIN, other).await.fails(400, "INVALID_CODE");
    stranger.post(BEGIN, body(&stolen)).await.fails(400, "INVALID_CODE");

    let mixed = code(&app).await;
    stranger.post("/api/auth/facebook", body(&mixed)).await.fails(400, "INVALID_CODE");
    stranger.post(BEGIN, body(&mixed)).await.ok();

    let old = code(&app).await;
    app.clock.advance_ms(60_000);
    stranger.post(BEGIN, body(&old)).await.fails(400, "INVALID_CODE");
    assert_eq!(app.services().identity.sweep_oauth(100).await.unwrap(), 1);

    for bad in ["", "gho_", "ghr_x", &format!("gho_{}", "0".repeat(64))] {
        stranger.post(BEGIN, body(bad)).await.fails(400, "INVALID_CODE");
    }
    stranger.post(BEGIN, json!({ "code": used, "verifier": "short" })).await.fails_at("verifier");
    stranger.post(BEGIN, json!({ "code": used })).await.fails_at("verifier");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_one_code_at_once_one_gets_in() {
    let (app, _) = start().await;
    let code = code(&app).await;
    let tries = (0..16).map(|_| {
        let (stranger, body) = (app.stranger(), body(&code));
        tokio::spawn(async move { stranger.post(BEGIN, body).await.status.as_u16() })
    });
    let mut statuses = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        statuses.push(one.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1]), (200, 400), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_gateway_finishes_what_another_began() {
    let issuer = tests::Issuer::start().await;
    let builder =
        issuer.settings().into_iter().fold(App::builder(), |app, (name, value)| app.with(&name, &value));
    let app = builder.gateways(2).start().await;
    let mut browser = Navigator::default();
    let back = away(&app, &mut browser, BEGIN).await;
    // The cookie is the host's, not the port's.
    let cookie = browser.cookie(app.url(), "guildhall_oauth").unwrap();
    browser.set_cookie(&app.gateways[1].url, "guildhall_oauth", &cookie);
    let there = on(&browser.visit(&back.replace(app.url(), &app.gateways[1].url)).await);
    app.stranger().post(BEGIN, body(&query(&there)["code"])).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_may_come_from_the_user_information() {
    let (app, issuer) = start().await;
    let userinfo =
        json!({ "sub": "7", "email": "grace@example.org", "email_verified": "true", "name": "Grace" });
    let conduct = Conduct { userinfo, ..claims(json!({ "sub": "7", "email": null })) };
    issuer.be(conduct.clone());
    let login = log_in(&app).await;
    assert_eq!(
        (&login["user"]["email"], &login["user"]["name"]),
        (&json!("grace@example.org"), &json!("Grace"))
    );
    issuer.be(Conduct { userinfo: json!({ "sub": "8", "email": "eve@example.org" }), ..conduct });
    assert_eq!(dance(&app, BEGIN).await["error"], "provider_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_set_up_says_so() {
    let app = App::start().await;
    let stranger = app.stranger();
    assert_eq!(stranger.get("/api/auth/providers").await.ok()["providers"], json!([]));
    for name in ["google", "facebook"] {
        for path in [
            format!("/api/auth/{name}"),
            format!("/api/auth/oauth/{name}"),
            format!("/api/auth/callback/{name}"),
        ] {
            let told = stranger.get(&path).await.fails(503, "UNAVAILABLE");
            assert!(told["error"].as_str().unwrap().contains("client_id is not set"), "{told}");
        }
        stranger.post(&format!("/api/auth/{name}"), body("gho_x")).await.fails(503, "UNAVAILABLE");
    }
    for path in ["/api/auth/oauth/house", "/api/auth/callback/house"] {
        stranger.get(path).await.fails(404, "RESOURCE_NOT_FOUND");
    }
}
