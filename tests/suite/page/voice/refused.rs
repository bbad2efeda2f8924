//! What is said when something does not work, and what to do.

use serde_json::json;
use tests::{App, Browser};

use super::super::talker::{Talker, UNCHANGED};
use super::super::visitor::Visitor;
use super::community;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_let_in_is_told_why() {
    let Some(browser) = Browser::start_with_devices().await else { return };
    let app = App::start().await;
    let (ada, others, _, lounge) = community(&app, &["bob"]).await;
    let bob = &others[0];
    ada.put(&format!("/api/channels/{lounge}"), json!({ "userLimit": 1 })).await.ok();
    ada.post("/api/voice/sessions", json!({ "channelId": lounge })).await.ok();
    let at_bob = Talker::log_in(&browser, app.url(), "bob", UNCHANGED).await;
    at_bob.opens(&lounge).await;
    at_bob.sees("document.getElementById('voice-invitation').textContent.includes('full: 1 of 1')").await;
    at_bob.sees("document.querySelector('.crowd').textContent.includes('1 of 1 people')").await;
    at_bob.clicks("#voice-join").await;
    at_bob.is_told("Try again when somebody has left").await;
    at_bob.sees_people(&["ada"]).await;

    // Without CONNECT.
    ada.put(&format!("/api/channels/{lounge}"), json!({ "userLimit": null })).await.ok();
    let path = format!("/api/channels/{lounge}/permissions/{}", bob.id);
    ada.put(&path, json!({ "allow": [], "deny": ["CONNECT"] })).await.ok();
    at_bob.clicks("#voice-join").await;
    at_bob.is_told("You may not connect").await;

    // Without SPEAK one listens: nobody plays what one sends.
    ada.put(&path, json!({ "allow": [], "deny": ["SPEAK"] })).await.ok();
    at_bob.comes_into(&lounge).await;
    at_bob.clicks("#voice-camera").await;
    at_bob.is_told("You may not speak or be seen").await;
    at_bob.sees("!document.querySelector('#voice-camera[data-on]')").await;
    // The right to be there goes while one is there.
    ada.put(&path, json!({ "allow": [], "deny": ["CONNECT"] })).await.ok();
    at_bob.is_told("You may not be here any more").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_microphone_one_can_listen() {
    let Some(browser) = Browser::start().await else { return };
    let app = App::start().await;
    let (_, _, _, lounge) = community(&app, &["bob"]).await;
    let at_bob = Visitor::log_in(&browser, app.url(), "bob").await;
    at_bob.clicks(&format!(".server a[href='#/c/{lounge}']")).await;
    at_bob.clicks("#voice-join").await;
    let words = "document.getElementById('voice-fault-text').textContent";
    at_bob.sees(&format!("{words}.startsWith('You can listen. ')")).await;
    at_bob.sees(&format!("/microphone.*then unmute\\.$/.test({words})")).await;
    at_bob.sees("document.querySelector('#voice-mute[data-on]')").await;
    at_bob.sees("document.querySelector('.occupants [data-mark=muted]')").await;
    at_bob.clicks("#voice-dismiss").await;
    at_bob.clicks("#voice-mute").await;
    at_bob.sees(&format!("/microphone.*then unmute\\.$/.test({words})")).await;
    at_bob.sees("document.querySelector('#voice-mute[data-on]')").await;
}
