//! Nobody finds what they may not read.

use serde_json::json;
use tests::{App, eventually};

use super::{find, indexed, texts, url};

#[tokio::test(flavor = "multi_thread")]
async fn hidden_channels_and_pasts_are_not_searched() {
    let app = App::start().await;
    let [ada, bea, eve] = [app.person("ada").await, app.person("bea").await, app.person("eve").await];
    let server = ada.create_server("Engines").await;
    bea.join(&server).await;
    let everyone = ada.get(&format!("/api/servers/{}/roles", server.id)).await.ok();
    let everyone =
        everyone["roles"].as_array().unwrap().iter().find(|role| role["position"] == 0).unwrap()["id"]
            .clone();
    let overwrite = format!("/api/channels/{}/permissions/{}", server.channel, everyone.as_str().unwrap());
    ada.send(&server.channel, "secret plans").await;
    indexed(&bea, "secret", "secret plans").await;
    assert_eq!(texts(&eve, "secret").await, Vec::<String>::new());
    for denied in ["READ_HISTORY", "VIEW_CHANNEL"] {
        ada.put(&overwrite, json!({ "deny": [denied] })).await.ok();
        // At once, and whatever one asks for.
        assert_eq!(texts(&bea, "secret").await, Vec::<String>::new(), "without {denied}");
        assert_eq!(texts(&bea, "in:general").await, Vec::<String>::new(), "without {denied}");
        assert_eq!(texts(&ada, "secret").await, ["secret plans"], "the owner has all");
    }
    let here = [("query", "secret"), ("channelId", server.channel.as_str())];
    bea.get(&url(&here)).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.get(&url(&here)).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.get(&url(&[("query", "x"), ("serverId", &server.id)])).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.put(&overwrite, json!({ "deny": ["READ_HISTORY"] })).await.ok();
    bea.get(&url(&here)).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    ada.delete(&overwrite).await.ok();
    assert_eq!(find(&bea, &here).await["total"], 1);
    bea.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    assert_eq!(texts(&bea, "secret").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deleted_channel_held_is_forgotten() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let channel =
        ada.post(&format!("/api/servers/{}/channels", server.id), json!({ "name": "second" })).await.ok();
    let channel = channel["channel"]["id"].as_str().unwrap().to_string();
    ada.send(&channel, "gone tomorrow").await;
    indexed(&ada, "tomorrow", "gone tomorrow").await;
    ada.delete(&format!("/api/channels/{channel}")).await.ok();
    assert_eq!(texts(&ada, "tomorrow").await, Vec::<String>::new());
    app.services().messaging.sweep(100).await.unwrap();
    eventually("its texts are gone", async || {
        app.count("search_texts").await
            + app.count(&format!("search_marks WHERE timeline_id = '{channel}'")).await
            == 0
    })
    .await;
}
