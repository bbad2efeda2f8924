//! What a storm costs, counted at Redis: `GUILDHALL_STORM=10000 cargo test -p tests --test suite storm` prints the figure of
//! `docs/performance.md`.

use std::time::Duration;

use backbone::presence::{Activity, Chosen, Here, Presence};
use backbone::redis::RedisSettings;
use futures_util::StreamExt;
use kernel::{Env, UserId};
use tests::{App, Endpoints};

/// Members of each server.
const SIZE: usize = 100;

/// People who change in the same moment: 400 unless said.
fn storm() -> usize {
    std::env::var("GUILDHALL_STORM").ok().and_then(|size| size.parse().ok()).unwrap_or(400)
}

#[expect(clippy::print_stdout, reason = "the figure is what it is run for")]
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_people_is_an_event_for_each_of_their_servers() {
    let (app, endpoints, env) = (App::start().await, Endpoints::find(), Env::system());
    let prefix = format!("{}:", app.database_url().rsplit_once('/').unwrap().1);
    let people = (0..storm()).map(|_| env.id::<UserId>()).collect::<Vec<_>>();
    let ids = people.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>();
    app.sql(&format!(
        "INSERT INTO users (id, username, username_key, name, created_at, updated_at) \
         SELECT id, id::text, id::text, 'x', now(), now() FROM unnest(ARRAY[{}]::uuid[]) AS id",
        ids.join(",")
    ))
    .await;
    for (number, members) in ids.chunks(SIZE).enumerate() {
        // An owner has a hundred servers at most.
        let owner = app.person(&format!("owner{number}")).await;
        let server = owner.create_server("Engines").await;
        app.sql(&format!(
            "INSERT INTO members (guild_id, user_id, joined_at) \
             SELECT '{}', id, now() FROM unnest(ARRAY[{}]::uuid[]) AS id",
            server.id,
            members.join(",")
        ))
        .await;
    }
    let redis = redis::Client::open(endpoints.redis.as_str()).unwrap();
    let mut heard = redis.get_async_pubsub().await.unwrap();
    heard.psubscribe(format!("{prefix}*guild:*")).await.unwrap();

    // They are there by another gateway, which then dies.
    let other =
        Presence::new(&RedisSettings { url: endpoints.redis, prefix, ..RedisSettings::default() }, &env)
            .unwrap();
    other.beat(Duration::from_secs(600)).await.unwrap();
    let chosen = Some(Chosen { version: 1, status: "online".into(), message: String::new() });
    for chunk in people.chunks(500) {
        let here =
            chunk.iter().map(|user| Here { user: *user, activity: Activity::Active, chosen: chosen.clone() });
        other.put(&here.collect::<Vec<_>>()).await.unwrap();
        assert!(
            other.settle(chunk).await.unwrap().iter().all(|seen| seen.is_there() && seen.before.is_some())
        );
    }
    other.beat(Duration::from_millis(1)).await.unwrap();
    let (mut events, mut told, mut bytes) = (0, 0, 0);
    let mut stream = heard.on_message();
    while told < people.len() {
        let message =
            tokio::time::timeout(tests::PATIENCE * 2, stream.next()).await.expect("they are told of");
        let wire = message.unwrap().get_payload::<Vec<u8>>().unwrap();
        let text = String::from_utf8_lossy(&wire).into_owned();
        events += 1;
        bytes += wire.len();
        told += text.matches("\"isOnline\":false").count();
    }
    let servers = people.len().div_ceil(SIZE);
    println!("{} people, {servers} servers: {events} events, {bytes} bytes at Redis", people.len());
    // A round has 4,000 people, who are picked by chance: each server has some in each.
    assert!(events <= servers * people.len().div_ceil(4_000), "{events} events for {servers} servers");
}
