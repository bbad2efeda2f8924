//! One order for everybody, on any number of gateways.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_messages_of_eight_senders_through_two_gateways_arrive_everywhere_in_one_order() {
    const SENDERS: usize = 8;
    const EACH: usize = 125;
    let app = App::builder().gateways(2).start().await;
    let owner = app.person("owner").await;
    let server = owner.create_server("Engines").await;
    let mut readers = Vec::new();
    for number in 0..4 {
        let reader = app.person(&format!("reader{number}")).await;
        reader.join(&server).await;
        let mut socket = app.socket(&reader, number % 2).await;
        socket.command("join-channel", json!(server.channel)).await;
        readers.push(socket);
    }
    let mut senders = Vec::new();
    for number in 0..SENDERS {
        let sender = app.person(&format!("sender{number}")).await.at(&app.gateways[number % 2].url);
        sender.join(&server).await;
        let channel = server.channel.clone();
        senders.push(tokio::spawn(async move {
            for n in 0..EACH {
                sender.send(&channel, &format!("{number}/{n}")).await;
            }
        }));
    }
    let mut logs = Vec::new();
    for socket in &mut readers {
        let mut log = Vec::new();
        for rev in 1..=SENDERS * EACH {
            let event = socket.expect_event("new-message").await;
            assert_eq!(event["rev"], rev, "no gap and no reordering");
            assert_eq!(event["data"]["seq"], rev);
            log.push(event["data"]["content"].as_str().unwrap().to_string());
        }
        logs.push(log);
    }
    for sender in senders {
        sender.await.unwrap();
    }
    assert!(logs.iter().all(|log| *log == logs[0]), "everybody sees the same order");
    for number in 0..SENDERS {
        let own = logs[0].iter().filter_map(|content| content.strip_prefix(&format!("{number}/")));
        assert!(own.map(|n| n.parse::<usize>().unwrap()).eq(0..EACH), "a sender's own order is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_sends_with_one_nonce_through_two_gateways_make_one_message() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!(server.channel)).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let sends = (0..30).map(|n| {
        let (ada, path) = (ada.at(&app.gateways[n % 2].url), path.clone());
        let body = json!({ "content": format!("try {n}"), "nonce": "the same" });
        tokio::spawn(async move { ada.post(&path, body).await.ok()["message"].clone() })
    });
    let mut messages = Vec::new();
    for send in sends.collect::<Vec<_>>() {
        messages.push(send.await.unwrap());
    }
    let ids = messages.iter().map(|message| message["id"].to_string()).collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(ada.history(&server.channel, "").await["lastSeq"], 1);
    assert_eq!(socket.expect("new-message").await, messages[0]);
    socket.hears_no("new-message", std::time::Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_one_socket_take_effect_in_the_order_in_which_they_were_sent() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    let sent = (0..50)
        .map(|n| {
            socket.send("send-message", json!({ "channelId": server.channel, "content": n.to_string() }))
        })
        .collect::<Vec<_>>();
    for (n, reference) in sent.iter().enumerate() {
        let answer = socket.answer(reference).await;
        assert_eq!(answer["data"]["message"]["seq"], n + 1, "{answer}");
    }
    let page = ada.history(&server.channel, "").await;
    let contents =
        page["messages"].as_array().unwrap().iter().map(|message: &Value| message["content"].clone());
    assert!(contents.eq((0..50).rev().map(|n| json!(n.to_string()))));
}
