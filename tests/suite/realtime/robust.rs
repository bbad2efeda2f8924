//! Rights that come and go, servers that stop and a database that fails while sessions listen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Socket, eventually};
use tokio::time::{Instant, sleep};

/// What came of `new-message`, by content.
fn messages(events: &[Value]) -> Vec<&str> {
    let new = events.iter().filter(|event| event["event"] == "new-message");
    new.map(|event| event["data"]["content"].as_str().unwrap()).collect()
}

/// Somebody writes all the while; a member joins the channel at every moment around their removal.
#[tokio::test(flavor = "multi_thread")]
async fn who_joins_a_channel_while_access_is_read_again_hears_nothing_that_is_committed_after_the_removal() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let (guild, user) = (server.id.parse().unwrap(), bob.id.parse().unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (ada, channel, stop) = (ada.clone(), server.channel.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                ada.send(&channel, "noise").await;
            }
        })
    };
    let mut his = [app.socket(&bob, 0).await, app.socket(&bob, 1).await];
    let end = Instant::now() + Duration::from_secs(5);
    for round in (0..40).cycle().take_while(|_| Instant::now() < end) {
        bob.join(&server).await;
        let services = app.services().clone();
        let kick = tokio::spawn(async move { services.guilds.remove_member(guild, user).await.unwrap() });
        sleep(Duration::from_micros(150 * round)).await;
        let asked = his.each_mut().map(|socket| socket.send("join-channel", json!(server.channel)));
        kick.await.unwrap();
        // Read after the removal: everything beyond it was committed later.
        let removed_at = ada.history(&server.channel, "?limit=1").await["rev"].as_i64().unwrap();
        for (socket, asked) in his.iter_mut().zip(&asked) {
            socket.answer(asked).await;
        }
        for socket in &mut his {
            for event in socket.rest(Duration::from_millis(30)).await {
                let rev = event["rev"].as_i64().unwrap_or(0);
                assert!(rev <= removed_at, "round {round}: saw {rev}, removed at {removed_at}: {event}");
            }
        }
    }
    stop.store(true, Ordering::SeqCst);
    writer.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_or_goes_at_the_news_of_being_removed_takes_no_other_sessions_place() {
    let app = App::builder().with("http.workers", "1").start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let (guild, user) = (server.id.parse().unwrap(), bob.id.parse().unwrap());
    let mut hers = app.socket(&ada, 0).await;
    hers.command("join-channel", json!(server.channel)).await;
    let mut his = app.socket(&bob, 0).await;
    for round in 0..60 {
        bob.join(&server).await;
        his.command("join-channel", json!(server.channel)).await;
        let services = app.services().clone();
        let kick = tokio::spawn(async move { services.guilds.remove_member(guild, user).await.unwrap() });
        his.expect("kicked-from-server").await;
        if round % 2 == 0 {
            his.command("leave-channel", json!(server.channel)).await;
        } else {
            his = app.socket(&bob, 0).await;
        }
        kick.await.unwrap();
        let text = format!("m{round}");
        ada.send(&server.channel, &text).await;
        assert_eq!(hers.expect("new-message").await["content"], text.as_str());
    }
    drop(his);
    // Hers: herself, the server, the channel.
    eventually("his sessions are forgotten", async || app.gateways[0].topics() == 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_that_fails_leaves_the_channels_that_were_joined_before_live() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (one, two) = (ada.create_server("Engines").await, ada.create_server("Looms").await);
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!(one.channel)).await;
    app.sql("ALTER TABLE timelines RENAME TO away").await;
    let both = json!({ "channelIds": [one.channel, two.channel] });
    socket.refused("join-channel", both.clone(), "INTERNAL").await;
    app.sql("ALTER TABLE away RENAME TO timelines").await;
    ada.send(&one.channel, "still here").await;
    assert_eq!(socket.expect("new-message").await["content"], "still here");
    ada.send(&two.channel, "not joined").await;
    socket.hears_no("new-message", Duration::from_millis(100)).await;
    socket.hears_no("channel-left", Duration::ZERO).await;
    socket.command("join-channel", both).await;
    ada.send(&two.channel, "joined").await;
    assert_eq!(socket.expect("new-message").await["content"], "joined");
}

/// As a bot that greets: it makes a channel and writes at once. What was written before a session came to hear the
/// channel is in the head that it is told.
#[tokio::test(flavor = "multi_thread")]
async fn subscribe_all_is_told_where_a_new_channel_stands_and_misses_nothing_after_it() {
    const FIRST: i64 = 6;
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut sockets = Vec::new();
    for gateway in 0..2 {
        sockets.push(app.socket_and_ready(&bob, gateway, "?subscribe=all").await.0);
    }
    for n in 0..12 {
        let path = format!("/api/servers/{}/channels", server.id);
        let made = ada.post(&path, json!({ "name": format!("c{n}") })).await.ok();
        let channel = made["channel"]["id"].as_str().unwrap();
        join_all((0..FIRST).map(|_| ada.send(channel, "hello"))).await;
        ada.at(&app.gateways[1].url).send(channel, "last").await;
        for socket in &mut sockets {
            let joined = socket.expect("channel-joined").await;
            assert_eq!(joined["channelId"], channel);
            assert_eq!(joined["lastSeq"], joined["rev"], "{joined}");
            for rev in joined["rev"].as_i64().unwrap() + 1..=FIRST + 1 {
                let event = socket.expect_event("new-message").await;
                assert_eq!((&event["timeline"], &event["rev"]), (&json!(channel), &json!(rev)), "{joined}");
            }
        }
    }
    for socket in &mut sockets {
        assert_eq!(messages(&socket.rest(Duration::from_millis(50)).await), Vec::<&str>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_begins_while_the_server_takes_leave_is_told_or_refused() {
    let mut app = App::start().await;
    let ada = app.person("ada").await;
    let url = app.gateways[0].url.clone();
    // Upgraded before, authenticated after.
    let mut half = Socket::open(&url, "", None).await;
    let stopping = tokio::spawn(app.gateways[0].running.take().unwrap().stop());
    sleep(Duration::from_millis(50)).await;
    let token = [("authorization", format!("Bearer {}", ada.token()))];
    assert_eq!(Socket::open_with(&url, "", &token).await.map(drop), Err(503));
    half.send("authenticate", json!({ "token": ada.token() }));
    half.expect("reconnect").await;
    assert_eq!(half.close_code().await, Some(1001));
    stopping.await.unwrap();
}
