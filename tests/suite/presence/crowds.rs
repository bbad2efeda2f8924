//! Many people: few events, and in a crowd only for who watches.

use futures_util::future::join_all;
use serde_json::json;
use tests::App;

use super::{all_told, nothing_of, told};

#[tokio::test(flavor = "multi_thread")]
async fn in_a_crowd_only_who_watches_is_told() {
    let app = App::builder().with("presence.crowd", "2").gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut people = Vec::new();
    for n in 0..5 {
        let person = app.person(&format!("member{n}")).await;
        person.join(&server).await;
        people.push(person);
    }
    // Two are no crowd yet: one is told of the other.
    let mut first = app.socket(&people[0], 0).await;
    let _second = app.socket(&people[1], 0).await;
    told(&mut first, "user-online", &people[1]).await;
    let _third = app.socket(&people[2], 0).await;
    // What was found out while they were few is believed for 30 rounds.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let (mut watcher, mut other) = (app.socket(&ada, 1).await, app.socket(&people[2], 1).await);
    let part = |from: i64, to: i64| json!({ "serverId": server.id, "from": from, "to": to });
    let seen = watcher.command("watch-members", part(0, 6)).await;
    assert_eq!(seen["users"].as_array().unwrap().len(), 6);
    // Too far, backwards, too much, too little, of another's: refused; behind the end is nothing.
    for (from, to) in [
        (-1, 5),
        (5, 4),
        (3, 3),
        (0, 201),
        (i64::MIN, i64::MAX),
        (i64::MAX, i64::MIN),
        (2_000_000, 2_000_010),
    ] {
        watcher.refused("watch-members", part(from, to), "VALIDATION_FAILED").await;
    }
    other.rest(super::STRAGGLERS).await;
    let _late = app.socket(&people[4], 0).await;
    told(&mut watcher, "user-online", &people[4]).await;
    nothing_of(&mut other, &people[4]).await;
    let empty = watcher.command("watch-members", part(1_000, 1_100)).await;
    assert_eq!(empty["users"], json!([]));
    let _later = app.socket(&people[3], 0).await;
    nothing_of(&mut watcher, &people[3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_told_in_few_events() {
    let app = App::builder().gateways(2).with("presence.coalesce_ms", "1000").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut people = Vec::new();
    for n in 0..60 {
        let person = app.person(&format!("member{n}")).await;
        person.join(&server).await;
        people.push(person);
    }
    let mut watcher = app.socket(&ada, 1).await;
    let started = tokio::time::Instant::now();
    let sockets = join_all(people.iter().enumerate().map(|(n, person)| app.socket(person, n % 2))).await;
    let events = all_told(&mut watcher, "user-online", &people).await.len();
    // Each gateway tells at most once a second, and a last time.
    let rounds = usize::try_from(started.elapsed().as_secs()).unwrap() + 2;
    assert!(events <= 2 * rounds, "{events} events in {rounds} s for {} people", people.len());
    drop(sockets);
}
