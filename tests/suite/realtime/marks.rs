//! Read marks: one's own, never back, and what `ready` says of unread messages.

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn unread_counts_from_joining_on_and_marks_never_go_back() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "before he came").await;
    bob.join(&server).await;
    let stands = |ready: &serde_json::Value| ready["unread"][&server.channel].clone();

    let (mut his, ready) = app.socket_and_ready(&bob, 1, "").await;
    assert_eq!(
        stands(&ready),
        json!({ "lastSeq": 1, "rev": 1, "lastReadSeq": 1, "unread": 0, "mentions": 0 })
    );
    for n in 2..=4 {
        ada.send(&server.channel, &n.to_string()).await;
    }
    let (_, ready) = app.socket_and_ready(&bob, 0, "").await;
    assert_eq!(
        stands(&ready),
        json!({ "lastSeq": 4, "rev": 4, "lastReadSeq": 1, "unread": 3, "mentions": 0 })
    );
    let (_, ready) = app.socket_and_ready(&ada, 0, "").await;
    assert_eq!(stands(&ready)["lastReadSeq"], 4, "sending moves one's own mark");

    let path = format!("/api/channels/{}/read", server.channel);
    let mark = |seq: i64, unread: i64| json!({ "channelId": server.channel, "seq": seq, "unread": unread, "mentions": 0 });
    let answer = bob.post(&path, json!({ "seq": 3 })).await.ok();
    assert_eq!((&answer["seq"], &answer["unread"]), (&json!(3), &json!(1)));
    assert_eq!(his.expect("read-mark").await, mark(3, 1));
    assert_eq!(bob.post(&path, json!({ "seq": 2 })).await.ok()["seq"], 3, "never back");
    assert_eq!(his.expect("read-mark").await, mark(3, 1));
    assert_eq!(bob.post(&path, json!({ "seq": 99 })).await.ok()["seq"], 4, "never beyond the end");
    assert_eq!(his.expect("read-mark").await, mark(4, 0));
    ada.send(&server.channel, "5").await;
    assert_eq!(his.command("mark-read", json!({ "channelId": server.channel })).await, mark(5, 0));
    assert_eq!(his.expect("read-mark").await, mark(5, 0));
    bob.post(&path, json!({ "seq": -1 })).await.fails_at("seq");
    app.person("eve").await.post(&path, json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_mark_is_its_readers_own() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    ada.send(&server.channel, "hello").await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 0).await);
    hers.command("join-channel", json!(server.channel)).await;
    his.command("message-read", json!({ "channelId": server.channel, "seq": 1 })).await;
    his.expect("read-mark").await;
    hers.hears_no("read-mark", std::time::Duration::from_millis(150)).await;
}
