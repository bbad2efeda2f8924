//! A master that is replaced.

use std::time::Duration;

use backbone::redis::{RedisMode, RedisSettings, SentinelSettings};
use tests::{App, Redis, RedisSentinels, eventually};
use tokio::time::sleep;

use super::crowd::Crowd;
use super::everything::{presence_and_voice_work, rates_are_counted_together};

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_dies_or_hangs_is_replaced_and_not_written_to_when_it_comes_back() {
    let mut redis = RedisSentinels::start().await;
    let builder = redis.settings().iter().fold(App::builder(), |app, (name, value)| app.with(name, value));
    let mut crowd = Crowd::gather(builder.with("limits.redis_timeout_ms", "500")).await;
    presence_and_voice_work(&crowd, "cy").await;

    let writer = crowd.write();
    sleep(Duration::from_millis(500)).await;
    redis.nodes[0].kill();
    crowd.health("degraded").await;
    crowd.health("ok").await;
    crowd.end_complete(writer).await;
    rates_are_counted_together(&settings(&redis), "test").await;

    redis.nodes[0].start_again().await;
    is_a_replica(&redis.nodes[0]).await;
    let writer = crowd.write();
    sleep(Duration::from_millis(500)).await;
    crowd.end_complete(writer).await;
    nobody_uses(&redis.nodes[0]).await;

    let writer = crowd.write();
    redis.nodes[1].freeze();
    crowd.health("degraded").await;
    crowd.health("ok").await;
    // It takes itself for the master until it is told.
    redis.nodes[1].thaw();
    sleep(Duration::from_millis(500)).await;
    crowd.end_complete(writer).await;
    presence_and_voice_work(&crowd, "di").await;
}

fn settings(redis: &RedisSentinels) -> RedisSettings {
    let [_, (_, urls), (_, master), (_, password)] = redis.settings();
    let urls = urls.split(',').map(Into::into).collect();
    let sentinel = SentinelSettings { urls, master, password: Some(password), ..SentinelSettings::default() };
    RedisSettings { mode: RedisMode::Sentinel, sentinel, prefix: "rates:".into(), ..RedisSettings::default() }
}

async fn is_a_replica(server: &Redis) {
    eventually("it is a replica", async || {
        let state = server.ask::<String>(&["INFO", "replication"]).await.unwrap_or_default();
        state.contains("role:slave") && state.contains("master_link_status:up")
    })
    .await;
}

async fn nobody_uses(server: &Redis) {
    for command in ["evalsha", "eval"] {
        assert_eq!(server.calls(command).await, 0, "{command}");
    }
    let channels = server.ask::<Vec<String>>(&["PUBSUB", "CHANNELS", "*beat:*"]).await.unwrap();
    assert!(channels.is_empty(), "nobody listens to it: {channels:?}");
}
