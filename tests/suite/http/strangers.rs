//! What is hidden looks like what does not exist.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person};

use super::{NOTHING, id, list};

/// Every call about a server, a channel of it or a message of that, with bodies that are in order.
fn calls(server: &str, channel: &str, message: &str) -> Vec<(Method, String, Option<Value>)> {
    let servers = format!("/api/servers/{server}");
    let channels = format!("/api/channels/{channel}");
    let messages = format!("/api/messages/{message}");
    let content = || Some(json!({ "content": "x" }));
    vec![
        (Method::GET, servers.clone(), None),
        (Method::DELETE, servers.clone(), None),
        (Method::PUT, servers.clone(), Some(json!({ "name": "x" }))),
        (Method::POST, format!("{servers}/transfer"), Some(json!({ "userId": message }))),
        (Method::POST, format!("{servers}/join"), None),
        (Method::GET, format!("{servers}/invites"), None),
        (Method::POST, format!("{servers}/invites"), Some(json!({}))),
        (Method::DELETE, format!("{servers}/invites/abc"), None),
        (Method::POST, format!("{servers}/invite/regenerate"), None),
        (Method::GET, format!("{servers}/members/{message}"), None),
        (Method::PUT, format!("{servers}/members/{message}"), Some(json!({}))),
        (Method::POST, format!("{servers}/members/{message}/kick"), Some(json!({}))),
        (Method::POST, format!("{servers}/members/{message}/ban"), Some(json!({}))),
        (Method::POST, format!("{servers}/members/{message}/timeout"), Some(json!({ "duration": 1 }))),
        (Method::DELETE, format!("{servers}/members/{message}/timeout"), None),
        (Method::POST, format!("{servers}/members/{message}/warn"), Some(json!({ "reason": "x" }))),
        (Method::GET, format!("{servers}/members/{message}/warnings"), None),
        (Method::DELETE, format!("{servers}/members/{message}/warnings/{message}"), None),
        (Method::GET, format!("{servers}/bans"), None),
        (Method::DELETE, format!("{servers}/bans/{message}"), None),
        (Method::GET, format!("{servers}/audit-log"), None),
        (Method::GET, format!("{servers}/reports"), None),
        (Method::PUT, format!("{servers}/reports"), Some(json!({ "reportId": message }))),
        (Method::POST, format!("{messages}/report"), Some(json!({ "reason": "x" }))),
        (Method::POST, format!("{servers}/leave"), None),
        (Method::GET, format!("{servers}/invite"), None),
        (Method::GET, format!("{servers}/members"), None),
        (Method::GET, format!("{servers}/channels"), None),
        (Method::POST, format!("{servers}/channels"), Some(json!({ "name": "x" }))),
        (Method::GET, channels.clone(), None),
        (Method::DELETE, channels.clone(), None),
        (Method::GET, format!("{channels}/messages"), None),
        (Method::GET, format!("{channels}/messages?before={message}"), None),
        (Method::GET, format!("{channels}/messages?around=1"), None),
        (Method::POST, format!("{channels}/messages"), content()),
        (Method::POST, format!("{channels}/messages"), Some(json!({ "content": "x", "replyTo": message }))),
        (Method::GET, format!("{channels}/messages/{message}"), None),
        (Method::GET, format!("{channels}/changes?since=0"), None),
        (Method::POST, format!("{channels}/read"), Some(json!({ "seq": 1 }))),
        (Method::PUT, messages.clone(), content()),
        (Method::PATCH, messages.clone(), content()),
        (Method::DELETE, messages, None),
    ]
}

/// The bodies of the answers to all calls, which must all be 404.
pub(super) async fn told(person: &Person, server: &str, channel: &str, message: &str) -> Vec<Value> {
    let mut told = Vec::new();
    for (method, path, body) in calls(server, channel, message) {
        let answer = person.call(method.clone(), &path, body.map(|body| body.to_string())).await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.body);
        told.push(answer.fails(404, "RESOURCE_NOT_FOUND"));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_tell_a_place_from_a_random_id() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "secret").await;
    let of_nothing = told(&eve, NOTHING, NOTHING, NOTHING).await;
    assert_eq!(told(&eve, &server.id, &server.channel, id(&message)).await, of_nothing);
    // Ids of the wrong kind lead nowhere either.
    assert_eq!(told(&ada, &server.channel, &server.id, &server.id).await, of_nothing);
    assert_eq!(told(&ada, id(&message), id(&message), &server.channel).await, of_nothing);

    // Nothing happened.
    let page = ada.history(&server.channel, "").await;
    assert_eq!(page["messages"], json!([message]));
    assert_eq!(page["rev"], 1);
    assert_eq!(ada.get(&format!("/api/servers/{}", server.id)).await.ok()["server"]["memberCount"], 1);
    assert_eq!(list(&ada.get("/api/servers").await.ok()["servers"]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_another_server_cannot_tell_foreign_messages_from_random_ids() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    let secret = ada.send(&server.channel, "secret").await;
    let own = eve.create_server("Own").await;
    let path = format!("/api/channels/{}/messages", own.channel);
    let mut told = Vec::new();
    for id in [id(&secret), NOTHING] {
        let mut bodies = Vec::new();
        for cursor in ["before", "after", "around"] {
            bodies.push(eve.get(&format!("{path}?{cursor}={id}")).await.fails_at(cursor));
        }
        bodies.push(eve.post(&path, json!({ "content": "x", "replyTo": id })).await.fails_at("replyTo"));
        bodies.push(eve.get(&format!("{path}/{id}")).await.fails(404, "RESOURCE_NOT_FOUND"));
        told.push(bodies);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(eve.history(&own.channel, "").await["lastSeq"], 0, "a refused send takes no number");
}
