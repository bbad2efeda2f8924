//! Clients that read slowly or not at all, that have much to read, or that announce too much.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::wire::{Wire, opcode};
use tests::{App, Person, Server, eventually};
use tokio::time::{Instant, sleep};

use super::more_channels;

const FIN: u8 = 0x80;

/// Sends so many messages.
async fn write(person: &Person, server: &Server, count: usize, text: &str) {
    for chunk in vec![(); count].chunks(64) {
        join_all(chunk.iter().map(|()| person.send(&server.channel, text))).await;
    }
}

/// Stops, and not only when a graceful stop must end.
async fn stops_soon(app: &mut App) {
    let begun = Instant::now();
    app.stop(0).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_with_a_hundred_servers_of_two_hundred_channels_arrives_whole_in_parts() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for _ in 0..10 {
        join_all((0..10).map(|_| ada.create_server("Engines"))).await;
    }
    more_channels(&app, 199).await;
    let mut wire = Wire::upgraded(app.url(), Some(ada.token())).await;
    let (mut servers, mut unread, mut parts) = (0, 0, 0);
    let mut more = true;
    while more {
        let frame = wire.next().await.expect("another part");
        assert_eq!(frame.opcode, opcode::TEXT);
        assert!(frame.payload.len() <= 256 * 1024, "{} bytes", frame.payload.len());
        let event: Value = serde_json::from_slice(&frame.payload).unwrap();
        assert_eq!(event["event"], if parts == 0 { "ready" } else { "ready-more" });
        for server in event["data"]["servers"].as_array().unwrap() {
            // The voice channel has nothing to read.
            assert_eq!(server["channels"].as_array().unwrap().len(), 201);
            servers += 1;
        }
        unread += event["data"]["unread"].as_object().unwrap().len();
        more = event["data"]["more"].as_bool().unwrap();
        parts += 1;
    }
    assert_eq!((servers, unread), (100, 20_000));
    wire.send(FIN | opcode::TEXT, br#"{"event":"ping"}"#).await;
    for name in ["online-users", "pong"] {
        assert!(String::from_utf8(wire.next().await.unwrap().payload).unwrap().contains(name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_of_more_than_the_queue_holds_arrives_whole_and_in_order() {
    const MISSED: i64 = 450;
    let app = App::builder().with("ws.queue_bytes", "262144").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    write(&ada, &server, 450, &"x".repeat(2_500)).await;
    let mut socket = app.socket(&ada, 0).await;
    let sent = socket.send("resume", json!({ "timelines": { &server.channel: 0 } }));
    // And what is written meanwhile.
    write(&ada, &server, 20, &"x".repeat(2_500)).await;
    for rev in 1..=MISSED + 20 {
        let event = socket.find("an event", |event| event["rev"].is_i64()).await;
        assert_eq!((&event["event"], &event["rev"]), (&json!("new-message"), &json!(rev)));
    }
    assert_eq!(socket.answer(&sent).await["event"], "ack");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_announces_a_tebibyte_is_refused_by_its_header_and_none_of_it_is_taken() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut header = vec![FIN | opcode::TEXT, 0xff];
    header.extend((1_u64 << 40).to_be_bytes());
    header.extend([0; 4]);
    for token in [None, Some(ada.token())] {
        let mut wire = Wire::upgraded(app.url(), token).await;
        assert!(wire.bytes(&header).await);
        assert_eq!(wire.close_code().await, Some(1009));
        // Who does not wait for an answer soon writes to nobody: what the sockets buffer is all that is taken.
        let mut wire = Wire::upgraded(app.url(), token).await;
        wire.bytes(&header).await;
        let mut taken = 0;
        while wire.bytes(&[b'x'; 1 << 20]).await {
            taken += 1;
            assert!(taken < 32, "{taken} MiB were taken");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_is_let_go_and_holds_no_graceful_stop() {
    let mut app = App::builder().with("http.shutdown_s", "15").with("ws.queue_bytes", "65536").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut wire = Wire::deaf(app.url(), ada.token()).await;
    let join = json!({ "event": "join-channel", "data": server.channel }).to_string();
    wire.send(FIN | opcode::TEXT, join.as_bytes()).await;
    eventually("it listens", async || app.gateways[0].topics() == 3).await;
    // It takes some megabytes until nothing goes through any more.
    let begun = Instant::now();
    while app.gateways[0].topics() > 0 {
        // Less than its queue holds, so that this is full only once the way to the client is.
        write(&ada, &server, 12, &"x".repeat(4_000)).await;
        assert!(begun.elapsed() < 5 * tests::PATIENCE, "it still listens");
    }
    stops_soon(&mut app).await;
    drop(wire);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goodbye_without_reading_holds_no_graceful_stop() {
    let mut app =
        App::builder().with("http.shutdown_s", "15").with("ws.queue_bytes", "33554432").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut wires = Vec::new();
    for _ in 0..4 {
        let mut wire = Wire::deaf(app.url(), ada.token()).await;
        let join = json!({ "event": "join-channel", "data": server.channel }).to_string();
        wire.send(FIN | opcode::TEXT, join.as_bytes()).await;
        wires.push(wire);
    }
    eventually("they listen", async || app.gateways[0].topics() == 3).await;
    write(&ada, &server, 400, &"😀".repeat(4_000)).await;
    for wire in &mut wires {
        wire.send(FIN | opcode::CLOSE, &1_000_u16.to_be_bytes()).await;
    }
    eventually("they are forgotten", async || app.gateways[0].topics() == 0).await;
    stops_soon(&mut app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_that_nobody_reads_holds_no_graceful_stop() {
    let mut app = App::builder().with("http.shutdown_s", "15").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    // More than the queue and the way to the client hold.
    write(&ada, &server, 400, &"😀".repeat(4_000)).await;
    let mut wire = Wire::deaf(app.url(), ada.token()).await;
    let resume = json!({ "event": "resume", "data": { "timelines": { &server.channel: 0 } } }).to_string();
    wire.send(FIN | opcode::TEXT, resume.as_bytes()).await;
    eventually("it listens", async || app.gateways[0].topics() == 3).await;
    // Until the replay waits for its reader.
    sleep(Duration::from_millis(500)).await;
    stops_soon(&mut app).await;
    drop(wire);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_that_is_larger_than_the_queue_keeps_nobody_out() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    more_channels(&app, 480).await;
    app.sql("UPDATE channels SET topic = repeat('😀', 1024)").await;
    ada.create_server("Looms").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!(server.channel)).await;
}
