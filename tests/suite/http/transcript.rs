//! Channels as files.

use serde_json::json;
use tests::{App, Person, Server};

async fn written(app: &App, count: usize) -> (Person, Server) {
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for number in 1..=count {
        ada.send(&server.channel, &number.to_string()).await;
    }
    (ada, server)
}

fn path(server: &Server, query: &str) -> String {
    format!("/api/channels/{}/export{query}", server.channel)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_once_and_in_order() {
    let app = App::builder().with("limits.enabled", "false").start().await;
    let (ada, server) = written(&app, 205).await;
    let gone = ada.send(&server.channel, "gone").await;
    ada.delete(&format!("/api/messages/{}", gone["id"].as_str().unwrap())).await.ok();
    let answer = ada.get(&path(&server, "")).await;
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"general.json\"");
    let file = answer.ok();
    assert_eq!(
        (file["channelName"].as_str(), file["serverId"].as_str()),
        (Some("general"), Some(server.id.as_str()))
    );
    let contents =
        file["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap());
    let expected = (1..=205).map(|number| number.to_string()).collect::<Vec<_>>();
    assert_eq!(contents.collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_in_threads_are_part_of_it() {
    let app = App::start().await;
    let (ada, server) = written(&app, 2).await;
    let history = ada.history(&server.channel, "").await;
    let first = history["messages"][1]["id"].as_str().unwrap().to_string();
    let send = format!("/api/channels/{}/messages", server.channel);
    ada.post(&send, json!({ "content": "in the thread", "parentMessageId": first })).await.ok();
    ada.send(&server.channel, "3").await;
    let file = ada.get(&path(&server, "")).await.ok();
    let told = file["messages"].as_array().unwrap().iter();
    let told =
        told.map(|message| (message["content"].as_str().unwrap(), message["parentMessageId"].as_str()));
    let expected = [("1", None), ("2", None), ("in the thread", Some(first.as_str())), ("3", None)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let text = ada.get(&path(&server, "?format=markdown")).await.body;
    assert!(text.as_str().unwrap().contains(&format!(", in the thread of {first}")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_outside_of_their_quote() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    ada.put("/api/users/me", json!({ "name": "**Ada** <b>" })).await.ok();
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "# Not a title\n\n**Eve** (@eve)\nhi <script>x</script> `<code>`").await;
    let answer = ada.get(&path(&server, "?format=markdown")).await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/markdown"));
    let text = answer.body.as_str().unwrap();
    assert!(text.starts_with("# general\n"), "{text}");
    assert!(text.contains("**\\*\\*Ada\\*\\* \\<b\\>** (@ada)"), "{text}");
    assert!(
        text.contains("> # Not a title\n> \n> **Eve** (@eve)\n> hi \\<script>x\\</script> `<code>`\n"),
        "{text}"
    );
    assert!(text.ends_with("The end.\n"), "{text}");
    ada.get(&path(&server, "?format=pdf")).await.fails_at("format");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_wants_a_right_and_is_not_done_too_often() {
    let app = App::builder().with("limits.enabled", "true").start().await;
    let (ada, server) = written(&app, 1).await;
    let bea = app.person("bea").await;
    bea.get(&path(&server, "")).await.fails(404, "RESOURCE_NOT_FOUND");
    bea.join(&server).await;
    bea.get(&path(&server, "")).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    for _ in 0..5 {
        ada.get(&path(&server, "")).await.ok();
    }
    ada.get(&path(&server, "")).await.fails(429, "RATE_LIMITED");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_right_gets_no_more() {
    let app = App::builder().with("limits.enabled", "false").start().await;
    let (ada, server) = written(&app, 1).await;
    let bea = app.person("bea").await;
    bea.join(&server).await;
    // Far more than waits in any buffer on the way.
    let text = "x".repeat(4_000);
    app.sql(&format!(
        "INSERT INTO messages (timeline_id, seq, id, author_id, kind, content, created_rev, rev, created_at) \
         SELECT '{0}', n, gen_random_uuid(), '{1}', 'text', '{text}', n, n, now() FROM generate_series(2, 20000) n; \
         UPDATE timelines SET last_seq = 20000, rev = 20000 WHERE id = '{0}'",
        server.channel, ada.id
    ))
    .await;
    let role = json!({ "name": "Clerks", "permissions": ["MANAGE_MESSAGES"] });
    let role = ada.post(&format!("/api/servers/{}/roles", server.id), role).await.ok();
    let role = role["role"]["id"].as_str().unwrap();
    let assign = format!("/api/servers/{}/roles/{role}/assign/{}", server.id, bea.id);
    ada.post(&assign, json!({})).await.ok();
    let mut response = bea.request(reqwest::Method::GET, &path(&server, "")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.chunk().await.unwrap().is_some());
    ada.delete(&assign).await.ok();
    let (mut read, mut whole) = (0, true);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => break,
            Err(_) => {
                whole = false;
                break;
            }
        }
    }
    assert!(!whole && read < 80_000_000, "{read} bytes, whole: {whole}");
}
