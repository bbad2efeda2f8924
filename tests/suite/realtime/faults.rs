//! Redis is stopped, wiped and killed in the middle of sends; a gateway is killed between commit and publish: every send
//! succeeds, and everybody ends complete.

use std::time::Duration;

use futures_util::future::try_join_all;
use serde_json::json;
use tests::{App, Endpoints, Gateway, PATIENCE, Person, Proxy, Redis, Replica, Server, Socket, eventually};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

/// Writers and readers at each of the two gateways.
const WRITERS: usize = 2;
const READERS: usize = 3;
/// How often each writer writes.
const PACE: Duration = Duration::from_millis(40);
/// How long Redis is away.
const AWAY: Duration = Duration::from_secs(10);
/// How long all goes well before and after.
const BEFORE: Duration = Duration::from_secs(1);
const AFTER: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_stands_still_sends_succeed_and_everybody_ends_complete() {
    let redis = Redis::start().await;
    let app = App::builder().with("redis.url", &redis.url()).gateways(2).start().await;
    let crowd = Crowd::gather(&app).await;
    sleep(BEFORE).await;
    redis.freeze();
    let back = Instant::now() + AWAY;
    health(&app, "degraded").await;
    sleep_until(back).await;
    redis.thaw();
    health(&app, "ok").await;
    sleep(AFTER).await;
    crowd.end_complete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_redis_is_wiped_and_killed_sends_succeed_and_everybody_ends_complete() {
    let mut redis = Redis::start().await;
    let app = App::builder().with("redis.url", &redis.url()).gateways(2).start().await;
    let mut crowd = Crowd::gather(&app).await;
    sleep(BEFORE).await;
    redis.wipe().await;
    sleep(BEFORE).await;
    redis.kill();
    health(&app, "degraded").await;
    sleep(BEFORE).await;
    // Nothing after it shows what is missing.
    crowd.stop_writing().await;
    redis.start_again().await;
    health(&app, "ok").await;
    crowd.end_complete().await;
}

/// The gateway is a process of its own. What it gives to Redis is lost on the way from some moment on, and it does not
/// notice: so a send after that is committed and not published, and it is killed then.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_committed_before_it_was_killed_arrives_elsewhere_within_five_seconds() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = App::builder().gateways(2).start().await;
    let redis = endpoints.redis_through(&proxy);
    let dying = app.spawn(env!("CARGO_BIN_EXE_guildhall-under-test"), &[("redis.url", &redis)]).await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut there = Socket::open(&dying.url, "", Some(ada.token())).await;
    let mut elsewhere = [app.socket(&ada, 0).await, app.socket(&ada, 1).await];
    for socket in elsewhere.iter_mut().chain([&mut there]) {
        socket.command("join-channel", json!(server.channel)).await;
    }
    let at_dying = ada.at(&dying.url);
    at_dying.send(&server.channel, "all is well").await;
    for socket in elsewhere.iter_mut().chain([&mut there]) {
        assert_eq!(socket.expect("new-message").await["content"], "all is well");
    }
    proxy.swallow();
    at_dying.send(&server.channel, "last words").await;
    let committed = Instant::now();
    dying.kill().await;
    for socket in &mut elsewhere {
        assert_eq!(socket.expect("new-message").await["content"], "last words");
    }
    let took = committed.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    // Who was connected to it goes on at another.
    assert_eq!(there.close_code().await, None, "nobody took leave");
    let mut again = app.socket(&ada, 0).await;
    again.command("resume", json!({ "timelines": { server.channel.clone(): 1 } })).await;
    assert_eq!(again.expect("new-message").await["content"], "last words");
}

async fn health(app: &App, status: &str) {
    for gateway in 0..app.gateways.len() {
        let stranger = app.stranger_at(gateway);
        eventually(status, async || stranger.get("/health").await.body["status"] == status).await;
    }
}

/// People who write and read through both gateways of an app while something happens to it.
struct Crowd {
    owner: Person,
    server: Server,
    stop: watch::Sender<bool>,
    /// The last change, once it is known.
    last: watch::Sender<Option<i64>>,
    writers: Vec<JoinHandle<i64>>,
    sent: i64,
    readers: Vec<JoinHandle<Replica>>,
}

impl Crowd {
    async fn gather(app: &App) -> Self {
        let owner = app.person("owner").await;
        let server = owner.create_server("Engines").await;
        let (stop, last) = (watch::Sender::new(false), watch::Sender::new(None));
        let (mut writers, mut readers) = (Vec::new(), Vec::new());
        for (gateway, Gateway { url, .. }) in app.gateways.iter().enumerate() {
            for n in 0..READERS {
                let person = app.person(&format!("reader{gateway}{n}")).await;
                person.join(&server).await;
                let mut socket = app.socket(&person, gateway).await;
                socket.command("join-channel", json!(server.channel)).await;
                readers.push(tokio::spawn(read(socket, last.subscribe())));
            }
            for n in 0..WRITERS {
                let person = app.person(&format!("writer{gateway}{n}")).await.at(url);
                person.join(&server).await;
                writers.push((person, server.channel.clone(), stop.subscribe()));
            }
        }
        let writers =
            writers.into_iter().map(|(person, channel, stop)| tokio::spawn(write(person, channel, stop)));
        Self { owner, server, writers: writers.collect(), sent: 0, stop, last, readers }
    }

    /// Ends the writing: every message was accepted.
    async fn stop_writing(&mut self) {
        self.stop.send_replace(true);
        self.sent += try_join_all(self.writers.drain(..)).await.unwrap().into_iter().sum::<i64>();
    }

    /// Ends: every message was accepted, is in the database once, and was heard by everybody once.
    async fn end_complete(mut self) {
        self.stop_writing().await;
        let truth = Replica::load(&self.owner, &self.server.channel).await;
        assert_eq!(truth.rev, self.sent, "each send made one message");
        self.last.send_replace(Some(truth.rev));
        for replica in try_join_all(self.readers).await.unwrap() {
            replica.same_as(&truth);
        }
    }
}

/// Writes until told to stop; each send must succeed. Returns how many there were.
async fn write(person: Person, channel: String, stop: watch::Receiver<bool>) -> i64 {
    let mut sent = 0;
    while !*stop.borrow() {
        person.send(&channel, "still here").await;
        sent += 1;
        sleep(PACE).await;
    }
    sent
}

/// Listens until the last change has come.
async fn read(mut socket: Socket, last: watch::Receiver<Option<i64>>) -> Replica {
    let mut replica = Replica::default();
    let mut known = None;
    loop {
        for event in socket.rest(Duration::from_millis(50)).await {
            if event["rev"].is_i64() {
                replica.apply(&event);
            }
        }
        let last = *last.borrow();
        if last == Some(replica.rev) {
            return replica;
        }
        let known = last.map(|_| *known.get_or_insert_with(Instant::now));
        assert!(known.is_none_or(|since| since.elapsed() < PATIENCE), "at {} of {last:?}", replica.rev);
    }
}
