//! Everything that is held on somebody, in their hands.

use std::io::{Cursor, Read};

use kernel::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person};
use zip::ZipArchive;

use super::list;

const EXPORT: &str = "/api/users/me/export";

/// The files of somebody's export, by name.
pub(crate) async fn export(person: &Person) -> Vec<(String, String)> {
    let response =
        person.request(Method::GET, EXPORT).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/zip");
    assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let bytes = response.bytes().await.unwrap();
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let name = file.name().unwrap().to_string();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (name, text)
        })
        .collect()
}

pub(super) fn file(files: &[(String, String)], name: &str) -> Value {
    let (_, text) = files.iter().find(|(known, _)| known == name).unwrap();
    serde_json::from_str(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_everything_of_oneself_and_nothing_of_others() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    ada.put("/api/users/me", json!({ "bio": "Countess", "preferences": { "timezone": "UTC" } })).await.ok();
    let gone = ada.send(&server.channel, "thought better of").await;
    ada.delete(&format!("/api/messages/{}", gone["id"].as_str().unwrap())).await.ok();
    let at = Clock::now(&*app.clock).plus(chrono::TimeDelta::hours(1));
    let later = json!({ "channelId": server.channel, "content": "by ada later", "scheduledFor": at });
    ada.post("/api/scheduled-messages", later).await.ok();
    let hers = ada.send(&server.channel, "by ada").await;
    let path = format!("/api/messages/{}/reactions", hers["id"].as_str().unwrap());
    ada.post(&path, json!({ "emoji": "👍" })).await.ok();
    bob.send(&server.channel, "by bob").await;
    let wrong = json!({ "username": "ada", "password": "wrong" });
    app.stranger().post("/api/auth/login", wrong).await.fails(401, "INVALID_CREDENTIALS");

    let files = export(&ada).await;
    let mut names = files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    names.sort_unstable();
    let expected = [
        "README.txt",
        "account.json",
        "api-keys.json",
        "audit.json",
        "blocked.json",
        "calls.json",
        "conversations.json",
        "files.json",
        "friend-requests.json",
        "friends.json",
        "known-devices.json",
        "logins-through-others.json",
        "message-settings.json",
        "messages.json",
        "moderation.json",
        "pending-letters.json",
        "reactions.json",
        "read-marks.json",
        "reports.json",
        "scheduled-messages.json",
        "second-factor.json",
        "servers.json",
        "sessions.json",
    ];
    assert_eq!(names, expected);
    let account = &file(&files, "account.json")[0];
    assert_eq!((&account["email"], &account["bio"]), (&json!("ada@example.org"), &json!("Countess")));
    assert_eq!(account["preferences"]["timezone"], "UTC");
    assert_eq!(file(&files, "servers.json")[0]["name"], "Engines");
    assert_eq!(file(&files, "servers.json")[0]["isOwner"], true);
    let messages = file(&files, "messages.json");
    let contents =
        list(&messages).iter().map(|message| message["content"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(contents, ["", "by ada"]);
    let reaction = json!({ "channelId": server.channel, "serverId": server.id, "seq": 2, "emoji": "👍" });
    assert_eq!(file(&files, "reactions.json"), json!([reaction]));
    assert_eq!(list(&file(&files, "read-marks.json")).len(), 1);
    assert_eq!(file(&files, "scheduled-messages.json")[0]["content"], "by ada later");
    assert_eq!(list(&file(&files, "sessions.json")).len(), 1);
    let audit = file(&files, "audit.json");
    let actions = list(&audit).iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(actions, ["login-succeeded", "login-failed", "data-exported"]);
    let all = files.iter().map(|(_, text)| text.as_str()).collect::<String>();
    for never in ["bob", "$2", "password", "by bob", &bob.id, ada.token(), "thought better"] {
        assert!(!all.contains(never), "{never}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lives_come_in_many_pieces() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "first").await;
    app.sql(&format!(
        "INSERT INTO messages (timeline_id, seq, id, author_id, kind, content, created_rev, rev, created_at) \
         SELECT '{0}', n, gen_random_uuid(), CASE WHEN n % 3 = 0 THEN gen_random_uuid() ELSE '{1}' END, 'text', 'number ' || n, n, n, now() \
         FROM generate_series(2, 5000) AS n; UPDATE timelines SET last_seq = 5000, rev = 5000 WHERE id = '{0}'",
        server.channel, ada.id
    ))
    .await;
    let messages = file(&export(&ada).await, "messages.json");
    let seqs = list(&messages).iter().map(|message| message["seq"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(seqs, (1..=5000).filter(|n| n % 3 != 0).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_made_once_in_a_while_also_when_many_ask_at_once() {
    let app = App::builder().with("limits.enabled", "true").gateways(2).start().await;
    let ada = app.person("ada").await;
    app.stranger().get(EXPORT).await.fails(401, "UNAUTHENTICATED");
    let ask = |gateway: usize| ada.at(&app.gateways[gateway].url).request(Method::GET, EXPORT).send();
    let answers = futures_util::future::join_all((0..8).map(|n| ask(n % 2))).await;
    let statuses = answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect::<Vec<_>>();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    ada.get(EXPORT).await.fails(429, "RATE_LIMITED");
    app.clock.advance_ms(60 * 60_000 + 1);
    assert!(!export(&ada).await.is_empty());
}
