//! Clips, voice messages and what messages are by what they bring, where nothing converts.

use reqwest::Method;
use serde_json::{Value, json};
use tests::upload::{Part, encoded, picture, tone};
use tests::{Answer, App, Person, Server};

use super::url;

async fn record(person: &Person, path: &str, file: &[u8], texts: &[(&str, &str)]) -> Answer {
    let mut parts = texts.iter().map(|(name, text)| Part::text(name, text)).collect::<Vec<_>>();
    parts.push(Part { field: "file", ..Part::file("talk.wav", file) });
    person.bring(Method::POST, path, &parts).await
}

async fn two(app: &App) -> (Person, Person, Server) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    (ada, bob, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_is_a_message_that_is_heard() {
    let app = App::start().await;
    let (ada, bob, server) = two(&app).await;
    let mut socket = app.socket(&bob, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    let texts = [("channelId", server.channel.as_str()), ("duration", "1.25"), ("nonce", "v-1")];
    let sent = record(&ada, "/api/voice-messages", &tone(), &texts).await.ok();
    let voice = &sent["voiceMessage"];
    assert_eq!((&voice["duration"], &voice["waveform"]), (&json!(1.25), &Value::Null));
    assert_eq!((&voice["uploadedBy"], &sent["message"]["type"]), (&json!(ada.id), &json!("audio")));
    let told = socket.expect("new-message").await;
    assert_eq!(told["voiceNote"], json!({ "url": voice["url"], "duration": 1.25, "waveform": null }));
    let file = &told["attachments"][0];
    assert_eq!((&file["purpose"], &file["conversion"]), (&json!("voice"), &json!("unavailable")));
    let got = bob.fetch(&url(file), &[]).await;
    assert_eq!((got.header("content-type"), got.bytes.as_slice()), ("audio/wav", tone().as_slice()));
    bob.get(&format!("{}?rendition=mp3", url(file))).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.get(&format!("{}?size=200", url(file))).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.get(&format!("{}?size=200&rendition=mp3", url(file))).await.fails_at("size");
    // An answer that was lost is asked for again: the same message, and no second file.
    let again = record(&ada, "/api/voice-messages", &tone(), &texts).await.ok();
    assert_eq!(again["voiceMessage"], *voice);
    assert_eq!(app.count("attachments WHERE removed_at IS NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sound_too_large_or_sent_where_one_may_not_is_refused_and_leaves_nothing() {
    let app = App::builder().with("media.voice_mb", "1").with("media.clip_mb", "1").start().await;
    let (ada, bob, server) = two(&app).await;
    let (eve, channel) = (app.person("eve").await, server.channel.as_str());
    let png = encoded(&picture(20, 20), image::ImageFormat::Png);
    let place = [("channelId", channel)];
    for path in ["/api/voice-messages", "/api/clips"] {
        for wrong in
            [png.as_slice(), b"some text", b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0\n"]
        {
            record(&ada, path, wrong, &place).await.fails(415, "INVALID_FILE_TYPE");
        }
        let large = [tone(), vec![0; 1_048_576]].concat();
        let refused = record(&ada, path, &large, &place).await.fails(413, "FILE_TOO_LARGE");
        assert_eq!(refused["details"]["bytes"], 1_048_576);
        record(&ada, path, &tone(), &[]).await.fails_at("channelId");
        record(&eve, path, &tone(), &place).await.fails(404, "RESOURCE_NOT_FOUND");
        ada.bring(Method::POST, path, &[Part::text("channelId", channel)])
            .await
            .fails(400, "VALIDATION_FAILED");
    }
    for wrong in ["-1", "NaN", "1e9", "x"] {
        let texts = [("channelId", channel), ("duration", wrong)];
        record(&ada, "/api/voice-messages", &tone(), &texts).await.fails_at("duration");
    }
    let long = "x".repeat(4_001);
    let texts = [("channelId", channel), ("title", long.as_str())];
    record(&ada, "/api/clips", &tone(), &texts).await.fails_at("content");
    let everyone = ada.get(&format!("/api/servers/{}/roles", server.id)).await.ok();
    let everyone = everyone["roles"][0]["id"].as_str().unwrap().to_string();
    let overwrite = format!("/api/channels/{channel}/permissions/{everyone}");
    ada.put(&overwrite, json!({ "allow": [], "deny": ["ATTACH_FILES"] })).await.ok();
    record(&bob, "/api/clips", &tone(), &place).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    assert_eq!(app.count("attachments WHERE removed_at IS NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_are_listed_deleted_and_go_by_themselves() {
    let app = App::builder().with("media.clip_days", "3").start().await;
    let (ada, bob, server) = two(&app).await;
    let eve = app.person("eve").await;
    let place = ("channelId", server.channel.as_str());
    let one = record(&ada, "/api/clips", &tone(), &[place, ("title", "How it carries")]).await.ok();
    let two = record(&bob, "/api/clips", &tone(), &[place]).await.ok();
    assert_eq!(
        (&one["clip"]["title"], &two["clip"]["title"]),
        (&json!("How it carries"), &json!("talk.wav"))
    );
    assert_eq!(
        (&one["clip"]["type"], &one["message"]["content"]),
        (&json!("audio"), &json!("How it carries"))
    );
    ada.upload("no-clip.txt", b"text").await;
    let list = format!("/api/clips?channelId={}", server.channel);
    let listed = bob.get(&list).await.ok();
    assert_eq!(listed["clips"], json!([two["clip"], one["clip"]]));
    let page = bob.get(&format!("{list}&limit=1")).await.ok();
    assert_eq!((&page["clips"], &page["hasMore"]), (&json!([two["clip"]]), &json!(true)));
    let rest = bob.get(&format!("{list}&before={}", two["clip"]["id"].as_str().unwrap())).await.ok();
    assert_eq!((&rest["clips"], &rest["hasMore"]), (&json!([one["clip"]]), &json!(false)));
    assert_eq!(ada.get("/api/clips").await.ok()["clips"], json!([one["clip"]]));
    eve.get(&list).await.fails(404, "RESOURCE_NOT_FOUND");

    let path = |sent: &Value| format!("/api/clips/{}", sent["clip"]["id"].as_str().unwrap());
    bob.delete(&path(&one)).await.fails(403, "FORBIDDEN");
    eve.delete(&path(&one)).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&path(&two)).await.ok();
    bob.get(&url(&two["clip"])).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.delete(&path(&two)).await.fails(404, "RESOURCE_NOT_FOUND");

    app.clock.advance_ms(2 * 86_400_000);
    app.services().media.sweep(100).await.unwrap();
    let (ada, bob) = (ada.log_in("ada").await, bob.log_in("bob").await);
    assert_eq!(bob.fetch(&url(&one["clip"]), &[]).await.status, 200);
    app.clock.advance_ms(86_400_000);
    app.services().media.sweep(100).await.unwrap();
    let (ada, bob) = (ada.log_in("ada").await, bob.log_in("bob").await);
    bob.get(&url(&one["clip"])).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(ada.get(&list).await.ok()["clips"], json!([]));
    let message =
        format!("/api/channels/{}/messages/{}", server.channel, one["message"]["id"].as_str().unwrap());
    let left = ada.get(&message).await.ok()["message"].clone();
    assert_eq!(
        (&left["type"], &left["content"]),
        (&json!("text"), &json!("How it carries")),
        "the message stays"
    );
    assert_eq!(app.files().len(), 1, "what is no clip stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_what_its_files_are() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let png = encoded(&picture(20, 20), image::ImageFormat::Png);
    let video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice();
    for (files, expected) in [
        (vec![], "text"),
        (vec![png.as_slice()], "image"),
        (vec![&png, &png], "image"),
        (vec![video], "video"),
        (vec![&tone()], "audio"),
        (vec![b"text"], "file"),
        (vec![&png, video], "file"),
    ] {
        let mut ids = Vec::new();
        for file in files {
            ids.push(ada.upload("x", file).await["id"].clone());
        }
        let body = json!({ "content": "x", "attachments": ids });
        let sent = ada.post(&format!("/api/channels/{}/messages", server.channel), body).await.ok();
        assert_eq!(sent["message"]["type"], expected);
        let voice = &sent["message"]["voiceNote"];
        assert_eq!(*voice, Value::Null, "only what was sent as one is a voice message");
    }
    let history = ada.get(&format!("/api/channels/{}/messages", server.channel)).await.ok();
    let first = history["messages"].as_array().unwrap().first().unwrap();
    let path = format!("/api/files/{}", first["id"].as_str().unwrap());
    assert_eq!(ada.delete(&path).await.ok()["message"]["type"], "text");
}
