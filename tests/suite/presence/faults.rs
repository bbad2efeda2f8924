//! Gateways that die, and Redis that goes away.

use futures_util::future::join_all;
use serde_json::json;
use tests::{App, Endpoints, Proxy, eventually};

use super::{all_told, status, told};

/// People of the gateway that dies.
const CROWD: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateways_people_are_gone_soon_and_those_who_come_back_never_were() {
    let app = App::start().await;
    let dying = app.spawn(env!("CARGO_BIN_EXE_guildhall-under-test"), &[]).await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut people = Vec::new();
    for n in 0..CROWD {
        let person = app.person(&format!("member{n}")).await;
        person.join(&server).await;
        people.push(person);
    }
    let mut watcher = app.socket(&ada, 0).await;
    let there = people.iter().map(|person| tests::Socket::open(&dying.url, "", Some(person.token())));
    let there = join_all(there).await;
    all_told(&mut watcher, "user-online", &people).await;
    dying.kill().await;
    drop(there);
    let back = join_all(people[..5].iter().map(|person| app.socket(person, 0))).await;
    let mut events = all_told(&mut watcher, "user-offline", &people[5..]).await;
    events.extend(watcher.rest(super::STRAGGLERS).await);
    let gone =
        |person: &tests::Person| events.iter().any(|event| super::tells(event, "user-offline", person));
    assert!(!people[..5].iter().any(gone), "who came back was never gone: {events:?}");
    assert_eq!(ada.get("/api/users/online").await.ok()["users"].as_array().unwrap().len(), 5);
    drop(back);
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
