//! Gateways that die, and Redis that goes away.

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use tests::{App, Endpoints, Person, Proxy, Server, Socket, eventually};

use super::{all_told, status, tells, told};

/// People of the gateway that dies.
const CROWD: usize = 500;
/// Of them, those who come back.
const BACK: usize = 20;
/// How long a gateway counts as alive: longer than it takes to come back, however busy the machine is.
const LEASE: Duration = Duration::from_secs(8);
/// Accounts and sockets that are made at once: more than that wait for each other's passwords.
const AT_ONCE: usize = 16;

/// Members of a server, some made at once; they join it in the database: joining one by one is not what this is about.
async fn members(app: &App, server: &Server) -> Vec<Person> {
    let people = (0..CROWD).map(|n| async move { app.person(&format!("member{n}")).await });
    let people = stream::iter(people).buffered(AT_ONCE).collect::<Vec<_>>().await;
    app.sql(&format!(
        "INSERT INTO members (guild_id, user_id, joined_at) SELECT '{0}', id, now() FROM users WHERE username LIKE 'member%'; \
         UPDATE guilds SET member_count = (SELECT count(*) FROM members WHERE guild_id = '{0}') WHERE id = '{0}'",
        server.id
    ))
    .await;
    people
}

/// How many are there, by the list.
async fn there_now(asker: &Person) -> usize {
    let page = asker.get("/api/users/online?limit=100").await.ok();
    page["users"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateways_people_are_gone_soon_and_those_who_come_back_never_were() {
    let app = App::builder().with("presence.lease_ms", &LEASE.as_millis().to_string()).start().await;
    let dying = app.spawn(env!("CARGO_BIN_EXE_guildhall-under-test"), &[]).await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let people = members(&app, &server).await;
    let mut watcher = app.socket(&ada, 0).await;
    let there = people.iter().map(|person| Socket::open(&dying.url, "", Some(person.token())));
    let there = stream::iter(there).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    all_told(&mut watcher, "user-online", &people).await;
    dying.kill().await;
    drop(there);
    let (back, gone) = people.split_at(BACK);
    let sockets = join_all(back.iter().map(|person| app.socket(person, 0))).await;
    // Nothing can come before; patience begins afterwards, for a machine that is busy.
    tokio::time::sleep(LEASE).await;
    let mut events = all_told(&mut watcher, "user-offline", gone).await;
    events.extend(watcher.rest(super::STRAGGLERS).await);
    let told = |person: &Person| events.iter().any(|event| tells(event, "user-offline", person));
    assert!(!back.iter().any(told), "who came back was never gone: {events:?}");
    assert_eq!(there_now(&ada).await, BACK);
    drop(sockets);
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_stands_still_while_redis_is_away_and_is_right_when_it_is_back() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = App::builder().with("redis.url", &endpoints.redis_through(&proxy)).gateways(2).start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    eve.join(&server).await;
    let mut watcher = app.socket(&ada, 0).await;
    let mut bobs = app.socket(&bob, 1).await;
    told(&mut watcher, "user-online", &bob).await;
    proxy.cut();
    eventually("the outage is noticed", async || ada.get("/health").await.body["status"] == "degraded").await;
    // Chat goes on; who comes, goes and changes meanwhile is known later.
    let eves = app.socket(&eve, 1).await;
    ada.send(&server.channel, "still here").await;
    bobs.command("update-status", json!({ "status": "busy" })).await;
    proxy.mend();
    eventually("it is known how bob is", async || status(&ada, &bob).await == "busy").await;
    eventually("it is known that eve is there", async || status(&ada, &eve).await == "online").await;
    drop((bobs, eves));
    eventually("they are gone", async || status(&ada, &bob).await == "offline").await;
    eventually("they are gone", async || status(&ada, &eve).await == "offline").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_told_is_told_when_the_database_is_back() {
    let app = App::builder().with("database.statement_timeout_ms", "500").start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut watcher = app.socket(&ada, 0).await;
    let bobs = app.socket(&bob, 0).await;
    told(&mut watcher, "user-online", &bob).await;
    // Who is told of somebody depends on whom they block: nobody learns that now.
    let mut slow = AsyncPgConnection::establish(&app.database_url()).await.unwrap();
    slow.batch_execute("BEGIN; LOCK TABLE blocks").await.unwrap();
    drop(bobs);
    let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    eventually("it is tried", async || app.count(waiting).await > 0).await;
    eventually("it is given up", async || app.count(waiting).await == 0).await;
    slow.batch_execute("ROLLBACK").await.unwrap();
    told(&mut watcher, "user-offline", &bob).await;
}
