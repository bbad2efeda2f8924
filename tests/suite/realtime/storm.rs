//! Readers come and go through two gateways while writers write, edit and delete: everybody ends with what the database
//! has.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::Env;
use serde_json::{Value, json};
use tests::{App, Person, Replica, Socket};
use tokio::time::Instant;

const READERS: usize = 20;
const WRITERS: usize = 16;
const CHANNELS: usize = 3;

/// 1,600 changes in `make test`, of which every reader's every frame is checked against the contract;
/// `GUILDHALL_STORM=50000` for the longer form.
fn changes() -> usize {
    std::env::var("GUILDHALL_STORM").ok().and_then(|wish| wish.parse().ok()).unwrap_or(1_600)
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_come_and_go_end_with_what_the_database_has() {
    let app = Arc::new(App::builder().gateways(2).start().await);
    let owner = app.person("owner").await;
    let server = owner.create_server("Engines").await;
    let mut channels = vec![server.channel.clone()];
    for n in 1..CHANNELS {
        let path = format!("/api/servers/{}/channels", server.id);
        let made = owner.post(&path, json!({ "name": format!("c{n}") })).await.ok();
        channels.push(made["channel"]["id"].as_str().unwrap().to_string());
    }
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for n in 0..READERS {
        let person = app.person(&format!("reader{n}")).await;
        person.join(&server).await;
        readers.push(tokio::spawn(read(Arc::clone(&app), person, channels.clone(), Arc::clone(&done))));
    }
    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let person = app.person(&format!("writer{n}")).await.at(&app.gateways[n % 2].url);
        person.join(&server).await;
        writers.push(tokio::spawn(write(person, channels.clone(), changes() / WRITERS)));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut truth = HashMap::new();
    for channel in &channels {
        truth.insert(channel.clone(), Replica::load(&owner, channel).await);
    }
    done.store(true, Ordering::SeqCst);
    for reader in readers {
        for (channel, replica) in reader.await.unwrap() {
            replica.same_as(&truth[&channel]);
        }
    }
}

/// Writes mostly, edits and deletes sometimes.
async fn write(person: Person, channels: Vec<String>, count: usize) {
    let luck = Env::system();
    let mut mine: Vec<String> = Vec::new();
    for n in 0..count {
        let [dice, pick] = luck.bytes::<2>();
        let channel = &channels[usize::from(pick) % channels.len()];
        match dice {
            0..50 if !mine.is_empty() => {
                let id = &mine[usize::from(pick) % mine.len()];
                person
                    .put(&format!("/api/messages/{id}"), json!({ "content": format!("edit {n}") }))
                    .await
                    .ok();
            }
            50..75 if !mine.is_empty() => {
                let id = mine.swap_remove(usize::from(pick) % mine.len());
                person.delete(&format!("/api/messages/{id}")).await.ok();
            }
            _ => {
                let sent = person.send(channel, &format!("message {n}")).await;
                mine.push(sent["id"].as_str().unwrap().to_string());
            }
        }
    }
}

/// Listens for a while, goes away, resumes elsewhere; at the end until everything has come.
async fn read(
    app: Arc<App>,
    person: Person,
    channels: Vec<String>,
    done: Arc<AtomicBool>,
) -> HashMap<String, Replica> {
    let luck = Env::system();
    let mut replicas = channels.iter().map(|id| (id.clone(), Replica::default())).collect::<HashMap<_, _>>();
    loop {
        let last = done.load(Ordering::SeqCst);
        let [gateway, stay] = luck.bytes::<2>();
        let mut socket = app.socket(&person, usize::from(gateway % 2)).await;
        let stands = replicas.iter().map(|(id, replica)| (id.clone(), json!(replica.rev)));
        let wish = json!({ "timelines": stands.collect::<serde_json::Map<_, _>>() });
        let sent = socket.send("resume", wish);
        if last {
            settle(&mut socket, &person, &mut replicas, &sent).await;
            return replicas;
        }
        let until = Instant::now() + Duration::from_millis(100 + 4 * u64::from(stay));
        while Instant::now() < until {
            for event in socket.rest(Duration::from_millis(20)).await {
                apply(&person, &mut replicas, &event).await;
            }
        }
    }
}

/// Applies what the last resume replays: nobody writes any more, so that is everything.
async fn settle(socket: &mut Socket, person: &Person, replicas: &mut HashMap<String, Replica>, sent: &str) {
    loop {
        let event = socket.find("anything", |_| true).await;
        apply(person, replicas, &event).await;
        if event["ref"] == sent {
            for event in socket.rest(Duration::from_millis(50)).await {
                apply(person, replicas, &event).await;
            }
            return;
        }
    }
}

async fn apply(person: &Person, replicas: &mut HashMap<String, Replica>, event: &Value) {
    if event["event"] == "timeline-gap" {
        let channel = event["data"]["timeline"].as_str().unwrap();
        replicas.get_mut(channel).unwrap().reload(person, channel).await;
    } else if let Some(channel) = event["timeline"].as_str() {
        replicas.get_mut(channel).unwrap().apply(event);
    }
}
