//! Messages that are sent later.

use kernel::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person, Server, eventually};

const PATH: &str = "/api/scheduled-messages";
const HOUR: i64 = 3_600_000;

/// A moment `millis` from now.
fn later(app: &App, millis: i64) -> String {
    app.clock.now().plus(chrono::TimeDelta::milliseconds(millis)).to_string()
}

async fn schedule(app: &App, person: &Person, server: &Server, content: &str) -> Value {
    let body = json!({ "channelId": server.channel, "content": content, "scheduledFor": later(app, HOUR) });
    person.post(PATH, body).await.ok()["scheduledMessage"].clone()
}

async fn statuses(person: &Person) -> Vec<String> {
    let list = person.get(PATH).await.ok();
    let messages = list["messages"].as_array().unwrap().iter();
    messages.map(|message| message["status"].as_str().unwrap().to_string()).collect()
}

async fn contents(person: &Person, server: &Server) -> Vec<String> {
    let history = person.history(&server.channel, "").await;
    let messages = history["messages"].as_array().unwrap().iter();
    messages.map(|message| message["content"].as_str().unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_once_at_its_time_by_one_of_two_gateways() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 1).await;
    let made = schedule(&app, &ada, &server, "from the past").await;
    assert_eq!((made["status"].as_str(), made["error"].is_null()), (Some("pending"), true));
    assert_eq!(socket.expect("scheduled-message-updated").await["id"], made["id"]);
    assert_eq!(contents(&ada, &server).await, Vec::<String>::new());
    app.clock.advance_ms(HOUR + 1);
    let told = socket.expect("scheduled-message-updated").await;
    assert_eq!((told["status"].as_str(), told["id"].clone()), (Some("sent"), made["id"].clone()));
    let history = ada.history(&server.channel, "").await;
    let message = &history["messages"][0];
    assert_eq!(message["nonce"], format!("scheduled:{}", made["id"].as_str().unwrap()));
    assert_eq!(
        (message["id"].clone(), message["author"]["id"].as_str()),
        (told["messageId"].clone(), Some(ada.id.as_str()))
    );
    assert_eq!(history["messages"].as_array().unwrap().len(), 1);
    ada.delete(&format!("{PATH}/{}", made["id"].as_str().unwrap())).await.fails(409, "CONFLICT");
    assert_eq!(app.open_jobs().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_until_they_are_sent_and_let_go_when_they_are_not() {
    const MONTH: i64 = 30 * 24 * HOUR;
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let file = ada.upload("plan.txt", b"a plan").await;
    let body = json!({ "channelId": server.channel, "content": "", "scheduledFor": later(&app, MONTH), "attachments": [file["id"]] });
    let made = ada.post(PATH, body.clone()).await.ok()["scheduledMessage"].clone();
    assert_eq!(made["attachments"][0], file);
    ada.post(PATH, body.clone()).await.fails(400, "VALIDATION_FAILED");
    ada.delete(file["url"].as_str().unwrap()).await.fails(409, "CONFLICT");
    let dropped = ada.upload("draft.txt", b"a draft").await;
    let other = json!({ "channelId": server.channel, "content": "x", "scheduledFor": later(&app, MONTH), "attachments": [dropped["id"]] });
    let other = ada.post(PATH, other).await.ok()["scheduledMessage"]["id"].clone();
    let other = ada.delete(&format!("{PATH}/{}", other.as_str().unwrap())).await.ok();
    assert_eq!(other["scheduledMessage"]["attachments"], json!([]));

    app.clock.advance_ms(8 * 24 * HOUR);
    let swept = app.services().media.sweep(100).await.unwrap();
    assert_eq!((swept, app.files().len()), (1, 1), "only what waits for nothing");
    app.clock.advance_ms(MONTH);
    let ada = ada.log_in("ada").await;
    eventually("it was sent", async || !contents(&ada, &server).await.is_empty()).await;
    let history = ada.history(&server.channel, "").await;
    assert_eq!(history["messages"][0]["attachments"][0]["id"], file["id"]);
    eventually("it is settled", async || app.count("attachments WHERE scheduled_id IS NULL").await == 1)
        .await;
    assert_eq!(ada.fetch(file["url"].as_str().unwrap(), &[]).await.bytes, b"a plan");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_done_again_sends_nothing_again() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let made = schedule(&app, &ada, &server, "once").await;
    let id = made["id"].as_str().unwrap();
    // As if the first worker had been killed after it had sent it.
    let job = |due: &str| {
        format!(
            "INSERT INTO jobs (id, kind, payload, due_at, created_at) VALUES (gen_random_uuid(), 'messaging.send-scheduled', \
         '{{\"id\": \"{id}\"}}', {due}, now())"
        )
    };
    app.sql(&job("now()")).await;
    eventually("it is sent", async || statuses(&ada).await == ["sent"]).await;
    app.sql("UPDATE scheduled_messages SET status = 'sending', message_id = NULL, settled_at = NULL").await;
    app.sql(&job("now()")).await;
    eventually("it is found to be sent", async || statuses(&ada).await == ["sent"]).await;
    assert_eq!(contents(&ada, &server).await, ["once"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_said_then_is_not_said_and_its_author_knows_why() {
    let app = App::start().await;
    let [ada, bea, cal] = [app.person("ada").await, app.person("bea").await, app.person("cal").await];
    let server = ada.create_server("Engines").await;
    bea.join(&server).await;
    cal.join(&server).await;
    schedule(&app, &bea, &server, "I left").await;
    schedule(&app, &cal, &server, "I am suspended").await;
    bea.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    let root = app.admin("root").await;
    root.post(&format!("/api/admin/users/{}/suspend", cal.id), json!({ "reason": "spam" })).await.ok();
    app.clock.advance_ms(HOUR + 1);
    eventually("it failed", async || statuses(&bea).await == ["failed"]).await;
    let list = bea.get(&format!("{PATH}?status=failed")).await.ok();
    assert_eq!(list["messages"][0]["error"]["code"], "RESOURCE_NOT_FOUND");
    assert!(list["messages"][0]["error"]["message"].as_str().unwrap().contains("may not see it"));
    eventually("so did the other", async || {
        app.count("scheduled_messages WHERE status = 'failed' AND error_code = 'ACCOUNT_SUSPENDED'").await
            == 1
    })
    .await;
    assert_eq!(contents(&ada, &server).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_a_message_like_any_other_when_it_is_sent() {
    let app = App::start().await;
    let [ada, bea] = [app.person("ada").await, app.person("bea").await];
    let server = ada.create_server("Engines").await;
    bea.join(&server).await;
    let parent = ada.send(&server.channel, "a thread").await;
    let body = json!({
        "channelId": server.channel, "content": "@ada look", "parentMessageId": parent["id"],
        "scheduledFor": later(&app, HOUR),
    });
    let made = bea.post(PATH, body).await.ok();
    assert_eq!(made["scheduledMessage"]["parentMessageId"], parent["id"]);
    schedule(&app, &bea, &server, "buy now").await;
    let rule = json!({ "name": "A rule", "kind": "words", "action": "block", "words": ["buy now"] });
    ada.put(&format!("/api/servers/{}/automod", server.id), json!({ "rules": [rule] })).await.ok();
    app.clock.advance_ms(HOUR + 1);
    eventually("both are settled", async || statuses(&bea).await == ["failed", "sent"]).await;
    let list = bea.get(&format!("{PATH}?status=failed")).await.ok();
    assert_eq!(list["messages"][0]["error"]["code"], "MESSAGE_BLOCKED");
    let thread = format!("/api/messages/{}/thread", parent["id"].as_str().unwrap());
    let thread = bea.get(&thread).await.ok();
    assert_eq!(thread["replies"][0]["content"], "@ada look");
    assert_eq!(thread["replies"][0]["mentions"][0]["id"], ada.id.as_str());
    assert_eq!(contents(&ada, &server).await, ["a thread"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_cancelled_until_then() {
    let app = App::start().await;
    let [ada, eve] = [app.person("ada").await, app.person("eve").await];
    let server = ada.create_server("Engines").await;
    let made = schedule(&app, &ada, &server, "never").await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    eve.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(ada.delete(&path).await.ok()["scheduledMessage"]["status"], "cancelled");
    ada.delete(&path).await.fails(409, "CONFLICT");
    assert_eq!(eve.get(PATH).await.ok()["messages"], json!([]));
    app.clock.advance_ms(HOUR + 1);
    eventually("its job is gone", async || app.open_jobs().await == 0).await;
    assert_eq!(contents(&ada, &server).await, Vec::<String>::new());
    app.clock.advance_ms(31 * 24 * HOUR);
    app.services().messaging.sweep_scheduled(10).await.unwrap();
    assert_eq!(app.count("scheduled_messages").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_can_be_scheduled_too_and_everything_is_bounded() {
    let app = App::builder().with("messaging.scheduled.per_user", "3").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let body = json!({ "content": "x", "scheduledFor": later(&app, HOUR), "nonce": "n1" });
    let first = ada.post(&path, body.clone()).await.ok();
    assert!(first["message"].is_null(), "{first}");
    let again = ada.post(&path, body.clone()).await.ok();
    assert_eq!(
        first["scheduledMessage"]["id"], again["scheduledMessage"]["id"],
        "the same nonce is the same message"
    );
    let mut socket = app.socket(&ada, 0).await;
    let data = json!({ "channelId": server.channel, "content": "y", "scheduledFor": later(&app, HOUR) });
    let acked = socket.command("send-message", data).await;
    assert_eq!(acked["scheduledMessage"]["content"], "y");
    for (field, body) in [
        ("scheduledFor", json!({ "content": "x", "scheduledFor": later(&app, -1) })),
        ("scheduledFor", json!({ "content": "x", "scheduledFor": later(&app, 366 * 24 * HOUR) })),
        ("scheduledFor", json!({ "content": "x", "scheduledFor": "tomorrow" })),
        ("content", json!({ "content": "", "scheduledFor": later(&app, HOUR) })),
    ] {
        ada.post(&path, body).await.fails_at(field);
    }
    // At once, so that a count that is not held shows.
    let body =
        json!({ "channelId": server.channel, "content": "z", "scheduledFor": later(&app, HOUR) }).to_string();
    let sends = (0..6).map(|_| ada.call(Method::POST, PATH, Some(body.clone())));
    let answers = futures_util::future::join_all(sends).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(app.count("scheduled_messages").await, 3);
}
