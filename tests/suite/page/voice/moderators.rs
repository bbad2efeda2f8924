//! What moderators decide, and what another device does, is seen.

use serde_json::json;
use tests::{App, Browser};

use super::super::talker::{Talker, UNCHANGED};
use super::{community, session};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_muted_moved_or_disconnected_is_told() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = App::builder().gateways(2).start().await;
    let (ada, others, server, lounge) = community(&app, &["bob"]).await;
    let bob = &others[0];
    let body = json!({ "name": "Quiet", "type": "voice" });
    let quiet = ada.post(&format!("/api/servers/{}/channels", server.id), body).await.ok();
    let quiet = quiet["channel"]["id"].as_str().unwrap().to_string();
    let at_ada = Talker::log_in(&browser, &app.gateways[0].url, "ada", UNCHANGED).await;
    let at_bob = Talker::log_in(&browser, &app.gateways[1].url, "bob", UNCHANGED).await;
    for talker in [&at_ada, &at_bob] {
        talker.comes_into(&lounge).await;
        talker.shows_the_camera().await;
    }
    at_ada.receives_from(1).await;

    // Muted by a moderator: not played by the others, not sent either, and both say so.
    let path = format!("/api/voice/sessions/{}/members/{}", session(&ada).await, bob.id);
    ada.put(&path, json!({ "isServerMuted": true })).await.ok();
    at_bob.is_told("A moderator muted you").await;
    at_ada.sees("document.querySelector('.tile .mark.forced').title === 'Muted by a moderator'").await;
    at_ada.sees("document.querySelector('audio').muted").await;
    ada.put(&path, json!({ "isServerMuted": false })).await.ok();
    at_ada.sees("!document.querySelector('audio').muted").await;
    at_bob.is_told("Connected").await;

    // Moved: he follows, with his camera on.
    ada.put(&path, json!({ "channelId": quiet })).await.ok();
    at_bob.sees("document.getElementById('voice-channel').textContent === 'Quiet'").await;
    at_bob.is_told("Nobody else is here yet").await;
    at_ada.is_told("Nobody else is here yet").await;
    at_ada.comes_into(&quiet).await;
    at_ada.shows_the_camera().await;
    at_ada.receives_from(1).await;
    at_bob.receives_from(1).await;

    // Disconnected.
    ada.delete(&format!("/api/voice/sessions/{}/members/{}", session(&ada).await, bob.id)).await.ok();
    at_bob.is_told("A moderator disconnected you").await;
    at_bob.sees("document.getElementById('voice-controls').hidden").await;
    at_bob.clicks("#voice-dismiss").await;
    at_bob.sees("document.getElementById('voice-bar').hidden").await;
    at_ada.is_told("Nobody else is here yet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_takes_over() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = App::builder().gateways(2).start().await;
    let (_, _, _, lounge) = community(&app, &["bob"]).await;
    let (one, two) = (&app.gateways[0].url, &app.gateways[1].url);
    let at_ada = Talker::log_in(&browser, one, "ada", UNCHANGED).await;
    let at_desk = Talker::log_in(&browser, one, "bob", UNCHANGED).await;
    for talker in [&at_ada, &at_desk] {
        talker.comes_into(&lounge).await;
    }
    at_ada.is_told("Connected").await;
    let at_phone = Talker::log_in(&browser, two, "bob", UNCHANGED).await;
    at_phone.opens(&lounge).await;
    at_phone.clicks("#voice-join").await;
    at_desk.is_told("another of your devices").await;
    at_desk.sees("!document.querySelector('audio')").await;
    for talker in [&at_ada, &at_phone] {
        talker.shows_the_camera().await;
    }
    at_ada.receives_from(1).await;
    at_phone.receives_from(1).await;
    at_ada.sees_people(&["ada", "bob"]).await;
}
