//! Members are removed again and again while messages pour in through both gateways: not one message that was committed
//! after a removal is seen by the one who was removed, and none is accepted from them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use serde_json::json;
use tests::{Answer, App, PATIENCE, Person, Server};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// 200 removals: enough that each of the races between a commit, a removal and a delivery is met. Several people at a
/// time, who wait for their own sockets and not for each other.
const PEOPLE: usize = 5;
const ROUNDS: usize = 40;
/// How many removals there are instead, when this is set: `docs/performance.md` tells of 10,000.
const REMOVALS: &str = "REMOVALS";
/// How often each of the two writers writes: 50 messages a second together, besides what the members say.
const PACE: Duration = Duration::from_millis(40);
/// How long a message that got past the fence may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(60);

/// Notes, in the transaction of each removal, the last change of the channel that was committed before it. It is exact:
/// the removal holds the scope's lock alone until its own commit, so that nothing is written in between.
const NOTE_REMOVALS: &str = "
    CREATE TABLE removals (user_id uuid, rev bigint, n bigserial);
    CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO removals
            SELECT OLD.user_id, max(rev) FROM timelines WHERE scope_id = OLD.guild_id;
            RETURN NULL;
        END $$;
    CREATE TRIGGER note_removal AFTER DELETE ON members FOR EACH ROW EXECUTE FUNCTION note_removal()";

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_sees_and_sends_nothing_that_is_committed_later() {
    let app = Arc::new(App::builder().gateways(2).start().await);
    app.sql(NOTE_REMOVALS).await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let writers = app.gateways.iter().map(|gateway| {
        let (ada, channel) = (ada.at(&gateway.url), server.channel.clone());
        tokio::spawn(async move {
            let mut pace = interval(PACE);
            pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
            loop {
                pace.tick().await;
                say(&ada, &channel, "noise").await.unwrap();
            }
        })
    });
    let writers = writers.collect::<Vec<JoinHandle<()>>>();
    let people = join_all((0..PEOPLE).map(async |n| app.person(&format!("bob{n}")).await)).await;
    let lives = people.into_iter().map(|bob| tokio::spawn(life(Arc::clone(&app), bob, server.clone())));
    try_join_all(lives).await.unwrap();
    for writer in writers {
        assert!(!writer.is_finished(), "each of its messages was accepted");
        writer.abort();
    }
    let removed = app.count("removals").await;
    assert_eq!(removed, i64::try_from(PEOPLE * rounds()).unwrap());
    app.guilds_are_whole().await;
}

/// Removals of each of the people.
fn rounds() -> usize {
    let wanted = std::env::var(REMOVALS).ok().map(|number| number.parse::<usize>().unwrap());
    wanted.map_or(ROUNDS, |wanted| wanted.div_ceil(PEOPLE))
}

/// Joins, listens at one gateway, talks at the other, is removed; again and again.
async fn life(app: Arc<App>, bob: Person, server: Server) {
    let (guild, user) = (server.id.parse().unwrap(), bob.id.parse().unwrap());
    let removals =
        format!("SELECT rev AS number FROM removals WHERE user_id = '{}' ORDER BY n DESC LIMIT 1", bob.id);
    for round in 0..rounds() {
        bob.join(&server).await;
        let mut his = app.socket(&bob, round % 2).await;
        his.command("join-channel", json!(server.channel)).await;
        let talking = tokio::spawn(talk(bob.at(&app.gateways[(round + 1) % 2].url), server.channel.clone()));
        his.expect("new-message").await;
        app.services().guilds.remove_member(guild, user).await.unwrap();
        let removed_at = app.number(&removals).await;
        let last = timeout(PATIENCE, talking).await.unwrap().unwrap();
        assert!(last <= removed_at, "accepted at {last}, removed at {removed_at}");
        his.expect("kicked-from-server").await;
        for event in his.rest(STRAGGLERS).await {
            let rev = event["rev"].as_i64().unwrap_or(0);
            assert!(rev <= removed_at, "saw {rev}, removed at {removed_at}: {event}");
        }
    }
}

/// Talks until that is refused. Returns the `rev` of the last message that was accepted.
async fn talk(bob: Person, channel: String) -> i64 {
    let mut last = 0;
    loop {
        match say(&bob, &channel, "still here").await {
            Ok(rev) => last = rev,
            Err(refusal) => {
                refusal.fails(404, "RESOURCE_NOT_FOUND");
                return last;
            }
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Sends a message, again while rights change faster than it can be written. Returns its `rev`.
async fn say(who: &Person, channel: &str, words: &str) -> Result<i64, Box<Answer>> {
    let path = format!("/api/channels/{channel}/messages");
    loop {
        let answer = who.post(&path, json!({ "content": words })).await;
        match answer.status.as_u16() {
            201 => return Ok(answer.body["message"]["rev"].as_i64().unwrap()),
            409 => {}
            _ => return Err(Box::new(answer)),
        }
    }
}
