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
    let master = replaced(&redis, 0).await;
    crowd.health("ok").await;
    crowd.end_complete(writer).await;
    rates_are_counted_together(&settings(&redis), "test").await;

    // It takes itself for the master until a sentinel tells it.
    redis.nodes[0].start_again().await;
    let writer = crowd.write();
    sleep(Duration::from_millis(500)).await;
    crowd.end_complete(writer).await;
    nobody_uses(&redis.nodes[0]).await;

    let writer = crowd.write();
    redis.nodes[master].freeze();
    replaced(&redis, master).await;
    crowd.health("ok").await;
    redis.nodes[master].thaw();
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

/// Waits until another server is the master, and both gateways listen to that.
async fn replaced(redis: &RedisSentinels, old: usize) -> usize {
    eventually("the sentinels name another", async || redis.master().await != old).await;
    let new = redis.master().await;
    eventually("both gateways listen to it", async || listeners(&redis.nodes[new]).await == 2).await;
    new
}

/// How many gateways listen to this server.
async fn listeners(server: &Redis) -> usize {
    let channels = server.ask::<Vec<String>>(&["PUBSUB", "CHANNELS", "*beat:*"]).await;
    channels.map_or(0, |channels| channels.len())
}

async fn nobody_uses(server: &Redis) {
    for command in ["evalsha", "eval"] {
        assert_eq!(server.calls(command).await, 0, "{command}");
    }
    assert_eq!(listeners(server).await, 0);
}
