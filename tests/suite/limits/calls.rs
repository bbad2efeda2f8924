//! Calls: counted together at all gateways, and told how they stand.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, App};

use super::{limited, rate};

/// One in an hour: within a test, only the burst counts.
const HOUR: u32 = 3_600;

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name);
    assert!(value.is_some(), "no {name}: {}", answer.body);
    value.unwrap().to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_calls_at_once_at_two_gateways_let_exactly_the_burst_through() {
    let app = rate(limited(), "requests", 1, HOUR, 30).gateways(2).start().await;
    let ada = app.person("ada").await;
    let ways = [ada.at(&app.gateways[0].url), ada.at(&app.gateways[1].url)];
    let calls = (0..100).map(|number| {
        let ada = &ways[number % 2];
        async move { ada.get("/api/auth/me").await.status.as_u16() }
    });
    let statuses = join_all(calls).await;
    let good = statuses.iter().filter(|status| **status == 200).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((good, refused), (30, 70));
    // Others are counted apart, and time lets one more through, at whichever gateway.
    app.clock.advance_ms(i64::from(HOUR) * 1_000);
    assert_eq!(ways[1].get("/api/auth/me").await.status, 200);
    assert_eq!(ways[0].get("/api/auth/me").await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_how_the_rate_stands_and_a_refusal_when_to_come_back() {
    let app = rate(limited(), "requests", 60, HOUR, 3).start().await;
    let ada = app.person("ada").await;
    for left in [2, 1, 0] {
        let answer = ada.get("/api/servers").await;
        assert_eq!(header(&answer, "ratelimit-policy"), "\"requests\";q=60;w=3600;guildhall-burst=3");
        let (stands, next) = header(&answer, "ratelimit").rsplit_once(";t=").unwrap();
        assert_eq!(stands, format!("\"requests\";r={left}"));
        assert!((1..=60).contains(&next.parse::<u32>().unwrap()), "{next}");
        assert!(!answer.headers.contains_key("retry-after"));
    }
    let answer = ada.get("/api/servers").await;
    let retry = header(&answer, "retry-after").parse::<u64>().unwrap();
    assert!((1..=60).contains(&retry));
    assert_eq!(header(&answer, "ratelimit"), format!("\"requests\";r=0;t={retry}"));
    assert!(answer.headers.contains_key("x-request-id"));
    let body = answer.fails(429, "RATE_LIMITED");
    let details =
        json!({ "policy": "requests", "limit": 60, "periodSeconds": 3600, "burst": 3, "retryAfter": retry });
    assert_eq!(body["details"], details);
    // Who waits as told gets through, once.
    app.clock.advance_ms(i64::try_from(retry).unwrap() * 1_000);
    ada.get("/api/servers").await.ok();
    ada.get("/api/servers").await.fails(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_counted_apart_and_strangers_by_their_address() {
    let app = rate(limited(), "requests", 1, HOUR, 4).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let stranger = app.stranger();
    for _ in 0..4 {
        ada.get("/api/auth/me").await.ok();
        // With a token that is none, a stranger.
        stranger.with_token("x").get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    }
    ada.get("/api/auth/me").await.fails(429, "RATE_LIMITED");
    ada.get("/api/none").await.fails(429, "RATE_LIMITED");
    stranger.get("/api/auth/me").await.fails(429, "RATE_LIMITED");
    // Another session of the same user is the same user; another user at the same address is not.
    bob.get("/api/auth/me").await.ok();
    let body = json!({ "username": "ada", "password": "correct horse battery" });
    stranger.post("/api/auth/login", body).await.fails(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_spelling_of_a_path_is_the_same_path() {
    let app = rate(limited(), "requests", 1, HOUR, 2).start().await;
    let ada = app.person("ada").await;
    let spelled = |path: &'static str| {
        let request = ada.request(Method::GET, path);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(spelled("/%61pi/auth/me").await, 200);
    assert_eq!(spelled("/api/%61uth/m%65").await, 200);
    assert_eq!(spelled("/%61pi/auth/me").await, 429);
    assert_eq!(spelled("/api/auth/me").await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_documents_and_the_page_are_not_counted() {
    let app = rate(limited(), "requests", 1, HOUR, 1).start().await;
    let stranger = app.stranger();
    for path in [
        "/health",
        "/api/health",
        "/api/openapi.json",
        "/api/docs",
        "/api/docs/events",
        "/",
        "/assets/style.css",
    ] {
        for _ in 0..3 {
            let answer = stranger.request(Method::GET, path).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert!(!answer.headers().contains_key("ratelimit"), "{path}");
        }
    }
    stranger.get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    stranger.get("/api/auth/me").await.fails(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn invites_and_sign_ups_have_rates_of_their_own_by_address() {
    let app =
        rate(rate(rate(limited(), "invites", 1, HOUR, 5), "sign_ups", 1, HOUR, 3), "requests", 1, HOUR, 3);
    let app = app.start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let invite = format!("/api/invite/{}", server.code);
    bob.join(&server).await;
    for number in 0..4 {
        let answer = if number % 2 == 0 {
            app.stranger().get(&invite).await
        } else {
            bob.get("/api/invite/nothing").await
        };
        assert!(header(&answer, "ratelimit").starts_with(&format!("\"invites\";r={};", 3 - number)));
    }
    app.stranger().get(&invite).await.fails(429, "RATE_LIMITED");
    bob.post(&format!("/api/servers/join/{}", server.code), json!({})).await.fails(429, "RATE_LIMITED");

    let body = |name: &str| json!({ "email": format!("{name}@example.org"), "password": "correct horse battery", "username": name });
    app.stranger().post("/api/auth/signup", body("eve")).await.ok();
    for path in ["/api/auth/register", "/api/auth/signup"] {
        let refused = app.stranger().post(path, body("mallory")).await;
        assert_eq!(refused.body["details"]["policy"], "sign-ups");
        refused.fails(429, "RATE_LIMITED");
    }
    // None of that was a request like others, for the address or for the users.
    bob.get("/api/auth/me").await.ok();
    app.stranger().get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_with_a_body_is_answered_and_the_connection_goes_on() {
    let app = rate(limited(), "messages", 1, HOUR, 1).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "one").await;
    let path = format!("/api/channels/{}/messages", server.channel);
    for _ in 0..3 {
        let answer = ada.post(&path, json!({ "content": "x".repeat(900_000) })).await;
        answer.fails(429, "RATE_LIMITED");
        ada.get("/api/auth/me").await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_is_counted_as_the_user_wherever_the_token_stands() {
    let app = rate(limited(), "requests", 1, HOUR, 3).start().await;
    let ada = app.person("ada").await;
    let upgrade = |person: &tests::Person, path: &str, protocol: Option<String>| {
        let request = person.request(Method::GET, path);
        let request = match protocol {
            Some(protocol) => request.header("sec-websocket-protocol", protocol),
            None => request,
        };
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let stranger = app.stranger();
    // No upgrades, and so refused, but counted.
    assert_eq!(upgrade(&ada, "/ws", None).await, 400);
    assert_eq!(upgrade(&stranger, &format!("/ws?token={}", ada.token()), None).await, 400);
    assert_eq!(upgrade(&stranger, "/ws", Some(format!("bearer, {}", ada.token()))).await, 400);
    assert_eq!(upgrade(&stranger, &format!("/ws?token={}", ada.token()), None).await, 429);
    assert_eq!(upgrade(&stranger, "/ws", None).await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_limited_when_limits_are_off() {
    let app = rate(rate(App::builder(), "requests", 1, HOUR, 1), "messages", 1, HOUR, 1)
        .with("ws.commands_per_minute", "1")
        .with("ws.command_burst", "1")
        .with("limits.enabled", "false")
        .start()
        .await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for _ in 0..5 {
        let answer = ada.get("/api/auth/me").await;
        assert!(
            !answer.headers.contains_key("ratelimit") && !answer.headers.contains_key("ratelimit-policy")
        );
        answer.ok();
        ada.send(&server.channel, "again").await;
        app.stranger()
            .post("/api/auth/login", json!({ "username": "ada", "password": "x" }))
            .await
            .fails(401, "INVALID_CREDENTIALS");
        app.stranger()
            .post("/api/auth/login", json!({ "username": "ada", "password": "x" }))
            .await
            .fails(401, "INVALID_CREDENTIALS");
    }
    let mut socket = app.socket(&ada, 0).await;
    for _ in 0..10 {
        socket.command("ping", json!({})).await;
        socket.command("send-message", json!({ "channelId": server.channel, "content": "and again" })).await;
    }
}
