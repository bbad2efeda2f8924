//! Previews as people see them.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tests::{App, eventually};

use super::site::{Page, Site, html};

async fn app(site: &Site) -> App {
    let builder = App::builder()
        .with("messaging.previews.enabled", "true")
        .with("messaging.previews.timeout_ms", "15000")
        .with("messaging.previews.ports", &site.port.to_string())
        .with("messaging.previews.allowed_networks", "127.0.0.2/32")
        .with("messaging.previews.hosts", "site.example=127.0.0.2,evil.example=127.0.0.1");
    builder.start().await
}

fn path(message: &Value) -> String {
    format!("/api/messages/{}", message["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_looked_at_once_and_shown_with_its_messages() {
    let page = "<meta property=og:title content=Engine><meta property=og:image content=/e.png>";
    let site = Site::start([("/a", html(page))]).await;
    let app = app(&site).await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    let sent = ada.send(&server.channel, &format!("see {}.", site.url("/a"))).await;
    assert!(sent["linkPreview"].is_null());
    let told = socket.expect("message-updated").await;
    let expected = json!({
        "url": site.url("/a"), "title": "Engine", "description": null, "image": site.url("/e.png"), "site": null,
    });
    assert_eq!((&told["id"], &told["linkPreview"], &told["edited"]), (&sent["id"], &expected, &json!(false)));
    ada.send(&server.channel, &format!("again {}", site.url("/a"))).await;
    assert_eq!(socket.expect("message-updated").await["linkPreview"], expected);
    assert_eq!(site.calls.load(Ordering::SeqCst), 1, "the second time it is known");
    let history = ada.history(&server.channel, "").await;
    assert!(history["messages"].as_array().unwrap().iter().all(|message| message["linkPreview"] == expected));
    let changes = ada.get(&format!("/api/channels/{}/changes?since=0", server.channel)).await.ok();
    assert_eq!(changes["changes"][0]["data"]["linkPreview"], expected);
    ada.put(&path(&sent), json!({ "content": "no link" })).await.ok();
    assert!(socket.expect("message-edited").await["linkPreview"].is_null());
    ada.send(&server.channel, &format!("http://evil.example:{}/", site.port)).await;
    eventually("everything is looked at", async || app.open_jobs().await == 0).await;
    assert_eq!((site.betrayed(), app.count("message_previews").await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_keeps_no_old_preview() {
    let site = Site::start([("/held", Page::Held("Old")), ("/new", html("<title>New</title>"))]).await;
    let app = app(&site).await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let edited = ada.send(&server.channel, &site.url("/held?1")).await;
    let deleted = ada.send(&server.channel, &site.url("/held?2")).await;
    eventually("both are looked at", async || site.calls.load(Ordering::SeqCst) == 2).await;
    ada.put(&path(&edited), json!({ "content": site.url("/new") })).await.ok();
    ada.delete(&path(&deleted)).await.ok();
    site.gate.add_permits(2);
    eventually("all jobs are done", async || app.open_jobs().await == 0).await;
    let history = ada.history(&server.channel, "").await;
    let messages = history["messages"].as_array().unwrap();
    assert_eq!((messages.len(), messages[0]["linkPreview"]["title"].as_str()), (1, Some("New")));
    assert_eq!(app.count("message_previews").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_turned_off() {
    let site = Site::start([("/a", html("<title>x</title>"))]).await;
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, &site.url("/a")).await;
    assert_eq!((app.count("jobs").await, site.calls.load(Ordering::SeqCst)), (0, 0));
}
