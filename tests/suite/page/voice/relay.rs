//! Through a real TURN server, with the product's credentials. Skipped where there is no coturn.

use tests::{App, Browser, TURN_SECRET, TurnServer};

use super::super::talker::Talker;
use super::community;

/// No way but by a relay.
const RELAYED: &str = "({ ...settings, iceTransportPolicy: 'relay' })";
/// The same, with a password that is not the product's.
const WRONG: &str = "({ ...settings, iceTransportPolicy: 'relay',
    iceServers: settings.iceServers.map((server) => ({ ...server, credential: 'wrong' })) })";

async fn app(server: &TurnServer) -> App {
    App::builder()
        .with("voice.ice.turn", &server.turn("udp"))
        .with("voice.ice.secret", TURN_SECRET)
        .gateways(2)
        .start()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn media_flow_through_a_relay() {
    let Some(server) = TurnServer::start(&[], &[]).await else { return };
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = app(&server).await;
    let (_, _, _, lounge) = community(&app, &["bob"]).await;
    let at_ada = Talker::log_in(&browser, &app.gateways[0].url, "ada", RELAYED).await;
    let at_bob = Talker::log_in(&browser, &app.gateways[1].url, "bob", RELAYED).await;
    for talker in [&at_ada, &at_bob] {
        talker.comes_into(&lounge).await;
        talker.shows_the_camera().await;
    }
    for talker in [&at_ada, &at_bob] {
        talker.receives_from(1).await;
        assert_eq!(talker.paths().await, [("relay".to_string(), "relay".to_string())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_find_no_way() {
    let Some(server) = TurnServer::start(&[], &[]).await else { return };
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = app(&server).await;
    let (_, _, _, lounge) = community(&app, &["bob"]).await;
    let at_ada = Talker::log_in(&browser, &app.gateways[0].url, "ada", WRONG).await;
    let at_bob = Talker::log_in(&browser, &app.gateways[1].url, "bob", WRONG).await;
    for talker in [&at_ada, &at_bob] {
        talker.comes_into(&lounge).await;
    }
    for talker in [&at_ada, &at_bob] {
        talker.sees("window.peers.some((peer) => peer.errors.includes(401))").await;
        let says = "[...document.querySelectorAll('.trouble')].some((each) => each.textContent.startsWith('No way to'))";
        talker.sees(says).await;
        talker.sees("window.peers.every((peer) => peer.found.length === 0)").await;
        assert!(talker.received().await.is_empty());
    }
}
