//! The way to Redis is cut and mended: step by step, what each hears and what health says.

use std::time::Duration;

use serde_json::json;
use tests::{App, Endpoints, Proxy, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_sends_succeed_everybody_hears_and_health_says_degraded() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = App::builder().with("redis.url", &endpoints.redis_through(&proxy)).gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut near, mut far) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    for socket in [&mut near, &mut far] {
        socket.command("join-channel", json!(server.channel)).await;
    }
    let mut rev = 0;
    let mut said = async |count: usize| {
        for _ in 0..count {
            ada.send(&server.channel, "still here").await;
            rev += 1;
        }
        rev
    };
    let mut heard = 0;
    let mut hear = async |upto: i64| {
        while heard < upto {
            heard += 1;
            for socket in [&mut near, &mut far] {
                assert_eq!(socket.expect_event("new-message").await["rev"], heard);
            }
        }
    };
    hear(said(3).await).await;
    proxy.cut();
    eventually("the outage is noticed", async || ada.get("/health").await.body["status"] == "degraded").await;
    // All the while: each send succeeds, and arrives at the other gateway through the log.
    for _ in 0..4 {
        hear(said(5).await).await;
    }
    // Somebody who comes while it is away hears too.
    let mut late = app.socket(&bob, 1).await;
    late.command("join-channel", json!({ "channelId": server.channel, "since": 20 })).await;
    for expected in 21..=23 {
        assert_eq!(late.expect_event("new-message").await["rev"], expected);
    }
    hear(said(1).await).await;
    assert_eq!(late.expect_event("new-message").await["rev"], 24);
    proxy.mend();
    eventually("the bus is back", async || ada.get("/health").await.body["status"] == "ok").await;
    hear(said(5).await).await;
    for expected in 25..=29 {
        assert_eq!(late.expect_event("new-message").await["rev"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_while_redis_was_away_hears_nothing_that_was_committed_later() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = App::builder().with("redis.url", &endpoints.redis_through(&proxy)).gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut hers, mut his) = (app.socket(&ada, 1).await, app.socket(&bob, 1).await);
    for socket in [&mut hers, &mut his] {
        socket.command("join-channel", json!(server.channel)).await;
    }
    proxy.cut();
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    ada.send(&server.channel, "without him").await;
    assert_eq!(hers.expect("new-message").await["content"], "without him");
    assert_eq!(his.expect("channel-left").await["channelId"], server.channel.as_str());
    his.hears_no("new-message", Duration::from_millis(300)).await;
}
