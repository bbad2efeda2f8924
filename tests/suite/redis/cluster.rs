//! A cluster of six processes: one for all of it, because starting one costs more than what is tried.

use std::time::Duration;

use backbone::redis::{RedisMode, RedisSettings};
use tests::{App, RedisCluster, eventually};
use tokio::time::sleep;

use super::crowd::{CHANNELS, Crowd};
use super::everything::{presence_and_voice_work, rates_are_counted_together};

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_on_a_cluster_while_its_slots_move_and_after_it_lost_a_master() {
    let Some(mut cluster) = RedisCluster::start().await else { return };
    let builder = App::builder().with("redis.mode", "cluster").with("redis.nodes", &cluster.urls());
    let mut crowd = Crowd::gather(builder.with("limits.redis_timeout_ms", "500")).await;
    each_master_has_its_share(&cluster, &mut crowd).await;
    presence_and_voice_work(&crowd, "cy").await;
    rates_are_counted_together(&settings(&cluster), "before").await;
    slots_move(&cluster, &mut crowd).await;
    a_master_is_killed(&mut cluster, &mut crowd).await;
    presence_and_voice_work(&crowd, "di").await;
    rates_are_counted_together(&settings(&cluster), "after").await;
    some_slots_have_no_master(&mut cluster, &mut crowd).await;
}

fn settings(cluster: &RedisCluster) -> RedisSettings {
    let nodes = cluster.urls().split(',').map(Into::into).collect();
    RedisSettings { mode: RedisMode::Cluster, nodes, prefix: "rates:".into(), ..RedisSettings::default() }
}

async fn each_master_has_its_share(cluster: &RedisCluster, crowd: &mut Crowd) {
    let writer = crowd.write();
    sleep(Duration::from_secs(1)).await;
    crowd.end_complete(writer).await;
    let mut all = 0;
    for master in &cluster.nodes[..3] {
        let share =
            master.ask::<Vec<String>>(&["PUBSUB", "SHARDCHANNELS", "*timeline:*"]).await.unwrap().len();
        assert!(share < CHANNELS, "no master has all");
        assert_eq!(master.calls("publish").await, 0);
        all += share;
    }
    assert_eq!(all, CHANNELS);
}

/// The first master gives most of what it has to the second, while messages flow. Not all of it: three masters with slots
/// are needed to replace one.
async fn slots_move(cluster: &RedisCluster, crowd: &mut Crowd) {
    let writer = crowd.write();
    let slots = RedisCluster::slots(0);
    let step = (slots.end - slots.start) / 4;
    for part in 0..3 {
        cluster.move_slots(0, 1, slots.start + part * step..slots.start + (part + 1) * step).await;
    }
    crowd.end_complete(writer).await;
    crowd.health("ok").await;
}

/// That one is killed, and its replica takes over.
async fn a_master_is_killed(cluster: &mut RedisCluster, crowd: &mut Crowd) {
    let writer = crowd.write();
    sleep(Duration::from_millis(500)).await;
    cluster.nodes[1].kill();
    let heir = &cluster.nodes[4];
    eventually("both gateways listen to its successor", async || {
        let channels = heir.ask::<Vec<String>>(&["PUBSUB", "SHARDCHANNELS", "*beat:*"]).await;
        channels.is_ok_and(|channels| channels.len() == 2)
    })
    .await;
    crowd.health("ok").await;
    crowd.end_complete(writer).await;
}

/// The successor is killed, too, and nobody is left to take over: everything goes on, through the log.
async fn some_slots_have_no_master(cluster: &mut RedisCluster, crowd: &mut Crowd) {
    let writer = crowd.write();
    cluster.nodes[4].kill();
    crowd.health("degraded").await;
    sleep(Duration::from_secs(1)).await;
    crowd.end_complete(writer).await;
}
