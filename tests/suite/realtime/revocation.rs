//! A session that is over is over everywhere.

use serde_json::json;
use tests::{App, Socket, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_token_and_the_sockets_of_that_session_on_every_gateway() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let other_device = app.stranger().log_in("ada").await;
    let (mut here, mut there) = (app.socket(&ada, 0).await, app.socket(&ada, 1).await);
    let mut other = app.socket(&other_device, 1).await;
    ada.post("/api/auth/logout", json!({})).await.ok();
    assert_eq!(here.close_code().await, Some(4003));
    assert_eq!(there.close_code().await, Some(4003));
    for gateway in &app.gateways {
        ada.at(&gateway.url).get("/api/auth/me").await.fails(401, "UNAUTHENTICATED");
    }
    let mut again = Socket::open(&app.gateways[1].url, "", Some(ada.token())).await;
    assert_eq!(again.close_code().await, Some(4001));
    other.command("ping", json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_starts_later_knows_of_earlier_revocations() {
    let mut app = App::start().await;
    let ada = app.person("ada").await;
    ada.post("/api/auth/logout", json!({})).await.ok();
    let late = app.add_gateway().await;
    let there = ada.at(&app.gateways[late].url);
    eventually("the revocation is read", async || there.get("/api/auth/me").await.status == 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_socket_follows_the_session_of_its_new_token() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let fresh = app.stranger().log_in("ada").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("authenticate", json!({ "token": fresh.token() })).await;
    ada.post("/api/auth/logout", json!({})).await.ok();
    socket.command("ping", json!({})).await;
    fresh.post("/api/auth/logout", json!({})).await.ok();
    assert_eq!(socket.close_code().await, Some(4003));
}
