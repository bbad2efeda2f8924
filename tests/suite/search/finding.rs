//! What is found by what.

use serde_json::Value;
use tests::App;
use tests::upload::{encoded, picture};

use super::{find, indexed, texts};

/// What people write, each with what it is found by.
const WRITTEN: &[(&str, &[&str])] = &[
    (
        "The deployment is running on the new cluster",
        &["deployment", "deployments", "run", "DEPLOY", "ployme", "clust"],
    ),
    (
        "sudo rm -rf /var/lib/postgresql/15/main",
        &["rm -rf", "\"rm -rf /var\"", "/var/lib", "postgresql/15", "-rf"],
    ),
    (
        "look at https://docs.example.org/guide/search?q=trgm#top",
        &["docs.example.org", "https://docs", "q=trgm", "guide/search", "example"],
    ),
    ("ping 192.168.17.254 and 2001:db8::ff00:42", &["192.168.17.254", "168.17", "2001:db8::ff00:42", "ff00"]),
    ("cargo test -p messaging --lib -- --nocapture", &["cargo test", "--nocapture", "-p messaging", "nocap"]),
    ("git commit --amend --no-edit && git push", &["--amend --no-edit", "&& git", "amend"]),
    ("ask x_Dragon-99_x or [Ghost]42 about it", &["x_Dragon-99_x", "dragon-99", "[Ghost]42", "ghost"]),
    ("今天天气很好，我们去公园吧", &["天气", "公园", "今天天气", "很"]),
    ("日本語の検索はむずかしい", &["検索", "日本", "むずかしい", "語の"]),
    ("한국어 메시지도 찾아요", &["한국", "메시지", "찾아"]),
    ("release day 🎉🚀 well done", &["🎉", "🚀", "🎉🚀", "day 🎉"]),
    ("ok :) go to C++ or C#", &["ok", ":)", "go", "C++", "c#", "to"]),
    ("Die Größe der Straße, naïve café", &["größe", "STRAßE", "naïve", "cafe\u{301}"]),
    ("let x = map.get(\"key\")?; // TODO(ada): fix", &["map.get(\"key\")", "TODO(ada)", "get(", "?; //"]),
    ("error E0499: cannot borrow `*self` as mutable", &["E0499", "`*self`", "borrow", "borrowing"]),
    ("100% of 50_000 rows\\n", &["100%", "50_000", "rows\\n"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_people_write_is_found() {
    let app = App::builder().with("limits.enabled", "false").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for (text, _) in WRITTEN {
        ada.send(&server.channel, text).await;
    }
    ada.send(&server.channel, "the very last").await;
    indexed(&ada, "\"very last\"", "the very last").await;
    let mut asked = 0;
    for (text, queries) in WRITTEN {
        for query in *queries {
            let found = texts(&ada, query).await;
            assert!(
                found.iter().any(|found| found == text),
                "{query:?} does not find {text:?}, but {found:?}"
            );
            asked += 1;
        }
    }
    assert!(asked >= 40, "{asked}");
    // And not by what it does not contain.
    for (query, no) in [
        ("天园", "今天"),
        ("\"running deployment\"", "running"),
        ("100_", "100%"),
        ("rm%rf", "rm"),
        ("gh", "Ghost"),
    ] {
        let found = texts(&ada, query).await;
        assert!(!found.iter().any(|text| text.contains(no)), "{query:?} finds {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_pictures_are_found_by_what_they_are() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let note = ada.upload("note.txt", b"a note").await;
    let png = encoded(&picture(20, 20), image::ImageFormat::Png);
    let photo = ada.upload("photo.png", &png).await;
    for (text, file) in [("a note of ada's", &note), ("a photo of ada's", &photo)] {
        let body = serde_json::json!({ "content": text, "attachments": [file["id"]] });
        ada.post(&format!("/api/channels/{}/messages", server.channel), body).await.ok();
    }
    ada.send(&server.channel, "nothing of ada's").await;
    indexed(&ada, "nothing", "nothing of ada's").await;
    assert_eq!(texts(&ada, "has:file").await, ["a photo of ada's", "a note of ada's"]);
    assert_eq!(texts(&ada, "ada has:image").await, ["a photo of ada's"]);
    assert_eq!(texts(&ada, "note has:file has:image").await, Vec::<String>::new());
    let found = find(&ada, &[("query", "photo"), ("has", "image")]).await;
    assert_eq!(found["messages"][0]["attachments"][0]["id"], photo["id"]);
    let mine = found["messages"][0]["id"].as_str().unwrap();
    ada.delete(&format!("/api/messages/{mine}")).await.ok();
    assert_eq!(texts(&ada, "has:image").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_marked() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let text = "🎉 It runs! Running <b>well</b>";
    ada.send(&server.channel, text).await;
    indexed(&ada, "running", text).await;
    let found = find(&ada, &[("query", "running")]).await;
    let units = text.encode_utf16().collect::<Vec<_>>();
    let at = |span: &Value, end: &str| usize::try_from(span[end].as_u64().unwrap()).unwrap();
    let spans = found["messages"][0]["highlights"].as_array().unwrap().iter();
    let marked = spans.map(|span| String::from_utf16(&units[at(span, "start")..at(span, "end")]).unwrap());
    assert_eq!(marked.collect::<Vec<_>>(), ["runs", "Running"]);
    assert_eq!(found["messages"][0]["content"], text, "as it was written");
    assert_eq!(found["messages"][0]["channelName"], "general");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_deletions_are_followed() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "the walrus sings").await;
    indexed(&ada, "walrus", "the walrus sings").await;
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    ada.put(&path, serde_json::json!({ "content": "the narwhal sings" })).await.ok();
    indexed(&ada, "narwhal", "the narwhal sings").await;
    assert_eq!(texts(&ada, "walrus").await, Vec::<String>::new());
    ada.delete(&path).await.ok();
    // At once: what is shown stands in the log.
    assert_eq!(texts(&ada, "narwhal").await, Vec::<String>::new());
    tests::eventually("its text is gone", async || app.count("search_texts").await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_indexed_later_and_so_is_another_language() {
    let mut app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "Die Häuser brennen").await;
    indexed(&ada, "brennen", "Die Häuser brennen").await;
    assert_eq!(texts(&ada, "Haus").await, Vec::<String>::new(), "in English it is another word");
    app.stop(0).await;
    // As if a gateway had died before it read on.
    app.sql("UPDATE search_marks SET rev = 0; TRUNCATE search_texts").await;
    app.add_gateway_with(&[("messaging.search.language", "german")]).await;
    let ada = ada.at(&app.gateways[1].url);
    indexed(&ada, "Haus", "Die Häuser brennen").await;
}
