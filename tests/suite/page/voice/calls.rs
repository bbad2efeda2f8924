//! Two people call each other.

use serde_json::json;
use tests::{App, Browser};

use super::super::talker::{Talker, UNCHANGED};

const RINGS: &str = "document.getElementById('ringing').open";

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_everywhere_and_is_answered_once() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    // Who shares a server may write, and so call.
    bob.join(&ada.create_server("Engines").await).await;
    let made = ada.post("/api/dms", json!({ "userId": bob.id })).await.ok();
    let link = format!("#conversation-list a[href='#/c/{}']", made["dm"]["id"].as_str().unwrap());
    let (one, two) = (&app.gateways[0].url, &app.gateways[1].url);
    let at_ada = Talker::log_in(&browser, one, "ada", UNCHANGED).await;
    let at_desk = Talker::log_in(&browser, two, "bob", UNCHANGED).await;
    let at_phone = Talker::log_in(&browser, one, "bob", UNCHANGED).await;

    at_ada.clicks(&link).await;
    at_ada.clicks("#voice-call").await;
    at_ada.is_told("Ringing").await;
    for talker in [&at_desk, &at_phone] {
        talker.sees(RINGS).await;
        talker.sees("document.getElementById('ringing').innerText.startsWith('ada calls you')").await;
        talker.sees("document.activeElement.id === 'ringing-video'").await;
    }
    at_phone.clicks("#ringing-video").await;
    at_desk.sees(&format!("!{RINGS}")).await;
    at_ada.receives_from(1).await;
    at_phone.receives_from(1).await;
    at_phone.clicks("#voice-mute").await;
    at_ada
        .sees(&format!("document.querySelector(\".tile[data-user='{}'] [data-mark=muted]\")", bob.id))
        .await;

    // A lost connection to the server is no hanging up.
    at_phone.loses_the_connection().await;
    at_phone.is_told("Connected").await;
    at_ada.receives_from(1).await;
    at_ada.clicks("#voice-leave").await;
    at_phone.is_told("The call is over").await;

    // Declined on one device, and so on all.
    at_ada.clicks("#voice-join").await;
    at_phone.sees(RINGS).await;
    at_desk.clicks("#ringing-decline").await;
    at_phone.sees(&format!("!{RINGS}")).await;
    at_ada.is_told("declined").await;

    // Nobody answered before the caller hung up.
    at_ada.clicks("#voice-join").await;
    at_phone.sees(RINGS).await;
    at_ada.clicks("#voice-leave").await;
    for talker in [&at_desk, &at_phone] {
        talker.sees(&format!("!{RINGS}")).await;
        talker.sees("document.getElementById('notice').textContent === 'You missed a call of ada.'").await;
    }
}
