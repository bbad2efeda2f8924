//! Importing IRC logs, read back over HTTP.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::path::PathBuf;

use gateway::import::{IrcOptions, Report, irc};
use serde_json::{Value, json};
use tests::{App, Person};

/// The log of one evening, made up: 30 lines, of which 18 are messages by 6 people.
fn sample() -> IrcOptions {
    IrcOptions {
        paths: vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../gateway/src/import/sample")],
        server: "Old times".into(),
        channel: "general".into(),
        owner: Some("keeper".into()),
        date: None,
    }
}

/// The sample in a server of `keeper`, its channel, and what was reported.
async fn imported(app: &App) -> (Person, String, Report) {
    let keeper = app.person("keeper").await;
    let report = irc(app.services(), &sample()).await.unwrap();
    let servers = keeper.get("/api/servers").await.ok()["servers"].clone();
    assert_eq!((&servers[0]["name"], &servers[0]["memberCount"]), (&json!("Old times"), &json!(7)));
    let channel = servers[0]["channels"][0]["id"].as_str().unwrap().to_string();
    (keeper, channel, report)
}

/// The messages of a page, oldest first.
fn oldest_first(page: &Value) -> Vec<Value> {
    page["messages"].as_array().unwrap().iter().rev().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_becomes_messages_with_their_authors_and_times_in_order() {
    let app = App::start().await;
    let (keeper, channel, report) = imported(&app).await;
    assert_eq!((report.added, report.present, report.members_added, report.replies), (18, 0, 6, 7));
    let page = keeper.history(&channel, "").await;
    assert_eq!((&page["lastSeq"], &page["rev"], &page["hasMore"]), (&json!(18), &json!(18), &json!(false)));
    let told = oldest_first(&page);
    let told = told.iter().map(|message| {
        let text = |value: &Value| value.as_str().unwrap().to_string();
        (text(&message["createdAt"]), text(&message["author"]["name"]), text(&message["content"]))
    });
    let at = |time: &str| {
        let day = if time.starts_with("23") { "2020-02-29" } else { "2020-03-01" };
        format!("{day}T{time}:00.000Z")
    };
    let expected = [
        ("23:51", "ada", "Good evening!"),
        ("23:51", "[foo]^", "hello ada"),
        ("23:52", "|", "may a nick be a stroke?"),
        ("23:52", "ada", "_waves_"),
        ("23:52", "Bob", "_is reading the news_"),
        ("23:53", "Bob", "a café for everybody"),
        ("23:53", "Bob", "the same person in lower case"),
        ("23:53", "ada", "bold and red text"),
        ("23:54", "Bob", "Bob is now known as Bob_away"),
        ("23:54", "[foo]^", "_bows to ada_"),
        ("23:55", "Bob_away", "  indented, as code is"),
        ("23:55", "名前", "こんにちは"),
        ("23:59", "ada", "almost midnight"),
        ("00:00", "|", "a leap day is over"),
        ("00:00", "|", "_claps_"),
        ("00:00", "ada", "[link] <b>this is no nick</b>"),
        ("00:00", "Bob_away", "Bob_away is now known as Bob"),
        ("00:01", "Bob", "good night"),
    ];
    let expected = expected.map(|(time, name, text)| (at(time), name.to_string(), text.to_string()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    for (message, seq) in oldest_first(&page).iter().zip(1..) {
        assert_eq!((&message["seq"], &message["edited"]), (&json!(seq), &json!(false)));
        let is_rename = message["content"].as_str().unwrap().contains("is now known as");
        assert_eq!(message["type"], if is_rename { "system" } else { "text" });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_adds_nothing() {
    let app = App::start().await;
    let (keeper, channel, _) = imported(&app).await;
    let first = keeper.history(&channel, "").await;
    let servers = keeper.get("/api/servers").await.ok();
    let report = irc(app.services(), &sample()).await.unwrap();
    assert_eq!((report.added, report.present), (0, 18));
    assert_eq!((report.members_added, report.members_present), (0, 6));
    assert_eq!(keeper.history(&channel, "").await, first);
    assert_eq!(keeper.get("/api/servers").await.ok(), servers);

    // What was deleted or written meanwhile stays so.
    let last = &first["messages"][0]["id"].as_str().unwrap().to_string();
    keeper.delete(&format!("/api/messages/{last}")).await.ok();
    keeper.send(&channel, "a word of today").await;
    let meanwhile = keeper.history(&channel, "").await;
    assert_eq!(irc(app.services(), &sample()).await.unwrap().added, 0);
    assert_eq!(keeper.history(&channel, "").await, meanwhile);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_links_to_the_message_that_it_answers() {
    let app = App::start().await;
    let (keeper, channel, _) = imported(&app).await;
    let told = oldest_first(&keeper.history(&channel, "").await);
    let links = told.iter().filter_map(|message| {
        let answered = told.iter().find(|other| other["id"] == message["replyTo"])?;
        Some((message["seq"].as_i64().unwrap(), answered["seq"].as_i64().unwrap()))
    });
    let links = links.collect::<Vec<_>>();
    assert_eq!(links, [(2, 1), (4, 1), (7, 6), (8, 5), (12, 9), (14, 13), (15, 14)]);
    assert_eq!(told.iter().filter(|message| !message["replyTo"].is_null()).count(), links.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_the_middle_reads_back_in_order() {
    let app = App::start().await;
    let (keeper, channel, _) = imported(&app).await;
    let all = oldest_first(&keeper.history(&channel, "").await);
    let middle = all[8]["id"].as_str().unwrap();
    for (query, from, to) in [
        (format!("?around={middle}&limit=6"), 6, 12),
        (format!("?before={middle}&limit=5"), 3, 8),
        (format!("?after={middle}&limit=5"), 9, 14),
    ] {
        assert_eq!(oldest_first(&keeper.history(&channel, &query).await), all[from..to], "{query}");
    }
    let changes = keeper.get(&format!("/api/channels/{channel}/changes?since=4&limit=3")).await.ok();
    let told = changes["changes"].as_array().unwrap().iter().map(|change| change["data"].clone());
    assert_eq!(told.collect::<Vec<_>>(), all[4..7]);
    assert_eq!(keeper.send(&channel, "a word of today").await["seq"], 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_people_are_members_and_cannot_log_in() {
    let app = App::start().await;
    let (keeper, _, _) = imported(&app).await;
    let server = keeper.get("/api/servers").await.ok()["servers"][0]["id"].as_str().unwrap().to_string();
    let members = keeper.get(&format!("/api/servers/{server}/members")).await.ok()["members"].clone();
    let unknown = json!({ "username": "nobody-of-this-name", "password": "x" });
    let unknown = app.stranger().post("/api/auth/login", unknown).await.fails(401, "INVALID_CREDENTIALS");
    let mut names = Vec::new();
    for member in members.as_array().unwrap().iter().filter(|member| member["isOwner"] == false) {
        names.push(member["user"]["name"].as_str().unwrap().to_string());
        let username = &member["user"]["username"];
        for password in ["", "x", "no account has this", "correct horse battery"] {
            let body = json!({ "username": username, "password": password });
            let answer = app.stranger().post("/api/auth/login", body).await;
            assert_eq!(answer.fails(401, "INVALID_CREDENTIALS"), unknown, "{username}");
        }
        let body = json!({ "email": "thief@example.org", "password": "correct horse battery", "username": username });
        app.stranger().post("/api/auth/register", body).await.fails(409, "USER_EXISTS");
    }
    names.sort_unstable();
    assert_eq!(names, ["Bob", "Bob_away", "[foo]^", "ada", "|", "名前"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_owner_the_archive_belongs_to_an_account_that_nobody_can_use() {
    let app = App::start().await;
    let report = irc(app.services(), &IrcOptions { owner: None, ..sample() }).await.unwrap();
    assert_eq!(report.added, 18);
    let body = json!({ "username": "irc-archive", "password": "" });
    app.stranger().post("/api/auth/login", body).await.fails(401, "INVALID_CREDENTIALS");

    // Somebody who took the name first does not come to own what is imported.
    let other = App::start().await;
    let thief = other.person("irc-archive").await;
    assert!(irc(other.services(), &IrcOptions { owner: None, ..sample() }).await.is_err());
    assert!(irc(other.services(), &IrcOptions { owner: Some("nobody".into()), ..sample() }).await.is_err());
    assert_eq!(thief.get("/api/servers").await.ok()["servers"], json!([]));
}
