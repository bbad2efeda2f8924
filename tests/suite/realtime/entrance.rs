//! Opening a session: where the token comes from, and who is turned away.

use std::time::Duration;

use serde_json::json;
use tests::wire::{Wire, opcode};
use tests::{App, Socket};

#[tokio::test(flavor = "multi_thread")]
async fn the_token_may_come_in_four_ways() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let url = &app.gateways[0].url;

    let mut by_header = Socket::open(url, "", Some(ada.token())).await;
    assert_eq!(by_header.expect("ready").await["user"]["id"], ada.id.as_str());

    let protocol = [("sec-websocket-protocol", format!("bearer, {}", ada.token()))];
    let mut by_protocol = Socket::open_with(url, "", &protocol).await.unwrap();
    by_protocol.expect("ready").await;

    let mut by_query = Socket::open(url, &format!("?token={}", ada.token()), None).await;
    by_query.expect("ready").await;

    let mut by_frame = Socket::open(url, "", None).await;
    by_frame.command("authenticate", json!({ "token": ada.token() })).await;
    by_frame.expect("ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_tells_who_one_is_and_where_one_belongs() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let (_socket, ready) = app.socket_and_ready(&ada, 0, "").await;
    assert_eq!(ready["user"]["username"], "ada");
    assert_eq!(ready["user"]["email"], "ada@example.org");
    assert_eq!(ready["servers"][0]["id"], server.id.as_str());
    assert_eq!(ready["servers"][0]["channels"][0]["id"], server.channel.as_str());
    assert_eq!(ready["heartbeatInterval"], 25_000);
    assert!(ready["sessionId"].is_string() && ready["more"] == false, "{ready}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_told_and_closed_with_4001() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let url = &app.gateways[0].url;
    for token in ["nonsense", &format!("{}x", ada.token())] {
        let mut socket = Socket::open(url, "", Some(token)).await;
        assert_eq!(socket.expect("error").await["code"], "UNAUTHENTICATED");
        assert_eq!(socket.close_code().await, Some(4001));
    }
    app.clock.advance_ms(25 * 3_600_000);
    let mut expired = Socket::open(url, "", Some(ada.token())).await;
    assert_eq!(expired.expect("error").await["code"], "TOKEN_EXPIRED");
    assert_eq!(expired.close_code().await, Some(4001));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_authenticate_first_or_in_time_is_closed_with_4001() {
    let app = App::builder().with("ws.authenticate_s", "1").start().await;
    let url = &app.gateways[0].url;
    let mut silent = Socket::open(url, "", None).await;
    let mut hasty = Socket::open(url, "", None).await;
    hasty.refused("ping", json!({}), "UNAUTHENTICATED").await;
    assert_eq!(hasty.close_code().await, Some(4001));
    assert_eq!(silent.close_code().await, Some(4001));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_closes_the_socket_unless_it_is_renewed() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (mut lazy, mut careful) = (app.socket(&ada, 0).await, app.socket(&ada, 0).await);
    app.clock.advance_ms(23 * 3_600_000);
    let fresh = app.stranger().log_in("ada").await;
    let renewed = careful.command("authenticate", json!({ "token": fresh.token() })).await;
    assert!(renewed["expiresAt"].is_string());
    app.clock.advance_ms(2 * 3_600_000);
    assert_eq!(lazy.expect("error").await["code"], "TOKEN_EXPIRED");
    assert_eq!(lazy.close_code().await, Some(4001));
    careful.command("ping", json!({})).await;

    let bob = app.person("bob").await;
    careful.refused("authenticate", json!({ "token": bob.token() }), "FORBIDDEN").await;
    careful.refused("authenticate", json!({ "token": "nonsense" }), "UNAUTHENTICATED").await;
    careful.command("ping", json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_no_ping_is_let_go_and_who_does_stays() {
    let app = App::builder().with("ws.heartbeat_s", "1").with("ws.silence_s", "3").start().await;
    let ada = app.person("ada").await;
    let mut alive = app.socket(&ada, 0).await;
    let mut dead = Wire::open(app.url(), ada.token()).await;
    let mut pings = 0;
    while let Some(frame) = dead.next().await {
        pings += usize::from(frame.opcode == opcode::PING);
    }
    assert!((2..=3).contains(&pings), "one a second, and without a close frame after three: {pings}");
    // For as long again.
    alive.rest(Duration::from_secs(4)).await;
    alive.command("ping", json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_are_refused_before_the_upgrade() {
    let app = App::builder().with("http.allowed_origins", "https://chat.example.org").start().await;
    let ada = app.person("ada").await;
    let url = &app.gateways[0].url;
    let open = |origin: &str| {
        let headers = [("authorization", format!("Bearer {}", ada.token())), ("origin", origin.to_string())];
        async move { Socket::open_with(url, "", &headers).await.map(drop) }
    };
    assert_eq!(open("https://chat.example.org").await, Ok(()));
    assert_eq!(open(url).await, Ok(()));
    assert_eq!(open("https://evil.example.org").await, Err(403));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_tells_its_sessions_when_to_come_back() {
    let mut app = App::start().await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada, 0).await;
    let server = app.gateways[0].running.take().unwrap();
    let stopping = tokio::spawn(server.stop());
    let delay = socket.expect("reconnect").await["delayMs"].as_u64().unwrap();
    assert!(delay < 5_000, "{delay}");
    assert_eq!(socket.close_code().await, Some(1001));
    stopping.await.unwrap();
}
