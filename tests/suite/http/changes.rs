//! Catching up with a channel.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::{id, keys, list};

async fn changes(person: &Person, server: &Server, query: &str) -> Value {
    person.get(&format!("/api/channels/{}/changes?{query}", server.channel)).await.ok()
}

/// The names of changes and the messages that they are about.
fn told(page: &Value) -> Vec<(&str, &str)> {
    let told = list(&page["changes"]).iter().map(|change| {
        let data = &change["data"];
        let message = if data["id"].is_null() { &data["messageId"] } else { &data["id"] };
        (change["event"].as_str().unwrap(), message.as_str().unwrap())
    });
    told.collect()
}

async fn edit(person: &Person, message: &Value, content: &str) -> Value {
    let path = format!("/api/messages/{}", id(message));
    person.put(&path, json!({ "content": content })).await.ok()["message"].clone()
}

async fn delete(person: &Person, message: &Value) {
    person.delete(&format!("/api/messages/{}", id(message))).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_several_times_appears_once_as_it_is_now() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let edited = ada.send(&server.channel, "older, edited").await;
    let deleted = ada.send(&server.channel, "older, deleted").await;
    let untouched = ada.send(&server.channel, "untouched").await;
    edit(&ada, &edited, "once").await;
    let edited = edit(&ada, &edited, "twice").await;
    edit(&ada, &deleted, "before its end").await;
    delete(&ada, &deleted).await;
    let fresh = ada.send(&server.channel, "new").await;
    let fresh = edit(&ada, &fresh, "new and edited").await;
    let gone = ada.send(&server.channel, "new and deleted").await;
    delete(&ada, &gone).await;

    let page = changes(&ada, &server, "since=3").await;
    assert_eq!(keys(&page), ["changes", "hasMore", "lastSeq", "rev", "success"]);
    assert_eq!((&page["rev"], &page["lastSeq"], &page["hasMore"]), (&json!(11), &json!(5), &json!(false)));
    let deletion = json!({ "messageId": deleted["id"], "channelId": server.channel, "rev": 7 });
    let expected = json!([
        { "event": "message-updated", "data": edited },
        { "event": "message-deleted", "data": deletion },
        { "event": "new-message", "data": fresh },
    ]);
    assert_eq!(page["changes"], expected);

    let page = changes(&ada, &server, "since=0").await;
    let expected =
        [("new-message", id(&untouched)), ("new-message", id(&edited)), ("new-message", id(&fresh))];
    assert_eq!(told(&page), expected, "who knew nothing learns nothing of what is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_head_and_beyond_there_is_nothing_to_catch_up_with() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for _ in 0..3 {
        ada.send(&server.channel, "x").await;
    }
    for since in ["3", "4", "9223372036854775807"] {
        let page = changes(&ada, &server, &format!("since={since}")).await;
        assert_eq!(page, json!({ "success": true, "changes": [], "rev": 3, "hasMore": false, "lastSeq": 3 }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_paged_to_the_head_in_the_order_of_their_revs() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut messages = Vec::new();
    for number in 0..23 {
        messages.push(ada.send(&server.channel, &number.to_string()).await);
    }
    edit(&ada, &messages[0], "edited").await;
    // At the end of the log, where a page is empty although the log is not.
    for gone in messages.iter().skip(12).take(8) {
        delete(&ada, gone).await;
    }
    let now = present(&ada, &server).await;
    for (limit, most) in [("1", 1), ("4", 4), ("0", 1), ("-5", 1), ("500", 500), ("9223372036854775807", 500)]
    {
        let (mut since, mut known) = (0, BTreeMap::new());
        loop {
            let page = changes(&ada, &server, &format!("limit={limit}&since={since}")).await;
            let rev = page["rev"].as_i64().unwrap();
            assert!(list(&page["changes"]).len() <= most, "{limit}");
            let mut last = since;
            for change in list(&page["changes"]) {
                let data = &change["data"];
                let of_change = data["rev"].as_i64().unwrap();
                assert!(last < of_change && of_change <= rev, "{limit}");
                last = of_change;
                match change["event"].as_str().unwrap() {
                    "message-deleted" => _ = known.remove(data["messageId"].as_str().unwrap()),
                    _ => _ = known.insert(id(data).to_string(), data.clone()),
                }
            }
            assert!(rev > since, "it goes on");
            since = rev;
            if page["hasMore"] == false {
                break;
            }
        }
        assert_eq!((since, &known), (32, &now), "{limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_applies_the_changes_since_any_rev_sees_what_is_there_now() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut seen: Vec<BTreeMap<String, Value>> = Vec::new();
    let mut sent = Vec::new();
    for step in 0..16_usize {
        seen.push(present(&ada, &server).await);
        match step {
            4 | 9 => _ = edit(&ada, &sent[0], &format!("edited in step {step}")).await,
            6 => delete(&ada, &sent[1]).await,
            11 => _ = edit(&ada, &sent[5], "edited").await,
            13 => delete(&ada, &sent[5]).await,
            14 => delete(&ada, &sent[0]).await,
            _ => sent.push(ada.send(&server.channel, &format!("sent in step {step}")).await),
        }
    }
    let now = present(&ada, &server).await;
    for (since, mut known) in seen.into_iter().enumerate() {
        let page = changes(&ada, &server, &format!("since={since}")).await;
        for change in list(&page["changes"]) {
            let data = &change["data"];
            match change["event"].as_str().unwrap() {
                "new-message" => {
                    assert!(known.insert(id(data).into(), data.clone()).is_none(), "since {since}")
                }
                "message-updated" => {
                    assert!(known.insert(id(data).into(), data.clone()).is_some(), "since {since}")
                }
                _ => assert!(known.remove(data["messageId"].as_str().unwrap()).is_some(), "since {since}"),
            }
        }
        assert_eq!(known, now, "since {since}");
    }
}

async fn present(person: &Person, server: &Server) -> BTreeMap<String, Value> {
    let page = person.history(&server.channel, "?limit=100").await;
    list(&page["messages"]).iter().map(|message| (id(message).to_string(), message.clone())).collect()
}
