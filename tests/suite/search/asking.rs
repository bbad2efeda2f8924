//! How one asks: filters, pages, and what cannot be asked.

use serde_json::{Value, json};
use tests::App;

use super::{find, indexed, texts, url};

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_it_down_typed_or_as_parameters() {
    let app = App::start().await;
    let [ada, bea] = [app.person("ada").await, app.person("bea").await];
    let server = ada.create_server("Engines").await;
    bea.join(&server).await;
    let other =
        ada.post(&format!("/api/servers/{}/channels", server.id), json!({ "name": "second" })).await.ok();
    let other = other["channel"]["id"].as_str().unwrap().to_string();
    ada.send(&server.channel, "engine one https://example.org").await;
    bea.send(&server.channel, "engine two for @ada.").await;
    bea.send(&other, "engine three").await;
    indexed(&bea, "three", "engine three").await;
    indexed(&bea, "two", "engine two for @ada.").await;
    let one = "engine one https://example.org";
    let [two, three] = ["engine two for @ada.", "engine three"];
    for (query, expected) in [
        ("engine from:ada", vec![one]),
        ("engine from:me", vec![three, two]),
        ("from:@bea in:#second", vec![three]),
        ("engine has:link", vec![one]),
        ("engine has:file", vec![]),
        ("mentions:ada", vec![two]),
        ("engine in:nowhere", vec![]),
        ("from:nobody", vec![]),
        ("engine after:2999-01-01", vec![]),
        ("engine before:2000-01-01", vec![]),
        ("engine after:2000-01-01", vec![three, two, one]),
        ("has:link has:link", vec![one]),
    ] {
        let mut found = texts(&bea, query).await;
        found.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
    for (name, value, count) in [
        ("from", ada.id.as_str(), 1),
        ("from", "bea", 2),
        ("channelId", other.as_str(), 1),
        ("serverId", server.id.as_str(), 3),
        ("has", "link", 1),
        ("mentions", "ada", 1),
        ("before", "2000-01-01T00:00:00Z", 0),
        ("after", "2000-01-01", 3),
    ] {
        let found = find(&bea, &[("query", "engine"), (name, value)]).await;
        assert_eq!(found["total"], count, "{name}={value}: {found}");
        assert_eq!(found["messages"].as_array().unwrap().len(), count, "{name}={value}");
    }
    let found = find(&bea, &[("q", "engine in:second nonsense:x has:fun \"open")]).await;
    let understood = &found["understood"];
    assert_eq!(understood["in"], json!(["second"]));
    assert_eq!(understood["ignored"], json!(["has:fun"]));
    let terms = understood["terms"].as_array().unwrap().iter();
    assert_eq!(terms.map(|term| term["text"].clone()).collect::<Vec<_>>(), ["engine", "nonsense:x", "open"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_are_those_that_messages_have() {
    let app = App::start().await;
    let [ada, bea] = [app.person("ada").await, app.person("bea").await];
    let server = ada.create_server("Engines").await;
    bea.join(&server).await;
    ada.send(&server.channel, "@everyone to work").await;
    let called = ada.send(&server.channel, "@bea look").await;
    for nobody in ["in code `@bea`", "at bea@example.org", "@nobody"] {
        ada.send(&server.channel, nobody).await;
    }
    let path = format!("/api/channels/{}/messages", server.channel);
    let reply = json!({ "content": "thank you @ada", "parentMessageId": called["id"] });
    bea.post(&path, reply).await.ok();
    indexed(&ada, "thank", "thank you @ada").await;
    let by_id = format!("mentions:{}", bea.id);
    for (query, expected) in [
        ("mentions:bea", Some("@bea look")),
        ("mentions:@Bea", Some("@bea look")),
        (by_id.as_str(), Some("@bea look")),
        ("mentions:me", Some("thank you @ada")),
        ("mentions:everyone", Some("@everyone to work")),
        ("mentions:bea mentions:ada", None),
        ("mentions:nobody", None),
    ] {
        assert_eq!(texts(&ada, query).await, expected.into_iter().collect::<Vec<_>>(), "{query}");
    }
    let found = find(&ada, &[("query", "thank")]).await;
    assert_eq!(found["messages"][0]["parentMessageId"], called["id"], "threads are searched, too");
    ada.delete(&format!("/api/messages/{}", called["id"].as_str().unwrap())).await.ok();
    assert_eq!(texts(&ada, "mentions:bea").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_give_each_match_once() {
    let app = App::builder().with("limits.enabled", "false").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for number in 0..45 {
        ada.send(&server.channel, &format!("pageable number {number}")).await;
    }
    ada.send(&server.channel, "the end").await;
    indexed(&ada, "\"the end\"", "the end").await;
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut ask = vec![("query", "pageable"), ("limit", "7")];
        if let Some(cursor) = &cursor {
            ask.push(("cursor", cursor.as_str()));
        }
        let page = find(&ada, &ask).await;
        assert_eq!((page["total"].clone(), page["totalIsCapped"].clone()), (json!(45), json!(false)));
        seen.extend(
            page["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_i64().unwrap()),
        );
        // What comes meanwhile does not move the pages.
        ada.send(&server.channel, "pageable too").await;
        cursor = page["nextCursor"].as_str().map(String::from);
        assert_eq!(page["hasMore"], cursor.is_some());
        if cursor.is_none() {
            break;
        }
    }
    let mut once = seen.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (45, 45));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_typed_is_an_error_or_takes_long() {
    let app = App::builder().with("limits.enabled", "false").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "hello").await;
    let operators = "& | ! ( ) <-> \" ' \\ : * % _ ";
    let many = operators.chars().cycle().take(512).collect::<String>();
    let nested = "(".repeat(250) + &")".repeat(250);
    let words = (0..100).map(|n| format!("w{n}x ")).collect::<String>();
    let grams = "中文!?-".repeat(100);
    for query in [
        many.as_str(),
        &nested,
        &words,
        &grams,
        "\"",
        "\"\"\"",
        "'",
        "\\",
        "a:b:c",
        "from:",
        "🎉\"",
        "%%%",
        "___",
    ] {
        find(&ada, &[("query", query)]).await;
    }
    let words = find(&ada, &[("query", &words)]).await;
    assert_eq!(words["understood"]["terms"].as_array().unwrap().len(), 12);
    assert!(!words["understood"]["ignored"].as_array().unwrap().is_empty());
    for (parameters, field) in [
        (vec![], "query"),
        (vec![("query", " ")], "query"),
        (vec![("query", "x".repeat(513).as_str())], "query"),
        (vec![("query", "x"), ("before", "soon")], "before"),
        (vec![("query", "x"), ("has", "fun")], "has"),
        (vec![("query", "x"), ("cursor", "here")], "cursor"),
    ] {
        ada.get(&url(&parameters)).await.fails_at(field);
    }
    let answer = ada.get("/api/chat/search?query=hello").await.ok();
    assert!(answer["messages"].is_array());
    assert_eq!(ada.get("/api/messages/search?query=hello").await.ok()["success"], Value::Bool(true));
}
