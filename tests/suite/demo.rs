//! The made-up community.

use gateway::demo;
use serde_json::Value;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_log_in_and_finds_conversations() {
    let app = App::start().await;
    let made = demo::make(app.services()).await.unwrap();
    assert!((60..=100).contains(&made.added) && made.present == 0, "{made:?}");
    for username in &made.usernames {
        let person = app.stranger().log_in(username).await;
        let servers = person.get("/api/servers").await.ok()["servers"].clone();
        assert!(!servers.as_array().unwrap().is_empty(), "{username} is nowhere");
    }
    let ada = app.stranger().log_in("ada").await;
    let (_, general) = made.servers[0].channels[0];
    let page = ada.history(&general.to_string(), "?limit=100").await;
    let messages = page["messages"].as_array().unwrap();
    assert!(messages.iter().any(|message| message["edited"] == true));
    assert!(messages.iter().any(|message| message["replyTo"].is_string()));
    assert_eq!(page["lastSeq"], messages.len() + 1, "one was deleted");
    let days = messages.iter().map(|message| &message["createdAt"].as_str().unwrap()[..10]);
    assert!(days.collect::<std::collections::BTreeSet<_>>().len() >= 4, "spread over some days");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_time_adds_nothing() {
    let app = App::start().await;
    let first = demo::make(app.services()).await.unwrap();
    let ada = app.stranger().log_in("ada").await;
    let all = async || {
        let mut all = vec![ada.get("/api/servers").await.ok()];
        for (_, channel) in first.servers.iter().flat_map(|server| &server.channels) {
            all.push(ada.history(&channel.to_string(), "?limit=100").await);
        }
        all
    };
    let before: Vec<Value> = all().await;
    app.clock.advance_ms(86_400_000 * 2);
    let ada_later = app.stranger().log_in("ada").await;
    let second = demo::make(app.services()).await.unwrap();
    assert_eq!((second.added, second.present), (0, first.added));
    assert_eq!((&second.servers, &second.usernames), (&first.servers, &first.usernames));
    let mut after = vec![ada_later.get("/api/servers").await.ok()];
    for (_, channel) in first.servers.iter().flat_map(|server| &server.channels) {
        after.push(ada_later.history(&channel.to_string(), "?limit=100").await);
    }
    assert_eq!(after, before);
}
